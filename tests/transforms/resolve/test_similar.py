"""Similar initiatives abroad."""

import pandas as pd

from transforms.normalise import normalise
from transforms.resolve.similar import KEPT, similar

LISTINGS = [
    ("a", "Strategy for digital education 2030", "IE"),
    ("b", "Strategie digitálního vzdělávání do roku 2030", "CZ"),
    ("c", "Tablets for pupils", "MT"),
    ("d", "Tablets für Schülerinnen und Schüler", "AT"),
    ("e", "Estrategia de educación digital", "ES"),
    ("f", "Estrategia para la educación digital 2025", "ES"),
]


def frames(listings=LISTINGS):
    raw = pd.DataFrame([{"record_id": r, "title": t, "country": c} for r, t, c in listings])
    return normalise(raw), pd.DataFrame({"record_id": raw["record_id"], "initiative_id": "ea-" + raw["record_id"]})


def test_the_nearest_are_abroad_and_speak_of_the_same():
    found = similar(*frames())
    first = found[found["rank"] == 1].set_index("initiative_id")["other_id"]
    assert first["ea-c"] == "ea-d" and first["ea-d"] == "ea-c"
    assert first["ea-a"] in ("ea-b", "ea-e", "ea-f")
    assert not ({("ea-e", "ea-f"), ("ea-f", "ea-e")} & set(zip(found["initiative_id"], found["other_id"], strict=True)))
    assert found["score"].between(0, 1.0001).all() and found["rank"].between(1, KEPT).all()


def test_the_order_of_rows_does_not_matter():
    typed, ids = frames()
    pd.testing.assert_frame_equal(similar(typed.iloc[::-1], ids.iloc[::-1]), similar(typed, ids))


def test_nothing_in_nothing_out():
    typed, ids = frames()
    assert similar(typed.iloc[:0], ids.iloc[:0]).empty
