"""CSV, JSON Lines and Parquet: every row, safe in a spreadsheet, the same bytes each time."""

import csv
import json
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.errors import UsageError
from warehouse import exports
from warehouse.exports import csv as csv_export

A = "ea-0000000001"
JAN = "2025-01-10.1"
RISKY = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]
csv.field_size_limit(sys.maxsize)


@pytest.fixture
def source(built, blank):
    for number, title in enumerate(RISKY):
        blank.listing(f"ea-00000001{number:02}", f"cz-a:r{number}", JAN, title=title, organisation=title, organisations=[title, "plain"])
    blank.listing(A, "cz-a:1", JAN, title='Quotes " and, commas', budget_amount=-5.5, topics=["vet", "devices"], start_date="2020-01-01")
    return exports.Source(built(blank), JAN, "1.0.0")


def written(source, name, folder):
    folder.mkdir(parents=True)
    return {path.stem: path for path in exports.chosen([name])[0].write(source, folder)}


def test_every_dataset_is_written_whole(source, tmp_path):
    for name, count in (
        ("csv", lambda p: sum(1 for _ in csv.DictReader(p.open(encoding="utf-8", newline="")))),
        ("jsonl", lambda p: sum(1 for _ in p.open(encoding="utf-8"))),
        ("parquet", lambda p: pq.read_metadata(p).num_rows),
    ):
        files = written(source, name, tmp_path / name)
        datasets = {d.name for d in source.datasets(indexes=name == "parquet")}
        assert set(files) == datasets
        for dataset, path in files.items():
            rows = source.con.execute(f'SELECT count(*) FROM "{dataset}"').fetchall()[0][0]
            assert count(path) == rows, (name, dataset)


def test_a_spreadsheet_runs_nothing(source, tmp_path):
    files = written(source, "csv", tmp_path / "csv")
    cells = 0
    for path in files.values():
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                for column, cell in row.items():
                    cells += 1
                    number = column in ("budget_amount", "budget_eur", "score")
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), (path.name, column, cell)
    assert cells > 1000
    with files["initiatives"].open(encoding="utf-8", newline="") as lines:
        rows = {row["initiative_id"]: row for row in csv.DictReader(lines)}
    assert rows["ea-0000000100"]["title"] == "'" + RISKY[0]
    assert rows["ea-0000000100"]["organisations_text"] == f"'{RISKY[0]}; plain"


@given(st.lists(st.none() | st.text() | st.sampled_from(["ｱ", "\uff3b", "'=1", "a=1", "", *RISKY])), st.integers(0, 5))
def test_only_what_begins_like_a_formula_gets_an_apostrophe(texts, skipped):
    # a batch may be a piece of a longer one
    said = csv_export.safe(pa.array(texts, pa.string())[skipped:]).to_pylist()
    assert said == [f"'{text}" if text and text[0] in "=+-@\t\r\n＝＋－＠" else text for text in texts[skipped:]]


def test_csv_has_lists_and_maps_as_json_and_as_text(source, tmp_path):
    with written(source, "csv", tmp_path / "csv")["initiatives"].open(encoding="utf-8", newline="") as lines:
        row = next(r for r in csv.DictReader(lines) if r["initiative_id"] == A)
    assert (json.loads(row["topics"]), row["topics_text"]) == (["devices", "vet"], "devices; vet")
    assert (json.loads(row["titles"]), row["titles_text"]) == ({"cs": 'Quotes " and, commas'}, 'cs: Quotes " and, commas')
    assert (row["start_date"], row["budget_amount"], row["first_seen"], row["end_date"]) == (
        "2020-01-01",
        "-5.5",
        "2025-01-10T01:00:00Z",
        "",
    )


def test_json_lines_hold_what_the_table_holds(source, tmp_path):
    rows = [json.loads(line) for line in written(source, "jsonl", tmp_path / "j")["initiatives"].open(encoding="utf-8")]
    row = next(r for r in rows if r["initiative_id"] == A)
    assert row["topics"] == ["devices", "vet"] and row["titles"] == {"cs": 'Quotes " and, commas'}
    assert row["budget_amount"] == -5.5 and row["first_seen"] == "2025-01-10T01:00:00Z" and row["is_listed"] is True
    assert [r["initiative_id"] for r in rows] == sorted(r["initiative_id"] for r in rows)


def test_parquet_keeps_every_type_and_row(source, tmp_path):
    for name, path in written(source, "parquet", tmp_path / "p").items():
        with duckdb.connect() as con:
            found = con.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            types = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        assert found == source.con.execute(f'FROM "{name}"').fetchall(), name
        assert [t[1] for t in types] == [c.type for d in source.datasets(indexes=True) if d.name == name for c in d.columns]


def test_parquet_does_not_tell_how_the_table_is_cut(tmp_path):
    fresh = "SELECT i AS id, 'n' || i AS name, [i, i % 7] AS pair, map(['en'], ['x' || i % 9]) AS titles FROM range({}, {}) r(i)"
    built = {
        "whole": [(0, 300_000)],
        # what threads leave behind, and updates: pieces of any size, and gaps where rows were
        "pieces": [(0, 122_000), (122_000, 123_500), (123_500, 300_000)],
    }
    cuts, files = {}, {}
    for name, ranges in built.items():
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as con:
            con.execute("CREATE TABLE listings (id BIGINT, name VARCHAR, pair BIGINT[], titles MAP(VARCHAR, VARCHAR))")
            for first, last in ranges:
                con.execute(f"INSERT INTO listings {fresh.format(first, last)}")
                con.execute("INSERT INTO listings (id) FROM range(300000, 300000 + 1000)")
                con.execute("DELETE FROM listings WHERE id >= 300000")
                con.execute("CHECKPOINT")
            con.execute(f"COPY listings TO '{tmp_path}/{name}.bare' (FORMAT parquet)")
            cuts[name] = groups(tmp_path / f"{name}.bare")
        for threads in (1, 2):
            with duckdb.connect(str(tmp_path / f"{name}.duckdb"), read_only=True, config={"threads": threads}) as con:
                source = exports.Source(con, JAN, "1.0.0")
                path = written(source, "parquet", tmp_path / f"{name}{threads}")["listings"]
                assert groups(path) == [122_880, 122_880, 54_240]
                files[name, threads] = path.read_bytes()
    assert cuts["whole"] != cuts["pieces"], "the tables are cut alike: nothing is tested"
    assert len(set(files.values())) == 1


def groups(path):
    """Rows of each row group."""
    about = pq.read_metadata(path)
    return [about.row_group(i).num_rows for i in range(about.num_row_groups)]


def test_the_exports_are_found_and_keep_the_interface():
    found = exports.chosen()
    assert sorted(export.NAME for export in found) == exports.names()
    assert all(export.FORMAT and callable(export.write) for export in found)
    last = [getattr(export, "LAST", False) for export in found]
    assert last == sorted(last) and any(last), "a catalogue of the files comes after them"
    assert {"csv", "jsonl", "parquet"} <= set(exports.names())
    with pytest.raises(UsageError, match="no export 'xml'"):
        exports.chosen(["xml"])
