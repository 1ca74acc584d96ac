"""The second stage: an additive scorecard over the comparison. Each feature adds a weight (log-odds) that depends on its value alone, so
that a verdict can be taken apart into what spoke for and against it.

The scorecard is checked in as text (``model/judge.json``), fitted by ``training/fit.py``, and evaluated here with numpy alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.comparison import Comparison, wide

FILE = Path(__file__).with_name("model") / "judge.json"


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Weight of one feature: ``weights[k]`` for values in (edges[k-1], edges[k]], ``missing`` where one side says nothing."""

    edges: np.ndarray
    weights: np.ndarray
    missing: float

    def levels(self, values: np.ndarray) -> np.ndarray:
        """(m,) positions in ``of_level``. Values of a narrow column (`comparison.narrow`), of which there can be few, are looked up."""
        if values.dtype.kind == "i":
            return _looked_up(self, values.dtype)[values.view(f"u{values.itemsize}")]
        # an edge lies between two values of a comparison: the lower one parts them as well, in half the bytes
        edges = _at_most(self.edges) if values.dtype == np.float32 else self.edges
        found = np.zeros(len(values), dtype=np.int16)
        # edges are few: one after another they are sooner passed than searched
        for edge in edges:
            found += values > edge
        found[np.isnan(values)] = len(self.weights)
        return found

    @property
    def of_level(self) -> np.ndarray:
        """The weights, that of a missing value last."""
        return np.r_[self.weights, self.missing]

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return self.of_level[self.levels(values)]


@lru_cache(maxsize=1000)
def _looked_up(step: Step, kind: np.dtype) -> np.ndarray:
    """The levels of all values of a narrow type."""
    return step.levels(wide(np.arange(2 ** (8 * kind.itemsize), dtype=f"u{kind.itemsize}").view(kind)))


def _at_most(values: np.ndarray) -> np.ndarray:
    """The greatest float32 that are not greater than the values."""
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Intercept and steps by feature, and the two thresholds on the probability that they give."""

    intercept: float
    steps: dict[str, Step]
    join: float
    doubtful: float

    @property
    def names(self) -> tuple[str, ...]:
        """The features, in order."""
        return tuple(self.steps)

    def reader(self, told: np.ndarray, names: Sequence[str]) -> Callable[[Comparison], Iterator[np.ndarray]]:
        """What gives, of m pairs and each of some features, (m,) what is told of the level in which it is; ``told`` is of ``of_levels``."""
        ends = np.cumsum([len(step.of_level) for step in self.steps.values()])
        own = dict(zip(self.steps, np.split(told, ends[:-1]), strict=True))
        known: dict[tuple[str, np.dtype], np.ndarray] = {}

        def read(comparison: Comparison) -> Iterator[np.ndarray]:
            for name in names:
                step, values = self.steps[name], comparison.columns[name]
                if values.dtype.kind == "i":
                    if (name, values.dtype) not in known:
                        known[name, values.dtype] = own[name][_looked_up(step, values.dtype)]
                    yield known[name, values.dtype][values.view(f"u{values.itemsize}")]
                else:
                    yield own[name][step.levels(values)]

        return read

    def of_levels(self) -> list[tuple[str, float]]:
        """The feature and the log-odds of each level: of the first feature, of the second, ..."""
        return [(name, weight) for name, step in self.steps.items() for weight in step.of_level.tolist()]

    def probabilities(self, comparison: Comparison) -> np.ndarray:
        """(m,) probability that the two listings speak of the same initiative, rounded to four digits."""
        total = np.full(len(comparison), self.intercept)
        for name, step in self.steps.items():
            total += step(comparison.columns[name])
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
