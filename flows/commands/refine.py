"""`eduatlas refine`: normalise, resolve and identify what was harvested."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("refine")
@with_settings
def command(settings: Settings) -> None:
    """Normalise, resolve and identify what was harvested; publishes nothing."""
    from flows.cards import cards_of
    from flows.refining import refine
    from warehouse.lock import DataLock

    with DataLock(settings.data):
        report = refine(settings, cards_of(settings))
    if settings.json:
        console.dump(report)
    else:
        console.table(report.counts.items(), ("what", "rows"))
