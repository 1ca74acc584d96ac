"""Rows of an Excel workbook by SQL: the workbook is made with its header rows alone, and the rows are then streamed into its sheets.

DuckDB writes the cells many times faster than Python could. Sheets are parts of a zip archive whose entries carry no time of their own.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from xlsxwriter.utility import xl_col_to_name

from warehouse.digest import quote
from warehouse.exports import Dataset, Source
from warehouse.exports._flat import Flat, flat
from warehouse.exports._lines import write_lines

#: as quick as 1 on cells, which repeat themselves, and a tenth smaller; 6 costs two and a half times as much
_LEVEL = 3
_TIME = (1980, 1, 1, 0, 0, 0)
_END = b"</sheetData>"
#: a sheet of more rows may not fit the zip format for small files
_LARGE = 200_000
_KINDS = {"BOOLEAN": "truth", "DATE": "day", "TIMESTAMP": "moment"}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table, by number from ``first`` up to ``last`` exclusive, that one sheet takes; styles are numbers of cell formats."""

    dataset: Dataset
    first: int
    last: int
    day: int
    moment: int

    def columns(self) -> list[Flat]:
        """The column of every cell."""
        return flat(self.dataset)

    def query(self) -> str:
        """One row of the sheet a line, of the rows from ``$first`` up to ``$last``, exclusive."""
        columns = self.columns()
        below = ", ".join(f"{column.said} AS {quote(column.name)}" for column in columns)
        texts = [quote(column.name) for column in columns if self._kind(column) == "text"]
        # rows stand in the order of their numbers, and say none in the sheet: each follows the one before
        rows = f"SELECT {below} FROM {quote(self.dataset.name)} WHERE rowid >= $first AND rowid < $last"
        # one look at all texts of a row costs less than one at each
        looked = f"SELECT *, plain_text(concat({', '.join(texts)})) AS plain FROM ({rows})"
        # the others by a list: what makes them is long, and DuckDB would plan it anew for every column
        marked = f"CASE WHEN NOT plain THEN list_transform([{', '.join(texts)}], lambda t: text_cell(t)) END AS marked"
        plain, others = self._row([f"plain_cell({text})" for text in texts]), self._row([f"marked[{i + 1}]" for i in range(len(texts))])
        return f"SELECT CASE WHEN plain THEN {plain} ELSE {others} END AS line FROM (SELECT *, {marked} FROM ({looked}))"

    def _row(self, texts: Sequence[str]) -> str:
        """A row, given the cells of its texts."""
        left = iter(texts)
        cells = ", ".join(next(left) if self._kind(column) == "text" else self._cell(column) for column in self.columns())
        return f"concat('<row>', {cells}, '</row>\n')"

    def _cell(self, column: Flat) -> str:
        kind = self._kind(column)
        style = {"day": f", {self.day}", "moment": f", {self.moment}"}.get(kind, "")
        return f"{kind}_cell({quote(column.name)}{style})"

    @staticmethod
    def _kind(column: Flat) -> str:
        """What the cells of a column hold."""
        kind = column.type.split("(")[0]
        return _KINDS.get(kind, "number" if kind in _NUMBERS else "text")


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
                    _sheet(source, old.read(name), part, out)
                else:
                    out.write(old.read(name))


def _sheet(source: Source, sheet: bytes, part: Part, out: IO[bytes]) -> None:
    before, after = sheet.split(_END)
    corner = f"{xl_col_to_name(len(part.columns()) - 1)}{part.last - part.first + 1}"
    out.write(re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{corner}"/>'.encode(), before))
    write_lines(source.con, part.query(), out, {"first": part.first, "last": part.last})
    out.write(_END + after)
