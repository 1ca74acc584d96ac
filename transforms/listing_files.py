"""Reading files of listings: JSONL, CSV, XLSX or Parquet, in the raw, input or typed shape, in bounded pieces.

A *block* is a piece of the file that can be parsed on its own, in another process if need be. What cannot be parsed becomes
a quarantine row ``{source, line, reason, mend}``; its neighbours are unharmed.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, islice
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from spiders.errors import FileError
from spiders.listing import FIELDS, HARVEST_FIELDS, REQUIRED
from spiders.page import json_of
from transforms.columns import COLUMNS, series

#: names that mean something here; every other column of the input goes to ``extra``
KNOWN = frozenset({*FIELDS, *HARVEST_FIELDS, *COLUMNS, "canonical_url", "alternates", "labels", "shared_page", "sources"})

#: rows of one block
CHUNK = 4000

_FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx"}
_FORMATS[".parquet"] = "parquet"

#: column of the file, or a template such as "{file}#{row}" -> raw field
ColumnMap = Mapping[str, str]

csv.field_size_limit(2**31 - 1)

_SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file: ``rows`` are byte lines of JSON, lists of cells, or objects; ``lines`` are their line numbers (from 1)."""

    source: str
    lines: Sequence[int]
    rows: Sequence[Any]
    header: tuple[str, ...] | None = None


@dataclass
class Listings:
    """An iterable over the frames of a file. ``quarantine`` grows with what could not be read; ``rows`` counts what was."""

    path: Path
    chunk: int = CHUNK
    mapping: ColumnMap = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0

    def __iter__(self) -> Iterator[pd.DataFrame]:
        seen = Seen()
        for block in blocks(self.path, self.chunk, self.mapping):
            frame, refused = frame_of(block, self.mapping)
            self.quarantine.extend(refused)
            repeated = seen.repeated(frame["record_id"].tolist())
            if repeated.any():
                self.quarantine.extend(repeat_rows(block.source, frame.index[repeated], frame["record_id"][repeated]))
                frame = frame[~repeated]
            self.rows += len(frame)
            yield frame


def read_listings(path: str | Path, chunk: int = CHUNK, mapping: ColumnMap | None = None) -> Listings:
    """The frames of a file of listings, at most ``chunk`` rows each, indexed by line number; iterate over what this returns.

    Formats by extension: JSONL, JSON, CSV (delimiter found out, byte order mark, quoting), XLSX (first sheet), Parquet; ``.gz`` of the text
    formats. ``mapping`` renames the file's own columns to raw fields. After iterating, ``.quarantine`` holds what could not be read.
    Raises FileError for a file that is missing, of no known format, empty, or without a required column.
    """
    path = Path(path)
    format_of(path)
    if not path.is_file():
        raise FileError("no such file", where=str(path), hint="give a JSONL, CSV, XLSX or Parquet file of listings")
    return Listings(path, chunk, dict(mapping or {}))


def format_of(path: Path) -> str:
    """jsonl, json, csv, xlsx or parquet, by the file's extension (``.gz`` aside)."""
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    found = _FORMATS.get(suffixes[-1]) if suffixes else None
    if found is None:
        raise FileError("unknown kind of file", where=str(path), hint=f"extensions read: {', '.join(sorted(_FORMATS))}, with .gz for text")
    return found


def blocks(path: Path, chunk: int = CHUNK, mapping: ColumnMap | None = None) -> Iterator[Block]:
    """The pieces of a file, in order. The first one is checked: FileError names a missing required column and the nearest present one."""
    reader = {"jsonl": _jsonl, "json": _json, "csv": _csv, "xlsx": _xlsx, "parquet": _parquet}[format_of(path)]
    try:
        pieces = reader(path, chunk)
        first = next(pieces, None)
        if first is None:
            raise FileError("holds no listings", where=str(path), hint="the file needs at least one row")
        _check_names(first, mapping or {})
        yield from chain([first], pieces)
    except (OSError, EOFError) as error:
        raise FileError(f"cannot be read: {error}", where=str(path), hint="the file may be cut off; fetch it again") from error


def _check_names(block: Block, mapping: ColumnMap) -> None:
    names = block.header if block.header is not None else tuple(dict.fromkeys(chain.from_iterable(_keys(row) for row in block.rows)))
    if block.header is None and not names:
        return  # nothing but broken lines so far: each goes to quarantine
    for template, ours in mapping.items():
        if ours not in KNOWN:
            raise FileError(f"there is no raw field {ours} to map {template} to", where=block.source, hint=_nearest(ours, sorted(KNOWN)))
        if block.header is None and ours not in REQUIRED:
            continue  # an object may leave out what it does not know
        for name in re.findall(r"\{(\w[^{}]*)\}", template) or [template]:
            if name not in names:
                raise FileError(f"has no column {name}", where=block.source, hint=_nearest(name, names))
    for name in REQUIRED:
        if name not in names and name not in mapping.values():
            raise FileError(f"the required column {name} is missing", where=block.source, hint=_nearest(name, names))


