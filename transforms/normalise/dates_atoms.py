"""The dates among the tokens: which letters in a row are one date, and which words around it are its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from transforms.normalise import dates_calendar as calendar
from transforms.normalise.dates_calendar import Span
from transforms.normalise.dates_tokens import Parts, Refused, Token
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
| (?P<decade>YI|Jf?Y(?=$|[^-&,TUY/]))
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


def find(tokens: list[Token], words: Lexicon) -> tuple[list[Atom], str]:
    """The dates among the tokens, each with the letters before it, and the letters after the last."""
    _first_and(tokens)
    _school_years(tokens)
    _from_a_month(tokens)
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


def _from_a_month(tokens: list[Token]) -> None:
    """ "October 2017-2022" begins in a month and ends with a year: the two years are no pair. Of two months they may be one each."""
    kinds = "".join(token.kind for token in tokens)
    for match in reversed(list(re.finditer("(?<!M[-TU&/])Mf?,?Z", kinds))):
        first, last, sign = tokens[match.end() - 1].value
        if sign != "/":
            tokens[match.end() - 1 : match.end()] = [Token("Y", first), Token("-"), Token("Y", last)]


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
    return tokens[0].text in {"annees", "anos", "anni", "anys", "anii", "decada", "decennie", "δεκαετια", "δεκαετιασ"}


def _season(value: dict, years: int | tuple | None) -> Parts:
    number = value.get("S") or {1: 1, 2: 2}[value["t"]]
    term = "t" in value
    if years is None:
        return Parts(month=100 + number + (10 if term else 0))
    if term and isinstance(years, tuple):
        raise Refused("a year of another kind")  # Wintersemester 2023/24
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
