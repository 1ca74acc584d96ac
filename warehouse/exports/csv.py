"""CSV for spreadsheets and scripts: UTF-8, one header line, commas; lists and maps as JSON with a readable column beside."""

from __future__ import annotations

from pathlib import Path

from warehouse.digest import quote
from warehouse.exports import Column, Dataset, Source
from warehouse.exports._about import sql

NAME = "csv"
FORMAT = "text/csv"

_MACROS = Path(__file__).with_suffix(".sql")
_OPTIONS = "FORMAT csv, HEADER true, DATEFORMAT '%Y-%m-%d'"


def write(source: Source, folder: Path) -> list[Path]:
    """One file per dataset."""
    source.con.execute(sql("readable"))
    source.con.execute(_MACROS.read_text(encoding="utf-8"))
    files = []
    for dataset in source.datasets():
        path = folder / f"{dataset.name}.csv"
        source.con.execute(f"COPY ({select(dataset)}) TO '{literal(path)}' ({_OPTIONS})").fetchall()
        files.append(path)
    return files


def select(dataset: Dataset) -> str:
    """The dataset's rows as flat columns that are safe in a spreadsheet; needs the macros of readable.sql and csv.sql."""
    flat = [part for column in dataset.columns for part in _flat(column)]
    # lists become text once, below: a macro repeats what it is given wherever it names it
    below = ", ".join(f"{said} AS {name}" for name, said, _ in flat)
    return f"SELECT {', '.join(f'{safe} AS {name}' for name, _, safe in flat)} FROM (SELECT {below} FROM {quote(dataset.name)})"


def _flat(column: Column) -> list[tuple[str, str, str]]:
    """Name of every column that is written, its value as text or number, and the same made safe."""
    name = quote(column.name)
    if column.nested:
        text = quote(f"{column.name}_text")
        readable = "paired_text" if column.type.startswith("MAP") else "joined_text"
        return [(name, f"to_json({name})::VARCHAR", name), (text, f"{readable}({name})", f"safe_text({text})")]
    safe = {"VARCHAR": f"safe_text({name})", "TIMESTAMP": f"iso_time({name})"}
    return [(name, name, safe.get(column.type, name))]


def literal(path: Path) -> str:
    """A path inside an SQL string; COPY takes no bound target."""
    return str(path).replace("'", "''")
