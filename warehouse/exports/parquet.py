"""Parquet for analysts: the published tables with their types, lists and maps included."""

from __future__ import annotations

from pathlib import Path

from warehouse.digest import quote
from warehouse.exports import Dataset, Source
from warehouse.exports._lines import rows_of

NAME = "parquet"
FORMAT = "application/vnd.apache.parquet"

_OPTIONS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, PARQUET_VERSION v1"


def write(source: Source, folder: Path) -> list[Path]:
    """One file per published table, in row groups of one size."""
    files = []
    for dataset in source.datasets(indexes=True):
        path = folder / f"{dataset.name}.parquet"
        source.con.execute(f"COPY ({_rows(source, dataset)}) TO '{literal(path)}' ({_OPTIONS})").fetchall()
        files.append(path)
    return files


def _rows(source: Source, dataset: Dataset) -> str:
    """The rows, cut anew.

    A bare COPY cuts a file where the table is cut, which tells the threads of its build. Joined by position to numbers, which come in
    pieces of one size, the rows do too; to sort what is in order already costs twice as much and more memory.
    """
    table = quote(dataset.name)
    return f"SELECT {table}.* FROM range({rows_of(source.con, dataset.name)}) POSITIONAL JOIN {table}"


def literal(path: Path) -> str:
    """A path inside an SQL string; COPY takes no bound target."""
    return str(path).replace("'", "''")
