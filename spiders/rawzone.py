"""The raw zone ``<data>/raw/<portal>/<run_id>/``: append-only, one folder a run, complete once it holds ``run.json``.

listings.jsonl    new and changed listings, with ``content_hash``
sightings.jsonl   one line per listing known in the run: record_id, content_hash, status, url, also, token, body, evidence
pages.jsonl       one line per page (``spiders/archive.py``)
pages.warc.gz     the archive
run.json          counts, timings, errors, rights: written last and atomically
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spiders.archive import PAGES, ArchiveWriter, read_lines
from spiders.errors import StorageError
from spiders.files import sync, write_atomic
from spiders.listing import hash_of
from spiders.memory import uncollected
from spiders.page import url_key

RUN, LISTINGS, SIGHTINGS = "run.json", "listings.jsonl", "sightings.jsonl"
#: a listing missing in so many accepted runs in a row is gone
GONE_AFTER = 3
_ABSENT = ("missing", "gone")
_RUN_ID = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d+)")


def run_key(run_id: str) -> tuple[str, int]:
    """Sorts run ids by date and number."""
    m = _RUN_ID.fullmatch(run_id)
    return (m[1], int(m[2])) if m else (run_id, 0)


@dataclass(frozen=True)
class RunReport:
    """What a complete run says of itself: ``run.json``."""

    portal: str
    run_id: str
    folder: Path
    run: dict[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        """pages, bytes, found, new, changed, unchanged, missing, gone, errors."""
        return self.run["counts"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """``{reason, url}`` of what went wrong."""
        return self.run["errors"]

    @property
    def started(self) -> str:
        """ISO time, UTC."""
        return self.run["started"]

    @property
    def claimed(self) -> int | None:
        """How many listings the portal says it has."""
        return self.run.get("claimed")

    @property
    def short(self) -> list[str]:
        """Why listings may be missing from this run; empty for a whole one."""
        return self.run.get("short", [])


RunInfo = RunReport


class RawWriter:
    """Writes one run. Nothing counts before ``finish``."""

    def __init__(self, raw: Path, portal: str, run_id: str, about: dict[str, str]) -> None:
        if not _RUN_ID.fullmatch(run_id):
            raise StorageError(f"{run_id!r} is no run id", hint="Run ids look like 2025-01-31.1.")
        self.folder = raw / portal / run_id
        if (self.folder / RUN).exists():
            raise StorageError("this run is complete and cannot be written again", where=str(self.folder), hint="Start a new run.")
        try:
            _set_aside(self.folder)
            self.folder.mkdir(parents=True)
            self.archive = ArchiveWriter(self.folder, about)
            names = (LISTINGS, SIGHTINGS, PAGES)
            self._files = {name: (self.folder / name).open("w", encoding="utf-8", newline="\n") for name in names}
        except OSError as e:
            raise StorageError(
                f"cannot be written: {e.strerror}", where=str(self.folder), hint="Check space and permissions of the data folder."
            ) from e

    def listing(self, said: dict[str, Any]) -> None:
        """A new or changed listing: ``Listing.as_dict()`` and its ``content_hash``."""
        self._line(LISTINGS, said)

    def sighting(self, row: dict[str, Any]) -> None:
        """One listing as this run saw it."""
        self._line(SIGHTINGS, row)

    def page(self, row: dict[str, Any]) -> None:
        """Where one page lies and how it was read."""
        self._line(PAGES, row)

    def _line(self, name: str, row: dict[str, Any]) -> None:
        self._files[name].write(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")

    def rename(self, moved: dict[str, str]) -> dict[str, str]:
        """Gives listings written in this run the record ids they had before they moved (new id -> old id); returns their new hashes."""
        hashes = {}
        path = self.folder / LISTINGS
        self._files[LISTINGS].close()
        rows = [row for row, _ in read_lines(path) if row]
        self._files[LISTINGS] = path.open("w", encoding="utf-8", newline="\n")
        for row in rows:
            if row["record_id"] in moved:
                row["record_id"] = moved[row["record_id"]]
                row["content_hash"] = hashes[row["record_id"]] = hash_of(row)
            self._line(LISTINGS, row)
        return hashes

    def finish(self, run: dict[str, Any]) -> Path:
        """Makes everything durable, then writes ``run.json`` atomically."""
        try:
            for file in (*self._files.values(), self.archive.close()):
                file.flush()
                os.fsync(file.fileno())
                file.close()
            write_atomic(self.folder / RUN, json.dumps(run, ensure_ascii=False, sort_keys=True, indent=1) + "\n")
            sync(self.folder.parent)
        except OSError as e:
            raise StorageError(
                f"cannot be written: {e.strerror}", where=str(self.folder), hint="Check space and permissions of the data folder."
            ) from e
        return self.folder / RUN


def unwritable(folder: Path, error: OSError) -> StorageError:
    """The data folder refuses a write."""
    what = f"cannot be written: {error.strerror or error}"
    return StorageError(what, where=str(folder), hint="Check space and permissions of the data folder.")


def _set_aside(folder: Path) -> None:
    """An interrupted run of the same id stays, under another name."""
    number = 1
    while folder.exists():
        aside = folder.with_name(f"{folder.name}~{number}")
        if not aside.exists():
            folder.rename(aside)
        number += 1


def complete_runs(raw: Path, portal: str) -> list[RunReport]:
    """The complete runs of a portal, oldest first. A damaged ``run.json`` is an interrupted run."""
    found = []
    for folder in _folders(raw, portal):
        run = _read_run(folder)
        if run is not None and _RUN_ID.fullmatch(folder.name):
            found.append(RunReport(portal, folder.name, folder, run))
    return sorted(found, key=lambda r: run_key(r.run_id))


def interrupted_runs(raw: Path, portal: str) -> list[Path]:
    """Folders of runs that never finished."""
    return [folder for folder in _folders(raw, portal) if _read_run(folder) is None]


def _folders(raw: Path, portal: str) -> list[Path]:
    home = raw / portal
    return sorted(p for p in home.iterdir() if p.is_dir()) if home.is_dir() else []


def _read_run(folder: Path) -> dict[str, Any] | None:
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return run if isinstance(run, dict) and "counts" in run else None


@dataclass
class Version:
    """One wording of a listing: seen from ``first_seen`` to ``last_seen``; ``seen_until`` when another one or nothing followed."""

    listing: dict[str, Any]
    content_hash: str
    run_id: str
    first_seen: str
    last_seen: str
    seen_until: str | None = None


@dataclass
class Record:
    """A listing over the accepted runs: its versions and where it stands now (active, missing, gone)."""

    record_id: str
    versions: list[Version] = field(default_factory=list)
    status: str = "active"
    misses: int = 0
    url: str = ""
    also: list[str] = field(default_factory=list)
    token: str | None = None
    #: [run, n] of the full response it was last read from
    body: list[Any] | None = None
    content_hash: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass
class History:
    """What the accepted runs know of a portal: record id -> Record, page key -> row of ``pages.jsonl``, and what could not be read."""

    records: dict[str, Record] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    runs: list[RunReport] = field(default_factory=list)

    @property
    def addresses(self) -> dict[str, str]:
        """Key of every address that a listing had -> record id."""
        found: dict[str, str] = {}
        for record in self.records.values():
            item = record.record_id.rpartition("#")[2] if "#" in record.record_id else ""
            for url in (*record.also, record.url):
                if url:
                    found[url_key(url) + (f"#{item}" if item else "")] = record.record_id
        return found


@uncollected()
def history(raw: Path, portal: str, run_ids: Iterable[str] | None = None, *, contents: bool = True) -> History:
    """Folds the accepted runs (default: all complete ones) in order. ``contents=False`` leaves the listings' text out."""
    wanted = None if run_ids is None else set(run_ids)
    known = History()
    for report in complete_runs(raw, portal):
        if wanted is None or report.run_id in wanted:
            known.runs.append(report)
            _fold(known, report, contents)
    return known


