"""The main job, to be read first: harvest -> refine -> publish -> export, as one Prefect flow.

    portal a ─┐
    portal b ─┼─> refine ──> publish ──> export
    portal c ─┘   one atlas   a DuckDB    datasets, manifest; then the
                              file beside  release is swapped in whole

One task per portal and one per later stage, never one per page. Stages are plain functions of `flows`, `transforms` and `warehouse` and run
just as well without Prefect. A portal that fails is held back at its last good state and reported; the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows import config
from flows.config import Settings
from flows.console import Progress
from flows.harvesting import harvest_portal, options_of, wanted
from flows.history import next_run_id
from warehouse.ledger import Ledger
from warehouse.lock import DataLock

if TYPE_CHECKING:
    from flows.refining import RefineReport
    from warehouse.publish import PublishReport


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one call of the main job did. portals: the ledger's event of each."""

    run_id: str
    portals: list[dict[str, Any]] = field(default_factory=list)
    refined: RefineReport | None = None
    published: PublishReport | None = None

    @property
    def troubled(self) -> list[dict[str, Any]]:
        """Portals that are held back, worst first."""
        return sorted((e for e in self.portals if e["verdict"] != "ok"), key=lambda e: (e["verdict"], e["portal"]))


def run(settings: Settings, names: Sequence[str] = (), *, full: bool = False) -> RunReport:
    """Harvest the named portals (all by default), refine, publish and export, as one Prefect flow run."""
    wanted(settings, names)  # a wrong name is said before anything starts
    config.stamp(settings)
    config.apply_prefect_environment(settings)
    from flows import prefect_flow  # Prefect takes a second to import, and must see its settings first

    return prefect_flow.with_workers(settings)(
        data=str(settings.data),
        portals=list(names),
        sample=settings.world == "sample",
        full=full,
        allow_private=settings.allow_private,
        quiet=settings.quiet,
    )


def harvest(settings: Settings, names: Sequence[str] = (), *, full: bool = False, progress: Progress | None = None) -> RunReport:
    """The first stage alone, without Prefect."""
    cards = wanted(settings, names)
    config.stamp(settings)
    progress = progress or Progress(quiet=True)
    with DataLock(settings.data):
        run_id = new_run_id(settings)
        events = []
        with world(settings) as addresses, ThreadPoolExecutor(settings.workers) as pool:
            options = options_of(settings, addresses, full=full)
            tasks = [pool.submit(harvest_portal, settings, card, run_id, options) for card in cards.values()]
            for task in as_completed(tasks):
                events.append(task.result())
                progress.say(line(events[-1]))
        return RunReport(run_id, sorted(events, key=lambda e: e["portal"]))


def new_run_id(settings: Settings) -> str:
    """The id that all portals of a run starting now share. A run that was killed before the ledger knew of it keeps its id."""
    left = [{"run_id": folder.name} for folder in settings.raw.glob("*/*") if folder.name.partition(".")[2].isdecimal()]
    return next_run_id([*Ledger(settings.ledger).read("runs"), *left], datetime.now(UTC).date().isoformat())


def world(settings: Settings) -> AbstractContextManager[Mapping[str, tuple[str, int]] | None]:
    """The addresses of the sample portals while they are served, in the sample world; nothing in the live one."""
    if settings.world == "live":
        return nullcontext(None)
    from spiders.samples.server import serve

    return _addresses(serve())


@contextmanager
def _addresses(serving: AbstractContextManager[Any]) -> Iterator[Mapping[str, tuple[str, int]]]:
    with serving as server:
        yield server.hosts


def line(event: Mapping[str, Any]) -> str:
    """One portal's outcome as a line of progress."""
    counts = event.get("counts") or {}
    if event["verdict"] != "ok":
        return f"  {event['portal']:<28} {event['verdict']}: {'; '.join(event['reasons'])}"
    told = ", ".join(f"{counts[name]} {name}" for name in ("new", "changed", "unchanged", "missing", "gone") if counts.get(name))
    return f"  {event['portal']:<28} {told or 'no listings'}"
