"""Excel for ministries: one workbook, a sheet per main table, a readme with what the columns mean, and the sources with their licences.

Text is written as text, never as a formula. Rows beyond what a sheet holds continue on a next one ("listings 2").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from warehouse.digest import quote
from warehouse.exports import Column, Dataset, Source
from warehouse.exports._about import About, attributions, days, shipped

NAME = "xlsx"
FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: the tables that people read, in this order
TABLES = ("initiatives", "listings", "relations", "portals", "changes")
#: rows of an Excel sheet, its header included
ROWS = 1_048_576
#: UTF-16 units that a cell holds
WIDEST = 32_767
_BATCH = 2_000
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: Excel counts days from here; earlier ones are written as text
_EPOCH = date(1900, 3, 1)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_WIDTHS = {"title": 48, "summary": 40, "description": 40, "url": 40, "words": 60, "titles_text": 48, "homepage": 40}


def write(source: Source, folder: Path, about: About | None = None, *, rows: int = ROWS) -> list[Path]:
    """One workbook. ``rows``: how many a sheet takes, header included, before the table continues on a next one."""
    about = about or shipped()
    path = folder / "eduatlas.xlsx"
    datasets = {d.name: d for d in source.datasets()}
    chosen = [datasets[name] for name in TABLES]
    with Workbook(str(path), {**_OPTIONS, "tmpdir": str(folder)}) as book:
        _properties(book, source, about)
        styles = _Styles(book)
        _readme(book, styles, source, about, chosen)
        for dataset in chosen:
            _table(book, styles, source, dataset, rows)
        _attribution(book, styles, source)
    return [path]


class _Styles:
    """Cell formats, one of each per workbook."""

    def __init__(self, book: Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.header: Format = book.add_format({"bold": True, "bottom": 1})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})


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


def _table(book: Workbook, styles: _Styles, source: Source, dataset: Dataset, limit: int) -> None:
    cursor = source.con.execute(select(dataset))
    names = [column[0] for column in cursor.description or ()]
    rows = chain.from_iterable(iter(lambda: cursor.fetchmany(_BATCH), []))
    for number in count(1):
        sheet = book.add_worksheet(dataset.name if number == 1 else f"{dataset.name} {number}")
        _head(sheet, styles, names, dataset)
        written = 0
        for written, row in enumerate(islice(rows, limit - 1), start=1):
            _row(sheet, styles, written, row)
        sheet.autofilter(0, 0, written, len(names) - 1)
        ahead = next(rows, None)
        if ahead is None:
            return
        rows = chain([ahead], rows)


def _head(sheet: Worksheet, styles: _Styles, names: Sequence[str], dataset: Dataset) -> None:
    nested = {column.name for column in dataset.columns if column.nested}
    for i, name in enumerate(names):
        # JSON is for machines: folded away, a click on [+] shows it
        folded = {"level": 1, "hidden": True} if name in nested else {}
        sheet.set_column(i, i, _WIDTHS.get(name, 16), None, folded)
        sheet.write_string(0, i, name, styles.header)
    sheet.freeze_panes(1, 0)


def _row(sheet: Worksheet, styles: _Styles, number: int, row: Sequence[Any]) -> None:
    for i, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(number, i, value)
        elif isinstance(value, (int, float)):
            sheet.write_number(number, i, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(number, i, value, styles.moment)
        elif isinstance(value, date) and value >= _EPOCH:
            sheet.write_datetime(number, i, datetime(value.year, value.month, value.day), styles.day)
        elif str(value):
            sheet.write_string(number, i, cell(str(value)))


def cell(said: str) -> str:
    """Text as a cell holds it: no control characters, cut with an ellipsis at what Excel allows."""
    said = _CONTROL.sub("", said)
    if len(said) <= WIDEST // 2 or len(said.encode("utf-16-le")) // 2 <= WIDEST:
        return said
    return said.encode("utf-16-le")[: 2 * (WIDEST - 1)].decode("utf-16-le", errors="ignore") + "…"


def select(dataset: Dataset) -> str:
    """The dataset's rows; lists and maps as JSON, and as text beside."""
    return f"SELECT {', '.join(part for column in dataset.columns for part in _parts(column))} FROM {quote(dataset.name)}"


def _parts(column: Column) -> list[str]:
    name = quote(column.name)
    if not column.nested:
        return [name]
    items = f"list_transform(map_entries({name}), lambda e: e.key || ': ' || e.value)" if column.type.startswith("MAP") else name
    return [f"to_json({name})::VARCHAR AS {name}", f"array_to_string({items}, '; ') AS {quote(column.name + '_text')}"]


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
        sheet.write_string(row, 2, cell(said), styles.wrapped)
    row = len(facts) + 3
    for i, name in enumerate(("Sheet", "Column", "Meaning")):
        sheet.write_string(row, i, name, styles.header)
    for dataset in chosen:
        for name, said in [("", dataset.comment), *((c.name, c.comment) for c in dataset.columns)]:
            row += 1
            _row(sheet, styles, row, (dataset.name, name, said))


def _attribution(book: Workbook, styles: _Styles, source: Source) -> None:
    sheet = book.add_worksheet("attribution")
    heads = ("portal", "title", "publisher", "homepage", "licence", "reuse", "listings", "attribution")
    for i, name in enumerate(heads):
        sheet.set_column(i, i, 24)
        sheet.write_string(0, i, name, styles.header)
    for number, a in enumerate(attributions(source.con), start=1):
        _row(sheet, styles, number, (a.portal, a.title, a.publisher, a.homepage, a.licence, a.reuse, a.listings, a.words))
    sheet.freeze_panes(1, 0)
