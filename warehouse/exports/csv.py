"""CSV for spreadsheets and scripts: UTF-8, one header line, commas; lists and maps as JSON with a readable column beside."""

from __future__ import annotations

from pathlib import Path

from pyarrow import csv as arrow_csv

from warehouse.digest import quote
from warehouse.exports import Dataset, Source
from warehouse.exports._about import sql
from warehouse.exports._flat import Flat, flat
from warehouse.exports._lines import batches

NAME = "csv"
FORMAT = "text/csv"

_MACROS = Path(__file__).with_suffix(".sql")
_SAFE = {"VARCHAR": "safe_text", "TIMESTAMP": "iso_time"}


def write(source: Source, folder: Path) -> list[Path]:
    """One file per dataset. Text is in quotes, so that an empty one differs from none."""
    source.con.execute(sql("readable"))
    source.con.execute(_MACROS.read_text(encoding="utf-8"))
    files = []
    for dataset in source.datasets():
        path = folder / f"{dataset.name}.csv"
        rows = batches(source.con, _select(dataset))
        # half the work of DuckDB's own COPY, which looks at every text whether it needs quotes
        with arrow_csv.CSVWriter(path, rows.schema, write_options=arrow_csv.WriteOptions(quoting_header="none")) as out:
            for batch in rows:
                out.write_batch(batch)
        files.append(path)
    return files


def _select(dataset: Dataset) -> str:
    """The dataset's rows as flat columns that are safe in a spreadsheet; needs the macros of readable.sql and csv.sql."""
    columns = flat(dataset)
    # lists become text once, below: a macro repeats what it is given wherever it names it
    below = ", ".join(f"{column.said} AS {quote(column.name)}" for column in columns)
    safe = ", ".join(f"{_safe(column)} AS {quote(column.name)}" for column in columns)
    return f"SELECT {safe} FROM (SELECT {below} FROM {quote(dataset.name)})"


def _safe(column: Flat) -> str:
    said = quote(column.name)
    # no formula begins with the bracket of a list or map in JSON
    return f"{_SAFE[column.type]}({said})" if column.type in _SAFE and not column.is_json else said
