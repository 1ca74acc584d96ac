"""Evidence as JSON text, for many pairs at once: what spoke for and against each of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.resolve.comparison import Comparison
from transforms.resolve.constraints import REASONS
from transforms.resolve.ragged import alike
from transforms.resolve.resolution import texts
from transforms.resolve.weighed import NOTHING, Weighed, Weigher, unpacked

#: what a curator may have said of a pair
WORDS = ("", "join", "apart")


def objects(members: Sequence[str], columns: Sequence[np.ndarray], separator: str) -> pa.Array:
    """(m,) JSON objects. ``columns`` (m,) say which of ``members``, texts of a name and its value, each object has, -1 for none."""
    said = texts([*members, None])
    pieces = [said.take(pa.array(np.where(column < 0, len(members), column))) for column in columns]
    opening, closing, nothing, between = (pa.scalar(text, said.type) for text in ("{", "}", "", separator))
    inside = pc.binary_join_element_wise(*pieces, between, null_handling="skip")
    return pc.binary_join_element_wise(opening, inside, closing, nothing)


def spoken(weigher: Weigher, weighed: Weighed, company: Comparison, reason: np.ndarray, word: np.ndarray) -> pa.DictionaryArray:
    """(m,) what spoke for and against each pair: the weightiest features with their weights, after a reason and a curator's word (m,), a
    position in ``WORDS``."""
    said = [_before(curator, reason) for curator in WORDS for reason in REASONS]
    before, first = (word * len(REASONS) + reason).astype(np.int16), weigher.first(weighed, company)
    # most pairs say what others say: that is put into words once, and stands once
    where, which = alike([first, before])
    members = [*(f'"{name}":{weight!r}' for name, weight in weigher.told), *said]
    places = np.array([len(weigher.told) + k if text else -1 for k, text in enumerate(said)])[before[where]]
    ranks = unpacked(first[where]).astype(np.int64)
    columns = [places, *np.ascontiguousarray(np.where(ranks == NOTHING, -1, ranks).T)]
    return pa.DictionaryArray.from_arrays(pa.array(which.astype(np.int32)), objects(members, columns, ","))


def _before(curator: str, reason: str) -> str:
    said = ({"curator": curator} if curator else {}) | ({"kept_apart": reason} if reason else {})
    return json.dumps(said, separators=(",", ":"))[1:-1]
