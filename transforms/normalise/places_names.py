"""What a name may mean: the index of all names, adjectives and inflected forms of places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from transforms.normalise.folding import fold
from transforms.normalise.places_units import (
    WORDS,
    country_names,
    country_names_by_language,
    iso,
    key,
    shortest,
    table,
    unit_names,
    units,
)

#: letters that a stem written with a trailing * may be followed by
MAX_ENDING = 4
_QUALIFIED = re.compile(r"^(?P<name>.*?)\s*\((?P<country>[A-Z]{2})\)$")


class Sense(NamedTuple):
    """One meaning of a name. ``code`` is a NUTS code, an ISO code for a country, "EU" or "" beyond one country.

    kind: label, city, district, alias, adjective, country, country-adjective, area or beyond; ``only`` names the country in which the name
    counts, if not everywhere.
    """

    code: str
    kind: str
    only: str | None = None

    @property
    def country(self) -> str:
        """ISO code of its country."""
        return iso(self.code)


class Area(NamedTuple):
    """A known area that is no NUTS unit, or several."""

    country: str
    nuts: tuple[str, ...]
    level: str


@dataclass(slots=True)
class Index:
    """All names: exact keys, stems that take endings, and keys without the endings of a country's grammar."""

    exact: dict[str, list[Sense]] = field(default_factory=dict)
    stems: dict[str, list[Sense]] = field(default_factory=dict)
    bare: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    #: most words in a name
    longest: int = 1

    def add(self, name: str, sense: Sense) -> None:
        stem = name.endswith("*")
        if (qualified := _QUALIFIED.match(name)) and qualified["country"].isupper() and sense.kind in ("alias", "adjective"):
            name, sense = qualified["name"], sense._replace(only=iso(qualified["country"]))
        word = key(name.rstrip("*"))
        hold = (self.stems if stem else self.exact).setdefault(word, [])
        if sense not in hold:
            hold.append(sense)
        self.longest = max(self.longest, word.count(" ") + 1)

    def senses(self, word: str) -> list[Sense]:
        """Every meaning of a key, exact ones before stems."""
        found = list(self.exact.get(word, ()))
        for cut in range(len(word), max(3, len(word) - MAX_ENDING - 1), -1):
            if hits := self.stems.get(word[:cut]):
                found += [s for s in hits if s not in found]
                break
        return found

    def inflected(self, word: str, countries: tuple[str, ...]) -> set[str]:
        """Codes whose name, without its grammatical ending, is that of ``word``; only in these countries."""
        found: set[str] = set()
        for country in countries:
            found |= self.bare.get((country, bare(word, country)), set())
        return found


def _endings() -> dict[str, tuple[str, ...]]:
    out = {}
    for country, endings in WORDS["endings"].items():
        out[country] = tuple(sorted({fold(e) for e in endings}, key=len, reverse=True))
    return out


_ENDINGS = _endings()


_VOWELS = frozenset("aeiouyаеиоуыяюєіηιοαεω")


@lru_cache(maxsize=1 << 14)
def bare(word: str, country: str) -> str:
    """A key without the endings that the country's grammar puts on each of its words."""
    endings = _ENDINGS.get(country, ())
    return " ".join(_bare_word(part, endings) for part in word.split())


def _bare_word(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    while len(word) > 4 and word[-1] in _VOWELS:
        word = word[:-1]
    return word


@lru_cache(maxsize=1)
def index() -> Index:
    """The index of all names; built once."""
    built = Index()
    known = units()
    for code, name, kind in unit_names():
        built.add(name, Sense(code, kind))
    for entries in table("regions").values():
        for codes, names in entries.items():
            for name in names:
                if ";" in codes:
                    built.areas[key(name)] = Area(iso(codes), tuple(codes.split(";")), "regional")
                elif codes in known:
                    built.add(name, Sense(shortest(codes), "alias"))
    adjectives = table("adjectives")
    for code, names in adjectives["regions"].items():
        for name in names:
            built.add(name, Sense(code, "adjective"))
    for code, names in adjectives["countries"].items():
        for name in names:
            built.add(name, Sense(code, "country-adjective"))
    for name, codes in country_names().items():
        for code in codes:
            built.exact.setdefault(name, []).append(Sense(code, "country"))
    for code, names in WORDS["supranational"].items():
        for name in names:
            built.add(name, Sense(code, "beyond"))
    for name, entry in WORDS["areas"].items():
        built.areas[key(name)] = Area(entry["country"], tuple(entry.get("nuts", ())), entry["level"])
    _add_bare(built)
    return built


def _add_bare(built: Index) -> None:
    """Names without endings, in the countries whose grammar changes names."""
    for word, senses in built.exact.items():
        for sense in senses:
            country = sense.code[:2]
            if sense.kind in ("label", "alias") and country in _ENDINGS and len(word) >= 5:
                built.bare.setdefault((country, bare(word, country)), set()).add(sense.code)
    for language, names in country_names_by_language().items():
        home = WORDS["languages"][language]
        for word, code in names.items():
            if len(word) >= 5:
                built.bare.setdefault((home, bare(word, home)), set()).add(code)


GENERIC = frozenset(key(word.rstrip("*")) for word in WORDS["generic"]["region"] if not word.endswith("*"))
_GENERIC_STEMS = tuple(key(word.rstrip("*")) for word in WORDS["generic"]["region"] if word.endswith("*"))
LOCAL = frozenset(key(word.rstrip("*")) for word in WORDS["generic"]["local"] if not word.endswith("*"))
_LOCAL_STEMS = tuple(key(word.rstrip("*")) for word in WORDS["generic"]["local"] if word.endswith("*"))


def is_generic(word: str) -> bool:
    """True for a word that only says that a region follows, or links words."""
    return word in GENERIC or any(word.startswith(stem) and len(word) - len(stem) <= MAX_ENDING for stem in _GENERIC_STEMS)


def is_local(word: str) -> bool:
    """True for a word that says that a town follows."""
    return word in LOCAL or any(word.startswith(stem) and len(word) - len(stem) <= MAX_ENDING for stem in _LOCAL_STEMS)
