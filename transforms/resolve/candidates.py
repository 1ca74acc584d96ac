"""Candidate pairs: which listings are worth comparing at all.

Listings meet within a country. A small country's all meet; in a larger one those that share a rare word, an acronym, an address or an
organisation's rare words, and those whose titles are nearest in meaning. All orders are fixed and similarities rounded.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from transforms.resolve.compare import Texts
from transforms.resolve.neighbours import Titles, nearest, title_buckets, title_codes
from transforms.resolve.prepare import Records
from transforms.resolve.similarity import cosine, trigrams

#: listings of a country up to which all pairs are compared
ALL_PAIRS = 150
#: listings that may share a key before it says nothing
MOST_SHARING = 30
#: of listings with one title, how many are set against each neighbour's
_OF_GROUP = 4
#: cosine or trigram likeness that a pair of a large country needs
WORTH = 0.5


@lru_cache(maxsize=1_000_000)
def _code(key: str) -> int:
    return zlib.crc32(key.encode())


@lru_cache(maxsize=200_000)
def _together(concepts: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(zlib.crc32(f"p {a} {b}".encode()) for k, a in enumerate(concepts) for b in concepts[k + 1 :])


def keys_of(records: Records, row: int) -> set[int]:
    """What a listing shares with those it may be: hashed words of its name, acronyms, initials, addresses."""
    core = records.core[row]
    found = {_code(f"u {unit}") for unit in core if not unit.startswith("#") and len(unit) > 2 and not unit.isdigit()}
    found.update(_code(f"a {unit}") for unit in core if len(unit) <= 8 and unit.isalpha())
    found.update(_code(f"a {a}") for a in records.acronyms[row] | records.initials[row])
    concepts = sorted({unit for unit in core if unit.startswith("#")})
    found.update(_together(tuple(concepts[:6])))
    found.add(zlib.crc32(("t " + " ".join(sorted(set(core)))).encode()))
    if records.urls[row]:
        found.add(zlib.crc32(("l " + records.urls[row]).encode()))
    found.update(_code(f"v {page}") for page in records.pages[row])
    return found


def by_country(countries: Sequence[str]) -> list[np.ndarray]:
    """The rows of every country, in order of the countries' codes."""
    buckets: dict[str, list[int]] = defaultdict(list)
    for row, country in enumerate(countries):
        buckets[country].append(row)
    return [np.array(buckets[country], dtype=np.int64) for country in sorted(buckets)]


def candidates(records: Records, texts: Texts) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (i, j), i < j, sorted."""
    found = []
    for rows in by_country(records.countries):
        if len(rows) <= ALL_PAIRS:
            a, b = np.triu_indices(len(rows), 1)
            found.append(np.stack([rows[a], rows[b]], axis=1))
        else:
            shared = by_keys(records, rows)
            found += [worthwhile(texts, shared), by_meaning(records, texts, rows), of_one_page(records, shared)]
    return unique_pairs(found)


def unique_pairs(found: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Arrays (k, 2) of pairs as two arrays, each pair once, i < j, sorted."""
    pairs = np.concatenate([np.zeros((0, 2), np.int64), *found])
    top = int(pairs.max(initial=0)) + 1
    coded = np.unique(pairs.min(axis=1, initial=top) * top + pairs.max(axis=1, initial=0))
    return coded // top, coded % top


def worthwhile(texts: Texts, pairs: np.ndarray) -> np.ndarray:
    """The pairs whose titles are near enough, in letters or in meaning, to be worth a full comparison."""
    i, j = pairs[:, 0], pairs[:, 1]
    near = np.round(trigrams(texts.bits, i, j), 3) >= WORTH
    rest = np.flatnonzero(~near)
    near[rest] = np.round(cosine(texts.title_means, i[rest], texts.title_means, j[rest]), 3) >= WORTH
    return pairs[near]


def of_one_page(records: Records, pairs: np.ndarray) -> np.ndarray:
    """The pairs that are one page in two languages."""
    told = np.array([bool(pages) for pages in records.pages], dtype=bool)
    some = pairs[told[pairs[:, 0]] & told[pairs[:, 1]]]
    return some[[bool(records.pages[a] & records.pages[b]) for a, b in some.tolist()]] if len(some) else some


def by_keys(records: Records, rows: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of rows that share a key which few have, each once."""
    found = [keys_of(records, row) for row in rows.tolist()]
    sizes = np.array([len(keys) for keys in found], dtype=np.int64)
    keys = np.fromiter((key for keys in found for key in keys), dtype=np.uint32, count=int(sizes.sum()))
    return sharing(np.repeat(rows, sizes), keys)


def sharing(rows: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of rows that share one of their keys with at most ``MOST_SHARING`` in all, each once."""
    order = np.lexsort((rows, keys))
    rows, keys = rows[order], keys[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(keys)])
    out = []
    for size in range(2, MOST_SHARING + 1):
        first = starts[sizes == size]
        if len(first):
            a, b = np.triu_indices(size, 1)
            members = rows[first[:, None] + np.arange(size)]
            out.append(np.stack([members[:, a].ravel(), members[:, b].ravel()], axis=1))
    return np.stack(unique_pairs(out), axis=1)


def by_meaning(records: Records, texts: Texts, rows: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of each row with its nearest in meaning; equal titles are searched once."""
    codes = title_codes([records.core[row] for row in rows.tolist()])
    titles = Titles.of(codes, texts.title_means[rows], title_buckets(texts.title)[rows])
    return meeting(titles, nearest(titles), rows)


def meeting(titles: Titles, near: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of rows whose titles are equal or near: the first few of each title."""
    place = np.argsort(titles.of_row, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(titles.of_row, minlength=len(titles)))]
    sizes = np.diff(starts)
    out = []
    for size in range(2, MOST_SHARING + 1):
        alike = starts[:-1][(sizes == size) | ((size == MOST_SHARING) & (sizes > size))]
        a, b = np.triu_indices(size, 1)
        members = rows[place[alike[:, None] + np.arange(size)]]
        out.append(np.stack([members[:, a].ravel(), members[:, b].ravel()], axis=1))
    one, other = np.repeat(np.arange(len(near)), near.shape[1]), near.ravel()
    one, other = one[other >= 0], other[other >= 0]
    for first in range(_OF_GROUP):
        for second in range(_OF_GROUP):
            there = (sizes[one] > first) & (sizes[other] > second)
            out.append(np.stack([rows[place[starts[one[there]] + first]], rows[place[starts[other[there]] + second]]], axis=1))
    return np.sort(np.concatenate(out), axis=1)
