"""What the wording of a title, a description or an address says: years, editions, parts and phases, kinds, acronyms, and how its subject
stands to another. The words stand in ``marks.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from transforms.resolve.units import units_of
from transforms.resolve.words import fold, plain, words

MARKS = Path(__file__).with_name("marks.toml")

FIRST_YEAR, LAST_YEAR = 1980, 2060
_YEAR = re.compile(r"(?<!\d)((?:19[89]|20[0-6])\d)(?:\s*[-–—/?]\s*(\d\d(?:\d\d)?))?(?!\d)")
#: "2.0" is an edition; "4.0" and "5.0" are fashions of naming
_EDITION = re.compile(r"(?<![\d.,])([1-3])\.0(?![\d.,])")
_VERSION = re.compile(r"\d+\.0(?![\d.,])|^\s*\d+\.|(?<=[-/])\d[\d.-]*")
_LAST = re.compile(r"[^\W\d]\W+([1-9])\W*$")
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7}
_ROMAN_BUT_SIX = {word: number for word, number in _ROMAN.items() if word != "vi"}
_UPPER = re.compile(r"\w[\w&@+]*")
#: "2.000" and "10 000" are one number
_THOUSANDS = re.compile(r"(?<=\d)[. \u00a0](?=000(?!\d))")
_NUMBER = re.compile(r"(?<![\d.,])\d{1,6}(?![\d]|[.,]\d)")
#: a day in an address is when a page was posted
_DAY = re.compile(r"\d{4}[-_/]\d\d?[-_/]\d\d?(?!\d)|\d\d?[-_]\d\d?[-_]\d{4}(?!\d)")
#: letters and words with which a text says what it is about, and how far what is counted may stand behind its number
_OPENING_LETTERS, _OPENING, _BEHIND = 200, 6, 2
_ATTEMPTS = frozenset({"#pilot", "#phase"})
_COUNTED = frozenset({"#strategy", "#plan", "#programme", "#agenda"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What a title says of its edition and part. Years are sorted; ``numbers`` are all others; ``edition`` is that of "2.0", "II"
    or a last word "3", 0 where none is told."""

    years: tuple[int, ...]
    numbers: frozenset[int]
    edition: int
    pilot: bool
    phase: bool
    renewed: bool
    kinds: frozenset[str]


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    tables = tomllib.loads(MARKS.read_text(encoding="utf-8"))
    grouped = {name: {k: tuple(v) for k, v in tables.pop(name).items()} for name in ("kinds", "ordinals")}
    return {k: tuple(v) for k, v in tables.items()} | grouped


def years_of(text: str) -> tuple[int, ...]:
    """Years that a text names, sorted; of "2021-27" both."""
    found: set[int] = set()
    for year, until in _YEAR.findall(text):
        found.add(int(year))
        if until:
            last = int(until) if len(until) == 4 else int(year[:2] + until)
            if int(year) < last <= LAST_YEAR:
                found.add(last)
    return tuple(sorted(found))


@lru_cache(maxsize=500_000)
def _said_by(word: str) -> frozenset[str]:
    """Which marks and kinds one folded word carries."""
    tables = _tables()
    found = {name for name in ("pilot", "phase") if word.startswith(tables[name])}
    if word in tables["renewed"]:
        found.add("renewed")
    return frozenset(found | {f"kind {kind}" for kind, stems in tables["kinds"].items() if word.startswith(stems)})


def _among(stems: tuple[str, ...], word: str) -> bool:
    return word.startswith(stems) or f"={word}" in stems


@lru_cache(maxsize=500_000)
def _ordinal(word: str) -> int:
    """Which place in a row a folded word names, 0 where none."""
    ordinals = _tables()["ordinals"].values()
    return next((place for place, stems in enumerate(ordinals, 1) if _among(stems, word)), 0)


@lru_cache(maxsize=500_000)
def _is_whole(word: str) -> bool:
    return _among(_tables()["whole"], word)


def told_whole(tokens: Iterable[str]) -> bool:
    """Whether the folded words of a text call its subject a whole, an umbrella, comprehensive."""
    return any(map(_is_whole, tokens))


