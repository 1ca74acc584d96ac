"""Figures: 1.234.567,89 and 1,234,567.89 and 1 234 567,89 and 1'234'567.89."""

from __future__ import annotations

import re

#: a figure with its groups and decimals, and the ",-" or ".–" that stands for no cents
FIGURE = r"\d{1,3}(?: \d{3})+(?![\d])(?:[.,]\d{1,3}(?!\d))?|\d+(?:[.,'·]\d+)*"

_SPACED = re.compile(r"(\d{1,3}(?: \d{3})+)(?:[.,](\d{1,2}))?")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'·])\d{3})(?:\1\d{3})*")


def read_figure(text: str, point: bool | None, scaled: bool) -> tuple[float, bool] | None:
    """The number that a figure writes, and whether that is certain; None where it is malformed or could be two numbers.

    ``point`` is True where people write 1,234.56, False where they write 1.234,56, None where that is unknown. ``scaled`` says that a word
    such as "million" follows, so that three decimals are likely.
    """
    if text.isdecimal():
        return float(text), True
    if " " in text:
        found = _SPACED.fullmatch(text)
        return (float(found[1].replace(" ", "") + "." + (found[2] or "0")), True) if found else None
    text = text.replace("·", ".")
    marks = [c for c in text if not c.isdecimal()]
    kinds = set(marks)
    if len(kinds) > 2 or (len(kinds) == 2 and marks.count(marks[-1]) > 1):
        return None
    if len(kinds) == 2:
        return _two_marks(text, marks[-1])
    if len(marks) > 1:
        return (float(_digits(text)), True) if _GROUPED.fullmatch(text) else None
    return _one_mark(text, marks[0], point, scaled)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _two_marks(text: str, decimal: str) -> tuple[float, bool] | None:
    whole, _, cents = text.rpartition(decimal)
    return (float(_digits(whole) + "." + cents), True) if decimal != "'" and _GROUPED.fullmatch(whole) else None


def _one_mark(text: str, mark: str, point: bool | None, scaled: bool) -> tuple[float, bool] | None:
    whole, _, rest = text.partition(mark)
    decimal = float(f"{whole}.{rest}")
    if mark == "'":  # thousands in Switzerland, decimals in Spain
        return (float(whole + rest), True) if len(rest) == 3 and len(whole) <= 3 else (decimal, False) if len(rest) < 3 else None
    if len(rest) != 3 or len(whole) > 3 or whole.startswith("0"):
        return decimal, True
    grouping = float(whole + rest)
    if point is None:
        return None if scaled else (grouping, False)
    if (mark == ".") != point:
        return grouping, True
    # the mark of decimals, and three digits after it: money has two, but millions may have three
    return (decimal, True) if scaled else (grouping, False)
