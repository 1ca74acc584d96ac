"""What a portal's editors are told."""

import string

import pytest

from flows.cards import cards_of
from flows.config import resolve
from flows.feedback import feedback, phrases


def test_every_phrase_is_there_in_every_language_with_the_same_places():
    sentences = phrases()
    languages = set(sentences["heading"])
    assert len(languages) >= 27
    for name, by_language in sentences.items():
        assert set(by_language) == languages, name
        places = {frozenset(f for _, f, _, _ in string.Formatter().parse(text) if f) for text in by_language.values()}
        assert len(places) == 1, name


def test_the_letter_is_in_the_portals_language_and_names_listings(sample_atlas):
    cards = cards_of(resolve(data=sample_atlas))
    card = next(c for c in cards.values() if c.country == "HU")
    letter = feedback(sample_atlas / "eduatlas.duckdb", card)
    assert letter.startswith(f"# {card.title}\n\nAmit az Önök")
    assert letter.count("](http") >= 1 and "nincs megadva" in letter


def test_a_contradiction_names_the_other_portal(sample_atlas):
    cards = cards_of(resolve(data=sample_atlas))
    letters = "".join(feedback(sample_atlas / "eduatlas.duckdb", card) for card in cards.values())
    assert any(f"{card.id} " in letters for card in cards.values())


def test_a_portal_without_listings_is_said(eduatlas, tmp_path, sample_atlas):
    said = eduatlas("--data", sample_atlas, "status", "--feedback")
    assert said.returncode == 2 and "one portal" in said.stderr


@pytest.mark.parametrize("code", ["hu", "de", "en"])
def test_field_names_are_the_labels_of_that_language(code):
    from flows.feedback import _say

    assert "start_date" not in _say("missing", code, field="start_date")
