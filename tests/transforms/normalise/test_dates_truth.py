"""Expressions as people wrote them, most with the address of their page: how many are read right."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from transforms.normalise.dates import Period, parse_period

FOLDER = Path(__file__).parents[2] / "truth"
ROWS = [
    json.loads(line) for name in ("dates", "dates-second") for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]


def verdict(row: dict) -> str:
    """right, refused or wrong."""
    found = parse_period(row["text"], language=row["language"], country=row["country"], role=row["role"])
    if not isinstance(found, Period):
        return "right" if row.get("refused") else "refused"
    if row.get("refused"):
        return "wrong"
    got = {
        "start": found.start and found.start.isoformat(),
        "start_precision": found.start_precision,
        "end": found.end and found.end.isoformat(),
        "end_precision": found.end_precision,
    }
    return "right" if all(got[key] == row[key] for key in got) else "wrong"


def test_the_collection_is_broad() -> None:
    by_language = defaultdict(list)
    for row in ROWS:
        by_language["nb" if row["language"] == "nn" else row["language"]].append(row)
    assert len(ROWS) >= 300
    assert len(by_language) >= 34
    assert sum(row["address"] is not None for row in ROWS) >= 200
    for language, rows in by_language.items():
        assert len(rows) >= 10, language
        assert sum("refused" in row for row in rows) >= 2, language
    assert len({(row["language"], row["text"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("language", sorted({row["language"] for row in ROWS}))
def test_each_language_is_read_right(language: str) -> None:
    rows = [row for row in ROWS if row["language"] == language]
    verdicts = {row["text"]: verdict(row) for row in rows}
    assert {text for text, got in verdicts.items() if got == "wrong"} == set()
    assert Counter(verdicts.values())["right"] >= 0.95 * len(rows), verdicts
