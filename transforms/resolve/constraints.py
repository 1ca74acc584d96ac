"""What must not be one initiative, whatever else speaks for it: different regions, editions that exclude each other, a curator's word."""

from __future__ import annotations

import numpy as np

from transforms.resolve.compare import Comparison

#: why a pair is kept apart, by code; 0 is no reason
REASONS = (
    "",
    "different regions",
    "different numbers",
    "different years in the titles",
    "periods that do not meet",
    "different edition",
    "renewed later",
    "a tool of it",
    "one of the nation, one of a region",
)

#: likeness of letters that two titles of one language need if they share no word that says which initiative it is
_LETTERS = 0.75

#: years between two starts, and between two ends, from which on they are two editions
_STARTS, _ENDS, _RENEWED = 5, 3, 2


def forbidden(comparison: Comparison) -> np.ndarray:
    """(m,) code of the first reason in ``REASONS`` that keeps each pair apart, 0 where none does."""
    column = comparison.__getitem__
    with np.errstate(invalid="ignore"):
        rules = (
            column("scope") <= -2,
            column("numbers") == -1,
            column("title_years") == -1,
            (column("apart_years") >= 1) | (column("end_years") >= _ENDS) | (column("start_years") >= _STARTS),
            column("edition") >= 2,
            (column("renewed") == 1) & (column("start_years") >= _RENEWED),
            column("only_tool") == 1,
            column("nation_region") == 1,
        )
    out = np.zeros(len(comparison.values), dtype=np.int8)
    for code in range(len(rules), 0, -1):
        out[rules[code - 1]] = code
    return out


#: reasons that set editions against each other
EDITIONS = (2, 3, 4, 5, 6)

#: two probabilities nearer than this do not decide between editions
_MARGIN = 0.15


def contested(i: np.ndarray, j: np.ndarray, probability: np.ndarray, reason: np.ndarray, floor: float) -> np.ndarray:
    """(m,) True for pairs that a listing has with two others which exclude each other as editions: the weaker one, or both where they are
    about as likely. Which of them it belongs to is a question for a curator.
    """
    likely = np.flatnonzero((probability >= floor) & (reason == 0))
    out = np.zeros(len(i), dtype=bool)
    near: dict[int, list[tuple[int, int]]] = {}
    for pair in likely.tolist():
        near.setdefault(int(i[pair]), []).append((int(j[pair]), pair))
        near.setdefault(int(j[pair]), []).append((int(i[pair]), pair))
    for pair in np.flatnonzero(np.isin(reason, EDITIONS)).tolist():
        a, b = int(i[pair]), int(j[pair])
        if a not in near or b not in near:
            continue
        of_b = dict(near[b])
        for record, first in near[a]:
            second = of_b.get(record)
            if second is not None:
                difference = float(probability[first] - probability[second])
                out[first] |= difference < _MARGIN
                out[second] |= -difference < _MARGIN
    return out


def unfounded(comparison: Comparison) -> np.ndarray:
    """(m,) True where two titles of one language have no word in common that says which initiative it is: other likeness is not enough."""
    column = comparison.__getitem__
    with np.errstate(invalid="ignore"):
        named = ~(column("specific_shared") <= 0) | (column("acronym") >= 1) | (column("trigrams") >= _LETTERS)
    return (column("same_language") == 1) & ~named
