"""What must not be one initiative, and what only a curator can tell."""

import numpy as np
import pytest

from transforms.resolve.comparison import Comparison
from transforms.resolve.constraints import REASONS, contested, forbidden, open_questions, unfounded

NEUTRAL = {
    "scope": 0,
    "numbers": 0,
    "title_years": 0,
    "apart_years": np.nan,
    "end_years": np.nan,
    "start_years": np.nan,
    "edition": 0,
    "renewed": 0,
    "only_tool": 0,
    "nation_region": 0,
    "titled_end": np.nan,
    "horizon": np.nan,
    "begun_apart": np.nan,
    "address_years": 0,
    "told_edition": 0,
    "earlier_trial": 0,
    "pilot_beside": 0,
    "plan_of": 0,
    "budget": np.nan,
}


def pair(**columns):
    found = NEUTRAL | columns
    return Comparison.of({name: np.array([value]) for name, value in found.items()})


def test_nothing_keeps_a_neutral_pair_apart():
    assert forbidden(pair()).tolist() == [0]
    assert forbidden(pair(budget=np.log(5))).tolist() == [0], "what is spent so far beside what is planned"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"scope": -3}, "different regions"),
        ({"numbers": -1}, "different numbers"),
        ({"title_years": -1}, "different years in titles or addresses"),
        ({"address_years": -1}, "different years in titles or addresses"),
        ({"titled_end": 1}, "periods that do not meet"),
        ({"told_edition": 1}, "different edition"),
        ({"apart_years": 1}, "periods that do not meet"),
        ({"end_years": 3}, "periods that do not meet"),
        ({"start_years": 5}, "periods that do not meet"),
        ({"edition": 2}, "different edition"),
        ({"renewed": 1, "start_years": 2}, "renewed later"),
        ({"only_tool": 1}, "a tool of it"),
        ({"nation_region": 1}, "one of the nation, one of a region"),
        ({"budget": np.log(12)}, "sums of another order"),
        ({"plan_of": 1}, "a plan to carry it out"),
        ({"scope": -3, "nation_region": 1}, "different regions"),
    ],
)
def test_each_reason_keeps_apart_and_the_first_is_named(columns, reason):
    assert REASONS[forbidden(pair(**columns))[0]] == reason


@pytest.mark.parametrize(
    ("columns", "asked"),
    [
        ({}, False),
        ({"begun_apart": 1}, False),
        ({"begun_apart": 2}, True),
        ({"horizon": 6}, False),
        ({"horizon": 7}, True),
        ({"horizon": -1}, False),
        ({"horizon": -2}, True),
        ({"earlier_trial": 1}, True),
        ({"pilot_beside": 1}, True),
    ],
)
def test_what_is_unlikely_but_possible_is_asked(columns, asked):
    assert open_questions(pair(**columns)).tolist() == [asked]


def test_a_listing_between_two_editions_joins_neither_where_both_are_as_likely():
    i, j = np.array([0, 0, 1]), np.array([1, 2, 2])
    reason = np.array([0, 0, REASONS.index("different edition")])
    assert contested(i, j, np.array([0.8, 0.75, 0.0]), reason, 0.5).tolist() == [True, True, False]
    assert contested(i, j, np.array([0.95, 0.6, 0.0]), reason, 0.5).tolist() == [False, True, False]


def test_titles_of_one_language_need_a_telling_word_in_common():
    named = {"same_language": 1, "specific_shared": 0, "acronym": 0, "trigrams": 0.4}
    assert unfounded(pair(**named)).tolist() == [True]
    for change in ({"same_language": 0}, {"specific_shared": 1.2}, {"acronym": 3}, {"trigrams": 0.9}, {"specific_shared": np.nan}):
        assert unfounded(pair(**(named | change))).tolist() == [False]
