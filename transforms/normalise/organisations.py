"""Organisations as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from transforms.normalise.values import EMPTY, Refusal


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisations that a text names, the leading one first; ``organisation_id`` and ``ids`` are of the leading one."""

    names: tuple[str, ...]
    organisation_id: str
    ids: dict[str, str] = field(default_factory=dict)
    rule: str = "name"
    confidence: float = 0.8


def parse_organisation(text: str | None, *, country: str | None = None) -> Organisation | Refusal:
    """The organisations that ``text`` names, or why it was not read."""
    if text is None or not text.strip():
        return EMPTY
    names = tuple(part.strip() for part in text.split(";") if part.strip())
    slug = re.sub(r"\W+", "-", names[0].casefold()).strip("-")
    return Organisation(names, f"{country.lower()}-{slug}" if country else slug) if slug else Refusal("no name")
