"""What looks like a day: ``12. května 2021``, ``May 12th, 2021``, ``2021-05-12``, ``12.5.21``. It is recognised, never read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

#: whose names of months count: the languages of cards, and neighbours whose pages European portals link
_LANGUAGES = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv ca eu gl is nb nn bs mk ru sq sr sr_Latn tr uk"
_YEAR = r"(?:19[5-9]|20[0-4])\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])"
_WORD = r"[^\W\d_]{3,14}"
_OF = r"(?:of\ |de\ |del\ |d['’]|ta['’]\ )?"
_DAY = re.compile(
    rf"""(?<![\w/.-])(?:
      (?P<iso>{_YEAR}(?P<mark>[-/.])\ ?{_MONTH}(?P=mark)\ ?{_NUMBER}\.?(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)
    | (?P<compact>{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)
    | (?P<figures>{_NUMBER}(?P<dot>[-/.])\ ?{_NUMBER}(?P=dot)\ ?{_YEAR})
    | (?P<short>{_NUMBER}\.\ ?{_MONTH}\.\ ?[0-4]\d)
    | (?P<worded>{_NUMBER}(?:\.|st|nd|rd|th|er|º|ª)?[\ -]{_OF}(?P<month>{_WORD})\.?,?[\ -]{_OF}{_YEAR})
    | (?P<american>(?P<first>{_WORD})\.?\ {_NUMBER}(?:st|nd|rd|th)?,?\ {_YEAR})
    | (?P<yearfirst>{_YEAR}(?:\.\ gada|\ m\.|\.?e?ko|[.,])?\ (?:{_NUMBER}\.\ )?(?P<second>{_WORD})(?:\ {_NUMBER}(?:a|an|\ d)?\b\.?)?)
    )(?![\w/]|[.-]\d)""",
    re.X | re.I,
)
_SECOND_NUMBER = re.compile(r"\D\d")
_FIGURES = re.compile(r"\d\d")
_MARKS = re.compile(r"[\u0300-\u036f]")
#: what parts the two ends of a period
_TO = re.compile(r"\s*(?:[-–—]|to|bis|au|al|a|do|až|till?|until|tot|til|ir|și|и|έως|līdz|iki)\s*", re.I)
_FROM = re.compile(r"\d\.?\s*[-–—]\s*\Z")


@cache
def months() -> frozenset[str]:
    """Names and abbreviations of the months in all languages, without accents."""
    from babel import Locale  # needed by pages without declared selectors alone

    found: set[str] = {"sept"}
    for language in _LANGUAGES.split():
        for widths in Locale.parse(language).months.values():
            found.update(name for width in ("wide", "abbreviated") for name in widths[width].values())
    return frozenset(word for name in map(_folded, found) for word in re.findall(r"[^\W\d_]{3,}", name))


def days_in(text: str) -> Iterator[re.Match[str]]:
    """Every day in ``text``, which must have single blanks; the ends of a period are left out."""
    if not _FIGURES.search(text):
        return
    at = 0
    while found := _DAY.search(text, at):
        word = found["month"] or found["first"] or found["second"]
        if word is not None and (not _is_month(word) or (found["second"] and not _SECOND_NUMBER.search(found[0]))):
            at = found.start() + 1
            continue
        at = found.end()
        gap = _TO.match(text, at)
        if gap and (until := _DAY.match(text, gap.end())):
            at = until.end()
        elif not _FROM.search(text, 0, found.start()):
            yield found


def has_day(text: str) -> bool:
    """Does ``text`` hold a day?"""
    return next(days_in(text), None) is not None


def _is_month(word: str) -> bool:
    """True for the name of a month, declined or not."""
    folded = _folded(word)
    return any(folded[:length] in months() for length in range(len(folded), min(3, len(folded) - 1), -1))


def _folded(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
