"""The xlsx export: text stays text, every row is there, the columns are explained."""

import csv
import datetime
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from warehouse import exports
from warehouse.exports import _about, xlsx

#: UTF-16 units that a cell holds
WIDEST = 32_767


@pytest.fixture
def book(release: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(release / "xlsx/eduatlas.xlsx")


def table(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    rows: list[Any] = list(book[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_every_row_of_the_main_tables_is_there(book: openpyxl.Workbook, release: Path) -> None:
    assert book.sheetnames == ["readme", *xlsx.TABLES, "attribution"]
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        for name in xlsx.TABLES:
            count = con.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0]
            assert book[name].max_row == count + 1 and count > 0


def test_text_stays_text(book: openpyxl.Workbook) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [c for c in cells if c.data_type == "f"] and not [c for c in cells if c.hyperlink]
    row = next(r for r in table(book, "initiatives") if r["initiative_id"] == "ea-000000000a")
    assert str(row["title"]).startswith('=HYPERLINK("http://x.example","a") & <b>"q"</b>') and row["acronym"] == "+DP"
    assert "🙂" in str(row["title"]) and "\u0007" not in str(row["title"])


def test_types_lists_and_maps(book: openpyxl.Workbook, release: Path) -> None:
    row = next(r for r in table(book, "initiatives") if r["initiative_id"] == "ea-000000000a")
    assert row["nuts"] == '["DE3","DEA11"]' and row["nuts_text"] == "DE3; DEA11"
    assert str(row["titles_text"]).startswith("de: =HYPERLINK") and row["budget_amount"] == 1234.5 and row["is_listed"] is True
    assert row["start_date"] == "1850-01-01", "before Excel's days, as text"
    assert next(r for r in table(book, "initiatives") if r["initiative_id"] == "ea-0000000001")["end_date"] == datetime.datetime(
        2030, 12, 31
    )
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        seen = con.execute("SELECT initiative_id, first_seen FROM initiatives").fetchall()
    assert {r["initiative_id"]: r["first_seen"] for r in table(book, "initiatives")} == dict(seen)
    names = [c.value for c in book["initiatives"][1]]
    folded = get_column_letter(names.index("nuts") + 1)
    assert book["initiatives"].column_dimensions[folded].hidden


def test_what_is_too_long_is_cut_with_an_ellipsis(book: openpyxl.Workbook) -> None:
    text = str(next(r for r in table(book, "listings") if r["record_id"] == "de-c:2")["description"])
    assert len(text) == WIDEST and text.endswith("w…")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.sampled_from([1, 700, 20_000]))
def test_a_cell_holds_any_text(said: str, times: int) -> None:
    with duckdb.connect() as con:
        con.execute(_about.sql("xlsx"))
        [(cell, plain, quick)] = con.execute(
            "SELECT text_cell(t), plain_text(t), plain_cell(t) FROM (SELECT ? AS t)", [said * times]
        ).fetchall()
    assert not plain or quick == cell, "what needs no look at every cell is written alike"
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "", (said * times).replace("\r\n", "\n").replace("\r", "\n"))
    if not said:
        assert cell == "<c/>"
        return
    told = ET.fromstring(cell)
    held = told.find("v") if told.get("t") == "str" else told.find("is/t")
    assert held is not None
    text = re.sub("_x005F(_x[0-9A-Fa-f]{4}_)", r"\1", held.text or "")
    assert len(text.encode("utf-16-le")) // 2 <= WIDEST
    assert text == kept or (text.endswith("…") and kept.startswith(text[:-1]) and len(kept.encode("utf-16-le")) // 2 > WIDEST)


def test_what_looks_like_an_escape_stays_text() -> None:
    with duckdb.connect() as con:
        con.execute(_about.sql("xlsx"))
        assert '<t xml:space="preserve">_x005F_x000D_ &amp;amp;</t>' in con.execute("SELECT text_cell('_x000D_ &amp;')").fetchall()[0][0]


def test_the_readme_explains_every_column(book: openpyxl.Workbook, release: Path) -> None:
    rows = list(book["readme"].iter_rows(values_only=True))
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        for dataset in exports.Source(con, "v", "1").datasets():
            if dataset.name in xlsx.TABLES:
                told = {row[1]: row[2] for row in rows if row[0] == dataset.name}
                assert told == {None: dataset.comment} | {c.name: c.comment for c in dataset.columns}
    said = " ".join(str(v) for row in rows for v in row if v)
    assert "2025-03-01.1" in said and "https://creativecommons.org/licenses/by/4.0/" in said


def test_sources_are_named(book: openpyxl.Workbook) -> None:
    assert {row["portal"] for row in table(book, "attribution")} == {"cz-a", "eu-b", "de-c"}
    assert "Amt & Söhne <x>" in str(next(r for r in table(book, "attribution") if r["portal"] == "de-c")["attribution"])


def test_rows_beyond_a_sheet_continue_on_the_next(release: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        for rows, sheets in ((4, 3), (5, 2), (8, 1), (9, 1)):
            [path] = xlsx.write(exports.Source(con, "2025-03-01.1", "1"), tmp_path, rows=rows)
            book = openpyxl.load_workbook(path)
            mine = [name for name in book.sheetnames if name.startswith("initiatives")]
            assert mine == ["initiatives", "initiatives 2", "initiatives 3"][:sheets]
            ids = [row["initiative_id"] for name in mine for row in table(book, name)]
            assert len(ids) == len(set(ids)) == 7 and list(tmp_path.iterdir()) == [path]


def test_the_file_has_no_time_of_its_own(release: Path) -> None:
    with zipfile.ZipFile(release / "xlsx/eduatlas.xlsx") as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2025-03-01T00:00:00Z" in book.read("docProps/core.xml")


def test_sample_data_say_so(maker: Callable[..., Path], tmp_path: Path) -> None:
    folder = maker(tmp_path / "sample", kind="sample")
    readme = openpyxl.load_workbook(folder / "xlsx/eduatlas.xlsx")["readme"]
    assert "Not for reuse" in " ".join(str(c.value) for row in readme.iter_rows() for c in row)
    for name in ("datapackage.json", "ATTRIBUTION.txt", "CITATION.cff", "dcat/catalog.ttl", "jsonld/eduatlas.jsonld", "feeds/all.rss"):
        assert "Not for reuse" in (folder / name).read_text(), name
    assert "(sample)" in (folder / "feeds/all.atom").read_text()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed (Debian: libreoffice-calc-nogui)")
def test_libreoffice_opens_it_and_finds_every_cell(book: openpyxl.Workbook, release: Path, tmp_path: Path) -> None:
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", as_csv]
    done = subprocess.run(
        [*command, "--outdir", str(tmp_path), str(release / "xlsx/eduatlas.xlsx")], capture_output=True, text=True, timeout=250
    )
    assert done.returncode == 0, done.stderr
    for name in xlsx.TABLES:
        with (tmp_path / f"eduatlas-{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) == book[name].max_row and rows[0] == [cell.value for cell in book[name][1]]
        told = table(book, name)
        for column, field in enumerate(rows[0]):
            if field in ("initiative_id", "title", "source_id", "words"):
                assert [row[column] for row in rows[1:]] == [str(row[field] or "") for row in told]
        assert not [cell for row in rows for cell in row if cell.startswith(("#NAME", "#REF", "Err:"))]
