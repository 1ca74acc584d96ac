"""The publish stage: a release from refined frames, in this data folder or rebuilt in another."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from flows.cards import cards_of
from flows.config import STAMP, Settings
from flows.refining import RefineReport, read_report, refine
from warehouse import publish as warehouse
from warehouse.lock import DataLock
from warehouse.publish import PublishReport
from warehouse.query import connect
from warehouse.sqlfiles import named


def publish(settings: Settings, refined: RefineReport) -> PublishReport:
    """Build, check, export and swap in the release; nothing changes where its content equals the published one."""
    report = warehouse.publish(settings.data, refined.folder, version=refined.version, world=settings.world)
    if settings.keep_releases:
        warehouse.prune(settings.data, settings.keep_releases)
    return report


def republish(settings: Settings) -> PublishReport:
    """Publish what the last refine left."""
    with DataLock(settings.data):
        return publish(settings, read_report(settings))


def rebuild(settings: Settings, out: Path | None) -> PublishReport:
    """Refine again from raw zone and ledger, and publish: here, or into another folder that needs nothing but these two."""
    cards = cards_of(settings)
    if out is None:
        with DataLock(settings.data):
            return publish(settings, refine(settings, cards))
    out.mkdir(parents=True, exist_ok=True)
    with DataLock(settings.data), DataLock(out), tempfile.TemporaryDirectory(dir=out, prefix=".refined-") as folder:
        report = refine(settings, cards, into=Path(folder), write_ledger=False)
        if (settings.data / STAMP).exists():
            shutil.copyfile(settings.data / STAMP, out / STAMP)
        return warehouse.publish(out, report.folder, version=report.version, world=settings.world)


def prune(settings: Settings, keep: int) -> list[str]:
    """Remove the oldest releases beyond ``keep``, never the published one; their versions."""
    with DataLock(settings.data):
        return warehouse.prune(settings.data, keep)


def holding(settings: Settings, marks: Iterable[str]) -> list[str]:
    """Versions, newest first, whose listings bear one of the marks of what was forgotten."""
    sql, found = named("reports", "holding").text, []
    for release in warehouse.listed(settings.data):
        with connect(settings.releases / release.version / warehouse.DATABASE) as con:
            row = con.execute(sql, {"marks": list(marks)}).fetchone()
        if row and row[0]:
            found.append(release.version)
    return found


def publish_without(settings: Settings, marks: Iterable[str], *, withdraw: bool) -> tuple[str | None, list[str], list[str]]:
    """Publish anew where the published release holds something forgotten; with ``withdraw`` remove every release that does.

    The caller holds the DataLock. Returns the new version (None where none was needed), the versions that still hold it, and those removed.
    """
    marks, version = list(marks), None
    found = holding(settings, marks)
    if warehouse.latest(settings.data) in found:
        version = publish(settings, refine(settings, cards_of(settings))).version
    if not withdraw:
        return version, found, []
    warehouse.remove_releases(settings.data, found)
    return version, [], found


def rollback(settings: Settings, version: str) -> None:
    """Make an earlier release the published one."""
    with DataLock(settings.data):
        warehouse.rollback(settings.data, version)
