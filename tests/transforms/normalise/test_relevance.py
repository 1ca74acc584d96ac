"""Relevance: the model, its features, and the judged records."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from transforms.normalise import Prior, normalise
from transforms.normalise.relevance import Model, features, model, portal_shift, threshold

ROOT = Path(__file__).resolve().parents[3]
TRUTH = ROOT / "tests" / "truth" / "relevance.jsonl"
GOLD = ROOT.parent / "shared" / "gold" / "records.jsonl"

ABOUT = [
    ("de", "DigitalPakt Schule"),
    ("en", "Digital Education Action Plan"),
    ("fr", "Stratégie du numérique pour l'éducation"),
    ("es", "Plan de Digitalización y Competencias Digitales del Sistema Educativo"),
    ("pl", "Cyfrowa szkoła – tablety dla uczniów"),
    ("hu", "Magyarország Digitális Oktatási Stratégiája"),
    ("fi", "Digitaalinen oppimisympäristö"),
    ("el", "Ψηφιακό Σχολείο"),
    ("lv", "Skolēnu digitālās prasmes"),
    ("sl", "Računalniška pismenost za odrasle"),
    ("uk", "Всеукраїнська школа онлайн"),
]
NOT_ABOUT = [
    ("de", "Sanierung der Kläranlage"),
    ("de", "Kauf einer CNC-Maschine"),
    ("en", "E-commerce website for a hotel"),
    ("fr", "Rénovation du musée"),
    ("pl", "Budowa drogi gminnej"),
    ("fi", "Matkailun markkinointi"),
    ("ro", "Reabilitarea școlii generale"),
]


@pytest.mark.parametrize(("language", "title"), ABOUT)
def test_titles_about_digital_education_are_included(language: str, title: str) -> None:
    assert normalise(pd.DataFrame([{"record_id": "1", "title": title, "language": language}]))["included"][0]


@pytest.mark.parametrize(("language", "title"), NOT_ABOUT)
def test_other_titles_are_not(language: str, title: str) -> None:
    row = normalise(pd.DataFrame([{"record_id": "1", "title": title, "language": language}])).iloc[0]
    assert not row["included"] and 0 <= row["relevance"] < threshold()


def test_the_score_is_a_probability_that_rises_with_what_speaks_for_it() -> None:
    nothing, digital = features({}, {}, {}), features({"digital": "x"}, {}, {})
    both = features({"digital": "x", "school": "y"}, {}, {})
    assert 0 < model().score(nothing) < model().score(digital) < model().score(both) < 1
    assert set(model().weights) >= both
    assert Model(0.0, 0.5, {}).score(["unknown"]) == 0.5


def test_a_portal_speaks_for_its_listings() -> None:
    assert [portal_shift(share) for share in (None, 0.2, 0.6, 0.9)] == [0.0, 0.0, 0.75, 1.5]
    listing = {"record_id": "1", "portal": "p", "title": "Digital Strategy 2030", "language": "en"}
    alone = normalise(pd.DataFrame([listing]))["relevance"][0]
    card = normalise(pd.DataFrame([listing]), {"p": Prior(dedicated=True)})["relevance"][0]
    others = [{**listing, "record_id": str(i), "title": f"Digital school programme {i}"} for i in range(2, 12)]
    among = normalise(pd.DataFrame([listing, *others]))["relevance"][0]
    assert alone < among < card


def test_the_judged_records_hold_facts_alone() -> None:
    rows = [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()]
    assert all(set(row) == {"record_id", "country", "relevant", "part"} for row in rows)
    assert len({row["record_id"] for row in rows}) == len(rows)
    check = [row for row in rows if row["part"] == "check"]
    assert len(check) == 200 and len({row["country"] for row in check}) >= 10


@pytest.mark.skipif(not GOLD.exists(), reason="the gold records are not beside this checkout")
def test_most_gold_records_are_included() -> None:
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    frame = pd.DataFrame(
        [{name: row[name] for name in ("record_id", "title", "description", "language", "country", "url")} for row in rows]
    )
    assert normalise(frame)["included"].mean() > 0.7
