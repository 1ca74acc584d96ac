"""From tokens to a start and an end: dates are joined as the words between them say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from transforms.normalise import dates_calendar as calendar
from transforms.normalise.dates_atoms import BEFORE, Atom, find
from transforms.normalise.dates_calendar import Span
from transforms.normalise.dates_tokens import Parts, Reader, Refused, Token
from transforms.normalise.dates_words import Lexicon

#: how sure a way of reading is
SURE = {"ready": 0.99, "dmy": 0.98, "mdy": 0.98, "ymd": 0.98, "ydm": 0.98, "dmn": 0.85}


@dataclass(frozen=True, slots=True)
class Found:
    """Start and end with their precisions (either may be None), the rule, how sure, and how many words were not known."""

    start: Span | None
    end: Span | None
    rule: str
    confidence: float
    unknown: int


def read(text: str, words: Lexicon, *, role: str, order: str | None = None, ambiguous: bool = False, title: bool = False) -> Found:
    """What a folded ``text`` says in one language; raises Refused with the reason where it says nothing sure.

    ``title`` reads cautiously: only ranges, school years and worded horizons count, and numbers elsewhere do no harm.
    """
    reader = Reader(text, words, order, ambiguous)
    tokens = reader.read()
    atoms, after = find(tokens, words)
    kinds = "".join(token.kind for token in tokens)
    if not title:
        _refuse_others(tokens, atoms, after, reader.flags)
    unknown = kinds.count("X")
    if title:
        if "L" in kinds:
            raise Refused("law number")
        found = _in_title(atoms, after)
    elif unknown > 8:
        raise Refused("prose")
    else:
        found = _one(atoms[0], after, role) if len(atoms) == 1 else _several(atoms, after)
    start, end = found
    if start and end and start.first > end.last:
        raise Refused("ends before it starts")
    rules = "+".join(dict.fromkeys(atom.rule for atom in atoms[:2]))
    confidence = min(SURE.get(atom.rule, 0.95) for atom in atoms) - (0.15 if unknown else 0.0)
    return Found(start, end, rules, confidence, unknown)


def _refuse_others(tokens: list[Token], atoms: list[Atom], after: str, flags: set[str]) -> None:
    kinds = "".join(token.kind for token in tokens)
    if "!" in kinds:
        raise Refused("a year of another kind")
    if "~" in kinds:
        raise Refused("beyond a date")
    if "^" in kinds and len(atoms) > 1:
        raise Refused("no year")  # from this autumn until 2025
    if "L" in kinds and re.search(r"\d|[NRaYZ]", kinds):
        raise Refused("law number")
    rest = "".join([atom.before for atom in atoms]) + after
    if not atoms:
        for flag in ("amount", "duration"):
            if flag in flags:
                raise Refused(flag)
        if "P" in kinds:
            raise Refused("open, without a date")
        raise Refused("a number that is no date" if re.search("[NR]", kinds) else "no date")
    if re.search("[NRYZ]", rest):
        raise Refused("a number that is no date")


def _span(parts: Parts) -> Span:
    """The days that the parts mean."""
    try:
        if parts.span:
            return parts.span
        if parts.year is None:
            raise Refused("no year")
        if parts.month is None:
            return calendar.year(parts.year)
        if parts.month > 100:
            return _named(parts.year, parts.month)
        return calendar.day(parts.year, parts.month, parts.day) if parts.day else calendar.month(parts.year, parts.month)
    except calendar.NoSuchDay as error:
        raise Refused("no such day") from error


def _named(year: int, code: int) -> Span:
    kind, number = divmod(code, 100)
    if kind == 1:
        return calendar.half(year, number - 10) if number > 10 else calendar.season(year, number)
    return calendar.quarter(year, number) if kind == 2 else calendar.half(year, number)


def _as_start(atom: Atom) -> Span:
    span = _span(atom.parts)
    if atom.edge and span.precision == "year":
        year = span.first.year
        return calendar.half(year, 2) if atom.edge == 1 else calendar.quarter(year, 4)
    return span


def _as_end(atom: Atom) -> Span:
    span = _span(atom.parts)
    if atom.edge == BEFORE and span.precision != "day":
        raise Refused("before a longer time")
    if atom.edge in {0, 1} and span.precision == "year":
        year = span.last.year
        return calendar.half(year, 1) if atom.edge == 1 else calendar.quarter(year, 1)
    return span


Both = tuple[Span | None, Span | None]


def _one(atom: Atom, after: str, role: str) -> Both:
    """Start and end of a text with one date."""
    span = _span(atom.parts)
    if atom.rule in {"year", "plus"} and not atom.direction:
        beside = atom.before[-1:] + after[:1]
        if "X" in beside or (atom.before[-1:] == "-" or "n" in beside):
            raise Refused("a year in a name")
    direction = atom.direction
    if span.precision == "years":
        span = replace(span, precision="year")
        if direction == "u" and role != "period":
            return None, span
        return span, span
    if "P" in after or "P" in atom.before:
        return _as_start(atom), None
    if not direction and role == "start":
        direction = "f"
    if not direction and role == "end":
        direction = "u"
    if not direction and span.point:
        direction = "u" if atom.edge == 2 else "f"
    if direction:
        return (_as_start(atom), None) if direction == "f" else (None, _as_end(atom))
    return span, span


def _several(atoms: list[Atom], after: str) -> Both:
    """Start and end of a text with several dates: a range, or a list of years without a gap."""
    if len(atoms) > 2:
        return _list(atoms)
    first, last = atoms
    joint = last.before
    between = "B" in first.before or "K" in after
    joined = (
        bool(re.search("[-TU]", joint))
        or last.direction == "u"
        or ("&" in joint and (between or first.direction == "f"))
        or ("&" in joint and _next_day(first.parts, last.parts))
        or ("/" in joint and last.rule != "year")
    )
    if not joint and first.rule == last.rule == "year" and 1 <= (last.parts.year or 0) - (first.parts.year or 0) <= 15:
        joined = True  # "2017 2021": the dash was lost
    if "X" in joint and not (first.direction == "f" and last.direction == "u"):
        joined = False
    if not joined or (last.direction == "f" and "-" not in joint):
        return _list(atoms)
    if first.parts.span and first.parts.span.precision == "years":
        return _list(atoms)
    if first.rule == "year" and first.before[-1:] == "X" and last.rule not in {"year", "plus"} and not last.parts.span:
        raise Refused("a year in a name")  # perhaps a misspelt month
    _share(first, last)
    return _as_start(first), _as_end(last)


def _next_day(a: Parts, b: Parts) -> bool:
    """22 and 23 May."""
    return a.month is None and a.year is None and bool(a.day) and b.day == (a.day or 0) + 1


def _list(atoms: list[Atom]) -> Both:
    """2021, 2022 and 2023; 2021/22 and 2022/23."""
    spans = [_span(atom.parts) for atom in atoms]
    if any(re.search("[^,&WJ/-]", atom.before) for atom in atoms[1:]):
        raise Refused("several dates")
    if spans[0].precision == "school_year" and all(span.precision in {"years", "school_year"} for span in spans):
        spans = [calendar.school_year(span.first.year) for span in spans]
        if _gapless(spans):
            return spans[0], spans[-1]
    elif all(span.precision == "year" for span in spans) and _gapless(spans):
        return spans[0], spans[-1]
    raise Refused("several dates")


def _gapless(spans: list[Span]) -> bool:
    return all(b.first.toordinal() == a.last.toordinal() + 1 for a, b in zip(spans, spans[1:], strict=False))


def _share(first: Atom, last: Atom) -> None:
    """What one end of a range leaves out it takes from the other: 1–5 May 2020, October 2023 – May."""
    a, b = first.parts, last.parts
    if a.span and not b.span and b.year is None:
        last.parts = replace(b, year=a.span.last.year)
    elif b.span and not a.span and a.year is None and a.month:
        first.parts = replace(a, year=b.span.first.year)
    elif a.span or b.span:
        return
    elif a.year is None and a.month is None and a.day and b.day:
        first.parts = replace(a, month=b.month, year=b.year)
    elif a.year is None and b.year is not None and a.month:
        first.parts = replace(a, year=b.year - (a.month > (b.month or 12)))
    elif b.year is None and a.year is not None and b.month:
        last.parts = replace(b, year=a.year + (b.month < (a.month or 1)))
    elif a.year is None and b.year is None:
        raise Refused("no year")


def _in_title(atoms: list[Atom], after: str) -> Both:
    """A title's own period: a range, a school year, or a year worded as a horizon; anything else is part of a name."""
    spans = [atom.parts.span for atom in atoms if atom.parts.span and atom.parts.span.precision in {"years", "school_year"}]
    if spans:
        if len(atoms) > 1:
            raise Refused("several dates")
        span = replace(spans[0], precision=spans[0].precision.replace("years", "year"))
        return span, span
    if len(atoms) == 2 and "X" not in atoms[1].before and (atoms[1].direction == "u" or not re.search("[^-TU&WJ]", atoms[1].before)):
        return _several(atoms, after)
    horizons = [atom for atom in atoms if atom.rule in {"year", "plus"} and atom.direction == "u"]
    if len(horizons) == 1 and all(atom.rule == "year" and (atom is horizons[0] or not re.search("[-TUF]", atom.before)) for atom in atoms):
        return None, _as_end(horizons[0])
    raise Refused("no period in the title")
