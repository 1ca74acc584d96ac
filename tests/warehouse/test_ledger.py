"""The ledger loses nothing that was acknowledged and is not stopped by what was not."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.errors import InputError, StorageError
from warehouse.ledger import Ledger

EVENTS = st.dictionaries(st.text(min_size=1), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()), max_size=4)


@settings(max_examples=30, deadline=None)
@given(batches=st.lists(st.lists(EVENTS, max_size=3), max_size=4))
def test_what_goes_in_comes_out(batches, tmp_path_factory):
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    for batch in batches:
        ledger.append("runs", batch)
    assert ledger.read("runs") == [event for batch in batches for event in batch]


def test_lines_are_sorted_and_fit_for_version_control(tmp_path):
    Ledger(tmp_path / "new").append("runs", [{"b": "ž", "a": 1}])
    assert (tmp_path / "new" / "runs.jsonl").read_text(encoding="utf-8") == '{"a":1,"b":"ž"}\n'


def test_a_torn_last_line_is_reported_and_set_aside(tmp_path, caplog):
    ledger = Ledger(tmp_path)
    ledger.append("decisions", [{"n": 1}])
    with (tmp_path / "decisions.jsonl").open("a") as out:
        out.write('{"n": 2, "ha')
    assert ledger.read("decisions") == [{"n": 1}] and "half written" in caplog.text
    assert ledger.torn("decisions") == '{"n": 2, "ha'
    ledger.append("decisions", [{"n": 3}])
    assert ledger.read("decisions") == [{"n": 1}, {"n": 3}] and ledger.torn("decisions") is None
    assert (tmp_path / "decisions.torn").read_text() == '{"n": 2, "ha\n'


@pytest.mark.parametrize("line", ["{no json", "[1]"])
def test_a_damaged_line_elsewhere_names_itself(tmp_path, line):
    (tmp_path / "runs.jsonl").write_text(f'{{"n":1}}\n{line}\n{{"n":3}}\n')
    with pytest.raises(StorageError, match=r"runs.jsonl:2.*(?s:.*)Restore"):
        Ledger(tmp_path).read("runs")


def test_unknown_streams_and_values_are_refused(tmp_path):
    ledger = Ledger(tmp_path)
    with pytest.raises(InputError, match="no stream 'run'"):
        ledger.append("run", [{}])
    with pytest.raises(ValueError, match="not JSON compliant"):
        ledger.append("runs", [{"n": 1}, {"n": float("nan")}])
    assert ledger.read("runs") == []


def test_a_full_disk_leaves_no_half_event(tmp_path, monkeypatch):
    ledger = Ledger(tmp_path)
    ledger.append("runs", [{"n": 1}])
    import os

    real = os.write

    def full(handle, text):
        real(handle, text[: len(text) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match=r"(?s)No space.*disk is full"):
        ledger.append("runs", [{"n": 2}, {"n": 3}])
    monkeypatch.undo()
    assert (tmp_path / "runs.jsonl").read_text() == json.dumps({"n": 1}, separators=(",", ":")) + "\n"
