"""Pairs of clusters in columns: what two initiatives have in common, and how they differ in time, place and sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transforms.resolve.compare import Comparison, nested
from transforms.resolve.prepare import TELLS, Records, tells_of

if TYPE_CHECKING:
    from transforms.resolve.run import Pairs

#: what two listings must have in common for their clusters to be looked at: title words, title in the other's text, or closeness of meaning
_COVER, _TOLD, _COSINE = 0.3, 0.4, 0.3

#: columns taken over from the comparison of listings: the greatest over all pairs of listings of the two clusters
_GREATEST = (
    *("cosine", "cover_lo", "cover_hi", "specific_cosine", "specific_hi", "shared", "trigrams", "acronym", "described", "described_shared"),
    *("address_hi", "address_shared", "same_site"),
)

#: how far up a thing of its sort stands: strategies above plans above programmes above projects. Of several the lowest counts, as what
#: stands lower names the higher to which it belongs ("action plan of the strategy")
_RANKS = {"#strategy": 4, "#agenda": 4, "#policy": 4, "#plan": 3.2, "#framework": 3, "#programme": 2.5, "#coalition": 2, "#project": 1.5}
_RANKS |= {"#call": 0.5}
#: things that stand low, but that others are named after: they count where none of the above is named
_OTHER_RANKS = {"#initiative": 2.3, "#platform": 1, "#network": 1, "#tablet": 1}
_NO_RANK = 2.0
#: and what each of these takes off
_LOWERING = {"#action": 0.5, "#operational": 0.7, "#pilot": 1, "#phase": 0.7}
_SAME_RANK, _LOWER = 0.6, 0.25

#: sorts whose presence on each side tells which relation it is
_CARRYING_OUT = ("action", "operational", "call", "project")
_SORTS = ("pilot", "strategy", *_CARRYING_OUT)
#: years beyond which a difference says no more, and those that an edition lasts
_FAR, _LASTING = 8, 4


@dataclass(slots=True)
class ClusterPairs:
    """Pairs of clusters, each named by the position of its first record, ``source`` < ``target``.

    ``common`` describes the pair without direction; ``forth`` tells what speaks for source being target's successor, part or share, and
    ``back`` the other way.
    """

    source: np.ndarray
    target: np.ndarray
    common: Comparison
    forth: Comparison
    back: Comparison


@dataclass(slots=True)
class _Clusters:
    """Facts of n clusters; NaN where unknown."""

    time: np.ndarray
    end: np.ndarray
    edition: np.ndarray
    renewed: np.ndarray
    regional: np.ndarray
    regions: list[set[str]]
    size: np.ndarray
    rank: np.ndarray
    sorts: dict[str, np.ndarray]
    tells: dict[str, np.ndarray]


def pairs_of_clusters(records: Records, found: Pairs, root: np.ndarray) -> ClusterPairs:
    """The pairs of clusters of ``root`` that have something in common."""
    values = found.comparison
    common = (values["cover_hi"] >= _COVER) | (values["told_hi"] >= _TOLD) | (values["cosine"] >= _COSINE) | (values["acronym"] >= 2)
    names, of = np.unique(root, return_inverse=True)
    clusters = _clusters(records, of, len(names))
    keep = np.flatnonzero(common & (root[found.i] != root[found.j]))
    keep = keep[~_elsewhere(clusters, of[found.i[keep]], of[found.j[keep]])]
    i, j = found.i[keep], found.j[keep]
    turned = root[i] > root[j]
    i, j = np.where(turned, j, i), np.where(turned, i, j)
    order = np.lexsort((j, i, root[j], root[i]))
    i, j, keep, turned = i[order], j[order], keep[order], turned[order]
    source, target = root[i], root[j]
    starts = np.flatnonzero(np.r_[True, (source[1:] != source[:-1]) | (target[1:] != target[:-1])]) if len(i) else np.zeros(0, np.int64)
    if not len(starts):
        nothing = Comparison((), np.zeros((0, 0), np.float32))
        return ClusterPairs(source[:0], target[:0], nothing, nothing, nothing)
    both = {name: np.maximum.reduceat(np.nan_to_num(values[name][keep], nan=-1), starts) for name in _GREATEST}
    both["likely"] = np.maximum.reduceat(found.raw[keep], starts)
    both["likely_mean"] = np.add.reduceat(found.raw[keep], starts) / np.diff(np.r_[starts, len(i)])
    forth, back = _directed({name: column[keep] for name, column in values.aside.items()}, turned, starts)
    source, target = source[starts], target[starts]
    s, t = of[source], of[target]
    facts, facts_back = _facts(clusters, s, t), _facts(clusters, t, s)
    both |= {f"{name}_{which}": pick(forth[name], back[name]) for name in forth for which, pick in _SIDES}
    both |= _undirected(facts, facts_back, both, s, t, len(names))
    told = _spoken(facts, forth["inside"] - back["inside"], both), _spoken(facts_back, back["inside"] - forth["inside"], both)
    return ClusterPairs(source, target, _comparison(both), _comparison(told[0]), _comparison(told[1]))


def _elsewhere(clusters: _Clusters, s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(m,) True where each is the matter of a region and neither region lies in the other: such two are neighbours, not relatives."""
    out = clusters.regional[s] & clusters.regional[t]
    for pair in np.flatnonzero(out).tolist():
        out[pair] = not nested(clusters.regions[int(s[pair])], clusters.regions[int(t[pair])])
    return out


