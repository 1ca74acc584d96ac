"""School years and ages as levels of education: "klasy 4-6", "pupils 10 to 14 years", "1.º ciclo"."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from transforms.normalise.cues import folded

FILE = Path(__file__).with_name("lookups") / "classify-grades.toml"

#: "to" and "and" between two numbers
_TO = "-|–|to|a|ao|al|bis|do|od|až|és|and|und|et|y|e|i|og|och|ja|u|,"
_RANGE = re.compile(rf"\b(\d{{1,2}})\s*(?:[.ºªh]|th|st|nd|rd|er)?\s*(?:{_TO})\s*(\d{{1,2}})(?!\d)", re.IGNORECASE)
_SINGLE = re.compile(r"\b(\d{1,2})\b")


@cache
def _table() -> dict:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def levels(text: str, country: str | None) -> list[str]:
    """ISCED codes of the ages or grades that ``text`` names, by the school system of ``country`` for grades; [] where it names none."""
    table = _table()
    words = set(re.findall(r"[^\W\d_]+", folded(text)))
    span = _RANGE.search(text) or _SINGLE.search(text)
    if span is None:
        return []
    first, last = int(span[1]), int(span[span.lastindex or 1])
    if first > last:
        return []
    if words & set(table["age"]["words"]) and first >= 3:
        return _between(first, last, table["age"]["begins"])
    system = table["grades"].get(country or "")
    if system and last <= 13 and any(w.startswith(tuple(table["grade"]["stems"])) for w in words):
        primary, lower = system
        return _between(first, last, [0, 1, primary + 1, lower + 1])
    return []


def _between(first: int, last: int, begins: list[int]) -> list[str]:
    """Levels 0, 1, 2 ... whose years, from ``begins[n]`` on, meet first..last."""
    found = []
    for level, begin in enumerate(begins):
        end = begins[level + 1] - 1 if level + 1 < len(begins) else 99
        if begin <= last and first <= end:
            found.append(f"isced-{level}")
    return found
