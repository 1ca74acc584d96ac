"""JSON Lines: one object a row, lists and maps as they are."""

from __future__ import annotations

from pathlib import Path

from warehouse.digest import quote
from warehouse.exports import Column, Dataset, Source
from warehouse.exports._about import sql
from warehouse.exports._lines import write_lines

NAME = "jsonl"
FORMAT = "application/jsonl"


def write(source: Source, folder: Path) -> list[Path]:
    """One file per dataset; times are UTC, ISO 8601."""
    source.con.execute(sql("readable"))
    files = []
    for dataset in source.datasets():
        path = folder / f"{dataset.name}.jsonl"
        with path.open("wb") as out:
            write_lines(source.con, _lines(dataset), out)
        files.append(path)
    return files


def _lines(dataset: Dataset) -> str:
    parts = ", ".join(f"{quote(column.name)} := {_part(column)}" for column in dataset.columns)
    return f"SELECT concat(to_json(struct_pack({parts})), chr(10)) AS line FROM {quote(dataset.name)}"


def _part(column: Column) -> str:
    name = quote(column.name)
    return f"iso_time({name})" if column.type == "TIMESTAMP" else name