def _keys(row: Any) -> Iterable[str]:
    parsed = _parse(row)
    return parsed if isinstance(parsed, dict) else ()


def _nearest(name: str, names: Iterable[str]) -> str:
    names = list(names)
    near = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.3)
    original = next((n for n in names if near and n.lower() == near[0]), None)
    hint = f"the nearest column there is {original}; rename it or map it" if original else "rename or map a column"
    return f"{hint} (columns: {', '.join(names[:20])}{' …' if len(names) > 20 else ''})"


def _open(path: Path) -> IO[bytes]:
    raw = path.open("rb")
    magic = raw.read(2)
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if magic == b"\x1f\x8b" else raw  # type: ignore[return-value]


def _jsonl(path: Path, chunk: int) -> Iterator[Block]:
    with _open(path) as file:
        number = 0
        while lines := list(islice(file, chunk)):
            if number == 0:
                lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
            kept = [(number + i, line) for i, line in enumerate(lines, 1) if not line.isspace()]
            number += len(lines)
            if kept:
                yield Block(str(path), [n for n, _ in kept], [line for _, line in kept])


def _json(path: Path, chunk: int) -> Iterator[Block]:
    """One JSON array, or one object; this format is read whole."""
    try:
        with _open(path) as file:
            body = file.read()
        whole = json_of(body.decode(json.detect_encoding(body)))
    except (ValueError, RecursionError) as error:
        raise FileError(f"is no JSON: {error}", where=str(path), hint="one object a line goes into a .jsonl file") from error
    rows = whole if isinstance(whole, list) else [whole]
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        yield Block(str(path), range(start + 1, start + 1 + len(part)), part)


def _csv(path: Path, chunk: int) -> Iterator[Block]:
    with _open(path) as file:
        head = file.read(65536)
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=_encoding(head), errors="surrogateescape", newline="")
        rows = csv.reader(text, delimiter=_delimiter(head.decode("utf-8", "replace"), path))
        header = tuple(cell.strip() for cell in next(rows, []))
        yield from _table(str(path), header, ((rows.line_num, row) for row in rows), chunk)


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


