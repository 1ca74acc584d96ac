"""Identity outlives data: ids are minted once, redirect when merged, and come back when a merge is undone."""

import random
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.errors import StorageError
from transforms.resolve.identity import assign, fold


class Atlas:
    """Runs one after another, each on the ledger of those before it."""

    def __init__(self):
        self.events = []
        self.run = 0

    def __call__(self, *groups):
        self.run += 1
        rows = [(record, f"c{n}") for n, group in enumerate(groups) for record in group]
        result = assign(pd.DataFrame(rows, columns=["record_id", "cluster_id"]), self.events, at=f"2026-01-{self.run:02}")
        self.events += result.events
        self.last = result
        return dict(zip(result.ids["record_id"], result.ids["initiative_id"], strict=True))


def test_ids_have_the_promised_form_and_stay():
    atlas = Atlas()
    first = atlas(["a", "b"], ["c"])
    assert re.fullmatch(r"ea-[a-z2-7]{10}", first["a"]) and first["a"] == first["b"] != first["c"]
    events = len(atlas.events)
    assert atlas(["c"], ["b", "a"]) == first
    assert len(atlas.events) == events, "a run that changes nothing writes nothing"


def test_a_new_record_takes_the_id_of_its_cluster():
    atlas = Atlas()
    first = atlas(["b"])
    assert atlas(["a", "b"]) == {"a": first["b"], "b": first["b"]}


def test_a_merge_redirects_the_smaller_id():
    atlas = Atlas()
    first = atlas(["a"], ["b", "c"])
    assert set(atlas(["a", "b", "c"]).values()) == {first["b"]}
    row = atlas.last.redirects.iloc[0]
    assert (row["old_id"], row["new_id"]) == (first["a"], first["b"])


def test_undoing_a_merge_restores_both_ids():
    atlas = Atlas()
    first = atlas(["a", "b"], ["c", "d"])
    atlas(["a", "b", "c", "d"])
    assert atlas(["a", "b"], ["c", "d"]) == first
    assert atlas.last.redirects.empty


def test_undoing_a_join_that_tore_two_clusters_apart_restores_both():
    atlas = Atlas()
    first = atlas(["a", "b", "c"], ["x", "y"])
    atlas(["b", "c"], ["a", "x"], ["y"])
    assert atlas(["a", "b", "c"], ["x", "y"]) == first


def test_a_split_keeps_the_id_with_the_larger_part():
    atlas = Atlas()
    first = atlas(["a", "b", "c"])
    after = atlas(["a"], ["b", "c"])
    assert after["b"] == after["c"] == first["a"] != after["a"]


def test_a_split_into_equal_parts_keeps_the_id_with_the_older():
    atlas = Atlas()
    first = atlas(["a", "b"])
    after = atlas(["b"], ["a"])
    assert after["a"] == first["a"] != after["b"]


def test_a_record_that_moves_between_living_ids_leaves_no_redirect():
    atlas = Atlas()
    first = atlas(["a", "b", "c"], ["d", "e"])
    after = atlas(["a", "b"], ["c", "d", "e"])
    assert after["a"] == first["a"] and after["c"] == first["d"]
    assert atlas.last.redirects.empty


def test_an_id_without_records_is_gone_and_returns_with_them():
    atlas = Atlas()
    first = atlas(["a"], ["b"])
    atlas(["b"])
    assert atlas.last.gone == {first["a"]}
    assert atlas(["a"], ["b"]) == first
    assert not atlas.last.gone


def test_the_survivor_of_a_merge_stays_when_its_own_records_vanish():
    atlas = Atlas()
    first = atlas(["a", "b"], ["c", "d"])
    atlas(["a", "b", "c", "d"])
    assert set(atlas(["c", "d"]).values()) == {first["a"]}


def test_a_damaged_ledger_is_refused():
    with pytest.raises(StorageError, match="twice"):
        fold([{"event": "mint", "at": "x", "initiative_id": "ea-1", "records": ["a"]}] * 2)
    with pytest.raises(StorageError, match="knows no"):
        fold([{"event": "merge", "at": "x", "initiative_id": "ea-1", "into": "ea-2"}])


partitions = st.lists(
    st.dictionaries(st.sampled_from([f"r{i}" for i in range(12)]), st.integers(0, 4), min_size=1), min_size=2, max_size=10
)


@settings(max_examples=150, deadline=None)
@given(partitions, st.randoms(use_true_random=False))
def test_no_id_is_ever_lost_or_reused(runs, rng):
    """Ten runs with any additions, removals, merges and splits: an id lives, redirects to a living one, or is marked gone."""
    atlas, seen = Atlas(), set()
    for partition in runs:
        groups: dict[int, list[str]] = {}
        for record, cluster in partition.items():
            groups.setdefault(cluster, []).append(record)
        order = list(groups.values())
        rng.shuffle(order)
        before = list(atlas.events)
        ids = atlas(*order)
        # one id per cluster, one cluster per id
        assert len({ids[g[0]] for g in order}) == len(order)
        assert all(ids[r] == ids[g[0]] for g in order for r in g)
        seen |= set(ids.values())
        state = fold(atlas.events)
        living = set(ids.values())
        for identity in seen:
            end = state.living(identity)
            assert end in living or end in state.gone
        assert set(atlas.last.redirects["new_id"]) <= living
        # the same clusters in another order, or once more, change nothing
        random.Random(1).shuffle(order)
        rows = [(r, f"x{n}") for n, g in enumerate(order) for r in g]
        again = assign(pd.DataFrame(rows, columns=["record_id", "cluster_id"]), before, at="2026-01-01")
        assert dict(zip(again.ids["record_id"], again.ids["initiative_id"], strict=True)) == ids
        assert not assign(pd.DataFrame(rows, columns=["record_id", "cluster_id"]), atlas.events, at="2026-01-02").events
