"""`eduatlas publish`: build, check, export and swap in a release."""

from __future__ import annotations

from pathlib import Path

import click

from flows import console
from flows.commands._common import with_settings
from flows.commands._reports import publish_summary
from flows.config import Settings
from spiders.errors import UsageError


@click.command("publish")
@click.option("--rebuild", is_flag=True, help="Refine again from raw zone and ledger first.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="With --rebuild: another folder; this one stays as it is.")
@click.option("--rollback", metavar="VERSION", help="Make an earlier release the published one.")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Remove the oldest releases beyond N; the published one always stays.")
@with_settings
def command(settings: Settings, rebuild: bool, out: Path | None, rollback: str | None, keep: int | None) -> None:
    """Publish what refine made: build the DuckDB file, check it, export the datasets, swap the release in whole."""
    from flows import publishing

    if out and not rebuild:
        raise UsageError("--out goes with --rebuild", hint="eduatlas publish --rebuild --out FOLDER")
    if rollback and rebuild:
        raise UsageError("--rollback and --rebuild exclude each other", hint="Roll back first, then rebuild.")
    if keep and (rebuild or rollback):
        raise UsageError("--keep goes alone", hint="Publish first, then `eduatlas publish --keep N`.")
    if keep:
        for version in publishing.prune(settings, keep):
            click.echo(f"release {version} is removed")
        return
    if rollback:
        publishing.rollback(settings, rollback)
        console.err.print(f"published again: {rollback}")
        return
    report = publishing.rebuild(settings, out) if rebuild else publishing.republish(settings)
    if settings.json:
        console.dump(report)
    else:
        publish_summary(report)
