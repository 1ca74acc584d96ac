"""Columns of a comparison take few bytes and lose nothing by it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.resolve.comparison import Comparison, narrow, replaced, wide

WHOLE = st.one_of(st.integers(-130, 130).map(float), st.just(float("nan")))
SMALL = st.one_of(st.integers(-33_000, 33_000).map(lambda n: n / 10_000), st.just(float("nan")))
ANY = st.one_of(WHOLE, SMALL, st.floats(-1e6, 1e6, width=32), st.sampled_from([float("inf"), float("-inf")]))
COLUMNS = st.one_of(*(st.lists(kind, max_size=8) for kind in (WHOLE, SMALL, ANY))).map(lambda values: np.array(values, dtype=np.float32))


@given(COLUMNS)
def test_a_narrow_column_is_read_as_it_was(column):
    assert np.array_equal(wide(narrow(column)), column, equal_nan=True)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 1, np.nan, -127, 127], np.int8),
        ([0, 128], np.float32),
        ([0.5, -1, np.nan, 3.2767], np.int16),
        ([0.00005], np.float32),
        ([-12.8], np.float32),
        ([np.inf], np.float32),
    ],
)
def test_a_column_takes_the_fewest_bytes_that_hold_it(values, kind):
    assert narrow(np.array(values, dtype=np.float32)).dtype == kind


@given(COLUMNS, COLUMNS, st.randoms())
def test_values_of_any_width_are_put_among_others(column, others, rng):
    rows = np.array(sorted(rng.sample(range(len(column)), min(len(column), len(others)))), dtype=np.int64)
    others = others[: len(rows)]
    expected = column.copy()
    expected[rows] = others
    assert np.array_equal(wide(replaced(narrow(column).copy(), rows, narrow(others))), expected, equal_nan=True)


@given(st.lists(COLUMNS, min_size=1, max_size=4))
def test_lots_of_pairs_of_any_width_are_joined(lots):
    joined = Comparison.joined([Comparison({"x": lot}, {"y": -lot}).narrowed() for lot in lots])
    assert len(joined) == sum(map(len, lots))
    assert np.array_equal(joined["x"], np.concatenate(lots), equal_nan=True)
    assert np.array_equal(joined["y"], -np.concatenate(lots), equal_nan=True)
