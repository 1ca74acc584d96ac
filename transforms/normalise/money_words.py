"""The words of money: what a word or sign around a number may mean, read from ``lookups/money-*.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from babel import Locale
from babel.numbers import get_currency_name

from transforms.normalise.folding import fold

#: letters that a stem written with a trailing * may be followed by
MAX_ENDING = 4


def _table(name: str) -> dict:
    return tomllib.loads((files("transforms.normalise") / "lookups" / name).read_text(encoding="utf-8"))


_CURRENCIES = _table("money-currencies.toml")
_WORDS = _table("money-words.toml")
_NUMBERS = _table("money-numbers.toml")

POINT_LANGUAGES = frozenset(_WORDS["point_languages"])
POINT_COUNTRIES = frozenset(_WORDS["point_countries"])
#: regular expressions, on folded text, of an amount for a time or a thing
PER_UNIT: tuple[str, ...] = tuple(_WORDS["per_unit"]["patterns"])


@dataclass(slots=True)
class Words:
    """Folded words and stems -> what they mean. Stems may have up to MAX_ENDING more letters."""

    exact: dict[str, list] = field(default_factory=dict)
    stems: dict[str, list] = field(default_factory=dict)

    def add(self, word: str, meaning: object) -> None:
        stem = word.endswith("*")
        hold = (self.stems if stem else self.exact).setdefault(fold(word.rstrip("*")), [])
        if meaning not in hold:
            hold.append(meaning)

    def get(self, folded: str) -> list:
        """What the word may mean; [] for an unknown word."""
        found = self.exact.get(folded)
        if found:
            return found
        for cut in range(len(folded), max(2, len(folded) - MAX_ENDING - 1), -1):
            found = self.stems.get(folded[:cut])
            if found:
                return found
        return []

    def __contains__(self, folded: str) -> bool:
        return bool(self.get(folded))


def _words(entries: list[str], meaning: object = True) -> Words:
    made = Words()
    for word in entries:
        made.add(word, meaning)
    return made


@dataclass(frozen=True, slots=True)
class CurrencyWord:
    """A currency that a word may mean: everywhere, or only in ``country``; ``short`` words need that country."""

    code: str
    country: str | None = None
    short: bool = False


def _currency_words() -> tuple[Words, dict[str, str], frozenset[str]]:
    words, symbols, capitals = Words(), {}, set()
    for code, entry in _CURRENCIES.items():
        symbols.update(dict.fromkeys(entry.get("symbols", ()), code))
        for word in entry.get("words", ()):
            words.add(word, CurrencyWord(code))
        for country, local in entry.get("by_country", {}).items():
            for word in local:
                words.add(word, CurrencyWord(code, country, len(word) < 5))
        if entry.get("capitals"):
            capitals.add(fold(code))
        else:
            words.add(code, CurrencyWord(code))
    return words, symbols, frozenset(capitals)


CURRENCY_WORDS, SYMBOLS, _CAPITALS = _currency_words()
#: language -> country whose currency words it uses
_HOME = {"sv": "SE", "da": "DK", "nb": "NO", "nn": "NO", "no": "NO", "is": "IS", "cs": "CZ", "sk": "SK", "sr": "RS", "sq": "AL", "mk": "MK",
         "bs": "BA", "rm": "CH", "tr": "TR", "lt": "LT", "lv": "LV", "gsw": "CH"}  # fmt: skip

SCALES = Words()
for _power, _entries in _WORDS["scales"].items():
    for _word in _entries:
        SCALES.add(_word, 10 ** int(_power))
#: scale words that count only between a number and a currency
NEAR_SCALES = Words()
for _power, _entries in _WORDS["scales_beside_currency"].items():
    for _word in _entries:
        NEAR_SCALES.add(_word, 10 ** int(_power))

#: scale words whose capitals matter
AS_WRITTEN = {word: 10 ** int(power) for word, power in _WORDS["scales_as_written"].items()}

FILLERS = _words(_WORDS["fillers"]["words"])
TOTAL = _words(_WORDS["fillers"]["total"])
QUALIFIERS = {name: _words(entries) for name, entries in _WORDS["qualifiers"].items()}
RANGES = _words(_WORDS["ranges"]["words"])
RANGES_PLAIN = _words(_WORDS["ranges"]["plain"])
BETWEEN = _words(_WORDS["ranges"]["between"])
SUMS = _words(_WORDS["sums"]["words"])
#: "several": how many hundreds or millions nobody says
VAGUE = _words(_WORDS["vague"]["words"])
#: "or" between two amounts
ALTERNATIVES = _words(_WORDS["alternatives"]["words"])
#: a million or a milliard in the singular, which may stand without "one"
SINGULAR_SCALES = _words(_WORDS["singular_scales"]["words"])
PERCENT = _words(_WORDS["percent"]["words"])

_BY_LANGUAGE: dict[str, dict[str, float]] = {
    language: {fold(word): float(value) for value, words in entries.items() for word in words} for language, entries in _NUMBERS.items()
}


def _common_numbers() -> dict[str, float]:
    """Number words that mean one number in whichever languages have them."""
    values: dict[str, set[float]] = {}
    for entries in _BY_LANGUAGE.values():
        for word, value in entries.items():
            values.setdefault(word, set()).add(value)
    return {word: min(found) for word, found in values.items() if len(found) == 1}


_COMMON = _common_numbers()


def number_word(folded: str, language: str | None) -> float | None:
    """The number that a word names: in ``language``, else the one it names in every language that has it."""
    own = _BY_LANGUAGE.get((language or "").split("-")[0], {})
    return own.get(folded, _COMMON.get(folded))


@lru_cache(maxsize=1 << 12)
def currencies(word: str) -> tuple[CurrencyWord, ...]:
    """The currencies that a word as written may mean; () where it means none."""
    folded = fold(word)
    if folded in _CAPITALS:
        return (CurrencyWord(word),) if word.isupper() else tuple(CURRENCY_WORDS.get(folded))
    return tuple(CURRENCY_WORDS.get(folded))


def resolve_currency(candidates: tuple[CurrencyWord, ...], country: str | None, language: str | None, stated: str | None) -> str | None:
    """The one currency that is meant; None where that stays open (``kr`` without a country)."""
    codes = {c.code for c in candidates}
    if stated in codes:
        return stated
    everywhere = [c.code for c in candidates if c.country is None]
    local = [c.code for c in candidates if c.country is not None and c.country == country]
    if local:
        return local[0]
    if everywhere:
        return everywhere[0] if len(set(everywhere)) == 1 else None
    if country is None:
        home = _HOME.get((language or "").split("-")[0])
        at_home = {c.code for c in candidates if c.country == home}
        if len(at_home) == 1:
            return at_home.pop()
    return codes.pop() if len(codes) == 1 and not any(c.short for c in candidates) else None


@lru_cache(maxsize=1 << 10)
def currency_code(text: str | None, country: str | None = None) -> str | None:
    """The ISO 4217 code that a currency column states in any wording, or None."""
    if not text:
        return None
    word = text.strip()
    if word in SYMBOLS:
        return SYMBOLS[word]
    if len(word) == 3 and word.upper() in _CURRENCIES:
        return word.upper()
    found = currencies(word.rstrip("."))
    return resolve_currency(found, country, None, None) if found else None


#: languages whose full names of currencies ("hrvatska kuna") are known
LANGUAGES = tuple(
    "bg bs ca cs cy da de el en es et eu fi fr ga gl hr hu is it lb lt lv mk mt nb nl nn pl pt ro rm sk sl sq sr sr_Latn sv tr uk".split()  # noqa: SIM905
)


@lru_cache(maxsize=1)
def full_names() -> dict[tuple[str, ...], str]:
    """Names of currencies of several words, from CLDR, as folded words -> code."""
    found: dict[tuple[str, ...], str] = {}
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for code in _CURRENCIES:
            if code in locale.currencies:
                for count in (None, 1, 2, 5, 1.5):
                    name = get_currency_name(code, count, locale=locale)
                    words = tuple(fold(name).replace("-", " ").split())
                    if len(words) > 1:
                        found.setdefault(words, code)
    return found


def scale_of(folded: str, language: str | None, country: str | None, beside: str | None) -> int | None:
    """The power of ten that a word multiplies by, or None. ``beside`` is the folded currency word next to it."""
    choices = _WORDS["ambiguous_scales"].get(folded)
    if choices is None:
        found = SCALES.get(folded)
        return found[0] if found else None
    tongue = (language or "").split("-")[0]
    for by in ("languages", "countries", "currency_words"):
        key = {"languages": tongue, "countries": country, "currency_words": beside}[by]
        for power, rule in choices.items():
            if key is not None and (key or by == "languages") and key in rule[by]:
                return 10 ** int(power)
    return None


def is_ambiguous_scale(folded: str) -> bool:
    """True for a word that is one scale in one language and another in the next."""
    return folded in _WORDS["ambiguous_scales"]


@lru_cache(maxsize=1 << 12)
def glued(word: str) -> tuple[int, str] | None:
    """A scale and a currency written as one word (MEUR, mkr, tkr, MFt): (factor, currency word), or None."""
    for cut in range(min(3, len(word) - 2), 0, -1):
        head, tail = fold(word[:cut]), word[cut:]
        factor = SCALES.exact.get(head) or NEAR_SCALES.exact.get(head)
        if factor and len(tail) >= 2 and (CURRENCY_WORDS.exact.get(fold(tail))):
            return factor[0], tail
    return None
