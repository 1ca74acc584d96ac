"""How well resolve does on the gold records, cross-validated; prints every figure of docs/resolution.md.

    python -m benchmarks.resolve_gold [--ablation] [--countries] [--blank] [--out FOLDER]

Records are split by country, so that no family of related clusters (nor anything of its country) is scored by a model that saw it. The
thresholds of each fold are chosen on the other folds alone. Scored: pairs, B-cubed, cross-language pairs, the queue, relations.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transforms.resolve.judge import Scorecard
from transforms.resolve.resolution import Resolution
from transforms.resolve.run import decide, judged
from transforms.resolve.training.labelled import FOLDS, Labelled, folds, part, related, relations_of, trained

GOLD = Path(__file__).with_name("gold") / "records.jsonl"
JOINS = tuple(round(0.3 + 0.05 * k, 2) for k in range(13))
#: precision that the training folds must reach at the chosen threshold
AIM = 0.955


def partners(groups: Mapping[str, str]) -> set[frozenset[str]]:
    """All pairs of records of one group."""
    members = defaultdict(list)
    for record, group in groups.items():
        members[group].append(record)
    return {frozenset(pair) for found in members.values() for pair in itertools.combinations(found, 2)}


def rates(found: set, true: set) -> dict[str, float]:
    """Precision, recall and F1 of a set of findings."""
    hit = len(found & true)
    precision, recall = hit / len(found) if found else 0.0, hit / len(true) if true else 0.0
    both = precision + recall
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(2 * precision * recall / both, 4) if both else 0.0}


def bcubed(found: Mapping[str, str], true: Mapping[str, str]) -> float:
    """B-cubed F1."""

    def groups(of: Mapping[str, str]) -> dict[str, set[str]]:
        out = defaultdict(set)
        for record, group in of.items():
            out[group].add(record)
        return out

    mine, theirs = groups(found), groups(true)
    common = [len(mine[found[r]] & theirs[true[r]]) for r in true]
    precision = float(np.mean([c / len(mine[found[r]]) for c, r in zip(common, true, strict=True)]))
    recall = float(np.mean([c / len(theirs[true[r]]) for c, r in zip(common, true, strict=True)]))
    return round(2 * precision * recall / (precision + recall), 4)


def score(gold: Labelled, result: Resolution, chosen: np.ndarray | None = None) -> dict[str, Any]:
    """All figures of one result, over the sure records (of the mask ``chosen``)."""
    rows = [row for k, row in enumerate(gold.rows) if chosen is None or chosen[k]]
    sure = {row["record_id"]: row for row in rows if not row["ambiguous"]}
    cluster = dict(zip(result.clusters["record_id"], result.clusters["cluster_id"], strict=True))
    true = {r: row["cluster_id"] for r, row in sure.items()}
    mine = {r: cluster[r] for r in sure}
    found, wanted = partners(mine), partners(true)

    def across(pairs: set) -> set:
        return {p for p in pairs if len({sure[r]["language"] for r in p}) == 2}

    listed = {row["record_id"] for row in rows}
    queue = {frozenset(p) for p in zip(result.doubtful["record_a"], result.doubtful["record_b"], strict=True) if set(p) <= listed}
    out = {"pairs": rates(found, wanted), "bcubed": bcubed(mine, true), "across_languages": rates(across(found), across(wanted))}
    out["queue"] = {"recall": round(len((found | queue) & wanted) / len(wanted), 4), "per_record": round(len(queue) / len(rows), 3)}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for record in sure:
        votes[mine[record]][true[record]] += 1
    stands = {group: count.most_common(1)[0][0] for group, count in votes.items()}
    relations = result.relations
    got = {
        (stands[s], stands[t], kind)
        for s, t, kind in zip(relations["source_cluster"], relations["target_cluster"], relations["relation"], strict=True)
        if s in stands and t in stands and stands[s] != stands[t]
    }
    want = relations_of(rows)
    out["relations"] = rates(got, want)
    out["relations_untyped"] = rates({frozenset(g[:2]) for g in got}, {frozenset(w[:2]) for w in want})
    for kind in ("successor_of", "part_of", "implements"):
        out[f"relations_{kind}"] = rates({g for g in got if g[2] == kind}, {w for w in want if w[2] == kind})
    return out


def threshold(gold: Labelled, cards: Mapping[int, Scorecard], fold: np.ndarray, own: int) -> float:
    """The join threshold for a fold: the lowest that reaches the aim on the other folds, each judged by the model that did not see it."""
    best, chosen = 0.0, JOINS[-1]
    for join in JOINS:
        results = [
            decide(gold.records, gold.texts, judged(part(gold, fold == k).pairs, card), (), replace(card, join=join), None)
            for k, card in cards.items()
            if k != own
        ]
        merged = _merged(gold, results, fold, [k for k in cards if k != own])
        figures = score(gold, merged, fold != own)["pairs"]
        if figures["precision"] >= AIM:
            return join
        if figures["precision"] > best:
            best, chosen = figures["precision"], join
    return chosen


def _merged(gold: Labelled, results: list[Resolution], fold: np.ndarray, of: list[int]) -> Resolution:
    """The results of single folds as one."""
    ids = np.array(gold.records.ids)
    clusters = pd.concat([r.clusters[np.isin(r.clusters["record_id"], ids[fold == k])] for r, k in zip(results, of, strict=True)])
    frames = {name: pd.concat([getattr(r, name) for r in results], ignore_index=True) for name in ("relations", "doubtful", "matches")}
    return Resolution(clusters, frames["relations"], frames["doubtful"], frames["matches"])


def cross_validate(
    gold: Labelled, seed: int = 0, names: tuple[str, ...] | None = None, relations: bool = True, join: float | None = None
) -> tuple[dict[str, Any], Resolution]:
    """Figures and result when every fold is judged by a model and thresholds of the others."""
    fold = folds(gold.rows, seed)
    cards = {k: trained(part(gold, fold != k), names) for k in range(FOLDS)}
    results, joins = [], []
    for k, card in cards.items():
        joins.append(join or threshold(gold, cards, fold, k))
        relator = related(part(gold, fold != k), card) if relations else None
        pairs = judged(part(gold, fold == k).pairs, card)
        results.append(decide(gold.records, gold.texts, pairs, (), replace(card, join=joins[-1]), relator))
    merged = _merged(gold, results, fold, list(cards))
    return {**score(gold, merged), "joins": joins}, merged
