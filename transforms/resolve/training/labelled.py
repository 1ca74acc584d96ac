"""Labelled listings: records with their true clusters and relations, prepared and compared once, split without letting relatives apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transforms.normalise import normalise
from transforms.resolve.cluster_pairs import pairs_of_clusters
from transforms.resolve.compare import Texts, vectorise
from transforms.resolve.comparison import Comparison
from transforms.resolve.constraints import forbidden
from transforms.resolve.facts import facts_of
from transforms.resolve.judge import Scorecard
from transforms.resolve.prepare import Records, prepare
from transforms.resolve.relate import Relator
from transforms.resolve.run import compared, judged
from transforms.resolve.sentences import Sentences, installed
from transforms.resolve.similarity import Weights
from transforms.resolve.training.fit import fit
from transforms.resolve.training.fit_relations import fit_relator
from transforms.resolve.weighed import Weigher

FOLDS = 10


@dataclass(slots=True)
class Labelled:
    """The records with their answers, prepared and compared once."""

    rows: list[dict[str, Any]]
    records: Records
    sentences: Sentences | None
    texts: Texts
    pairs: tuple[np.ndarray, np.ndarray, Comparison]
    same: np.ndarray
    usable: np.ndarray


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of a gold record shows, in the input shape; none of the answers."""
    stated = row["stated"]
    out = {key: row[key] for key in ("record_id", "title", "description", "language", "country", "nuts", "url", "portal")}
    out |= {"organisation": stated.get("owner_body"), **{key: stated.get(key) for key in ("start", "end", "budget", "currency")}}
    return {key: None if value is None else str(value) for key, value in out.items()}


def read(path: Path, blank: Iterable[str] = ()) -> tuple[list[dict[str, Any]], Records]:
    """The labelled rows, and their records as resolve sees them; the fields of ``blank`` emptied."""
    with path.open(encoding="utf-8") as file:
        rows = sorted((json.loads(line) for line in file), key=lambda row: row["record_id"])
    frame = pd.DataFrame([shown(row) for row in rows])
    for name in blank:
        frame[name] = None
    return rows, prepare(normalise(frame))


def counted(records: Records, chosen: np.ndarray | None = None) -> dict[str, Weights]:
    """How many of the records (or of those chosen by a mask) hold each unit in their titles, and in titles or descriptions."""
    rows = range(len(records)) if chosen is None else np.flatnonzero(chosen).tolist()
    return {
        "titles": Weights.of(records.core[row] for row in rows),
        "texts": Weights.of(records.described[row] + records.core[row] for row in rows),
    }


def frequencies(path: Path) -> str:
    """The JSON text of the shipped frequencies of units."""
    found = counted(read(path)[1])
    counts = {name: dict(sorted(weights.counts.items())) for name, weights in found.items()}
    return json.dumps({"records": found["titles"].texts, **counts}, ensure_ascii=False, indent=0) + "\n"


def load(path: Path, blank: Iterable[str] = ()) -> Labelled:
    """The gold records, prepared and compared; the fields of ``blank`` emptied."""
    rows, records = read(path, blank)
    return _labelled(rows, records, Sentences(records.titles, records.descriptions) if installed() else None, None)


def refitted(gold: Labelled, chosen: np.ndarray) -> Labelled:
    """The gold compared anew, with frequencies of units counted on the chosen records (a mask) alone."""
    return _labelled(gold.rows, gold.records, gold.sentences, counted(gold.records, chosen))


def _labelled(rows: list[dict[str, Any]], records: Records, sentences: Sentences | None, weights: Mapping[str, Weights] | None) -> Labelled:
    texts = vectorise(records, weights=weights)
    i, j, comparison = compared(records, texts)
    cluster = np.array([row["cluster_id"] for row in rows])
    doubted = np.array([bool(row["ambiguous"]) for row in rows])
    usable = (forbidden(comparison) == 0) & ~doubted[i] & ~doubted[j]
    return Labelled(rows, records, sentences, texts, (i, j, comparison), cluster[i] == cluster[j], usable)


def folds(rows: list[dict[str, Any]], seed: int = 0, count: int = FOLDS) -> np.ndarray:
    """The fold of every record; records of a country share one, folds are of like size."""
    sizes = Counter(row["country"] for row in rows)
    countries = sorted(sizes)
    np.random.default_rng(seed).shuffle(countries)
    load, fold = [0] * count, {}
    for country in sorted(countries, key=lambda c: -sizes[c]):
        fold[country] = int(np.argmin(load))
        load[fold[country]] += sizes[country]
    return np.array([fold[row["country"]] for row in rows])


def part(gold: Labelled, chosen: np.ndarray) -> Labelled:
    """The gold of some records (a mask); positions stay."""
    i, j, comparison = gold.pairs
    keep = chosen[i] & chosen[j]
    pairs = (i[keep], j[keep], comparison.at(keep))
    return replace(gold, pairs=pairs, same=gold.same[keep], usable=gold.usable[keep])


def trained(gold: Labelled, names: tuple[str, ...] | None = None) -> Scorecard:
    """A scorecard from the usable pairs."""
    comparison = gold.pairs[2]
    return fit(comparison.at(gold.usable), gold.same[gold.usable], names=names)


def related(gold: Labelled, card: Scorecard) -> Relator:
    """A relator from the true clusters of the gold's pairs."""
    names = [row["cluster_id"] for row in gold.rows]
    first: dict[str, int] = {}
    root = np.array([first.setdefault(name, k) for k, name in enumerate(names)])
    found = judged(gold.pairs, card.probabilities(gold.pairs[2]), Weigher(card).of(gold.pairs[2]))
    pairs = pairs_of_clusters(facts_of(gold.records), found, root)
    return fit_relator(pairs, names, relations_of(gold.rows), gold.sentences)


def relations_of(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """(source, target, relation) between clusters that both have a record whose annotation is sure."""
    sure = [row for row in rows if not row["ambiguous"]]
    present = {row["cluster_id"] for row in sure}
    out = set()
    for row in sure:
        own = row["cluster_id"]
        for kind, others in row["relations"].items():
            for other in others:
                if other not in present or other == own:
                    continue
                if kind in ("predecessor", "part_of", "implements"):
                    out.add((own, other, "successor_of" if kind == "predecessor" else kind))
                else:
                    out.add((other, own, "successor_of" if kind == "successor" else "part_of"))
    return out
