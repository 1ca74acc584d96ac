"""Real portal software on loopback. Run by ``make test-platforms``, which installs it; ``make test`` passes it over."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "spiders"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.platform)
            if "platform" not in (config.option.markexpr or ""):
                item.add_marker(pytest.mark.skip(reason="real portal software: make test-platforms"))
