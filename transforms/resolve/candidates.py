"""Candidate pairs: which listings are worth comparing at all.

Listings meet within a country. A small country's all meet; in a larger one those that share a rare word, an acronym, an address or an
organisation's rare words, and those whose titles are nearest in meaning. All orders are fixed and similarities rounded.

What an earlier run found is taken over where no listing that came or went can have changed it; the pairs are those of a run without.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from transforms.resolve.compare import Texts
from transforms.resolve.neighbours import Near, Titles, nearest
from transforms.resolve.outline import Outline
from transforms.resolve.prepare import Records
from transforms.resolve.ragged import among, coded, distinct, order_by, pair_codes, places_among, starts_of
from transforms.resolve.similarity import cosine, trigrams, unpacked

#: listings of a country up to which all pairs are compared
ALL_PAIRS = 150
#: listings that may share a key before it says nothing
MOST_SHARING = 30
#: of listings with one title, how many are set against each neighbour's
_OF_GROUP = 4
#: cosine or trigram likeness that a pair of a large country needs
WORTH = 0.5


@dataclass(slots=True)
class Met:
    """Which listings of a country met: all pairs (i, j), i < j, sorted; of a large country also those that share a key, and the nearest
    titles."""

    i: np.ndarray
    j: np.ndarray
    shared: np.ndarray | None = None
    near: Near | None = None


@dataclass(slots=True)
class Before:
    """What an earlier run found, in its positions; ``now`` is where each of its listings stands now, -1 for those that went or changed."""

    outline: Outline
    shared: np.ndarray
    near: Near
    now: np.ndarray


def by_country(countries: Sequence[str]) -> list[np.ndarray]:
    """The rows of every country, in order of the countries' codes."""
    buckets: dict[str, list[int]] = defaultdict(list)
    for row, country in enumerate(countries):
        buckets[country].append(row)
    return [np.array(buckets[country], dtype=np.int64) for country in sorted(buckets)]


def candidates(records: Records, texts: Texts) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (i, j), i < j, sorted, of the listings of all countries."""
    outline = Outline.of(records, texts)
    found = []
    for rows in by_country(records.countries):
        met = meet(outline.at(rows))
        found.append(np.stack([rows[met.i], rows[met.j]], axis=1))
    return unique_pairs(found)


def meet(outline: Outline, before: Before | None = None) -> Met:
    """The pairs of one country."""
    if len(outline) <= ALL_PAIRS:
        return Met(*np.triu_indices(len(outline), 1))
    shared = by_keys(outline, before)
    titles = Titles.of(outline.codes, outline.vectors, outline.buckets)
    near = nearest(titles, before.near if before else None)
    return Met(*unique_pairs([shared, of_one_page(outline), *meeting(titles, near.first)]), shared, near)


def unique_pairs(found: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Arrays (k, 2) of pairs as two arrays, each pair once, i < j, sorted."""
    top = 1 + max((int(pairs.max(initial=0)) for pairs in found), default=0)
    coded = distinct(np.concatenate([np.zeros(0, np.int64), *(pair_codes(pairs[:, 0], pairs[:, 1], top) for pairs in found)]))
    return coded // top, coded % top


def by_keys(outline: Outline, before: Before | None = None) -> np.ndarray:
    """(k, 2) pairs, i < j, sorted, that share a key which few have and are near enough."""
    keys, rows = outline.keys.values, outline.keys.rows
    if before is None:
        return worthwhile(outline, sharing(rows, keys))
    fresh = np.ones(len(outline), dtype=bool)
    fresh[before.now[before.now >= 0]] = False
    come, gone = keys[fresh[rows]], before.outline.keys.at(np.flatnonzero(before.now < 0)).values
    touched = distinct(np.concatenate([come, gone]))
    # only listings with such a key can have other partners
    place = places_among(keys, touched)
    there = np.flatnonzero(place >= 0)
    keys, rows, place = keys[there], rows[there], place[there]
    now = np.bincount(place, minlength=len(touched))
    then = now - sizes_of(come, touched) + sizes_of(gone, touched)
    # a key that has become too common parts those who share no other; one that no longer is brings its listings together
    parted, met = (now > MOST_SHARING) & (then <= MOST_SHARING), (now <= MOST_SHARING) & (then > MOST_SHARING)
    old = before.now[before.shared]
    old = _still_sharing(outline, old[(old >= 0).all(axis=1)], distinct(rows[parted[place]]))
    pairs = sharing(rows, keys)
    pairs = pairs[fresh[pairs].any(axis=1) | among(pairs, distinct(rows[met[place]])).all(axis=1)]
    return _beside(*unique_pairs([old, worthwhile(outline, pairs)]))


