"""Fits the model of relations on clusters whose relations are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from transforms.resolve.cluster_pairs import ClusterPairs
from transforms.resolve.comparison import Comparison
from transforms.resolve.relate import SPEAKS_FOR, Linear, Relator, Typing, Whether, possible
from transforms.resolve.resolution import RELATIONS
from transforms.resolve.sentences import Sentences

#: thresholds without and with the full sentence model
LEAST, LEAST_PRECISE = 0.19, 0.25
#: strength of the pull towards zero of the weights; there are few related clusters to learn from
SHRINKAGE, SHRINKAGE_OF_KINDS = 12.0, 4.0
#: by how much less the likelihood of a relation beforehand is pulled
_FREE = 0.1


def fit_relator(pairs: ClusterPairs, names: Sequence[str], known: Iterable[tuple[str, str, str]], sentences: Sentences | None) -> Relator:
    """A relator from pairs of clusters. ``names`` gives for every record the cluster it truly belongs to; ``known`` are (source, target,
    relation) between those. Without ``sentences`` it is no more precise than plain."""
    relations = {(a, b): kind for a, b, kind in known}
    ends = [(names[s], names[t]) for s, t in zip(pairs.source.tolist(), pairs.target.tolist(), strict=True)]
    related = np.array([(a, b) in relations or (b, a) in relations for a, b in ends])
    forth, back = pairs.directed(np.flatnonzero(related))
    ends = [pair for pair, there in zip(ends, related, strict=True) if there]
    answers = [
        RELATIONS.index(relations[pair]) if pair in relations else len(RELATIONS) + RELATIONS.index(relations[pair[::-1]]) for pair in ends
    ]
    in_full = pairs.in_full(np.arange(len(pairs.source)), sentences) if sentences is not None else pairs.common
    return Relator(
        Whether(_whether(pairs.common, related), LEAST),
        Whether(_whether(in_full, related), LEAST_PRECISE),
        _how(forth, back, np.array(answers)),
    )


def _whether(common: Comparison, related: np.ndarray) -> Linear:
    """Logistic regression on whether the pairs are related."""
    from sklearn.linear_model import LogisticRegression

    centre = common.values.mean(axis=0).astype(float)
    scale = np.maximum(common.values.std(axis=0), 1e-3).astype(float)
    model = LogisticRegression(C=1 / (2 * SHRINKAGE), max_iter=3000).fit((common.values - centre) / scale, related)
    centre, scale, weights = (np.round(v, 5) for v in (centre, scale, model.coef_[0]))
    return Linear(common.names, centre, scale, weights, round(float(model.intercept_[0]), 5))


def _how(forth: Comparison, back: Comparison, answers: np.ndarray) -> Typing:
    """The likeliest weights, none below 0, when each related pair stands in one relation of those possible, forth or back (``answers``:
    the position among all relations forth, then back)."""
    from scipy.optimize import minimize

    counts = [1 + len(SPEAKS_FOR[kind]) for kind in RELATIONS]
    place = np.split(np.arange(sum(counts)), np.cumsum(counts)[:-1])
    told = [
        [np.column_stack([np.ones(len(answers)), *(side[name] for name in SPEAKS_FOR[kind])]) for kind in RELATIONS]
        for side in (forth, back)
    ]
    scales = [np.maximum(np.sqrt(np.mean(np.concatenate(both) ** 2, axis=0)), 1e-3) for both in zip(*told, strict=True)]
    columns = [(values / scale, own) for side in told for values, scale, own in zip(side, scales, place, strict=True)]
    none = np.zeros((len(answers), len(RELATIONS)))
    allowed = np.isfinite(np.concatenate([possible(none, forth), possible(none, back)], axis=1))
    pull = np.full(sum(counts), SHRINKAGE_OF_KINDS)
    pull[[own[0] for own in place]] *= _FREE

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        merit = np.where(allowed, np.column_stack([values @ weights[own] for values, own in columns]), -30.0)
        merit -= merit.max(axis=1, keepdims=True)
        chance = np.exp(merit)
        chance /= chance.sum(axis=1, keepdims=True)
        rows = np.arange(len(answers))
        missed = -np.log(chance[rows, answers] + 1e-12).sum()
        chance[rows, answers] -= 1
        slope = 2 * pull * weights
        for k, (values, own) in enumerate(columns):
            slope[own] += values.T @ np.where(allowed[:, k], chance[:, k], 0)
        return missed + float(pull @ weights**2), slope

    limits = [(None, None) if k == own[0] else (0, None) for own in place for k in own]
    found = minimize(loss, np.zeros(sum(counts)), jac=True, bounds=limits, method="L-BFGS-B").x
    weights = [np.round(found[own] / scale, 4).tolist() for own, scale in zip(place, scales, strict=True)]
    return Typing(
        {kind: w[0] for kind, w in zip(RELATIONS, weights, strict=True)},
        {kind: dict(zip(SPEAKS_FOR[kind], w[1:], strict=True)) for kind, w in zip(RELATIONS, weights, strict=True)},
    )
