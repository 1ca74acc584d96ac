"""Corrections flow back: what a portal's listings leave open, or say otherwise than others, in the portal's language."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

from spiders.card import Card
from spiders.errors import UsageError
from spiders.extract.labels import dictionary
from warehouse.query import connect

HERE = Path(__file__).parent
#: published field -> raw field whose label the portal's editors know
FIELDS = {"start_date": "start", "end_date": "end", "budget_eur": "budget", "budget": "budget"}


@cache
def phrases() -> dict[str, dict[str, str]]:
    """Phrase -> language -> sentence."""
    return tomllib.loads((HERE / "feedback.toml").read_text(encoding="utf-8"))


def language_of(card: Card) -> str:
    """The card's first language that there are phrases in, else English."""
    return next((code for name in card.languages if (code := name.partition("-")[0]) in phrases()["heading"]), "en")


def feedback(database: Path, card: Card) -> str:
    """The letter as Markdown: each listing with its address and what is missing, unreadable or contradicted.

    Raises UsageError where the portal has no published listing.
    """
    language = language_of(card)
    with connect(database) as con:
        listings = con.execute(_query("feedback_listings"), {"portal": card.id}).fetchall()
        differing = con.execute(_query("feedback_differs"), {"portal": card.id}).fetchall()
    if not listings:
        raise UsageError(f"{card.id} has no published listing", hint="`eduatlas status` says how its last harvest went.")
    contradicted = defaultdict(list)
    for record, field, _, portal, value in differing:
        contradicted[record].append(_say("differs", language, field=field, portal=portal, value=value))
    lines = [f"# {card.title}", "", phrases()["heading"][language], ""]
    for record, url, title, missing, issues in listings:
        notes = [_say("missing", language, field=field) for field in missing]
        notes += [_say("unread", language, field=issue.partition(":")[0]) for issue in issues]
        notes += contradicted[record]
        if notes:
            lines += [f"- [{title}]({url})", *(f"  - {note}" for note in dict.fromkeys(notes))]
    return "\n".join(lines) + "\n"


def _say(phrase: str, language: str, *, field: str, **values: str) -> str:
    raw = FIELDS.get(field, field)
    label = next((label for label, name in dictionary(language).items() if name == raw), field)
    return phrases()[phrase][language].format(field=label, **values)


def _query(name: str) -> str:
    return (HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")
