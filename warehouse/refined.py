"""The Parquet files between refine and the warehouse: their shapes, writing them, and staging them for a build.

A shape is declared once: the typed listing in ``transforms/columns.toml``, everything else in ``warehouse/sql/inputs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spiders.errors import FileError, InputError
from transforms import columns
from warehouse import sqlfiles

#: files without which there is nothing to build; the others count as empty where they are absent
REQUIRED = ("versions", "clusters", "portals", "runs")

#: rows of a group in a file: DuckDB reads groups side by side, one thread each
_GROUP = 131_072

#: file -> its columns that follow from the others
MARKS = {"versions": ("said", "wording", "raws", "rules", "confidences")}

NAMES: tuple[str, ...] = tuple(file.name for file in sqlfiles.load("inputs"))


@cache
def shape(name: str) -> pa.Schema:
    """The Arrow schema of ``refined/<name>.parquet``; fields that must be filled are not nullable."""
    if name not in NAMES:
        raise InputError(f"refine writes no {name!r}", hint=f"There are {', '.join(NAMES)}.")
    with duckdb.connect() as con:
        con.execute(sqlfiles.named("inputs", name).text)
        arrow = con.table(f"staged_{name}").to_arrow_table().schema
        con.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND NOT is_nullable", [f"staged_{name}"])
        filled = {row[0] for row in con.fetchall()}
    fields = [pa.field(f.name, f.type, nullable=f.name not in filled) for f in arrow]
    return pa.schema([*columns.schema(), *fields]) if name == "versions" else pa.schema(fields)


def write(folder: Path, name: str, rows: pd.DataFrame | Iterable[Mapping[str, Any]] | pa.Table) -> Path:
    """Write rows as ``folder/<name>.parquet`` with exactly the shape that a build reads; the same rows give the same bytes.

    Columns that the rows lack are empty; columns that the shape lacks are refused. What follows from others (``MARKS``) is worked out here.
    Raises InputError naming the column.
    """
    target, marks = shape(name), MARKS.get(name, ())
    if not isinstance(rows, (pd.DataFrame, pa.Table)):
        rows = pd.DataFrame.from_records(list(rows)) if rows else pd.DataFrame()
    extra = [c for c in (rows.column_names if isinstance(rows, pa.Table) else rows.columns) if c not in target.names]
    if extra:
        raise InputError(f"{name} has no column {extra[0]!r}", hint=f"Its columns: {', '.join(target.names)}.")
    present = set(rows.column_names if isinstance(rows, pa.Table) else rows.columns)
    count = rows.num_rows if isinstance(rows, pa.Table) else len(rows)
    given = pa.schema([field for field in target if field.name not in marks])
    arrays = [_array(name, rows, field, count) if field.name in present else pa.nulls(count, field.type) for field in given]
    for field, array in zip(given, arrays, strict=True):
        if not field.nullable and array.null_count:
            raise InputError(f"{name}.{field.name} is empty in {array.null_count} rows", hint="Every row must fill it.")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.parquet"
    table = pa.Table.from_arrays(arrays, schema=given)
    if marks:
        table = _marked(name, table, marks).select(target.names).cast(target)
    # snappy takes half as much space again as zstd and a third less time to read and write; the file lasts until the next run
    pq.write_table(table, path, compression="snappy", row_group_size=_GROUP)
    return path


def _marked(name: str, rows: pa.Table, marks: Iterable[str]) -> pa.Table:
    try:
        with duckdb.connect() as con:
            con.register("rows", rows)
            con.execute(sqlfiles.named("stage", "stated_fields").text)
            found = con.sql(sqlfiles.named("update", "marks").text).to_arrow_table()
    except duckdb.InvalidInputException as error:
        raise InputError(
            f"{name}.provenance is not as declared: {str(error).splitlines()[0]}", hint="It is JSON: field to raw, rule, confidence."
        ) from error
    for mark in marks:
        rows = rows.append_column(mark, found.column(mark))
    return rows


def _array(name: str, rows: pd.DataFrame | pa.Table, field: pa.Field, count: int) -> pa.Array:
    try:
        if isinstance(rows, pa.Table):
            return rows.column(field.name).cast(field.type)
        values = rows[field.name]
        if pa.types.is_list(field.type):
            return pa.array([None if v is None or v is pd.NA or isinstance(v, float) else list(v) for v in values], field.type)
        return pa.Array.from_pandas(values, type=field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError) as error:
        raise InputError(f"{name}.{field.name} is not {field.type}: {error}", hint="See the shapes in warehouse/sql/inputs.") from error


def stage(con: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Make ``staged_<name>`` for every input: a view over its file, or an empty table where an optional file or the folder is absent.

    Raises FileError where a needed file is missing, unreadable, or not of its shape.
    """
    for name in NAMES:
        if folder is None:
            con.register(f"staged_{name}", shape(name).empty_table())
            continue
        path = folder / f"{name}.parquet"
        if path.exists():
            _check(path, name)
            view(con, f"staged_{name}", path)
        elif name in REQUIRED:
            raise FileError("refined file is missing", where=str(path), hint="Run `eduatlas refine` first.")
        else:
            con.execute(sqlfiles.named("inputs", name).text)


def view(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """A view over a Parquet file."""
    # a view takes no bound parameter
    literal = str(path).replace("'", "''")
    con.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet('{literal}')")


def _check(path: Path, name: str) -> None:
    hint = "Run `eduatlas refine` again; another version of the program may have written it."
    try:
        found = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise FileError(f"not a readable Parquet file: {error}", where=str(path), hint=hint) from error
    for field in shape(name):
        index = found.get_field_index(field.name)
        if index < 0:
            raise FileError(f"column {field.name} is missing", where=str(path), hint=hint)
        if found.field(index).type != field.type:
            raise FileError(f"column {field.name} is {found.field(index).type}, not {field.type}", where=str(path), hint=hint)
