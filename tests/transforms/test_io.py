"""Files of listings in, typed files out: formats, damage, quarantine, order and parallel work."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from spiders.errors import FileError, StorageError
from transforms import columns
from transforms.io import normalise_file, read_listings, write_typed
from transforms.listing_files import Seen
from transforms.normalise import normalise

ROWS = [
    {"record_id": "p1", "title": "Digitálna škola", "country": "SK", "start": "2021", "budget": "1 000 000 €"},
    {"record_id": "p2", "title": 'Škola pre budúcnosť; "druhá"', "country": "SK", "period": "2021–2027"},
]


def jsonl(path: Path, rows: list[object]) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def as_format(folder: Path, form: str) -> Path:
    path = folder / f"listings.{form}"
    names = ["record_id", "title", "country", "start", "period", "budget"]
    if form == "jsonl":
        return jsonl(path, ROWS)
    if form == "jsonl.gz":
        path.write_bytes(gzip.compress(jsonl(folder / "plain.jsonl", ROWS).read_bytes()))
    elif form == "json":
        path.write_text(json.dumps(ROWS), encoding="utf-8")
    elif form == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(names)
        for row in ROWS:
            book.active.append([int(row["start"]) if name == "start" and name in row else row.get(name) for name in names])
        book.save(path)
    else:
        delimiter = {"csv": ";", "tsv": "\t"}[form]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, names, delimiter=delimiter)
            writer.writeheader()
            writer.writerows(ROWS)
    return path


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "json", "csv", "tsv", "xlsx"])
def test_each_format_reads_alike(tmp_path: Path, form: str) -> None:
    listings = read_listings(as_format(tmp_path, form))
    frame = pd.concat(list(listings))
    assert listings.quarantine == []
    assert frame["record_id"].tolist() == ["p1", "p2"]
    assert frame["title"].tolist() == [row["title"] for row in ROWS]
    assert str(frame["start"].iloc[0]) == "2021" and frame["start"].iloc[1] is None


def test_a_typed_parquet_file_passes_through(tmp_path: Path) -> None:
    typed = normalise(pd.DataFrame(ROWS))
    write_typed(typed, tmp_path / "typed.parquet")
    normalise_file(tmp_path / "typed.parquet", tmp_path / "again.parquet")
    again = columns.conform(pq.read_table(tmp_path / "again.parquet").to_pandas())
    pd.testing.assert_frame_equal(again, typed)


def test_a_typed_jsonl_file_passes_through(tmp_path: Path) -> None:
    normalise_file(jsonl(tmp_path / "a.jsonl", ROWS), tmp_path / "b.jsonl")
    normalise_file(tmp_path / "b.jsonl", tmp_path / "c.jsonl")
    assert (tmp_path / "b.jsonl").read_text() == (tmp_path / "c.jsonl").read_text()


def test_damage_is_quarantined_and_neighbours_are_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        json.dumps(ROWS[0]).encode(),
        b'{"record_id": "x", "title": ',
        b'["no", "object"]',
        b'{"record_id": "y"}',
        b'{"record_id": "z", "title": "\xff\xfe"}',
        b"",
        json.dumps(ROWS[0]).encode(),
        json.dumps(ROWS[1]).encode(),
        b'{"record_id": "w", "title": "<p> </p>"}',
    ]
    path.write_bytes(b"\n".join(lines))
    report = normalise_file(path, tmp_path / "b.jsonl")
    assert report.rows == 2
    assert [json.loads(line)["record_id"] for line in (tmp_path / "b.jsonl").read_text().splitlines()] == ["p1", "p2"]
    refused = [json.loads(line) for line in Path(report.quarantine or "").read_text().splitlines()]
    assert report.quarantined == len(refused) == 6
    reasons = {row["line"]: row["reason"] for row in refused}
    assert "no JSON" in reasons[2] and "no JSON object" in reasons[3] and reasons[4] == "no title" and "UTF-8" in reasons[5]
    assert "second time" in reasons[7] and "title" in reasons[9]
    assert all(row["mend"] and row["source"] == str(path) for row in refused)


@pytest.mark.parametrize("name", ["cut.jsonl", "cut.json"])
def test_half_of_a_character_harms_neither_its_listing_nor_the_file(tmp_path: Path, name: str) -> None:
    source, target = tmp_path / name, tmp_path / "typed.jsonl"
    rows = [{"record_id": "a", "title": "Digital plan \ud83d", "url": "https://x.example/a"}, {"record_id": "b", "title": "Plan 😀"}]
    text = "\n".join(map(json.dumps, rows)) if name.endswith("l") else json.dumps(rows)
    assert "\\ud83d" in text
    source.write_text(text, encoding="ascii")
    report = normalise_file(source, target)
    assert report.quarantined == 0
    assert [json.loads(line)["title"] for line in target.read_text(encoding="utf-8").splitlines()] == ["Digital plan", "Plan 😀"]


def test_a_repeat_in_a_later_piece_is_found(tmp_path: Path) -> None:
    rows = [{"record_id": str(i % 25), "title": f"Title {i}"} for i in range(30)]
    report = normalise_file(jsonl(tmp_path / "a.jsonl", rows), tmp_path / "b.jsonl", chunk=10, workers=1)
    assert (report.rows, report.quarantined) == (25, 5)


def test_seen_finds_every_repeat_and_nothing_else() -> None:
    seen = Seen()
    ids = [f"r{i * 7919 % 1000}" for i in range(3000)]
    told = [twice for start in range(0, 3000, 170) for twice in seen.repeated(ids[start : start + 170]).tolist()]
    before: set[str] = set()
    expected = []
    for one in ids:
        expected.append(one in before)
        before.add(one)
    assert told == expected


def test_two_workers_write_what_one_writes(tmp_path: Path) -> None:
    rows = [{"record_id": str(i), "title": f"Projekt {i} der Schule", "country": "DE", "start": f"{i % 28 + 1}.03.2021"} for i in range(60)]
    path = jsonl(tmp_path / "a.jsonl", rows)
    reports = [normalise_file(path, tmp_path / f"{workers}.jsonl", workers=workers, chunk=20) for workers in (1, 2)]
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    assert reports[0].fields == reports[1].fields and reports[1].rows == 60


def test_the_missing_column_and_the_nearest_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("record_id;titel;land\n1;A;DE\n")
    with pytest.raises(FileError, match="required column title is missing") as error:
        list(read_listings(path))
    assert "nearest column there is titel" in str(error.value)


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("file,row,titel,land,colour\nx,1,Digitale Schule,DE,red\nx,2,Zwei,AT,\n")
    mapping = {"{file}#{row}": "record_id", "titel": "title", "land": "country"}
    frame = pd.concat(list(read_listings(path, mapping=mapping)))
    assert frame["record_id"].tolist() == ["x#1", "x#2"]
    assert json.loads(frame["extra"].iloc[0])["colour"] == "red"
    report = normalise_file(path, tmp_path / "b.csv", mapping=mapping)
    assert report.rows == 2
    with pytest.raises(FileError, match="has no column titles"):
        list(read_listings(path, mapping={**mapping, "titles": "description"}))
    with pytest.raises(FileError, match="no raw field heading"):
        list(read_listings(path, mapping={**mapping, "colour": "heading"}))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.docx", "x", "unknown kind of file"),
        ("a.jsonl", "", "holds no listings"),
        ("a.csv", "record_id,title,title\n1,a,b\n", "stands twice"),
        ("a.xlsx", "no workbook", "is no workbook"),
        ("a.json", "{", "is no JSON"),
        ("a.parquet", "no parquet", "is no Parquet"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FileError, match=said):
        list(read_listings(tmp_path / name))


def test_a_cut_off_archive_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(json.dumps({"record_id": str(i), "title": f"T{i}"}).encode() + b"\n" for i in range(5000)))
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="cannot be read"):
        list(read_listings(tmp_path / "a.jsonl.gz", chunk=500))
    with pytest.raises(FileError):
        normalise_file(tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl", workers=1)
    assert not (tmp_path / "b.jsonl").exists()


def test_rows_of_a_csv_with_too_many_cells_are_quarantined(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("record_id,title\n1,A\n2,B,C\n3,D\n")
    listings = read_listings(tmp_path / "a.csv")
    assert pd.concat(list(listings))["record_id"].tolist() == ["1", "3"]
    assert listings.quarantine[0]["line"] == 3


def test_the_three_written_formats_say_the_same(tmp_path: Path) -> None:
    typed = normalise(pd.DataFrame([{**ROWS[0], "nuts": "SK01;SK02", "description": "Tablety pre žiakov a učiteľov", "colour": "x"}]))
    for form in ("jsonl", "csv", "parquet"):
        write_typed(typed, tmp_path / f"t.{form}")
    row = json.loads((tmp_path / "t.jsonl").read_text())
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        line = next(csv.DictReader(file))
    table = pq.read_table(tmp_path / "t.parquet")
    assert table.schema.equals(columns.schema())
    arrow = table.to_pylist()[0]
    assert row["nuts"] == json.loads(line["nuts"]) == arrow["nuts"] == line["nuts_text"].split("; ")
    assert row["start_date"] == line["start_date"] == arrow["start_date"].isoformat() == "2021-01-01"
    assert row["budget_amount"] == float(line["budget_amount"]) == arrow["budget_amount"] == 1_000_000
    assert row["provenance"] == json.loads(line["provenance"]) == json.loads(arrow["provenance"])
    assert row["included"] == (line["included"] == "true") == arrow["included"]


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        normalise_file(jsonl(tmp_path / "a.jsonl", ROWS), tmp_path / "no" / "b.jsonl")
    with pytest.raises(FileError, match="unknown kind of file"):
        normalise_file(tmp_path / "a.jsonl", tmp_path / "b.ods")


def test_the_report_counts_what_failed_by_frequency(tmp_path: Path) -> None:
    rows = [{"record_id": str(i), "title": "A", "start": start} for i, start in enumerate(["soon", "soon", "2021", "31.02.2021", None])]
    report = normalise_file(jsonl(tmp_path / "a.jsonl", rows), tmp_path / "b.jsonl")
    assert report.fields["start_date"]["filled"] == 1 and report.fields["start"]["refused"] == 3
    first = report.by_reason()[0]
    assert first[0] == "start" and first[2] == 2 and first[3] == ["soon"]
    assert json.loads(json.dumps(report.as_dict()))["rows"] == 5