def _still_sharing(outline: Outline, pairs: np.ndarray, doubted: np.ndarray) -> np.ndarray:
    """The pairs but for those, both of ``doubted`` rows, that share no rare key any more."""
    doubtful = among(pairs, doubted).all(axis=1)
    if not doubtful.any():
        return pairs
    there = among(outline.keys.rows, distinct(pairs[doubtful]))
    rows, keys = outline.keys.rows[there], outline.keys.values[there]
    held = distinct(keys)
    rare = among(keys, held[sizes_of(outline.keys.values, held) <= MOST_SHARING])
    now = sharing(rows[rare], keys[rare])
    still = among(pair_codes(pairs[:, 0], pairs[:, 1], len(outline)), pair_codes(now[:, 0], now[:, 1], len(outline)))
    return pairs[~doubtful | still]


def sizes_of(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How often each of the ``wanted`` keys, sorted, stands among some keys."""
    place = places_among(keys, wanted)
    return np.bincount(place[place >= 0], minlength=len(wanted))


def worthwhile(outline: Outline, pairs: np.ndarray) -> np.ndarray:
    """The pairs whose titles are near enough, in letters or in meaning, to be worth a full comparison."""
    i, j = pairs[:, 0], pairs[:, 1]
    near = np.round(trigrams(outline.bits, i, j), 3) >= WORTH
    rest = np.flatnonzero(~near)
    rows, place = coded(np.concatenate([i[rest], j[rest]]), len(outline))
    vectors, (one, other) = unpacked(outline.vectors[rows]), np.split(place, 2)
    near[rest] = np.round(cosine(vectors, one, vectors, other), 3) >= WORTH
    return pairs[near]


def of_one_page(outline: Outline) -> np.ndarray:
    """(k, 2) pairs that are one page in two languages, as one of them tells."""
    pages, rows = outline.pages.values, outline.pages.rows
    if not (pages & 1).any():
        return np.zeros((0, 2), dtype=np.int64)
    pairs = sharing(rows, pages >> 1)
    tells = distinct(rows[(pages & 1) == 1])
    return pairs[among(pairs, tells).any(axis=1)]


def sharing(rows: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of rows that share one of their keys with at most ``MOST_SHARING`` in all, each once."""
    order = order_by(keys, rows)
    rows, keys = rows[order], keys[order]
    starts = starts_of(keys)
    sizes = np.diff(np.r_[starts, len(keys)])
    out = []
    for size in range(2, MOST_SHARING + 1):
        first = starts[sizes == size]
        if len(first):
            a, b = _two_of(size)
            members = rows[first[:, None] + np.arange(size)]
            out.append(_beside(members[:, a].ravel(), members[:, b].ravel()))
    return _beside(*unique_pairs(out))


def _beside(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(k, 2) pairs, all of their first ones lying together, and all of their second ones."""
    return np.stack([one, other]).T


@lru_cache(maxsize=MOST_SHARING)
def _two_of(size: int) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of so many, the first of each and the second."""
    return np.triu_indices(size, 1)


def meeting(titles: Titles, near: np.ndarray) -> list[np.ndarray]:
    """(k, 2) pairs of rows whose titles are equal or near, the first few of each title, in several lots; some come twice."""
    place = np.argsort(titles.of_row, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(titles.of_row, minlength=len(titles)))]
    sizes = np.diff(starts)
    out = []
    for size in range(2, MOST_SHARING + 1):
        alike = starts[:-1][(sizes == size) | ((size == MOST_SHARING) & (sizes > size))]
        a, b = _two_of(size)
        members = place[alike[:, None] + np.arange(size)]
        out.append(_beside(members[:, a].ravel(), members[:, b].ravel()))
    one, other = np.repeat(np.arange(len(near)), near.shape[1]), near.ravel()
    one, other = one[other >= 0], other[other >= 0]
    # most titles have one listing, so that few are left after the first
    for first in range(_OF_GROUP):
        some = np.flatnonzero(sizes[one] > first) if first else np.arange(len(one))
        one, other = one.take(some), other.take(some)
        those, these = one, other
        for second in range(_OF_GROUP):
            some = np.flatnonzero(sizes[these] > second) if second else np.arange(len(these))
            those, these = those.take(some), these.take(some)
            out.append(_beside(place[starts[those] + first], place[starts[these] + second]))
    return out
