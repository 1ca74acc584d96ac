"""Writing what SQL says, some rows at a time: DuckDB makes the lines and hands them over as text that is written as it stands."""

from __future__ import annotations

import json
from typing import IO, Any

import duckdb
import pyarrow as pa

from warehouse.digest import quote
from warehouse.exports._about import About, authorities, sql

#: rows that are held at once, so that memory does not grow with rows
BATCH = 2_048


def prepare(con: duckdb.DuckDBPyConnection, about: About) -> None:
    """Define the macros of ``sql/text.sql`` and the variables ``base`` and ``countries`` that queries read."""
    con.execute(sql("text"))
    con.execute("SET VARIABLE base = ?", [about.base])
    table = authorities()
    countries = {code: f"{table['base']}country/{name}" for code, name in table["country"].items()}
    con.execute("SET VARIABLE countries = from_json(?, '\"MAP(VARCHAR, VARCHAR)\"')", [json.dumps(countries)])


def rows_of(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    [(count,)] = con.execute(f"SELECT count(*) FROM {quote(table)}").fetchall()
    return int(count)


def batches(con: duckdb.DuckDBPyConnection, query: str, bound: dict[str, Any] | None = None) -> pa.RecordBatchReader:
    """The rows of a query, some at a time. ``bound``: its parameters."""
    return con.sql(query, params=bound).to_arrow_reader(BATCH)


def write_lines(con: duckdb.DuckDBPyConnection, query: str, out: IO[bytes], bound: dict[str, Any] | None = None) -> None:
    """Write the one column of a query, texts that end their own lines. ``bound``: the query's parameters."""
    for batch in batches(con, query, bound):
        out.write(_together(batch.column(0)))


def _together(texts: pa.StringArray) -> memoryview:
    """The texts of an array, which stand in memory one after the other."""
    _, offsets, data = texts.buffers()
    places = memoryview(offsets).cast("i")
    return memoryview(data)[places[texts.offset] : places[texts.offset + len(texts)]]
