"""Fits the model of relations on clusters whose relations are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from transforms.resolve.cluster_pairs import ClusterPairs
from transforms.resolve.compare import Comparison
from transforms.resolve.relate import Relator, Typing
from transforms.resolve.resolution import RELATIONS
from transforms.resolve.training.fit import fit

LEAST = 0.3
ROUNDS, RUNS = 100, 3
#: strength of the pull towards zero of the weights that tell relations apart
SHRINKAGE = 0.05


def fit_relator(pairs: ClusterPairs, names: Sequence[str], known: Iterable[tuple[str, str, str]], *, least: float = LEAST) -> Relator:
    """A relator from pairs of clusters. ``names`` gives for every record the cluster it truly belongs to; ``known`` are (source, target,
    relation) between those."""
    relations = {(a, b): kind for a, b, kind in known}
    ends = [(names[s], names[t]) for s, t in zip(pairs.source.tolist(), pairs.target.tolist(), strict=True)]
    related = np.array([(a, b) in relations or (b, a) in relations for a, b in ends])
    card = fit(pairs.common, related, rounds=ROUNDS, runs=RUNS, monotone=False, least=10, join=least, doubtful=least)
    forth, back = (Comparison(c.names, c.values[related]) for c in (pairs.forth, pairs.back))
    ends = [pair for pair, there in zip(ends, related, strict=True) if there]
    kinds = [relations.get((a, b), "inverse") for a, b in ends] + [relations.get((b, a), "inverse") for a, b in ends]
    return Relator(card, _typing(np.concatenate([forth.values, back.values]), pairs.forth.names, kinds), least)


def _typing(values: np.ndarray, columns: tuple[str, ...], kinds: Sequence[str]) -> Typing:
    from sklearn.linear_model import LogisticRegression

    centre = values.mean(axis=0).astype(float)
    scale = np.maximum(values.std(axis=0), 1e-3).astype(float)
    model = LogisticRegression(C=SHRINKAGE, max_iter=3000).fit((values - centre) / scale, kinds)
    place = {kind: k for k, kind in enumerate(model.classes_)}
    rows = [place[kind] for kind in RELATIONS]
    # against the inverse: what speaks for a relation forth and back can be compared then
    other = place["inverse"]
    weights = model.coef_[rows] - model.coef_[other]
    intercepts = model.intercept_[rows] - model.intercept_[other]
    return Typing(columns, np.round(centre, 5), np.round(scale, 5), np.round(weights, 5), np.round(intercepts, 5))
