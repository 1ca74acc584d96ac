"""Fits the scorecard on labelled pairs and writes it as text.

    python -m transforms.resolve.training.fit RECORDS.jsonl      records with their cluster_id, in the input shape

Boosted stumps, monotone where more of a feature cannot speak the other way, averaged over several runs; a sum of stumps is a sum of step
functions of single features, which is what is written.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from transforms.resolve.comparison import Comparison
from transforms.resolve.editions import COLUMNS as OF_EDITIONS
from transforms.resolve.judge import Scorecard, Step

RISING = frozenset(
    [
        "cosine",
        "cover_lo",
        "cover_hi",
        "shared",
        "trigrams",
        "same_units",
        "acronym",
        "address_lo",
        "address_hi",
        "told_lo",
        "told_hi",
        "specific_lo",
        "specific_hi",
        "specific_cosine",
        "specific_shared",
        "described",
        "described_shared",
        "described_cover",
        "address_shared",
        "address_cover",
        "scope",
        "organisation",
        "title_years",
    ]
)
FALLING = frozenset(
    [
        "rest_lo",
        "rest_hi",
        "specific_rest",
        "nameless_lo",
        "nameless_hi",
        "addition",
        "start_years",
        "end_years",
        "apart_years",
        "budget",
        "behind_lo",
        "behind_hi",
        "era",
        "edition",
        "only_kind",
        "pilot_told",
        "phase",
        "renewed",
        "acronym_unknown",
        "only_pilot",
        "only_action",
        "only_operational",
        "only_platform",
        "only_phase",
        "only_law",
        "only_call",
    ]
)

ROUNDS, RATE, RUNS, LEAST = 300, 0.1, 4, 20


def learnable(comparison: Comparison) -> tuple[str, ...]:
    """The features that a scorecard is made of."""
    return tuple(name for name in comparison.names if name not in OF_EDITIONS)


def fit(
    comparison: Comparison,
    same: np.ndarray,
    *,
    names: tuple[str, ...] | None = None,
    runs: int = RUNS,
    rounds: int = ROUNDS,
    monotone: bool = True,
    least: int = LEAST,
    join: float = 0.6,
    doubtful: float = 0.12,
) -> Scorecard:
    """A scorecard of the features ``names`` (default: all that are learnable) from pairs labelled ``same`` (m bools)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    names = names or learnable(comparison)
    values = np.column_stack([comparison[name] for name in names]).astype(np.float64)
    told = np.array([len(np.unique(column[~np.isnan(column)])) > 1 for column in values.T])
    names, values = tuple(n for n, t in zip(names, told, strict=True) if t), values[:, told]
    signs = [(n in RISING) - (n in FALLING) if monotone else 0 for n in names]
    intercept, stumps = 0.0, []
    for seed in range(runs):
        model = HistGradientBoostingClassifier(
            max_iter=rounds,
            learning_rate=RATE,
            max_leaf_nodes=2,
            min_samples_leaf=least,
            l2_regularization=5.0,
            monotonic_cst=signs,
            max_features=0.2,
            random_state=seed,
            early_stopping=False,
        ).fit(values, same)
        intercept += float(model._baseline_prediction.ravel()[0]) / runs
        stumps += [(tree[0].nodes, 1 / runs) for tree in model._predictors]
    constant, steps = _steps(names, stumps)
    return Scorecard(round(intercept + constant, 4), steps, join, doubtful)


def _steps(names: tuple[str, ...], stumps: list) -> tuple[float, dict[str, Step]]:
    constant = 0.0
    parts: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    for nodes, share in stumps:
        root = nodes[0]
        if root["is_leaf"]:
            constant += share * float(root["value"])
            continue
        left, right = (share * float(nodes[root[side]]["value"]) for side in ("left", "right"))
        parts[names[root["feature_idx"]]].append((float(root["num_threshold"]), left, right, left if root["missing_go_to_left"] else right))
    steps = {}
    for name in names:
        if name in parts:
            # a stump that only parts missing values from all others has no finite edge
            edges = np.unique([round(edge, 5) for edge, *_ in parts[name] if np.isfinite(edge)])
            inner = np.r_[edges, np.inf]
            weights = [sum(left if value <= round(edge, 5) else right for edge, left, right, _ in parts[name]) for value in inner]
            steps[name] = Step(edges, np.round(weights, 4), round(sum(m for *_, m in parts[name]), 4))
    return constant, steps
