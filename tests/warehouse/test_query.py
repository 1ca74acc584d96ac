"""Queries read the published file and nothing else."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from spiders.errors import FileError, StorageError, UsageError
from warehouse.build import build
from warehouse.query import query

SQL = "SELECT initiative_id, titles, languages, start_date, first_seen, relevance, end_date IS NULL AS is_open FROM initiatives ORDER BY 1"


@pytest.fixture(scope="module")
def db(tmp_path_factory, new_world_module):
    folder = tmp_path_factory.mktemp("query")
    build(folder / "eduatlas.duckdb", new_world_module.write(folder / "refined"), version="2025-03-01.1")
    return folder / "eduatlas.duckdb"


def run(db, sql, format):
    out = io.BytesIO()
    count = query(db, sql, format, out)
    return count, out.getvalue()


def test_json_holds_types(db):
    count, text = run(db, SQL, "json")
    rows = json.loads(text)
    assert count == len(rows) == 3
    assert rows[0] == {
        "initiative_id": "ea-0000000001",
        "titles": {"cs": "Strategie 2030+", "en": "Strategy 2030+"},
        "languages": ["cs", "en"],
        "start_date": "2020-01-01",
        "first_seen": "2025-01-10T01:00:00Z",
        "relevance": 0.9,
        "is_open": False,
    }
    assert run(db, "SELECT 1 AS a WHERE false", "json") == (0, b"[]\n")


def test_csv_reads_back(db):
    count, text = run(db, SQL, "csv")
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    assert count == 3 and json.loads(rows[0]["titles"]) == {"cs": "Strategie 2030+", "en": "Strategy 2030+"}
    assert rows[1]["start_date"] == "" and rows[0]["is_open"] == "false"


def test_parquet_keeps_types(db):
    count, text = run(db, SQL, "parquet")
    table = pq.read_table(io.BytesIO(text))
    assert count == table.num_rows == 3 and table.column("languages").to_pylist()[0] == ["cs", "en"]


def test_a_table_is_aligned_and_says_when_it_is_cut(db):
    _, text = run(db, "SELECT initiative_id, portal_count FROM initiatives ORDER BY 1", "table")
    lines = text.decode().splitlines()
    assert lines[0] == "initiative_id  portal_count" and lines[2] == "ea-0000000001             2"
    _, text = run(db, "SELECT * FROM range(2000)", "table")
    assert "only the first 1000 rows" in text.decode()


def test_many_rows_are_streamed_whole(db):
    count, text = run(db, "SELECT range AS n FROM range(25000)", "csv")
    assert count == 25000 and text.count(b"\n") == 25001


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "FROM '/etc/passwd'",
        "COPY initiatives TO '/tmp/eduatlas-leak.csv'",
        "EXPORT DATABASE '/tmp/eduatlas-leak'",
        "ATTACH '/tmp/eduatlas-leak.duckdb'",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET enable_external_access",
        "PRAGMA enable_profiling",
        "INSERT INTO initiatives SELECT * FROM initiatives",
        "DELETE FROM initiatives",
        "DROP TABLE initiatives",
        "CREATE TABLE x AS SELECT 1",
        "SELEC 1",
        "",
    ],
)
@pytest.mark.parametrize("format", ["table", "parquet"])
def test_sql_reaches_no_file_no_network_and_changes_nothing(db, sql, format, tmp_path):
    before = db.read_bytes()
    with pytest.raises(UsageError):
        run(db, sql, format)
    assert db.read_bytes() == before


def test_unknown_formats_and_missing_or_broken_files_are_told(db, tmp_path):
    with pytest.raises(UsageError, match="no format 'xls'"):
        query(db, SQL, "xls")
    with pytest.raises(FileError, match="nothing was published"):
        query(tmp_path / "none.duckdb", SQL)
    (tmp_path / "bad.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="cannot open"):
        query(tmp_path / "bad.duckdb", SQL)
