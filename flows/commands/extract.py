"""`eduatlas extract`: what a page says, and where each value was taken from."""

from __future__ import annotations

from pathlib import Path

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings
from spiders.errors import FileError


@click.command("extract")
@click.argument("page", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--url", required=True, help="Address the page was seen at.")
@click.option("--portal", help="Use the declared selectors of this portal's card.")
@with_settings
def command(settings: Settings, page: Path, url: str, portal: str | None) -> int:
    """Extract raw listings from a saved PAGE; prints JSON."""
    from flows.cards import chosen
    from spiders.extract.generic import extract_page

    try:
        html = page.read_bytes()
    except OSError as error:
        raise FileError(error.strerror or str(error), where=str(page), hint="Give a saved HTML page.") from error
    card = chosen(settings, [portal])[portal] if portal else None
    listings = [listing.as_dict() for listing in extract_page(html, url, card)]
    console.dump(listings)
    return 0 if listings else 1
