"""One text that is a place, read: codes, names, lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from transforms.normalise.folding import plain
from transforms.normalise.places_names import Area, Sense, index, is_generic, is_local
from transforms.normalise.places_units import EUROPE, WORDS, is_country, iso, key, shortest, units
from transforms.normalise.values import EMPTY, Refusal

#: longest text that is read as a place
MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A place: ISO country (``EU`` for the Union, None for several countries), NUTS 2024 codes, level. ``confidence`` is in (0, 1].

    ``nuts`` holds the shortest codes that mean the place and is empty for whole countries; ``level`` is supranational, national, regional
    or local.
    """

    country: str | None
    nuts: tuple[str, ...]
    level: str
    rule: str
    confidence: float


_CODES = re.compile(r"\s*([A-Z]{2}[0-9A-Z]{0,3})(?:\s*(?:[;,|/ ]|\s)\s*[A-Z]{2}[0-9A-Z]{0,3})*\s*")
_CODE = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
_SEPARATORS = (
    re.compile(r"\s*[;|\n•·]\s*"),
    re.compile(r"\s*[()\[\]]\s*"),
    re.compile(r"\s*,\s+|,|\s+-\s+|:\s+|\s*>\s*|\s*→\s*"),
    re.compile(r"\s*/\s*"),
    re.compile(r"\s+(?:and|und|et|y|e|i|en|og|och|ja|a|oraz|és|și|si|ir|un|in|и|та|й|i|και|u|eta|agus|&|\+)\s+", re.I),
)
_CONFIDENCE = {
    "label": 0.95,
    "city": 0.85,
    "alias": 0.95,
    "district": 0.7,
    "country": 0.97,
    "adjective": 0.75,
    "country-adjective": 0.75,
    "beyond": 0.9,
}


def parse_place(text: str | None, *, country: str | None = None, language: str | None = None) -> Place | Refusal:
    """The place that ``text`` names, or why it was not read.

    ``text`` holds names in any of Europe's languages, or codes; ``country`` is the portal's (ISO) and decides between namesakes;
    ``language`` tells by which grammar a name may be inflected.
    """
    if text is None or not text.strip():
        return EMPTY
    if len(text) > MAX_LENGTH:
        return Refusal("too long for a place")
    return _parse(plain(text).strip(" .;,"), country or None, (language or "").split("-")[0] or None)


@lru_cache(maxsize=1 << 16)
def _parse(text: str, country: str | None, language: str | None) -> Place | Refusal:
    home = {"EL": "GR", "UK": "GB"}.get(country or "", country)
    if _CODES.fullmatch(text) and (found := _codes(text, home)) is not None:
        return found
    return _read(text, home if home != "EU" else None, language, 0)


def _codes(text: str, home: str | None) -> Place | Refusal | None:
    """Codes of NUTS units or countries; None where the text is a name after all."""
    codes = _CODE.findall(text)
    if len(codes) == 1 and len(codes[0]) < 4 and (codes[0] in WORDS["abbreviations"].get(home or "", {}) or codes[0] in WORDS["acronyms"]):
        return None
    known = [_known(code) for code in codes]
    if any(code is None for code in known):
        return None if any(len(c) == 2 or c.isalpha() for c in codes) else Refusal("no NUTS 2024 code")
    return _combined([_unit(code, "code", 0.99) for code in known if code])


def _known(code: str) -> str | None:
    """A code as NUTS or ISO knows it; None for others."""
    if len(code) == 2:
        code = {"EL": "GR", "UK": "GB"}.get(code, code)
        return code if code in EUROPE or code == "EU" else None
    code = {"GR": "EL", "GB": "UK"}.get(code[:2], code[:2]) + code[2:]
    return code if code in units() else None


def _unit(code: str, rule: str, confidence: float) -> Place:
    """The place of one code."""
    if code in ("EU", ""):
        return Place(code or None, (), "supranational", rule, confidence)
    if len(code) == 2 or is_country(code):
        return Place(iso(code), (), "national", rule, confidence)
    return Place(iso(code), (shortest(code),), "regional", rule, confidence)


