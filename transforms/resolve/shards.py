"""Shards: countries never meet, so the listings of some are resolved by themselves, several shards at once.

What comes out depends neither on the shards nor on how many run at once. A curator's decision across countries puts them into one shard.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import pandas as pd

#: listings from which on shards pay, and the least that are put into one
WORTH_SHARDS, LEAST = 20_000, 10_000
#: listings that earlier runs met that are as much work as a new one
KNOWN = 10

Job = TypeVar("Job")
Result = TypeVar("Result")


def groups(typed: pd.DataFrame, decisions: Sequence[Mapping[str, Any]] = ()) -> list[np.ndarray]:
    """Positions of the rows of each country, countries that decisions link as one; the largest first."""
    countries = typed["country"].fillna("").to_numpy(dtype=object)
    linked = _linked(typed, countries, decisions)
    found: dict[str, list[int]] = defaultdict(list)
    for row, country in enumerate(countries.tolist()):
        found[linked[country]].append(row)
    return [np.array(found[name], dtype=np.int64) for name in sorted(found, key=lambda name: (-len(found[name]), name))]


def shards(sizes: Sequence[int]) -> list[list[int]]:
    """Groups of these sizes, the largest first, put together to shards that are worth a process each; one shard where there are few
    listings."""
    few = sum(sizes) < WORTH_SHARDS
    out: list[list[int]] = []
    for group, _ in enumerate(sizes):
        if out and (few or sum(sizes[k] for k in out[-1]) < LEAST):
            out[-1].append(group)
        else:
            out.append([group])
    return out


def _linked(typed: pd.DataFrame, countries: np.ndarray, decisions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Country -> the first of all countries that decisions link it with."""
    first = {country: country for country in sorted(set(countries.tolist()))}
    records = {record for decision in decisions for record in decision["records"]}
    rows = np.flatnonzero(typed["record_id"].isin(records).to_numpy())
    of = dict(zip(typed["record_id"].iloc[rows].tolist(), countries[rows].tolist(), strict=True))
    for decision in decisions:
        there = sorted({first[of[record]] for record in decision["records"] if record in of})
        for country, representative in first.items():
            if representative in there:
                first[country] = there[0]
    return first


def at_once(function: Callable[[Job], Result], jobs: Sequence[Job], workers: int, *, threads: bool = False) -> list[Result]:
    """``function`` of every job, in order, in up to so many processes, or threads of this one."""
    if workers < 2 or len(jobs) < 2:
        return [function(job) for job in jobs]
    some = min(workers, len(jobs))
    # spawned: a fork would copy the threads' locks of DuckDB, BLAS and a Prefect flow in whatever state they are
    with ThreadPoolExecutor(some) if threads else ProcessPoolExecutor(some, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(function, jobs))


def crew(new: int, known: int, processes: int | None = None) -> tuple[int, bool]:
    """How many work at once, and whether they are threads, for so many new listings and so many that earlier runs met; by default one for
    each processor.

    What is found of known listings is gathered by numpy, which lets other threads work meanwhile, and would have to be handed to another
    process. New ones are read by Python, of which one thread works at a time; where they are few, one process alone, as to start another
    takes seconds.
    """
    threads = new * KNOWN < known
    if not threads and new + known // KNOWN < WORTH_SHARDS:
        return 1, False
    return _processors() if processes is None else processes, threads


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
