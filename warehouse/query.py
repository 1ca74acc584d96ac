"""Read-only queries on a published file: no writing, no other file, no network."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from spiders.errors import FileError, StorageError, UsageError

FORMATS = ("table", "csv", "json", "parquet")
BATCH = 10_000
#: rows that a table shows; the other formats give all
SHOWN = 1_000
WIDEST = 60


def connect(db: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads ``db`` and nothing else. Raises FileError where nothing was published."""
    if not db.exists():
        raise FileError(
            "nothing was published here yet", where=str(db), hint="Run `eduatlas run` first, or name another folder with --data."
        )
    try:
        con = duckdb.connect(str(db), read_only=True)
        # SQL can neither open files nor the network, nor allow itself to
        con.execute("SET enable_external_access = false; SET lock_configuration = true")
    except duckdb.Error as error:
        raise StorageError(f"cannot open: {str(error).splitlines()[0]}", where=str(db), hint="Publish again, or roll back.") from error
    return con


def query(db: Path, sql: str, format: str = "table", out: BinaryIO | None = None) -> int:
    """Run one query and write its rows to ``out`` (standard output where None), streamed; returns how many.

    format: table (for people, at most ``SHOWN`` rows), csv, json (one array of objects) or parquet.
    Raises UsageError for SQL that DuckDB refuses.
    """
    if format not in FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"Formats: {', '.join(FORMATS)}.")
    if out is None:
        import sys

        out = sys.stdout.buffer
    with connect(db) as con:
        try:
            if format == "parquet":
                return _parquet(con.sql(sql), out)
            cursor = con.execute(sql)
            if cursor is None or cursor.description is None:
                raise UsageError("this statement yields no rows", where="query", hint="Say a SELECT.")
            return _WRITERS[format](cursor, out)
        except duckdb.Error as error:
            raise UsageError(str(error).strip(), where="query", hint="The tables and columns: `eduatlas schema published`.") from error


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Any]]:
    while batch := cursor.fetchmany(BATCH):
        yield from batch


def _names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    return [column[0] for column in cursor.description or ()]


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(cursor: duckdb.DuckDBPyConnection, out: BinaryIO) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_names(cursor))
    count = 0
    for row in _rows(cursor):
        writer.writerow([_cell(v) for v in row])
        count += 1
    text.detach()
    return count


def _json(cursor: duckdb.DuckDBPyConnection, out: BinaryIO) -> int:
    names, count = _names(cursor), 0
    for row in _rows(cursor):
        item = json.dumps(dict(zip(names, map(plain, row), strict=True)), ensure_ascii=False)
        out.write((",\n" if count else "[").encode() + item.encode())
        count += 1
    out.write(b"]\n" if count else b"[]\n")
    return count


def _parquet(relation: duckdb.DuckDBPyRelation | None, out: BinaryIO) -> int:
    if relation is None:
        raise UsageError("this statement yields no rows", where="query", hint="Say a SELECT.")
    reader = relation.to_arrow_reader(BATCH)
    count = 0
    with pq.ParquetWriter(pa.PythonFile(out, mode="w"), reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _table(cursor: duckdb.DuckDBPyConnection, out: BinaryIO) -> int:
    names = _names(cursor)
    rows = cursor.fetchmany(SHOWN + 1)
    more = len(rows) > SHOWN
    cells = [[_cell(v).replace("\n", " ") for v in row] for row in rows[:SHOWN]]
    cells = [[c if len(c) <= WIDEST else c[: WIDEST - 1] + "…" for c in row] for row in cells]
    widths = [max(len(name), *(len(row[i]) for row in cells), 1) for i, name in enumerate(names)]
    numeric = [all(isinstance(row[i], (int, float)) for row in rows[:SHOWN]) and bool(rows) for i in range(len(names))]
    lines = [names, ["-" * w for w in widths], *cells]
    for line in lines:
        padded = [v.rjust(w) if right else v.ljust(w) for v, w, right in zip(line, widths, numeric, strict=True)]
        out.write(("  ".join(padded).rstrip() + "\n").encode())
    if more:
        out.write(f"... only the first {SHOWN} rows; --format csv gives all\n".encode())
    return len(cells)


_WRITERS = {"table": _table, "csv": _csv, "json": _json}
