"""Places as people write them: country, NUTS 2024 and level."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.normalise.values import EMPTY, Refusal


@dataclass(frozen=True, slots=True)
class Place:
    """A place: ISO country (or EU), NUTS 2024 codes (the shortest that mean it), level. ``confidence`` is in (0, 1]."""

    country: str | None
    nuts: tuple[str, ...]
    level: str
    rule: str
    confidence: float


_CODES = re.compile(r"[A-Z]{2}[0-9A-Z]{1,3}(?:\s*[;,]\s*[A-Z]{2}[0-9A-Z]{1,3})*")


def parse_place(text: str | None, *, country: str | None = None, language: str | None = None) -> Place | Refusal:
    """The place that ``text`` names, or why it was not read. ``country`` is the portal's."""
    if text is None or not text.strip():
        return EMPTY
    if _CODES.fullmatch(text.strip()):
        codes = tuple(re.split(r"\s*[;,]\s*", text.strip()))
        return Place("GR" if codes[0][:2] == "EL" else codes[0][:2], codes, "regional", "code", 0.99)
    return Refusal("unknown place")
