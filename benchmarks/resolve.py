"""How resolve scales: generated listings with known duplicates, or the real funding records of ../shared/bulk.

    python -m benchmarks.resolve [--rows 1000000] [--bulk] [--processes 2] [--again] [--rounds 1] [--splink] [--anchor] [--out FILE]

Prints processor seconds of every stage, peak memory, candidate pairs, precision and recall where known. ``--again`` keeps what was found,
then changes, drops and adds one listing in a hundred, spread over all countries, and runs a second time with what was kept and a third time
without, ``--rounds`` times in turn, each in a process of its own: seconds of both (medians), and whether their results are equal.
``--splink`` measures, in the same run and the same processes, raw Splink on the same pairs: training, prediction and clustering with plain
comparisons of columns. ``--anchor`` measures the machine and nothing of ours: raw Splink alone on 450,000 pairs of all listings, which
another machine did in 4.6 s.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import multiprocessing
import os
import random
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._listings import frame_of, generated
from benchmarks._memory import together
from spiders.memory import shared_pool
from transforms.resolve import country, run
from transforms.resolve.memory import Country
from transforms.resolve.outline import Outline
from transforms.resolve.resolution import COLUMNS, Found, Resolution, joined
from transforms.resolve.shards import at_once, worth
from transforms.resolve.work import How, Job, Work, work_in

BULK = Path(__file__).resolve().parent.parent.parent / "shared" / "bulk" / "funding_operations.jsonl.gz"
#: where each stage is done
STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "prepare": ((country, "prepare"), (country, "facts_of")),
    "embed": ((country, "vectorise"),),
    "candidates": ((Outline, "of"), (country, "meet")),
    "compare": ((country, "compared_pairs"), (country, "with_company")),
    "judge": ((run, "_score"), (run, "judged")),
    "decide": ((run, "decide"),),
    "keep": ((country, "to_lines"), (run.Kept, "memory"), (run.Kept, "remember")),
}
#: stages of which raw Splink has its own
BESIDE_SPLINK = ("compare", "judge", "decide")
#: pairs that tell how fast the machine is
ANCHOR = 450_000
#: one listing of how many changes
_CHANGED = 100


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
class Lot:
    """What one process resolves, what its listings truly are, and whether raw Splink is to be measured on its pairs."""

    job: Job
    truth: dict[str, int] | None
    splink: bool

    @classmethod
    def of(cls, job: Job, truth: dict[str, int] | None, splink: bool) -> Lot:
        """With the truth of its own listings alone, as it is handed from process to process."""
        own = (record for listings in job.listings for record in listings.typed["record_id"].tolist())
        return cls(job, truth and {record: truth[record] for record in own}, splink)


@dataclass(slots=True)
class Done:
    """What became of a lot: its results, processor seconds and wall seconds by stage, raw Splink among them."""

    results: list[Found | None]
    pairs: int = 0
    true_pairs_among: int = 0
    cpu: Counter[str] = field(default_factory=Counter)
    wall: Counter[str] = field(default_factory=Counter)
    all_cpu: float = 0.0
    peak_gb: float = 0.0


def peak() -> float:
    """Greatest memory of this process so far, in GB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def clocked(done: Done, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its seconds added to those of a stage."""

    def call(*args: Any, **named: Any) -> Any:
        begun, cpu = time.perf_counter(), time.process_time()
        try:
            return function(*args, **named)
        finally:
            done.wall[stage] += time.perf_counter() - begun
            done.cpu[stage] += time.process_time() - cpu

    return call


def resolved(lot: Lot) -> Done:
    """One lot, with the clock in hand."""
    done, begun = Done([]), time.process_time()
    found: list[tuple[pd.DataFrame, np.ndarray, np.ndarray]] = []
    whole = {(owner, name): getattr(owner, name) for places in STAGES.values() for owner, name in places}
    compared = run.compared_country

    def seen(listings: country.Listings, *rest: Any, **how: Any) -> Country | None:
        part = compared(listings, *rest, **how)
        if part is not None:
            # the truth and raw Splink are asked for in full runs, where all rows are there, in order of record_id
            found.append((listings.typed, part.met.i, part.met.j))
        return part

    try:
        for stage, places in STAGES.items():
            for owner, name in places:
                setattr(owner, name, clocked(done, stage, whole[owner, name]))
        run.compared_country = seen
        done.results = run.resolved(lot.job)
    finally:
        run.compared_country = compared
        for (owner, name), function in whole.items():
            setattr(owner, name, function)
    done.all_cpu, done.peak_gb = time.process_time() - begun, peak()
    done.pairs = sum(len(i) for _, i, _ in found)
    if lot.truth is not None:
        for typed, i, j in found:
            truth = np.array([lot.truth[record] for record in typed["record_id"].tolist()])
            done.true_pairs_among += int((truth[i] == truth[j]).sum())
    if lot.splink:
        first = np.cumsum([0, *(len(typed) for typed, _, _ in found)])
        i, j = (np.concatenate([part[side] + k for part, k in zip(found, first, strict=False)]) for side in (1, 2))
        clocked(done, "raw splink", raw_splink)(pd.concat([typed for typed, _, _ in found], ignore_index=True), i, j)
    return done


def raw_splink(typed: pd.DataFrame, i: np.ndarray, j: np.ndarray, blocked_on: str = "word") -> None:
    """What Splink's documentation shows for a de-duplication, on pairs that are given: training, prediction, clusters. It learns from pairs
    that are equal in a column; those of one first word are too many where listings are."""
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
        blocking_rules_to_generate_predictions=[block_on(blocked_on)],
    )
    database = DuckDBAPI()
    linker = Linker(database.register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(blocked_on))
    met = pd.DataFrame({"match_key": np.zeros(len(i), dtype=np.int64), "join_key_l": i, "join_key_r": j})
    linker.table_management.register_blocked_pairs_for_predict(database.register(met))
    predicted = linker.inference.predict()
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=0.9).as_pandas_dataframe()


def anchor(typed: pd.DataFrame) -> dict[str, float]:
    """Seconds that raw Splink takes for `ANCHOR` pairs of listings whose titles come one after the other in the alphabet."""
    order = np.argsort(typed["title"].to_numpy(dtype=object), kind="stable")
    some = np.sort(np.random.default_rng(0).choice(len(order) - 1, size=min(ANCHOR, len(order) - 1), replace=False))
    one, other = order[some], order[some + 1]
    begun, cpu = time.perf_counter(), processor_seconds()
    raw_splink(typed, np.minimum(one, other), np.maximum(one, other), "title")
    return {"anchor: wall": round(time.perf_counter() - begun, 1), "anchor: cpu": round(processor_seconds() - cpu, 1)}


@shared_pool()
def resolve_all(
    typed: pd.DataFrame, truth: np.ndarray | None, processes: int, *, splink: bool = False, kept: Path | None = None
) -> tuple[Resolution, list[Done], dict[str, float]]:
    """All listings resolved as `run.resolve` does it, with the seconds that it took."""
    begun, cpu = time.perf_counter(), processor_seconds()
    true = None if truth is None else dict(zip(typed["record_id"].tolist(), truth.tolist(), strict=True))
    done: list[Done] = []

    def do(jobs: Iterable[Job]) -> list[list[Found | None]]:
        held = list(jobs)
        found = at_once(resolved, [Lot.of(job, true, splink) for job in held], worth(work_in(held), processes))
        done.extend(found)
        return [d.results for d in found]

    work = Work(typed, How((), "duckdb", many=len(typed) > run.MANY, kept=kept))
    result = joined(work.found(do))
    work.forget()
    return result, done, {"wall": round(time.perf_counter() - begun, 1), "cpu": round(processor_seconds() - cpu, 1)}


def processor_seconds() -> float:
    """Of this process and those that it started and that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def changed(typed: pd.DataFrame) -> pd.DataFrame:
    """The listings without one in 400, one in 400 under another title, one in 200 new: a known one's text under another id and name."""
    rng = random.Random(0)
    some = rng.sample(range(len(typed)), len(typed) // _CHANGED)
    gone, other, copied = some[::4], some[1::4], [*some[2::4], *some[3::4]]
    titles = typed["title"].tolist()
    for row in other:
        titles[row] += " plus"
    new = typed.iloc[copied].assign(record_id=lambda rows: "n" + rows["record_id"], title=lambda rows: "Nova " + rows["title"])
    return pd.concat([typed.assign(title=pd.Series(titles, dtype=typed["title"].dtype)).drop(index=gone), new], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    for name in ("bulk", "again", "splink", "anchor"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    typed, truth = (bulk(), None) if args.bulk else generated(args.rows)
    print(f"{len(typed)} listings made; {peak()} GB", flush=True)
    report: dict[str, Any] = {}
    if args.anchor:
        # in a process of its own, whose memory is not ours
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            report |= pool.apply(anchor, (typed,))
        show(report)
    with tempfile.TemporaryDirectory() as kept:
        with together() as memory:
            result, done, taken = resolve_all(typed, truth, args.processes, splink=args.splink, kept=Path(kept) if args.again else None)
        report |= figures(typed, truth, done, result) | taken
        report |= {"processes": args.processes, "peak GB together": round(memory.most, 2)}
        show(report)
        del result, done  # a second run would not have them in memory
        if args.again:
            report |= again(typed, args.processes, Path(kept), args.rounds)
    if args.out:
        args.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def show(report: dict[str, Any]) -> None:
    print(*(f"{name:24} {value}" for name, value in report.items()), sep="\n", flush=True)


def again(typed: pd.DataFrame, processes: int, kept: Path, rounds: int) -> dict[str, Any]:
    """Runs of changed listings with what was kept, and without, in turn, each in a process of its own; medians. The stages are those of
    another run."""
    typed = changed(typed)
    taken, full = [], []
    with tempfile.TemporaryDirectory() as own:
        # a run replaces what is kept
        shutil.copytree(kept, own, dirs_exist_ok=True)
        _, done, _ = resolve_all(typed, None, processes, kept=Path(own))
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as own:
            shutil.copytree(kept, own, dirs_exist_ok=True)
            # an earlier run's files are on the disk long before the next begins
            os.sync()
            some, seconds = alone(typed, processes, Path(own))
        taken.append(seconds)
        whole, seconds = alone(typed, processes)
        full.append(seconds)
    report = {f"again: cpu {name}": round(sum(d.cpu[name] for d in done), 1) for name in STAGES}
    report |= {f"again: {name}": median(found[name] for found in taken) for name in taken[0]}
    report |= {f"in full: {name}": median(found[name] for found in full) for name in full[0]}
    report |= {f"share of {name}": round(median(a[name] / b[name] for a, b in zip(taken, full, strict=True)), 3) for name in full[0]}
    report |= {f"equal {name}": some[name] == whole[name] for name in COLUMNS}
    show(report)
    return report


def alone(typed: pd.DataFrame, processes: int, kept: Path | None = None) -> tuple[dict[str, str], dict[str, float]]:
    """What another process, started for it as one is for a run, makes of `resolved_plainly`: a hash of every table, and the seconds."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(hashed, typed, processes, kept).result()


def hashed(typed: pd.DataFrame, processes: int, kept: Path | None) -> tuple[dict[str, str], dict[str, float]]:
    """As `alone`, here."""
    result, seconds = resolved_plainly(typed, processes, kept)
    rows = {name: pd.util.hash_pandas_object(getattr(result, name)).to_numpy() for name in COLUMNS}
    return {name: hashlib.sha256(held.tobytes()).hexdigest() for name, held in rows.items()}, seconds


def resolved_plainly(typed: pd.DataFrame, processes: int, kept: Path | None = None) -> tuple[Resolution, dict[str, float]]:
    """What `run.resolve` finds, without clocks within it, and the seconds that it took."""
    begun, cpu = time.perf_counter(), processor_seconds()
    result = run.resolve(typed, processes=processes, kept=kept)
    return result, {"wall": round(time.perf_counter() - begun, 1), "cpu": round(processor_seconds() - cpu, 1)}


def figures(typed: pd.DataFrame, truth: np.ndarray | None, done: list[Done], result: Resolution) -> dict[str, Any]:
    """All that is reported but the seconds of the whole."""
    cpu, wall = (sum((getattr(d, kind) for d in done), Counter()) for kind in ("cpu", "wall"))
    pairs = sum(d.pairs for d in done)
    out: dict[str, Any] = {"listings": len(typed), "shards": len(done), "pairs": pairs, "pairs a listing": round(pairs / len(typed), 2)}
    out |= {f"cpu {name}": round(cpu[name], 1) for name in (*STAGES, "raw splink") if name in cpu}
    out["cpu all stages"] = round(sum(d.all_cpu for d in done), 1)
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
