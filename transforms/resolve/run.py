"""The order of resolve: prepare, candidates, comparison, decision, clusters, relations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transforms.resolve.candidates import candidates
from transforms.resolve.cluster import cluster
from transforms.resolve.compare import Comparison, Texts, compare, vectorise, with_company
from transforms.resolve.constraints import REASONS, contested, forbidden, unfounded
from transforms.resolve.fellegi_sunter import known_engine, probabilities
from transforms.resolve.judge import Scorecard, scorecard
from transforms.resolve.kept import Kept, key
from transforms.resolve.prepare import PREPARED, Records, prepare
from transforms.resolve.relate import Relation, Relator, relator
from transforms.resolve.resolution import RELATIONS, Resolution, frame
from transforms.resolve.shards import at_once, groups, processors, shards

#: pairs less likely than this leave no evidence
_WORTH_A_LINE = 0.05
#: listings above which only joined and doubtful pairs leave evidence
MANY = 50_000
#: what a contested pair is worth at most: a curator sees it, nothing joins on it
_CONTESTED = 0.45
#: what two listings are worth at least that are one page in two languages, as its hreflang says
_ONE_PAGE = 0.95
#: comparisons done at a time
_CHUNK = 500_000
#: features named in a pair's evidence, the weightiest
_NAMED = 8


#: how each frame of a result is sorted, and whether upwards
ORDERS: dict[str, tuple[tuple[str, ...], tuple[bool, ...]]] = {
    "clusters": (("record_id",), (True,)),
    "relations": (("score", "source_cluster", "target_cluster", "relation"), (False, True, True, True)),
    "doubtful": (("score", "record_a", "record_b"), (False, True, True)),
    "matches": (("record_a", "record_b"), (True, True)),
}

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


def resolve(
    typed: pd.DataFrame,
    decisions: Sequence[Mapping[str, Any]] = (),
    *,
    engine: str = "duckdb",
    processes: int | None = None,
    kept: Path | None = None,
) -> Resolution:
    """Which listings of a typed frame speak of the same initiative, and how initiatives relate.

    ``decisions`` are the binding pairs: {"verdict": join | apart | successor_of | part_of | implements, "records": [a, b]}.
    ``engine`` is where Splink compares the pairs: duckdb, or spark. ``processes`` work at once, by default one for each processor.
    ``kept`` is a folder for the results of countries, which are not resolved again while nothing of them changes.
    The result depends on none of them, nor on the order of the rows. Raises UsageError for an unknown engine, or one that is not there.
    """
    known_engine(engine)
    needed, many = typed[list(PREPARED)].reset_index(drop=True), len(typed) > MANY
    store = Kept(kept) if kept is not None else None
    wanted = groups(needed, decisions)
    keys = [key(needed.iloc[rows], decisions, many) for rows in wanted] if store else []
    found = [store.get(name) for name in keys] if store else [None] * len(wanted)
    missing = [k for k, result in enumerate(found) if result is None]
    # Spark divides the work itself; no listing at all is a result as well
    open_rows = [wanted[k] for k in missing]
    parts = shards(open_rows) if engine == "duckdb" else [np.concatenate(open_rows)] if open_rows else []
    jobs = [_Job(needed.iloc[rows], decisions, engine, many) for rows in parts or ([] if wanted else [np.zeros(0, np.int64)])]
    fresh = at_once(_resolved, jobs, processors() if processes is None else processes)
    if store:
        for k in missing:
            store.put(keys[k], _of(fresh, set(needed["record_id"].iloc[wanted[k]])))
        store.forget(but=keys)
    return joined([*(result for result in found if result is not None), *fresh])


def _of(results: Sequence[Resolution], records: set[str]) -> Resolution:
    """The part of the results that is about some records, of which no pair leads to others."""
    part = joined([result for result in results if not result.clusters.empty and result.clusters["record_id"].isin(records).any()])
    first = {"clusters": "record_id", "relations": "source_cluster", "doubtful": "record_a", "matches": "record_a"}
    frames = {name: getattr(part, name) for name in ORDERS}
    return Resolution(**{name: frames[name][frames[name][first[name]].isin(records)].reset_index(drop=True) for name in ORDERS})


@dataclass(frozen=True, slots=True)
class _Job:
    typed: pd.DataFrame
    decisions: Sequence[Mapping[str, Any]]
    engine: str
    many: bool


def _resolved(job: _Job) -> Resolution:
    records = prepare(job.typed)
    found = judged(compared(records, vectorise(records)), scorecard(), job.engine)
    return decide(records, found, job.decisions, scorecard(), relator(), many=job.many)


def joined(parts: Sequence[Resolution]) -> Resolution:
    """The results of all shards as one, in the order that one shard would give."""
    if len(parts) == 1:
        return parts[0]
    whole = {name: pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in ORDERS}
    return Resolution(
        **{name: whole[name].sort_values(list(by), ascending=list(up), ignore_index=True) for name, (by, up) in ORDERS.items()}
    )


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
    *,
    many: bool = False,
) -> Resolution:
    """Clusters, relations and the queue of compared pairs. With ``many`` only joined and doubtful pairs leave evidence."""
    place = {record: row for row, record in enumerate(records.ids)}
    bound = [(d["verdict"], place[d["records"][0]], place[d["records"][1]]) for d in decisions if all(r in place for r in d["records"])]
    together = [(min(a, b), max(a, b)) for verdict, a, b in bound if verdict == "join"]
    apart = {(min(a, b), max(a, b)) for verdict, a, b in bound if verdict != "join"}
    joined = set(together)
    # only pairs that may carry a cluster need to enter the clustering
    some = (found.probability >= card.doubtful / 2) | (found.reason > 0)
    hard = np.flatnonzero((found.reason > 0) & ~_decided(found, joined))
    root = cluster(
        len(records),
        found.i[some],
        found.j[some],
        found.probability[some],
        join=card.join,
        apart=np.concatenate([np.stack([found.i[hard], found.j[hard]], axis=1), np.array(sorted(apart), dtype=np.int64).reshape(-1, 2)]),
        together=sorted(together),
    )
    names = [records.ids[r] for r in root.tolist()]
    told = [(verdict, a, b) for verdict, a, b in bound if verdict in RELATIONS]
    related = relations.find(records, found, root, told) if relations is not None else []
    matches = _matches(records, found, root, card, joined, apart, many)
    doubtful = matches[matches["verdict"] == "doubtful"][["record_a", "record_b", "score"]]
    return Resolution(
        frame("clusters", {"record_id": records.ids, "cluster_id": names}),
        frame("relations", [_relation(names, r) for r in related]),
        doubtful.sort_values(["score", "record_a", "record_b"], ascending=[False, True, True], ignore_index=True),
        matches,
    )


def _relation(names: list[str], relation: Relation) -> tuple[Any, ...]:
    evidence = json.dumps(relation.evidence, ensure_ascii=False, sort_keys=True)
    return (names[relation.source], names[relation.target], relation.kind, relation.score, evidence)


def _decided(found: Pairs, pairs: set[tuple[int, int]]) -> np.ndarray:
    """(m,) which of the candidate pairs are among some others."""
    top = int(found.j.max(initial=0)) + 1
    return np.isin(found.i * top + found.j, [a * top + b for a, b in pairs if b < top])


def _matches(
    records: Records, found: Pairs, root: np.ndarray, card: Scorecard, joined: set[tuple[int, int]], apart: set[tuple[int, int]], many: bool
) -> pd.DataFrame:
    same = root[found.i] == root[found.j]
    shown = np.flatnonzero(same | (found.probability >= (card.doubtful if many else _WORTH_A_LINE)))
    i, j, score, reason = found.i[shown], found.j[shown], found.probability[shown], found.reason[shown]
    by_curator = {**dict.fromkeys(apart, "apart"), **dict.fromkeys(joined, "join")}
    word = [by_curator.get(pair, "") for pair in zip(i.tolist(), j.tolist(), strict=True)] if by_curator else [""] * len(shown)
    doubted = (score >= card.doubtful) & ~_decided(found, apart)[shown]
    verdict = np.where(same[shown], "join", np.where(doubted, "doubtful", "apart"))
    ids = np.array(records.ids, dtype=object)
    features = _spoken(card, found.comparison.at(shown), reason, word)
    return frame(
        "matches", {"record_a": ids[i], "record_b": ids[j], "score": score, "verdict": verdict.astype(object), "features": features}
    )


def _spoken(card: Scorecard, comparison: Comparison, reason: np.ndarray, word: list[str]) -> list[str]:
    """What spoke for and against each pair, as JSON: the weightiest features with their weights, after a reason or a curator's word."""
    names = list(card.steps)
    if not names:
        return ["{}"] * len(reason)
    weights = np.round(card.weights(comparison), 2)
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :_NAMED]
    named = np.take_along_axis(weights, order, axis=1)
    known: dict[tuple[Any, ...], str] = {}
    out = []
    for told in zip(word, reason.tolist(), map(tuple, order.tolist()), map(tuple, named.tolist()), strict=True):
        text = known.get(told)
        if text is None:
            curator, code, which, how = told
            spoken: dict[str, Any] = {"curator": curator} if curator else {}
            spoken |= {"kept_apart": REASONS[code]} if code else {}
            spoken |= {names[f]: w for f, w in zip(which, how, strict=True) if w}
            text = known[told] = json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))
        out.append(text)
    return out
