"""Dates and periods in any European wording: what starts when, what ends when, how precisely.

A start is the first day of what is said, an end the last. A single day, month or year fills the start only; worded as until, by or
"to 2030" the end only; a quarter, half, season, school year, decade or range fills both; "from" any of them the start only. What cannot
be read for sure is refused with its reason, never guessed: see docs/normalise-dates.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from transforms.normalise import dates_calendar as calendar
from transforms.normalise import dates_words as words
from transforms.normalise.dates_grammar import Found, read
from transforms.normalise.dates_tokens import Refused
from transforms.normalise.values import EMPTY, Refusal

Role = Literal["period", "start", "end"]

#: longest text that is read; what is longer is prose
LONGEST = 200


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


_ISO = re.compile(r"(?!\d{8}\Z)(\d{4})(-?)(\d\d)\2(\d\d)(?:[T ][\d:.,+Z-]*)?")
_DOTS = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})\.?")
_SLASHES = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = re.compile(r"((?:19|20)\d\d) ?[-–] ?((?:19|20)\d\d)")

_REGION = re.compile(r"-([A-Z]{2})\b")
_ENDING_IN_BRACKETS = re.compile(r"(?<=\d)\(([^\W\d_]{1,2})\)")

#: reasons that no other language would change
_FINAL = {
    "law number",
    "amount",
    "duration",
    "no year",
    "ambiguous day and month",
    "no such day",
    "ends before it starts",
    "several dates",
    "a year of another kind",
    "before a longer time",
    "beyond a date",
}


def parse_period(
    text: str | None, *, language: str | None = None, country: str | None = None, role: Role = "period", order: str | None = None
) -> Period | Refusal:
    """The period that ``text`` states, or why it was not read.

    ``language`` (BCP 47) and ``country`` (ISO 3166-1 alpha-2) are what is known of the source; ``role`` is the field the text stood in;
    ``order`` says how the source writes 03/04/2021, where that is known: "dmy", "mdy", or "mixed" where it does both (`figure_order`).
    """
    if text is None:
        return EMPTY
    return _parse(text, language, country, role, order)


@lru_cache(maxsize=1 << 16)
def _parse(text: str, language: str | None, country: str | None, role: str, order: str | None) -> Period | Refusal:
    text = text.strip()
    if not text:
        return EMPTY
    dmy = order == "dmy" or (order is None and bool(country or (language and language[:2] != "en")))
    if (plain := _plain(text, role, dmy)) is not None:
        return plain
    if len(text) > LONGEST:
        return Refusal("prose")
    if not country and language and (region := _REGION.search(language)):
        country = region[1]
    if text.isdigit():
        return Refusal("a number that is no date")
    return _worded(_folded(text), words.section(language), country, role, order)


def _folded(text: str) -> str:
    return _ENDING_IN_BRACKETS.sub(r"\1", words.fold(text)).replace("t/m", "tm")


def _plain(text: str, role: str, dmy: bool) -> Period | Refusal | None:
    """The commonest figures, read without the grammar; None for all else."""
    try:
        if found := _ISO.fullmatch(text):
            return _period(calendar.day(int(found[1]), int(found[3]), int(found[4])), role, "iso")
        if found := _DOTS.fullmatch(text):
            return _period(calendar.day(int(found[3]), int(found[2]), int(found[1])), role, "dmy")
        if dmy and (found := _SLASHES.fullmatch(text)) and int(found[2]) <= 12:
            return _period(calendar.day(int(found[3]), int(found[2]), int(found[1])), role, "dmy")
        if _YEAR.fullmatch(text):
            return _period(calendar.year(int(text)), role, "year")
        if (found := _YEARS.fullmatch(text)) and found[1] < found[2]:
            span = calendar.years(int(found[1]), int(found[2]))
            return Period(span.first, "year", span.last, "year", "pair", 0.99)
    except calendar.NoSuchDay:
        return Refusal("no such day")
    return None


def _period(span: calendar.Span, role: str, rule: str) -> Period:
    if role == "end":
        return Period(None, None, span.last, span.precision, rule, 0.99)
    return Period(span.first, span.precision, None, None, rule, 0.99)


def _worded(text: str, own: str | None, country: str | None, role: str, order: str | None, title: bool = False) -> Period | Refusal:
    """Read with the source's language; failing that, with the country's, and with whichever know the words."""
    usual = ((own,) if own else ()) + words.of_country(country)
    ambiguous = order == "mixed" or (not country and own in {None, "en"})
    tried: dict[str, Found | Refusal] = {}

    def attempt(key: str) -> Found | Refusal:
        if key not in tried:
            latin = words.serbian_latin(text) if key == "sh" else text
            wanted = order or ("ymd" if key == "eu" else None)
            try:
                tried[key] = read(latin, words.lexicon(key), role=role, order=wanted, ambiguous=ambiguous, title=title)
            except Refused as refusal:
                tried[key] = Refusal(str(refusal))
        return tried[key]

    for key in dict.fromkeys(usual):
        got = attempt(key)
        if isinstance(got, Found) and not got.unknown:
            return _result(got, 1.0 if key == usual[0] else 0.9)
        if isinstance(got, Refusal) and got.reason in _FINAL and key == own:
            return got
    return _best(attempt, tried, text, usual)


def _best(
    attempt: Callable[[str], Found | Refusal], tried: dict[str, Found | Refusal], text: str, usual: tuple[str, ...]
) -> Period | Refusal:
    """The reading of the languages that know most of the words, if they agree."""
    first = next(iter(tried), None)
    sure = 0.85 if re.search(r"[^\W\d_]", text) else 1.0
    counts: dict[str, int] = {}
    known = words.index()
    for form in set(re.findall(r"[^\W\d_]{2,}", text)):
        for spelling in {form, words.serbian_latin(form)}:
            for key in known.get(spelling, ()):
                counts[key] = counts.get(key, 0) + 1
    top = max(counts.values(), default=0)
    for key in [key for key, count in counts.items() if count == top] or ["en"]:
        attempt(key)
    # "Go 2020" is a horizon in Irish: where the language is known, a strange one may not make a date of a bare year
    found = {key: got for key, got in tried.items() if isinstance(got, Found) and (not usual or key in usual or got.rule != "year")}
    if not found:
        reasons = [got.reason for got in tried.values() if isinstance(got, Refusal)]
        final = [reason for reason in reasons if reason in _FINAL]
        return Refusal(final[0] if final else reasons[0] if reasons else "no date")
    fewest = min(got.unknown for got in found.values())
    best = {key: got for key, got in found.items() if got.unknown == fewest}
    if first in best:
        return _result(best[first], 0.9)
    if len({(got.start, got.end) for got in best.values()}) > 1:
        return Refusal("means different times in different languages")
    return _result(next(iter(best.values())), sure)


def _result(found: Found, sure: float) -> Period:
    start, end = found.start, found.end
    return Period(
        start.first if start else None,
        start.precision if start else None,
        end.last if end else None,
        end.precision if end else None,
        found.rule,
        round(found.confidence * sure, 3),
    )


def parse_many(
    values: Sequence[str | None],
    languages: Iterable[str | None] | None = None,
    countries: Iterable[str | None] | None = None,
    *,
    role: Role = "period",
) -> list[Period | Refusal]:
    """``parse_period`` of every value, in order; equal inputs are read once.

    How the source writes 03/04/2021 is learnt from the values themselves (`figure_order`), so they should come from one source.
    """
    none = [None] * len(values)
    order = figure_order(values)
    known: dict[tuple[str | None, str | None, str | None], Period | Refusal] = {}
    found = []
    for key in zip(values, languages or none, countries or none, strict=True):
        if key not in known:
            known[key] = parse_period(key[0], language=key[1], country=key[2], role=role, order=order)
        found.append(known[key])
    return found


def figure_order(values: Iterable[str | None]) -> str | None:
    """How one source writes dates with slashes: "dmy" or "mdy" where its values prove one of them, "mixed" where both, else None."""
    seen = {"dmy": 0, "mdy": 0}
    for value in set(values):
        if value and (found := _SLASHES.fullmatch(value.strip())):
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                seen["dmy"] += 1
            elif second > 12 >= first:
                seen["mdy"] += 1
    proven = [order for order, count in seen.items() if count]
    return "mixed" if len(proven) == 2 else proven[0] if proven else None


def period_from_title(title: str | None, language: str | None = None) -> Period | Refusal:
    """The period that a title itself states, or why none was read.

    Counted: ranges ("2015-2020", "von 2021 bis 2027"), school years ("2025/26") and a year worded as a horizon ("to 2030", "do roku 2030",
    "2030+"). A bare year ("Agenda 2030", "Strategy 2030", "Call 2024") may be a name, an end, a start or an edition: it is refused.
    """
    if not title or not re.search(r"\d\d", title):
        return Refusal("no period in the title")
    return _title(title, language)


@lru_cache(maxsize=1 << 14)
def _title(title: str, language: str | None) -> Period | Refusal:
    if len(title) > 400:
        return Refusal("prose")
    return _worded(_folded(title), words.section(language), None, "period", None, title=True)
