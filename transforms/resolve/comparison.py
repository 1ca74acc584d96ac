"""What was compared of many pairs: a column of numbers for each way in which two can be alike, in as few bytes as hold them.

Most columns are answers to a question, small whole numbers, and most others likenesses, small numbers of four digits. They lie in memory,
and in what is kept for the next run, in one or two bytes a value, and are read as float32.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: digits kept of every similarity: what differs beyond them differs by engine, not by meaning
DIGITS = 4
#: narrow types, the narrowest first, and the numbers of one over which they count in; their least number stands for NaN
_UNITS: dict[np.dtype[Any], np.float32] = {np.dtype(np.int8): np.float32(1), np.dtype(np.int16): np.float32(10**DIGITS)}


@dataclass(slots=True)
class Comparison:
    """Feature ``columns`` of m pairs, and ``aside`` of them what the first (``_a``) says of the second and the other way, which relations
    need, and what the rules make of the pairs (`constraints.ruled`). All are float32, or as `narrow` makes them; NaN where one side says
    nothing."""

    columns: dict[str, np.ndarray]
    aside: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> np.ndarray:
        """(m,) float32."""
        return wide(self.held(name))

    def held(self, name: str) -> np.ndarray:
        """(m,) as it is held, which may be narrow: in that order NaN is the least, and may be read by `wide`."""
        return self.columns[name] if name in self.columns else self.aside[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The features."""
        return tuple(self.columns)

    @property
    def values(self) -> np.ndarray:
        """(m, features) float32."""
        return np.column_stack([self[name] for name in self.columns])

    @classmethod
    def of(cls, columns: Mapping[str, np.ndarray], aside: Mapping[str, np.ndarray] | None = None) -> Comparison:
        """Of columns, which are rounded."""
        return cls(*({name: np.round(np.asarray(c, np.float32), DIGITS) for name, c in some.items()} for some in (columns, aside or {})))

    def narrowed(self) -> Comparison:
        """In as few bytes as hold it."""
        return Comparison(*({name: narrow(column) for name, column in some.items()} for some in (self.columns, self.aside)))

    def only(self, names: Iterable[str], *, aside: bool = False) -> Comparison:
        """With some of the columns, and with what is aside or nothing."""
        return Comparison({name: self.columns[name] for name in names}, self.aside if aside else {})

    def at(self, rows: np.ndarray) -> Comparison:
        """The comparison of some of the pairs (a mask or positions)."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Comparison(*({name: column.take(rows) for name, column in some.items()} for some in (self.columns, self.aside)))

    def parts(self, size: int) -> Iterator[Comparison]:
        """The comparison of so many pairs after another; of none where there are none."""
        for start in range(0, max(1, len(self)), size):
            yield Comparison(
                *({name: column[start : start + size] for name, column in some.items()} for some in (self.columns, self.aside))
            )

    def beside(self, other: Comparison) -> Comparison:
        """With the columns of another comparison of the same pairs."""
        return Comparison(self.columns | other.columns, self.aside | other.aside)

    @classmethod
    def joined(cls, parts: Sequence[Comparison]) -> Comparison:
        """The comparisons of several lots of pairs, one after another."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            {name: _joined([part.columns[name] for part in parts]) for name in parts[0].columns},
            {name: _joined([part.aside[name] for part in parts]) for name in parts[0].aside},
        )


def narrow(column: np.ndarray) -> np.ndarray:
    """The column in one or two bytes a value where nothing is lost by that."""
    unknown = np.isnan(column)
    known = np.where(unknown, 0, column) if unknown.any() else column
    most = max(known.max(initial=0), -known.min(initial=0))
    for kind, unit in _UNITS.items():
        none = np.iinfo(kind).min
        if most * unit < -none:
            held = (np.rint(known * unit) if unit > 1 else known).astype(kind)
            if np.array_equal(wide(held), known):
                np.copyto(held, none, where=unknown)
                return held
    return column


def wide(column: np.ndarray) -> np.ndarray:
    """The float32 that `narrow` was given."""
    if column.dtype not in _UNITS:
        return column
    out, unknown = column.astype(np.float32), column == np.iinfo(column.dtype).min
    if (unit := _UNITS[column.dtype]) > 1:
        out /= unit
    np.copyto(out, np.nan, where=unknown)
    return out


def replaced(column: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The column with other values at some rows, each narrow in its way; it may be written to."""
    if len(rows) and column.dtype != others.dtype:
        column = wide(column)
        column[rows] = wide(others)
        return narrow(column)
    column[rows] = others
    return column


def _joined(columns: Sequence[np.ndarray]) -> np.ndarray:
    columns = [column for column in columns if len(column)] or columns[:1]
    if len({column.dtype for column in columns}) > 1:
        return narrow(np.concatenate([wide(column) for column in columns]))
    return np.concatenate(columns)
