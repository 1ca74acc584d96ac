"""How well resolve does on the gold records, cross-validated; prints every figure of docs/resolution.md.

    python -m benchmarks.resolve_gold [--precise] [--ablation] [--countries] [--blank] [--out FOLDER]

Records are split by country, so that no family of related clusters (nor anything of its country) is scored by a model that saw it.
Frequencies of units, scorecard, relations and both thresholds of each fold are fitted on the other folds alone.
Scored: pairs, B-cubed, cross-language pairs, the queue, relations.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transforms.resolve.facts import facts_of
from transforms.resolve.judge import Scorecard, scorecard
from transforms.resolve.relate import Relator, relator
from transforms.resolve.resolution import Resolution, joined
from transforms.resolve.run import Pairs, decide, judged
from transforms.resolve.sentences import present
from transforms.resolve.training.fit import learnable
from transforms.resolve.training.labelled import FOLDS, Labelled, folds, load, part, refitted, related, relations_of, trained
from transforms.resolve.weighed import Weigher

GOLD = Path(__file__).with_name("gold") / "records.jsonl"
JOINS = tuple(round(0.4 + 0.05 * k, 2) for k in range(9))
RELATED = (0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28)
#: precision that the chosen join threshold reached on the other folds
GOAL = 0.95


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


@dataclass(slots=True)
class Fold:
    """A fold judged by what was fitted on the others alone: frequencies of units, scorecard, relations."""

    gold: Labelled
    card: Scorecard
    relator: Relator | None
    pairs: Pairs
    precise: bool

    def decided(self, join: float, related: float = 1.0) -> Resolution:
        """The clusters and relations of the fold under two thresholds."""
        relator = self.relator.with_least(related, related) if self.relator else None
        sentences = self.gold.sentences if self.precise else None
        return joined([decide(facts_of(self.gold.records), self.pairs, (), replace(self.card, join=join), relator, sentences=sentences)])


def _judged(gold: Labelled, card: Scorecard) -> Pairs:
    return judged(gold.pairs, card.probabilities(gold.pairs[2]), Weigher(card).of(gold.pairs[2]))


def judged_folds(gold: Labelled, fold: np.ndarray, names: tuple[str, ...] | None, relations: bool, precise: bool) -> dict[int, Fold]:
    """Every fold with its models."""
    out = {}
    for k in range(FOLDS):
        own = refitted(gold, fold != k)
        others = part(own, fold != k)
        card = trained(others, names)
        out[k] = Fold(own, card, related(others, card) if relations else None, _judged(part(own, fold == k), card), precise)
    return out


def thresholds(gold: Labelled, found: Mapping[int, Fold], fold: np.ndarray, own: int, join: float | None) -> tuple[float, float]:
    """The two thresholds for a fold, from the other folds: for joins the lowest that reaches the goal of precision (or the most
    precise), for relations the best sum of F1 with and without their kind."""
    others = [k for k in found if k != own]

    def figures(join: float, related: float = 1.0) -> dict[str, Any]:
        return score(gold, _merged(gold, [found[k].decided(join, related) for k in others], fold, others), fold != own)

    if join is None:
        precise = {join: figures(join)["pairs"]["precision"] for join in JOINS}
        join = next((join for join in JOINS if precise[join] >= GOAL), max(JOINS, key=lambda join: (precise[join], -join)))
    if found[own].relator is None:
        return join, 1.0
    scored = {least: figures(join, least) for least in RELATED}
    return join, max(RELATED, key=lambda least: (scored[least]["relations"]["f1"] + scored[least]["relations_untyped"]["f1"], least))


def _merged(gold: Labelled, results: list[Resolution], fold: np.ndarray, of: list[int]) -> Resolution:
    """The results of single folds as one."""
    ids = np.array(gold.records.ids)
    clusters = pd.concat([r.clusters[np.isin(r.clusters["record_id"], ids[fold == k])] for r, k in zip(results, of, strict=True)])
    frames = {name: pd.concat([getattr(r, name) for r in results], ignore_index=True) for name in ("relations", "matches")}
    return Resolution(clusters, **frames)


def cross_validate(
    gold: Labelled,
    seed: int = 0,
    names: tuple[str, ...] | None = None,
    *,
    relations: bool = True,
    join: float | None = None,
    precise: bool = False,
) -> tuple[dict[str, Any], Resolution]:
    """Figures and result when every fold is judged by a model and thresholds of the others; with ``precise`` the full sentence model
    is asked which clusters are related."""
    fold = folds(gold.rows, seed)
    found = judged_folds(gold, fold, names, relations, precise)
    chosen = {k: thresholds(gold, found, fold, k, join) for k in found}
    whether = relator().precise if precise else relator().plain
    shipped = _merged(gold, [found[k].decided(scorecard().join, whether.least) for k in found], fold, list(found))
    merged = _merged(gold, [found[k].decided(*chosen[k]) for k in found], fold, list(found))
    return {
        **score(gold, merged),
        "at_shipped_thresholds": score(gold, shipped),
        "joins": [join for join, _ in chosen.values()],
        "related": [least for _, least in chosen.values()],
    }, merged


#: features by what they look at, for the ablation
GROUPS: dict[str, tuple[str, ...]] = {
    "meaning (cosines)": ("cosine", "specific_cosine"),
    "words aligned": ("cover_", "rest_", "specific_lo", "specific_hi", "specific_rest", "nameless_", "addition", "shared", "same_units"),
    "letters (trigrams)": ("trigrams",),
    "acronyms": ("acronym",),
    "title length and weight": ("length_", "weight_", "only_kind"),
    "description": ("described", "told_", "pilot_told"),
    "address": ("address_", "same_site", "same_url"),
    "years": ("title_years", "start_years", "end_years", "apart_years", "era"),
    "edition, phase, numbers": ("edition", "numbers", "phase", "renewed"),
    "kinds and telling concepts": ("kinds", "kind", "only_"),
    "place": ("scope",),
    "budget, organisation": ("budget", "organisation"),
    "company (other candidates)": ("behind_", "crowd"),
    "language": ("same_language",),
}


def average_precision(gold: Labelled, names: tuple[str, ...] | None, fold: np.ndarray) -> float:
    """Of the usable pairs, each judged by a scorecard that did not see its fold."""
    from sklearn.metrics import average_precision_score

    scores = np.zeros(len(gold.same))
    i = gold.pairs[0]
    for k in range(int(fold.max()) + 1):
        rows = fold[i] == k
        if not (gold.same & gold.usable & rows).any():
            continue
        card = trained(part(gold, fold != k), names)
        scores[rows] = card.probabilities(gold.pairs[2].at(rows))
    return round(float(average_precision_score(gold.same[gold.usable], scores[gold.usable])), 4)


def ablation(gold: Labelled) -> dict[str, float]:
    """Average precision without each group of features, and with nothing but it."""
    fold = folds(gold.rows)
    names = learnable(gold.pairs[2])
    out = {"all": average_precision(gold, None, fold)}
    for group, begins in GROUPS.items():
        held = tuple(n for n in names if any(n == b or (b.endswith("_") and n.startswith(b)) or n.startswith(b + "_") for b in begins))
        out[f"without {group}"] = average_precision(gold, tuple(n for n in names if n not in held), fold)
        out[f"only {group}"] = average_precision(gold, held, fold)
    return out


def by_country(gold: Labelled, join: float) -> dict[str, dict[str, Any]]:
    """Figures of each country, judged by a model that saw no record of it."""
    out = {}
    countries = np.array([row["country"] for row in gold.rows])
    for country in sorted(set(countries)):
        own = countries == country
        sure = [row["cluster_id"] for row in gold.rows if row["country"] == country and not row["ambiguous"]]
        if max(Counter(sure).values(), default=0) < 2:
            continue
        card = replace(trained(part(gold, ~own)), join=join)
        result = joined([decide(facts_of(gold.records), _judged(part(gold, own), card), (), card, None)])
        figures = score(gold, result, own)
        out[country] = {"records": len(sure), **figures["pairs"], "bcubed": figures["bcubed"]}
    return out


def candidate_recall(gold: Labelled) -> dict[str, float]:
    """How many true pairs the rules for large countries would find here, and how many pairs a record they propose."""
    from transforms.resolve import candidates as c
    from transforms.resolve.neighbours import Titles, nearest
    from transforms.resolve.outline import Outline

    outline = Outline.of(gold.records, gold.texts)
    out = {}
    true = {(a, b) for a, b, same in zip(gold.pairs[0].tolist(), gold.pairs[1].tolist(), (gold.same).tolist(), strict=True) if same}
    found: dict[str, set] = {"keys": set(), "meaning": set(), "both, sifted": set()}
    for rows in c.by_country(gold.records.countries):
        mine = outline.at(rows)
        titles = Titles.of(mine.codes, mine.vectors, mine.buckets)
        keys = c.sharing(mine.keys.rows, mine.keys.values)
        meaning = np.stack(c.unique_pairs(c.meeting(titles, nearest(titles).first)), axis=1)
        for name, pairs in (("keys", keys), ("meaning", meaning), ("both, sifted", c.worthwhile(mine, np.concatenate([keys, meaning])))):
            found[name] |= set(map(tuple, rows[pairs].tolist()))
    found["both"] = found["keys"] | found["meaning"]
    for name, pairs in found.items():
        out[f"{name}: recall"] = round(len(pairs & true) / len(true), 4)
        out[f"{name}: pairs a record"] = round(len(pairs) / len(gold.records), 2)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("precise", "ablation", "countries", "blank", "errors"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.precise:
        present()
    gold = load(GOLD)
    report: dict[str, Any] = {"candidates": candidate_recall(gold), "runs": []}
    print(json.dumps(report["candidates"]), flush=True)
    for seed in range(args.seeds):
        figures, result = cross_validate(gold, seed, precise=args.precise)
        report["runs"].append(figures)
        print(f"split {seed}: {json.dumps(figures)}", flush=True)
        if args.errors and not seed:
            print(*errors(gold, result), sep="\n")
    join = float(np.median([j for run in report["runs"] for j in run["joins"]]))
    if args.blank:
        report["blank"] = {}
        for field in ("description", "country", "nuts"):
            report["blank"][field] = cross_validate(load(GOLD, [field]), 0, relations=False, join=join)[0]
            print(f"without {field}: {json.dumps(report['blank'][field])}", flush=True)
    if args.countries:
        report["countries"] = by_country(gold, join)
        print(*(f"{c}: {json.dumps(f)}" for c, f in report["countries"].items()), sep="\n", flush=True)
    if args.ablation:
        report["ablation"] = ablation(gold)
        print(*(f"{name:40} {value}" for name, value in report["ablation"].items()), sep="\n")
    if args.out:
        args.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def errors(gold: Labelled, result: Resolution) -> list[str]:
    """Every pair that was wrongly joined or missed, one a line."""
    sure = {row["record_id"]: row for row in gold.rows if not row["ambiguous"]}
    cluster = dict(zip(result.clusters["record_id"], result.clusters["cluster_id"], strict=True))
    found, wanted = partners({r: cluster[r] for r in sure}), partners({r: row["cluster_id"] for r, row in sure.items()})
    lines = []
    for name, wrong in (("joined", found - wanted), ("missed", wanted - found)):
        for pair in sorted(sorted(p) for p in wrong):
            lines.append(f"{name}: " + " | ".join(f"{r} [{sure[r]['cluster_id']}] {sure[r]['title'][:70]}" for r in pair))
    return lines


if __name__ == "__main__":
    main()
