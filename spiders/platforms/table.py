"""Tables at an address: CSV, XLSX, JSON, JSON Lines, or a table of a web page; also an interface that gives JSON in pages."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.card import Harvest
from spiders.errors import CardError, HarvestError
from spiders.extract.labels import PERSON, field_for
from spiders.extract.nodes import squeeze, text_of
from spiders.page import json_of
from spiders.platforms._records import at
from spiders.platforms._records import text as joined
from spiders.xml import refuse_entities

#: what an XLSX file may hold unpacked, and rows of any table
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ROWS = 500_000
#: where a part of an XLSX file would declare entities
_HEAD = 65536
#: a list in more pages than this is a circle
MAX_PAGES = 5000
_FORMATS = ("csv", "xlsx", "json", "html")
_TYPES = {
    "text/csv": "csv", "application/csv": "csv", "text/tab-separated-values": "csv", "application/json": "json",
    "application/x-ndjson": "json", "application/jsonl": "json", "text/html": "html", "application/xhtml+xml": "html",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
#: between the levels of a header
LEVEL = " / "


class Table(Platform):
    """Each row is a listing. Columns are found by the card's ``fields``, else by the dictionary of labels."""

    name = "table"
    rank = 65
    about = "a table at an address: CSV, XLSX, JSON, or one of a web page"
    options = {
        "format": Option(str, "csv, xlsx, json or html, where neither media type nor ending says so"),
        "fields": Option(dict, "raw field -> heading of its column, or path in a JSON row"),
        "key": Option(str, "heading of the column that names a row for ever"),
        "delimiter": Option(str, "what parts the columns of a CSV file, where it is not plain to see"),
        "sheet": Option(str, "name of the sheet; the first if not given"),
        "header": Option(int, "number of header rows; their texts are joined by ' / '; 1 if not given"),
        "skip": Option(int, "rows above the header"),
        "rows": Option(str, "path to the list of rows in JSON, or CSS of the table"),
        "split": Option(str, "mark between several values of one cell, such as '|'"),
        "next": Option(str, "path in the JSON to the address of the next page"),
        "offset": Option(str, "parameter of the address that says how many rows to pass over, such as 'offset'"),
        "total": Option(str, "path in the JSON to the number of all rows, such as 'meta.total_count'"),
    }

    @classmethod
    def check(cls, harvest: Harvest, error: Callable[..., CardError]) -> None:
        super().check(harvest, error)
        if (kind := harvest.options.get("format")) and kind not in _FORMATS:
            raise error("format", f"{kind!r} is not known", f"Known: {', '.join(_FORMATS)}.")
        if "next" in harvest.options and "offset" in harvest.options:
            raise error("next", "give either next or offset", "next names the following page, offset counts the rows before it.")
        if len(harvest.options.get("delimiter", ",")) != 1:
            raise error("delimiter", "must be one character", 'Write it as ";" or "\\t".')

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        if _TYPES.get(page.content_type) in ("csv", "xlsx") or page.url.lower().endswith((".csv", ".xlsx", ".jsonl")):
            yield Door(page.url, page.url, "the address itself")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        return {} if any(cls.doors(answer)) else None

    def parse(self, page: Page) -> Iterator[Yield]:
        """The file, the page with the table, or a page of the interface."""
        depth, before = page.context.get("depth", 1), page.context.get("before", 0)
        number = 0
        seen: set[str] = set()
        for number, row in enumerate(self._rows(page), 1):
            if before + number > MAX_ROWS:
                yield Problem(f"more than {MAX_ROWS} rows", page.url, short=True)
                break
            yield self._row(page, row, number, seen)
        total = self._total(page)
        if depth == 1 and total is not None:
            yield Claimed(total, f"{self.option('total')} of the answer")
        elif total is None and number:
            yield Claimed(number, "rows of the table")
        if not number and (depth == 1 or (total is not None and before < total)):
            yield Problem("the table holds no row", page.url, short=True)
        elif number and depth < MAX_PAGES and (following := self._following(page, before + number, total)):
            yield Fetch(following, "parse", {"depth": depth + 1, "before": before + number}, first=True)

    def _total(self, page: Page) -> int | None:
        value = at(page.json, self.option("total")) if self.option("total") else None
        return int(value) if isinstance(value, (int, str)) and str(value).isdigit() else None

    def _following(self, page: Page, read: int, total: int | None) -> str | None:
        """The next page of an interface, after ``read`` rows."""
        if path := self.option("next"):
            href = at(page.json, path)
            return page.join(href) if isinstance(href, str) and href else None
        if not (name := self.option("offset")) or (total is not None and read >= total):
            return None
        parts = urlsplit(self.harvest.url)
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != name]
        return urlunsplit((*parts[:3], urlencode([*query, (name, str(read))], safe=":,[]"), ""))

    # -- rows by format

    def _rows(self, page: Page) -> Iterator[dict[str, Any]]:
        kind = self.option("format") or _TYPES.get(page.content_type) or page.url.partition("?")[0].rpartition(".")[2].lower()
        if page.body[:4] == b"PK\x03\x04":
            kind = "xlsx"
        elif kind not in _FORMATS:
            kind = "json" if page.body.lstrip()[:1] in (b"{", b"[") else "csv"
        if page.body[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise HarvestError("the file is of the old Excel format", where=page.url, hint="Give the address of a CSV or XLSX file.")
        if kind == "json":
            return self._json(page)
        return self._headed({"csv": self._csv, "xlsx": self._xlsx, "html": self._html}[kind](page), page)

    def _json(self, page: Page) -> Iterator[dict[str, Any]]:
        text = page.body.decode("utf-8-sig", "replace")
        try:
            data = json_of(text)
        except (ValueError, RecursionError):
            try:
                data = [json_of(line) for line in text.splitlines() if line.strip()]
            except (ValueError, RecursionError) as e:
                raise HarvestError(f"the file is neither JSON nor JSON Lines: {e}", where=page.url) from e
        if path := self.option("rows"):
            data = at(data, path)
        if isinstance(data, dict):  # the one list in an answer that has several parts
            data = next((v for v in data.values() if isinstance(v, list)), [data])
        if not isinstance(data, list):
            raise HarvestError("the JSON holds no list of rows", where=page.url, hint="Say where it is: rows = 'path.to.list'.")
        return (row for row in data if isinstance(row, dict))

    def _csv(self, page: Page) -> Iterator[Sequence[Any]]:
        text = page.text.lstrip("\ufeff")
        delimiter = self.option("delimiter") or _delimiter(text)
        csv.field_size_limit(10_000_000)
        try:
            yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        except csv.Error as e:
            raise HarvestError(f"the CSV file is damaged: {e}", where=page.url) from e

    def _xlsx(self, page: Page) -> Iterator[Sequence[Any]]:
        import openpyxl  # slow to load

        try:
            with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
                if sum(f.file_size for f in archive.infolist()) > MAX_UNPACKED:
                    raise HarvestError(f"the file holds more than {MAX_UNPACKED} bytes unpacked", where=page.url)
                for name in archive.namelist():
                    with archive.open(name) as part:
                        if name.endswith((".xml", ".rels")):
                            refuse_entities(part.read(_HEAD), page.url)
            book = openpyxl.load_workbook(io.BytesIO(page.body), read_only=True, data_only=True)
            wanted = self.option("sheet")
            if wanted and wanted not in book.sheetnames:
                raise HarvestError(f"there is no sheet {wanted!r}", where=page.url, hint=f"Sheets: {', '.join(book.sheetnames)}.")
            sheet = book[wanted] if wanted else book.worksheets[0]
            yield from sheet.iter_rows(values_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as e:
            raise HarvestError(f"the file is no XLSX that can be read: {e}", where=page.url) from e

    def _html(self, page: Page) -> Iterator[Sequence[Any]]:
        tables = page.tree.css(self.option("rows", "table"))
        if not tables:
            raise HarvestError("the page holds no table", where=page.url)
        table = max(tables, key=lambda t: len(t.css("tr")))
        for row in table.css("tr"):
            yield [_Cell.of(cell, page) for cell in row.css("th, td") for _ in range(_span(cell))]

    def _headed(self, rows: Iterator[Sequence[Any]], page: Page) -> Iterator[dict[str, Any]]:
        for _ in range(self.option("skip", 0)):
            next(rows, None)
        levels = [list(row) for _ in range(self.option("header", 1)) if (row := next(rows, None)) is not None]
        names = headings(levels)
        if not any(names):
            raise HarvestError("the table has no header", where=page.url)
        for row in rows:
            values = {name: cell for name, cell in zip(names, row, strict=False) if name and _filled(cell)}
            if values:
                yield values

    # -- a row

    def _row(self, page: Page, row: dict[str, Any], number: int, seen: set[str]) -> Yield:
        fields = self.option("fields", {})
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        labels: dict[str, list[str]] = {}
        own = {squeeze(heading).casefold() for heading in fields.values()}
        for heading, cell in row.items():
            field = field_for(heading.rpartition(LEVEL)[2], self.option("labels")) or field_for(heading, self.option("labels"))
            if field == PERSON:
                continue
            found = self._texts(cell)
            if found:
                labels[heading] = found
            if field and found and field not in values and squeeze(heading).casefold() not in own:
                values[field], sources[field] = "; ".join(found), f"column {heading}"
        for field, heading in fields.items():
            cell = _column(row, heading)
            if found := self._texts(cell):
                values[field], sources[field] = "; ".join(found), f"column {heading}"
        title = values.pop("title", None)
        if not title:
            return Problem(f"row {number} has no title", page.url)
        link = values.pop("url", None) or next((c.href for c in row.values() if isinstance(c, _Cell) and c.href and c.text == title), None)
        url = page.join(link) if link else page.url
        key = joined(_column(row, self.option("key"))) if self.option("key") else None
        if key is None and not link:
            key = title
        name = f"{url}#{key}"
        if name in seen:
            return Problem(f"row {number}: another row has the key {key or url!r}", page.url)
        seen.add(name)
        return self.listing(page, title=title, url=url, key=key, sources=sources, labels=labels, shared_page=not link, **values)

    def _texts(self, cell: Any) -> list[str]:
        mark = self.option("split")
        text = _text(cell)
        if mark and text:
            return [part for p in text.split(mark) if (part := squeeze(p))]
        return [text] if text else []


class _Cell:
    """A cell of a web page: its text and first link."""

    def __init__(self, text: str, href: str | None) -> None:
        self.text, self.href = text, href

    @classmethod
    def of(cls, node: LexborNode, page: Page) -> _Cell:
        link = node.css_first("a[href]")
        return cls(text_of(node), page.join(link.attributes.get("href") or "") if link else None)

    def __str__(self) -> str:
        return self.text


def headings(levels: Sequence[Sequence[Any]]) -> list[str]:
    """One heading a column: levels joined, an empty cell of an upper level taking the text to its left (merged cells)."""
    width = max((len(level) for level in levels), default=0)
    names: list[list[str]] = [[] for _ in range(width)]
    for depth, level in enumerate(levels):
        left = ""
        for column in range(width):
            text = _text(level[column]) if column < len(level) else ""
            if not text and depth < len(levels) - 1:
                text = left
            left = text
            if text and text not in names[column]:
                names[column].append(text)
    found: list[str] = []
    for parts in names:
        name = LEVEL.join(parts)
        number = sum(n == name or n.startswith(f"{name} (") for n in found)
        found.append(f"{name} ({number + 1})" if name and number else name)
    return found


def _column(row: dict[str, Any], heading: str) -> Any:
    wanted = squeeze(heading).casefold()
    for name, cell in row.items():
        if squeeze(name).casefold() == wanted:
            return cell
    last = next((cell for name, cell in row.items() if squeeze(name.rpartition(LEVEL)[2]).casefold() == wanted), None)
    return last if last is not None else at(row, heading)


def _filled(cell: Any) -> bool:
    return bool(_text(cell))


def _text(cell: Any) -> str:
    if isinstance(cell, (dict, list)):
        return joined(cell) or ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if hasattr(cell, "isoformat"):
        cell = cell.isoformat().removesuffix("T00:00:00")
    return squeeze(str(cell)) if cell is not None else ""


def _span(cell: LexborNode) -> int:
    span = cell.attributes.get("colspan") or "1"
    return min(int(span), 50) if span.isdigit() and int(span) > 0 else 1


def _delimiter(text: str) -> str:
    """What parts the columns: the mark that cuts most of the first lines into the same number of pieces, the most of them."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]
    best = (0, 0, ",")
    for mark in (";", ",", "\t", "|"):
        counts = [len(next(csv.reader([line], delimiter=mark), [])) for line in lines]
        number = max(set(counts), key=counts.count, default=1)
        if number > 1:
            best = max(best, (counts.count(number), number, mark))
    return best[2]
