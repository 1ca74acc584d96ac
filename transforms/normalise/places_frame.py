"""The step of the pipeline that fills country, NUTS codes and level."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from transforms.normalise.codes import wordings
from transforms.normalise.cues import folded
from transforms.normalise.places_names import MAX_ENDING
from transforms.normalise.places_read import Place, parse_place
from transforms.normalise.places_search import places_in
from transforms.normalise.places_units import WORDS, key
from transforms.normalise.steps import NOTHING, Outcome, Priors, fill, made, prior_of, raw, refused, typed
from transforms.normalise.values import Refusal

_LEVELS: dict[str, str] = {key(w.rstrip("*")): level for level, words in WORDS["levels"].items() for w in words if not w.endswith("*")}
_STEMS: dict[str, str] = {key(w.rstrip("*")): level for level, words in WORDS["levels"].items() for w in words if w.endswith("*")}
#: confidence in what the portal's card says of all its listings
_PRIOR = 0.6


@lru_cache(maxsize=1 << 12)
def parse_level(text: str) -> str | Refusal:
    """supranational, national, regional or local, from a word in any language; of several the widest."""
    if code := wordings("levels").get(folded(text.strip())):
        return code
    found = []
    for word in key(text).split():
        level = _LEVELS.get(word)
        for cut in range(len(word), max(3, len(word) - MAX_ENDING - 1), -1):
            level = level or _STEMS.get(word[:cut])
        if level:
            found.append(level)
    return min(found, key=list(WORDS["levels"]).index) if found else Refusal("unknown level")


def places_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """country, nuts and level: from their own fields and the place, else from the title, else from the portal's card."""
    cards = prior_of(frame, priors)
    homes = [None if card.country == "EU" else card.country for card in cards]
    languages = typed(frame, "language")
    frame = fill(frame, ("level",), raw(frame, "level"), _level)
    frame = fill(frame, ("country",), zip(raw(frame, "country"), homes, languages, strict=True), _country)
    homes = [own if own and own != "EU" else home for own, home in zip(typed(frame, "country"), homes, strict=True)]
    for name in ("nuts", "place"):

        def one(key: tuple, name: str = name) -> Outcome:
            text, home, language = key
            found = parse_place(text, country=home, language=language)
            if not isinstance(found, Place):
                return refused("nuts", text, found.reason)
            return made(list(found.nuts), found.country, found.level, raw=text, rule=f"places.{found.rule}", confidence=found.confidence)

        frame = fill(frame, ("nuts", "country", "level"), zip(raw(frame, name), homes, languages, strict=True), one)
    frame = _from_titles(frame, homes)
    return _from_cards(frame, priors)


def _level(text: str) -> Outcome:
    found = parse_level(text)
    return (
        refused("level", text, found.reason) if isinstance(found, Refusal) else made(found, raw=text, rule="places.level", confidence=0.9)
    )


def _country(key: tuple) -> Outcome:
    text, home, language = key
    found = parse_place(text, country=home, language=language)
    if not isinstance(found, Place):
        return refused("country", text, found.reason)
    if found.country is None:
        return refused("country", text, "several countries")
    return made(found.country, raw=text, rule=f"places.{found.rule}", confidence=found.confidence)


def _from_titles(frame: pd.DataFrame, homes: list[str | None]) -> pd.DataFrame:
    """What titles name, where no field says it. A title is read only where a place is missing."""

    def one(key: tuple) -> Outcome:
        title, home = key
        found = places_in(title, home)
        if not found:
            return NOTHING
        countries = {p.country for p in found}
        if len(countries) > 1:
            return NOTHING
        codes = list(dict.fromkeys(code for p in found for code in p.nuts))
        sure = min(p.confidence for p in found)
        return made(codes, found[0].country, found[0].level if codes else None, raw=title, rule="places.title", confidence=sure)

    rows = zip(typed(frame, "title"), homes, typed(frame, "nuts"), raw(frame, "place"), raw(frame, "nuts"), strict=True)
    keys = [None if nuts or place or stated else (title, home) for title, home, nuts, place, stated in rows]
    return fill(frame, ("nuts", "country", "level"), keys, one)


def _from_cards(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """What the card of the portal says of all its listings, where nothing else does. A region's portal shows what is the nation's as well;
    where a title says so, the region is not the listing's."""

    def one(key: tuple) -> Outcome:
        country, level, nuts, title = key
        if nuts and parse_level(title) == "national":
            return made(country, [], "national", raw=title, rule="places.card", confidence=_PRIOR)
        return made(country, list(nuts), level, raw="", rule="places.card", confidence=_PRIOR)

    keys = []
    known = (prior_of(frame, priors), typed(frame, "country"), raw(frame, "place"), typed(frame, "title"))
    for card, country, place, title in zip(*known, strict=True):
        apart = not card.country or card.country == "EU" or (country is not None and country != card.country)
        keys.append(None if apart else (card.country, card.level, () if place else card.nuts, title or "" if card.nuts else ""))
    return fill(frame, ("country", "nuts", "level"), keys, one)
