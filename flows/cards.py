"""Which portals a data folder works with, and the words of their cards that later stages need."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from flows.config import Settings
from spiders.card import Card, load_cards
from spiders.errors import UsageError
from transforms.normalise import Prior

SAMPLES = Path(__file__).resolve().parent.parent / "spiders" / "samples" / "cards"


def cards_of(settings: Settings) -> dict[str, Card]:
    """All cards of this folder's world, by id."""
    return load_cards(SAMPLES) if settings.world == "sample" else load_cards()


def chosen(settings: Settings, names: Sequence[str]) -> dict[str, Card]:
    """The named cards, or all. Raises UsageError with the nearest name for one that does not exist."""
    cards = cards_of(settings)
    for name in names:
        if name not in cards:
            near = difflib.get_close_matches(name, cards, n=1)
            hint = f"Did you mean {near[0]}?" if near else "`eduatlas portals list` names them."
            raise UsageError(f"no portal {name!r} in the {settings.world} world", hint=hint)
    return {name: cards[name] for name in names} if names else cards


def prior(card: Card) -> Prior:
    """What the card says before any listing speaks."""
    return Prior(
        country=card.country,
        level=card.level,
        nuts=tuple(card.nuts),
        languages=tuple(card.languages),
        authority=card.authority,
        licence=card.licence,
        reuse=reuse(card),
        dedicated=card.scope == "digital-education",
    )


def reuse(card: Card) -> str:
    """What a release may carry of this portal's listings: full, or facts-only. An unknown licence opens nothing."""
    return {"open": "full", "facts": "facts-only"}.get(card.reuse, card.reuse)
