"""May a run be published? Every reason to hold back, and none where all is well."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from portal_server import HOST, make_card

from spiders.judge import frozen, judge
from spiders.rawzone import RunReport


def run(found=100, errors=0, day="2025-01-01", **more):
    counts = {"found": found, "new": 0, "changed": 0, "gone": 0, "errors": errors} | more.pop("counts", {})
    rows = [{"reason": "answered 500", "url": f"http://x/{i}"} for i in range(errors)]
    body = {"counts": counts, "errors": rows, "started": f"{day}T00:00:00Z", "fill": {"title": 1.0}, "languages": {"de": found}, **more}
    return RunReport("at-test", f"{day}.1", Path(), body)


def card(**expect):
    return make_card({"platform": "feed", "url": f"http://{HOST}/feed"}, expect=expect)


@pytest.mark.parametrize(
    ("expect", "now", "before", "verdict", "word"),
    [
        ({}, run(), None, "ok", ""),
        ({}, run(0, 3), None, "failed", "answered 500"),
        ({}, run(0), run(5), "held", "no listing"),
        ({}, run(40), run(100), "held", "40 listings, 100 in the run before"),
        ({}, run(70), run(100), "ok", "70 listings, 100 in the run before"),
        ({}, run(95), run(100), "ok", ""),
        ({"warn": 0.99, "hold": 0.97}, run(95), run(100), "held", "95 listings"),
        ({"min": 200}, run(), None, "held", "at least 200"),
        ({"max": 50}, run(), None, "held", "at most 50"),
        ({}, run(coverage=0.4, claimed=250), None, "held", "100 of 250 listings that the portal claims"),
        ({}, run(coverage=0.8, claimed=125), None, "ok", "100 of 125"),
        ({"fill": {"budget": 0.8}}, run(), None, "held", "budget is filled in 0%"),
        ({"fill": {"budget": 0.8}}, run(fill={"budget": 0.6}), None, "ok", "budget is filled in 60%"),
        ({"fill": {"title": 0.8}}, run(), None, "ok", ""),
        ({"languages": ["cs"]}, run(), None, "held", "0 of 100 listings are in cs"),
        ({"languages": ["de"]}, run(languages={"de-at": 60, "en": 40}), None, "ok", ""),
        ({}, run(languages={"fi": 100}), None, "held", "0 of 100 listings are in de, en"),
        ({}, run(languages={"fi": 100}), run(), "ok", ""),
        ({}, run(languages={"": 100}), None, "ok", ""),
        ({}, run(distinct_titles=3), None, "held", "100 listings share 3 titles"),
        ({}, run(100, 40), None, "held", "40 errors beside 100 listings"),
        ({}, run(100, 2), None, "ok", "2 errors"),
        ({}, run(short=["the budget of 10 pages is used up"]), None, "ok", "budget of 10 pages"),
    ],
)
def test_verdicts(expect, now, before, verdict, word):
    result = judge(card(**expect), now, before)
    said = " | ".join(result.reasons + result.warnings)
    assert result.verdict == verdict, said
    assert word in said
    assert bool(said) == bool(word)
    assert bool(result.reasons) == (verdict != "ok")


def test_frozen_against_its_own_rhythm():
    lively = [run(day=f"2025-0{m}-01", counts={"new": 1}) for m in range(1, 7)]
    now = datetime(2025, 8, 1, tzinfo=UTC)
    assert frozen(card(), lively, now) is None
    assert "nothing changed for" in frozen(card(), lively, datetime(2025, 12, 1, tzinfo=UTC))
    assert frozen(card(quiet_days=400), lively, datetime(2025, 12, 1, tzinfo=UTC)) is None
    assert frozen(card(), [], now) is None
    slow = [run(day="2023-01-01", counts={"new": 1}), run(day="2024-01-01", counts={"changed": 1})]
    assert frozen(card(), slow, now) is None
