"""When each portal is due."""

from dataclasses import replace

import pytest

from flows.cards import cards_of
from flows.config import resolve
from flows.deploying import WORDS, plan, schedule_of
from spiders.errors import CardError


@pytest.fixture
def card(tmp_path):
    return next(iter(cards_of(resolve(data=tmp_path, sample=True)).values()))


@pytest.mark.parametrize("word", WORDS)
def test_words_are_spread_over_the_night(card, word):
    planned = [schedule_of(replace(card, id=f"at-portal{n}", schedule=word)) for n in range(40)]
    assert len({p.cron for p in planned}) > 20
    assert all(1 <= int(p.cron.split()[1]) <= 5 and len(p.cron.split()) == 5 for p in planned)
    assert schedule_of(replace(card, schedule=word)) == schedule_of(replace(card, schedule=word))


def test_a_cron_line_is_taken_with_its_zone(card):
    planned = schedule_of(replace(card, schedule="0 3 * * 1 Europe/Prague"))
    assert (planned.cron, planned.zone) == ("0 3 * * 1", "Europe/Prague")


@pytest.mark.parametrize("text", ["sometimes", "0 3 * * 1", "0 3 * * 1 Europe/Nowhere", "0 3 * Europe/Prague"])
def test_what_is_no_schedule_is_refused(card, text):
    with pytest.raises(CardError, match="schedule"):
        schedule_of(replace(card, schedule=text))


def test_every_sample_portal_is_due_some_time(tmp_path):
    settings = resolve(data=tmp_path, sample=True)
    assert {p.portal for p in plan(settings)} == set(cards_of(settings))
