"""The words of dates in each language: CLDR's names (by Babel) and what lookups/dates-*.toml adds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale

FOLDER = Path(__file__).with_name("lookups")

#: what a word is, by the key it stands under: one letter for the grammar, and a number where there is one
KINDS: dict[str, tuple[str, int]] = {
    **{"spring": ("S", 1), "summer": ("S", 2), "autumn": ("S", 3), "winter": ("S", 4), "term1": ("t", 1), "term2": ("t", 2)},
    **{"quarter": ("Q", 0), "half": ("H", 0), "ord1": ("O", 1), "ord2": ("O", 2), "ord3": ("O", 3), "ord4": ("O", 4)},
    **{"start": ("E", 0), "mid": ("E", 1), "end": ("E", 2), "school": ("C", 0), "years": ("J", 0), "year": ("W", 0), "month": ("D", 0)},
    **{"day": ("D", 0), "between_post": ("K", 0), "between": ("B", 0), "from_post": ("G", 0), "until_post": ("V", 0), "from": ("F", 0)},
    **{"until": ("U", 0), "before": ("U", 1), "beyond": ("~", 0), "odd": ("!", 0), "to": ("T", 0), "and": ("&", 0), "present": ("P", 0)},
    **{"relative": ("^", 0), "soft": ("f", 0), "money": ("$", 0), "law": ("L", 0), "fill": (" ", 0)},
}

_DIRECTIONS = {"": "", "_from": "f", "_until": "u"}
_LETTERS = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ð": "d", "þ": "th", "ŀ": "l", "’": "'", "‘": "'", "ʼ": "'",
     "`": "'", "´": "'", "‐": "-", "‑": "-", "−": "-", "–": "–", "—": "–", "―": "–", "‒": "–", "ё": "е", "ς": "σ"}
)  # fmt: skip
_SERBIAN = str.maketrans(
    dict(zip("абвгдежзијклмнопрстћуфхцчш", "abvgdezzijklmnoprstcufhccs", strict=True)) | {"ђ": "d", "љ": "lj", "њ": "nj", "џ": "dz"}
)
_MARKS = re.compile("[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060\ufeff\xad]")
_ASCII = re.compile(r"[\x20-\x7e]*")
#: Danish and Norwegian "before", which without its stroke would be "for"
_BEFORE = re.compile(r"\bf\u00f8r\b")


class Word(NamedTuple):
    """What a word means: its kind (one letter of the grammar), its number, and "f" or "u" where its ending says from or until."""

    kind: str
    number: int = 0
    direction: str = ""


class Lexicon(NamedTuple):
    """The words of one language. ``phrases`` are keyed by their first word, longest first."""

    key: str
    words: dict[str, Word]
    phrases: dict[str, list[tuple[tuple[str, ...], Word]]]
    units: frozenset[str]
    numbers: frozenset[str]
    suffixes: dict[str, str]
    decades: frozenset[str]
    weekdays: frozenset[str]
    after_number: dict[str, Word]
    edge_after: bool


def fold(text: str) -> str:
    """Lower case without accents; dashes and apostrophes of one kind."""
    text = text.casefold()
    if _ASCII.fullmatch(text):
        return text
    text = _BEFORE.sub("foer", text)
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS))).translate(_LETTERS)


def serbian_latin(text: str) -> str:
    """Folded Serbian Cyrillic in folded Latin letters."""
    return text.translate(_SERBIAN)


@cache
def tables() -> dict[str, dict[str, Any]]:
    """The sections of every lookups/dates-*.toml."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("dates-*.toml")):
        found.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def languages() -> tuple[str, ...]:
    """Keys of all lexicons."""
    return tuple(key for key in tables() if key not in {"common", "countries", "sections"})


def section(language: str | None) -> str | None:
    """The lexicon's key for a BCP 47 code, or None where there is none."""
    if not language:
        return None
    code = language.replace("_", "-").split("-")[0].lower()
    code = tables()["sections"].get(code, code)
    return code if code in languages() else None


@cache
def of_country(country: str | None) -> tuple[str, ...]:
    """Lexicon keys to try for a country, the likeliest first."""
    return tuple(tables()["countries"].get(country or "", "").split())


_LOCALES = {"sh": ("hr", "sr", "sr_Latn", "bs"), "nb": ("nb", "nn"), "en": ("en_GB", "en"), "de": ("de", "de_AT"), "pt": ("pt_PT", "pt")}


def _names(locale: str) -> Iterator[tuple[str, Word]]:
    """CLDR's months and days of one locale."""
    data = Locale.parse(locale)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in data.months[context][width].items():
                yield name, Word("M", number)
            for name in data.days[context][width].values():
                yield name, Word(" ", 7)


def _stated(table: dict[str, Any]) -> Iterator[tuple[str, Word]]:
    """Words of one section of the lookups."""
    for ending, direction in _DIRECTIONS.items():
        for number, forms in enumerate(table.get(f"months{ending}", ()), 1):
            yield from ((form, Word("M", number, direction)) for form in forms.split())
        for number, stem in enumerate(table.get("stems", "").split(), 1):
            yield from ((stem + form, Word("M", number, direction)) for form in table.get(f"endings{ending}", "").split())
    for key, (kind, value) in KINDS.items():
        for ending, direction in _DIRECTIONS.items():
            yield from ((form, Word(kind, value, direction)) for form in table.get(key + ending, "").split())


@cache
def lexicon(key: str) -> Lexicon:
    """The words of one language; made at its first use (some milliseconds)."""
    common, own = tables()["common"], tables()[key]
    words: dict[str, Word] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    entries = [entry for entry in _stated(own) if entry[1].kind == "M"]
    for locale in _LOCALES.get(key, (key,)):
        entries += _names(locale)
    entries += [entry for entry in _stated(own) if entry[1].kind != "M"]
    weekdays: set[str] = set()
    # "pro" is "for" in Czech, and December only after a day: what our own lists say comes before CLDR's abbreviations
    plain = {fold(form) for form, word in _stated(own) if word.kind != "M"}
    after_number: dict[str, Word] = {}
    for form, word in (*entries, *_stated(common)):
        folded = fold(form)
        parts = tuple(re.findall(r"[^\W\d_]+|[$€£%№§&]", serbian_latin(folded) if key == "sh" else folded))
        if word.kind == " " and word.number == 7:
            weekdays.update(parts)
        if word.kind == "M" and folded.strip(".") in plain:
            after_number[folded.strip(".")] = word
        elif len(parts) == 1:
            words.setdefault(parts[0], word)
        elif parts:
            phrases.setdefault(parts[0], []).append((parts, word))
    for found in phrases.values():
        found.sort(key=lambda phrase: -len(phrase[0]))

    def bag(name: str) -> list[str]:
        return [fold(form) for form in own.get(name, "").split()]

    suffixes = {form: direction for end, direction in _DIRECTIONS.items() for form in bag(f"suffix{end}")}
    units, numbers, decades = frozenset(bag("unit")), frozenset(bag("number")), frozenset(bag("decade"))
    return Lexicon(
        key, words, phrases, units, numbers, suffixes, decades, frozenset(weekdays), after_number, own.get("edge_after") == "yes"
    )


@cache
def index() -> dict[str, frozenset[str]]:
    """Every word of two letters and more -> the lexicons that have it."""
    found: dict[str, set[str]] = {}
    for key in languages():
        for word in lexicon(key).words:
            if len(word) > 1:
                found.setdefault(word, set()).add(key)
    return {word: frozenset(keys) for word, keys in found.items()}
