"""Regions and countries named within a title: cautious, for matching and for listings that state no place."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from transforms.normalise.folding import plain
from transforms.normalise.places_names import Sense, index, is_generic
from transforms.normalise.places_read import TOWNS, Place, lookup
from transforms.normalise.places_units import WORDS, iso, key
from transforms.normalise.values import Refusal

_WORD = re.compile(r"[^\W_]+(?:\.(?=\s))?")
#: generic words that may lead or follow a name and prove that a region is meant
_STRONG = frozenset(
    [
        "land",
        "bundesland",
        "freistaat",
        "region",
        "regione",
        "kraj",
        "kraji",
        "kraje",
        "kraju",
        "zupanija",
        "zupanije",
        "zupaniji",
        "megye",
        "megyei",
        "varmegye",
        "judetul",
        "judetului",
        "judet",
        "canton",
        "kanton",
        "comunidad",
        "comunitat",
        "principado",
        "wojewodztwo",
        "wojewodztwa",
        "wojewodztwie",
        "provincia",
        "provincie",
        "province",
        "departement",
        "county",
        "landkreis",
        "kreis",
        "lan",
        "fylke",
        "maakond",
        "maakonna",
        "maakunta",
        "apskritis",
        "apskrities",
        "област",
        "область",
        "περιφερεια",
        "περιφερειας",
        "gewest",
        "junta",
        "gobierno",
        "xunta",
        "oblast",
    ]
)
#: names that stay open, inflected forms of which stay open too
_OPEN = tuple(name for name in WORDS["ambiguous"] if len(name) > 3)
#: a name in a title is less sure than one in a field of its own
_DOUBT = 0.85
#: longest name, in words, that is looked for
_MOST_WORDS = 7
#: names are looked for where their first letters stand; endings change later ones
_START = 4


def places_in(text: str | None, country: str | None = None) -> tuple[Place, ...]:
    """The places that a title names, in order; empty where none is certain.

    With ``country`` (ISO), regions of that country count by name, adjective ("Niedersächsische Bildungscloud") or inflected form, and
    regions of other countries do not; without it only names that mean one region everywhere, and names of countries.
    """
    if not text:
        return ()
    return _search(plain(text), {"EL": "GR", "UK": "GB"}.get(country or "", country if country != "EU" else None))


@lru_cache(maxsize=1 << 15)
def _search(text: str, home: str | None) -> tuple[Place, ...]:
    words = [(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]
    names, adjectives = _starts(home)
    found: list[Place] = []
    at = 0
    while at < len(words):
        step, first = 1, words[at][0]
        # a name has a capital, an adjective need not; most words begin none of them
        longest = (names if first[0].isupper() else adjectives).get(_start(first), 0)
        for size in range(min(longest, len(words) - at), 0, -1):
            piece = text[words[at][1] : words[at + size - 1][2]]
            place = _named(piece, tuple(w for w, _, _ in words[at : at + size]), home)
            if place is not None:
                found.append(place)
                step = size
                break
        at += step
    # a region says more than its country
    kept = [p for p in found if p.nuts or p.level == "regional" or not any(o.nuts and o.country == p.country for o in found)]
    return tuple(dict.fromkeys(kept))


@lru_cache(maxsize=1 << 16)
def _start(word: str) -> str:
    return key(word)[:_START]


@lru_cache(maxsize=64)
def _starts(home: str | None) -> tuple[dict[str, int], dict[str, int]]:
    """First letters of every name, and of every adjective or word such as "Land", that may count in a title -> most words it may have."""
    names: dict[str, int] = {}
    adjectives: dict[str, int] = {}

    def add(word: str, both: bool, more: int = 0) -> None:
        for table in (names, adjectives) if both else (names,):
            table[word[:_START]] = max(table.get(word[:_START], 0), min(word.count(" ") + 1 + more, _MOST_WORDS))

    for word in _STRONG:
        add(word, True, 3)
    for word in WORDS["acronyms"]:
        add(key(word), False)
    for word, area in index().areas.items():
        if home in (None, area.country):
            add(word, False)
    for table in (index().exact, index().stems):
        for word, senses in table.items():
            meant = [s for s in senses if s.kind not in ("beyond", "country-adjective") and (home is None or s.country == home)]
            if meant:
                # "Harghita county": the word that proves it may follow
                add(word, any(s.kind == "adjective" for s in meant), 1)
    return names, adjectives


@lru_cache(maxsize=1 << 16)
def _named(piece: str, parts: tuple[str, ...], home: str | None) -> Place | None:
    """The place that a piece of a title means beyond doubt, or None."""
    word = key(piece)
    if len(word) < 3 or word.count(" ") >= _MOST_WORDS:
        return None
    if piece in WORDS["acronyms"]:
        return replace(_place(lookup(piece, home, None)), rule="title")
    if len(word) < 4 or word in WORDS["ambiguous"]:
        return None
    if (area := index().areas.get(word)) and parts[0][0].isupper() and home in (None, area.country):
        return Place(area.country, area.nuts, area.level, "title", _DOUBT * 0.9)
    if len(parts) > 1 and home and (key(parts[0]) in _STRONG or key(parts[-1]) in _STRONG):
        place = lookup(piece, home, None)
        return _doubted(place) if isinstance(place, Place) and place.nuts and place.country == home else None
    senses = [s for s in index().senses(word) if s.only in (None, home) and _certain(s, word, parts, home)]
    if not senses:
        return _inflected(word, parts, home)
    codes = sorted({s.code for s in senses}, key=len)
    if not all(code.startswith(codes[0]) for code in codes) or len({s.country for s in senses}) > 1:
        return None
    place = lookup(piece, home, None)
    return _doubted(place) if isinstance(place, Place) and (place.country == iso(codes[0])) else None


def _certain(sense: Sense, word: str, parts: tuple[str, ...], home: str | None) -> bool:
    """True for a sense that a word in a running text has without doubt."""
    named = parts[0][0].isupper()
    if sense.kind == "country":
        return named and len(word) > 4 and (home is None or sense.code == home)
    if sense.kind in ("country-adjective", "beyond", "district", "city"):
        return False
    if sense.kind == "adjective":
        return home == sense.country and len(word) > 4
    if home is not None and sense.country != home:
        return False
    if not named or sense.code in TOWNS or (home is None and len(word) < 7):
        return False
    if sense.kind == "alias" or len(sense.code) == 3:
        return len(sense.code) < 5 or home != "DE"
    if len(sense.code) == 4 and home != "DE":
        return True
    # German districts and Italian provinces are called after towns, and a title may only say where something was held
    return home not in (None, "IT") and len(parts) > 1 and len(word) > 12


def _inflected(word: str, parts: tuple[str, ...], home: str | None) -> Place | None:
    """An inflected name of a region of the home country."""
    nuts_home = {"GR": "EL", "GB": "UK"}.get(home or "", home or "")
    if nuts_home not in WORDS["endings"] or len(word) < 7 or not parts[0][0].isupper() or is_generic(key(parts[-1])):
        return None
    if index().senses(word) or word.startswith(_OPEN):
        return None
    codes = {c for c in index().inflected(word, (nuts_home,)) if len(c) in (3, 4) or len(parts) > 1}
    if not codes or any(len(c) == 2 for c in codes):
        return None
    place = lookup(" ".join(parts), home, None)
    return _doubted(place) if isinstance(place, Place) and place.nuts and place.country == home else None


def _place(found: Place | Refusal) -> Place:
    assert isinstance(found, Place)
    return found


def _doubted(place: Place) -> Place:
    return replace(place, rule="title", confidence=round(place.confidence * _DOUBT, 3))
