"""Evidence in words: what spoke for and against, as a waterfall that people read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("wording.toml")

_WIDTH = 12
#: log-odds that fill the bar
_FULL = 3.0
_SAID = {"kept_apart": "kept apart: {}", "curator": "a curator's word: {}"}


@lru_cache(maxsize=1)
def wording() -> dict[str, dict[str, str]]:
    """What each feature is called, by model (judge, relations)."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def waterfall(evidence: Mapping[str, Any], model: str = "judge") -> list[str]:
    """A line for each piece of evidence: which way it spoke, how strongly (log-odds), and what it is; the strongest first."""
    names = wording()[model]
    told = [_SAID[name].format(value) for name, value in evidence.items() if name in _SAID]
    weights = {name: float(value) for name, value in evidence.items() if name not in _SAID}
    for name, weight in sorted(weights.items(), key=lambda item: -abs(item[1])):
        bar = "▇" * max(1, min(_WIDTH, round(abs(weight) / _FULL * _WIDTH)))
        told.append(f"{'for' if weight > 0 else 'against':<8}{weight:+6.2f}  {bar:<{_WIDTH}}  {names.get(name, name)}")
    return told
