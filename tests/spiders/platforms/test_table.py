"""Tables over real HTTP: CSV of several makes, XLSX, JSON in pages, tables of web pages, and damaged files."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_server import HOST, Answer, make_card

from spiders.errors import CardError, HarvestError
from spiders.page import Page
from spiders.platforms import table
from spiders.platforms.table import headings
from spiders.rawzone import versions

HOME = f"http://{HOST}"
CSV = {"Content-Type": "text/csv"}


def card(*urls: str, **options):
    return make_card(*({"platform": "table", "url": f"{HOME}{url}", **options} for url in urls))


def rows_of(tmp_path):
    return {r["title"]: r for r in versions(tmp_path / "raw", "at-test")}


def xlsx(rows, sheet: str = "Projekte") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Hinweise"
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_pipes_values_in_cells_and_people(site, run, tmp_path):
    lines = ["Titel|Träger|Laufzeit|Themen|Ansprechpartner|Link", "DigiPlan|Amt|2020-2024|Netz;Gerät|A Person|/p/1"]
    text = "\n".join([*lines, "Ohne Link|Amt|2021|||", "|Amt||||/p/3"])
    site.routes["/a.csv"] = Answer(text, headers=CSV)
    fields = {"title": "Titel", "organisation": "Träger", "period": "Laufzeit", "topic": "Themen", "url": "Link"}
    first = run(card("/a.csv", fields=fields, split=";"), 1)
    rows = rows_of(tmp_path)
    assert rows["DigiPlan"]["record_id"] == f"at-test:{HOME}/p/1" and rows["DigiPlan"]["topic"] == "Netz; Gerät"
    assert rows["Ohne Link"]["record_id"] == f"at-test:{HOME}/a.csv#Ohne Link" and rows["Ohne Link"]["shared_page"] is True
    assert "A Person" not in json.dumps(list(rows.values()))
    assert [e["reason"] for e in first.errors] == ["row 3 has no title"] and first.claimed == 3
    second = run(card("/a.csv", fields=fields, split=";"), 2)
    assert (second.counts["unchanged"], (second.folder / "listings.jsonl").read_text()) == (2, "")


def test_columns_by_the_shared_dictionary_and_other_encodings(site, run, tmp_path):
    text = 'Název;Příjemce;Doba realizace;Rozpočet\r\n"Škola; nová";Město;2020–2024;3 mil. Kč\r\n'
    site.routes["/cs.csv"] = Answer(text.encode("cp1250", "replace"), headers={"Content-Type": "text/csv; charset=windows-1250"})
    run(card("/cs.csv"))
    row = rows_of(tmp_path)["Škola; nová"]
    assert (row["period"], row["budget"]) == ("2020–2024", "3 mil. Kč")


def test_xlsx_with_two_header_rows(site, run, tmp_path):
    rows = [
        ["Stand 2024", None, None, None],
        ["Projekt", None, "Zeitraum", None],
        ["Nr.", "Titel", "Beginn", "Ende"],
        [17, "Schule digital", datetime(2020, 9, 1), "2024"],
        [18.0, "Netz", None, 2025],
    ]
    site.routes["/p.xlsx"] = Answer(xlsx(rows), headers={"Content-Type": "application/octet-stream"})
    report = run(card("/p.xlsx", sheet="Projekte", skip=1, header=2, key="Nr."))
    assert report.errors == []
    rows = rows_of(tmp_path)
    assert rows["Schule digital"]["record_id"] == f"at-test:{HOME}/p.xlsx#17" and rows["Netz"]["record_id"].endswith("#18")
    assert (rows["Schule digital"]["start"], rows["Schule digital"]["end"], rows["Netz"]["end"]) == ("2020-09-01", "2024", "2025")
    assert rows["Netz"]["labels"]["Zeitraum / Ende"] == ["2025"]


def test_json_in_pages_by_offset_and_by_link(site, run, tmp_path):
    entries = [{"id": n, "title": f"Plan {n}", "meta": {"html_url": f"{HOME}/plan/{n}"}, "funder": {"name": "Amt"}} for n in range(1, 8)]

    def offset(hit):
        query = {k: int(v[0]) for k, v in parse_qs(urlsplit(hit.path).query).items()}
        shown = entries[query.get("offset", 0) :][: query["limit"]]
        return Answer(json.dumps({"meta": {"total_count": 7}, "items": shown}), headers={"Content-Type": "application/json"})

    def linked(hit):
        number = int(parse_qs(urlsplit(hit.path).query).get("page", ["1"])[0])
        more = f"/linked?page={number + 1}" if number < 3 else None
        return Answer(
            json.dumps({"data": {"rows": [{"title": f"Seite {number}"}], "next": more}}), headers={"Content-Type": "application/json"}
        )

    site.routes |= {"/api/v2/pages": offset, "/linked": linked}
    fields = {"title": "title", "url": "meta.html_url", "organisation": "funder.name"}
    api = {"platform": "table", "url": f"{HOME}/api/v2/pages?limit=3", "rows": "items", "offset": "offset", "total": "meta.total_count"}
    other = {"platform": "table", "url": f"{HOME}/linked", "rows": "data.rows", "next": "data.next"}
    report = run(make_card({**api, "fields": fields, "key": "id"}, other))
    assert (report.counts["found"], report.claimed, report.errors) == (10, 10, [])
    row = rows_of(tmp_path)["Plan 5"]
    assert (row["record_id"], row["url"], row["organisation"]) == (f"at-test:{HOME}/plan/5#5", f"{HOME}/plan/5", "Amt")


def test_a_table_of_a_web_page_and_json_lines(site, run, tmp_path):
    site.routes |= {
        "/t": "<table><tr><td>menu</td></tr></table><table class='x'><tr><th>Title</th><th>Duration</th></tr>"
        "<tr><td><a href='/p/1'>Plan</a></td><td>2020-2024</td></tr><tr><td>Other</td><td>2021</td></tr></table>",
        "/l.jsonl": Answer('{"title": "Eins"}\n\n{"title": "Zwei"}\n', headers={"Content-Type": "application/octet-stream"}),
    }
    report = run(make_card({"platform": "table", "url": f"{HOME}/t"}, {"platform": "table", "url": f"{HOME}/l.jsonl"}))
    rows = rows_of(tmp_path)
    assert report.errors == [] and set(rows) == {"Plan", "Other", "Eins", "Zwei"}
    assert (rows["Plan"]["url"], rows["Plan"]["period"]) == (f"{HOME}/p/1", "2020-2024")


def packed(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", text)
    return file.getvalue()


def test_damaged_files_have_a_reason(site, run):
    broken = {
        "/torn.xlsx": (xlsx([["Titel"], ["x"]])[:-200], "the file is no XLSX that can be read"),
        "/other.xlsx": (xlsx([["Titel"], ["x"]], sheet="Andere"), "there is no sheet 'Projekte'"),
        "/old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "the file is of the old Excel format"),
        "/torn.json": (b'{"rows": [', "the file is neither JSON nor JSON Lines"),
        "/empty.csv": (b"Titel;Ende\n", "the table holds no row"),
        "/twice.csv": (b"Titel;Ende\nA;1\nA;2\n", "row 2: another row has the key 'A'"),
        "/none.html": (b"<html><body>nothing</body></html>", "the page holds no table"),
    }
    types = {"html": "text/html", "csv": "text/csv"}
    for path, (body, _) in broken.items():
        site.routes[path] = Answer(body, headers={"Content-Type": types.get(path.rpartition(".")[2], "application/octet-stream")})
    harvests = [{"platform": "table", "url": f"{HOME}{p}", **({"sheet": "Projekte"} if "other" in p else {})} for p in broken]
    report = run(make_card(*harvests))
    reasons = {urlsplit(e["url"]).path: e["reason"] for e in report.errors}
    assert {p: reasons.get(p, "")[: len(r)] for p, (_, r) in broken.items()} == {p: r for p, (_, r) in broken.items()}
    assert report.counts["found"] == 1


def test_hostile_files(monkeypatch):
    """One unpacks to more than it may, one declares entities that multiply."""
    monkeypatch.setattr(table, "MAX_UNPACKED", 1_000_000)
    platform = table.Table(made := card("/b.xlsx"), made.harvest[0])
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
    for text, reason in ((b" " * 2_000_000, "more than 1000000 bytes unpacked"), (laughs, "declares entities")):
        with pytest.raises(HarvestError, match=reason):
            list(platform.parse(Page(f"{HOME}/b.xlsx", 200, {}, packed(text))))


def test_options_are_checked():
    for options, key in (({"format": "ods"}, "format"), ({"delimiter": "::"}, "delimiter"), ({"next": "a", "offset": "b"}, "next")):
        with pytest.raises(CardError, match=key):
            card("/a.csv", **options)


@given(st.lists(st.lists(st.sampled_from(["", "A", "B", "C"]), min_size=1, max_size=5), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_headings_are_one_a_column_and_never_the_same(levels):
    names = headings(levels)
    assert len(names) == max(map(len, levels))
    filled = [n for n in names if n]
    assert len(filled) == len(set(filled))