@uncollected()
def sighted(raw: Path, portal: str, run_ids: Iterable[str]) -> History:
    """`history` as the sightings alone tell it, in a fifth of the time: without versions and pages, with content hashes as sighted."""
    wanted, known = set(run_ids), History()
    for report in complete_runs(raw, portal):
        if report.run_id in wanted:
            known.runs.append(report)
            for row in _checked(known, report, SIGHTINGS):
                _sight(known, report.run_id, report.started, row, None, contents=False)
                if row["status"] not in _ABSENT:
                    known.records[row["record_id"]].content_hash = row["content_hash"]
    return known


def _fold(known: History, report: RunReport, contents: bool) -> None:
    at = report.started
    listings = {row["record_id"]: row for row in _checked(known, report, LISTINGS)}
    seen = set()
    for row in _checked(known, report, SIGHTINGS):
        seen.add(row["record_id"])
        _sight(known, report.run_id, at, row, listings.get(row["record_id"]), contents)
    for record_id in listings.keys() - seen:  # its sighting is damaged, the listing itself is not
        row = listings[record_id]
        sighting = {"record_id": record_id, "content_hash": row["content_hash"], "status": "changed", "url": row["url"]}
        _sight(known, report.run_id, at, sighting, row, contents)
    for row, _ in read_lines(report.folder / PAGES) if (report.folder / PAGES).exists() else ():
        if row and row.get("body"):
            known.pages[url_key(row["asked"])] = row


