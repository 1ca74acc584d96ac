"""Clusters of listings: the most alike first, by the mean over all their pairs, never across what must stay apart.

A group joins another only where their listings agree on average, so that one bad bridge cannot chain two clusters together; pairs that were
no candidates count as unlike. Ties go by position, so that the result depends on nothing but the pairs.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

_DIGITS, _ROUNDED = 6, 1e-6


class _Groups:
    """Groups in the making: their members, sums of probabilities between them, and which must stay apart."""

    def __init__(self, i: np.ndarray, j: np.ndarray, probability: np.ndarray, apart: Iterable[tuple[int, int]]) -> None:
        self.links = _linked(i, j, probability)
        self.members = {record: [record] for record in self.links}
        self.apart: dict[int, set[int]] = {}
        for a, b in apart:
            if a in self.links and b in self.links:
                self.apart.setdefault(a, set()).add(b)
                self.apart.setdefault(b, set()).add(a)

    def likeness(self, a: int, b: int) -> float:
        return round(self.links[a][b] / (len(self.members[a]) * len(self.members[b])), _DIGITS)

    def likely(self, a: int, join: float) -> Iterator[tuple[float, int, int]]:
        """A group with each of those that it may merge with: negative likeness, smaller name, greater name."""
        size = len(self.members[a])
        for b, weight in self.links[a].items():
            # most are far from it, and rounding takes long
            most = size * len(self.members[b])
            if weight > (join - _ROUNDED) * most and (likeness := round(weight / most, _DIGITS)) >= join:
                yield (-likeness, a, b) if a < b else (-likeness, b, a)

    def merge(self, a: int, b: int) -> int:
        """The name of what comes out is the smaller one."""
        keep, gone = min(a, b), max(a, b)
        self.members[keep] += self.members.pop(gone)
        mine = self.links[keep]
        for other, weight in self.links.pop(gone).items():
            theirs = self.links[other]
            del theirs[gone]
            if other != keep:
                mine[other] = theirs[keep] = mine.get(other, 0.0) + weight
        for other in self.apart.pop(gone, ()):
            self.apart[other].discard(gone)
            self.apart[other].add(keep)
            self.apart.setdefault(keep, set()).add(other)
        return keep


def _linked(i: np.ndarray, j: np.ndarray, probability: np.ndarray) -> dict[int, dict[int, float]]:
    """For every record those that it makes pairs with, and their probability."""
    records = np.concatenate([i, j])
    order = np.argsort(records, kind="stable")
    records, others, weights = records[order], np.concatenate([j, i])[order].tolist(), np.tile(probability, 2)[order].tolist()
    starts = np.flatnonzero(np.r_[True, records[1:] != records[:-1]]) if len(records) else records
    ends = [*starts[1:].tolist(), len(records)]
    return {
        record: dict(zip(others[start:end], weights[start:end], strict=True))
        for record, start, end in zip(records[starts].tolist(), starts.tolist(), ends, strict=False)
    }


def cluster(
    n: int,
    i: np.ndarray,
    j: np.ndarray,
    probability: np.ndarray,
    *,
    join: float,
    apart: np.ndarray | Sequence[tuple[int, int]] = (),
    together: Iterable[tuple[int, int]] = (),
    known: dict[bytes, np.ndarray] | None = None,
) -> np.ndarray:
    """(n,) for every record the smallest position in its cluster.

    ``i``, ``j``, ``probability`` are the candidate pairs (i < j, each once); ``apart`` pairs (k, 2) never meet; ``together`` pairs come
    first, in order, where nothing keeps them apart. Groups merge while their mean probability is at least ``join``. ``known`` holds what
    became of the parts of an earlier clustering, and is replaced by what became of those of this one.
    """
    together = list(together)
    i, j, probability = _with(i, j, probability, together)
    # nothing merges but over a pair that would join: what no chain of them reaches is left out
    component = components(n, *_strong(i, j, probability, join, together))
    inside = np.flatnonzero(component[i] == component[j])
    hard = np.asarray(apart, dtype=np.int64).reshape(-1, 2)
    hard = np.sort(hard[component[hard[:, 0]] == component[hard[:, 1]]], axis=1)
    told = np.array(together, dtype=np.int64).reshape(-1, 2)
    out, parts = np.arange(n), _parts(component, (i[inside], j[inside], probability[inside]), hard, told, join)
    known = {} if known is None else known
    fresh = np.zeros(n, dtype=bool)
    for key, members in parts:
        if key in known:
            out[members] = members[known[key]]
        else:
            fresh[members] = True
    inside = inside[fresh[i[inside]]]
    for group in _clustered(i[inside], j[inside], probability[inside], join, hard[fresh[hard[:, 0]]], told[fresh[told[:, 0]]]):
        out[group] = min(group)
    found = {key: known[key] if key in known else np.searchsorted(members, out[members]).astype(np.int32) for key, members in parts}
    known.clear()
    known.update(found)
    return out


def _parts(
    component: np.ndarray, pairs: tuple[np.ndarray, np.ndarray, np.ndarray], apart: np.ndarray, together: np.ndarray, join: float
) -> list[tuple[bytes, np.ndarray]]:
    """Each component with a hash of all that its clusters depend on, and its members, sorted."""
    i, j, probability = pairs
    held = np.zeros(len(component), dtype=bool)
    held[component[i]] = True
    members = np.flatnonzero(held[component])
    members = members[np.argsort(component[members], kind="stable")]
    starts = np.flatnonzero(np.r_[True, component[members][1:] != component[members][:-1]]) if len(members) else members
    within = np.zeros(len(component), dtype=np.int32)
    within[members] = np.arange(len(members)) - np.repeat(starts, np.diff(np.r_[starts, len(members)]))
    names = component[members[starts]] if len(members) else members
    contents = []
    for a, b, more in ((i, j, probability), (*apart.T, None), (*together.T, None)):
        order = np.argsort(component[a], kind="stable")
        columns = [within[a][order], within[b][order], *([] if more is None else [more[order]])]
        ends = np.searchsorted(component[a][order], names, side="left"), np.searchsorted(component[a][order], names, side="right")
        contents.append((columns, ends[0].tolist(), ends[1].tolist()))
    out = []
    for k, (start, end) in enumerate(pairwise([*starts.tolist(), len(members)])):
        digest = hashlib.blake2b(repr(join).encode(), digest_size=16)
        for columns, first, last in contents:
            for column in columns:
                digest.update(column[first[k] : last[k]].tobytes() + b"|")
        out.append((digest.digest(), members[start:end]))
    return out


def _clustered(
    i: np.ndarray, j: np.ndarray, probability: np.ndarray, join: float, apart: np.ndarray, together: np.ndarray
) -> Iterable[list[int]]:
    """The groups that some pairs end in."""
    groups = _Groups(i, j, probability, apart.tolist())
    name = {record: record for record in groups.members}

    def rename(keep: int) -> None:
        for record in groups.members[keep]:
            name[record] = keep

    for a, b in together.tolist():
        first, second = name[a], name[b]
        if first != second and second not in groups.apart.get(first, ()):
            if second not in groups.links[first]:
                groups.links[first][second] = groups.links[second][first] = 0.0
            rename(groups.merge(first, second))
    heap = [pair for a in groups.links for pair in groups.likely(a, join)] if len(together) else _likely(i, j, probability, join)
    heapq.heapify(heap)
    while heap:
        merit, a, b = heapq.heappop(heap)
        if b not in groups.links.get(a, ()) or groups.likeness(a, b) != -merit or b in groups.apart.get(a, ()):
            continue
        keep = groups.merge(a, b)
        for pair in groups.likely(keep, join):
            heapq.heappush(heap, pair)
    return groups.members.values()


def _likely(i: np.ndarray, j: np.ndarray, probability: np.ndarray, join: float) -> list[tuple[float, int, int]]:
    likeness = np.round(probability, _DIGITS)
    some = likeness >= join
    return list(zip((-likeness[some]).tolist(), np.minimum(i, j)[some].tolist(), np.maximum(i, j)[some].tolist(), strict=True))


def components(n: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(n,) the smallest position that a chain of pairs reaches from each."""
    out = np.arange(n)
    while True:
        low = np.minimum(out[i], out[j])
        reached = out.copy()
        np.minimum.at(reached, i, low)
        np.minimum.at(reached, j, low)
        np.minimum.at(reached, out[i], low)
        np.minimum.at(reached, out[j], low)
        reached = reached[reached]
        if np.array_equal(reached, out):
            return out
        out = reached


def _strong(
    i: np.ndarray, j: np.ndarray, probability: np.ndarray, join: float, pairs: list[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that would join by themselves, and those that must."""
    strong = np.round(probability, _DIGITS) >= join
    told = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return np.concatenate([i[strong], told[:, 0]]), np.concatenate([j[strong], told[:, 1]])


def _with(i: np.ndarray, j: np.ndarray, p: np.ndarray, pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The candidate pairs and those of ``pairs`` that are none, with probability 1."""
    known = set(zip(i.tolist(), j.tolist(), strict=True)) if pairs else set()
    fresh = [(min(a, b), max(a, b)) for a, b in pairs]
    fresh = [pair for pair in dict.fromkeys(fresh) if pair not in known and pair[0] != pair[1]]
    if not fresh:
        return i, j, p
    more = np.array(fresh)
    return np.concatenate([i, more[:, 0]]), np.concatenate([j, more[:, 1]]), np.concatenate([p, np.ones(len(fresh))])
