"""Shards and kept results change nothing but the time that a run takes."""

import json
import os
import pickle
import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks._listings import generated
from transforms.resolve import kept, resolve, run, shards
from transforms.resolve.kept import Kept, digests_of, key
from transforms.resolve.prepare import PREPARED

FRAMES = ("clusters", "relations", "doubtful", "matches")


def assert_equal(one, other):
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.fixture(scope="module")
def typed():
    return generated(300, seed=3)[0]


@pytest.fixture(scope="module")
def whole(typed):
    return resolve(typed, processes=1)


@pytest.fixture()
def sharded(monkeypatch):
    monkeypatch.setattr(shards, "WORTH_SHARDS", 50)
    monkeypatch.setattr(shards, "LEAST", 100)


def test_two_processes_and_shuffled_rows_find_the_same(typed, whole, sharded):
    assert len(shards.shards([len(rows) for rows in shards.groups(typed)])) > 1
    assert_equal(resolve(typed.sample(frac=1, random_state=1), processes=2), whole)


def test_other_processes_start_only_for_many_listings_that_are_new(typed, sharded, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "at_once", started := Started())
    resolve(typed, processes=2, kept=tmp_path)
    resolve(typed.iloc[:-20].assign(title=typed["title"].where(typed.index >= 10, "Anders")), processes=2, kept=tmp_path)
    resolve(typed.assign(title="Anders"), processes=2, kept=tmp_path)
    for arrays in tmp_path.glob("countries/*/arrays.bin"):
        arrays.unlink()
    resolve(typed.iloc[:-20], processes=2, kept=tmp_path)
    assert started.processes == [2, 1, 2, 2]


def test_very_many_listings_are_worth_processes_before_any_is_looked_at(typed, whole, sharded, tmp_path, monkeypatch):
    begun = []
    others = run.others
    monkeypatch.setattr(run, "others", lambda processes, ready: begun.append(processes) or others(processes, ready))
    monkeypatch.setattr(run, "KNOWN", 2)
    assert_equal(resolve(typed, processes=2, kept=tmp_path), whole)
    # nothing is left to do, and they end
    assert_equal(resolve(typed, processes=2, kept=tmp_path), whole)
    monkeypatch.setattr(run, "others", lambda processes, ready: begun.append(processes) or others(1, ready))
    resolve(typed, processes=500, kept=tmp_path)
    monkeypatch.setattr(run, "KNOWN", 10)
    resolve(typed, processes=2, kept=tmp_path)
    assert begun == [2, 2, typed["country"].nunique(), 1], "no more than there are countries, and none for few listings"


def _where(job):
    if job == "bad":
        raise ValueError("no job")
    # long enough that another process, which must first start, finds some left
    time.sleep(0.1)
    return job, os.getpid()


def test_this_process_works_beside_the_others():
    jobs = list(range(60))
    done = shards.at_once(_where, jobs, 2)
    assert [job for job, _ in done] == jobs
    assert os.getpid() in {process for _, process in done} and len({process for _, process in done}) == 2


@pytest.mark.parametrize("place", [0, 1, 59])
def test_a_job_that_fails_fails_all_wherever_it_ran(place):
    jobs = ["good"] * 60
    jobs[place] = "bad"
    with pytest.raises(ValueError, match="no job"):
        shards.at_once(_where, jobs, 2)


def _touched(path):
    path.touch()
    return path.name


def test_the_first_job_is_begun_while_the_others_are_made(tmp_path):
    def jobs():
        yield tmp_path / "first"
        for _ in range(600):
            if (tmp_path / "first").exists():
                break
            time.sleep(0.1)
        else:
            pytest.fail("it waits for the others")
        yield tmp_path / "second"

    with shards.others(2, int) as pool:
        assert shards.at_once(_touched, jobs(), 2, pool) == ["first", "second"]


class Started:
    """In place of `at_once`: everything in this process, and in how many it would have been."""

    def __init__(self):
        self.processes = []

    def __call__(self, function, jobs, processes):
        self.processes.append(processes)
        return shards.at_once(function, jobs, 1)


