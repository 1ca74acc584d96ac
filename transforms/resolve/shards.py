"""Shards: countries never meet, so the listings of some are resolved by themselves, several shards at once.

What comes out depends neither on the shards nor on how many run at once. A curator's decision across countries puts them into one shard.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import pandas as pd

#: listings from which on shards pay, and the least that are put into one
WORTH_SHARDS, LEAST = 20_000, 10_000

Job = TypeVar("Job")
Result = TypeVar("Result")


def shards(typed: pd.DataFrame, decisions: Sequence[Mapping[str, Any]] = ()) -> list[np.ndarray]:
    """Positions of the rows of each shard, the largest shard first; one shard where there are few listings."""
    if len(typed) < WORTH_SHARDS:
        return [np.arange(len(typed))]
    countries = typed["country"].fillna("").to_numpy(dtype=object)
    sizes = Counter(countries.tolist())
    linked = _linked(typed, countries, decisions)
    groups: Counter[str] = Counter()
    for country, size in sizes.items():
        groups[linked[country]] += size
    shard, filled = {}, [0]
    for group in sorted(groups, key=lambda g: (-groups[g], g)):
        if filled[-1] >= LEAST:
            filled.append(0)
        shard[group] = len(filled) - 1
        filled[-1] += groups[group]
    of_row = np.array([shard[linked[country]] for country in countries.tolist()])
    return [np.flatnonzero(of_row == k) for k in range(len(filled))]


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


def at_once(function: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> list[Result]:
    """``function`` of every job, in order, in up to so many processes."""
    if processes < 2 or len(jobs) < 2:
        return [function(job) for job in jobs]
    # spawned: a fork would copy the threads' locks of DuckDB, BLAS and a Prefect flow in whatever state they are
    with _single_threaded(), ProcessPoolExecutor(min(processes, len(jobs)), multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(function, jobs))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Processes started meanwhile do their linear algebra in one thread: several would only wait for each other."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
