"""Pairs of clusters in columns: what two initiatives have in common, and how they differ in time, place and sort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.resolve.answers import Keys, nested
from transforms.resolve.comparison import Comparison, wide
from transforms.resolve.facts import CARRYING_OUT, SORTS, Facts
from transforms.resolve.ragged import Layers, distinct, pair_codes, runs, starts_of

if TYPE_CHECKING:
    from transforms.resolve.run import Pairs
    from transforms.resolve.sentences import Sentences

#: what two listings must have in common for their clusters to be looked at: title words, title in the other's text, or closeness of meaning
_COVER, _TOLD, _COSINE = 0.3, 0.4, 0.3

#: columns taken over from the comparison of listings: the greatest over all pairs of listings of the two clusters
_GREATEST = (
    *("cosine", "cover_lo", "cover_hi", "specific_cosine", "specific_hi", "shared", "trigrams", "acronym", "described", "described_shared"),
    *("address_hi", "address_shared", "same_site"),
)

#: what is asked of the comparison of listings, beside what is aside
OF_LISTINGS = (*_GREATEST, "told_hi")

_SAME_RANK = 0.6
#: how many times another's sum is more than that, however either is counted
_MORE = 2
#: what rules some relation out (`relate.possible`)
AGAINST = ("costs_more", "counted", "was_trial", "of_trial")
#: years beyond which a difference says no more, and those that an edition lasts
_FAR, _LASTING = 8, 4
#: probabilities are whole numbers of these
_SCORE_UNIT = 1e-4


@dataclass(slots=True)
class ClusterPairs:
    """Pairs of clusters, each named by the position of its first record, ``source`` < ``target``.

    ``common`` describes the pair without direction; ``directed`` tells what speaks for source being target's successor, part or share, and
    the other way. ``listings`` are the pairs of their listings, in runs of these ``sizes``; ``_sides`` is where the two stand among the
    ``_clusters``, ``_within`` how much more of source's title stands in target's than the other way.
    """

    source: np.ndarray
    target: np.ndarray
    common: Comparison
    listings: tuple[np.ndarray, np.ndarray]
    sizes: np.ndarray
    _clusters: _Clusters
    _sides: tuple[np.ndarray, np.ndarray]
    _within: np.ndarray

    def directed(self, rows: np.ndarray) -> tuple[Comparison, Comparison]:
        """Of some of the pairs."""
        s, t = (side[rows] for side in self._sides)
        within = self._within[rows]
        one, other = self._clusters.at(s), self._clusters.at(t)
        forth, back = _facts(one, other), _facts(other, one)
        return Comparison.of(_spoken(forth, within)), Comparison.of(_spoken(back, -within))

    def in_full(self, rows: np.ndarray, sentences: Sentences) -> Comparison:
        """What some of the pairs have in common, and how much alike their listings are to the full sentence model: at the most, on
        average, and beside the other pairs asked for."""
        sizes = self.sizes[rows]
        starts = np.cumsum(sizes) - sizes
        held = runs((np.cumsum(self.sizes) - self.sizes)[rows], sizes)
        alike = sentences.alike(*(side[held] for side in self.listings))
        source, target = self.source[rows], self.target[rows]
        most = np.maximum.reduceat(alike, starts) if len(rows) else alike
        units = np.rint(alike / _SCORE_UNIT)
        mean = np.add.reduceat(units, starts) * _SCORE_UNIT / sizes if len(rows) else alike
        behind = _behind(most, source, target, int(self.target.max(initial=0)) + 1)
        own = {name: self.common[name][rows] for name in self.common.names}
        return Comparison.of(own | {"sense": most, "sense_mean": mean, "sense_behind_lo": behind[0], "sense_behind_hi": behind[1]})


@dataclass(slots=True, kw_only=True)
class _Side:
    """Facts of some clusters, such as those on one side of pairs, NaN where unknown."""

    time: np.ndarray
    end: np.ndarray
    edition: np.ndarray
    cost: np.ndarray
    trial: np.ndarray
    regional: np.ndarray
    rank: np.ndarray
    sorts: dict[str, np.ndarray]
    whole: np.ndarray


@dataclass(slots=True, kw_only=True)
class _Clusters(_Side):
    """Facts of n clusters; ``names`` are sorted."""

    names: np.ndarray
    regions: Keys

    def at(self, side: np.ndarray) -> _Side:
        """Of the clusters on one side of some pairs."""
        columns = {column.name: getattr(self, column.name) for column in fields(_Side)}
        sorts = {sort: held.take(side) for sort, held in columns.pop("sorts").items()}
        return _Side(sorts=sorts, **{name: held.take(side) for name, held in columns.items()})


def pairs_of_clusters(records: Facts, found: Pairs, root: np.ndarray) -> ClusterPairs:
    """The pairs of clusters of ``root`` that have something in common."""
    values = found.comparison
    alike = (values["cover_hi"] >= _COVER) | (values["told_hi"] >= _TOLD) | (values["cosine"] >= _COSINE) | (values["acronym"] >= 2)
    names, of = np.unique(root, return_inverse=True)
    clusters = _clusters(records, names, of)
    keep = np.flatnonzero(alike & (root[found.i] != root[found.j]))
    keep = keep[~_elsewhere(clusters, of[found.i[keep]], of[found.j[keep]])]
    i, j = root[found.i[keep]], root[found.j[keep]]
    coded = pair_codes(i, j, len(root))
    order = np.argsort(coded)
    coded, keep = coded[order], keep[order]
    starts = starts_of(coded)
    source, target = coded[starts] // len(root), coded[starts] % len(root)
    if not len(starts):
        return ClusterPairs(source, target, Comparison({}), (keep, keep), starts, clusters, (starts, starts), np.zeros(0))
    sizes = np.diff(np.r_[starts, len(keep)])
    layers = Layers.of(starts, sizes).among(keep)
    # none of these is below -1
    both = {name: _or(wide(layers.reduced(_nan_least(values.held(name)), np.maximum)), -1) for name in _GREATEST}
    likely = {
        "likely": layers.reduced(found.raw, np.maximum),
        "likely_mean": layers.reduced(np.rint(found.raw / _SCORE_UNIT), np.add) * _SCORE_UNIT / sizes,
    }
    forth, back = _directed(values, root[found.i] > root[found.j], layers)
    s, t = of[source], of[target]
    either = {f"{name}_{which}": pick(forth[name], back[name]) for name in _EITHER for which, pick in _SIDES}
    more = _undirected(clusters, both, s, t)
    # what listings have is rounded already
    common = Comparison(both).beside(Comparison.of(likely)).beside(Comparison(either)).beside(Comparison.of(more))
    listings = found.i[keep], found.j[keep]
    return ClusterPairs(source, target, common, listings, sizes, clusters, (s, t), forth["inside"] - back["inside"])


def _elsewhere(clusters: _Clusters, s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(m,) True where each is the matter of a region and neither region lies in the other: such two are neighbours, not relatives."""
    regional = clusters.regional[s] & clusters.regional[t] & ~clusters.regions.equal(s, t)
    return clusters.regions.judged_where(regional, 0, s, t, lambda a, b: not nested(a, b)) > 0


