"""What resolve compares: one row of plain arrays for every listing, made of a typed frame.

Nothing here looks at two listings at once, so a listing's row is the same in whatever company it comes, and can be kept (`rows`).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd

from transforms.normalise.places_names import index
from transforms.normalise.places_search import places_in
from transforms.normalise.places_units import country_names
from transforms.normalise.urls import page_key
from transforms.resolve.marks import (
    Marks,
    acronyms_of,
    initials_of,
    marks_of,
    told_attempt,
    told_edition,
    told_trial,
    told_whole,
    years_in_address,
    years_of,
)
from transforms.resolve.units import spell_out, units, units_of
from transforms.resolve.words import fold, plain, words

#: letters of descriptions and addresses that are read for units, and units kept of them
_READ_DESCRIPTION, _DESCRIBED, _READ_ADDRESS, _ADDRESS = 600, 60, 200, 40
#: letters of a country's or region's name that must agree; inflected forms and adjectives mostly keep them
_COUNTRY_LETTERS, _REGION_LETTERS = 5, 6


@lru_cache(maxsize=1)
def country_stems() -> dict[str, frozenset[str]]:
    """Country code -> beginnings of its names in all languages."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, codes in country_names().items():
        for code in codes:
            found[code].add(plain(name)[:_COUNTRY_LETTERS])
    return {code: frozenset(stems) for code, stems in found.items()}


@lru_cache(maxsize=1)
def region_stems() -> dict[str, frozenset[str]]:
    """Beginning of a word -> NUTS codes of the regions in whose names it stands, in any language."""
    known = index()
    found: dict[str, set[str]] = defaultdict(set)
    for names in (known.exact, known.stems):
        for name, senses in names.items():
            codes = {sense.code for sense in senses if len(sense.code) > 2}
            for word in name.split() if codes else ():
                if len(word) >= 3:
                    found[plain(word)[:_REGION_LETTERS]].update(codes)
    return {stem: frozenset(codes) for stem, codes in found.items()}


def core_of(title: str, country: str, regions: Sequence[str]) -> list[str]:
    """The title's units without years and without the names of its own country and regions: what is left says which initiative it is."""
    stems = country_stems().get(country, frozenset())
    tokens = words(spell_out(title))
    core = [w for w in tokens if not (w.isdigit() and len(w) == 4) and not (len(w) >= 4 and plain(w)[:_COUNTRY_LETTERS] in stems)]
    if regions:
        of_regions = region_stems()
        core = [w for w in core if not any(_nested(c, r) for c in of_regions.get(plain(w)[:_REGION_LETTERS], ()) for r in regions)] or core
    return units_of(core or tokens)