def test_a_shard_holds_whole_countries_and_what_decisions_link(typed, sharded):
    some = typed.drop_duplicates("country").sort_values("country")["record_id"].tolist()
    decisions = [{"verdict": "join", "records": some[:2]}, {"verdict": "apart", "records": [some[2], some[1]]}]
    found = shards.groups(typed, decisions)
    country = typed["country"].to_numpy(dtype=str)
    seen = [set(country[rows]) for rows in found]
    assert sorted(np.concatenate(found).tolist()) == list(range(len(typed)))
    assert sum(map(len, seen)) == typed["country"].nunique()
    assert [len(s) for s in seen if len(s) > 1] == [3]


def test_a_decision_across_countries_binds_in_shards(typed, sharded):
    a, b = typed.drop_duplicates("country")["record_id"].iloc[:2]
    cluster = resolve(typed, [{"verdict": "join", "records": [a, b]}], processes=1).clusters.set_index("record_id")["cluster_id"]
    assert cluster[a] == cluster[b]


def test_runs_on_what_was_kept_equal_full_runs(tmp_path, monkeypatch):
    """Ten runs of random additions, changes, deletions and decisions."""
    # Splink reads the same scorecard (test_fellegi_sunter.py), and takes a second to start
    monkeypatch.setattr(run, "probabilities", lambda card, comparison, engine: card.probabilities(comparison))
    everything = generated(160, seed=5)[0]
    rng = random.Random(4)
    present = set(range(80))
    titles = everything["title"].tolist()
    taken = 0
    for _ in range(10):
        kind = rng.choice(["add", "change", "delete", "decide", "nothing"])
        decisions = []
        if kind == "add":
            present |= set(rng.sample(range(160), 3))
        elif kind == "delete":
            present -= set(rng.sample(sorted(present), 3))
        elif kind == "change":
            titles[rng.choice(sorted(present))] += " 2.0"
        elif kind == "decide":
            pair = everything["record_id"].iloc[rng.sample(sorted(present), 2)].tolist()
            decisions = [{"verdict": rng.choice(["join", "apart"]), "records": pair}]
        typed = everything.assign(title=pd.Series(titles, dtype=everything["title"].dtype)).iloc[rng.sample(sorted(present), len(present))]
        taken += sum((tmp_path / name).is_dir() for name in _keys(typed, decisions))
        assert_equal(resolve(typed, decisions, processes=1, kept=tmp_path), resolve(typed, decisions, processes=1))
    assert taken > 50, "most countries did not change, and were not resolved again"


def _keys(typed, decisions):
    parts = [typed[list(PREPARED)].iloc[rows] for rows in shards.groups(typed, decisions)]
    return [key(digests_of(part), part["record_id"], decisions, many=False) for part in parts]


def test_a_kept_result_is_handed_over_as_its_place(tmp_path, typed):
    resolve(typed, processes=1, kept=tmp_path)
    store, name = Kept(tmp_path), _keys(typed, ())[0]
    found = store.get(name)
    sent = pickle.dumps(store.put(name, found))
    assert len(sent) < 1_000
    read = pickle.loads(sent)
    assert all(getattr(read, table).equals(getattr(found, table)) for table in ("clusters", "relations", "matches"))
    (tmp_path / name / "matches.arrow").write_bytes(b"")
    assert pickle.loads(sent) is None, "what is not whole any more is sought again"


def test_nothing_is_resolved_again_when_nothing_changes(tmp_path, typed, whole, monkeypatch):
    assert_equal(resolve(typed, processes=1, kept=tmp_path), whole)
    monkeypatch.setattr(run, "resolved", lambda job: pytest.fail("resolved again"))
    assert_equal(resolve(typed, processes=1, kept=tmp_path), whole)


def test_what_a_stopped_run_had_finished_is_not_resolved_again(typed, whole, sharded, tmp_path, monkeypatch):
    begun = []

    def stopping(job):
        begun.append(job)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return resolved(job)

    resolved = run.resolved
    with monkeypatch.context() as stopped:
        stopped.setattr(run, "resolved", stopping)
        with pytest.raises(KeyboardInterrupt):
            resolve(typed, processes=1, kept=tmp_path)
    done = {record for job in begun[:2] for listings in job.listings for record in listings.typed["record_id"]}
    begun.clear()
    monkeypatch.setattr(run, "resolved", lambda job: begun.append(job) or resolved(job))
    assert_equal(resolve(typed, processes=1, kept=tmp_path), whole)
    again = {record for job in begun for listings in job.listings for record in listings.typed["record_id"]}
    assert done and again == set(typed["record_id"]) - done


