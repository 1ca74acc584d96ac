"""Candidates: true pairs of the gold records are among them, what is near is found, and each rule does what it says."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from transforms.resolve import candidates as c
from transforms.resolve import neighbours
from transforms.resolve.compare import vectorise
from transforms.resolve.neighbours import NEIGHBOURS, Titles, best_of, nearest
from transforms.resolve.similarity import packed, unpacked
from transforms.resolve.training.labelled import read

GOLD = Path(__file__).parents[3] / "benchmarks" / "gold" / "records.jsonl"


@cache
def gold():
    rows, records = read(GOLD)
    of = np.array([row["cluster_id"] for row in rows])
    return of, records, vectorise(records)


def recall(found, of, country):
    pairs = set(zip(*(side.tolist() for side in found), strict=True))
    a, b = np.triu_indices(len(of), 1)
    true = (of[a] == of[b]) & (country[a] == country[b])
    return sum(pair in pairs for pair in zip(a[true].tolist(), b[true].tolist(), strict=True)) / true.sum(), len(pairs) / len(of)


def test_small_countries_all_meet_and_countries_never():
    of, records, texts = gold()
    i, j = c.candidates(records, texts)
    country = np.array(records.countries)
    assert (country[i] == country[j]).all() and (i < j).all()
    assert recall((i, j), of, country)[0] == 1


def test_the_rules_of_large_countries_find_nine_of_ten_true_pairs(monkeypatch):
    monkeypatch.setattr(c, "ALL_PAIRS", 1)
    of, records, texts = gold()
    found, pairs = recall(c.candidates(records, texts), of, np.array(records.countries))
    assert found >= 0.86 and pairs <= 4
    monkeypatch.setattr(neighbours, "BRUTE", 0)
    in_buckets, pairs = recall(c.candidates(records, texts), of, np.array(records.countries))
    assert in_buckets >= found - 0.02 and pairs <= 4


def test_keys_that_many_share_say_nothing():
    rows = np.arange(c.MOST_SHARING + 4)
    keys = np.full(len(rows), 7, dtype=np.uint32)
    keys[:3] = 5
    assert c.sharing(rows, keys).tolist() == [*([0, 1], [0, 2], [1, 2])] or len(rows) - 3 <= c.MOST_SHARING
    keys[:] = 7
    assert not len(c.sharing(rows, keys))
    assert len(c.sharing(rows[: c.MOST_SHARING], keys[: c.MOST_SHARING])) == c.MOST_SHARING * (c.MOST_SHARING - 1) // 2


def titles_of(n, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Titles.of(np.arange(n, dtype=np.uint64), packed(vectors), rng.integers(1, 5, (n, neighbours.BUCKETS)).astype(np.uint32))


@pytest.mark.parametrize("digits", [8, 1])  # with one digit many are equally near
@pytest.mark.parametrize("apart", [64, 40, neighbours.SOUGHT])  # likenesses in one layer, in some, in as many as there can be
@pytest.mark.parametrize("brute", [0, 10_000])
def test_the_nearest_are_those_of_a_plain_search(monkeypatch, brute, apart, digits):
    monkeypatch.setattr(neighbours, "BRUTE", brute)
    monkeypatch.setattr(neighbours, "_APART", apart)
    titles = titles_of(120)
    titles.vectors = packed(np.round(unpacked(titles.vectors), digits))
    near, vectors = nearest(titles).first, unpacked(titles.vectors)
    likeness = np.round(vectors @ vectors.T, 3)
    for k in range(len(titles)):
        pool = [m for m in range(len(titles)) if m != k and (brute or set(titles.buckets[k]) & set(titles.buckets[m]))]
        wanted = sorted((m for m in pool if likeness[k, m] >= neighbours.NEAR), key=lambda m: (-likeness[k, m], m))[:NEIGHBOURS]
        assert [m for m in near[k].tolist() if m >= 0] == wanted


def test_pairs_that_come_twice_count_once_and_ties_go_by_position():
    row, other = np.array([0, 0, 0, 2]), np.array([3, 1, 3, 0])
    found, likeness = best_of(4, row, other, np.array([900, 900, 900, 600]))
    assert found[0, :3].tolist() == [1, 3, -1] and found[2, 0] == 0 and (found[1] == -1).all()
    assert likeness[0, :3].tolist() == [900, 900, 0]
