"""A wording of when, cut into tokens: each one a letter that the grammar reads, and a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from transforms.normalise import dates_calendar as calendar
from transforms.normalise.dates_words import Lexicon, Word

# Letters of the grammar:
#   a a whole date in figures   Y year   Z two years   N number up to 31   R other number   M month   Q q quarter   H h half
#   S season   t term   O first…fourth   E start, mid or end of   C school   W D J year, day, years
#   F f U T from, of, until, to   B & K between, and, between (after)   G V from, until (after)   P present   I decade
#   ~ beyond   ^ this year, next year   - / , signs   X a word that is not known   L law   $ money   n a number word   (blank) says nothing


class Refused(Exception):
    """The text cannot be read; the argument is the reason."""


@dataclass(slots=True)
class Token:
    """``kind`` is a letter of the grammar, ``direction`` "f" or "u" where its ending says from or until."""

    kind: str
    value: Any = None
    direction: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a date says: any of year, month, day; or a whole span."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    span: calendar.Span | None = None


_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTHS = {name: number for number, name in enumerate(_NUMERALS, 1)}
_ROMAN = "|".join(sorted(_MONTHS, key=len, reverse=True))
_HOUR = "uhr|uur|auer|hrs?|hod|godz|val|casova|casa|часова|часов|часа|час|ч|sati|h|ora|oras|orakor|oratol|horas|heures|noon|am|pm|cet"
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?(?!\d|[./]\s?\d)"
_TIME = (
    rf"\b(?:kl|klo|kell|klokken|klokka|klukkan|plkst|godz|hod|ωρα|ore|ora|orele)\b\.?\s*{_CLOCK}(?:\s*[-–]\s*{_CLOCK})?(?:\s*(?:{_HOUR})\b\.?)?"
    rf"|\b(?:at|um|ob)\b\s*{_CLOCK}(?:\s*(?:{_HOUR})\b\.?)?(?!\.?\s*[^\W\d_]{{3}})"
    rf"|(?<![\d.])\d{{1,2}}(?:[:.]\d\d)?\s*(?:{_HOUR})\b\.?|(?<![\d.])\d{{1,2}}:\d\d(?::\d\d)?(?!\d)|(?<![\d.])\d{{1,2}}\s?[uh]\s?\d\d(?!\d)"
)
_OFFSET = r"(?:[t ]\s?\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?\s?(?:z|utc|[+-]\d\d:?\d\d)?)?"
_YQUARTER = rf"(?<![\w.,-])(?P<q3>[1-4])\.?\s?[qt](?!\w)|(?<![\w.-])q(?P<q5>{_ROMAN})\b"

#: no figure follows a date, but for the date that a dash joins to it
_ENDS = r"(?!\d|[./]\d|-(?!\d{1,2}[./]\d{1,2}[./])\d)"

_FIGURES = re.compile(
    rf"""
  (?P<iso>(?<![\d/.-])(?P<iy>\d{{4}})-(?P<im>\d\d)-(?P<id>\d\d){_OFFSET}(?![\d/]|-\d))