_SIDES: tuple[tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]], ...] = (("lo", np.minimum), ("hi", np.maximum))


def _directed(values: Comparison, turned: np.ndarray, layers: Layers) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What either side says of the other: its title in the other's title, text and address; the greatest over each run of pairs, of which
    those ``turned`` (m,) have the second cluster's listing first."""
    out = []
    for one, other in ("ab", "ba"):
        sides = {name: _chosen(turned, values.held(f"{name}_{other}"), values.held(f"{name}_{one}")) for name in DIRECTED}
        out.append({name: wide(layers.reduced(column, np.maximum)) for name, column in sides.items()})
    return out[0], out[1]


def _chosen(first: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of each row what ``one`` of two columns says, or the other, each narrow in its way."""
    return np.where(first, one, other) if one.dtype == other.dtype else np.where(first, wide(one), wide(other))


#: what one listing of a pair says of the other, and the other way; of these, whether two are related is told by the lesser and the greater
DIRECTED = ("inside", "more", "leads")
_EITHER = ("more", "leads")


def _clusters(records: Facts, names: np.ndarray, of: np.ndarray) -> _Clusters:
    n = len(names)
    started, titled, spoken = (_median(years, of, n) for years in (records.starts, records.titled, records.eras))
    edition = np.zeros(n)
    np.maximum.at(edition, of, records.edition)
    regional = pc.binary_length(records.regions).to_numpy() > 0
    return _Clusters(
        names=names,
        time=np.where(np.isnan(started), np.where(np.isnan(titled), spoken, titled), started),
        end=_median(records.ends, of, n),
        edition=edition,
        cost=_median(records.budgets, of, n),
        trial=_mean(records.trial, of, n) >= 0.5,
        regional=_mean(regional, of, n) >= 0.5,
        regions=_regions(records.regions, of, n),
        rank=_mean(records.rank, of, n),
        sorts={sort: _mean(records.sorts[:, k], of, n) for k, sort in enumerate(SORTS)},
        whole=_mean(records.whole, of, n),
    )


def _regions(regions: pa.Array, of: np.ndarray, n: int) -> Keys:
    """The regions of all listings of each of n groups."""
    texts = regions.dictionary_encode()
    held = [frozenset(text.split()) for text in [*texts.dictionary.to_pylist(), ""]]
    told = distinct(of * len(held) + texts.indices.to_numpy())
    told = told[Keys(told % len(held), held).said()]
    group, code = told // len(held), told % len(held)
    starts = starts_of(group)
    codes = np.full(n, len(held) - 1)
    codes[group[starts]] = code[starts]
    together: dict[frozenset[str], int] = {}
    ends = np.r_[starts[1:], len(group)]
    for k in np.flatnonzero(ends - starts > 1).tolist():
        both = frozenset().union(*(held[c] for c in code[starts[k] : ends[k]].tolist()))
        codes[group[starts[k]]] = len(held) + together.setdefault(both, len(together))
    held += together
    return Keys(codes, held)


def _facts(s: _Side, t: _Side) -> dict[str, np.ndarray]:
    """How the clusters s differ from t."""
    carrying, carried = (np.max([side.sorts[sort] for sort in CARRYING_OUT], axis=0) for side in (s, t))
    return {
        "later": _later(s.time, t.time),
        "after": _or(s.time - t.end, 0),
        "region_of": (s.regional & ~t.regional).astype(float),
        "region_has": (~s.regional & t.regional).astype(float),
        "counted": np.where((s.edition > 0) & (t.edition > 0), np.sign(s.edition - t.edition), 0),
        # "action plan of the strategy" names a strategy, and is none
        "carries_out": carrying * t.sorts["strategy"] * (1 - carried),
        "was_trial": (s.trial & ~t.trial).astype(float),
        "of_trial": (t.trial & ~s.trial).astype(float),
        "costs_more": (s.cost > _MORE * t.cost).astype(float),
        "rank": s.rank - t.rank,
        "pilot": s.sorts["pilot"] - t.sorts["pilot"],
        "strategy": s.sorts["strategy"] - t.sorts["strategy"],
        "whole": s.whole - t.whole,
    }


def _later(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(m,) by how many years some begin after others, 0 where unknown."""
    return np.clip(_or(one - other, 0), -_FAR, _FAR)


def _in_common(c: _Clusters, s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(m,) whether the two have a region in common."""
    placed = c.regions.said()
    return c.regions.judged_where(placed[s] & placed[t], 0, s, t, lambda a, b: bool(a & b)) > 0


def _spoken(facts: dict[str, np.ndarray], inside: np.ndarray) -> dict[str, np.ndarray]:
    """What speaks for the first being the second's successor, part or share, and, in ``AGAINST``, what rules relations out: none below 0
    but for ``later``, in years, and ``counted``, the order of two numbered editions.

    ``inside`` is how much more of the first's title stands in the second's than the other way.
    """
    begins = np.clip(facts["later"], 0, _LASTING)
    positive = {
        "of_pilot": -facts["pilot"],
        "is_pilot": facts["pilot"],
        "within_its_name": -inside,
        "of_whole": -facts["whole"],
        "of_strategy": -facts["strategy"],
    }
    return {
        **{name: facts[name] for name in ("later", "region_of", "region_has", "carries_out", *AGAINST)},
        "begins_later": begins,
        "later_of_its_sort": begins * (np.abs(facts["rank"]) < _SAME_RANK),
        "after_its_end": (facts["after"] > 0).astype(float),
        "lower_by": np.clip(-facts["rank"], 0, 1),
        **{name: np.maximum(column, 0) for name, column in positive.items()},
    }


def _undirected(c: _Clusters, both: dict[str, np.ndarray], s: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """Facts without direction, and how the pair stands among the others of its two clusters.

    Few on purpose: words that tell a direction, and editions, said by chance more than by rule whether two are related.
    """
    n = len(c.names)
    behind = _behind(both["cosine"] + both["cover_hi"], s, t, n)
    count = np.bincount(np.r_[s, t], minlength=n)
    return {
        "behind_lo": behind[0],
        "behind_hi": behind[1],
        "company": np.log1p(np.minimum(count[s], count[t])),
        "one_regional": (c.regional[s] != c.regional[t]).astype(float),
        "same_region": _in_common(c, s, t).astype(float),
        "years": np.abs(_later(c.time[s], c.time[t])),
        "ranks": np.abs(c.rank[s] - c.rank[t]),
    }


def _behind(merit: np.ndarray, s: np.ndarray, t: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """How far each pair's merit is behind the best of either of its clusters: of the lesser best, and of the greater."""
    # of one type with the merit, in which it takes a tenth of the time
    best = np.full(n, -1, dtype=merit.dtype)
    np.maximum.at(best, s, merit)
    np.maximum.at(best, t, merit)
    best = best.astype(np.float64)
    return np.minimum(best[s], best[t]) - merit, np.maximum(best[s], best[t]) - merit


def _nan_least(values: np.ndarray) -> np.ndarray:
    """The values as they are held, where NaN is the least of them or -1."""
    return _or(values, -1) if values.dtype.kind == "f" else values


def _or(values: np.ndarray, instead: float) -> np.ndarray:
    """The values, and this where there is none (numpy's own way takes four times as long)."""
    return np.where(np.isnan(values), values.dtype.type(instead), values)


def _median(values: np.ndarray, of: np.ndarray, n: int) -> np.ndarray:
    """(n,) lower median of each group's values other than 0; NaN where there is none."""
    out = np.full(n, np.nan)
    known = np.flatnonzero(values > 0)
    known = known[np.lexsort((values[known], of[known]))]
    groups = of[known]
    first = starts_of(groups)
    count = np.diff(np.r_[first, len(groups)])
    out[groups[first]] = values[known[first + (count - 1) // 2]]
    return out


def _mean(values: np.ndarray, of: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(of, weights=values.astype(float), minlength=n) / np.bincount(of, minlength=n)
