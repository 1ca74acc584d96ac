"""The files between refine and the warehouse have one declared shape."""

import json
import math

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spiders.errors import InputError
from transforms import columns
from warehouse import refined, sqlfiles


def test_the_typed_listing_is_declared_once():
    assert refined.shape("versions").names[: len(columns.COLUMNS)] == list(columns.COLUMNS)
    assert not set(columns.COLUMNS) & set(refined.shape("versions").names[len(columns.COLUMNS) :])


@pytest.mark.parametrize("name", refined.NAMES)
def test_every_input_writes_and_reads_back_empty(name, tmp_path):
    path = refined.write(tmp_path, name, pd.DataFrame())
    assert pq.read_schema(path).equals(refined.shape(name))


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = [{"record_id": f"r{i}", "initiative_id": f"ea-{i:010}"} for i in range(1000)]
    one = refined.write(tmp_path / "a", "clusters", rows).read_bytes()
    assert refined.write(tmp_path / "b", "clusters", pd.DataFrame(rows)).read_bytes() == one
    assert refined.write(tmp_path / "c", "clusters", pa.Table.from_pylist(rows)).read_bytes() == one


def test_missing_columns_are_empty_and_nan_is_null(tmp_path):
    frame = pd.DataFrame({"source_id": ["a"], "target_id": ["b"], "relation": ["part_of"], "score": [math.nan]})
    assert pq.read_table(refined.write(tmp_path, "relations", frame)).to_pylist() == [
        {"source_id": "a", "target_id": "b", "relation": "part_of", "score": None, "evidence": None}
    ]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([{"record_id": "a", "initiative": "b"}], "no column 'initiative'"),
        ([{"record_id": "a"}], "initiative_id is empty in 1 rows"),
        ([{"record_id": 7, "initiative_id": "b"}], "record_id is not string"),
    ],
)
def test_rows_of_another_shape_are_refused(tmp_path, rows, wrong):
    with pytest.raises(InputError, match=wrong):
        refined.write(tmp_path, "clusters", rows)
    with pytest.raises(InputError, match="refine writes no 'clouds'"):
        refined.write(tmp_path, "clouds", [])


def test_a_version_carries_what_it_says_as_a_number(tmp_path):
    row = {"record_id": "a:1", "title": "Plan", "included": True, "content_hash": "c", "run_id": "2025-01-01.1", "current": True}
    row |= {"first_seen": "2025-01-01T00:00:00Z", "last_seen": "2025-01-01T00:00:00Z", "listing_status": "active"}

    def marks(**said):
        [found] = pq.read_table(refined.write(tmp_path, "versions", [row | said])).to_pylist()
        return found["said"], found["wording"]

    said, wording = marks()
    assert marks() == (said, wording) == marks(last_seen="2025-02-01T00:00:00Z")
    assert marks(listing_status="gone")[0] != said and marks(listing_status="gone")[1] == wording
    assert marks(title="Pläne")[1] != wording
    assert marks(said=1, wording=2) == (said, wording)


def test_provenance_is_taken_apart_and_refused_where_it_is_no_json(tmp_path):
    row = {"record_id": "a:1", "title": "Plan", "included": True, "content_hash": "c", "run_id": "2025-01-01.1", "current": True}
    row |= {"first_seen": "2025-01-01T00:00:00Z", "last_seen": "2025-01-01T00:00:00Z", "listing_status": "active"}
    proven = '{"title":{"raw":"Plan ","rule":"trimmed","confidence":0.9,"of":["x"]},"kind":{"raw":7,"confidence":"much"},"new":{"raw":"y"}}'
    [found] = pq.read_table(refined.write(tmp_path, "versions", [row | {"provenance": proven}])).to_pylist()
    with duckdb.connect() as con:
        [(fields,)] = con.sql(f"{sqlfiles.named('stage', 'stated_fields').text} SELECT stated_fields()").fetchall()
    said = {
        field: how
        for field, *how in zip(fields, *(json.loads(found[name]) for name in ("raws", "rules", "confidences")), strict=True)
        if any(part is not None for part in how)
    }
    assert said == {"title": ["Plan ", "trimmed", 0.9], "kind": ["7", None, None]}
    with pytest.raises(InputError, match=r"versions\.provenance is not as declared: .*Malformed JSON"):
        refined.write(tmp_path, "versions", [row | {"provenance": "{'title'"}])