def _sight(known: History, run_id: str, at: str, row: dict[str, Any], listing: dict[str, Any] | None, contents: bool) -> None:
    record = known.records.setdefault(row["record_id"], Record(row["record_id"]))
    record.evidence = row.get("evidence") or {}
    last = record.versions[-1] if record.versions else None
    if row["status"] in _ABSENT:
        record.misses += 1
        record.status = "gone" if row["status"] == "gone" or record.misses >= GONE_AFTER else "missing"
        if record.status == "gone" and last:
            last.seen_until = at
        return
    if listing is not None and (last is None or last.content_hash != row["content_hash"] or record.status == "gone"):
        if last and not last.seen_until:
            last.seen_until = at
        record.versions.append(Version(listing if contents else {}, row["content_hash"], run_id, at, at))
    elif last:
        last.last_seen = at
    record.status, record.misses = "active", 0
    record.content_hash = record.versions[-1].content_hash if record.versions else None
    record.url = row.get("url") or record.url
    record.also = list(dict.fromkeys([*record.also, *row.get("also", [])]))
    record.token, record.body = row.get("token"), row.get("body")


def _checked(known: History, report: RunReport, name: str) -> Iterator[dict[str, Any]]:
    path = report.folder / name
    if not path.exists():
        known.quarantine.append(_bad(report, name, 0, "the file is missing"))
        return
    for number, (row, reason) in enumerate(read_lines(path), 1):
        if row is not None:
            reason = _fault(row, name)
        if reason:
            known.quarantine.append(_bad(report, name, number, reason))
        else:
            yield row


def _fault(row: dict[str, Any], name: str) -> str:
    if not isinstance(row.get("record_id"), str) or not row.get("content_hash"):
        return "lacks record_id or content_hash"
    if name == LISTINGS and hash_of(row) != row["content_hash"]:
        return "the content does not fit its hash"
    if name == SIGHTINGS and row.get("status") not in ("new", "changed", "unchanged", "missing", "gone"):
        return f"unknown status {row.get('status')!r}"
    return ""


def _bad(report: RunReport, name: str, line: int, reason: str) -> dict[str, Any]:
    return {"portal": report.portal, "run_id": report.run_id, "source": name, "line": line, "reason": reason}


def versions(raw: Path, portal: str, run_ids: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Every version of every listing over the accepted runs, and a row per line that could not be read.

    A version: the raw listing and ``content_hash, run_id, first_seen, last_seen, seen_until`` (None while it stands),
    ``listing_status`` (where the listing stands now: active, missing or gone). A quarantined line: ``portal, run_id,
    source, line, reason``, without ``record_id``.
    """
    known = history(raw, portal, run_ids)
    rows = [
        {
            **version.listing,
            "content_hash": version.content_hash,
            "run_id": version.run_id,
            "first_seen": version.first_seen,
            "last_seen": version.last_seen,
            "seen_until": version.seen_until,
            "listing_status": record.status,
        }
        for record in known.records.values()
        for version in record.versions
    ]
    return sorted(rows, key=lambda r: (r["record_id"], r["first_seen"])) + known.quarantine
