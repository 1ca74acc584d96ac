"""Columns of equal length, and lists of different lengths as two arrays."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, Self

import numpy as np
import pyarrow as pa

#: as many places as this for each value make a table that is made sooner than the values are sorted
_TABLE = 8
#: how many times as many must be wanted as are held that these are worth a table, and the least bits of a place in it
_MANY, _BITS = 16, 16
#: a multiplier that scatters numbers (its highest bits, for narrower ones): 2 to the 64th by the golden ratio, an odd number
_GOLDEN = 0x9E3779B97F4A7C15
#: whole numbers below this take four bytes
_NARROW = 2**31
#: and below this eight
_WIDE = 2**63


def runs(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The positions of several runs, each from its start, one after another."""
    return np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))


def distinct(values: np.ndarray) -> np.ndarray:
    """Whole numbers in order, each once: by sorting, as numpy's own way hashes them first, which takes fifty times as long."""
    ordered = np.sort(values, axis=None)
    return ordered[starts_of(ordered)]


def starts_of(ordered: np.ndarray) -> np.ndarray:
    """Where each value of a sorted array stands first."""
    return np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)


def order_by(*columns: np.ndarray) -> np.ndarray:
    """(m,) the order of different rows by some columns of whole numbers, none below 0, the first before the second: by one number, where
    it can hold all of a row, as that takes a third of the time."""
    spans = [int(column.max(initial=0)) + 1 for column in columns]
    if math.prod(spans) >= _WIDE:
        return np.lexsort(columns[::-1])
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column, span in zip(columns, spans, strict=True):
        code = code * span + column.astype(np.int64, copy=False)
    return np.argsort(code)


