"""Days, months, quarters, halves, seasons, years and school years as spans of days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1900, 2100

#: first month of spring, summer, autumn and winter (meteorological); winter ends in the next year
SEASONS = {1: 3, 2: 6, 3: 9, 4: 12}


class NoSuchDay(ValueError):
    """A day, month or year that the calendar does not have, or beyond the years read here."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``. ``point`` is true for a day, month or year, which says one thing and not two."""

    first: date
    last: date
    precision: str
    point: bool = False


def _months(year: int, month: int, count: int, precision: str) -> Span:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        raise NoSuchDay(f"{year}-{month}")
    end_year, end_month = year + (month + count - 2) // 12, (month + count - 2) % 12 + 1
    last = date(end_year, end_month, monthrange(end_year, end_month)[1])
    return Span(date(year, month, 1), last, precision, precision in {"month", "year"})


def day(year: int, month: int, number: int) -> Span:
    """One day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoSuchDay(str(year))
    try:
        found = date(year, month, number)
    except ValueError as error:
        raise NoSuchDay(f"{year}-{month}-{number}") from error
    return Span(found, found, "day", True)


@lru_cache(4096)
def month(year: int, number: int) -> Span:
    """A calendar month."""
    return _months(year, number, 1, "month")


@lru_cache(1024)
def year(number: int) -> Span:
    """A calendar year."""
    return _months(number, 1, 12, "year")


def quarter(number_of_year: int, number: int) -> Span:
    """Quarter 1 to 4 of a calendar year."""
    return _months(number_of_year, number * 3 - 2, 3, "quarter")


def half(number_of_year: int, number: int) -> Span:
    """Half 1 or 2 of a calendar year."""
    if number not in {1, 2}:
        raise NoSuchDay(f"half {number}")
    return _months(number_of_year, number * 6 - 5, 6, "half")


def season(number_of_year: int, number: int) -> Span:
    """Season 1 (spring) to 4 (winter, from December of that year on)."""
    return _months(number_of_year, SEASONS[number], 3, "season")


def school_year(number: int) -> Span:
    """The school year from September of a year to August of the next."""
    return _months(number, 9, 12, "school_year")


def years(first: int, last: int) -> Span:
    """From the first day of one year to the last of another, both included."""
    return Span(year(first).first, year(last).last, "year")


def full_year(digits: str) -> int:
    """2014 of "2014", 2014 of "14", 1998 of "98"."""
    number = int(digits)
    if len(digits) > 2:
        return number
    return number + (2000 if number < 50 else 1900)
