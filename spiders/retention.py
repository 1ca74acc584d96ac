"""Retention: old bodies leave the archive; the last full response of a listing that is not gone never does.

A run keeps its listings, sightings and ``run.json`` for ever. Only bodies that nothing points to any more are removed, from runs
older than the given number of days: what is still needed moves to ``kept.warc.gz`` beside the old archive, ``pages.jsonl`` is
replaced atomically, and then the old archive goes. A crash at any point leaves a readable archive.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from spiders.archive import PAGES, WARC, Archive, read_member
from spiders.files import write_atomic
from spiders.rawzone import RunReport, complete_runs, history

KEPT = "kept.warc.gz"


@dataclass(frozen=True)
class Freed:
    """What a retention pass removed from one portal."""

    runs: int
    pages: int
    bytes: int


def retain(raw: Path, portal: str, *, days: int, accepted: Iterable[str] | None = None, now: datetime | None = None) -> Freed:
    """Removes bodies older than ``days`` that no listing and no page known today needs."""
    accepted = None if accepted is None else list(accepted)
    limit = (now or datetime.now(UTC)) - timedelta(days=days)
    needed = _needed(raw, portal, accepted)
    archive = Archive(raw / portal)
    freed = [_thin(run, archive, needed) for run in complete_runs(raw, portal) if datetime.fromisoformat(run.started) < limit]
    return Freed(sum(pages > 0 for pages, _ in freed), sum(p for p, _ in freed), sum(b for _, b in freed))


def _needed(raw: Path, portal: str, accepted: list[str] | None) -> set[tuple[str, int]]:
    """[run, n] of every full response that is still the last one of a listing or of a page.

    Both the accepted runs and all runs are asked: a run may still be accepted by a curator's word.
    """
    needed: set[tuple[str, int]] = set()
    for runs in {None, tuple(accepted) if accepted is not None else None}:
        known = history(raw, portal, runs, contents=False)
        needed |= {(r.body[0], r.body[1]) for r in known.records.values() if r.body and r.status != "gone"}
        last = known.runs[-1].run_id if known.runs else ""
        visited = Archive(raw / portal).rows(last).values() if last else ()
        needed |= {(row["body"][0], row["body"][1]) for row in visited if row.get("body")}
    return needed


def _thin(run: RunReport, archive: Archive, needed: set[tuple[str, int]]) -> tuple[int, int]:
    rows = archive.rows(run.run_id)
    mine = [r for r in rows.values() if r.get("offset") is not None and r.get("body") == [run.run_id, r["n"]]]
    drop = {r["n"] for r in mine if (run.run_id, r["n"]) not in needed}
    old = {run.folder / (r.get("warc") or WARC) for r in rows.values()} | {run.folder / WARC}
    if not drop or any(p.name == KEPT for p in old):
        return 0, 0
    before = sum(p.stat().st_size for p in old if p.exists())
    moved: dict[int, int] = {}
    kept = run.folder / KEPT
    with kept.open("wb") as f:
        for row in mine:
            if row["n"] not in drop:
                moved[row["n"]] = f.tell()
                f.write(read_member(run.folder / (row.get("warc") or WARC), row["offset"]))
        f.flush()
        os.fsync(f.fileno())
    write_atomic(run.folder / PAGES, "".join(_line(row, moved) for row in rows.values()))
    for path in old:
        path.unlink(missing_ok=True)
    return len(drop), before - kept.stat().st_size


def _line(row: dict[str, Any], moved: dict[int, int]) -> str:
    row = {k: v for k, v in row.items() if k not in ("offset", "warc")}
    if row["n"] in moved:
        row |= {"offset": moved[row["n"]], "warc": KEPT}
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
