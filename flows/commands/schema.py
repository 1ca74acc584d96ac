"""`eduatlas schema`: the record shapes, as the code that uses them declares them."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("schema")
@click.argument("shape", type=click.Choice(["raw", "input", "typed", "published"]))
@with_settings
def command(settings: Settings, shape: str) -> None:
    """Print a record shape: raw, input, typed or published."""
    rows = {"raw": _raw, "input": _input, "typed": _typed, "published": _published}[shape]()
    if settings.json:
        console.dump(rows)
        return
    header = list(rows[0])
    console.table([[row[name] for name in header] for row in rows], header)


def _raw() -> list[dict[str, str]]:
    from dataclasses import fields

    from spiders.listing import FIELDS, HARVEST_FIELDS, Listing

    about = {**FIELDS, **HARVEST_FIELDS, **Listing.EXTRA}
    return [{"field": f.name, "type": str(f.type), "about": about[f.name]} for f in fields(Listing)]


def _input() -> list[dict[str, str]]:
    from spiders.listing import FIELDS, REQUIRED

    return [{"field": name, "required": "yes" if name in REQUIRED else "", "about": about} for name, about in FIELDS.items()]


def _typed() -> list[dict[str, str]]:
    from transforms.columns import COLUMNS

    return [{"column": c.name, "type": c.type, "from": "; ".join(c.sources), "about": c.about} for c in COLUMNS.values()]


def _published() -> list[dict[str, str]]:
    from warehouse.dictionary import columns

    return [{"table": c.table, "column": c.column, "type": c.type, "about": c.comment} for c in columns()]
