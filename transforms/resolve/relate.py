"""Relations between clusters: successor_of (a later edition), part_of (a component, phase or pilot), implements (a region's share).

Linear weights say how likely two clusters are related at all. Which relation it is, and in which direction, is weighed by what speaks for
each (``SPEAKS_FOR``): none of that can speak against. What cannot be (a successor that is older, a nation's measure within a region's) is
left out whatever the weights say.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.cluster_pairs import ClusterPairs, pairs_of_clusters
from transforms.resolve.compare import Comparison
from transforms.resolve.prepare import Records
from transforms.resolve.resolution import RELATIONS

if TYPE_CHECKING:
    from transforms.resolve.run import Pairs

FILE = Path(__file__).with_name("model") / "relations.json"

SUCCESSOR = "successor_of"

#: what speaks for each relation of one cluster to another
SPEAKS_FOR = {
    "successor_of": ("begins_later", "later_of_its_sort", "after_its_end", "of_pilot", "is_second", "as_one"),
    "part_of": ("lower_by", "lower", "is_pilot", "within_its_name", "in_its_region", "is_part", "of_whole"),
    "implements": ("region_of", "carries_out", "of_strategy"),
}

#: how many pieces of evidence are told of a relation, and of its kind
_NAMED, _NAMED_OF_KIND = 6, 3


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two clusters, named by the position of their first record. ``evidence`` tells what spoke for it."""

    source: int
    target: int
    kind: str
    score: float
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear weights (one answer x columns, with an intercept) on columns that are first centred and scaled."""

    columns: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray

    def scaled(self, described: Comparison) -> np.ndarray:
        """(m, columns) what the weights are applied to."""
        return (np.column_stack([described[name] for name in self.columns]) - self.centre) / self.scale

    def __call__(self, described: Comparison) -> np.ndarray:
        """(m, answers) log-odds, rounded."""
        return np.round(self.scaled(described) @ self.weights.T + self.intercepts, 4)

    def as_dict(self) -> dict[str, Any]:
        """The weights as JSON-ready values."""
        return {"columns": list(self.columns), **{name: getattr(self, name).tolist() for name in _ARRAYS}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Linear:
        """The weights that ``as_dict`` gave."""
        return cls(tuple(data["columns"]), *(np.array(data[name]) for name in _ARRAYS))


_ARRAYS = ("centre", "scale", "weights", "intercepts")


@dataclass(frozen=True, slots=True)
class Typing:
    """For every relation how likely it is beforehand (log-odds), and the weights, none below 0, of what speaks for it."""

    beforehand: dict[str, float]
    weights: dict[str, dict[str, float]]

    def __call__(self, described: Comparison) -> np.ndarray:
        """(m, relations) merits, comparable over relations and directions, rounded."""
        merits = [self.beforehand[kind] + sum(w * described[name] for name, w in self.weights[kind].items()) for kind in RELATIONS]
        return np.round(np.column_stack(merits), 4)

    def told(self, kind: str, described: Comparison, row: int) -> dict[str, float]:
        """What spoke most for this relation of a row."""
        spoke = {name: round(weight * float(described[name][row]), 2) for name, weight in self.weights[kind].items()}
        return {name: spoke[name] for name in sorted(spoke, key=lambda name: (-spoke[name], name))[:_NAMED_OF_KIND] if spoke[name] > 0}

    def as_dict(self) -> dict[str, Any]:
        """The weights as JSON-ready values."""
        return {kind: {"beforehand": self.beforehand[kind], **self.weights[kind]} for kind in RELATIONS}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Typing:
        """The weights that ``as_dict`` gave."""
        weights = {kind: {name: float(data[kind][name]) for name in SPEAKS_FOR[kind]} for kind in RELATIONS}
        return cls({kind: float(data[kind]["beforehand"]) for kind in RELATIONS}, weights)


def possible(merit: np.ndarray, described: Comparison) -> np.ndarray:
    """``merit`` with -inf for what cannot be: a successor that is older or of another level, a nation's measure within a region's."""
    out = merit.copy()
    of_region, has_region = described["region_of"] > 0, described["region_has"] > 0
    for kind in RELATIONS:
        impossible = has_region | (kind == SUCCESSOR) & (of_region | (described["later"] <= -1))
        out[impossible, RELATIONS.index(kind)] = -np.inf
    return out


def nearest_editions(relations: list[Relation]) -> list[Relation]:
    """Without successors of what another edition between the two already succeeds."""
    before: dict[int, set[int]] = defaultdict(set)
    for relation in relations:
        if relation.kind == SUCCESSOR:
            before[relation.source].add(relation.target)
    return [
        r
        for r in relations
        if r.kind != SUCCESSOR or not any(r.target in before.get(between, ()) for between in before[r.source] - {r.target})
    ]


@dataclass(frozen=True, slots=True)
class Relator:
    """``related`` judges whether clusters are related, ``typing`` how; ``least`` is the probability from which a relation is told."""

    related: Linear
    typing: Typing
    least: float

    def find(self, records: Records, found: Pairs, root: np.ndarray, told: list[tuple[str, int, int]]) -> list[Relation]:
        """Relations between the clusters of ``root``; those that curators told (verdict, record, record) go before."""
        said = [Relation(int(root[a]), int(root[b]), verdict, 1.0, {"curator": verdict}) for verdict, a, b in told if root[a] != root[b]]
        settled = {frozenset((r.source, r.target)) for r in said}
        guessed = [r for r in self.guess(pairs_of_clusters(records, found, root)) if frozenset((r.source, r.target)) not in settled]
        return sorted([*said, *guessed], key=lambda r: (-r.score, records.ids[r.source], records.ids[r.target], r.kind))

    def guess(self, pairs: ClusterPairs) -> list[Relation]:
        """The likeliest relation of every pair of clusters that is likely enough related."""
        if not len(pairs.source):
            return []
        score = np.round(1 / (1 + np.exp(-self.related(pairs.common)[:, 0])), 4)
        rows = np.flatnonzero(score >= self.least)
        if not len(rows):
            return []
        common, forth, back = (Comparison(c.names, c.values[rows]) for c in (pairs.common, pairs.forth, pairs.back))
        merit = np.concatenate([possible(self.typing(forth), forth), possible(self.typing(back), back)], axis=1)
        best = merit.argmax(axis=1)
        some = np.isfinite(merit.max(axis=1))
        weights = self.related.scaled(common) * self.related.weights[0]
        names = self.related.columns
        out = []
        for k, row in enumerate(rows.tolist()):
            if not some[k]:
                continue
            ends = int(pairs.source[row]), int(pairs.target[row])
            onward = bool(best[k] < len(RELATIONS))
            source, target = ends if onward else ends[::-1]
            kind = RELATIONS[int(best[k]) % len(RELATIONS)]
            spoke = np.argsort(-np.abs(weights[k]), kind="stable")[:_NAMED].tolist()
            evidence = {names[f]: round(float(weights[k, f]), 2) for f in spoke if weights[k, f]}
            evidence |= self.typing.told(kind, forth if onward else back, k)
            out.append(Relation(source, target, kind, float(score[row]), evidence))
        return nearest_editions(out)

    def as_dict(self) -> dict[str, Any]:
        """The relator as JSON-ready values."""
        return {"least": self.least, "related": self.related.as_dict(), "typing": self.typing.as_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Relator:
        """The relator that ``as_dict`` gave."""
        return cls(Linear.from_dict(data["related"]), Typing.from_dict(data["typing"]), data["least"])

    def with_least(self, least: float) -> Relator:
        """The same relator with another threshold."""
        return replace(self, least=least)


@lru_cache(maxsize=1)
def relator() -> Relator:
    """The shipped relator. Raises ModelError where it is missing or damaged."""
    try:
        return Relator.from_dict(json.loads(FILE.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"cannot read the relations model: {error}", where=str(FILE), hint="Reinstall the package.") from error
