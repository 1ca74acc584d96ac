"""How resolve scales: generated listings with known duplicates, or the real funding records of ../shared/bulk.

    python -m benchmarks.resolve [--rows 1000000] [--bulk] [--splink] [--out FILE]

Prints seconds and peak memory of every stage, candidate pairs, precision and recall where known. ``--splink`` measures, in the same run,
Splink alone on the same pairs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from transforms.columns import COLUMNS, series
from transforms.resolve import run
from transforms.resolve.candidates import candidates
from transforms.resolve.compare import vectorise
from transforms.resolve.fellegi_sunter import probabilities
from transforms.resolve.judge import scorecard
from transforms.resolve.prepare import prepare
from transforms.resolve.relate import relator
from transforms.resolve.units import lexicon

BULK = Path(__file__).resolve().parent.parent.parent / "shared" / "bulk" / "funding_operations.jsonl.gz"
COUNTRIES = [
    "AT",
    "BE",
    "BG",
    "CH",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
    "UA",
]
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ji",
    "ke",
    "lo",
    "mu",
    "na",
    "pe",
    "qui",
    "ra",
    "so",
    "ti",
    "ve",
    "xa",
    "zo",
    "mar",
    "ten",
    "lis",
    "gor",
    "dan",
    "vel",
    "per",
    "kos",
    "tur",
    "mil",
    "san",
]


def frame_of(columns: dict[str, list]) -> pd.DataFrame:
    """A typed frame of some columns; the others empty."""
    rows = len(columns["record_id"])
    blank = {"texts": [[]] * rows, "boolean": [False] * rows}
    return pd.DataFrame({c.name: series(c.type, columns.get(c.name, blank.get(c.type, [None] * rows))) for c in COLUMNS.values()})


def generated(rows: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Listings and the initiative each speaks of: about four listings for three initiatives; titles of the domain in several languages."""
    rng = np.random.default_rng(seed)
    stems = [s for s in lexicon().stems_by_concept() if len(s[1]) >= 3]
    truth = np.sort(rng.integers(0, int(rows * 0.75), rows))
    titles, countries, starts, texts = [], [], [], []
    last, base = -1, None
    for owner in truth.tolist():
        if owner != last:
            chosen = rng.integers(0, len(stems), 4)
            name = "".join(SYLLABLES[k] for k in rng.integers(0, len(SYLLABLES), rng.integers(2, 5))).capitalize()
            base = (chosen, name, COUNTRIES[int(rng.integers(0, len(COUNTRIES)))], int(rng.integers(2008, 2026)))
            last = owner
        chosen, name, country, start = base  # type: ignore[misc]
        spoken = [stems[c][1][int(rng.integers(0, len(stems[c][1])))] for c in chosen]
        titles.append(f"{name} {' '.join(spoken)}" if rng.random() < 0.8 else f"{' '.join(spoken)} – {name}")
        countries.append(country)
        starts.append(date(start, 1, 1) if rng.random() < 0.6 else None)
        texts.append(f"{spoken[0]} {spoken[-1]} {name}" if rng.random() < 0.5 else None)
    order = rng.permutation(rows)
    ids = [f"g{k:07d}" for k in range(rows)]
    pick = lambda values: [values[k] for k in order]  # noqa: E731
    columns = {"record_id": ids, "title": pick(titles), "country": pick(countries), "start_date": pick(starts), "description": pick(texts)}
    columns["portal"] = [f"p{k % 300}" for k in range(rows)]
    columns["url"] = [f"https://p{k % 300}.example/{k}" for k in range(rows)]
    return frame_of(columns), truth[order]


def bulk() -> pd.DataFrame:
    """The real records, as typed listings with title, description, country and organisation."""
    columns: dict[str, list] = {name: [] for name in ("record_id", "title", "description", "country", "organisation", "portal", "url")}
    with gzip.open(BULK, "rt", encoding="utf-8") as file:
        for k, line in enumerate(file):
            row = json.loads(line)
            columns["record_id"].append(f"b{k:06d}")
            columns["title"].append((row.get("project_name") or "?")[:300])
            columns["description"].append((row.get("project_description") or "")[:400] or None)
            columns["country"].append({"EL": "GR", "UK": "GB"}.get(row["country"], row["country"]))
            columns["organisation"].append(row.get("beneficiary_name"))
            columns["portal"].append(row["source_file"])
            columns["url"].append(None)
    return frame_of(columns)


STAGES: dict[str, float] = {}


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Times a stage and prints it with the memory peak so far."""
    begun = time.perf_counter()
    yield
    STAGES[name] = round(time.perf_counter() - begun, 1)
    print(f"{name:12} {STAGES[name]:8.1f} s   peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--bulk", action="store_true")
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    typed, truth = (bulk(), None) if args.bulk else generated(args.rows)
    with stage("prepare"):
        records = prepare(typed)
    with stage("embed"):
        texts = vectorise(records)
    with stage("candidates"):
        i, j = candidates(records, texts)
    print(f"{len(i)} pairs, {len(i) / len(records):.2f} a record")
    figures: dict[str, object] = {"rows": len(records), "pairs": len(i)}
    with stage("compare"):
        compared = run.compared(records, texts, (i, j))
    with stage("judge"):
        found = run.judged(compared, scorecard(), "duckdb")
    with stage("decide"):
        result = run.decide(records, found, (), scorecard(), relator())
    total = sum(STAGES.values())
    made = f"{result.clusters['cluster_id'].nunique()} clusters, {len(result.relations)} relations, {len(result.doubtful)} doubtful"
    print(f"total        {total:8.1f} s; {made}")
    if args.splink:
        with stage("splink alone"):
            probabilities(scorecard(), compared[2])
    if truth is not None:
        figures |= quality(truth, result.clusters["cluster_id"].to_numpy(), i, j)
        print({k: figures[k] for k in ("candidate_recall", "precision", "recall")})
    figures |= {"seconds": STAGES, "total": round(total, 1), "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)}
    if args.out:
        args.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def quality(truth: np.ndarray, cluster: np.ndarray, i: np.ndarray, j: np.ndarray) -> dict[str, float]:
    """Pairwise precision and recall, and the share of true pairs among the candidates."""
    of = np.unique(cluster.astype(str), return_inverse=True)[1]
    both = np.unique(truth.astype(np.int64) * len(truth) + of, return_counts=True)[1]
    pairs = lambda counts: float((counts * (counts - 1) // 2).sum())  # noqa: E731
    hit, true, found = pairs(both), pairs(np.unique(truth, return_counts=True)[1]), pairs(np.unique(of, return_counts=True)[1])
    return {
        "candidate_recall": round(float((truth[i] == truth[j]).sum()) / true, 4),
        "precision": round(hit / found, 4) if found else 0.0,
        "recall": round(hit / true, 4),
    }


if __name__ == "__main__":
    main()