@pytest.mark.parametrize("damage", ["cut", "missing", "mixed", "sums"])
def test_a_damaged_entry_is_dropped_whole(tmp_path, damage):
    typed = generated(40, seed=6)[0]
    clean = resolve(typed, processes=1, kept=tmp_path)
    one, other = sorted(entry for entry in tmp_path.iterdir() if entry.name != "countries")[:2]
    if damage == "cut":
        (one / "matches.arrow").write_bytes((one / "matches.arrow").read_bytes()[:-7])
    elif damage == "missing":
        (one / "relations.arrow").unlink()
    elif damage == "mixed":
        (other / "clusters.arrow").replace(one / "clusters.arrow")
    else:
        (one / "sums.json").write_text(json.dumps({"clusters": "?"})[:-2])
    assert Kept(tmp_path).get(one.name) is None and not one.exists()
    assert_equal(resolve(typed, processes=1, kept=tmp_path), clean)
    assert one.is_dir()


def test_entries_that_no_country_needs_are_forgotten(tmp_path):
    typed = generated(40, seed=7)[0]
    resolve(typed, processes=1, kept=tmp_path)
    first = {entry.name for entry in tmp_path.iterdir()}
    (tmp_path / "half.part").mkdir()
    resolve(typed.iloc[1:], processes=1, kept=tmp_path)
    second = {entry.name for entry in tmp_path.iterdir()}
    assert "half.part" not in second and len(first - second) == 1 and len(second - first) <= 1


def test_the_key_changes_with_everything_that_a_result_depends_on(monkeypatch):
    typed = generated(30, seed=8)[0][list(PREPARED)]

    def of(rows, decisions=(), **how):
        return key(digests_of(rows), rows["record_id"], decisions, **{"many": False} | how)

    first = of(typed)
    a, b = typed["record_id"].iloc[:2]
    assert of(typed.iloc[::-1], [{"verdict": "join", "records": ["x", "y"]}]) == first
    others = {of(typed, [{"verdict": "join", "records": [a, b]}]), of(typed, many=True), of(typed, precise=True), of(typed.iloc[1:])}
    for column in ("title", "country", "nuts", "start_date", "budget_eur"):
        value = {"nuts": ["DE9"], "start_date": date(1999, 1, 1), "budget_eur": 7.0}.get(column, "ZZ")
        cells = typed[column].tolist()
        cells[0] = value
        others.add(of(typed.assign(**{column: pd.Series(cells, index=typed.index, dtype=object)})))
    monkeypatch.setattr(kept, "code_version", lambda: "another")
    others.add(of(typed))
    assert first not in others and len(others) == 10


def test_a_row_is_told_apart_by_every_value_and_no_matter_how_it_is_held():
    rows = [
        ("Plan", ["CZ01"], date(2020, 1, 1)),
        ("Plan", ["CZ01"], date(2021, 1, 1)),
        ("Plan", ["CZ02"], date(2020, 1, 1)),
        ("Plan", None, date(2020, 1, 1)),
        ("Pl\ud800n", ["CZ01"], date(2020, 1, 1)),
        ("Pl\ud801n", ["CZ01"], date(2020, 1, 1)),
    ]
    typed = pd.DataFrame(rows, columns=["title", "nuts", "start_date"], dtype=object).reindex(columns=PREPARED)
    digests = digests_of(typed)
    assert len(set(digests.tolist())) == len(rows)
    held = typed.assign(nuts=pd.Series([v if v is None else np.array(v, dtype=object) for v in typed["nuts"].tolist()], dtype=object))
    assert digests_of(held).tolist() == digests.tolist()


#: prints a hash of what is found of listings in a shuffled order
SCRIPT = """
import hashlib, sys
from benchmarks._listings import generated
from transforms.resolve import resolve, run
from transforms.resolve.resolution import COLUMNS
run._FEW = 0
found = resolve(generated(400, seed=9)[0].sample(frac=1, random_state=int(sys.argv[1])), processes=1)
print(hashlib.sha256("".join(getattr(found, name).to_csv() for name in COLUMNS).encode()).hexdigest())
"""


def test_one_thread_or_two_and_any_order_find_the_same():
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    ways = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, threads],
            env={**os.environ, **dict.fromkeys(names, threads)},
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[3],
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(ways[0].strip()) == 64 and ways[0] == ways[1]
