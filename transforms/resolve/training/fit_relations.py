"""Fits the model of relations on clusters whose relations are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from transforms.resolve.cluster_pairs import ClusterPairs
from transforms.resolve.compare import Comparison
from transforms.resolve.relate import Linear, Relator
from transforms.resolve.resolution import RELATIONS

LEAST = 0.22
#: strength of the pull towards zero of the weights; there are few related clusters to learn from
SHRINKAGE = 0.05


def fit_relator(pairs: ClusterPairs, names: Sequence[str], known: Iterable[tuple[str, str, str]], *, least: float = LEAST) -> Relator:
    """A relator from pairs of clusters. ``names`` gives for every record the cluster it truly belongs to; ``known`` are (source, target,
    relation) between those."""
    relations = {(a, b): kind for a, b, kind in known}
    ends = [(names[s], names[t]) for s, t in zip(pairs.source.tolist(), pairs.target.tolist(), strict=True)]
    related = np.array([(a, b) in relations or (b, a) in relations for a, b in ends])
    forth, back = (Comparison(c.names, c.values[related]) for c in (pairs.forth, pairs.back))
    ends = [pair for pair, there in zip(ends, related, strict=True) if there]
    kinds = [relations.get((a, b), "inverse") for a, b in ends] + [relations.get((b, a), "inverse") for a, b in ends]
    whether = _linear(pairs.common.values, pairs.common.names, related.tolist(), [True], None)
    how = _linear(np.concatenate([forth.values, back.values]), pairs.forth.names, kinds, RELATIONS, "inverse")
    return Relator(whether, how, least)


def _linear(values: np.ndarray, columns: tuple[str, ...], answers: Sequence, wanted: Sequence, other: str | None) -> Linear:
    """Weights of the ``wanted`` answers: against ``other``, so that what speaks for a relation forth and back can be compared."""
    from sklearn.linear_model import LogisticRegression

    centre = values.mean(axis=0).astype(float)
    scale = np.maximum(values.std(axis=0), 1e-3).astype(float)
    model = LogisticRegression(C=SHRINKAGE, max_iter=3000).fit((values - centre) / scale, answers)
    if other is None:
        weights, intercepts = model.coef_, model.intercept_
    else:
        place = {answer: k for k, answer in enumerate(model.classes_)}
        rows = [place[answer] for answer in wanted]
        weights = model.coef_[rows] - model.coef_[place[other]]
        intercepts = model.intercept_[rows] - model.intercept_[place[other]]
    return Linear(columns, *(np.round(v, 5) for v in (centre, scale, weights, intercepts)))
