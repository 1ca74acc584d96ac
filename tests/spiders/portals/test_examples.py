"""One golden test for all portals: the recorded pages of a card give the listings that a person has reviewed.

A missing expectation is written and fails until its ``reviewed`` holds a date. To renew one, delete ``expected.json``.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from spiders import examples
from spiders.card import PORTALS, Card, load_cards
from spiders.filler import anonymous
from spiders.redact import redact_body
from spiders.samples.server import CARDS as SAMPLES

ALL = {**load_cards(), **load_cards(SAMPLES)}
FOLDERS = {path.parent.name: path.parent for root in (PORTALS, SAMPLES) for path in sorted(root.glob("examples/*/pages.json"))}


def test_examples_and_checked_cards_belong_together():
    """Every example has its card, every live-checked card its example."""
    lone = sorted(set(FOLDERS) - set(ALL))
    assert not lone, f"no card: {lone}"
    bare = sorted(card.id for card in ALL.values() if not card.drafted and card.id not in FOLDERS)
    assert not bare, f"eduatlas portals check --record {' '.join(bare)}"
    assert FOLDERS


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_recorded_pages_give_the_reviewed_listings(name):
    verify(ALL[name])


def verify(card: Card) -> None:
    now = examples.extract(card, examples.read(card))
    before = examples.expected(card)
    if before is None:
        path = examples.expect(card, now)
        pytest.fail(f'{path} was missing and is written: compare it with the pages, then set "reviewed" to today\'s date')
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", before["reviewed"] or ""):
        pytest.fail(f'{card.id}: expected.json waits for review: compare it with the pages, then set "reviewed" to today\'s date')
    told = [f"{record_id} {field}: {then!r} -> {today!r}" for record_id, field, then, today in examples.differences(before["pages"], now)]
    assert not told, "\n".join(told)
    assert now == before["pages"]  # what the pages lead to, and problems


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_an_example_gives_listings_and_holds_no_prose(name):
    card = ALL[name]
    pages = examples.read(card)
    assert any(page["listings"] for page in examples.extract(card, pages))
    for page in pages:
        kind = page.headers.get("content-type", "")
        assert redact_body(page.body, kind) == page.body
        assert len(anonymous(page.body, kind).decode()) == len(page.body.decode())  # filler of filler: nothing but letters differ


@pytest.fixture
def copied(tmp_path: Path) -> Card:
    """A card with its example in a folder that the test may change."""
    name = "de-bildung-digital"
    (tmp_path / "examples").mkdir()
    shutil.copytree(FOLDERS[name], tmp_path / "examples" / name)
    shutil.copy(SAMPLES / f"{name}.toml", tmp_path)
    return load_cards(tmp_path)[name]


def test_a_missing_expectation_is_written_and_fails_until_reviewed(copied):
    path = examples.folder_of(copied) / "expected.json"
    path.unlink()
    with pytest.raises(pytest.fail.Exception, match="is written"):
        verify(copied)
    with pytest.raises(pytest.fail.Exception, match="waits for review"):
        verify(copied)
    path.write_text(path.read_text().replace('"reviewed": null', '"reviewed": "2025-01-01"'))
    verify(copied)


def test_a_card_that_reads_otherwise_fails_field_by_field(copied):
    assert copied.path is not None
    copied.path.write_text(copied.path.read_text(encoding="utf-8").replace('"period"', '"state"'), encoding="utf-8")
    changed = load_cards(copied.path.parent)[copied.id]
    with pytest.raises(AssertionError, match=r"hpi-schul-cloud\.html period: 'seit 09/2016' -> None"):
        verify(changed)
