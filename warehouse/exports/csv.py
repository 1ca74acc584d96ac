"""CSV for spreadsheets and scripts: UTF-8, one header line, commas; lists and maps as JSON with a readable column beside."""

from __future__ import annotations

from pathlib import Path

from warehouse.digest import quote
from warehouse.exports import Column, Dataset, Source

NAME = "csv"
FORMAT = "text/csv"

_MACROS = Path(__file__).with_suffix(".sql")
_OPTIONS = "FORMAT csv, HEADER true, DATEFORMAT '%Y-%m-%d'"


def write(source: Source, folder: Path) -> list[Path]:
    """One file per dataset."""
    source.con.execute(_MACROS.read_text(encoding="utf-8"))
    files = []
    for dataset in source.datasets():
        path = folder / f"{dataset.name}.csv"
        source.con.execute(f"COPY ({select(dataset)}) TO '{literal(path)}' ({_OPTIONS})").fetchall()
        files.append(path)
    return files


def select(dataset: Dataset) -> str:
    """The dataset's rows as flat columns that are safe in a spreadsheet; needs the macros of csv.sql."""
    parts = [part for column in dataset.columns for part in _parts(column)]
    return f"SELECT {', '.join(parts)} FROM {quote(dataset.name)}"


def _parts(column: Column) -> list[str]:
    name = quote(column.name)
    if column.nested:
        readable = "paired_text" if column.type.startswith("MAP") else "joined_text"
        return [f"to_json({name})::VARCHAR AS {name}", f"{readable}({name}) AS {quote(column.name + '_text')}"]
    if column.type == "VARCHAR":
        return [f"safe_text({name}) AS {name}"]
    if column.type == "TIMESTAMP":
        return [f"iso_time({name}) AS {name}"]
    return [name]


def literal(path: Path) -> str:
    """A path inside an SQL string; COPY takes no bound target."""
    return str(path).replace("'", "''")
