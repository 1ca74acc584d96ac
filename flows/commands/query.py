"""`eduatlas query`: read-only SQL over the published atlas."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("query")
@click.argument("sql")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), help="Default: a table in a terminal, CSV in a pipe."
)
@with_settings
def command(settings: Settings, sql: str, form: str | None) -> None:
    """Run read-only SQL over the published atlas. SQL reaches neither files nor the network."""
    from warehouse.query import query

    query(settings.database, sql, form or ("json" if settings.json else "table" if console.out.is_terminal else "csv"))
