"""Resolve as a whole: what is joined, what stays apart, and that nothing depends on order."""

import pandas as pd
import pytest

from spiders.errors import UsageError
from transforms.normalise import normalise
from transforms.resolve import resolve
from transforms.resolve.resolution import COLUMNS

ROWS = [
    ("a", "Digital Education Strategy 2030", "CZ", "one"),
    ("b", "Strategie digitálního vzdělávání do roku 2030", "CZ", "two"),
    ("c", "Strategie digitálního vzdělávání do roku 2020", "CZ", "three"),
    ("d", "Digital Education Strategy 2030", "SK", "one"),
    ("e", "Digitalpakt Schule", "DE", "four"),
    ("f", "DigitalPakt Schule", "DE", "five"),
]


def typed(rows=ROWS):
    return normalise(pd.DataFrame([{"record_id": r, "title": t, "country": c, "portal": p} for r, t, c, p in rows]))


def groups(resolution):
    return {frozenset(g) for g in resolution.clusters.groupby("cluster_id")["record_id"].apply(list)}


def test_names_in_two_languages_are_one_and_editions_and_countries_are_not():
    found = groups(resolve(typed()))
    assert found == {frozenset("ab"), frozenset("c"), frozenset("d"), frozenset("ef")}


def test_the_order_of_rows_does_not_matter():
    first, second = resolve(typed()), resolve(typed().iloc[::-1].reset_index(drop=True))
    for name in ("clusters", "relations", "doubtful", "matches"):
        one, other = (getattr(r, name).reset_index(drop=True) for r in (first, second))
        key = list(one.columns[:2])
        pd.testing.assert_frame_equal(one.sort_values(key, ignore_index=True), other.sort_values(key, ignore_index=True))


def test_a_curator_decides():
    decisions = [{"verdict": "apart", "records": ["e", "f"]}, {"verdict": "join", "records": ["a", "d"]}]
    found = groups(resolve(typed(), decisions))
    assert frozenset("e") in found and frozenset("f") in found
    assert any({"a", "d"} <= group for group in found)


def test_one_listing_and_none():
    assert groups(resolve(typed(ROWS[:1]))) == {frozenset("a")}
    assert resolve(typed().iloc[:0]).clusters.empty


def test_an_unknown_engine_is_refused():
    with pytest.raises(UsageError, match="engine"):
        resolve(typed(), engine="abacus")


def test_language_variants_of_one_page_are_one():
    rows = [
        {"record_id": "a", "title": "Kompass für morgen", "language": "de", "country": "AT", "url": "https://x.example/de/kompass"},
        {"record_id": "b", "title": "Northern lights at school", "language": "en", "country": "AT", "url": "https://x.example/en/lights"},
        {"record_id": "c", "title": "Northern seas", "language": "en", "country": "AT", "url": "https://x.example/en/seas"},
    ]
    apart = resolve(normalise(pd.DataFrame(rows))).clusters
    assert apart["cluster_id"].nunique() == 3
    rows[0]["alternates"] = {"en": "https://x.example/en/lights"}
    found = dict(resolve(normalise(pd.DataFrame(rows))).clusters.to_records(index=False).tolist())
    assert found["a"] == found["b"] != found["c"]


def test_of_no_listings_nothing_is_found_in_the_declared_types():
    found = resolve(typed().iloc[:0])
    for name, columns in COLUMNS.items():
        assert getattr(found, name).empty
        assert getattr(found, name).dtypes.astype(str).to_dict() == columns