def _read(text: str, home: str | None, language: str | None, depth: int) -> Place | Refusal:
    """A name, else the names that the separators part."""
    found = lookup(text, home, language)
    if isinstance(found, Place) or depth > 4 or found.reason.startswith("ambiguous"):
        return found
    for at, separator in enumerate(_SEPARATORS):
        parts = [part for part in separator.split(text) if part.strip(" .,;()")]
        if len(parts) < 2:
            continue
        # a country among the parts settles what the others mean
        own = [lookup(part, home, language) for part in parts]
        stated = {p.country for p in own if isinstance(p, Place) and p.level == "national"}
        inner = stated.pop() if len(stated) == 1 else home
        read = [_read(part, inner, language, depth + 1) for part in parts]
        places = [p for p in read if isinstance(p, Place)]
        if len(places) == len(read):
            return _combined(places)
        if places and at in (1, 2) and isinstance(read[0], Refusal) and len(places) == len(read) - 1 and _nested(places):
            return replace(_combined(places), level="local", rule="within", confidence=0.7)
        if places and at == 1 and isinstance(read[0], Place):
            return replace(read[0], confidence=round(read[0].confidence * 0.9, 3))
    return found


def _nested(places: list[Place]) -> bool:
    whole = _combined(places)
    return whole.country is not None and len(whole.nuts) <= 1


def _combined(places: Sequence[Place]) -> Place:
    """One place of several: what contains another gives way to it."""
    if len(places) == 1:
        return places[0]
    codes = list(dict.fromkeys(code for place in places for code in place.nuts))
    codes = [code for code in codes if not any(other != code and other.startswith(code) for other in codes)]
    countries = list(dict.fromkeys(p.country for p in places if p.country and p.country != "EU"))
    within = {iso(code) for code in codes}
    alone = [c for c in countries if c not in within]
    sure = round(min(p.confidence for p in places) * (0.97 if codes else 1.0), 3)
    rules = {p.rule for p in places}
    rule = rules.pop() if len(rules) == 1 else "list"
    if len(countries) > 1:
        return Place(None, tuple(codes) if not alone else (), "supranational", rule, sure)
    if not countries:
        return Place(places[0].country, (), "supranational", rule, sure)
    if any(p.level == "local" for p in places):
        return Place(countries[0], tuple(codes), "local", rule, sure)
    return Place(countries[0], tuple(codes), "regional" if codes else "national", rule, sure)


def lookup(text: str, home: str | None, language: str | None) -> Place | Refusal:
    """The place that one name means, without parting it."""
    word = key(text)
    if not word:
        return Refusal("no name")
    if (found := _by_table(text.strip(), word, home)) is not None:
        return found
    if (found := _chosen(index().senses(word), word, home)) is not None:
        return found
    stripped, local = _without_generic(word)
    if stripped and stripped != word:
        if local:
            return _town(stripped, home)
        senses = [s for s in index().senses(stripped) if s.kind != "city"]  # Regierungsbezirk Köln is not the city
        if (found := _chosen(senses, stripped, home)) is not None:
            return found
        if (found := _by_table(stripped, stripped, home)) is not None:
            return found
    found = _inflected(stripped or word, home, language)
    if isinstance(found, Refusal) and stripped != word and _COUNTIES.get(home or "", _NONE) & {word.split()[0], word.split()[-1]}:
        return Place(home, (), "local", "county", 0.6)
    return found


_COUNTIES = {country: frozenset(map(key, words)) for country, words in WORDS["counties"].items()}
_NONE: frozenset[str] = frozenset()


def _by_table(text: str, word: str, home: str | None) -> Place | Refusal | None:
    """What the tables of ambiguous names, abbreviations and areas say."""
    local = WORDS["ambiguous_in"].get(home or "", {}).get(word)
    if local:
        return _unit(local, "name", 0.85)
    if local == "" or word in WORDS["ambiguous"]:
        code = WORDS["ambiguous"].get(word) if local is None else ""
        return _unit(code, "name", 0.8) if code else Refusal("ambiguous name")
    code = WORDS["abbreviations"].get(home or "", {}).get(text) or WORDS["acronyms"].get(text)
    if code:
        return _unit(code, "abbreviation", 0.85)
    area: Area | None = index().areas.get(word)
    if area is not None and (home in (None, area.country) or area.nuts):
        return Place(area.country, area.nuts, area.level, "area", 0.9)
    return None


def _chosen(senses: Iterable[Sense], word: str, home: str | None) -> Place | Refusal | None:
    """The one place that the senses mean, the portal's country first."""
    counted = [s for s in senses if s.only is None or s.only == home]
    if not counted:
        return None
    own = [s for s in counted if home and s.kind != "beyond" and s.country == home]
    pool = own or counted
    if not own:
        countries = [s for s in pool if s.kind in ("country", "beyond")]
        pool = countries or [s for s in pool if s.kind != "adjective" or home is None] or pool
        if home and all(s.kind in ("label", "city", "district") and len(s.code) > 4 for s in pool):
            return Refusal("a namesake abroad")
    elif any(s.kind == "country" for s in pool):
        pool = [s for s in pool if s.kind == "country"]
    for kinds in (("country", "beyond"), ("alias", "label", "city", "district"), ("adjective",), ("country-adjective",)):
        ranked = [s for s in pool if s.kind in kinds]
        if ranked:
            return _one(ranked, 0.9 if home and not own else 1.0)
    return None


