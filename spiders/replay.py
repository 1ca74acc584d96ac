"""Re-extract the listings of a portal from its archive, without network.

A listing's last full response may lie in an earlier run: ``sightings.jsonl`` says in which. So a replay of run N reads every
listing that the portal had then, and with an unchanged card gives the same listings; with a changed card or platform, what
they would be today.
"""

from __future__ import annotations

import os
import pickle
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spiders.archive import Archive
from spiders.base import Memory
from spiders.card import Card
from spiders.errors import HarvestError, InputError, StorageError
from spiders.listing import Listing, hash_of
from spiders.memory import keep_freed, passed_over
from spiders.platforms.auto import platform_named
from spiders.rawzone import History, RunReport, complete_runs, history, run_key, sighted
from spiders.sightings import clean

#: pages that one process reads at a time, and how many such lots wait for each of the others
_LOT, _AHEAD = 25, 3
#: fewer listings than this are not worth a second process
_FEW = 400


#: run and number of a full response
_Body = tuple[str, int]
#: what some pages gave: record id -> listing of each, and problems
_Found = tuple[dict[_Body, dict[str, dict[str, Any]]], list[tuple[str, str]]]


@dataclass
class Replay:
    """What a replay gave.

    ``listings``: raw listings with ``content_hash``, by record id. ``same``/``different``: record ids whose content is or is not
    what the raw zone holds. ``kept``: listings taken as stored, as their page is not in the archive (its text is reserved, or
    retention removed it). ``problems``: (where, reason).
    """

    listings: list[dict[str, Any]] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def replay(
    card: Card, *, data: Path, run_id: str | None = None, accepted: Sequence[str] | None = None, workers: int | None = None
) -> Replay:
    """The listings of ``card`` as they stood after ``run_id`` (default: the newest run), read again from the archive.

    Raises InputError where there is no such run.
    """
    raw = Path(data) / "raw"
    runs = {r.run_id: r for r in complete_runs(raw, card.id) if accepted is None or r.run_id in accepted}
    if not runs or (run_id and run_id not in runs):
        raise InputError(
            f"no complete run {run_id or ''} of this portal", where=str(raw / card.id), hint=f"Runs: {', '.join(runs) or 'none'}."
        )
    until = run_id or list(runs)[-1]
    upto = [r for r in runs if run_key(r) <= run_key(until)]
    result, wanted, kept = Replay(), defaultdict[_Body, list[str]](list), list[str]()
    with _Readers(workers or _worth(runs[until])) as readers:
        known = sighted(raw, card.id, upto)
        if known.quarantine:  # what damaged sightings do not tell, the listings do
            known = history(raw, card.id, upto)
        for record in known.records.values():
            if record.status != "gone":
                if record.body:
                    wanted[record.body[0], record.body[1]].append(record.record_id)
                else:
                    kept.append(record.record_id)
        with passed_over():
            _read(result, known, wanted, readers.read(_Job(card, raw / card.id, known.addresses), sorted(wanted)))
    done = {*result.same, *result.different}
    kept += (i for ids in wanted.values() for i in ids if i not in done)
    if kept:
        _keep(result, history(raw, card.id, upto), kept)
    result.listings.sort(key=lambda row: row["record_id"])
    result.problems.sort()
    return result


def _read(result: Replay, known: History, wanted: dict[_Body, list[str]], found: Iterator[_Found]) -> None:
    for pages, problems in found:
        result.problems += problems
        for body, rows in pages.items():
            for record_id in wanted[body]:
                if row := rows.get(record_id):
                    same = row["content_hash"] == known.records[record_id].content_hash
                    (result.same if same else result.different).append(record_id)
                    result.listings.append(row)


def _keep(result: Replay, known: History, record_ids: list[str]) -> None:
    """Takes listings as stored."""
    for record_id in record_ids:
        if stored := known.records[record_id].versions:
            result.kept.append(record_id)
            result.listings.append(stored[-1].listing)
        else:
            result.problems.append((record_id, "neither the listing as stored nor its page can be read"))


@dataclass
class _Job:
    card: Card
    folder: Path
    addresses: dict[str, str]


def _worth(run: RunReport) -> int:
    """How many processes are worth their start."""
    return 1 if run.counts["found"] < _FEW else os.cpu_count() or 1


class _Readers:
    """This process and others beside it, which start while it is busy with the sightings."""

    def __init__(self, workers: int) -> None:
        self._others = workers - 1
        start = get_context("forkserver")
        self._pool = ProcessPoolExecutor(self._others, mp_context=start, initializer=keep_freed) if self._others else None

    def __enter__(self) -> _Readers:
        if self._pool:
            for _ in range(self._others):
                self._pool.submit(os.getpid)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def read(self, job: _Job, bodies: list[_Body]) -> Iterator[_Found]:
        """What the pages say, in lots."""
        lots = deque(bodies[i : i + _LOT] for i in range(0, len(bodies), _LOT))
        begun: deque[Future[_Found]] = deque()
        with TemporaryDirectory(prefix="eduatlas-replay-") as place:
            told = Path(place) / "job"  # all addresses of a portal are too much to be sent along with every lot
            if self._pool:
                told.write_bytes(pickle.dumps(job))
            _begin(job, told)
            while lots:
                while self._pool and lots and len(begun) < _AHEAD * self._others:
                    begun.append(self._pool.submit(_lot, told, lots.pop()))
                if lots:
                    yield _lot(told, lots.popleft())
                while begun and begun[0].done():
                    yield begun.popleft().result()
            yield from (future.result() for future in begun)


_state: dict[str, Any] = {}


def _begin(job: _Job, told: Path) -> None:
    """Prepares this process for a job: its platforms and its archive are made."""
    memory = Memory(addresses=job.addresses)
    _state["doors"] = [platform_named(h.platform)(job.card, h, memory) for h in job.card.harvest]
    _state["archive"] = Archive(job.folder)
    _state["languages"] = job.card.languages
    _state["told"] = told


def _lot(told: Path, bodies: list[_Body]) -> _Found:
    if _state.get("told") != told:
        _begin(pickle.loads(told.read_bytes()), told)
    found: dict[_Body, dict[str, dict[str, Any]]] = {}
    problems: list[tuple[str, str]] = []
    for run_id, n in bodies:
        try:
            found[run_id, n] = _page(run_id, n)
        except (HarvestError, StorageError) as e:
            problems.append((f"{run_id} page {n}", str(e)))
        except Exception as e:  # a page that a changed card cannot read is this page's trouble
            problems.append((f"{run_id} page {n}", f"cannot be read: {type(e).__name__}: {e}"))
    return found, problems


def _page(run_id: str, n: int) -> dict[str, dict[str, Any]]:
    archive: Archive = _state["archive"]
    row = archive.rows(run_id).get(n, {})
    page = archive.page(run_id, n)
    page.languages = _state["languages"]
    doors = _state["doors"]
    if row.get("harvest", 0) >= len(doors):
        raise HarvestError("the card has fewer doors than when this page was fetched", where=page.url)
    rows: dict[str, dict[str, Any]] = {}
    for item in getattr(doors[row.get("harvest", 0)], row["parse"])(page):
        if isinstance(item, Listing) and doors[row.get("harvest", 0)].wants(item.url):
            listing = clean(item, reserved=page.reserved)
            said = listing.as_dict()
            rows.setdefault(listing.record_id, {**said, "content_hash": hash_of(said)})
    return rows
