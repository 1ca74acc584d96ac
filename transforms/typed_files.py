"""Writing typed listings: JSONL, CSV or Parquet, by extension, streamed; the file appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
from json.encoder import encode_basestring
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spiders.errors import FileError, StorageError
from transforms.columns import COLUMNS, schema

FORMATS = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}

#: what a writer appends: lines of text, or an Arrow table
Piece: TypeAlias = "list[str] | pa.Table"


def target_format(path: Path) -> str:
    """jsonl, csv or parquet, by extension; FileError for any other."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise FileError("unknown kind of file", where=str(path), hint=f"extensions written: {', '.join(FORMATS)}")
    return found


def encode(frame: pd.DataFrame, form: str) -> Piece:
    """The rows of a typed frame in the form of the file, one item a row; may run in another process than the writer."""
    return {"jsonl": _jsonl, "csv": _csv, "parquet": _table}[form](frame)


def keep(piece: Piece, rows: list[int]) -> Piece:
    """The piece with only these rows (positions)."""
    return piece.take(pa.array(rows, pa.int64())) if isinstance(piece, pa.Table) else [piece[row] for row in rows]


def _table(frame: pd.DataFrame) -> pa.Table:
    target = schema()
    arrays = [pa.array(frame[field.name], field.type, from_pandas=True) for field in target]
    return pa.Table.from_arrays(arrays, schema=target)


def _jsonl(frame: pd.DataFrame) -> list[str]:
    parts = [_json_cells(f'"{c.name}":', c.type, frame[c.name].tolist()) for c in COLUMNS.values()]
    return ["{" + ",".join(row) + "}\n" for row in zip(*parts, strict=True)]


def _json_cells(key: str, kind: str, values: list[Any]) -> list[str]:
    null = f"{key}null"
    if kind == "text":
        return [null if v is None else key + encode_basestring(v) for v in values]
    if kind == "texts":
        return [f"{key}[]" if not v else f"{key}[{','.join(map(encode_basestring, v))}]" for v in values]
    if kind in ("json", "map"):
        return [null if v is None else key + v for v in values]
    if kind == "date":
        return [null if v is None else f'{key}"{v.isoformat()}"' for v in values]
    if kind == "boolean":
        return [f"{key}true" if v else f"{key}false" for v in values]
    return [null if math.isnan(v) else f"{key}{_number(v)}" for v in values]


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def csv_names() -> list[str]:
    """Columns of a CSV file: a list has its JSON under its own name and its parts joined by ``; `` under ``<name>_text``."""
    names = []
    for column in COLUMNS.values():
        names += [column.name, f"{column.name}_text"] if column.type == "texts" else [column.name]
    return names


def _csv(frame: pd.DataFrame) -> list[str]:
    cells: list[list[str]] = []
    for column in COLUMNS.values():
        values = frame[column.name].tolist()
        if column.type == "texts":
            cells.append([json.dumps(v, ensure_ascii=False) for v in values])
            cells.append(["; ".join(v) for v in values])
        elif column.type == "number":
            cells.append(["" if math.isnan(v) else _number(v) for v in values])
        elif column.type == "boolean":
            cells.append(["true" if v else "false" for v in values])
        else:
            cells.append(["" if v is None else str(v) for v in values])
    return [_csv_line(row) for row in zip(*cells, strict=True)]


def _csv_line(cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


class TypedWriter:
    """Writes typed frames to a file, as a context manager. The file replaces an older one only when all went well."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.form = target_format(self.path)
        self._part = self.path.with_name(f".{self.path.name}.part")
        self._text: io.TextIOWrapper | None = None
        self._parquet: pq.ParquetWriter | None = None

    def __enter__(self) -> TypedWriter:
        try:
            if self.form == "parquet":
                self._parquet = pq.ParquetWriter(self._part, schema(), compression="zstd")
            else:
                self._text = self._part.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise StorageError(f"cannot be written: {error}", where=str(self.path), hint="the folder must exist and be writable") from error
        if self.form == "csv" and self._text:
            self._text.write("\ufeff" + _csv_line(csv_names()))
        return self

    def write(self, frame: pd.DataFrame) -> None:
        """Append the rows of a typed frame."""
        self.append(encode(frame, self.form))

    def append(self, piece: Piece) -> None:
        """Append what `encode` made."""
        try:
            if isinstance(piece, pa.Table):
                assert self._parquet is not None
                self._parquet.write_table(piece)
            else:
                assert self._text is not None
                self._text.writelines(piece)
        except OSError as error:
            raise StorageError(f"cannot be written: {error}", where=str(self.path), hint="is the disk full?") from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in (self._parquet, self._text):
            if file is not None:
                file.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)


def write_typed(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write one typed frame to ``path``: JSONL, CSV or Parquet by extension."""
    with TypedWriter(path) as writer:
        writer.write(frame)
    return Path(path)
