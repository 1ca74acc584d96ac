"""Similar initiatives abroad: the nearest of other countries by meaning, topic and target group, for people who look for partners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from transforms.resolve.embedding import word_vectors
from transforms.resolve.similarity import Vocabulary, domain_weights, means, on_grid, padded
from transforms.resolve.units import units

#: how many are kept of each initiative, and the least score worth showing
KEPT, LEAST = 5, 0.5
#: shares of the score: meaning of the names, topics, target groups
MEANING, TOPICS, GROUPS = 0.7, 0.2, 0.1
#: rows compared with all others at a time; bounds the memory
_CHUNK = 512
_DIGITS = 4
COLUMNS = ("initiative_id", "other_id", "score", "rank")


def similar(typed: pd.DataFrame, ids: pd.DataFrame) -> pd.DataFrame:
    """initiative_id, other_id, score (0..1), rank (from 1): for every initiative its nearest ones in other countries.

    typed: typed listings. ids: record_id, initiative_id. Ties fall to the smaller id, so that the result does not depend on row order.
    """
    frame = typed.merge(ids, on="record_id", how="inner").sort_values(["initiative_id", "record_id"], ignore_index=True)
    if frame.empty:
        return pd.DataFrame({"initiative_id": [], "other_id": [], "score": [], "rank": []}).astype({"score": float, "rank": int})
    names, start = np.unique(frame["initiative_id"].to_numpy(dtype=str), return_index=True)
    meaning = _meaning(frame["title"].tolist(), start)
    topics, groups = (_codes(frame[column].tolist(), start) for column in ("topics", "target_groups"))
    countries = frame["country"].fillna("").to_numpy(dtype=str)[start]
    rows: list[tuple[str, str, float, int]] = []
    for begin in range(0, len(names), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        score = MEANING * (meaning[part] @ meaning.T) + TOPICS * _overlap(topics[part], topics) + GROUPS * _overlap(groups[part], groups)
        score = np.round(score, _DIGITS)
        score[countries[part, None] == countries[None, :]] = 0
        for offset, line in enumerate(score):
            # stable: equal scores keep the order of ids
            best = np.argsort(-line, kind="stable")[:KEPT]
            kept = [int(b) for b in best if line[b] >= LEAST]
            rows += [(str(names[begin + offset]), str(names[b]), float(line[b]), rank) for rank, b in enumerate(kept, 1)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _meaning(titles: Sequence[str], start: np.ndarray) -> np.ndarray:
    """(initiatives, dimensions) unit vectors: the mean of the names of each."""
    found = [units(title) for title in titles]
    known = Vocabulary(found, vectors=word_vectors())
    each = means(padded(known.read(found), known.weigh(domain_weights()["titles"]), known))
    whole = np.add.reduceat(each, start)
    length = np.linalg.norm(whole, axis=1, keepdims=True)
    return on_grid(whole / np.where(length == 0, 1, length))


def _codes(lists: Sequence[Sequence[str]], start: np.ndarray) -> np.ndarray:
    """(initiatives, codes) float32 of 0 and 1: the codes that any listing of each has."""
    known = sorted({code for codes in lists for code in codes})
    place = {code: n for n, code in enumerate(known)}
    table = np.zeros((len(lists), max(len(known), 1)), dtype=np.float32)
    for row, codes in enumerate(lists):
        table[row, [place[code] for code in codes]] = 1
    return np.maximum.reduceat(table, start)


def _overlap(some: np.ndarray, every: np.ndarray) -> np.ndarray:
    """Jaccard similarity of code sets; 0 where both are empty."""
    both = some @ every.T
    either = some.sum(axis=1)[:, None] + every.sum(axis=1)[None, :] - both
    return both / np.where(either == 0, 1, either)
