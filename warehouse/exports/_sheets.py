"""Rows of an Excel workbook by SQL: the workbook is made with its header rows alone, and the rows are then streamed into its sheets.

DuckDB writes the cells many times faster than Python could. Sheets are parts of a zip archive whose entries carry no time of their own.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from xlsxwriter.utility import xl_col_to_name

from warehouse.digest import quote
from warehouse.exports import Column, Dataset, Source
from warehouse.exports._lines import write_lines

#: cells repeat themselves so much that packing harder costs five times as much and saves little
_LEVEL = 1
_TIME = (1980, 1, 1, 0, 0, 0)
_END = b"</sheetData>"
#: a sheet of more rows may not fit the zip format for small files
_LARGE = 200_000
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table, by number from ``first`` up to ``last`` exclusive, that one sheet takes; styles are numbers of cell formats."""

    dataset: Dataset
    first: int
    last: int
    day: int
    moment: int

    def columns(self) -> list[tuple[str, str, Column]]:
        """Name, expression and column of every cell: a list or map has two, JSON and text."""
        found = []
        for column in self.dataset.columns:
            name = quote(column.name)
            if column.nested:
                found.append((column.name, f"to_json({name})::VARCHAR", column))
                items = (
                    f"list_transform(map_entries({name}), lambda e: e.key || ': ' || e.value)" if column.type.startswith("MAP") else name
                )
                found.append((f"{column.name}_text", f"array_to_string({items}, '; ')", column))
            else:
                found.append((column.name, name, column))
        return found

    def query(self) -> str:
        """One row of the sheet a line."""
        cells = [self._cell(said, column) for _, said, column in self.columns()]
        row = f"concat('<row r=\"', r, '\">', {', '.join(cells)}, '</row>') AS line"
        # rows stand in the order of their numbers; the header is row 1
        chosen = "WHERE rowid >= getvariable('first') AND rowid < getvariable('last')"
        return f"SELECT {row} FROM (SELECT rowid - {self.first} + 2 AS r, * FROM {quote(self.dataset.name)} {chosen})"

    def _cell(self, said: str, column: Column) -> str:
        kind = column.type.split("(")[0]
        if kind == "BOOLEAN":
            return f"truth_cell({said})"
        if kind == "DATE":
            return f"day_cell({said}, {self.day})"
        if kind == "TIMESTAMP":
            return f"moment_cell({said}, {self.moment})"
        if kind in _NUMBERS and not column.nested:
            return f"number_cell({said})"
        return f"text_cell(({said})::VARCHAR)"


def fill(source: Source, book: IO[bytes], target: Path, parts: Mapping[str, Part]) -> None:
    """Copy a workbook, with the rows of ``parts`` (entry of the archive -> rows) after the header rows of its sheets."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            part = parts.get(name)
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            # public as compress_level from Python 3.13 on, under both names
            info._compresslevel = _LEVEL  # type: ignore[attr-defined]
            with new.open(info, "w", force_zip64=part is not None and part.last - part.first > _LARGE) as out:
                if part:
                    _sheet(source, old.read(name), part, out, target.with_name(".part"))
                else:
                    out.write(old.read(name))


def _sheet(source: Source, sheet: bytes, part: Part, out: IO[bytes], beside: Path) -> None:
    before, after = sheet.split(_END)
    corner = f"{xl_col_to_name(len(part.columns()) - 1)}{part.last - part.first + 1}"
    out.write(re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{corner}"/>'.encode(), before))
    write_lines(source, part.query(), out, beside, part.first, part.last)
    out.write(_END + after)
