"""The typed frame: its columns, its checks, and mending frames that come out of files."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from spiders.errors import InputError
from spiders.listing import FIELDS, HARVEST_FIELDS
from transforms import columns
from transforms.normalise import normalise


@pytest.fixture
def typed() -> pd.DataFrame:
    return normalise(
        pd.DataFrame([{"record_id": "a", "title": "Digital School 2021-2027", "start": "2021"}, {"record_id": "b", "title": "B"}])
    )


def test_every_source_is_a_raw_field() -> None:
    known = {*FIELDS, *HARVEST_FIELDS, "canonical_url", "alternates", "shared_page"}
    assert {source for column in columns.COLUMNS.values() for source in column.sources} <= known


def test_an_empty_frame_and_a_normalised_one_pass(typed: pd.DataFrame) -> None:
    assert list(columns.empty_frame().columns) == list(columns.COLUMNS)
    assert columns.check(columns.empty_frame()).empty
    assert columns.check(typed) is typed


def test_schema_and_description_follow_the_columns() -> None:
    assert columns.schema().names == list(columns.COLUMNS)
    assert columns.schema().field("nuts").type == pa.list_(pa.string())
    assert [row["name"] for row in columns.describe()] == list(columns.COLUMNS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="title"), "lacks the column title"),
        (lambda f: f.rename(columns={"kind": "kinds"}), "lacks the column kind"),
        (lambda f: f.assign(extra_thing=None), "no column extra_thing"),
        (lambda f: f.assign(start_date=pd.Series(["2021-01-01", None], dtype=object)), "start_date holds '2021-01-01' in row 0"),
        (lambda f: f.assign(nuts=pd.Series([[], None], dtype=object)), "nuts holds None in row 1"),
        (lambda f: f.assign(relevance=pd.Series(["1", "0"], dtype=object)), "relevance holds"),
        (lambda f: f.assign(included=pd.Series([True, None], dtype=object)), "included holds"),
        (lambda f: f.assign(record_id=pd.Series(["a", "a"], dtype=object)), "stands more than once"),
        (lambda f: f.assign(title=pd.Series(["A", None], dtype=object)), "title is empty in row 1"),
    ],
)
def test_a_wrong_frame_is_refused_with_what_is_wrong(typed: pd.DataFrame, change, said: str) -> None:
    with pytest.raises(InputError, match=said):
        columns.check(change(typed))


def test_the_nearest_column_is_named(typed: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="nearest column is kinds"):
        columns.check(typed.rename(columns={"kind": "kinds"}))


def test_conform_mends_what_files_change(typed: pd.DataFrame) -> None:
    arrow = pa.Table.from_pandas(typed, schema=columns.schema(), preserve_index=False)
    back = columns.conform(arrow.to_pandas())
    columns.check(back)
    assert back["start_date"].tolist() == [date(2021, 1, 1), None]
    assert back["nuts"].tolist() == typed["nuts"].tolist()
    text = columns.conform(
        pd.DataFrame([{"record_id": "a", "title": "A", "nuts": '["DE3"]', "start_date": "2021-02-03", "included": "true"}])
    )
    assert text["nuts"][0] == ["DE3"] and text["start_date"][0] == date(2021, 2, 3) and bool(text["included"][0])
