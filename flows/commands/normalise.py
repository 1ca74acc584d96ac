"""`eduatlas normalise`: any list of listings to typed ones."""

from __future__ import annotations

from pathlib import Path

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("normalise")
@click.argument("listings", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="JSONL, CSV or Parquet, by extension.")
@click.option("--map", "columns", multiple=True, metavar="THEIRS=OURS", help="Name of a column there, and what it is here; repeatable.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@with_settings
def command(settings: Settings, listings: Path, out: Path, columns: tuple[str, ...], workers: int) -> int:
    """Turn LISTINGS (JSONL, CSV or XLSX, raw or input shape) into typed listings."""
    from flows.cards import cards_of, prior
    from spiders.errors import UsageError
    from transforms.io import normalise_file

    mapping = {}
    for pair in columns:
        theirs, equals, ours = pair.partition("=")
        if not equals:
            raise UsageError(f"--map {pair} has no =", hint="--map THEIRS=OURS, as in --map Projekttitel=title")
        mapping[theirs] = ours
    priors = {name: prior(card) for name, card in cards_of(settings).items()}
    report = normalise_file(listings, out, priors=priors, workers=workers, mapping=mapping or None)
    if settings.json:
        console.dump(report)
    elif not settings.quiet:
        console.err.print(f"{report.rows} listings typed, {report.quarantined} quarantined: {out}")
    return 1 if report.quarantined else 0