_SIDES: tuple[tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]], ...] = (("lo", np.minimum), ("hi", np.maximum))


def _comparison(columns: dict[str, np.ndarray]) -> Comparison:
    return Comparison(tuple(columns), np.column_stack([np.round(np.asarray(v, dtype=np.float32), 4) for v in columns.values()]))


def _directed(
    values: Mapping[str, np.ndarray], turned: np.ndarray, starts: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What either side says of the other: its title in the other's title, text and address; the greatest over each run of pairs."""
    forth, back = ({name: values[f"{name}_{side}"] for name in DIRECTED} for side in "ab")
    forth, back = ({name: np.where(turned, other[name], one[name]) for name in DIRECTED} for one, other in ((forth, back), (back, forth)))
    return tuple({name: np.maximum.reduceat(column, starts) for name, column in side.items()} for side in (forth, back))  # type: ignore[return-value]


#: what one listing of a pair says of the other, and the other way
DIRECTED = ("inside", "more", "tells", "tells_name", "leads")


def _clusters(records: Records, of: np.ndarray, n: int) -> _Clusters:
    held = [frozenset(core) for core in records.core]
    started = _median(records.starts, of, n)
    titled = _median(np.array([m.years[0] if m.years else 0 for m in records.marks]), of, n)
    spoken = _median(np.nan_to_num(records.eras), of, n)
    time = np.where(np.isnan(started), np.where(np.isnan(titled), spoken, titled), started)
    edition = np.zeros(n)
    np.maximum.at(edition, of, np.array([m.edition for m in records.marks]))
    regions: list[set[str]] = [set() for _ in range(n)]
    for row, group in enumerate(of.tolist()):
        regions[group].update(records.nuts[row])
    told = [tells_of(f"{t} {d}") for t, d in zip(records.titles, records.descriptions, strict=True)]
    return _Clusters(
        time,
        _median(records.ends, of, n),
        edition,
        _mean([m.renewed for m in records.marks], of, n),
        _mean([bool(nuts) for nuts in records.nuts], of, n) >= 0.5,
        regions,
        np.bincount(of, minlength=n).astype(float),
        _mean([_rank(core) for core in held], of, n),
        {sort: _mean([f"#{sort}" in core for core in held], of, n) for sort in _SORTS},
        {name: _mean([name in tells for tells in told], of, n) for name in TELLS},
    )


def _rank(core: frozenset[str]) -> float:
    """How far up what a title names stands."""
    for ranks in (_RANKS, _OTHER_RANKS):
        if found := [rank for unit, rank in ranks.items() if unit in core]:
            return min(found) - sum(less for unit, less in _LOWERING.items() if unit in core)
    return _NO_RANK - 0.5 * ("#pilot" in core)


def _facts(c: _Clusters, s: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """How cluster s differs from t."""
    carrying = np.max([c.sorts[sort][s] for sort in _CARRYING_OUT], axis=0)
    return {
        "later": np.clip(np.nan_to_num(c.time[s] - c.time[t]), -_FAR, _FAR),
        "after": np.nan_to_num(c.time[s] - c.end[t]),
        "region_of": (c.regional[s] & ~c.regional[t]).astype(float),
        "region_has": (~c.regional[s] & c.regional[t]).astype(float),
        "same_region": np.array([bool(c.regions[a] & c.regions[b]) for a, b in zip(s.tolist(), t.tolist(), strict=True)], dtype=float),
        "edition": np.sign(c.edition[s] - c.edition[t]),
        "carries_out": carrying * c.sorts["strategy"][t],
        "rank": c.rank[s] - c.rank[t],
        "pilot": c.sorts["pilot"][s] - c.sorts["pilot"][t],
        "trial": np.maximum(c.sorts["pilot"][s], c.sorts["pilot"][t]),
        "strategy": c.sorts["strategy"][s] - c.sorts["strategy"][t],
        **{f"told_{name}": c.tells[name][s] - c.tells[name][t] for name in TELLS},
    }


def _spoken(facts: dict[str, np.ndarray], inside: np.ndarray, both: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What speaks for the first being the second's successor, part or share: none below 0 but for ``later``, in years.

    ``inside`` is how much more of the first's title stands in the second's than the other way.
    """
    begins = np.clip(facts["later"], 0, _LASTING)
    positive = {
        "is_second": facts["told_second"],
        "of_pilot": -facts["pilot"],
        "is_pilot": facts["pilot"],
        "within_its_name": -inside,
        "is_part": facts["told_part"],
        "of_whole": -facts["told_whole"],
        "of_strategy": -facts["strategy"],
    }
    return {
        **{name: facts[name] for name in ("later", "region_of", "region_has", "carries_out")},
        "begins_later": begins,
        "later_of_its_sort": begins * (np.abs(facts["rank"]) < _SAME_RANK),
        "after_its_end": (facts["after"] > 0).astype(float),
        "as_one": both["likely"],
        "lower_by": np.clip(-facts["rank"], 0, 1),
        "lower": (facts["rank"] < -_LOWER).astype(float),
        "in_its_region": facts["same_region"],
        **{name: np.maximum(column, 0) for name, column in positive.items()},
    }


def _undirected(
    forth: dict[str, np.ndarray], back: dict[str, np.ndarray], both: dict[str, np.ndarray], s: np.ndarray, t: np.ndarray, n: int
) -> dict[str, np.ndarray]:
    """Facts without direction, and how the pair stands among the others of its two clusters."""
    merit = both["cosine"] + both["cover_hi"]
    best = np.full(n, -1.0)
    np.maximum.at(best, s, merit)
    np.maximum.at(best, t, merit)
    count = np.bincount(np.r_[s, t], minlength=n)
    regional = np.maximum(forth["region_of"], back["region_of"])
    return {
        "behind_lo": np.minimum(best[s], best[t]) - merit,
        "behind_hi": np.maximum(best[s], best[t]) - merit,
        "company": np.log1p(np.minimum(count[s], count[t])),
        "one_regional": regional,
        "same_region": forth["same_region"],
        "years": np.abs(forth["later"]),
        "editions": np.abs(forth["edition"]),
        "ranks": np.abs(forth["rank"]),
        "trial": forth["trial"],
        **{f"told_{name}": np.abs(forth[f"told_{name}"]) for name in TELLS},
    }


def _median(values: np.ndarray, of: np.ndarray, n: int) -> np.ndarray:
    """(n,) lower median of each group's values other than 0; NaN where there is none."""
    out = np.full(n, np.nan)
    known = np.flatnonzero(values > 0)
    known = known[np.lexsort((values[known], of[known]))]
    groups, first, count = np.unique(of[known], return_index=True, return_counts=True)
    out[groups] = values[known][first + (count - 1) // 2]
    return out


def _mean(values: list[bool] | list[float], of: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(of, weights=np.array(values, dtype=float), minlength=n) / np.bincount(of, minlength=n)
