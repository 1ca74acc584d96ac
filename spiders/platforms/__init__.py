"""Portal software, one module each. A module's ``Platform`` subclass is found by itself: there is no list to keep.

The module of platform ``oai-pmh`` is ``oai_pmh.py``; modules whose name begins with an underscore hold what several share.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from spiders.base import Platform


def platform(name: str) -> type[Platform] | None:
    """The platform that cards call ``name``, or None. Loads no other."""
    module = name.replace("-", "_")
    if not any(info.name == module for info in pkgutil.iter_modules(__path__)):
        return None
    return _of(module).get(name)


@cache
def platforms() -> dict[str, type[Platform]]:
    """Every platform by the name that cards use."""
    found: dict[str, type[Platform]] = {}
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            found |= _of(info.name)
    return dict(sorted(found.items()))


def _of(name: str) -> dict[str, type[Platform]]:
    module = importlib.import_module(f"{__name__}.{name}")
    own = (v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Platform) and v.__module__ == module.__name__)
    return {cls.name: cls for cls in own if cls.name}
