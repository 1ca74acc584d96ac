"""`eduatlas match`: a list of one's own against the published atlas."""

from __future__ import annotations

from pathlib import Path

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("match")
@click.argument("listings", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="CSV, JSONL or XLSX, by extension.")
@with_settings
def command(settings: Settings, listings: Path, out: Path) -> int:
    """Hold LISTINGS (JSONL, CSV or XLSX) against the published atlas: the same rows with initiative_id, score and verdict."""
    from flows.matching import match_file

    counts = match_file(settings, listings, out)
    if settings.json:
        console.dump(counts)
    elif not settings.quiet:
        told = {"join": "known", "doubtful": "doubtful", "apart": "new to the atlas", "refused": "refused"}
        console.err.print(", ".join(f"{counts[v]} {word}" for v, word in told.items() if counts[v]) + f": {out}")
    return 1 if counts["refused"] else 0
