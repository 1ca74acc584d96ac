"""What a run keeps of listings and pairs changes nothing but the time that the next one takes."""

import json
import os
import random

import numpy as np
import pandas as pd
import pytest

from benchmarks._listings import generated
from transforms.normalise import normalise
from transforms.resolve import candidates, country, neighbours, resolve
from transforms.resolve import rows as lines_of
from transforms.resolve.candidates import Before, by_keys
from transforms.resolve.kept import Kept
from transforms.resolve.memory import Memory
from transforms.resolve.neighbours import BUCKETS, NEIGHBOURS, SOUGHT, Titles, nearest
from transforms.resolve.outline import Outline
from transforms.resolve.prepare import Records, prepare
from transforms.resolve.ragged import Ragged
from transforms.resolve.resolution import COLUMNS
from transforms.resolve.rows import from_lines, to_lines
from transforms.resolve.similarity import packed


def assert_equal(one, other):
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.fixture(params=["all pairs", "keys, one against all", "keys, buckets"])
def rules(request, monkeypatch):
    """The rules of small, large and larger countries, for countries of a few dozen listings."""
    if request.param != "all pairs":
        monkeypatch.setattr(candidates, "ALL_PAIRS", 30)
        monkeypatch.setattr(candidates, "MOST_SHARING", 5)
    if request.param == "keys, buckets":
        monkeypatch.setattr(neighbours, "BRUTE", 25)
    return request.param


def test_runs_on_what_was_kept_equal_full_runs(tmp_path, monkeypatch, rules):
    """Runs of random additions, changes, deletions and decisions in every country at once; a country may cross all limits on its way."""
    everything = generated(240, seed=5)[0]
    everything["country"] = [("AT", "BE", "")[k % 3] for k in range(len(everything))]
    rng = random.Random(4)
    present, titles = set(range(130)), everything["title"].tolist()
    prepared = []
    monkeypatch.setattr(country, "prepare", lambda typed, **how: prepared.append(len(typed)) or prepare(typed, **how))
    for step in range(7):
        if step:
            present -= set(rng.sample(sorted(present), rng.choice([1, 3, 60])))
            present |= set(rng.sample(range(240), rng.choice([1, 3, 60])))
            for row in rng.sample(sorted(present), 3):
                titles[row] = rng.choice(titles)
        ids = everything["record_id"].tolist()
        decisions = [
            {"verdict": rng.choice(["join", "apart"]), "records": [ids[k] for k in rng.sample(sorted(present), 2)]} for _ in range(2)
        ]
        typed = everything.assign(title=pd.Series(titles, dtype=everything["title"].dtype)).iloc[rng.sample(sorted(present), len(present))]
        prepared.clear()
        found = resolve(typed, decisions, processes=1, kept=tmp_path)
        assert sum(prepared) < len(typed) or step == 0, "what is known is not read again"
        assert_equal(found, resolve(typed, decisions, processes=1))


def outline_of(keys, vectors):
    rows = len(keys)
    return Outline(
        codes=np.arange(rows, dtype=np.uint64),
        vectors=vectors,
        bits=np.zeros((rows, 8), dtype=np.uint64),
        buckets=np.ones((rows, BUCKETS), dtype=np.uint32),
        keys=Ragged.of(keys),
        pages=Ragged.of([()] * rows, np.uint64),
    )


