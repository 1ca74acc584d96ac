"""Excel for ministries: one workbook, a sheet per main table, a readme with what the columns mean, and the sources with their licences.

Text is written as text, never as a formula. Rows beyond what a sheet holds continue on a next one ("listings 2").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from warehouse.exports import Dataset, Source
from warehouse.exports._about import About, attributions, days, shipped, sql
from warehouse.exports._lines import rows_of
from warehouse.exports._sheets import Part, fill

NAME = "xlsx"
FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: the tables that people read, in this order
TABLES = ("initiatives", "listings", "relations", "portals", "changes")
#: rows of an Excel sheet, its header included
ROWS = 1_048_576
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_WIDTHS = {"title": 48, "summary": 40, "description": 40, "url": 40, "words": 60, "titles_text": 48, "homepage": 40}


def write(source: Source, folder: Path, about: About | None = None, *, rows: int = ROWS) -> list[Path]:
    """One workbook. ``rows``: how many a sheet takes, header included, before the table continues on a next one."""
    about = about or shipped()
    source.con.execute(sql("readable"))
    source.con.execute(sql("xlsx"))
    path, frame = folder / "eduatlas.xlsx", BytesIO()
    datasets = {d.name: d for d in source.datasets()}
    chosen = [datasets[name] for name in TABLES]
    parts: dict[str, Part] = {}
    with Workbook(frame, {**_OPTIONS, "in_memory": True}) as book:
        _properties(book, source, about)
        styles = _Styles(book)
        _readme(book, styles, source, about, chosen)
        for dataset in chosen:
            for number, part in enumerate(_parts(source, dataset, styles, rows), start=1):
                sheet = book.add_worksheet(dataset.name if number == 1 else f"{dataset.name} {number}")
                _head(sheet, styles, part)
                parts[f"xl/worksheets/sheet{len(book.worksheets())}.xml"] = part
        _attribution(book, styles, source)
    fill(source, frame, path, parts)
    return [path]


class _Styles:
    """Cell formats, one of each per workbook."""

    def __init__(self, book: Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.header: Format = book.add_format({"bold": True, "bottom": 1})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})

    @staticmethod
    def number(style: Format) -> int:
        """The number by which cells name a format."""
        return int(style._get_xf_index())


def _properties(book: Workbook, source: Source, about: About) -> None:
    this = days(source.con)[1]
    # the release's own day: the clock would make two writings differ
    created = datetime(this.year, this.month, this.day)
    book.set_properties(
        {
            "title": f"{about.of(source)} {source.version}",
            "author": about.publisher["name"],
            "comments": about.licence["name"],
            "created": created,
        }
    )


def _parts(source: Source, dataset: Dataset, styles: _Styles, limit: int) -> Iterator[Part]:
    total = rows_of(source.con, dataset.name)
    for first in range(0, max(total, 1), limit - 1):
        yield Part(dataset, first, min(total, first + limit - 1), styles.number(styles.day), styles.number(styles.moment))


def _head(sheet: Worksheet, styles: _Styles, part: Part) -> None:
    columns = part.columns()
    for i, column in enumerate(columns):
        # JSON is for machines: folded away, a click on [+] shows it
        folded = {"level": 1, "hidden": True} if column.is_json else {}
        sheet.set_column(i, i, _WIDTHS.get(column.name, 16), None, folded)
        sheet.write_string(0, i, column.name, styles.header)
    sheet.autofilter(0, 0, part.last - part.first, len(columns) - 1)
    sheet.freeze_panes(1, 0)


def _row(sheet: Worksheet, number: int, row: Sequence[Any]) -> None:
    for i, value in enumerate(row):
        if isinstance(value, int):
            sheet.write_number(number, i, value)
        elif value:
            sheet.write_string(number, i, _CONTROL.sub("", str(value)))


def _readme(book: Workbook, styles: _Styles, source: Source, about: About, chosen: Sequence[Dataset]) -> None:
    sheet = book.add_worksheet("readme")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 100)
    first, this = days(source.con)
    sheet.write_string(0, 0, about.of(source), styles.title)
    facts = [
        ("Release", f"{source.version} of {this.isoformat()}; the first was of {first.isoformat()}"),
        ("Columns", f"schema version {source.schema_version}"),
        ("Licence", f"{about.licence['name']}, {about.licence['url']}"),
        ("Rights", about.notes["rights"]),
        ("Provenance", about.notes["provenance"]),
        ("Contact", about.contact["email"]),
        ("Times", "Coordinated universal time."),
        ("Lists", "A column named …_text holds a list as people read it; the column before it, folded away, the same as JSON."),
    ]
    if source.world == "sample":
        facts.insert(0, ("Sample", about.notes["sample"]))
    for row, (name, said) in enumerate(facts, start=2):
        sheet.write_string(row, 0, name, styles.header)
        sheet.write_string(row, 2, _CONTROL.sub("", said), styles.wrapped)
    row = len(facts) + 3
    for i, name in enumerate(("Sheet", "Column", "Meaning")):
        sheet.write_string(row, i, name, styles.header)
    for dataset in chosen:
        for name, said in [("", dataset.comment), *((c.name, c.comment) for c in dataset.columns)]:
            row += 1
            _row(sheet, row, (dataset.name, name, said))


def _attribution(book: Workbook, styles: _Styles, source: Source) -> None:
    sheet = book.add_worksheet("attribution")
    heads = ("portal", "title", "publisher", "homepage", "licence", "reuse", "listings", "attribution")
    for i, name in enumerate(heads):
        sheet.set_column(i, i, 24)
        sheet.write_string(0, i, name, styles.header)
    for number, a in enumerate(attributions(source.con), start=1):
        _row(sheet, number, (a.portal, a.title, a.publisher, a.homepage, a.licence, a.reuse, a.listings, a.words))
    sheet.freeze_panes(1, 0)
