"""JSON Lines: one object a row, lists and maps as they are."""

from __future__ import annotations

from pathlib import Path

from warehouse.digest import quote
from warehouse.exports import Column, Source
from warehouse.exports.csv import literal

NAME = "jsonl"
FORMAT = "application/jsonl"


def write(source: Source, folder: Path) -> list[Path]:
    """One file per dataset; times are UTC, ISO 8601."""
    files = []
    for dataset in source.datasets():
        path = folder / f"{dataset.name}.jsonl"
        columns = ", ".join(_part(column) for column in dataset.columns)
        source.con.execute(f"COPY (SELECT {columns} FROM {quote(dataset.name)}) TO '{literal(path)}' (FORMAT json)").fetchall()
        files.append(path)
    return files


def _part(column: Column) -> str:
    name = quote(column.name)
    return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') AS {name}" if column.type == "TIMESTAMP" else name
