"""Amounts of money as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.normalise.values import EMPTY, Refusal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of ``currency`` (ISO 4217); of a range, the upper end, with ``low`` its lower one. ``confidence`` is in (0, 1]."""

    amount: float
    currency: str
    low: float | None
    rule: str
    confidence: float


_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?")


def parse_money(text: str | None, *, currency: str | None = None, country: str | None = None, language: str | None = None) -> Money | Refusal:
    """The amount that ``text`` states, or why it was not read. ``currency`` is the code of a column of its own."""
    if text is None or not text.strip():
        return EMPTY
    if currency and _PLAIN.fullmatch(text.strip()):
        return Money(float(text), currency, None, "plain", 0.99)
    return Refusal("no amount found")
