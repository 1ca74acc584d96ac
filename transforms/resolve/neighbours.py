"""The nearest titles in meaning, searched within buckets of titles that share a telling word or concept.

A title lies in the buckets of its three weightiest units, whatever others there are. So what it finds depends on what lies in its buckets
alone, and a title that comes or goes changes nothing elsewhere: what an earlier run found is taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.resolve.ragged import coded, distinct, places_among, starts_of
from transforms.resolve.similarity import Words, unpacked

#: nearest titles that every title proposes, those sought in case some of them go later, and the cosine that they need
NEIGHBOURS, SOUGHT, NEAR = 10, 13, 0.5
#: titles that are searched one against all
BRUTE = 4000
#: buckets in which a title lies
BUCKETS = 3
#: likenesses that are looked at together: 8 MB of them
_ENTRIES = 2**21
#: of a long row of likenesses so many layers are laid upon each other, of so many columns each at least; no fewer than are sought
_LAYERS, _APART = 16, 64
_THOUSAND = 1000


@dataclass(slots=True)
class Titles:
    """Distinct titles in an order of their own: codes (n,) sorted, unit vectors (n, dimensions), packed, buckets (n, BUCKETS) with 0 for
    none, and the title of every row."""

    codes: np.ndarray
    vectors: np.ndarray
    buckets: np.ndarray
    of_row: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, codes: np.ndarray, vectors: np.ndarray, buckets: np.ndarray) -> Titles:
        """Of the title codes, vectors and buckets of some rows."""
        held, first, back = np.unique(codes, return_index=True, return_inverse=True)
        return cls(held, vectors[first], buckets[first], back.ravel())


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


@dataclass(slots=True)
class Near:
    """The nearest of titles with these ``codes``: (n, SOUGHT) ``others``, positions with -1 for none, and their ``likeness`` in
    thousandths, the nearest first, ties by position. As many of them as ``certain`` says are known, never less than NEIGHBOURS.
    ``brute`` is whether all were searched, not buckets."""

    codes: np.ndarray
    others: np.ndarray
    likeness: np.ndarray
    certain: np.ndarray
    brute: bool

    @property
    def first(self) -> np.ndarray:
        """(n, NEIGHBOURS) positions, -1 for none."""
        return self.others[:, :NEIGHBOURS]


def nearest(titles: Titles, before: Near | None = None) -> Near:
    """The nearest titles of each."""
    brute = len(titles) <= BRUTE
    known = _known(titles, before if before and before.brute == brute else None)
    found = [pairs for members in _buckets(titles, known.seek) for pairs in _near(titles.vectors, members, known)]
    if found:
        known.add(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    unknown = np.arange(SOUGHT) >= known.certain[:, None]
    known.others[unknown], known.likeness[unknown] = -1, 0
    return Near(titles.codes, known.others, known.likeness, known.certain, brute)


@dataclass(slots=True)
class _Known:
    """What is known of n titles: the nearest, as in `Near`; which must be searched for, which are new; how many of their nearest are
    certain; and the likeness that a new one needs to be among these (``floor``)."""

    others: np.ndarray
    likeness: np.ndarray
    seek: np.ndarray
    fresh: np.ndarray
    certain: np.ndarray
    floor: np.ndarray

    def add(self, row: np.ndarray, other: np.ndarray, likeness: np.ndarray) -> None:
        """Take in pairs that were found; titles that are none's ``row`` stay as they are."""
        rows, place = coded(row, len(self.others))
        there = self.others[rows] >= 0
        place = np.concatenate([place, np.repeat(np.arange(len(rows)), there.sum(axis=1))])
        other, likeness = (
            np.concatenate([more, held[rows][there]], dtype=np.int64) for more, held in ((other, self.others), (likeness, self.likeness))
        )
        self.others[rows], self.likeness[rows] = best_of(len(rows), place, other, likeness)


def _known(titles: Titles, before: Near | None) -> _Known:
    n = len(titles)
    known = _Known(
        np.full((n, SOUGHT), -1, dtype=np.int32),
        np.zeros((n, SOUGHT), dtype=np.int16),
        np.ones(n, dtype=bool),
        np.ones(n, dtype=bool),
        np.full(n, SOUGHT, dtype=np.int8),
        np.full(n, _THOUSAND * NEAR, dtype=np.int64),
    )
    if before is None or not n:
        return known
    place = places_among(before.codes, titles.codes)
    others = np.where(before.others >= 0, place[before.others], -1)
    there = others >= 0
    # of one that had fewer than were sought all are known, whatever went; of the others so many less
    full = before.others[np.arange(len(others)), before.certain.astype(np.int64) - 1] >= 0
    left = np.where(full, there.sum(axis=1), SOUGHT)
    whole = np.flatnonzero((place >= 0) & (left >= NEIGHBOURS))
    rows = place[whole]
    known.fresh[place[place >= 0]] = known.seek[rows] = False
    known.certain[rows] = left[whole]
    some = whole[full[whole]]
    known.floor[place[some]] = np.where(there[some], before.likeness[some], _THOUSAND).min(axis=1)
    # those that went leave no gaps
    torn = np.flatnonzero((before.others >= 0).sum(axis=1) > there.sum(axis=1))
    stay = np.argsort(~there[torn], axis=1, kind="stable")
    likeness = np.where(there, before.likeness, 0)
    for column in (others, likeness):
        column[torn] = np.take_along_axis(column[torn], stay, axis=1)
    known.others[rows], known.likeness[rows] = others[whole], likeness[whole]
    return known


