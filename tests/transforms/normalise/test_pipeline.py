"""The whole way from raw listings to typed ones."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from spiders.listing import FIELDS, HARVEST_FIELDS
from transforms import columns
from transforms.normalise import Prior, normalise
from transforms.normalise.pipeline import STEPS
from transforms.normalise.steps import MAX_RAW, fill, intake, made, raw, refused

LISTING = {
    "record_id": "de-test/1",
    "portal": "de-test",
    "url": "https://www.example.org/programm?utm_source=x",
    "title": "Digitale Schule Musterland (DSM)",
    "description": "<p>Das Programm stattet <b>Grundschulen</b> mit Tablets aus, mit Fortbildung für Lehrkräfte.</p>",
    "language": "de",
    "country": "Deutschland",
    "start": "1. März 2021",
    "end": "31.12.2024",
    "budget": "5 Mio. Euro",
    "kind": "Förderprogramm",
    "state": "laufend",
    "target_group": "Lehrkräfte; Schülerinnen und Schüler",
}


def one(**changes: object) -> pd.Series:
    return normalise(pd.DataFrame([{**LISTING, **changes}])).iloc[0]


def test_a_listing_is_typed_with_its_provenance() -> None:
    row = one()
    columns.check(normalise(pd.DataFrame([LISTING])))
    assert (row["title"], row["acronym"], row["language"]) == ("Digitale Schule Musterland", "DSM", "de")
    assert (row["country"], row["start_date"], row["end_date"]) == ("DE", date(2021, 3, 1), date(2024, 12, 31))
    assert (row["budget_amount"], row["budget_currency"], row["budget_eur"]) == (5_000_000, "EUR", 5_000_000)
    assert row["status"] == "active" and row["included"] and row["relevance"] > 0.9 and row["exclusion_reason"] is None
    assert {"devices", "teacher-training"} <= set(row["topics"]) and "isced-1" in row["education_levels"]
    assert {"teachers", "pupils"} <= set(row["target_groups"])
    provenance = json.loads(row["provenance"])
    assert provenance["start_date"]["raw"] == "1. März 2021" and 0 < provenance["start_date"]["confidence"] <= 1
    assert provenance["topics"]["labels"]["devices"]["rule"]


def test_every_filled_column_has_provenance_and_no_empty_one() -> None:
    row = one()
    provenance = json.loads(row["provenance"])
    for name, column in columns.COLUMNS.items():
        if name in ("provenance", "issues", "extra"):
            continue
        value = row[name]
        filled = bool(value) if column.type in ("texts", "boolean") else value is not None and value == value
        assert (name in provenance) or not filled, name
        if name in provenance:
            assert set(provenance[name]) >= {"raw", "rule", "confidence"}


def test_what_cannot_be_read_is_kept_with_its_reason() -> None:
    row = one(start="bald", budget="viel Geld", country="Nirgendwo", state="weiß nicht")
    issues = {issue["field"]: issue for issue in json.loads(row["issues"])}
    assert issues["start"]["raw"] == "bald" and issues["start"]["reason"]
    assert {"budget_amount", "country", "status"} <= set(issues)
    assert row["start_date"] is None and row["status"] is None


def test_own_dates_beat_the_period_and_the_title() -> None:
    row = one(title="Digitale Schule 2015-2019", period="2010-2012")
    assert row["start_date"] == date(2021, 3, 1)
    row = one(title="Digitale Schule 2015-2019", start=None, end=None, period="2010-2012")
    assert (row["start_date"], row["end_date"]) == (date(2010, 1, 1), date(2012, 12, 31))
    row = one(title="Digitale Schule 2015-2019", start=None, end=None)
    provenance = json.loads(row["provenance"])
    assert row["start_date"] == date(2015, 1, 1) and provenance["start_date"]["confidence"] <= 0.8


def test_an_end_before_the_start_is_taken_back() -> None:
    row = one(start="2024-05-01", end="2021-05-01")
    assert row["start_date"] == date(2024, 5, 1) and row["end_date"] is None and row["end_precision"] is None
    assert any(issue["field"] == "end_date" for issue in json.loads(row["issues"]))


def test_dates_with_slashes_follow_what_the_portal_proves() -> None:
    rows = [
        {**LISTING, "record_id": str(i), "country": None, "language": "en", "start": start, "end": None}
        for i, start in enumerate(["13/04/2021", "03/04/2021"])
    ]
    assert normalise(pd.DataFrame(rows))["start_date"].tolist() == [date(2021, 4, 13), date(2021, 4, 3)]


def test_the_portal_speaks_where_the_listing_is_silent() -> None:
    priors = {"de-test": Prior(country="AT", level="national", languages=("de",), licence="https://example.org/l", reuse="facts-only")}
    row = normalise(pd.DataFrame([{"record_id": "1", "portal": "de-test", "title": "Digitale Schule"}]), priors).iloc[0]
    assert (row["country"], row["level"], row["licence"], row["reuse"]) == ("AT", "national", "https://example.org/l", "facts-only")
    assert normalise(pd.DataFrame([{"record_id": "1", "title": "X"}])).iloc[0]["licence"] == "unknown"


def test_below_the_threshold_a_listing_stays_with_its_reason() -> None:
    row = one(title="Neubau einer Kläranlage", description="Abwasser und Straßen.", target_group=None, organisation="Gemeinde")
    assert not row["included"] and row["exclusion_reason"].startswith("relevance below") and row["topics"] == []


def test_a_title_without_text_is_no_listing() -> None:
    row = one(title="<br>&nbsp;")
    assert row["title"] is None and not row["included"] and row["exclusion_reason"] == "no title"


def test_typed_rows_pass_through_between_raw_ones() -> None:
    first = normalise(pd.DataFrame([LISTING]))
    mixed = pd.concat([pd.DataFrame([{"record_id": "new", "title": "Scuola digitale"}]), first], ignore_index=True)
    again = normalise(mixed)
    assert again["record_id"].tolist() == ["new", "de-test/1"]
    pd.testing.assert_series_equal(again.iloc[1], first.iloc[0], check_names=False)
    columns.check(again)


def test_order_and_index_are_kept() -> None:
    frame = pd.DataFrame([{"record_id": str(i), "title": f"Projekt {i}"} for i in range(7)], index=[9, 3, 5, 1, 0, 2, 8])
    typed = normalise(frame)
    assert typed.index.tolist() == [9, 3, 5, 1, 0, 2, 8] and typed["record_id"].tolist() == list("0123456")
    assert normalise(frame.iloc[:0]).empty


def test_steps_do_not_change_the_frame_they_get() -> None:
    frame = intake(pd.DataFrame([LISTING]))
    for step in STEPS:
        before = frame.copy(deep=True)
        after = step(frame, {})
        pd.testing.assert_frame_equal(frame, before)
        assert after.shape == frame.shape
        frame = after


def test_fill_asks_once_for_equal_keys_and_keeps_the_first_value() -> None:
    frame = intake(pd.DataFrame([{"record_id": str(i), "title": "T", "kind": "x"} for i in range(5)]))
    asked = []

    def read(text: str):
        asked.append(text)
        return made("project", raw=text, rule="test", confidence=0.5)

    frame = fill(frame, ("kind",), raw(frame, "kind"), read)
    frame = fill(frame, ("kind",), raw(frame, "kind"), lambda text: made("pilot", raw=text, rule="late", confidence=1.0))
    frame = fill(frame, ("status",), raw(frame, "kind"), lambda text: refused("status", text, "no"))
    assert asked == ["x"] and frame["kind"].tolist() == ["project"] * 5
    assert json.loads("[" + frame["issues"][0] + "]") == [{"field": "status", "raw": "x", "reason": "no"}]


def test_long_raw_texts_are_cut_in_notes_only() -> None:
    text = "Schule " * 200
    row = one(description=text)
    assert row["description"] == text.strip()
    assert len(json.loads(row["provenance"])["description"]["raw"]) == MAX_RAW + 1


values = st.none() | st.text(max_size=40) | st.integers(-10, 3000) | st.floats(allow_nan=True, width=32) | st.booleans()
rows = st.fixed_dictionaries(
    {"record_id": st.text(min_size=1, max_size=8), "title": st.text(min_size=1, max_size=60)},
    optional={name: values for name in (*FIELDS, *HARVEST_FIELDS) if name not in ("record_id", "title")},
)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(rows, max_size=8, unique_by=lambda row: row["record_id"]))
def test_no_input_breaks_the_pipeline(listings: list[dict]) -> None:
    frame = pd.DataFrame(listings, columns=[*FIELDS, *HARVEST_FIELDS])
    typed = normalise(frame)
    assert len(typed) == len(listings)
    for provenance, issues in zip(typed["provenance"], typed["issues"], strict=True):
        json.loads(provenance)
        json.loads(issues)
    columns.check(typed[typed["title"].notna()])


@pytest.mark.parametrize("name", ["provenance", "issues"])
def test_quotes_and_controls_do_not_break_the_json(name: str) -> None:
    row = one(title='Die "neue" \\ Schule\u2028\x07', start='"\\\n\t', kind="\x00?")
    json.loads(row[name])
