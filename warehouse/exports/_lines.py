"""Writing what SQL says line by line: DuckDB streams the lines into a file, so that memory does not grow with rows."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from warehouse.exports import Source
from warehouse.exports._about import About, authorities, sql
from warehouse.exports.csv import literal

#: no character of a line is quoted; what must not stand in one is escaped by the macros of text.sql
_RAW = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01'"


def prepare(con: duckdb.DuckDBPyConnection, about: About) -> None:
    """Define the macros of ``sql/text.sql`` and the variables ``base`` and ``countries`` that queries read."""
    con.execute(sql("text"))
    con.execute("SET VARIABLE base = ?", [about.base])
    table = authorities()
    countries = {code: f"{table['base']}country/{name}" for code, name in table["country"].items()}
    con.execute("SET VARIABLE countries = from_json(?, '\"MAP(VARCHAR, VARCHAR)\"')", [json.dumps(countries)])


def write_lines(source: Source, query: str, path: Path) -> Path:
    """Write the one column of a query, a row a line."""
    source.con.execute(f"COPY ({query.rstrip().rstrip(';')}) TO '{literal(path)}' ({_RAW})").fetchall()
    return path
