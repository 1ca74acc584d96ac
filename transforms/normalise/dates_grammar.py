"""From tokens to a start and an end: dates are found in the row of letters, then joined as their words say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from transforms.normalise import dates_calendar as calendar
from transforms.normalise.dates_calendar import Span
from transforms.normalise.dates_tokens import Parts, Reader, Refused, Token
from transforms.normalise.dates_words import Lexicon

_DATES = re.compile(
    r"""
  (?P<dmy>N-?f?,?Mf?[W,-]*f?Y[W]*)
| (?P<mdy>MN,?Y)
| (?P<ydm>W*Y[W,]*NM)
| (?P<ymd>W*Y[W,]*MN)
| (?P<dmn>N-?M-?N(?![MY]))
| (?P<mey>MEY)
| (?P<my>(?:[ON]Hf?)?Mf?[W,-]*f?Y[W]*)
| (?P<season>Sf?[W,]*f?[YZ]W*|W*[YZ]W*S)
| (?P<term>tf?[W,]*[YZ]W*|W*[YZ]W*t)
| (?P<quarter>(?:[ON]Q|Q[ON]|qQ?|[ON]H|H[ON]|hH?)f?(?:[W,-]*f?YW*))
| (?P<yquarter>W*Y[W,]*(?:[ON]Q|Q[ON]|qQ?|[ON]H|H[ON]|hH?))
| (?P<ym>W*YW*MW?(?:[ON]H)?)
| (?P<school>C[CW,f]*Z[CW]*|ZW*C[CW]*)
| (?P<decade>YI|JY(?=$|[^-&,TUY/]))
| (?P<pair>J?Z[WJ]*)
| (?P<year>[WJ]*f?Y[WJ]*)
| (?P<ready>aW*)
| (?P<dm>N-?f?M|MN)
| (?P<pquarter>[ON]Q|Q[ON]|qQ?|[ON]H|H[ON]|hH?)
| (?P<m>M)
| (?P<d>N(?=[-T&U,][fFU]*(?:N,?f?M|a)))
| (?P<s>[St])
""",
    re.X,
)

#: how sure a way of reading is
SURE = {"ready": 0.99, "dmy": 0.98, "mdy": 0.98, "ymd": 0.98, "ydm": 0.98, "dmn": 0.85}


#: edge of a date that something comes before
BEFORE = -1


@dataclass(slots=True)
class Atom:
    """One date in the text: what it says, whether its ending says from or until, and which edge of it is meant."""

    parts: Parts
    rule: str
    direction: str = ""
    edge: int | None = None
    before: str = ""


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
    atoms, after = _atoms(tokens, words)
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


def _atoms(tokens: list[Token], words: Lexicon) -> tuple[list[Atom], str]:
    """The dates among the tokens, each with the letters before it, and the letters after the last."""
    _first_and(tokens)
    _school_years(tokens)
    kinds = "".join(token.kind for token in tokens)
    atoms: list[Atom] = []
    position, between = 0, ""
    for match in _DATES.finditer(kinds):
        between += kinds[position : match.start()]
        chosen = tokens[match.start() : match.end()]
        parts = _parts(match.lastgroup or "", chosen)
        if parts is None:
            between += match[0]
        else:
            atom = Atom(parts, match.lastgroup or "", "".join(token.direction for token in chosen)[:1])
            if atom.rule == "mey":
                atom.edge = chosen[1].value
            _look_before(atom, atoms, tokens[position : match.start()] if not atoms or between else [], between, words)
            atoms.append(atom)
            between = ""
        position = match.end()
    after = between + kinds[position:]
    if len(atoms) == 1 and atoms[0].rule == "pair" and "C" in kinds:
        span = atoms[0].parts.span
        atoms[0].parts = Parts(span=_school(span.first.year, span.last.year)) if span else atoms[0].parts
        atoms[0].rule = "school"
    if atoms:
        _look_after(atoms[-1], tokens[position:], words, last=True)
    return atoms, after


def _first_and(tokens: list[Token]) -> None:
    """ "i" beside a quarter or a half is the number one, also where it means "and"."""
    for i, token in enumerate(tokens):
        if token.kind == "&" and token.text in {"i", "і"}:
            near = tokens[i + 1 : i + 2] + tokens[max(i - 1, 0) : i]
            if any(other.kind in "QH" for other in near) and (i + 1 >= len(tokens) or tokens[i + 1].kind not in "ON"):
                token.kind, token.value = "O", 1


def _school_years(tokens: list[Token]) -> None:
    """ "school year 2021 to 2022" is one school year: the two years become one token."""
    kinds = "".join(token.kind for token in tokens)
    for match in reversed(list(re.finditer("C[Cf,]*Y[TU]Y", kinds))):
        first, last = tokens[match.end() - 3], tokens[match.end() - 1]
        if last.value == first.value + 1:
            tokens[match.end() - 3 : match.end()] = [Token("Z", (first.value, last.value, "-"))]


def _look_before(atom: Atom, atoms: list[Atom], tokens: list[Token], between: str, words: Lexicon) -> None:
    """Words between the date before and this one belong to the one or the other."""
    used = _look_after(atoms[-1], tokens, words, last=False) if atoms else 0
    rest = tokens[used:]
    for token in reversed(rest):
        if token.kind == "E" and atom.edge is None:
            atom.edge, atom.direction = token.value, atom.direction or token.direction
        elif token.kind in "FUGV" and not atom.direction:
            atom.direction = "f" if token.kind in "FG" else "u"
            if token.value == 1 and atom.edge != 2:
                atom.edge = BEFORE
        elif token.kind == "f" and token.direction and not atom.direction and atom.parts.span and atom.parts.span.precision != "years":
            atom.direction = token.direction
        elif token.kind not in "fWDJC,":
            break
    atom.before = between[used:] if len(between) == len(tokens) else between


def _look_after(atom: Atom, tokens: list[Token], words: Lexicon, *, last: bool) -> int:
    """Words behind a date that belong to it; how many there are."""
    used = 0
    for i, token in enumerate(tokens):
        if token.kind in "GV":
            atom.direction, used = ("f" if token.kind == "G" else "u"), i + 1
        elif token.kind == "E" and atom.edge is None and (words.edge_after or (last and i == 0 and i == len(tokens) - 1)):
            atom.edge, atom.direction, used = token.value, token.direction or atom.direction, i + 1
        elif token.kind == "D" or token.kind == "W":
            continue
        else:
            break
    return used


def _parts(rule: str, tokens: list[Token]) -> Parts | None:
    """What the tokens of one date say; None where they say no date after all."""
    value = {token.kind: token.value for token in tokens}
    years = next((token.value for token in tokens if token.kind in "YZ"), None)
    if rule in {"dmy", "mdy", "ymd", "ydm", "my", "mey", "ym", "dm", "m", "d"}:
        return Parts(value.get("Y"), value.get("M"), None if "H" in value else value.get("N"))
    if rule == "dmn":
        numbers = [token for token in tokens if token.kind == "N"]
        return Parts(calendar.full_year(numbers[1].text), value["M"], numbers[0].value) if len(numbers[1].text) == 2 else None
    if rule in {"season", "s", "term"}:
        return _season(value, years)
    if rule in {"quarter", "yquarter", "pquarter"}:
        return _quarter(value)
    if rule in {"school", "pair"}:
        return _pair(rule, value, tokens)
    if rule == "decade":
        if value["Y"] % 10 or not ("I" in value or _romance_decade(tokens)):
            return Parts(value["Y"])
        return Parts(span=replace(calendar.years(value["Y"], value["Y"] + 9)))
    return value["a"] if rule == "ready" else Parts(value["Y"])


def _romance_decade(tokens: list[Token]) -> bool:
    return tokens[0].text in {"annees", "anos", "anni", "anys", "anii"}


def _season(value: dict, years: int | tuple | None) -> Parts:
    number = value.get("S") or {1: 1, 2: 2}[value["t"]]
    term = "t" in value
    if years is None:
        return Parts(month=100 + number + (10 if term else 0))
    first, second = years[:2] if isinstance(years, tuple) else (years, years)
    early = number == 1 or (number == 2 and not term)
    year = second if early else first
    return Parts(span=calendar.half(year, number) if term else calendar.season(year, number))


def _quarter(value: dict) -> Parts | None:
    half = "H" in value or "h" in value
    number = value.get("q") or value.get("h") or value.get("O") or value.get("N")
    if half and number == 4:
        number = 2
    if number is None or number > (2 if half else 4):
        return None
    year = value.get("Y")
    if year is None:
        return Parts(month=(300 if half else 200) + number)
    return Parts(span=calendar.half(year, number) if half else calendar.quarter(year, number))


def _school(first: int, last: int) -> Span:
    """The school years from the one that begins in ``first`` to the one that ends in ``last``."""
    return Span(calendar.school_year(first).first, calendar.school_year(last - 1).last, "school_year")


def _pair(rule: str, value: dict, tokens: list[Token]) -> Parts:
    first, last, sign = value["Z"]
    plural = tokens[0].kind == "J" or tokens[-1].kind == "J"
    if rule == "school" or (last == first + 1 and sign == "/" and not plural):
        return Parts(span=_school(first, last))
    return Parts(span=replace(calendar.years(first, last), precision="years"))


# --- joining -----------------------------------------------------------------------------------------------------------------------------


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
