"""Evidence as JSON text, for many pairs at once: what spoke for and against each of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.resolve.comparison import Comparison
from transforms.resolve.constraints import REASONS
from transforms.resolve.judge import Scorecard
from transforms.resolve.ragged import alike
from transforms.resolve.resolution import texts

#: features named in a pair's evidence, the weightiest
_NAMED = 8
#: pairs that are looked at together: their features fit into a processor's cache
_AT_ONCE = 4096
#: what a curator may have said of a pair
WORDS = ("", "join", "apart")


def objects(members: Sequence[str], columns: Sequence[np.ndarray], separator: str) -> pa.Array:
    """(m,) JSON objects. ``columns`` (m,) say which of ``members``, texts of a name and its value, each object has, -1 for none."""
    said = texts([*members, None])
    pieces = [said.take(pa.array(np.where(column < 0, len(members), column))) for column in columns]
    opening, closing, nothing, between = (pa.scalar(text, said.type) for text in ("{", "}", "", separator))
    inside = pc.binary_join_element_wise(*pieces, between, null_handling="skip")
    return pc.binary_join_element_wise(opening, inside, closing, nothing)


def spoken(card: Scorecard, comparison: Comparison, reason: np.ndarray, word: np.ndarray) -> pa.DictionaryArray:
    """(m,) what spoke for and against each pair: the weightiest features with their weights, after a reason and a curator's word (m,), a
    position in ``WORDS``."""
    of_levels = [(name, round(weight, 2)) for name, weight in card.of_levels()]
    weights = np.array([weight for _, weight in of_levels])
    # of equal weights the first: a pair has one level of each feature, and they are counted through
    by_weight = np.argsort(-np.abs(weights), kind="stable")
    ranked = card.ranked(np.argsort(by_weight).astype(np.int16))
    first = np.concatenate([_lowest(ranked(part)) for part in comparison.parts(_AT_ONCE)])
    shown = np.where(weights == 0, -1, np.arange(len(weights)))[by_weight].astype(np.int16)[first]
    said = [_before(curator, reason) for curator in WORDS for reason in REASONS]
    place = np.array([len(of_levels) + k if text else -1 for k, text in enumerate(said)], dtype=np.int16)
    members = [*(f'"{name}":{weight!r}' for name, weight in of_levels), *said]
    # most pairs say what others say: that is put into words once, and stands once
    columns = [place[word * len(REASONS) + reason], *np.ascontiguousarray(shown.T)]
    where, which = alike(columns)
    said_once = objects(members, [column[where] for column in columns], ",")
    return pa.DictionaryArray.from_arrays(pa.array(which.astype(np.int32)), said_once)


def _lowest(rank: np.ndarray) -> np.ndarray:
    """(m, few) the lowest numbers of every row, in order."""
    few = min(_NAMED, rank.shape[1])
    rank.partition(few - 1, axis=1)
    return np.sort(rank[:, :few], axis=1)


def _before(curator: str, reason: str) -> str:
    said = ({"curator": curator} if curator else {}) | ({"kept_apart": reason} if reason else {})
    return json.dumps(said, separators=(",", ":"))[1:-1]
