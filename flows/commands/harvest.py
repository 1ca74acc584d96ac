"""`eduatlas harvest`: the first stage alone."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.commands._reports import portal_table
from flows.config import Settings
from flows.console import Progress


@click.command("harvest")
@click.argument("portals", nargs=-1)
@click.option("--full", is_flag=True, help="Fetch everything again, unchanged or not.")
@with_settings
def command(settings: Settings, portals: tuple[str, ...], full: bool) -> int:
    """Harvest all portals, or the named ones, into the raw zone."""
    from flows.pipeline import harvest

    report = harvest(settings, portals, full=full, progress=Progress(settings.quiet))
    if settings.json:
        console.dump(report)
    else:
        portal_table(report.portals)
    return 1 if report.troubled else 0
