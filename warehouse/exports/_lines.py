"""Writing what SQL says line by line. DuckDB writes the lines, some thousand rows at a time, so that memory does not grow with rows."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import IO

import duckdb

from warehouse.digest import quote
from warehouse.exports import Source
from warehouse.exports._about import About, authorities, sql
from warehouse.exports.csv import literal

#: no character of a line is quoted; what must not stand in one is escaped by the macros of the .sql files
_RAW = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01'"
#: rows of a table that one query takes
CHUNK = 16_384
_TABLE = re.compile(r"^-- of (\w+):")


def prepare(con: duckdb.DuckDBPyConnection, about: About) -> None:
    """Define the macros of ``sql/text.sql`` and the variables ``base`` and ``countries`` that queries read."""
    con.execute(sql("text"))
    con.execute("SET VARIABLE base = ?", [about.base])
    table = authorities()
    countries = {code: f"{table['base']}country/{name}" for code, name in table["country"].items()}
    con.execute("SET VARIABLE countries = from_json(?, '\"MAP(VARCHAR, VARCHAR)\"')", [json.dumps(countries)])


def table_of(query: str) -> str:
    """The table that a query goes through: its first line begins with ``-- of <table>:``."""
    found = _TABLE.match(query)
    if not found:
        raise ValueError("the query does not say of which table it is")
    return found[1]


def rows_of(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    [(count,)] = con.execute(f"SELECT count(*) FROM {quote(table)}").fetchall()
    return int(count)


def write_lines(source: Source, query: str, out: IO[bytes], beside: Path, first: int = 0, last: int | None = None) -> None:
    """Write the one column of a query, a row a line, for the rows of its table from number ``first`` up to ``last``, exclusive.

    The query reads the variables ``first`` and ``last``. ``beside``: a file that may be written in the meantime; it is removed.
    """
    last = rows_of(source.con, table_of(query)) if last is None else last
    try:
        for start in range(first, last, CHUNK):
            source.con.execute("SET VARIABLE first = ?", [start])
            source.con.execute("SET VARIABLE last = ?", [min(start + CHUNK, last)])
            source.con.execute(f"COPY ({query.rstrip().rstrip(';')}) TO '{literal(beside)}' ({_RAW})").fetchall()
            with beside.open("rb") as lines:
                shutil.copyfileobj(lines, out, 1 << 20)
    finally:
        beside.unlink(missing_ok=True)
