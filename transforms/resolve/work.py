"""What there is to do: which listings are resolved together, what is known of them already, and jobs for the rest.

Jobs are made one after another, the largest first, which can be begun while the others are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transforms.resolve.country import Listings
from transforms.resolve.kept import Kept, digests_of, key
from transforms.resolve.memory import DIGEST
from transforms.resolve.resolution import Found
from transforms.resolve.shards import groups, shards

#: listings that earlier runs met that are as much work as a new one
KNOWN = 10


@dataclass(frozen=True, slots=True)
class How:
    """How listings are resolved, as in `resolve`; ``many`` is whether they are."""

    decisions: Sequence[Mapping[str, Any]]
    engine: str
    many: bool
    precise: bool = False
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The listings of a country, or of several that decisions link, by the country's code and in order of it; where something is kept the
    key of their result."""

    key: str
    countries: dict[str, Listings]


@dataclass(frozen=True, slots=True)
class Job:
    """Groups that one process resolves, and how."""

    groups: Sequence[Group]
    how: How

    @property
    def listings(self) -> list[Listings]:
        """Of all its countries."""
        return [listings for group in self.groups for listings in group.countries.values()]


#: does jobs, and gives back of each what was found of its groups, None where rows are wanted that the job lacks
Do = Callable[[Iterable[Job]], Sequence[Sequence[Found | None]]]


def work_in(jobs: Sequence[Job]) -> int:
    """How many new listings would be as much work as these, of which earlier runs seem to have met some."""
    held, new = (sum(count(listings) for job in jobs for listings in job.listings) for count in (len, Listings.new))
    return new + (held - new) // KNOWN


class Work:
    """All listings of a typed frame, in groups that are resolved by themselves, the largest first."""

    def __init__(self, typed: pd.DataFrame, how: How) -> None:
        self.how = how
        self._typed = typed
        self._rows = groups(typed, how.decisions)
        # Spark divides the work itself
        self._lots = shards([len(rows) for rows in self._rows]) if how.engine == "duckdb" else [list(range(len(self._rows)))]
        self._store = Kept(how.kept) if how.kept is not None else None
        self._digests = np.zeros(len(typed), dtype=DIGEST)
        self._found: list[Found | None] = [None] * len(self._rows)
        self._keys: set[str] = set()
        self._countries: set[str] = set()

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self._rows)

    def found(self, do: Do) -> list[Found]:
        """What is found of each group: as it was kept, or by a way to ``do`` jobs."""
        if self._store:
            # in the order in which they lie in memory: in another one it takes twice as long
            self._digests = digests_of(self._typed)
        # rows that earlier runs met are not handed over, but where what was kept of them proves to be damaged
        for met in (True, False):
            made: list[list[int]] = []
            results = do(self._jobs(met, made))
            for k, result in zip(chain.from_iterable(made), chain.from_iterable(results), strict=True):
                self._found[k] = result
            if all(result is not None for result in self._found):
                break
        return [result for result in self._found if result is not None]

    def forget(self) -> None:
        """Drop what was kept of other listings than these."""
        if self._store:
            self._store.forget(self._keys, self._countries)

    def _jobs(self, met: bool, made: list[list[int]]) -> Iterator[Job]:
        """Jobs for the groups of which nothing is found, without the rows that were ``met`` if that is wanted; ``made`` tells of each which
        groups are in it."""
        for lot in self._lots:
            wanted = {k: group for k in lot if self._found[k] is None and (group := self._group(k, met))}
            if wanted:
                made.append(list(wanted))
                yield Job(list(wanted.values()), self.how)

    def _group(self, k: int, met: bool) -> Group | None:
        """A group; None where its result is kept, which is found then."""
        how, rows, typed = self.how, self._rows[k], self._typed
        name, digests = "", self._digests[rows]
        if self._store:
            ids = typed["record_id"].iloc[rows] if how.decisions else ()
            name = key(digests, ids, how.decisions, many=how.many, precise=how.precise)
            self._keys.add(name)
            self._found[k] = self._store.get(name)
        codes, names = pd.factorize(typed["country"].iloc[rows].fillna(""), sort=True)
        self._countries.update(names)
        if self._found[k] is not None:
            return None
        countries = {}
        for code, country in enumerate(names):
            own = np.flatnonzero(codes == code)
            seen = self._store.met(country, digests[own]) if self._store and met and not how.precise else np.zeros(len(own), dtype=bool)
            countries[country] = Listings.of(digests[own], typed, rows[own], seen)
        return Group(name, countries)
