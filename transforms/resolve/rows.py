"""Prepared records as lines of JSON, so that what was once read from a listing need not be read from it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
import orjson

from transforms.resolve.marks import Marks
from transforms.resolve.prepare import Records

_SETS, _TUPLES = ("acronyms", "initials", "variants"), ("nuts", "named", "dated")
_NAMES = tuple(field.name for field in fields(Records))
_OF_MARKS = attrgetter(*(field.name for field in fields(Marks)))
#: records that are put into plain lists at a time
_CHUNK = 2_000
#: columns that are arrays, with the type of each
_TYPES = {"starts": np.int32, "ends": np.int32, "eras": np.float64, "budgets": np.float64}


def to_lines(records: Records) -> list[bytes]:
    """A line for every record."""
    lines: list[bytes] = []
    for k in range(0, len(records), _CHUNK):
        columns = [_plain(name, getattr(records, name)[k : k + _CHUNK]) for name in _NAMES]
        # copied by the split: each text that orjson gives back lies in a buffer of 8 kB, of which the rest is lost
        lines += b"\n".join(map(orjson.dumps, zip(*columns, strict=True))).splitlines()
    return lines


def from_lines(lines: Sequence[bytes]) -> Records:
    """The records of some lines, in their order."""
    columns: list[list[Any]] = [[] for _ in _NAMES]
    # some at a time, which a processor's cache holds: half the time
    for k in range(0, len(lines), _CHUNK):
        for column, more in zip(columns, zip(*map(orjson.loads, lines[k : k + _CHUNK]), strict=True), strict=True):
            column += more
    return Records(*(_made(name, column) for name, column in zip(_NAMES, columns, strict=True)))


def _plain(name: str, values: Any) -> list[Any]:
    if name in _TYPES:
        # NaN is no JSON
        return [None if v != v else v for v in values.tolist()]
    if name in _SETS:
        return [sorted(v) for v in values]
    if name == "marks":
        # a text within the text, as many listings have the same
        texts = {marks: _marks_text(marks) for marks in set(values)}
        return [texts[marks] for marks in values]
    return list(values)


def _made(name: str, values: Sequence[Any]) -> Any:
    if name in _TYPES:
        return np.array([np.nan if v is None else v for v in values], dtype=_TYPES[name])
    if name == "marks":
        found = {text: _marks(text) for text in set(values)}
        return [found[text] for text in values]
    if name in _SETS or name in _TUPLES:
        return list(map(frozenset if name in _SETS else tuple, values))
    return list(values)


def _marks_text(marks: Marks) -> str:
    return orjson.dumps([sorted(v) if isinstance(v, frozenset) else v for v in _OF_MARKS(marks)]).decode()


def _marks(text: str) -> Marks:
    years, numbers, edition, pilot, phase, renewed, kinds = orjson.loads(text)
    return Marks(tuple(years), frozenset(numbers), edition, pilot, phase, renewed, frozenset(kinds))
