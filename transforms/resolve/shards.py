"""Shards: countries never meet, so the listings of some are resolved by themselves, several shards at once.

What comes out depends neither on the shards nor on how many run at once. A curator's decision across countries puts them into one shard.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import pandas as pd

#: listings from which on shards pay, and the least that are put into one
WORTH_SHARDS, LEAST = 20_000, 10_000

Job = TypeVar("Job")
Result = TypeVar("Result")


def groups(typed: pd.DataFrame, decisions: Sequence[Mapping[str, Any]] = ()) -> list[np.ndarray]:
    """Positions of the rows of each country, countries that decisions link as one; the largest first."""
    codes, names = pd.factorize(typed["country"].fillna(""), sort=True)
    first = _linked(typed, codes, len(names), decisions)[codes]
    order = np.argsort(first, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(first[order])) + 1) if len(order) else []
    return sorted(found, key=lambda rows: (-len(rows), first[rows[0]]))


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


def _linked(typed: pd.DataFrame, countries: np.ndarray, n: int, decisions: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """(n,) of each country, which are codes, the first of all countries that decisions link it with."""
    first = np.arange(n)
    if not decisions:
        return first
    records = {record for decision in decisions for record in decision["records"]}
    rows = np.flatnonzero(typed["record_id"].isin(records).to_numpy())
    of = dict(zip(typed["record_id"].iloc[rows].tolist(), countries[rows].tolist(), strict=True))
    for decision in decisions:
        there = [int(first[of[record]]) for record in decision["records"] if record in of]
        first[np.isin(first, there)] = min(there, default=0)
    return first


@contextmanager
def others(processes: int, ready: Callable[[], object]) -> Iterator[Executor | None]:
    """So many processes but this one, which start and make ``ready`` at once; None for none."""
    if processes < 2:
        yield None
        return
    # spawned: a fork would copy the threads' locks of DuckDB, BLAS and a Prefect flow in whatever state they are
    with ProcessPoolExecutor(processes - 1, multiprocessing.get_context("spawn")) as pool:
        for _ in range(processes - 1):
            pool.submit(ready)
        yield pool


def at_once(function: Callable[[Job], Result], jobs: Iterable[Job], processes: int, pool: Executor | None = None) -> list[Result]:
    """``function`` of every job, in order, in up to so many processes, of which this is one and ``pool`` may hold the others. These have
    the first jobs, which they begin while the rest is made."""
    if pool is None:
        jobs = list(jobs)
        hands = min(processes, len(jobs))
        if hands < 2:
            return [function(job) for job in jobs]
        with others(hands, int) as pool:
            return at_once(function, jobs, hands, pool)
    made = iter(jobs)
    begun = [pool.submit(function, job) for job in islice(made, processes - 1)]
    left, results = deque(enumerate(made, len(begun))), {}

    def rest() -> Iterator[tuple[int, Job]]:
        while left:
            try:
                yield left.popleft()
            except IndexError:  # another hand was quicker
                return

    def work(do: Callable[[Job], Result], *first: tuple[int, Future[Result]]) -> None:
        try:
            for k, future in first:
                results[k] = future.result()
            for k, job in rest():
                results[k] = do(job)
        except BaseException:
            left.clear()
            raise

    with ThreadPoolExecutor(processes) as threads:
        waiting = [threads.submit(work, lambda job: pool.submit(function, job).result(), first) for first in enumerate(begun)]
        work(function)
        for other in waiting:
            other.result()
    return [results[k] for k in range(len(results))]


def worth(listings: int, processes: int | None = None) -> int:
    """How many processes pay for so many new listings: by default one for each processor, but one alone where they are few, as to start
    another takes seconds."""
    if listings < WORTH_SHARDS:
        return 1
    return processors() if processes is None else processes


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
