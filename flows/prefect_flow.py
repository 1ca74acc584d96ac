"""The pipeline's Prefect flow and tasks. Import only after ``config.apply_prefect_environment``.

The flow's parameters are plain JSON values, so that a deployment can carry them and a server can show them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import config
from flows.cards import cards_of
from flows.config import Settings
from flows.console import Progress
from flows.harvesting import harvest_portal, options_of, wanted
from flows.pipeline import RunReport, line, new_run_id, world
from flows.publishing import PublishReport, publish
from flows.refining import RefineReport, refine
from spiders.crawl import HarvestOptions
from warehouse.lock import DataLock


@task(name="harvest", task_run_name="harvest {portal}", cache_policy=NO_CACHE, persist_result=False)
def harvest_task(portal: str, settings: Settings, run_id: str, options: HarvestOptions) -> dict[str, Any]:
    """One portal; its own trouble is its verdict."""
    return harvest_portal(settings, cards_of(settings)[portal], run_id, options)


@task(name="refine", cache_policy=NO_CACHE, persist_result=False)
def refine_task(settings: Settings) -> RefineReport:
    """Normalise, resolve, identify."""
    return refine(settings, cards_of(settings))


@task(name="publish", cache_policy=NO_CACHE, persist_result=False)
def publish_task(settings: Settings, refined: RefineReport) -> PublishReport:
    """Build the DuckDB file beside, check it, export the datasets, swap the release in."""
    return publish(settings, refined)


@flow(name="eduatlas", persist_result=False)
def pipeline(
    data: str, portals: list[str] | None = None, sample: bool = False, full: bool = False, allow_private: bool = False, quiet: bool = True
) -> RunReport:
    """Harvest -> refine -> publish -> export, under the data folder's lock."""
    settings = config.resolve(data=Path(data), sample=sample, quiet=quiet, allow_private=allow_private)
    config.stamp(settings)
    with DataLock(settings.data):
        return _stages(settings, portals or [], full)


def _stages(settings: Settings, portals: list[str], full: bool) -> RunReport:
    progress = Progress(settings.quiet)
    run_id = new_run_id(settings)
    with world(settings) as addresses:
        options = options_of(settings, addresses, full=full)
        futures = [harvest_task.submit(portal, settings, run_id, options) for portal in wanted(settings, portals)]
        progress.say(f"harvesting {len(futures)} portals, run {run_id}")
        events = []
        for future in as_completed(futures):
            events.append(future.result())
            progress.say(line(events[-1]))
    progress.say("refining: normalise, resolve, identify")
    refined = refine_task(settings)
    progress.say(f"publishing {refined.counts['initiatives']} initiatives from {refined.counts['listings']} listings")
    published = publish_task(settings, refined)
    return RunReport(run_id, sorted(events, key=lambda e: e["portal"]), refined, published)


def with_workers(settings: Settings) -> Any:
    """The flow with as many portals at the same time as the settings say."""
    runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=settings.workers)
    return pipeline.with_options(task_runner=runner)  # type: ignore[arg-type]  # Prefect's own tasks return this runner's futures
