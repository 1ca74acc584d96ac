"""Expressions as people wrote them, most with the address of their page: the sets are what is said of them, and are read right."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


truth = _script("truth_table")


@pytest.mark.parametrize(("field", "least", "addresses"), [("dates", 300, 200), ("money", 150, 100), ("places", 150, 100)])
def test_the_sets_are_broad(field: str, least: int, addresses: int) -> None:
    rows = truth.rows(field)
    assert len(rows) >= least
    assert sum(row["address"] is not None for row in rows) >= addresses
    assert all(row["address"] is None or row["address"].startswith("http") for row in rows)
    assert set(truth.LANGUAGES) <= {truth.language_of(row) for row in rows} | ({"ga", "mt"} if field == "places" else set())


def test_every_language_has_ten_dates_and_two_that_must_be_refused() -> None:
    counts = Counter(truth.language_of(row) for row in truth.rows("dates"))
    refused = Counter(truth.language_of(row) for row in truth.rows("dates") if row["must_refuse"])
    assert {language: counts[language] for language in truth.LANGUAGES if counts[language] < 10} == {}
    assert {language: refused[language] for language in truth.LANGUAGES if refused[language] < 2} == {}


def test_at_least_half_of_the_dates_are_written_as_cldr_writes_none() -> None:
    rows = truth.rows("dates")
    assert sum(map(truth.written_by_cldr, rows)) * 2 <= len(rows)


def test_no_expression_stands_twice() -> None:
    for field in truth.READ:
        keys = Counter((row["language"], row["country"], row.get("role"), row["text"], row.get("currency")) for row in truth.rows(field))
        assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("language", truth.LANGUAGES)
@pytest.mark.parametrize("field", list(truth.READ))
def test_each_language_is_read_right(field: str, language: str) -> None:
    verdicts = {row["text"]: truth.verdict(field, row) for row in truth.rows(field) if truth.language_of(row) == language}
    assert [text for text, got in verdicts.items() if got == "wrong"] == []
    assert Counter(verdicts.values())["right"] >= 0.7 * len(verdicts), verdicts


@pytest.mark.parametrize(("field", "least"), [("dates", 0.99), ("money", 0.985), ("places", 0.985)])
def test_each_field_is_read_right(field: str, least: float) -> None:
    verdicts = Counter(truth.verdict(field, row) for row in truth.rows(field))
    assert verdicts["wrong"] == 0
    assert verdicts["right"] >= least * verdicts.total()
