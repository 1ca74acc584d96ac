"""Which columns set two editions or runs of one name apart."""

import numpy as np
import pandas as pd
import pytest

from transforms.normalise import normalise
from transforms.resolve.answers import Answers
from transforms.resolve.editions import edition_columns
from transforms.resolve.prepare import prepare

PLAN = {"title": "Digital plan", "country": "IT", "language": "en", "url": "https://x.example/digital-plan"}


def columns(one, other):
    """Of a pair of pages that differ from ``PLAN``; the same in both orders."""
    rows = [{"record_id": "a"} | PLAN | one, {"record_id": "b"} | PLAN | other]
    records = prepare(normalise(pd.DataFrame(rows)))
    i, j = np.array([0]), np.array([1])
    one_site = Answers(records).columns(i, j)["same_site"]
    found = {name: column[0] for name, column in edition_columns(records, i, j, one_site).items()}
    turned = {name: column[0] for name, column in edition_columns(records, j, i, one_site).items()}
    np.testing.assert_equal(found, turned)
    return {name: float(value) for name, value in found.items() if value == value and value != 0}


def test_equal_pages_tell_nothing_apart():
    assert columns({}, {}) == {}
    assert columns({"start": "2021"}, {"start": "2021"}) == {}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"title": "Digital plan 2023-2026"}, {"end": "2025"}, {"titled_end": 1}),
        ({"title": "Digital plan 2023-2026"}, {"end": "2026"}, {}),
        ({"title": "Digital plan 2025"}, {"start": "2016"}, {"horizon": 9}),
        ({"title": "Digital plan 2014"}, {"start": "2019"}, {"horizon": -5}),
        ({"title": "Digital plan 2025", "start": "2024"}, {"start": "2016"}, {"begun_apart": 8}),
        ({"start": "2006", "end": "2009"}, {"start": "2009"}, {}),
        ({"start": "2015"}, {"start": "2017"}, {"begun_apart": 2}),
        ({"url": "https://x.example/plan-2020"}, {"url": "https://x.example/plan-2023"}, {"address_years": -1}),
        ({"url": "https://x.example/plan-2020"}, {"url": "https://y.example/plan-2023"}, {}),
        ({"url": "https://x.example/plan-2020"}, {"title": "Digital plan 2020"}, {}),
        ({"url": "https://x.example/plan-2020"}, {"title": "Digital plan 2023-2026"}, {"address_years": -1}),
        ({"description": "The first plan of its kind."}, {"description": "Third version of the plan."}, {"told_edition": 1}),
        ({"description": "Second version of the plan."}, {"title": "Digital plan 2.0"}, {}),
        ({"description": "Second version of the plan."}, {}, {}),
        ({"description": "An earlier pilot project."}, {}, {"earlier_trial": 1}),
        ({"description": "An earlier pilot project."}, {"description": "The previous, experimental project."}, {}),
        ({"url": "https://x.example/digital-plan-trial"}, {}, {"pilot_beside": 1}),
        ({"url": "https://x.example/digital-plan-trial"}, {"url": "https://y.example/digital-plan"}, {}),
        ({"url": "https://x.example/digital-plan-trial"}, {"title": "Digital plan pilot"}, {}),
        ({"url": None, "title": "Digital plan pilot"}, {"url": None}, {}),
        ({"title": "Operational plan of the digital strategy"}, {"title": "Digital strategy"}, {"plan_of": 1}),
        ({"title": "Digital action plan"}, {"title": "Digital strategy and action plan"}, {}),
        ({"title": "Digital plan"}, {"title": "Digital strategy"}, {}),
    ],
)
def test_what_pages_say_of_their_editions(one, other, found):
    assert columns(one, other) == found