def _nested(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


def named_regions(text: str, tokens: Iterable[str], country: str) -> tuple[str, ...]:
    """NUTS codes of the regions that a text names, sorted. ``tokens`` are its folded words."""
    if _stems_in(country).isdisjoint(plain(w)[:_REGION_LETTERS] for w in tokens if len(w) >= 2):
        return ()
    return tuple(sorted({code for place in places_in(text, country or None) for code in place.nuts}))


#: countries whose NUTS codes begin otherwise
_NUTS = {"GR": "EL", "GB": "UK"}


def _stems_in(country: str) -> Set[str]:
    """Beginnings of words in the names of a country's regions, of all countries' where none is told."""
    return _stems_by_country().get(_NUTS.get(country, country), frozenset()) if country else region_stems().keys()


@lru_cache(maxsize=1)
def _stems_by_country() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for stem, codes in region_stems().items():
        for code in codes:
            found[code[:2]].add(stem)
    return dict(found)


def site_of(url: str | None) -> str:
    """Host without www, or empty."""
    host = (urlsplit(url).hostname or "") if url else ""
    return host.removeprefix("www.")


def slug_of(url: str | None) -> str:
    """The words in an address: those of its host but for the last part, and of its path."""
    if not url:
        return ""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").rsplit(".", 1)[0]
    path = re.sub(r"\.(html?|php|aspx?|pdf)$", "", unquote(parts.path))
    return " ".join(words(f"{host} {path}".replace("_", " ")))


#: columns of a typed frame that are looked at
PREPARED = (
    *(
        "record_id",
        "title",
        "acronym",
        "description",
        "url",
        "url_variants",
        "shared_page",
        "portal",
        "language",
        "country",
        "nuts",
        "level",
        "kind",
    ),
    *("organisation", "start_date", "end_date", "budget_eur"),
)


@dataclass(slots=True)
class Records:
    """Columns over n listings, sorted by record_id. Years are int32 with 0 for unknown; ``core``, ``described`` and ``address`` hold units
    of title, description and URL; ``tried`` is whether a pilot or phase is told of, ``whole`` whether a whole; ``told`` is the edition that
    the description begins with, ``trial`` whether it begins with an earlier trial; ``dated`` are the years in the last part of the URL;
    ``page`` is the key of a listing's page, ``variants`` those of its language variants and, where it tells of any, its own."""

    ids: list[str]
    titles: list[str]
    core: list[list[str]]
    marks: list[Marks]
    acronyms: list[frozenset[str]]
    initials: list[frozenset[str]]
    descriptions: list[str]
    described: list[list[str]]
    tried: list[bool]
    whole: list[bool]
    told: list[int]
    trial: list[bool]
    slugs: list[str]
    address: list[list[str]]
    dated: list[tuple[int, ...]]
    sites: list[str]
    portals: list[str]
    urls: list[str]
    page: list[str]
    variants: list[frozenset[str]]
    languages: list[str]
    countries: list[str]
    nuts: list[tuple[str, ...]]
    named: list[tuple[str, ...]]
    levels: list[str]
    kinds: list[str]
    organisations: list[str]
    starts: np.ndarray
    ends: np.ndarray
    eras: np.ndarray
    budgets: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def editions(self) -> np.ndarray:
        """(n,) which edition the title counts, else the first words; 0 where neither does."""
        return np.array([m.edition or told for m, told in zip(self.marks, self.told, strict=True)], dtype=np.int32)


def _text(frame: pd.DataFrame, name: str) -> list[str]:
    return [v if isinstance(v, str) else "" for v in frame[name].tolist()]


def titles_of(frame: pd.DataFrame) -> list[str]:
    """The titles, each with the acronym that it lacks."""
    return [
        f"{t} ({a})" if a and fold(a) not in fold(t) else t for t, a in zip(_text(frame, "title"), _text(frame, "acronym"), strict=True)
    ]


def descriptions_of(frame: pd.DataFrame) -> list[str]:
    """The descriptions, empty where there is none."""
    return _text(frame, "description")


def _years(frame: pd.DataFrame, name: str) -> np.ndarray:
    return np.array([0 if v is None or v != v else v.year for v in frame[name].tolist()], dtype=np.int32)


def tells_of_variants(typed: pd.DataFrame) -> bool:
    """Whether any listing tells of language variants of its page: without one, no page need be known by its key."""
    return any(isinstance(value, str) for value in typed["url_variants"].tolist())


def _variants(frame: pd.DataFrame, page: Sequence[str]) -> list[frozenset[str]]:
    told = [json.loads(value) if isinstance(value, str) else {} for value in frame["url_variants"].tolist()]
    found = [frozenset(key for key in map(page_key, variants.values()) if isinstance(key, str)) for variants in told]
    return [keys | {own} if keys and own else keys for keys, own in zip(found, page, strict=True)]


def _page(url: str) -> str:
    key = page_key(url) if url else None
    return key if isinstance(key, str) else ""


def _era(text: str, start: int, end: int) -> float:
    """The middle of all years that a listing speaks of, its address included; NaN where it names none."""
    found = [*years_of(text), *(y for y in (start, end) if y)]
    return float(median(found)) if found else np.nan


@dataclass(slots=True)
class _Told:
    """What the title and the description of a listing tell together: regions, units of the description, whether of a pilot or phase, and of
    a whole; and what the description's first words tell."""

    regions: tuple[str, ...]
    described: list[str]
    attempt: bool
    whole: bool
    edition: int
    trial: bool

    @classmethod
    def of(cls, title: str, description: str, country: str) -> _Told:
        text = f"{title}. {description}"
        tokens, spelled = words(text), spell_out(text)
        as_written = spelled == text
        # what is taken apart already need not be again
        own = tokens[len(words(title)) :] if as_written and len(description) <= _READ_DESCRIPTION else None
        return cls(
            named_regions(text, tokens, country),
            (units(description[:_READ_DESCRIPTION]) if own is None else units_of(own))[:_DESCRIBED],
            told_attempt(tokens if as_written else words(spelled)),
            told_whole(tokens),
            told_edition(description),
            told_trial(description),
        )


def prepare(typed: pd.DataFrame, *, variants: bool | None = None) -> Records:
    """The records of a typed frame, sorted by record_id. ``variants``: whether pages get keys; by default if any tells of variants."""
    frame = typed.sort_values("record_id", kind="stable")
    titles = titles_of(frame)
    urls = ["" if shared else u for u, shared in zip(_text(frame, "url"), frame["shared_page"].tolist(), strict=True)]
    countries, descriptions = _text(frame, "country"), descriptions_of(frame)
    listed: Sequence[Any] = frame["nuts"].tolist()
    nuts: list[tuple[str, ...]] = [tuple(sorted(v)) if v is not None else () for v in listed]
    starts, ends = _years(frame, "start_date"), _years(frame, "end_date")
    # one address after another: the library remembers the parts of the last few
    addresses = [(site_of(u), slug_of(own), years_in_address(own)) for u, own in zip(_text(frame, "url"), urls, strict=True)]
    slugs = [slug for _, slug, _ in addresses]
    told = [_Told.of(t, d, c) for t, d, c in zip(titles, descriptions, countries, strict=True)]
    named = [of.regions for of in told]
    keyed = tells_of_variants(typed) if variants is None else variants
    page = [_page(u) for u in urls] if keyed else [""] * len(urls)
    return Records(
        ids=frame["record_id"].tolist(),
        titles=titles,
        core=[core_of(t, c, [*n, *m]) for t, c, n, m in zip(titles, countries, nuts, named, strict=True)],
        marks=[marks_of(t) for t in titles],
        acronyms=[acronyms_of(t) for t in titles],
        initials=[initials_of(t) for t in titles],
        descriptions=descriptions,
        described=[of.described for of in told],
        tried=[of.attempt for of in told],
        whole=[of.whole for of in told],
        told=[of.edition for of in told],
        trial=[of.trial for of in told],
        slugs=slugs,
        address=[units(s[:_READ_ADDRESS])[:_ADDRESS] for s in slugs],
        dated=[dated for _, _, dated in addresses],
        sites=[site for site, _, _ in addresses],
        portals=_text(frame, "portal"),
        urls=urls,
        page=page,
        variants=_variants(frame, page),
        languages=_text(frame, "language"),
        countries=countries,
        nuts=nuts,
        named=named,
        levels=_text(frame, "level"),
        kinds=_text(frame, "kind"),
        organisations=_text(frame, "organisation"),
        starts=starts,
        ends=ends,
        eras=np.array(
            [_era(f"{t} {d} {unquote(u)}", s, e) for t, d, u, s, e in zip(titles, descriptions, urls, starts, ends, strict=True)]
        ),
        budgets=frame["budget_eur"].to_numpy(dtype=np.float64, na_value=np.nan),
    )
