"""Parquet for analysts: the published tables with their types, lists and maps included."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from warehouse import sqlfiles
from warehouse.digest import quote
from warehouse.exports import Source
from warehouse.exports._lines import rows_of

NAME = "parquet"
FORMAT = "application/vnd.apache.parquet"

_OPTIONS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, PARQUET_VERSION v1"
#: tables written at the same time, at most: each takes a thread and the memory of a row group, and the largest is over half of the work
_BESIDE = 2


def write(source: Source, folder: Path) -> list[Path]:
    """One file per published table, in row groups of one size."""
    rows = {dataset.name: rows_of(source.con, dataset.name) for dataset in source.datasets(indexes=True)}
    # what an update left out of order stands in order in this connection alone
    here = {name for (name,) in source.con.execute(sqlfiles.named("reports", "arranged").text).fetchall()}
    [(threads,)] = source.con.execute("SELECT current_setting('threads')").fetchall()
    with ThreadPoolExecutor(min(_BESIDE, threads)) as pool:
        largest_first = sorted(rows, key=lambda name: (-rows[name], name))
        beside = [pool.submit(_write_beside, source.con, n, rows[n], folder) for n in largest_first if n not in here]
        for name in sorted(here):
            _write(source.con, name, rows[name], folder)
        for written in beside:
            written.result()
    return [folder / f"{name}.parquet" for name in rows]


def _write_beside(con: duckdb.DuckDBPyConnection, table: str, rows: int, folder: Path) -> None:
    with con.cursor() as beside:
        _write(beside, table, rows, folder)


def _write(con: duckdb.DuckDBPyConnection, table: str, rows: int, folder: Path) -> None:
    """The rows of a table, cut anew.

    A bare COPY cuts a file where the table is cut, which tells the threads of its build. Joined by position to numbers, which come in
    pieces of one size, the rows do too; to sort what is in order already costs twice as much and more memory.
    """
    name = quote(table)
    again = f"SELECT {name}.* FROM range({rows}) POSITIONAL JOIN {name}"
    con.execute(f"COPY ({again}) TO '{literal(folder / f'{table}.parquet')}' ({_OPTIONS})").fetchall()


def literal(path: Path) -> str:
    """A path inside an SQL string; COPY takes no bound target."""
    return str(path).replace("'", "''")
