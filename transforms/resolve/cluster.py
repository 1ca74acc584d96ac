"""Clusters of listings: the most alike first, by the mean over all their pairs, never across what must stay apart.

A group joins another only where their listings agree on average, so that one bad bridge cannot chain two clusters together; pairs that were
no candidates count as unlike. Ties go by position, so that the result depends on nothing but the pairs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np

_DIGITS = 6


class _Groups:
    """Groups in the making: sums of probabilities between them, and which must stay apart."""

    def __init__(self, i: np.ndarray, j: np.ndarray, probability: np.ndarray, apart: Iterable[tuple[int, int]]) -> None:
        self.members: dict[int, list[int]] = {}
        self.links: dict[int, dict[int, float]] = {}
        self.apart: dict[int, set[int]] = {}
        for a, b, p in zip(i.tolist(), j.tolist(), probability.tolist(), strict=True):
            self.links.setdefault(a, {})[b] = p
            self.links.setdefault(b, {})[a] = p
        for record in self.links:
            self.members[record] = [record]
        for a, b in apart:
            if a in self.links and b in self.links:
                self.apart.setdefault(a, set()).add(b)
                self.apart.setdefault(b, set()).add(a)

    def likeness(self, a: int, b: int) -> float:
        return round(self.links[a][b] / (len(self.members[a]) * len(self.members[b])), _DIGITS)

    def merge(self, a: int, b: int) -> int:
        """Put the group with more links first; the name of what comes out is the smaller one."""
        keep, gone = min(a, b), max(a, b)
        self.members[keep] += self.members.pop(gone)
        for other, weight in self.links.pop(gone).items():
            self.links[other].pop(gone)
            if other != keep:
                self.links[keep][other] = self.links[keep].get(other, 0.0) + weight
                self.links[other][keep] = self.links[keep][other]
        for other in self.apart.pop(gone, ()):
            self.apart[other].discard(gone)
            self.apart[other].add(keep)
            self.apart.setdefault(keep, set()).add(other)
        return keep


def cluster(
    n: int,
    i: np.ndarray,
    j: np.ndarray,
    probability: np.ndarray,
    *,
    join: float,
    apart: Iterable[tuple[int, int]] = (),
    together: Iterable[tuple[int, int]] = (),
) -> np.ndarray:
    """(n,) for every record the smallest position in its cluster.

    ``i``, ``j``, ``probability`` are the candidate pairs (i < j, each once); ``apart`` pairs never meet; ``together`` pairs come first,
    in order, where nothing keeps them apart. Groups merge while their mean probability is at least ``join``.
    """
    together = list(together)
    i, j, probability = _with(i, j, probability, together)
    # nothing merges but over a pair that would join: what no chain of them reaches is left out
    component = components(n, *_strong(i, j, probability, join, together))
    inside = component[i] == component[j]
    groups = _Groups(i[inside], j[inside], probability[inside], [(a, b) for a, b in apart if component[a] == component[b]])
    name = {record: record for record in groups.members}

    def rename(keep: int) -> None:
        for record in groups.members[keep]:
            name[record] = keep

    for a, b in together:
        first, second = name[a], name[b]
        if first != second and second not in groups.apart.get(first, ()):
            if second not in groups.links[first]:
                groups.links[first][second] = groups.links[second][first] = 0.0
            rename(groups.merge(first, second))
    heap = [(-groups.likeness(a, b), a, b) for a in groups.links for b in groups.links[a] if a < b and groups.likeness(a, b) >= join]
    heapq.heapify(heap)
    while heap:
        merit, a, b = heapq.heappop(heap)
        if b not in groups.links.get(a, ()) or groups.likeness(a, b) != -merit or b in groups.apart.get(a, ()):
            continue
        keep = groups.merge(a, b)
        for other in groups.links[keep]:
            likeness = groups.likeness(keep, other)
            if likeness >= join:
                heapq.heappush(heap, (-likeness, min(keep, other), max(keep, other)))
    out = np.arange(n)
    for members in groups.members.values():
        out[members] = min(members)
    return out


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