@lru_cache(maxsize=500_000)
def _is_attempt(word: str) -> bool:
    return not _ATTEMPTS.isdisjoint(units_of([word]))


def told_attempt(tokens: Iterable[str]) -> bool:
    """Whether the folded words of a text tell of a pilot or a phase."""
    return any(map(_is_attempt, tokens))


def _romans(text: str) -> dict[str, int]:
    """The Roman numbers that may stand in a text, by their folded words; "vi" is "we" in Swedish, Danish and Norwegian."""
    return _ROMAN if "VI" in text else _ROMAN_BUT_SIX


@lru_cache(maxsize=1)
def _opening(text: str) -> list[str]:
    """The folded words with which a text says what it is about. Remembered of the last text, of which several things are asked."""
    return words(text[:_OPENING_LETTERS])[:_OPENING]


def told_edition(text: str) -> int:
    """Which edition a text is about by its first words ("Third version of the plan"), 0 where they do not say."""
    opening, romans = _opening(text), _romans(text[:_OPENING_LETTERS])
    for k, word in enumerate(opening):
        if (place := romans.get(word) or _ordinal(word)) and any(map(_is_counted, opening[k + 1 : k + 1 + _BEHIND])):
            return place
    return 0


@lru_cache(maxsize=500_000)
def _is_counted(word: str) -> bool:
    """Whether a folded word is what editions are counted in."""
    return word.startswith(_tables()["edition"]) or not _COUNTED.isdisjoint(units_of([word]))


def told_trial(text: str) -> bool:
    """Whether a text is about a trial that came before, by its first words ("Earlier pilot project")."""
    opening = _opening(text)
    return any(word.startswith(_tables()["earlier"]) for word in opening) and "#pilot" in units_of(opening)


def years_in_address(url: str) -> tuple[int, ...]:
    """Years among the words of the last part of an address, sorted; not those of days."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return years_of(_DAY.sub(" ", last)) if any(map(str.isalpha, last)) else ()


def marks_of(title: str) -> Marks:
    """The marks of a title."""
    tokens = words(title)
    said = frozenset[str]().union(*map(_said_by, tokens))
    years: tuple[int, ...] = ()
    romans = _romans(title)
    numbers, edition = frozenset[int](), max((romans[w] for w in tokens if w in romans), default=0)
    if any(map(str.isdigit, title)):
        years = years_of(title)
        bare = _THOUSANDS.sub("", fold(title))
        numbers = frozenset(int(n) for n in _NUMBER.findall(_VERSION.sub(" ", bare))) - set(years)
        edition = max([edition, *(int(n) for n in _EDITION.findall(bare))])
        if not edition and (last := _LAST.search(bare)):
            edition = int(last[1])
    kinds = frozenset(mark.removeprefix("kind ") for mark in said if mark.startswith("kind "))
    return Marks(years, numbers, edition, "pilot" in said, "phase" in said, "renewed" in said, kinds)


def acronyms_of(title: str) -> frozenset[str]:
    """Words written like a name: capitals inside or throughout, in a title that is not all capitals; none that everybody uses ("ICT")."""
    letters = list(filter(str.isalpha, title))
    shouting = len(letters) >= 12 and sum(map(str.isupper, letters)) > 0.6 * len(letters)
    found = set()
    for token in _UPPER.findall(title):
        inside = any(map(str.isupper, token[1:]))
        if 2 <= len(token) <= 20 and inside and (not shouting or any(map(str.islower, token))):
            found.add(plain(token))
    return frozenset(found - _nobodys())


@lru_cache(maxsize=1)
def _nobodys() -> frozenset[str]:
    """What names no initiative: Roman numbers, and abbreviations that everybody uses."""
    return frozenset(_ROMAN).union(map(plain, _tables()["generic"]))


def initials_of(title: str) -> frozenset[str]:
    """What the title's words begin with: of all words, and of those longer than three letters; three letters at least."""
    tokens = [w for w in words(plain(title)) if not w.isdigit()]
    found = {"".join(w[0] for w in tokens), "".join(w[0] for w in tokens if len(w) > 3)}
    return frozenset(initials for initials in found if len(initials) >= 3)
