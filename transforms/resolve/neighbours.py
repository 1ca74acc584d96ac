"""The nearest titles in meaning, searched within buckets of titles that share a telling word or concept.

A title lies in the buckets of its three weightiest units, whatever others there are. So what it finds depends on what lies in its buckets
alone, and a title that comes or goes changes nothing elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.resolve.similarity import Words

#: nearest titles that every title proposes, and the cosine that they need
NEIGHBOURS, NEAR = 10, 0.5
#: titles that are searched one against all
BRUTE = 4000
#: buckets in which a title lies
BUCKETS = 3
_BLOCK = 2048


@dataclass(slots=True)
class Titles:
    """Distinct titles in an order of their own: codes (n,) sorted, unit vectors (n, dimensions), buckets (n, BUCKETS) with 0 for none, and
    the title of every row."""

    codes: np.ndarray
    vectors: np.ndarray
    buckets: np.ndarray
    of_row: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, codes: np.ndarray, vectors: np.ndarray, buckets: np.ndarray) -> Titles:
        """Of the title codes, vectors and buckets of some rows."""
        distinct, first, back = np.unique(codes, return_index=True, return_inverse=True)
        return cls(distinct, vectors[first], buckets[first], back.ravel())


def title_codes(cores: Sequence[Sequence[str]]) -> np.ndarray:
    """(n,) uint64 codes that titles of the same units share."""
    digests = b"".join(hashlib.blake2b(" ".join(core).encode(), digest_size=8).digest() for core in cores)
    return np.frombuffer(digests, dtype="<u8")


def title_buckets(title: Words) -> np.ndarray:
    """(n, BUCKETS) uint32 codes of the buckets of titles: the stems of their weightiest units."""
    keyed = np.where(title.rows >= 0, title.weights.astype(np.float64), -1)
    # of equal weights the smaller code
    order = np.lexsort((title.stems, -keyed), axis=1)[:, :BUCKETS]
    return np.take_along_axis(np.where(title.rows >= 0, title.stems, 0), order, axis=1).astype(np.uint32)


def nearest(titles: Titles) -> np.ndarray:
    """(n, NEIGHBOURS) positions of the titles nearest to each, the nearest first, ties by position, -1 for none."""
    n = len(titles)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for members in _buckets(titles):
        found += _near(titles.vectors, members)
    if not found:
        return np.full((n, NEIGHBOURS), -1, dtype=np.int32)
    row, other, likeness = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return best_of(n, row, other, likeness)


def best_of(n: int, row: np.ndarray, other: np.ndarray, likeness: np.ndarray) -> np.ndarray:
    """(n, NEIGHBOURS) the nearest of each row among pairs (row, other) that may come more than once, ties by position."""
    out = np.full((n, NEIGHBOURS), -1, dtype=np.int32)
    coded = np.unique((row * 4096 + (2048 - np.round(likeness * 1000).astype(np.int64))) * n + other)
    row, other = coded // n // 4096, coded % n
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    kept = rank < NEIGHBOURS
    out[row[kept], rank[kept]] = other[kept]
    return out


def _buckets(titles: Titles) -> list[np.ndarray]:
    """Positions that are searched against each other."""
    if len(titles) <= BRUTE:
        return [np.arange(len(titles))]
    # a title with two forms of one word lies in that bucket once
    entries = np.unique(titles.buckets.ravel().astype(np.int64) * len(titles) + np.repeat(np.arange(len(titles)), BUCKETS))
    entries = entries[entries >= len(titles)]
    member, code = entries % len(titles), entries // len(titles)
    parts = np.split(member, np.flatnonzero(code[1:] != code[:-1]) + 1)
    return [part for part in parts if len(part) > 1]


def _near(vectors: np.ndarray, members: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pairs (row, other, likeness) with the nearest of a bucket's members for each of them; some more than are wanted."""
    out = []
    reach = vectors[members]
    for start in range(0, len(members), _BLOCK):
        block = members[start : start + _BLOCK]
        likeness = vectors[block] @ reach.T
        a, b = np.nonzero(likeness >= NEAR - 0.0005)
        values = np.round(likeness[a, b], 3)
        there = (values >= NEAR) & (block[a] != members[b])
        a, b, values = a[there], b[there], values[there]
        order = np.lexsort((b, -values, a))
        a, b, values = a[order], b[order], values[order]
        kept = np.arange(len(a)) - np.searchsorted(a, a) < NEIGHBOURS
        out.append((block[a[kept]], members[b[kept]], values[kept]))
    return out
