"""Regions and countries named within a title: cautious, for matching and for listings that state no place."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from transforms.normalise.folding import plain
from transforms.normalise.places_names import Sense, index, is_generic
from transforms.normalise.places_read import Place, lookup
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
#: a name in a title is less sure than one in a field of its own
_DOUBT = 0.85
#: longest name, in words, that is looked for
_MOST_WORDS = 7


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
    found: list[Place] = []
    at = 0
    while at < len(words):
        step = 1
        if words[at][0][0].isupper() or home:
            for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                piece = text[words[at][1] : words[at + size - 1][2]]
                place = _named(piece, [w for w, _, _ in words[at : at + size]], home)
                if place is not None:
                    found.append(place)
                    step = size
                    break
        at += step
    # a region says more than its country
    kept = [p for p in found if p.nuts or p.level == "regional" or not any(o.nuts and o.country == p.country for o in found)]
    return tuple(dict.fromkeys(kept))


def _named(piece: str, parts: list[str], home: str | None) -> Place | None:
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


def _certain(sense: Sense, word: str, parts: list[str], home: str | None) -> bool:
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
    upper = len(sense.code) <= 4 or sense.kind == "alias"
    if home is None:
        return named and upper and len(word) > 6
    return named and (upper or len(parts) > 2 or len(word) > 9)


def _inflected(word: str, parts: list[str], home: str | None) -> Place | None:
    """An inflected name of a region of the home country."""
    nuts_home = {"GR": "EL", "GB": "UK"}.get(home or "", home or "")
    if nuts_home not in WORDS["endings"] or len(word) < 7 or not parts[0][0].isupper() or is_generic(key(parts[-1])):
        return None
    codes = {c for c in index().inflected(word, (nuts_home,)) if len(c) in (3, 4) or len(word) > 9}
    if not codes or any(len(c) == 2 for c in codes):
        return None
    place = lookup(" ".join(parts), home, None)
    return _doubted(place) if isinstance(place, Place) and place.nuts and place.country == home else None


def _place(found: Place | Refusal) -> Place:
    assert isinstance(found, Place)
    return found


def _doubted(place: Place) -> Place:
    return replace(place, rule="title", confidence=round(place.confidence * _DOUBT, 3))
