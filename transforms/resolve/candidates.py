"""Candidate pairs: which listings are worth comparing at all.

Listings meet within a country. A small country's all meet; in a larger one those that share a rare word, an acronym, an address or an
organisation's rare words, and those whose titles are nearest in meaning. All orders are fixed and similarities rounded.
"""

from __future__ import annotations

import zlib
from collections import defaultdict

import numpy as np

from transforms.resolve.compare import Texts
from transforms.resolve.prepare import Records
from transforms.resolve.similarity import cosine, trigrams

#: listings of a country up to which all pairs are compared
ALL_PAIRS = 150
#: listings that may share a key before it says nothing
MOST_SHARING = 30
#: nearest titles that every title proposes
NEIGHBOURS = 10
#: of listings with one title, how many are set against each neighbour's
_OF_GROUP = 4
#: cosine of titles below which nearness says nothing
_NEAR = 0.35
#: cosine or trigram likeness that a pair of a large country needs
_WORTH = 0.5
#: titles that are searched one against all; beyond that the space is cut into cells
_BRUTE = 4000
_CELLS_SEARCHED = 4
_BLOCK = 1024


def keys_of(records: Records, row: int) -> set[int]:
    """What a listing shares with those it may be: hashed words of its name, acronyms, initials, addresses."""
    core = records.core[row]
    names = [f"u {unit}" for unit in core if not unit.startswith("#") and len(unit) > 2 and not unit.isdigit()]
    concepts = sorted({unit for unit in core if unit.startswith("#")})
    pairs = [f"p {a} {b}" for k, a in enumerate(concepts[:6]) for b in concepts[k + 1 : 6]]
    spelled = [f"a {a}" for a in records.acronyms[row] | records.initials[row]] + [
        f"a {unit}" for unit in core if len(unit) <= 8 and unit.isalpha()
    ]
    found = [*names, *pairs, *spelled, "t " + " ".join(sorted(set(core)))]
    if records.urls[row]:
        found.append("l " + records.urls[row])
    return {zlib.crc32(key.encode()) for key in found}


def candidates(records: Records, texts: Texts) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (i, j), i < j, sorted."""
    means = texts.title_means
    buckets: dict[str, list[int]] = defaultdict(list)
    for row, country in enumerate(records.countries):
        buckets[country].append(row)
    found = []
    for country in sorted(buckets):
        rows = np.array(buckets[country], dtype=np.int64)
        if len(rows) <= ALL_PAIRS:
            a, b = np.triu_indices(len(rows), 1)
            found.append(np.stack([rows[a], rows[b]], axis=1))
        else:
            found.append(worthwhile(texts, np.unique(np.concatenate([by_keys(records, rows), by_meaning(means, rows)]), axis=0)))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    pairs = np.unique(np.concatenate([p.reshape(-1, 2) for p in found]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def worthwhile(texts: Texts, pairs: np.ndarray) -> np.ndarray:
    """The pairs whose titles are near enough, in meaning or in letters, to be worth a full comparison."""
    i, j = pairs[:, 0], pairs[:, 1]
    near = np.round(cosine(texts.title_means, i, texts.title_means, j), 3) >= _WORTH
    return pairs[near | (np.round(trigrams(texts.bits, i, j), 3) >= _WORTH)]


def by_keys(records: Records, rows: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of rows that share a key which few have."""
    entries = [(key, row) for row in rows.tolist() for key in keys_of(records, row)]
    table = np.array(entries, dtype=np.int64)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    starts = np.flatnonzero(np.r_[True, table[1:, 0] != table[:-1, 0]])
    sizes = np.diff(np.r_[starts, len(table)])
    out = []
    for size in range(2, MOST_SHARING + 1):
        first = starts[sizes == size]
        if len(first):
            a, b = np.triu_indices(size, 1)
            members = table[first[:, None] + np.arange(size), 1]
            out.append(np.stack([members[:, a].ravel(), members[:, b].ravel()], axis=1))
    return _sorted(np.concatenate(out)) if out else np.zeros((0, 2), np.int64)


def by_meaning(means: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(k, 2) pairs of each row with its nearest in meaning; equal vectors are searched once."""
    vectors, first, back = np.unique(np.round(means[rows], 4), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    near = nearest(vectors[order], NEIGHBOURS)
    groups: dict[int, list[int]] = defaultdict(list)
    for row, group in zip(rows.tolist(), place[back.ravel()].tolist(), strict=True):
        groups[group].append(row)
    out = []
    for group, others in enumerate(near):
        mine = groups[group][:MOST_SHARING]
        out += [(a, b) for k, a in enumerate(mine) for b in mine[k + 1 :]]
        out += [(a, b) for other in others if other >= 0 for a in mine[:_OF_GROUP] for b in groups[int(other)][:_OF_GROUP]]
    return _sorted(np.array(out, dtype=np.int64).reshape(-1, 2))


def nearest(vectors: np.ndarray, k: int) -> np.ndarray:
    """(n, k) positions of the nearest others by cosine, -1 where none is near; ties by position."""
    n = len(vectors)
    if n <= _BRUTE:
        return _search(vectors, np.arange(n), np.arange(n), k)
    cells = int(np.sqrt(n))
    centres = vectors[np.linspace(0, n - 1, cells).astype(int)]
    of_cell: list[list[int]] = [[] for _ in range(cells)]
    probes = np.empty((n, _CELLS_SEARCHED), dtype=np.int64)
    for start in range(0, n, _BLOCK * 8):
        likeness = np.round(vectors[start : start + _BLOCK * 8] @ centres.T, 3)
        probes[start : start + len(likeness)] = np.argsort(-likeness, axis=1, kind="stable")[:, :_CELLS_SEARCHED]
    for row, cell in enumerate(probes[:, 0].tolist()):
        of_cell[cell].append(row)
    out = np.full((n, k), -1, dtype=np.int64)
    for cell, mine in enumerate(of_cell):
        if mine:
            reach = np.unique(np.r_[cell, probes[mine].ravel()])
            pool = np.sort(np.concatenate([np.array(of_cell[c], dtype=np.int64) for c in reach if of_cell[c]]))
            out[mine] = _search(vectors, np.array(mine), pool[:: max(1, len(pool) // _BRUTE)] if len(pool) > 4 * _BRUTE else pool, k)
    return out


def _search(vectors: np.ndarray, mine: np.ndarray, pool: np.ndarray, k: int) -> np.ndarray:
    out = np.full((len(mine), k), -1, dtype=np.int64)
    for start in range(0, len(mine), _BLOCK):
        block = mine[start : start + _BLOCK]
        likeness = np.round(vectors[block] @ vectors[pool].T, 3)
        likeness[block[:, None] == pool[None, :]] = -1
        best = np.argsort(-likeness, axis=1, kind="stable")[:, :k] if len(pool) <= 4 * k else _top(likeness, k)
        values = np.take_along_axis(likeness, best, axis=1)
        out[start : start + len(block), : best.shape[1]] = np.where(values >= _NEAR, pool[best], -1)
    return out


def _top(likeness: np.ndarray, k: int) -> np.ndarray:
    """Positions of the k greatest of each row, the greatest first; of equal ones the first."""
    # a tiny fall by position makes partition as stable as a sort
    keyed = likeness.astype(np.float64) - np.arange(likeness.shape[1]) * 1e-9
    best = np.argpartition(-keyed, k, axis=1)[:, :k]
    return np.take_along_axis(best, np.argsort(-np.take_along_axis(keyed, best, axis=1), axis=1, kind="stable"), axis=1)


def _sorted(pairs: np.ndarray) -> np.ndarray:
    return np.sort(pairs, axis=1)