| (?P<dmy>(?<![\d/.])(?<!(?<!\d{{3}})\d-)(?P<d1>\d{{1,2}})\s?(?P<s1>[./-])\s?(?P<d2>\d{{1,2}})\s?(?P=s1)\s?(?P<d3>\d{{4}}|'?\d\d?){_ENDS})
| (?P<ymd>(?<![\d/.-])(?P<y1>\d{{4}})\s?(?P<s2>[./-])\s?(?P<y2>\d{{1,2}})\s?(?P=s2)\s?(?P<y3>\d{{1,2}})(?!\d|[./-]\d))
| (?P<spaced>(?<![\d/.-])(?P<z1>\d{{4}})\ (?P<z2>0[1-9]|1[0-2])\ (?P<z3>0[1-9]|[12]\d|3[01])(?!\d|\ ?[./-]?\d))
| (?P<ymdot>(?<![\d/.-])(?P<g1>\d{{4}})\.\s?(?P<g2>0?[1-9]|1[0-2])\.(?=\s*(?:$|[-–])))
| (?P<days>(?<![\d/.-])(?P<r1>\d{{1,2}})\.?\s?[-–]\s?(?P<r2>\d{{1,2}})\.\s?(?P<r3>\d{{1,2}})\.\s?(?P<r4>\d{{4}})(?!\d))
| (?P<dm>(?<![\d/.-])(?P<e1>\d{{1,2}})(?P<s3>[./])\s?(?P<e2>\d{{1,2}})\.?(?=\s?[-–]\s?\d{{1,2}}(?P=s3)\s?\d{{1,2}}(?P=s3)\s?\d{{4}}))
| (?P<months>(?<![\d/.-])(?P<n1>\d{{1,2}})\s?[-–]\s?(?P<n2>\d{{1,2}})/(?P<n3>\d{{4}})(?![\d/]))
| (?P<roman>(?<!\d)(?P<o1>\d{{1,2}})[.\s/]\s?(?P<o2>{_ROMAN})[.\s/]\s?(?P<o3>\d{{4}})(?!\d))
| (?P<romany>(?<![\w.])(?P<p1>{_ROMAN})[./](?P<p2>\d{{4}})(?!\d))
| (?P<quarter>(?<![\w.-])(?P<q1>[qtkτкт]|cet|kv|trim)\s?\.?(?P<q2>[1-4])(?!\d|[.,]\d)|{_YQUARTER})
| (?P<half>(?<![\w.-])(?:h|hy|s)(?P<h1>[12])(?!\d|[.,]\d)|(?<![\w.,-])(?P<h2>[12])\s?h(?=\s?\d{{4}}))
| (?P<pair>(?<![\d/.-])(?P<a1>\d{{4}})\.?\s?(?P<as>[-–/])(?P<a2>\s?\d{{4}}|\d\d)(?!\d|[./-]\d))
| (?P<my>(?<![\d/.-])(?P<m1>\d+)\s?[/.-]\s?(?P<m2>\d{{4}})(?!\d|[./-]\d))
| (?P<ym>(?<![\d/.-])(?P<b1>\d{{4}})\s?/\s?(?P<b2>\d{{1,3}})(?!\d|[./-]\d))
| (?P<plus>(?<!\d)(?P<c1>(?:19|20)\d\d)\s?\+)
| (?P<time>{_TIME})
| (?P<figure>\d{{1,3}}(?:[.,'\s]\d{{3}})+(?:[.,]\d+)?(?![\d/-])|\d+(?:[.,']\d+)+)
| (?P<short>(?<!\w)'(?P<f1>\d\d)(?!\d))
| (?P<number>\d+)
| (?P<word>[^\W\d_]+)
| (?P<sign>[-–/,$€£%№§&])
""",
    re.X,
)


class Reader:
    """Cuts one folded text into tokens with the words of one language."""

    def __init__(self, text: str, words: Lexicon, order: str | None, ambiguous: bool) -> None:
        self.text, self.words, self.order, self.ambiguous = text, words, order, ambiguous
        self.tokens: list[Token] = []
        self.flags: set[str] = set()

    def read(self) -> list[Token]:
        position, text = 0, self.text
        while position < len(text):
            match = _FIGURES.match(text, position)
            if match is None:
                position += 1
            else:
                position = self._take(match, match.lastgroup or "") or match.end()
        self._amounts_and_durations()
        self._weekdays()
        return [token for token in self.tokens if token.kind not in " D"]

    def _add(self, kind: str, value: Any = None, direction: str = "", text: str = "") -> None:
        self.tokens.append(Token(kind, value, direction, text))

    def _date(self, year: int | None, month: int | None, day: int | None) -> None:
        self._add("a", Parts(year, month, day))

    def _take(self, match: re.Match[str], group: str) -> int | None:
        """One match as tokens; the new position where it is not the match's end."""
        group = next(name for name in _GROUPS if match[name] is not None)
        if group == "word":
            return self._word(match)
        if group == "sign":
            sign = "-" if match[0] == "–" else match[0]
            if match[0] == "-" and self._hyphen(match):
                return None
            self._add(sign if sign in "-/,&" else "L" if sign in "№§" else "$")
            return None
        if group != "time":
            getattr(self, f"_{group}")(match)
            return self._suffix(match.end())
        self.flags.add("time")
        return None

    def _hyphen(self, match: re.Match[str]) -> bool:
        """True for a hyphen inside a word or between a particle and its date ("sal-11", "mid-2025"), which joins nothing."""
        around = self.text[match.start() - 1 : match.start()] + self.text[match.end() : match.end() + 1]
        return len(around) == 2 and not re.search(r"\s", around) and bool(self.tokens) and self.tokens[-1].kind in " FUEBTfCWDJXO"

    def _iso(self, m: re.Match[str]) -> None:
        self._date(int(m["iy"]), int(m["im"]), int(m["id"]))

    def _spaced(self, m: re.Match[str]) -> None:
        self._date(int(m["z1"]), int(m["z2"]), int(m["z3"]))

    def _dmy(self, m: re.Match[str]) -> None:
        first, second, text = int(m["d1"]), int(m["d2"]), m["d3"].lstrip("'")
        order = self.order
        if len(text) == 1 and order != "ymd":
            raise Refused("a number that is no date")
        if len(text) <= 2 and order == "ymd":
            return self._date(calendar.full_year(m["d1"].zfill(2)), second, int(text))
        if order not in {"mdy", "dmy"} or (order == "mdy" and m["s1"] == "."):
            order = "dmy"  # nobody in Europe writes the month first before a dot
            if m["s1"] == "/":
                if second > 12 >= first:
                    order = "mdy"
                elif self.ambiguous and first != second and first <= 12 and second <= 12:
                    raise Refused("ambiguous day and month")
        day, month = (second, first) if order == "mdy" else (first, second)
        return self._date(calendar.full_year(text), month, day)

    def _ymd(self, m: re.Match[str]) -> None:
        self._date(int(m["y1"]), int(m["y2"]), int(m["y3"]))

    def _days(self, m: re.Match[str]) -> None:
        self._date(None, None, int(m["r1"]))
        self._add("-")
        self._date(int(m["r4"]), int(m["r3"]), int(m["r2"]))

    def _dm(self, m: re.Match[str]) -> None:
        self._date(None, int(m["e2"]), int(m["e1"]))

    def _months(self, m: re.Match[str]) -> None:
        self._date(None, int(m["n1"]), None)
        self._add("-")
        self._date(int(m["n3"]), int(m["n2"]), None)

    def _roman(self, m: re.Match[str]) -> None:
        self._date(int(m["o3"]), _MONTHS[m["o2"]], int(m["o1"]))

    def _romany(self, m: re.Match[str]) -> None:
        self._date(int(m["p2"]), _MONTHS[m["p1"]], None)

    def _quarter(self, m: re.Match[str]) -> None:
        number = m["q2"] or m["q3"] or _MONTHS[m["q5"]]
        self._add("q", int(number))

    def _half(self, m: re.Match[str]) -> None:
        self._add("h", int(m["h1"] or m["h2"]))

    def _pair(self, m: re.Match[str]) -> None:
        first, sign, text = int(m["a1"]), m["as"], m["a2"].strip()
        last = int(text) if len(text) == 4 else first // 100 * 100 + int(text)
        if not calendar.FIRST_YEAR <= first <= calendar.LAST_YEAR:
            raise Refused("law number" if sign == "/" else "a number that is no date")
        if len(text) == 2 and (sign == "-" or last <= first) and 1 <= int(text) <= 12 and not (sign == "/" and last == first + 1):
            return self._date(first, int(text), None)
        if not first < last <= min(first + 60, calendar.LAST_YEAR):
            raise Refused("law number" if sign == "/" else "a number that is no date")
        return self._add("Z", (first, last, sign))

    def _my(self, m: re.Match[str]) -> None:
        month, year = int(m["m1"]), int(m["m2"])
        if not 1 <= month <= 12 or not calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR or len(m["m1"]) > 2:
            raise Refused("law number" if "/" in m[0] else "a number that is no date")
        if "/" in m[0] and self._numbered(m):
            return self._add("R", m[0])
        self._date(year, month, None)
        self.tokens[-1].text = "my"
        return None

    def _numbered(self, m: re.Match[str]) -> bool:
        """True for "Minutes 10/2014": a paper's number stands right behind its kind, a month behind a colon or a word of time."""
        return bool(self.tokens) and self.tokens[-1].kind == "X" and self.text[: m.start()].rstrip()[-1:].isalpha()

    def _ym(self, m: re.Match[str]) -> None:
        year, month = int(m["b1"]), int(m["b2"])
        if not 1 <= month <= 12 or not calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR:
            raise Refused("law number")
        if self._numbered(m):
            return self._add("R", m[0])
        self._date(year, month, None)
        self.tokens[-1].text = "my"
        return None

    def _ymdot(self, m: re.Match[str]) -> None:
        self._date(int(m["g1"]), int(m["g2"]), None)

    def _plus(self, m: re.Match[str]) -> None:
        self._add("Y", int(m["c1"]), "u")

    def _figure(self, m: re.Match[str]) -> None:
        self._add("R", m[0])

    def _short(self, m: re.Match[str]) -> None:
        self._add("Y", calendar.full_year(m["f1"]))

    def _number(self, m: re.Match[str]) -> None:
        number = int(m[0]) if len(m[0]) < 9 else -1
        if len(m[0]) == 4 and calendar.FIRST_YEAR <= number <= calendar.LAST_YEAR:
            self._add("Y", number)
        elif len(m[0]) <= 2 and 1 <= number <= 31:
            self._add("N", number, text=m[0])
        else:
            self._add("R", m[0])

    def _suffix(self, position: int) -> int:
        """An ending written at a number: "2023ko", "1-től", "5th", "1990s"."""
        match = _ENDING.match(self.text, position)
        if match is None:
            return position
        ending, last = match["ending"], self.tokens[-1]
        words = self.words
        if last.kind == "Y" and ending in words.decades and last.value % 10 == 0:
            self._add("I")
        elif ending in words.suffixes and not (match["sign"] == "." and ending in words.words):
            last.direction = words.suffixes[ending] or last.direction
        else:
            return position
        return match.end()

    def _word(self, match: re.Match[str]) -> int:
        form, end = match[0], match.end()
        for parts, word in self.words.phrases.get(form, ()):
            position = end
            for before, part in zip(parts, parts[1:], strict=False):
                following = _FOLLOWING.match(self.text, position)
                if following is None or following["word"] != part or (following["gap"] and len(before) > 2):
                    break
                position = following.end()
            else:
                self._add(word.kind, word.number, word.direction, form)
                return position
        word = self.words.words.get(form) or self._unlisted(form)
        if form in self.words.after_number and ((self.tokens and self.tokens[-1].kind == "N") or self.text[end : end + 1] == "."):
            word = self.words.after_number[form]
        self._add(word.kind, word.number, word.direction, form)
        return end

    def _unlisted(self, form: str) -> Word:
        if form in _ORDINALS:
            return Word("O", _ORDINALS[form])
        if form in self.words.units:
            return Word(" ")
        if form in self.words.numbers:
            return Word("n")
        return Word(" ") if len(form) == 1 else Word("X")

    def _weekdays(self) -> None:
        """ "mar, 22 abr": a name of both a day and a month, before a day of a month, is the day."""
        kept = []
        for i, token in enumerate(self.tokens):
            following = "".join(other.kind for other in self.tokens[i + 1 : i + 5])
            if not (token.kind == "M" and token.text in self.words.weekdays and re.match(",?[ f]?N[ f]?M", following)):
                kept.append(token)
        self.tokens = kept

    def _amounts_and_durations(self) -> None:
        """Drop numbers with a currency or a unit of time, and remember that there were such."""
        tokens, units = self.tokens, self.words.units
        drop: set[int] = set()
        for i, token in enumerate(tokens):
            if token.kind == "$":
                drop.add(i)
                after = i + 1 < len(tokens) and tokens[i + 1].kind in "NRYZ"
                before = i - 1
                while before >= 0 and before in drop and tokens[before].kind == "$":
                    before -= 1
                if after:
                    drop.add(i + 1)
                elif before >= 0 and tokens[before].kind in "NRYn" and before not in drop:
                    drop.add(before)
                self.flags.add("amount")
            elif token.text and token.text in units:
                before = i - 1
                if before >= 0 and tokens[before].kind == "-":
                    before -= 1
                number = tokens[before] if before >= 0 else None
                if number is not None and (number.kind in "nO" or number.kind == "N" or (number.kind == "R" and len(number.value) <= 3)):
                    if number.kind == "N" and token.kind == "W" and i + 1 < len(tokens) and tokens[i + 1].kind in "YZ":
                        continue
                    drop.update(range(before, i + 1))
                    self.flags.add("duration")
                    if before >= 2 and tokens[before - 1].kind == "-" and tokens[before - 2].kind in "NR":
                        drop.update((before - 1, before - 2))
                elif token.kind == " " and token.text in self.words.numbers:
                    self.flags.add("duration")
        self.tokens = [token for i, token in enumerate(tokens) if i not in drop]


_GROUPS = (
    *(
        "word",
        "number",
        "iso",
        "dmy",
        "spaced",
        "ymdot",
        "pair",
        "sign",
        "ymd",
        "days",
        "dm",
        "months",
        "roman",
        "romany",
        "quarter",
        "half",
    ),
    *("my", "ym", "plus", "time", "figure", "short"),
)
_ENDING = re.compile(r"(?P<sign>[-'.:]?)(?P<ending>[^\W\d_]+)")
_FOLLOWING = re.compile(r"(?P<gap>\.?)[\s']*-?(?P<word>[^\W\d_]+|[$€£%№§&])")
_ORDINALS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "і": 1, "іі": 2, "ііі": 3, "iі": 2}
