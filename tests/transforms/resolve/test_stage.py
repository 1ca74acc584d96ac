"""Resolve and identity together, run after run: no id is lost or reused, and a rebuild from the ledger gives the same ids."""

import random

import pandas as pd
import pytest

from benchmarks._listings import generated
from transforms.resolve import resolve, run
from transforms.resolve.identity import assign, fold


@pytest.mark.parametrize("seed", range(2))
def test_ids_over_ten_runs_of_additions_changes_deletions_and_decisions(seed, tmp_path, monkeypatch):
    # Splink reads the same scorecard (test_fellegi_sunter.py), and takes a second to start
    monkeypatch.setattr(run, "probabilities", lambda card, comparison, engine: card.probabilities(comparison))
    everything = generated(120, seed=seed)[0]
    rng = random.Random(seed)
    titles = everything["title"].tolist()
    present = set(range(70))
    events, decisions, seen, owner = [], [], {}, {}
    for number in range(10):
        present = (present | set(rng.sample(range(120), 8))) - set(rng.sample(range(120), 6))
        changed = rng.choice(sorted(present))
        titles[changed] = titles[changed] + " 2.0" if rng.random() < 0.5 else titles[rng.choice(sorted(present))]
        pair = everything["record_id"].iloc[rng.sample(sorted(present), 2)].tolist()
        decisions = [*decisions[-3:], {"verdict": rng.choice(["join", "join", "apart", "part_of"]), "records": pair}]
        rows = rng.sample(sorted(present), len(present))
        typed = everything.assign(title=pd.Series(titles, dtype=everything["title"].dtype)).iloc[rows]
        clusters = resolve(typed, decisions, processes=1, kept=tmp_path).clusters
        before = list(events)
        found = assign(clusters, events, at=f"2026-01-{number + 1:02}")
        events += found.events
        ids = dict(zip(found.ids["record_id"], found.ids["initiative_id"], strict=True))
        assert set(ids) == set(typed["record_id"])
        # one id for each cluster, and the other way round
        named = clusters.assign(initiative=clusters["record_id"].map(ids)).drop_duplicates(["cluster_id", "initiative"])
        assert not named["cluster_id"].duplicated().any() and not named["initiative"].duplicated().any()
        state, living = fold(events), set(ids.values())
        for identity, number_seen in seen.items():
            end = state.living(identity)
            assert end in living or end in state.gone, f"{identity} of run {number_seen} is lost"
        seen |= {identity: seen.get(identity, number) for identity in living}
        minted = [e["initiative_id"] for e in events if e["event"] == "mint"]
        assert len(minted) == len(set(minted)) and living <= set(minted)
        owner = ids
        # an empty warehouse, the same listings and the kept ledger: the same ids, and nothing new to say
        again = resolve(typed.iloc[::-1], decisions, processes=1).clusters
        rebuilt = assign(again, events, at="2027-01-01")
        assert not rebuilt.events and dict(zip(rebuilt.ids["record_id"], rebuilt.ids["initiative_id"], strict=True)) == owner
        # and so does the run itself when it is done once more with the ledger that it found
        assert assign(again, before, at=f"2026-01-{number + 1:02}").events == found.events
    kinds = {event["event"] for event in events}
    assert {"mint", "attach", "gone", "return"} <= kinds and kinds & {"merge", "move"}, "the runs exercised what happens to ids"
