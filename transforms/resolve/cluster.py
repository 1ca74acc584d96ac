"""Clusters of listings: the most alike first, by the mean over all their pairs, never across what must stay apart.

A group joins another only where their listings agree on average, so that one bad bridge cannot chain two clusters together; pairs that were
no candidates count as unlike. Ties go by position, so that the result depends on nothing but the pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from transforms.resolve.ragged import among, coded, distinct, order_by, pair_codes, starts_of

#: probabilities and their means count in whole numbers of one over this, so that sums are exact in any order
_UNITS = 10**6


class _Groups:
    """Groups in the making among k records: ``name`` (k,) of each, their ``size``, links (a < b, sorted) with the sum of the probabilities
    between them, and codes a * k + b of what must stay ``apart``, sorted."""

    def __init__(self, links: tuple[np.ndarray, np.ndarray, np.ndarray], apart: np.ndarray, k: int) -> None:
        self.name, self.size, self.k = np.arange(k), np.ones(k, dtype=np.int64), k
        self.a, self.b, self.weight = _summed(*links, k)
        self.apart = distinct(pair_codes(apart[:, 0], apart[:, 1], k))

    def merge(self, into: np.ndarray) -> None:
        """Every group becomes part of another, or stays (k,)."""
        self.name = into[self.name]
        self.size = np.bincount(self.name, minlength=self.k)
        self.a, self.b, self.weight = _summed(into[self.a], into[self.b], self.weight, self.k)
        self.apart = distinct(pair_codes(into[self.apart // self.k], into[self.apart % self.k], self.k))

    def most_alike(self, join: int) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of groups, a < b, each of which is for both the most alike of those that they may join; ties go by position."""
        alike = np.rint(self.weight / (self.size[self.a] * self.size[self.b])).astype(np.int64)
        may = (alike >= join) & ~among(pair_codes(self.a, self.b, self.k), self.apart)
        some = np.flatnonzero(may)
        order = some[order_by(alike.max(initial=0) - alike[some], some)]
        a, b, rank = self.a[order], self.b[order], np.arange(len(order))
        first = np.full(self.k, len(order))
        np.minimum.at(first, a, rank)
        np.minimum.at(first, b, rank)
        # what may join nothing never will: a merged group is at most as like it as its parts were
        live = first < len(order)
        kept = live[self.a] & live[self.b]
        self.a, self.b, self.weight = self.a[kept], self.b[kept], self.weight[kept]
        self.apart = self.apart[live[self.apart // self.k] & live[self.apart % self.k]]
        both = (first[a] == rank) & (first[b] == rank)
        return a[both], b[both]


def _summed(a: np.ndarray, b: np.ndarray, weight: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The links between different groups, each pair once, sorted, a < b, with the sum of their weights."""
    between = a != b
    codes, weight = pair_codes(a[between], b[between], k), weight[between]
    order = np.argsort(codes)
    codes = codes[order]
    starts = starts_of(codes)
    return codes[starts] // k, codes[starts] % k, np.add.reduceat(weight[order], starts) if len(starts) else weight


def cluster(
    n: int,
    i: np.ndarray,
    j: np.ndarray,
    probability: np.ndarray,
    *,
    join: float,
    apart: np.ndarray | Sequence[tuple[int, int]] = (),
    together: Iterable[tuple[int, int]] = (),
) -> np.ndarray:
    """(n,) for every record the smallest position in its cluster.

    ``i``, ``j``, ``probability`` are the candidate pairs (i < j, each once); ``apart`` pairs (k, 2) never meet; ``together`` pairs come
    first, in order, where nothing keeps them apart. Groups merge while their mean probability is at least ``join``.
    """
    together = list(together)
    i, j, probability = _with(i, j, probability, together)
    # nothing merges but over a pair that would join: what no chain of them reaches is left out
    component = components(n, *_strong(i, j, probability, join, together))
    inside = np.flatnonzero(component[i] == component[j])
    hard = np.asarray(apart, dtype=np.int64).reshape(-1, 2)
    hard = np.sort(hard[component[hard[:, 0]] == component[hard[:, 1]]], axis=1)
    told = np.array(together, dtype=np.int64).reshape(-1, 2)
    records, names = _clustered(i[inside], j[inside], probability[inside], join, hard, told)
    out = np.arange(n)
    out[records] = names
    return out


def _clustered(
    i: np.ndarray, j: np.ndarray, probability: np.ndarray, join: float, apart: np.ndarray, together: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The records of some pairs, sorted, and for each the first of its group.

    The most alike pair of all is the next to merge. A pair that both sides prefer to any other is merged at once as well: until its turn
    came, nothing that merged elsewhere could be more like either.
    """
    records, place = coded(np.concatenate([i, j]), int(j.max(initial=0)) + 1)
    apart = np.searchsorted(records, apart[among(apart, records).all(axis=1)])
    weight = np.rint(probability * _UNITS).astype(np.int64)
    groups = _Groups((place[: len(i)], place[len(i) :], weight), apart, len(records))
    if len(together):
        groups.merge(_told(np.searchsorted(records, together), apart, len(records)))
    while len((pairs := groups.most_alike(round(join * _UNITS)))[0]):
        into = np.arange(len(records))
        into[pairs[1]] = pairs[0]
        groups.merge(into)
    return records, records[groups.name]


def _told(together: np.ndarray, apart: np.ndarray, k: int) -> np.ndarray:
    """(k,) the groups, named by their first, when the pairs of ``together`` are joined in order where nothing keeps them apart."""
    into = np.arange(k)
    members = {record: {record} for record in together.ravel().tolist()}
    against: dict[int, set[int]] = defaultdict(set)
    for a, b in apart.tolist():
        against[a].add(b)
        against[b].add(a)
    for a, b in together.tolist():
        one, other = members[a], members[b]
        if one is not other and not any(against[record] & other for record in one):
            one |= other
            members |= dict.fromkeys(other, one)
    for record, group in members.items():
        into[record] = min(group)
    return into


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
    strong = np.rint(probability * _UNITS) >= round(join * _UNITS)
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