def pair_codes(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """(m,) one number for each pair of positions below ``n``, whichever comes first."""
    return np.minimum(a, b) * n + np.maximum(a, b)


def codes_of(keys: Iterable[Hashable]) -> tuple[np.ndarray, list[Any]]:
    """(n,) a code of every key, and what each code stands for."""
    keys = list(keys)
    codes = {key: code for code, key in enumerate(dict.fromkeys(keys))}
    return np.fromiter(map(codes.__getitem__, keys), dtype=np.int64, count=len(keys)), list(codes)


def coded(values: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers from 0 to below ``top`` in order, each once, and where each of the values stands among them."""
    if top > _TABLE * len(values):
        return np.unique(values, return_inverse=True)
    there = np.zeros(top, dtype=bool)
    there[values] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]


def alike(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are equal in all columns are of one kind: where each kind stands first, and (m,) the kind of every row."""
    order = np.lexsort(columns)
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[order[1:]] != column[order[:-1]]
    kinds = np.empty(len(order), dtype=np.int64)
    kinds[order] = np.cumsum(new) - 1
    return order[new], kinds


def highest(values: np.ndarray, few: int) -> np.ndarray:
    """(m, few) the columns of the highest whole numbers of every row, the highest first; ties go by column."""
    width = values.shape[1]
    few = min(few, width)
    # value and column in one number, of which the highest are found faster than by sorting all
    most = max(values.max(initial=0), -values.min(initial=0))
    kind = np.dtype(np.int32 if (most + 1) * width < _NARROW else np.int64)
    coded = values.astype(kind) * width + np.arange(width - 1, -1, -1, dtype=kind)
    best = np.partition(coded, width - few, axis=1)[:, width - few :]
    return width - 1 - np.sort(best, axis=1)[:, ::-1] % width


def among(wanted: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Which of the wanted are among those held, which are sorted."""
    return places_among(wanted.ravel(), held).reshape(wanted.shape) >= 0


def places_among(wanted: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Where each of the wanted stands among those held, which are sorted; -1 for none."""
    if not len(held):
        return np.full(len(wanted), -1, dtype=np.int64)
    if len(wanted) > _MANY * len(held) and wanted.itemsize >= 4 and wanted.dtype == held.dtype:
        # of most that are wanted a few bits tell that they are not held: an eighth of the time
        bits = max(_BITS, (_TABLE * len(held)).bit_length())
        seen = np.zeros(2**bits, dtype=bool)
        seen[_scattered(held, bits)] = True
        some = np.flatnonzero(seen[_scattered(wanted, bits)])
        out = np.full(len(wanted), -1, dtype=np.int64)
        out[some] = _searched(wanted[some], held)
        return out
    return _searched(wanted, held)


def _scattered(values: np.ndarray, bits: int) -> np.ndarray:
    """Numbers of so many bits, made of all bits of whole numbers."""
    kind = np.dtype(f"u{values.itemsize}")
    return (values.view(kind) * kind.type(_GOLDEN >> 64 - 8 * kind.itemsize)) >> kind.type(8 * kind.itemsize - bits)


def _searched(wanted: np.ndarray, held: np.ndarray) -> np.ndarray:
    place = np.searchsorted(held, wanted).clip(max=len(held) - 1)
    return np.where(held[place] == wanted, place, -1)


@dataclass(frozen=True, slots=True)
class Layers:
    """Runs of rows, each row in one of them: of all runs, the longest first, the first row, of those that have one the second, ...
    ``back`` is where each run stands in that order. What is greatest of every run is found in whole columns: most runs are short, and
    numpy's own way takes two to nine times as long with these."""

    rows: list[np.ndarray]
    back: np.ndarray

    @classmethod
    def of(cls, starts: np.ndarray, sizes: np.ndarray) -> Layers:
        """Of runs that begin somewhere and have at least one row."""
        order = np.argsort(-sizes, kind="stable")
        starts, many = starts[order], np.cumsum(np.bincount(sizes)[::-1])[::-1]
        return cls([starts[:left] + k for k, left in enumerate(many[1:].tolist())], np.argsort(order))

    def among(self, places: np.ndarray) -> Layers:
        """With the rows at these places of others."""
        return Layers([places.take(rows) for rows in self.rows], self.back)

    def reduced(self, column: np.ndarray, how: np.ufunc) -> np.ndarray:
        """(runs,) a column's values of each run, put together by ``how`` (`np.maximum`, `np.add`)."""
        out = column.take(self.rows[0]) if self.rows else column[:0]
        for rows in self.rows[1:]:
            how(out[: len(rows)], column.take(rows), out=out[: len(rows)])
        return out.take(self.back)


@dataclass(slots=True)
class Ragged:
    """n lists one after another in ``values``, with the length of each in ``sizes``."""

    values: np.ndarray
    sizes: np.ndarray

    def __len__(self) -> int:
        return len(self.sizes)

    @classmethod
    def of(cls, lists: Sequence[Sequence[int] | set[int]], dtype: type = np.uint32) -> Ragged:
        """Of whole numbers."""
        sizes = np.array([len(held) for held in lists], dtype=np.int64)
        return cls(np.fromiter(chain.from_iterable(lists), dtype=dtype, count=int(sizes.sum())), sizes)

    @property
    def rows(self) -> np.ndarray:
        """To which list each of the values belongs."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @property
    def starts(self) -> np.ndarray:
        """Where each list begins."""
        return np.r_[0, np.cumsum(self.sizes)[:-1]].astype(np.int64) if len(self.sizes) else np.zeros(0, np.int64)

    def at(self, rows: np.ndarray) -> Ragged:
        """Some of the lists."""
        sizes = self.sizes[rows]
        return Ragged(self.values[runs(self.starts[rows], sizes)], sizes)

    def only(self, kept: np.ndarray) -> Ragged:
        """The lists without those of ``values`` that are not kept (a mask)."""
        return Ragged(self.values[kept], np.bincount(self.rows[kept], minlength=len(self)))

    def with_more(self, other: Ragged) -> Ragged:
        """These lists and others after them."""
        return Ragged(np.concatenate([self.values, other.values]), np.concatenate([self.sizes, other.sizes]))

    def with_others(self, places: np.ndarray, others: Ragged) -> Ragged:
        """The lists at these places, and the others, in order, where these are -1."""
        there = places >= 0
        sizes = np.empty(len(places), dtype=np.int64)
        sizes[there], sizes[~there] = self.sizes[places[there]], others.sizes
        starts = np.cumsum(sizes) - sizes
        values = np.empty(int(sizes.sum()), dtype=self.values.dtype)
        values[runs(starts[there], sizes[there])] = self.values[runs(self.starts[places[there]], sizes[there])]
        values[runs(starts[~there], sizes[~there])] = others.values
        return Ragged(values, sizes)


class Columns:
    """A dataclass of columns of equal length: arrays, texts in Arrow's, or lists of lists."""

    __slots__ = ()

    def at(self, rows: np.ndarray) -> Self:
        """Of some of the rows (a mask or positions)."""
        return type(self)(*(_at(column, rows) for column in self.columns()))

    def with_more(self, other: Self) -> Self:
        """Of these rows and others after them."""
        return type(self)(*map(_with_more, self.columns(), other.columns()))

    def with_others(self, places: np.ndarray, others: Self) -> Self:
        """Of the rows at these places, and of the others, in order, where these are -1. No column holds texts."""
        return type(self)(*(_with_others(column, places, other) for column, other in zip(self.columns(), others.columns(), strict=True)))

    def columns(self) -> list[Any]:
        """All columns, in the order of the fields."""
        return [getattr(self, f.name) for f in fields(self)]  # type: ignore[arg-type]


def _at(column: Any, rows: np.ndarray) -> Any:
    if isinstance(column, Ragged):
        return column.at(rows)
    if isinstance(column, pa.Array):
        return column.take(pa.array(np.flatnonzero(rows) if rows.dtype == bool else rows))
    return column[rows]


def _with_others(column: Any, places: np.ndarray, others: Any) -> Any:
    if isinstance(column, Ragged):
        return column.with_others(places, others)
    if not len(column):
        return others
    out = column.take(np.maximum(places, 0), axis=0)
    out[places < 0] = others
    return out


def _with_more(column: Any, other: Any) -> Any:
    if isinstance(column, Ragged):
        return column.with_more(other)
    return pa.concat_arrays([column, other]) if isinstance(column, pa.Array) else np.concatenate([column, other])
