"""Columns of equal length: which of their rows say the same, and rows taken from columns of every sort."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.resolve.ragged import Columns, Layers, Ragged, alike, highest, order_by, places_among


@dataclass(slots=True)
class Held(Columns):
    numbers: np.ndarray
    texts: pa.Array
    lists: Ragged


@dataclass(slots=True)
class Numbers(Columns):
    numbers: np.ndarray


def held(lists):
    return Held(np.array([len(row) for row in lists]), pa.array(map(str, lists), pa.large_string()), Ragged.of(lists))


LISTS = st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=6)


@given(LISTS, LISTS, st.randoms())
def test_rows_are_taken_and_put_together_in_every_sort_of_column(some, others, rng):
    both = held(some).with_more(held(others))
    rows = np.array([k for k in range(len(some + others)) if rng.random() < 0.5], dtype=np.int64)
    mask = np.isin(np.arange(len(some + others)), rows)
    expected = held([(some + others)[k] for k in rows.tolist()])
    for found in (both.at(rows), both.at(mask)):
        assert found.numbers.tolist() == expected.numbers.tolist() and found.texts.to_pylist() == expected.texts.to_pylist()
        assert found.lists.values.tolist() == expected.lists.values.tolist() and found.lists.sizes.tolist() == expected.lists.sizes.tolist()


@given(LISTS, LISTS, st.randoms())
def test_some_rows_and_others_stand_in_any_order(some, others, rng):
    rows = [k for k in range(len(some)) if rng.random() < 0.7]
    places = rows + [-1] * len(others)
    rng.shuffle(places)
    new = iter(others)
    expected = held([some[k] if k >= 0 else next(new) for k in places])
    one, other = held(some), held(others)
    found = one.lists.with_others(np.array(places, dtype=np.int64), other.lists)
    assert (found.values.tolist(), found.sizes.tolist()) == (expected.lists.values.tolist(), expected.lists.sizes.tolist())
    numbers = Numbers(one.numbers).with_others(np.array(places, dtype=np.int64), Numbers(other.numbers))
    assert numbers.numbers.tolist() == expected.numbers.tolist()
    assert one.numbers.tolist() == [len(row) for row in some], "what is taken from stays as it is"


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 2)), max_size=12))
def test_alike_rows_are_of_one_kind(rows):
    columns = [np.array([row[k] for row in rows], dtype=np.int16) for k in range(2)]
    first, kinds = alike(columns)
    assert [rows[place] for place in first[kinds].tolist()] == rows, "each row says what the first of its kind says"
    assert len(first) == len(set(rows)) and sorted(first.tolist()) == sorted({rows.index(row) for row in rows})


@given(st.lists(st.lists(st.sampled_from([-(10**9), -1, 0, 1, 2, 999, 10**9]), min_size=4, max_size=4), max_size=5), st.integers(1, 6))
def test_the_highest_of_each_row_come_first_and_ties_by_column(rows, few):
    values = np.array(rows, dtype=np.float64).reshape(-1, 4)
    expected = [sorted(range(4), key=lambda k: (-row[k], k))[:few] for row in rows]
    assert highest(values, few).tolist() == expected


@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=8, unique=True),
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=300),
    st.sampled_from([np.int16, np.uint32, np.int64]),
)
def test_places_among_few_and_among_many(held, others, kind):
    held, wanted = np.unique(np.array(held, np.int64).astype(kind)), np.array([*held, *others], np.int64).astype(kind)
    place = {value: k for k, value in enumerate(held.tolist())}
    assert places_among(wanted, held).tolist() == [place.get(value, -1) for value in wanted.tolist()]


@given(st.lists(st.lists(st.sampled_from([-3, 0, 2.5, 7]), min_size=1, max_size=5), max_size=7))
def test_what_is_greatest_of_runs_and_their_sums(lists):
    column, sizes = np.array([v for run in lists for v in run]), np.array([len(run) for run in lists], dtype=np.int64)
    layers = Layers.of(np.cumsum(sizes) - sizes, sizes)
    assert layers.reduced(column, np.maximum).tolist() == [max(run) for run in lists]
    assert layers.reduced(column, np.add).tolist() == [sum(run) for run in lists]


@given(st.sets(st.tuples(st.integers(0, 3), st.sampled_from([0, 5, 2**40]), st.sampled_from([0, 2**40]))))
def test_rows_in_order_of_several_columns(rows):
    rows = list(rows)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    assert [rows[k] for k in order_by(*columns).tolist()] == sorted(rows)
    assert [
        rows[k] for k in order_by(columns[0].astype(np.uint64), *columns[1:].astype(np.uint32 if not rows else np.int64)).tolist()
    ] == sorted(rows)
    assert [rows[k] for k in order_by(*(columns[:2] % 7), columns[2]).tolist()] == sorted(rows, key=lambda r: (r[0] % 7, r[1] % 7, r[2]))