def _delimiter(head: str, path: Path) -> str:
    """The delimiter that splits the heading into the most cells outside quotes."""
    line = re.sub(r'"[^"]*"', "", head.split("\n", 1)[0])
    counts = {mark: line.count(mark) for mark in ("\t", ";", ",", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _xlsx(path: Path, chunk: int) -> Iterator[Block]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise FileError(f"is no workbook: {error}", where=str(path), hint="save it as .xlsx or CSV") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        header = tuple("" if cell is None else str(cell).strip() for cell in next(rows, ()))
        yield from _table(str(path), header, ((i, list(row)) for i, row in enumerate(rows, 2)), chunk)
    finally:
        book.close()


def _table(source: str, header: tuple[str, ...], rows: Iterable[tuple[int, list[Any]]], chunk: int) -> Iterator[Block]:
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise FileError(f"the column {repeated[0]} stands twice", where=source, hint="give each column its own name")
    filled = ((line, row) for line, row in rows if any(cell not in (None, "") for cell in row))
    while part := list(islice(filled, chunk)):
        yield Block(source, [line for line, _ in part], [row for _, row in part], header)


def _parquet(path: Path, chunk: int) -> Iterator[Block]:
    import pyarrow.parquet as pq
    from pyarrow.lib import ArrowInvalid

    try:
        file = pq.ParquetFile(path)
    except ArrowInvalid as error:
        raise FileError(f"is no Parquet file: {error}", where=str(path), hint="write it again") from error
    number = 0
    for batch in file.iter_batches(chunk):
        rows = batch.to_pylist()
        yield Block(str(path), range(number + 1, number + 1 + len(rows)), rows)
        number += len(rows)


def _parse(row: Any) -> Any:
    """A row as a dict; an error text where it is none."""
    if isinstance(row, bytes):
        try:
            row = json_of(row.decode())
        except UnicodeDecodeError:
            return "the line is not UTF-8"
        except (ValueError, RecursionError) as error:
            return f"the line is no JSON: {error}"
    return row if isinstance(row, dict) else "the line is no JSON object"


def _cells(header: tuple[str, ...], row: list[Any]) -> Any:
    surplus = [cell for cell in row[len(header) :] if cell not in (None, "")]
    if surplus:
        return f"the row has {len(row)} cells, the heading {len(header)}"
    if any(isinstance(cell, str) and "\udc80" <= max(cell, default="") <= "\udcff" for cell in row):
        return "the row is not UTF-8"
    return {name: _cell(cell) for name, cell in zip(header, row, strict=False) if name and cell not in (None, "")}


def _cell(cell: Any) -> Any:
    """A cell as text; a whole number or midnight of a workbook without its decoration."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00")


def frame_of(block: Block, mapping: ColumnMap | None = None) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """The listings of a block, indexed by line, and the quarantine rows of what is none."""
    rows, lines, quarantine = [], [], []
    for line, row in zip(block.lines, block.rows, strict=True):
        listing = _cells(block.header, row) if block.header is not None else _parse(row)
        if isinstance(listing, dict):
            rows.append(listing)
            lines.append(line)
        else:
            quarantine.append(_refused(block.source, line, listing, "write one JSON object a line, or a cell for each heading, in UTF-8"))
    columns = _columns(rows, mapping or {})
    lacking = [_lacks(record_id, title) for record_id, title in zip(columns["record_id"], columns["title"], strict=True)]
    if any(lacking):
        quarantine += [
            _refused(block.source, line, f"no {name}", f"fill the column {name}") for line, name in zip(lines, lacking, strict=True) if name
        ]
        kept = [name is None for name in lacking]
        columns = {name: list(compress(values, kept)) for name, values in columns.items()}
        lines = list(compress(lines, kept))
        quarantine.sort(key=lambda row: row["line"])
    index = pd.Index(lines, dtype="int64")
    return pd.DataFrame({name: series("json", values, index) for name, values in columns.items()}, index=index), quarantine


def _refused(source: str, line: int, reason: str, mend: str) -> dict[str, Any]:
    return {"source": source, "line": int(line), "reason": reason, "mend": mend}


def _lacks(record_id: Any, title: Any) -> str | None:
    """The required column that a listing does not fill."""
    for name, value in (("record_id", record_id), ("title", title)):
        if type(value) is str:
            if not value or value.isspace():
                return name
        elif value is None or isinstance(value, dict | list | bool):
            return name
    return None


def _columns(rows: list[dict[str, Any]], mapping: ColumnMap) -> dict[str, list[Any]]:
    """The rows under our names, column by column; what has no place here goes to ``extra``. A mapped column is not carried twice."""
    names = dict.fromkeys(chain.from_iterable(rows))
    found: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in REQUIRED}
    for name in names:
        if name in KNOWN and name not in mapping:
            found[name] = [row.get(name) for row in rows]
    for theirs, ours in mapping.items():
        found[ours] = [_template(theirs, row) for row in rows] if "{" in theirs else [row.get(theirs) for row in rows]
    unknown = [name for name in names if name not in KNOWN and name not in mapping]
    if unknown:
        found["extra"] = _extra(rows, unknown, found.get("extra"))
    return found


def _template(template: str, row: dict[str, Any]) -> str:
    return _SLOT.sub(lambda m: "" if row.get(m[1]) is None else str(row[m[1]]), template)


def _extra(rows: list[dict[str, Any]], names: list[str], carried: list[Any] | None) -> list[str | None]:
    """The columns ``names`` of each row as JSON text, after what an earlier run carried along."""
    parts = [_json_cells(f"{encode_basestring(name)}:", [row.get(name) for row in rows]) for name in names]
    if carried is not None:
        texts = (json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v for v in carried)
        parts.insert(0, [text[1:-1] if text else None for text in texts])
    joined = (",".join([part for part in row if part]) for row in zip(*parts, strict=True))
    return [f"{{{text}}}" if text else None for text in joined]


def _json_cells(key: str, values: list[Any]) -> list[str | None]:
    texts = (v if v is None or type(v) is str else json.dumps(v, ensure_ascii=False, default=str) for v in values)
    return [None if text is None else key + encode_basestring(text) for text in texts]


class Seen:
    """The record ids seen so far, as eight bytes each, so that repeats are found in files of any length."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []

    def repeated(self, ids: Sequence[Any]) -> np.ndarray:
        """For each id whether it stood earlier, here or in what was asked before."""
        keys = pd.util.hash_array(np.fromiter(map(str, ids), dtype=object, count=len(ids)), categorize=False)
        repeated = pd.Series(keys).duplicated().to_numpy()
        for part in self._parts:
            at = np.searchsorted(part, keys)
            repeated = repeated | (part[np.minimum(at, len(part) - 1)] == keys)
        self._parts.append(np.sort(keys))
        while len(self._parts) > 1 and len(self._parts[-2]) <= 2 * len(self._parts[-1]):
            self._parts[-2:] = [np.sort(np.concatenate(self._parts[-2:]))]
        self._parts = [part for part in self._parts if len(part)]
        return repeated


def repeat_rows(source: str, lines: Iterable[int], ids: Iterable[Any]) -> list[dict[str, Any]]:
    """Quarantine rows for listings whose record_id stood before."""
    mend = "give each listing its own record_id"
    return [
        {"source": source, "line": int(n), "reason": f"record_id {i} stands a second time", "mend": mend}
        for n, i in zip(lines, ids, strict=True)
    ]
