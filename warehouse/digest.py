"""What a DuckDB file says, as one number: its DDL, its comments, and the ordered rows of its tables.

DuckDB does not write pages deterministically, so two builds of the same inputs differ in bytes; their digests are equal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import duckdb

from warehouse import sqlfiles

#: columns that only tell when something was last looked at, and tables that only tell that it was
OBSERVED_COLUMNS = frozenset({"last_seen"})
OBSERVED_TABLES = frozenset({"runs", "releases", "quality"})


@dataclass(frozen=True, slots=True)
class Digest:
    """``content`` covers everything; ``identity`` leaves out what only tells about the time of looking. Both 64 hex digits."""

    content: str
    identity: str
    rows: dict[str, int]


def digest(con: duckdb.DuckDBPyConnection) -> Digest:
    """The digest of the database that ``con`` is connected to. Every row counts with its place: the declared one, else that in the file."""
    catalogue = json.dumps(con.execute(sqlfiles.named("reports", "catalogue").text).fetchall(), ensure_ascii=False)
    content, identity, rows = [catalogue], [catalogue], {}
    for table, columns in tables(con).items():
        said = [c for c in columns if c not in OBSERVED_COLUMNS]
        seen = [c for c in columns if c in OBSERVED_COLUMNS]
        count, about_said, about_seen = _hash(con, table, said, seen)
        rows[table] = count
        content.append(f"{table} {order(table)} {count} {about_said} {about_seen}")
        if table not in OBSERVED_TABLES:
            identity.append(f"{table} {order(table)} {count} {about_said}")
    return Digest(_sha("\n".join(content)), _sha("\n".join(identity)), rows)


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Published tables and their columns, by name."""
    found: dict[str, list[str]] = {}
    for table, _, column, _, _ in con.execute(sqlfiles.named("reports", "datasets").text).fetchall():
        found.setdefault(table, []).append(column)
    return found


def order(table: str) -> str | None:
    """The declared order of a table's rows as SQL; None for one whose rows stand in their order in the file."""
    return next((file.header.get("order") for file in sqlfiles.load("tables") if file.name == table), None)


def _hash(con: duckdb.DuckDBPyConnection, table: str, said: list[str], seen: list[str]) -> tuple[int, int, int]:
    # where the rows say themselves in which order they come, their place in the file adds nothing
    place = [] if order(table) else ["rowid"]

    def of(columns: list[str]) -> str:
        return f"coalesce(sum(hash({', '.join([*place, *map(quote, columns)])})::HUGEINT), 0)" if columns else "0"

    row = con.execute(f"SELECT count(*), {of(said)}, {of(seen)} FROM {quote(table)}").fetchall()[0]
    return int(row[0]), int(row[1]), int(row[2])


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
