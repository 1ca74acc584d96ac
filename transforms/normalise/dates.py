"""Dates and periods in any European wording: what starts when, what ends when, how precisely."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from transforms.normalise.values import EMPTY, Refusal

Role = Literal["period", "start", "end"]


@dataclass(frozen=True, slots=True)
class Period:
    """A start, an end, or both. A start is the first day of its period, an end the last.

    Precisions: day, month, quarter, season, half, year, school_year. ``rule`` names how it was read, ``confidence`` is in (0, 1].
    """

    start: date | None
    start_precision: str | None
    end: date | None
    end_precision: str | None
    rule: str
    confidence: float


ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:[T ].*)?$")
YEARS = re.compile(r"(\d{4})\s*[-–—]\s*(\d{4})$")


def parse_period(text: str | None, *, language: str | None = None, country: str | None = None, role: Role = "period") -> Period | Refusal:
    """The period that ``text`` states, or why it was not read. ``role`` is the field it stood in."""
    if text is None or not text.strip():
        return EMPTY
    text = text.strip()
    if (m := YEARS.match(text)) and m[1] <= m[2]:
        return Period(date(int(m[1]), 1, 1), "year", date(int(m[2]), 12, 31), "year", "years", 0.99)
    if not (m := ISO.match(text)):
        return Refusal("no date found")
    year, month, day = int(m[1]), int(m[2] or 0), int(m[3] or 0)
    if not 1900 <= year <= 2100 or month > 12 or (month and day > calendar.monthrange(year, month)[1]):
        return Refusal("no such day")
    precision = "day" if day else "month" if month else "year"
    if role == "end":
        last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
        return Period(None, None, last, precision, "iso", 0.99)
    return Period(date(year, month or 1, day or 1), precision, None, None, "iso", 0.99)


def parse_many(
    values: Sequence[str | None],
    languages: Sequence[str | None] | None = None,
    countries: Sequence[str | None] | None = None,
    *,
    role: Role = "period",
) -> list[Period | Refusal]:
    """``parse_period`` of every value; equal inputs are read once."""
    known: dict[tuple, Period | Refusal] = {}
    out = []
    none = [None] * len(values)
    for key in zip(values, languages or none, countries or none, strict=True):
        if key not in known:
            known[key] = parse_period(key[0], language=key[1], country=key[2], role=role)
        out.append(known[key])
    return out


def period_from_title(title: str, language: str | None = None) -> Period | Refusal:
    """The period that a title itself states ("Strategy 2021-2027"), or why it was not read."""
    found = re.search(r"\b(\d{4})\s*[-–—]\s*(\d{4})\b", title)
    return parse_period(found[0], language=language) if found else Refusal("no period in the title")
