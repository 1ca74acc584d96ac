"""What a DuckDB file says, as one number: its DDL, its comments, and the ordered rows of its tables.

DuckDB does not write pages deterministically, so two builds of the same inputs differ in bytes; their digests are equal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
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


def digest(con: duckdb.DuckDBPyConnection, known: Mapping[str, tuple[int, int]] | None = None) -> Digest:
    """The digest of the database that ``con`` is connected to. Every row counts with its place: the declared one, else that in the file.

    ``known``: of tables with a declared order the number of rows and the sum of their ``row_hash``, where the caller kept them. A table
    that has another number of rows is read again.
    """
    catalogue = json.dumps(con.execute(sqlfiles.named("reports", "catalogue").text).fetchall(), ensure_ascii=False)
    content, identity, rows = [catalogue], [catalogue], {}
    for table, columns in tables(con).items():
        seen = [c for c in columns if c in OBSERVED_COLUMNS]
        times, about_said = (known or {}).get(table, (-1, 0))
        count, about_seen = _sums(con, table, row_hash(table, seen))
        if times != count:
            count, about_said = _sums(con, table, row_hash(table, said_columns(columns)))
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


def said_columns(columns: Iterable[str]) -> list[str]:
    """Those of a table's columns that say something, whenever it was looked at."""
    return [c for c in columns if c not in OBSERVED_COLUMNS]


def row_hash(table: str, columns: Sequence[str]) -> str:
    """What a row says in these columns, as SQL for one number; a table's rows are summed up."""
    # where the rows say themselves in which order they come, their place in the file adds nothing
    place = [] if order(table) else ["rowid"]
    return f"hash({', '.join([*place, *map(quote, columns)])})::HUGEINT" if columns else "0"


def _sums(con: duckdb.DuckDBPyConnection, table: str, row: str) -> tuple[int, int]:
    count, said = con.execute(f"SELECT count(*), coalesce(sum({row}), 0) FROM {quote(table)}").fetchall()[0]
    return int(count), int(said)


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
