"""Evidence in words."""

from transforms.resolve.judge import scorecard
from transforms.resolve.relate import SPEAKS_FOR, relator
from transforms.resolve.wording import waterfall, wording


def test_all_evidence_has_words():
    assert set(scorecard().steps) <= set(wording()["judge"])
    assert {*relator().precise.linear.columns, *(name for names in SPEAKS_FOR.values() for name in names)} <= set(wording()["relations"])


def test_the_strongest_stands_first_and_a_curator_before_all():
    lines = waterfall({"budget": 0.4, "cosine": -2.0, "curator": "join"})
    assert lines[0] == "a curator's word: join"
    assert lines[1].startswith("against  -2.00") and lines[1].endswith("meaning of the titles")
    assert lines[2].startswith("for      +0.40") and lines[2].endswith("budgets")