def _one(senses: list[Sense], factor: float) -> Place | Refusal:
    cities = [s for s in senses if s.kind == "city"]
    if cities and not any(len(s.code) == 3 or s.kind == "alias" for s in senses):
        senses = cities[:1]  # a German town that is a district of its own before the land around it
    codes = sorted({s.code for s in senses}, key=len)
    top = codes[0]
    if not all(code.startswith(top) for code in codes):
        aliases = {s.code for s in senses if s.kind == "alias"}
        if len(aliases) != 1:
            return Refusal("ambiguous name")
        top = aliases.pop()
    kind = next(s.kind for s in senses if s.code == top)
    rule = {
        "label": "name",
        "alias": "name",
        "city": "city",
        "district": "name",
        "beyond": "country",
        "country-adjective": "adjective",
    }.get(kind, kind)
    found = _unit(top, rule, round(_CONFIDENCE[kind] * factor, 3))
    return replace(found, level="local") if kind == "city" else found


def _without_generic(word: str) -> tuple[str, bool]:
    """A key without the words that only say what kind of unit it is, and whether they say that it is a town."""
    parts, local = word.split(), False
    while parts and (is_generic(parts[0]) or is_local(parts[0])):
        local = local or is_local(parts[0])
        parts.pop(0)
    while parts and (is_generic(parts[-1]) or is_local(parts[-1])):
        local = local or (is_local(parts[-1]) and not is_generic(parts[-1]))
        parts.pop()
    return " ".join(parts), local


def _town(name: str, home: str | None) -> Place | Refusal:
    """A town: its own code where it is a NUTS unit of its own, else only its country and level."""
    cities = [s for s in index().senses(name) if s.kind == "city" or len(s.code) == 3 and s.code in ("DE3", "DE6", "AT13", "BE1")]
    senses = cities or [s for s in index().senses(name) if s.kind == "alias" and len(s.code) >= 4 and s.code in TOWNS]
    chosen = _chosen(senses, name, home) if senses else None
    if isinstance(chosen, Place):
        return replace(chosen, level="local")
    adjectives = [s for s in index().senses(name) if s.kind == "adjective" and s.country == home]
    if isinstance(region := _chosen(adjectives, name, home), Place):
        return replace(region, level="local", confidence=round(region.confidence * 0.9, 3))  # comuni lombardi
    return Place(home, (), "local", "town", 0.6) if home else Refusal("a town that is no NUTS unit")


#: towns outside Germany that are NUTS units of their own
TOWNS = frozenset(
    {
        "PL213",
        "PL415",
        "PL514",
        "PL711",
        "PL911",
        "CZ01",
        "AT13",
        "HU11",
        "RO321",
        "BG411",
        "HR05",
        "DK011",
        "NO081",
        "RS11",
        "UKI",
        "LV00A",
    }
)


def _inflected(word: str, home: str | None, language: str | None) -> Place | Refusal:
    """A name in a grammatical case, by the endings of the portal's country and of the language."""
    speech = WORDS["languages"].get(language or "")
    nuts_home = {"GR": "EL", "GB": "UK"}.get(home or "", home)
    countries = tuple(dict.fromkeys(c for c in (nuts_home, speech) if c))
    codes = {shortest(code) for code in index().inflected(word, countries or tuple(WORDS["endings"]))}
    if len(word) < (5 if countries else 8) or not codes:
        return Refusal("unknown place")
    nations = {c for c in codes if len(c) == 2}
    codes = nations or codes
    top = min(codes, key=len)
    if not all(code.startswith(top) for code in codes):
        return Refusal("ambiguous name")
    return _unit(top, "inflected", 0.85)


def parse_many(
    values: Sequence[str | None], countries: Sequence[str | None] | None = None, languages: Sequence[str | None] | None = None
) -> list[Place | Refusal]:
    """``parse_place`` of every value; equal inputs are read once."""
    none = [None] * len(values)
    return [parse_place(text, country=c, language=s) for text, c, s in zip(values, countries or none, languages or none, strict=True)]