def best_of(m: int, row: np.ndarray, other: np.ndarray, likeness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(m, SOUGHT) the nearest of each row, and their likeness, among pairs (row, other) that may come more than once; ties go by
    position."""
    out, alike = np.full((m, SOUGHT), -1, dtype=np.int32), np.zeros((m, SOUGHT), dtype=np.int16)
    n = int(other.max(initial=0)) + 1
    ordered = distinct((row * 4096 + (2048 - likeness)) * n + other)
    row, other, likeness = ordered // n // 4096, ordered % n, 2048 - ordered // n % 4096
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    kept = rank < SOUGHT
    out[row[kept], rank[kept]], alike[row[kept], rank[kept]] = other[kept], likeness[kept]
    return out, alike


def _buckets(titles: Titles, seek: np.ndarray) -> list[np.ndarray]:
    """Positions that are searched against each other, where any of them is sought for."""
    if len(titles) <= BRUTE:
        return [np.arange(len(titles))]
    # a title with two forms of one word lies in that bucket once
    entries = distinct(titles.buckets.ravel().astype(np.int64) * len(titles) + np.repeat(np.arange(len(titles)), BUCKETS))
    entries = entries[entries >= len(titles)]
    member, code = entries % len(titles), entries // len(titles)
    if not len(member):
        return []
    starts = starts_of(code)
    ends = np.r_[starts[1:], len(member)]
    some = (ends - starts > 1) & np.logical_or.reduceat(seek[member], starts)
    return [member[start:end] for start, end in zip(starts[some].tolist(), ends[some].tolist(), strict=True)]


def _near(vectors: np.ndarray, members: np.ndarray, known: _Known) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pairs (row, other, likeness in thousandths) with the nearest of a bucket's members for each that is sought for, and the new ones that
    are near enough to the others; some more than are wanted."""
    out = []
    seek = known.seek[members]
    own = np.flatnonzero(seek)
    sought = members[own]
    # for the others only what is so near that it may be among their nearest
    enough = np.where(seek, np.inf, _below(known.floor[members])).astype(np.float32)
    # as whole numbers, whose products the one side scales
    reach = vectors[members].astype(np.float32)
    height = max(1, _ENTRIES // max(1, len(members)))
    for start in range(0, len(sought), height):
        block, at = sought[start : start + height], own[start : start + height]
        alike = unpacked(unpacked(reach[at])) @ reach.T
        alike[np.arange(len(block)), at] = -1
        row, other, likeness = _highest(alike)
        out.append((block[row], members[other], likeness))
        new = np.flatnonzero(known.fresh[block])
        if len(own) < len(members) and len(new):
            flat = np.flatnonzero((alike if len(new) == len(block) else alike[new]) >= enough)
            row, other = new[flat // len(members)], flat % len(members)
            likeness = _thousandths(alike[row, other])
            near = likeness >= known.floor[members[other]]
            out.append((members[other[near]], block[row[near]], likeness[near]))
    return out


def _below(thousandths: np.ndarray) -> np.ndarray:
    """Likenesses that are a little less than so many thousandths."""
    return (thousandths - 1) / _THOUSAND


def _thousandths(alike: np.ndarray) -> np.ndarray:
    return np.rint(alike * np.float32(_THOUSAND)).astype(np.int64)


def _highest(alike: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, column, thousandths) of the values of each row that are near enough and no less than its highest SOUGHT, in thousandths; of
    long rows some more."""
    n, width = alike.shape
    # of columns that are set one above another only the highest: of as many of these as are sought the least is no more than that of all
    layers = max(1, min(_LAYERS, width // _APART))
    top = alike[:, : width // layers * layers].reshape(n, layers, -1).max(axis=1) if layers > 1 else alike
    few = min(SOUGHT, top.shape[1])
    least = _thousandths(np.partition(top, top.shape[1] - few, axis=1)[:, top.shape[1] - few])
    least = np.maximum(least, int(_THOUSAND * NEAR))
    flat = np.flatnonzero(alike >= _below(least).astype(np.float32)[:, None])
    row, column = flat // width, flat % width
    likeness = _thousandths(alike.ravel()[flat])
    enough = likeness >= least[row]
    return row[enough], column[enough], likeness[enough]
