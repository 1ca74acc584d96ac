"""Relations between clusters: successor_of (a later edition), part_of (a component, phase or pilot), implements (a region's share).

A scorecard says how likely two clusters are related at all; linear weights say which relation it is, and in which direction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.cluster_pairs import ClusterPairs, pairs_of_clusters
from transforms.resolve.compare import Comparison
from transforms.resolve.judge import Scorecard
from transforms.resolve.prepare import Records
from transforms.resolve.resolution import RELATIONS

if TYPE_CHECKING:
    from transforms.resolve.run import Pairs

FILE = Path(__file__).with_name("model") / "relations.json"

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two clusters, named by the position of their first record. ``evidence`` tells what spoke for it."""

    source: int
    target: int
    kind: str
    score: float
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typing:
    """Linear weights (relations x columns, with an intercept each) on columns that are first centred and scaled."""

    columns: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray

    def __call__(self, described: Comparison) -> np.ndarray:
        """(m, relations) how much speaks for each relation from source to target; comparable over both directions."""
        values = np.column_stack([described[name] for name in self.columns])
        return np.round((values - self.centre) / self.scale @ self.weights.T + self.intercepts, 4)


@dataclass(frozen=True, slots=True)
class Relator:
    """``card`` judges whether clusters are related, ``typing`` how; ``least`` is the probability from which a relation is told."""

    card: Scorecard
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
        score = self.card.probabilities(pairs.common)
        rows = np.flatnonzero(score >= self.least)
        if not len(rows):
            return []
        common, forth, back = (Comparison(c.names, c.values[rows]) for c in (pairs.common, pairs.forth, pairs.back))
        merit = np.concatenate([self.typing(forth), self.typing(back)], axis=1)
        best = merit.argmax(axis=1)
        weights = self.card.weights(common)
        names = list(self.card.steps)
        out = []
        for k, row in enumerate(rows.tolist()):
            ends = int(pairs.source[row]), int(pairs.target[row])
            source, target = ends if best[k] < len(RELATIONS) else ends[::-1]
            spoke = np.argsort(-np.abs(weights[k]), kind="stable")[:_NAMED].tolist()
            evidence = {names[f]: round(float(weights[k, f]), 2) for f in spoke if weights[k, f]}
            out.append(Relation(source, target, RELATIONS[int(best[k]) % len(RELATIONS)], float(score[row]), evidence))
        return out

    def as_dict(self) -> dict[str, Any]:
        """The relator as JSON-ready values."""
        t = self.typing
        typing = {"columns": list(t.columns), "centre": t.centre.tolist(), "scale": t.scale.tolist(), "weights": t.weights.tolist()}
        return {"least": self.least, "related": self.card.as_dict(), "typing": typing | {"intercepts": t.intercepts.tolist()}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Relator:
        """The relator that ``as_dict`` gave."""
        t = data["typing"]
        typing = Typing(tuple(t["columns"]), *(np.array(t[name]) for name in ("centre", "scale", "weights", "intercepts")))
        return cls(Scorecard.from_dict(data["related"]), typing, data["least"])

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
