"""`eduatlas run`: the main job."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.commands._reports import run_summary
from flows.config import Settings


@click.command("run")
@click.argument("portals", nargs=-1)
@click.option("--full", is_flag=True, help="Fetch everything again, unchanged or not.")
@with_settings
def command(settings: Settings, portals: tuple[str, ...], full: bool) -> int:
    """Harvest, refine, publish and export: all portals, or the named ones."""
    from flows.pipeline import run

    report = run(settings, portals, full=full)
    if settings.json:
        console.dump(report)
    else:
        run_summary(settings, report)
    return 1 if report.troubled else 0
