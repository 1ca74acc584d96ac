"""The published tables, views and macros with their comments, read from the SQL that makes them.

python -m warehouse.dictionary > docs/data-dictionary.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from warehouse import build, sqlfiles


@dataclass(frozen=True, slots=True)
class Column:
    """A published column."""

    table: str
    column: str
    type: str
    comment: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A published table, view or macro; ``signature`` is its name, with parameters for a macro."""

    kind: str
    name: str
    signature: str
    comment: str


def empty() -> duckdb.DuckDBPyConnection:
    """A database in memory as a build makes it, without rows."""
    con = duckdb.connect(config={"threads": 1})
    build.run(con, None, version="0000-00-00.0", schema_version=build.SCHEMA_VERSION)
    return con


def columns(con: duckdb.DuckDBPyConnection | None = None) -> list[Column]:
    """Every published column of tables and views."""
    with con or empty() as con:
        rows = con.execute(sqlfiles.named("reports", "columns").text).fetchall()
    return [Column(*row) for row in rows]


def entries(con: duckdb.DuckDBPyConnection | None = None) -> list[Entry]:
    """Every published table, view and macro."""
    with con or empty() as con:
        rows = con.execute(sqlfiles.named("reports", "entries").text).fetchall()
    return [Entry(*row) for row in rows]


def markdown() -> str:
    """The data dictionary as a page."""
    found = columns()
    lines = [
        "# Data dictionary",
        "",
        f"Schema version {build.SCHEMA_VERSION}. Made from the comments in the database by `python -m warehouse.dictionary`.",
        "",
    ]
    for kind, heading in (("table", "Tables"), ("view", "Views"), ("macro", "Macros")):
        lines += [f"## {heading}", ""]
        for entry in entries():
            if entry.kind == kind:
                lines += list(_section(entry, [c for c in found if c.table == entry.name]))
    return "\n".join(lines).rstrip() + "\n"


def _section(entry: Entry, columns: list[Column]) -> Iterator[str]:
    yield from (f"### {entry.signature}", "", entry.comment, "")
    if columns and entry.kind != "macro":
        yield from ("| Column | Type | Meaning |", "|---|---|---|")
        for column in columns:
            comment = column.comment.replace("|", "\\|")
            yield f"| `{column.column}` | {column.type}{', always filled' if column.required else ''} | {comment} |"
        yield ""


if __name__ == "__main__":
    print(markdown(), end="")
