"""The second stage: an additive scorecard over the comparison. Each feature adds a weight (log-odds) that depends on its value alone, so
that a verdict can be taken apart into what spoke for and against it.

The scorecard is checked in as text (``model/judge.json``), fitted by ``training/fit.py``, and evaluated here with numpy alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.compare import Comparison

FILE = Path(__file__).with_name("model") / "judge.json"


@dataclass(frozen=True, slots=True)
class Step:
    """Weight of one feature: ``weights[k]`` for values in (edges[k-1], edges[k]], ``missing`` where one side says nothing."""

    edges: np.ndarray
    weights: np.ndarray
    missing: float

    def __call__(self, values: np.ndarray) -> np.ndarray:
        found = self.weights[np.searchsorted(self.edges, values, side="left").clip(0, len(self.weights) - 1)]
        return np.where(np.isnan(values), self.missing, found)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Intercept and steps by feature, and the two thresholds on the probability that they give."""

    intercept: float
    steps: dict[str, Step]
    join: float
    doubtful: float

    def weights(self, comparison: Comparison) -> np.ndarray:
        """(m, f) log-odds that each feature adds, in the order of ``steps``."""
        return (
            np.column_stack([step(comparison[name]) for name, step in self.steps.items()])
            if self.steps
            else np.zeros((len(comparison.values), 0))
        )

    def probabilities(self, comparison: Comparison) -> np.ndarray:
        """(m,) probability that the two listings speak of the same initiative, rounded to four digits."""
        total = np.full(len(comparison.values), self.intercept)
        for name, step in self.steps.items():
            total += step(comparison[name])
        return np.round(1 / (1 + np.exp(-total)), 4)

    def as_dict(self) -> dict[str, Any]:
        """The scorecard as JSON-ready values."""
        steps = {n: {"edges": s.edges.tolist(), "weights": s.weights.tolist(), "missing": s.missing} for n, s in self.steps.items()}
        return {"intercept": self.intercept, "join": self.join, "doubtful": self.doubtful, "features": steps}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Scorecard:
        """The scorecard that ``as_dict`` gave."""
        steps = {
            name: Step(np.array(s["edges"], dtype=np.float64), np.array(s["weights"], dtype=np.float64), float(s["missing"]))
            for name, s in data["features"].items()
        }
        return cls(data["intercept"], steps, data["join"], data["doubtful"])


@lru_cache(maxsize=1)
def scorecard() -> Scorecard:
    """The shipped scorecard. Raises ModelError where it is missing or damaged."""
    try:
        return Scorecard.from_dict(json.loads(FILE.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"cannot read the scorecard: {error}", where=str(FILE), hint="Reinstall the package.") from error