def unit_vectors(rng, rows, dimensions=3):
    vectors = rng.standard_normal((rows, dimensions)).astype(np.float32)
    return packed(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def change(rng, rows):
    """Which of so many listings were there before and are now, and where each of the former stands now, -1 for those that went."""
    before, now = rng.random(rows) < 0.8, rng.random(rows) < 0.8
    place = np.cumsum(now) - 1
    return before, now, np.where(now, place, -1)[before]


@pytest.mark.parametrize("seed", range(30))
def test_pairs_by_keys_are_those_of_a_run_without(monkeypatch, seed):
    monkeypatch.setattr(candidates, "MOST_SHARING", 4)
    rng = np.random.default_rng(seed)
    whole = outline_of([set(rng.integers(0, 15, rng.integers(0, 4)).tolist()) for _ in range(60)], unit_vectors(rng, 60))
    before, now, place = change(rng, 60)
    old, new = whole.at(np.flatnonzero(before)), whole.at(np.flatnonzero(now))
    known = Before(old, by_keys(old), nearest(Titles.of(old.codes, old.vectors, old.buckets)), place)
    assert by_keys(new, known).tolist() == by_keys(new).tolist()


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("brute", [0, 45, 1000])
def test_nearest_titles_are_those_of_a_run_without(monkeypatch, seed, brute):
    monkeypatch.setattr(neighbours, "BRUTE", brute)
    rng = np.random.default_rng(seed)
    vectors, buckets = unit_vectors(rng, 70), rng.integers(0, 5, (70, BUCKETS)).astype(np.uint32)
    found, drawn = None, []
    for share in (0.8, 0.8, 0.97, 0.97, 0.97, 0.5, 0.97):
        # most stay as they are, so that a few of the nearest go at a time
        there = rng.random(70) < share if share < 0.9 or not drawn else drawn[-1] ^ (rng.random(70) > share)
        titles = Titles.of(np.flatnonzero(there).astype(np.uint64), vectors[there], buckets[there])
        found, plain = nearest(titles, found), nearest(titles)
        assert found.first.tolist() == plain.first.tolist()
        assert found.certain.min() >= NEIGHBOURS
        for one, other in ((found.others, plain.others), (found.likeness, plain.likeness)):
            sure = np.arange(SOUGHT) < found.certain[:, None]
            assert one[sure].tolist() == other[sure].tolist()
        drawn.append(there)


@pytest.mark.parametrize("at_a_time", [2, 2_000])
def test_prepared_records_survive_as_lines(monkeypatch, at_a_time):
    monkeypatch.setattr(lines_of, "_CHUNK", at_a_time)
    rows = [
        {
            "record_id": "a",
            "title": "Digitalpakt Schule 2.0 (DPS)",
            "description": "Pilot: „Phase 1“\u2028x",
            "country": "DE",
            "nuts": "DE2",
        },
        {"record_id": "b", "title": "Plán 2014-20", "country": "CZ", "start": "2014", "budget": "7 mil.", "currency": "CZK"},
        {"record_id": "c", "title": "X", "url": "https://x.example/de/a?b", "alternates": {"en": "https://x.example/en/a"}},
    ]
    records = prepare(normalise(pd.DataFrame(rows)))
    again = from_lines(to_lines(records))
    for name in Records.__slots__:
        one, other = getattr(records, name), getattr(again, name)
        np.testing.assert_array_equal(one, other) if isinstance(one, np.ndarray) else None
        assert isinstance(one, np.ndarray) or one == other
    assert all(b"\n" not in line for line in to_lines(records))
    assert len(from_lines([])) == 0


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "about", "short", "code"])
def test_what_is_damaged_or_of_another_version_is_not_taken(tmp_path, damage):
    typed = generated(120, seed=6)[0].assign(country="DE")
    resolve(typed, processes=1, kept=tmp_path)
    folder = tmp_path / "countries" / "DE"
    assert len(Kept(tmp_path).memory("DE").digests) == len(typed)
    packed = (folder / "arrays.bin").read_bytes()
    if damage == "cut":
        (folder / "arrays.bin").write_bytes(packed[:-16])
    elif damage == "changed":
        (folder / "arrays.bin").write_bytes(packed[:99] + bytes([packed[99] ^ 1]) + packed[100:])
    elif damage == "missing":
        (folder / "arrays.bin").unlink()
    elif damage == "about":
        (folder / "about.json").write_text("{")
    elif damage == "short":
        os.truncate(folder / "lines.jsonl", 1000)
    else:
        about = json.loads((folder / "about.json").read_text())
        (folder / "about.json").write_text(json.dumps(about | {"code": "another"}))
    assert not len(Kept(tmp_path).memory("DE").digests)
    assert_equal(resolve(typed.iloc[1:], processes=1, kept=tmp_path), resolve(typed.iloc[1:], processes=1))
    assert len(Kept(tmp_path).memory("DE").digests) == len(typed) - 1


def test_a_damaged_record_is_found_when_it_is_asked_for(tmp_path):
    typed = generated(120, seed=6)[0].assign(country="DE")
    resolve(typed, processes=1, kept=tmp_path)
    file = tmp_path / "countries" / "DE" / "lines.jsonl"
    file.write_bytes(file.read_bytes().replace(b"e", b"E"))
    changed = typed.assign(title=typed["title"].where(typed.index != 3, "Anders"))
    assert_equal(resolve(changed, processes=1, kept=tmp_path), resolve(changed, processes=1))
    memory = Kept(tmp_path).memory("DE")
    assert memory.lines.read(np.arange(len(typed))) == to_lines(prepare(changed, variants=False))


def test_what_is_kept_of_records_grows_by_what_is_new_and_not_for_ever(tmp_path):
    typed = generated(120, seed=6)[0].assign(country="DE")
    file = tmp_path / "countries" / "DE" / "lines.jsonl"
    sizes = []
    for step in range(10):
        # twelve listings change, and twelve become again what they were
        changed = typed.assign(title=typed["title"].where(typed.index // 12 != step, "Anders"))
        resolve(changed, processes=1, kept=tmp_path)
        sizes.append(file.stat().st_size)
        assert Kept(tmp_path).memory("DE").lines.read(np.arange(len(typed))) == to_lines(prepare(changed, variants=False))
    grown = np.diff(sizes)
    assert 0 < grown[0] < 0.25 * sizes[0] and grown[1] > 0
    assert grown.min() < 0 and max(sizes) < 2.25 * sizes[0]


def test_pages_that_had_no_keys_get_them_when_someone_tells_of_variants(tmp_path):
    rows = [
        {"record_id": "a", "title": "Kompass für morgen", "language": "de", "country": "AT", "url": "https://x.example/de/kompass"},
        {"record_id": "b", "title": "Northern lights at school", "language": "en", "country": "AT", "url": "https://x.example/en/lights"},
    ]
    resolve(normalise(pd.DataFrame(rows)), processes=1, kept=tmp_path)
    assert not Kept(tmp_path).memory("AT").variants and Memory.nothing().variants
    rows[0]["alternates"] = {"en": "https://x.example/en/lights"}
    found = resolve(normalise(pd.DataFrame(rows)), processes=1, kept=tmp_path).clusters
    assert found["cluster_id"].nunique() == 1


def test_countries_that_are_gone_are_forgotten(tmp_path):
    typed = generated(40, seed=7)[0].assign(country="DE")
    resolve(typed, processes=1, kept=tmp_path)
    resolve(typed.assign(country=""), processes=1, kept=tmp_path)
    assert [entry.name for entry in (tmp_path / "countries").iterdir()] == ["none"]
