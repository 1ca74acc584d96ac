"""How resolve scales: generated listings with known duplicates, or the real funding records of ../shared/bulk.

    python -m benchmarks.resolve [--rows 1000000] [--bulk] [--processes 2] [--splink] [--out FILE]

Prints processor seconds of every stage, peak memory, candidate pairs, precision and recall where known. ``--splink`` measures, in the
same run and the same processes, raw Splink on the same pairs: training, prediction and clustering with plain comparisons of columns.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._listings import frame_of, generated
from transforms.resolve import run
from transforms.resolve.candidates import candidates
from transforms.resolve.compare import vectorise
from transforms.resolve.judge import scorecard
from transforms.resolve.prepare import prepare
from transforms.resolve.relate import relator
from transforms.resolve.resolution import Resolution
from transforms.resolve.shards import at_once, groups, shards

BULK = Path(__file__).resolve().parent.parent.parent / "shared" / "bulk" / "funding_operations.jsonl.gz"
STAGES = ("prepare", "embed", "candidates", "compare", "judge", "decide")
#: stages of which raw Splink has its own
BESIDE_SPLINK = ("compare", "judge", "decide")


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


@dataclass(slots=True)
class Job:
    """A shard to resolve, and whether raw Splink is to be measured on its pairs."""

    typed: pd.DataFrame
    truth: np.ndarray | None
    many: bool
    splink: bool


@dataclass(slots=True)
class Done:
    """What became of a shard: its result, processor seconds by stage, wall seconds of raw Splink and of what it is compared with."""

    result: Resolution
    pairs: int
    true_pairs_among: int
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    peak_gb: float = 0.0


def peak() -> float:
    """Greatest memory of this process so far, in GB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def resolved(job: Job) -> Done:
    """One shard, with the clock in hand."""
    done = Done(None, 0, 0)  # type: ignore[arg-type]

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        begun, cpu = time.perf_counter(), time.process_time()
        yield
        done.wall[name], done.cpu[name] = time.perf_counter() - begun, time.process_time() - cpu

    with stage("prepare"):
        records = prepare(job.typed)
    with stage("embed"):
        texts = vectorise(records)
    with stage("candidates"):
        i, j = candidates(records, texts)
    with stage("compare"):
        compared = run.compared(records, texts, (i, j))
    with stage("judge"):
        found = run.judged(compared, scorecard(), "duckdb")
    with stage("decide"):
        done.result = run.decide(records, found, (), scorecard(), relator(), many=job.many)
    done.pairs = len(i)
    if job.truth is not None:
        truth = job.truth[np.argsort(job.typed["record_id"].to_numpy(dtype=str), kind="stable")]
        done.true_pairs_among = int((truth[i] == truth[j]).sum())
    if job.splink and len(i):
        ordered = job.typed.sort_values("record_id", kind="stable")
        with stage("raw splink"):
            raw_splink(ordered, i, j)
    done.peak_gb = peak()
    return done


def raw_splink(typed: pd.DataFrame, i: np.ndarray, j: np.ndarray) -> None:
    """What Splink's documentation shows for a de-duplication, on pairs that are given: training, prediction, clusters."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns = ["title", "description", "language", "organisation"]
    table = typed[columns].astype(object).where(typed[columns].notna(), None)
    table.insert(0, "unique_id", np.arange(len(table)))
    table["year"] = [None if d is None or d != d else str(d.year) for d in typed["start_date"].tolist()]
    table["word"] = typed["title"].str.slice(0, 8)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("description", [0.9, 0.7]),
            cl.ExactMatch("language"),
            cl.ExactMatch("organisation"),
            cl.ExactMatch("year"),
        ],
        blocking_rules_to_generate_predictions=[block_on("word")],
    )
    database = DuckDBAPI()
    linker = Linker(database.register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("word"))
    met = pd.DataFrame({"match_key": np.zeros(len(i), dtype=np.int64), "join_key_l": i, "join_key_r": j})
    linker.table_management.register_blocked_pairs_for_predict(database.register(met))
    predicted = linker.inference.predict()
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=0.9).as_pandas_dataframe()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--bulk", action="store_true")
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    typed, truth = (bulk(), None) if args.bulk else generated(args.rows)
    print(f"{len(typed)} listings made; {peak()} GB", flush=True)
    begun = time.perf_counter()
    jobs = [
        Job(typed.iloc[rows], None if truth is None else truth[rows], len(typed) > run.MANY, args.splink) for rows in shards(groups(typed))
    ]
    done = at_once(resolved, jobs, args.processes)
    wall = time.perf_counter() - begun
    result = run.joined([d.result for d in done])
    report = figures(typed, truth, done, result) | {"wall": round(wall, 1), "processes": args.processes}
    print(*(f"{name:24} {value}" for name, value in report.items()), sep="\n")
    if args.out:
        args.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def figures(typed: pd.DataFrame, truth: np.ndarray | None, done: list[Done], result: Resolution) -> dict[str, Any]:
    """All that is reported but the wall time of the whole."""
    cpu, wall = (sum((Counter(getattr(d, kind)) for d in done), Counter()) for kind in ("cpu", "wall"))
    pairs = sum(d.pairs for d in done)
    out: dict[str, Any] = {"listings": len(typed), "shards": len(done), "pairs": pairs, "pairs a listing": round(pairs / len(typed), 2)}
    out |= {f"cpu {name}": round(cpu[name], 1) for name in (*STAGES, "raw splink") if name in cpu}
    out["cpu all stages"] = round(sum(cpu[name] for name in STAGES), 1)
    if "raw splink" in wall:
        out["times raw splink"] = round(sum(wall[name] for name in BESIDE_SPLINK) / wall["raw splink"], 2)
    out |= {"clusters": result.clusters["cluster_id"].nunique(), "relations": len(result.relations), "doubtful": len(result.doubtful)}
    if truth is not None:
        order = np.argsort(typed["record_id"].to_numpy(dtype=str), kind="stable")
        out |= quality(truth[order], result.clusters["cluster_id"].to_numpy(), sum(d.true_pairs_among for d in done))
    return out | {"peak GB of a process": max(d.peak_gb for d in done), "peak GB of the first": peak()}


def quality(truth: np.ndarray, cluster: np.ndarray, among: int) -> dict[str, float]:
    """Pairwise precision and recall, and the share of true pairs among the candidates."""
    of = np.unique(cluster.astype(str), return_inverse=True)[1]
    both = np.unique(truth.astype(np.int64) * len(truth) + of, return_counts=True)[1]
    pairs = lambda counts: float((counts * (counts - 1) // 2).sum())  # noqa: E731
    hit, true, found = pairs(both), pairs(np.unique(truth, return_counts=True)[1]), pairs(np.unique(of, return_counts=True)[1])
    return {
        "candidate recall": round(among / true, 4),
        "precision": round(hit / found, 4) if found else 0.0,
        "recall": round(hit / true, 4),
    }


if __name__ == "__main__":
    main()
