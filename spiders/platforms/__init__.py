"""Portal software, one module each. A module's ``Platform`` subclass is found by itself: there is no list to keep."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from spiders.base import Platform


@cache
def platforms() -> dict[str, type[Platform]]:
    """Every platform by the name that cards use."""
    found: dict[str, type[Platform]] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Platform) and value.__module__ == module.__name__ and value.name:
                found[value.name] = value
    return dict(sorted(found.items()))
