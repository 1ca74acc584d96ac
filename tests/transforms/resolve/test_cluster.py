"""Clusters: what must stay apart does, order does not matter, one bad bridge joins nothing."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.resolve.cluster import cluster, components

JOIN = 0.5
N = 9


@st.composite
def problems(draw):
    every = [(a, b) for a in range(N) for b in range(a + 1, N)]
    likely = draw(st.dictionaries(st.sampled_from(every), st.integers(0, 20).map(lambda k: k / 20), max_size=24))
    apart = draw(st.sets(st.sampled_from(every), max_size=8))
    together = draw(st.sets(st.sampled_from(every), max_size=4)) - apart
    return likely, apart, together


def solve(likely, apart=(), together=(), order=None):
    pairs = list(likely)
    if order is not None:
        order.shuffle(pairs)
    i, j = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    p = np.array([likely[pair] for pair in pairs], dtype=np.float64)
    return cluster(N, i, j, p, join=JOIN, apart=apart, together=sorted(together))


def partners(root):
    return {(a, b) for a in range(N) for b in range(a + 1, N) if root[a] == root[b]}


@settings(max_examples=200, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_what_must_stay_apart_does_and_order_does_not_matter(problem, rng):
    likely, apart, together = problem
    root = solve(likely, sorted(apart), together)
    assert not partners(root) & apart
    assert all(root[r] == r and r <= k for k, r in enumerate(root.tolist()))
    shuffled = list(apart)
    rng.shuffle(shuffled)
    assert np.array_equal(solve(likely, shuffled, together, rng), root)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_members_of_a_cluster_agree_on_average(problem):
    likely, apart, _ = problem
    root = solve(likely, sorted(apart))
    for first in set(root.tolist()):
        members = np.flatnonzero(root == first).tolist()
        if len(members) > 1:
            inside = [likely.get((a, b), 0.0) for k, a in enumerate(members) for b in members[k + 1 :]]
            assert np.mean(inside) >= JOIN - 1e-6


def one_by_one(likely, apart, together):
    """The same by the book: told pairs first, then always the most alike pair of groups that may merge, ties by position."""
    groups = [{k} for k in range(N)]

    def merge(a, b):
        groups.remove(b)
        groups.remove(a)
        groups.append(a | b)

    def may(a, b):
        return not any((min(x, y), max(x, y)) in apart for x in a for y in b)

    for x, y in sorted(together):
        a, b = (next(group for group in groups if k in group) for k in (x, y))
        if a is not b and may(a, b):
            merge(a, b)
    held = likely | {pair: 1.0 for pair in together if pair not in likely}
    while True:
        found = []
        for a, b in itertools.combinations(sorted(groups, key=min), 2):
            units = sum(round(held.get((min(x, y), max(x, y)), 0) * 1e6) for x in a for y in b)
            alike = round(units / (len(a) * len(b)))
            if alike >= JOIN * 1e6 and may(a, b):
                found.append((-alike, min(a), min(b), a, b))
        if not found:
            return partners(np.array([min(next(group for group in groups if k in group)) for k in range(N)]))
        merge(*min(found, key=lambda pair: pair[:3])[3:])


@settings(max_examples=300, deadline=None)
@given(problems())
def test_many_at_once_end_in_what_one_after_another_does(problem):
    likely, apart, together = problem
    assert partners(solve(likely, sorted(apart), together)) == one_by_one(likely, apart, together)


def test_a_told_pair_is_joined_without_any_likeness():
    assert partners(solve({}, (), [(2, 5)])) == {(2, 5)}
    assert partners(solve({(2, 5): 0.0, (5, 6): 0.9}, [(2, 6)], [(2, 5)])) == {(2, 5)}


def test_one_bad_bridge_does_not_chain_two_clusters():
    left, right = [(0, 1), (0, 2), (1, 2)], [(5, 6), (5, 7), (6, 7)]
    likely = dict.fromkeys([*left, *right], 0.9) | {(2, 5): 0.95}
    assert partners(solve(likely)) in ({*left, *right}, {(2, 5), (0, 1), (6, 7)})
    # the bridge alone joins its two ends at most
    assert not {(0, 5), (0, 6), (1, 7)} & partners(solve(likely))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=25))
def test_components_are_what_chains_reach(pairs):
    i, j = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    expected = list(range(20))
    for _ in range(20):
        for a, b in pairs:
            expected[a] = expected[b] = min(expected[a], expected[b])
    assert components(20, i, j).tolist() == expected
