"""The order of resolve: prepare, candidates, comparison, decision, clusters, relations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from transforms.resolve.candidates import candidates
from transforms.resolve.cluster import cluster
from transforms.resolve.compare import Comparison, Texts, compare, vectorise, with_company
from transforms.resolve.constraints import REASONS, contested, forbidden, unfounded
from transforms.resolve.fellegi_sunter import probabilities
from transforms.resolve.judge import Scorecard, scorecard
from transforms.resolve.prepare import Records, prepare
from transforms.resolve.relate import Relation, Relator, relator
from transforms.resolve.resolution import RELATIONS, Resolution, frame

#: pairs less likely than this leave no evidence
_WORTH_A_LINE = 0.05
#: listings above which only joined and doubtful pairs leave evidence
_MANY = 50_000
#: what a contested pair is worth at most: a curator sees it, nothing joins on it
_CONTESTED = 0.45
#: what two listings are worth at least that are one page in two languages, as its hreflang says
_ONE_PAGE = 0.95
#: comparisons done at a time
_CHUNK = 500_000
#: features named in a pair's evidence, the weightiest
_NAMED = 8


#: positions i < j of pairs, and their comparison
Compared = tuple[np.ndarray, np.ndarray, Comparison]


@dataclass(slots=True)
class Pairs:
    """All candidate pairs with what was found: positions i < j, comparison, probability (0 where a reason keeps them apart),
    the probability without that (``raw``), code of the reason."""

    i: np.ndarray
    j: np.ndarray
    comparison: Comparison
    probability: np.ndarray
    raw: np.ndarray
    reason: np.ndarray


def resolve(typed: pd.DataFrame, decisions: Sequence[Mapping[str, Any]] = (), *, engine: str = "duckdb") -> Resolution:
    """Which listings of a typed frame speak of the same initiative, and how initiatives relate.

    ``decisions`` are the binding pairs: {"verdict": join | apart | successor_of | part_of | implements, "records": [a, b]}.
    ``engine`` is where Splink compares the pairs: duckdb, or spark. The result depends neither on it nor on the order of the rows.
    Raises UsageError for an unknown engine, or one that is not there.
    """
    records = prepare(typed)
    texts = vectorise(records)
    return decide(records, judged(compared(records, texts), scorecard(), engine), decisions, scorecard(), relator())


def compared(records: Records, texts: Texts, pairs: tuple[np.ndarray, np.ndarray] | None = None) -> Compared:
    """The comparison of pairs (default: the candidates)."""
    i, j = pairs or candidates(records, texts)
    parts = [compare(records, texts, i[k : k + _CHUNK], j[k : k + _CHUNK]) for k in range(0, max(1, len(i)), _CHUNK)]
    return i, j, with_company(Comparison.joined(parts), records, i, j)


def judged(pairs: Compared, card: Scorecard, engine: str | None = None) -> Pairs:
    """The pairs with their probability; what must stay apart has none, what is contested between editions too little to join.

    Without an engine the scorecard is read in numpy, with the same result.
    """
    i, j, comparison = pairs
    reason = forbidden(comparison)
    raw = probability = card.probabilities(comparison) if engine is None else probabilities(card, comparison, engine)
    open_question = contested(i, j, probability, reason, 0.5) | unfounded(comparison)
    probability = np.where(open_question, np.minimum(probability, _CONTESTED), probability)
    probability = np.where(comparison["same_page"] == 1, np.maximum(probability, _ONE_PAGE), probability)
    return Pairs(i, j, comparison, np.where(reason > 0, 0.0, probability), raw, reason)


def decide(
    records: Records,
    found: Pairs,
    decisions: Sequence[Mapping[str, Any]],
    card: Scorecard,
    relations: Relator | None,
) -> Resolution:
    """Clusters, relations and the queue of compared pairs."""
    place = {record: row for row, record in enumerate(records.ids)}
    bound = [(d["verdict"], place[d["records"][0]], place[d["records"][1]]) for d in decisions if all(r in place for r in d["records"])]
    together = [(min(a, b), max(a, b)) for verdict, a, b in bound if verdict == "join"]
    apart = {(min(a, b), max(a, b)) for verdict, a, b in bound if verdict != "join"}
    joined = set(together)
    hard = [p for p in zip(found.i[found.reason > 0].tolist(), found.j[found.reason > 0].tolist(), strict=True) if p not in joined]
    # only pairs that may carry a cluster need to enter the clustering
    some = (found.probability >= card.doubtful / 2) | (found.reason > 0)
    root = cluster(
        len(records),
        found.i[some],
        found.j[some],
        found.probability[some],
        join=card.join,
        apart=[*hard, *sorted(apart)],
        together=sorted(together),
    )
    names = [records.ids[r] for r in root.tolist()]
    told = [(verdict, a, b) for verdict, a, b in bound if verdict in RELATIONS]
    related = relations.find(records, found, root, told) if relations is not None else []
    matches, evidence = _matches(records, found, root, card, joined, apart)
    doubtful = matches[matches["verdict"] == "doubtful"][["record_a", "record_b", "score"]]
    return Resolution(
        frame("clusters", list(zip(records.ids, names, strict=True))),
        frame("relations", [_relation(names, r) for r in related]),
        doubtful.sort_values(["score", "record_a", "record_b"], ascending=[False, True, True], ignore_index=True),
        matches,
        evidence
        + [
            {
                "type": "relation",
                **dict(zip(("source", "target", "relation", "score", "evidence"), _relation(names, r, False), strict=True)),
            }
            for r in related
        ],
    )


def _relation(names: list[str], relation: Relation, as_text: bool = True) -> tuple[Any, ...]:
    evidence = json.dumps(relation.evidence, ensure_ascii=False, sort_keys=True) if as_text else relation.evidence
    return (names[relation.source], names[relation.target], relation.kind, relation.score, evidence)


def _matches(
    records: Records, found: Pairs, root: np.ndarray, card: Scorecard, joined: set[tuple[int, int]], apart: set[tuple[int, int]]
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    same = root[found.i] == root[found.j]
    shown = np.flatnonzero(same | (found.probability >= (card.doubtful if len(records) > _MANY else _WORTH_A_LINE)))
    weights = card.weights(Comparison(found.comparison.names, found.comparison.values[shown]))
    features = list(card.steps)
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :_NAMED] if len(features) else np.zeros((len(shown), 0), int)
    rows, lines = [], []
    for k, pair in enumerate(shown.tolist()):
        a, b = int(found.i[pair]), int(found.j[pair])
        score = float(found.probability[pair])
        doubted = score >= card.doubtful and (a, b) not in apart
        verdict = "join" if same[pair] else "doubtful" if doubted else "apart"
        spoken: dict[str, Any] = {features[f]: round(float(weights[k, f]), 2) for f in order[k].tolist() if weights[k, f]}
        if found.reason[pair]:
            spoken = {"kept_apart": REASONS[found.reason[pair]], **spoken}
        if (a, b) in joined or (a, b) in apart:
            spoken = {"curator": "join" if (a, b) in joined else "apart", **spoken}
        rows.append((records.ids[a], records.ids[b], score, verdict, json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))))
        lines.append(
            {"type": "pair", "record_a": records.ids[a], "record_b": records.ids[b], "score": score, "verdict": verdict, "weights": spoken}
        )
    return frame("matches", rows), lines
