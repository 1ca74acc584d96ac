"""A release made from the one before says the same as one built from scratch, whatever happened in between."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import sqlfiles, update
from warehouse.build import build
from warehouse.digest import digest
from warehouse.publish import DATABASE, publish

PORTALS = {
    "cz-a": ("national", "full"),
    "eu-b": ("supranational", "facts-only"),
    "de-c": ("owner", "full"),
    "fr-d": ("third-party", "link-only"),
}
CORRECTED = ("title", "kind", "start_date", "status", "topics", "nonsense")


class Life:
    """A world that goes on: portals are harvested, listings come, change, go and come back, curators decide, clusters join and part."""

    def __init__(self, make_world: Any, seed: int) -> None:
        self.dice, self.make_world, self.runs, self.step = random.Random(seed), make_world, [], 0
        self.records: dict[str, dict[str, Any]] = {}
        self.owner: dict[str, str] = {}
        self.decisions: list[dict[str, Any]] = []
        self.redirects: list[dict[str, Any]] = []
        self.relations: list[dict[str, Any]] = []
        self.minted = 0
        for _ in range(40):
            self.start(self.dice.choice(list(PORTALS)))
        self.go_on()

    @property
    def now(self) -> str:
        return f"{self.runs[-1]}T01:00:00Z"

    def mint(self) -> str:
        self.minted += 1
        return f"ea-{self.minted:010}"

    def start(self, portal: str) -> None:
        record = f"{portal}:{len(self.records) + 1}"
        self.records[record] = {"portal": portal, "versions": [], "status": "new"}
        self.owner[record] = self.mint() if self.dice.random() < 0.5 or not self.owner else self.dice.choice(sorted(self.owner.values()))

    def said(self, portal: str) -> dict[str, Any]:
        dice = self.dice
        said: dict[str, Any] = {"portal": portal, "reuse": PORTALS[portal][1], "title": f"Plán {dice.randrange(9)}"}
        said |= {"language": dice.choice(["cs", "en", "de"]), "included": dice.random() < 0.85}
        said |= {"kind": dice.choice(["strategy", "project", None])}
        said |= {"topics": dice.sample(["devices", "vet", "teachers"], dice.randrange(3)), "relevance": dice.random()}
        if dice.random() < 0.6:
            said |= {"start_date": str(date(2025, 1, 1) + timedelta(dice.randrange(200))), "start_precision": "day"}
        if dice.random() < 0.4:
            said |= {"end_date": str(date(2025, 3, 1) + timedelta(dice.randrange(300))), "end_precision": "day"}
        if dice.random() < 0.5:
            said |= {"organisation": f"Úřad {dice.randrange(4)}", "organisation_id": f"org-{dice.randrange(4)}", "description": "Slova."}
        if dice.random() < 0.3:
            said |= {"modified_date": str(date(2025, 2, 1) + timedelta(dice.randrange(300)))}
        return said

    def go_on(self) -> None:
        """One run: each portal is harvested, or not."""
        self.step += 1
        self.runs.append(str(date(2025, 1, 1) + timedelta(self.step * 20)))
        for portal in PORTALS:
            if self.dice.random() < 0.8 or self.step == 1:
                for record in [r for r, facts in self.records.items() if facts["portal"] == portal]:
                    self.look(self.records[record])
        for _ in range(self.dice.randrange(3)):
            self.start(self.dice.choice(list(PORTALS)))

    def look(self, record: dict[str, Any]) -> None:
        fate, versions = self.dice.random(), record["versions"]
        if not versions or record["status"] == "gone" and fate < 0.3 or record["status"] != "gone" and fate < 0.15:
            if versions and not versions[-1]["seen_until"]:
                versions[-1]["seen_until"] = self.now
            seen = {"first": self.now, "last": self.now, "seen_until": None}
            versions.append({"said": self.said(record["portal"]), "run": self.runs[-1]} | seen)
            record["status"] = "active"
        elif record["status"] == "gone":
            return
        elif fate < 0.2:
            record["status"] = "missing"
        elif fate < 0.25:
            record["status"], versions[-1]["seen_until"] = "gone", self.now
        else:
            record["status"], versions[-1]["last"] = "active", self.now

    def decide(self) -> None:
        """What happens beside the runs: decisions, joins, parts, withdrawals."""
        dice, known = self.dice, sorted(self.owner)
        at = f"{date.fromisoformat(self.runs[-1]) + timedelta(dice.randrange(1, 19))}T05:00:00Z"
        for _ in range(dice.randrange(3)):
            self.decisions.append({"id": f"d{len(self.decisions):03}", "at": at, "verdict": "correct", "records": [dice.choice(known)]})
            field = dice.choice(CORRECTED)
            value = {"start_date": "2025-04-01", "status": "suspended", "topics": "vet; devices"}.get(field, f"Jinak {dice.randrange(5)}")
            self.decisions[-1] |= {"field": field, "value": value}
        if self.decisions and dice.random() < 0.3:
            undone = dice.choice(self.decisions)["id"]
            self.decisions.append({"id": f"d{len(self.decisions):03}", "at": at, "verdict": "undo", "undoes": undone})
        if dice.random() < 0.5:
            old, new = dice.sample(sorted(set(self.owner.values())), 2)
            self.owner = {r: new if o == old else o for r, o in self.owner.items()}
            self.redirects.append({"old_id": old, "new_id": new, "at": at, "reason": "the same"})
        if dice.random() < 0.5:
            self.owner[dice.choice(known)] = self.mint()
        pair = dice.sample(sorted(set(self.owner.values())), 2)
        self.relations = [{"source_id": pair[0], "target_id": pair[1], "relation": "part_of", "score": 0.5, "evidence": "e"}]

    def write(self, folder: Path) -> Path:
        world = self.make_world()
        for portal, (authority, reuse) in PORTALS.items():
            world.portal(portal, authority=authority, reuse=reuse)
        for run in self.runs:
            world.run(f"{run}.1")
        for record, facts in self.records.items():
            for number, version in enumerate(facts["versions"], 1):
                is_last = number == len(facts["versions"])
                world.listing(self.owner[record], record, f"{version['run']}.1", **version["said"])
                told = hashlib.sha256(json.dumps(version["said"], sort_keys=True).encode()).hexdigest()[:32]
                status = facts["status"] if facts["status"] != "new" else "active"
                world.versions[-1] |= {"first_seen": version["first"], "last_seen": version["last"], "seen_until": version["seen_until"]}
                world.versions[-1] |= {"listing_status": status, "current": is_last, "content_hash": told}
        world.add("decisions", *copy.deepcopy(self.decisions)).add("redirects", *self.redirects).add("relations", *self.relations)
        return world.write(folder, seen=False)


def differences(one: Path, two: Path) -> list[str]:
    """Rows that stand in one file alone."""
    found = []
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{one}' AS one (READ_ONLY)")
        con.execute(f"ATTACH '{two}' AS two (READ_ONLY)")
        names = [n for (n,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'one'").fetchall()]
        for name in names:
            for here, there in (("one", "two"), ("two", "one")):
                rows = con.execute(f'FROM {here}."{name}" EXCEPT ALL FROM {there}."{name}" LIMIT 2').fetchall()
                found += [f"{name} only in {here}: {row}" for row in rows]
    return found


@pytest.fixture
def willing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small world changes by more than an update would take on."""
    monkeypatch.setattr(update, "MOST_TOUCHED", 1.0)
    monkeypatch.setattr(update, "MOST_REPLACED", 1e9)


@pytest.mark.parametrize(("seed", "shared"), [(0, update.SHARED), (1, update.SHARED), (2, 0)])
def test_an_update_says_what_a_build_says(make_world, tmp_path, willing, monkeypatch, seed, shared):
    monkeypatch.setattr(update, "SHARED", shared)
    life, basis, updates = Life(make_world, seed), None, 0
    for step in range(4):
        refined = life.write(tmp_path / f"r{step}")
        version, target = f"{life.runs[-1]}.1", tmp_path / f"{step}.duckdb"
        with update.written(target, refined, basis, version=version) as (con, replaced, said):
            # what was kept count of is what all rows say
            assert said == digest(con)
            update.keep(con, tmp_path, said.content)
        updates += replaced is not None
        fresh = build(tmp_path / f"fresh{step}.duckdb", refined, version=version)
        assert not differences(target, fresh.path), f"step {step}"
        assert said == fresh.digest
        update.seal(tmp_path, said.content, target, replaced)
        basis = update.usable(tmp_path, said.content, target)
        assert basis is not None
        for _ in range(life.dice.choice([0, 1, 1, 2])):
            life.go_on()
        life.decide()
    assert updates == 3


def test_an_update_that_touches_no_listing_is_no_build(world, tmp_path):
    refined, run = world.write(tmp_path / "r"), "2025-03-01.1"
    with update.written(first := tmp_path / "first.duckdb", refined, None, version=run) as (con, replaced, said):
        update.keep(con, tmp_path, said.content)
    assert replaced is None
    update.seal(tmp_path, said.content, first, replaced)
    basis = update.usable(tmp_path, said.content, first)
    with update.written(tmp_path / "again.duckdb", refined, basis, version=run) as (_, replaced, same):
        assert replaced == 0.0 and same == said


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".duckdb"}


@pytest.fixture
def built_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Versions that were built from scratch."""
    said: list[str] = []
    run = update.building.run

    def noting(con: Any, refined: Any, *, version: str, **more: Any) -> None:
        said.append(version)
        run(con, refined, version=version, **more)

    monkeypatch.setattr(update.building, "run", noting)
    return said


def test_a_release_made_from_the_one_before_has_the_same_bytes(make_world, tmp_path, willing, built_anew):
    life = Life(make_world, 77)
    publish(tmp_path / "data", life.write(tmp_path / "r1"), version=f"{life.runs[-1]}.1", formats=())
    life.go_on()
    life.decide()
    refined, version = life.write(tmp_path / "r2"), f"{life.runs[-1]}.1"
    formats = ("csv", "jsonl", "parquet", "rdf", "xlsx", "feeds", "jsonld")
    updated = publish(tmp_path / "data", refined, version=version, formats=formats)
    assert updated.released and version not in built_anew and len(built_anew) == 1
    fresh = publish(tmp_path / "fresh", refined, version=version, formats=formats)
    assert len(built_anew) == 2 and updated.changed == fresh.changed
    assert files(updated.path) == files(fresh.path)
    assert len(list((tmp_path / "data" / "basis").iterdir())) == 1


def test_what_cannot_be_vouched_for_is_built_from_scratch(world, tmp_path, willing, built_anew, monkeypatch):
    refined, data = world.write(tmp_path / "r"), tmp_path / "data"
    first = publish(data, refined, version="2025-03-01.1", formats=())
    database = first.path / DATABASE
    content = next(f["content_digest"] for f in json.loads((first.path / "manifest.json").read_text())["files"] if f["name"] == DATABASE)
    assert update.usable(data, content, database)
    with monkeypatch.context() as other:
        other.setattr(update.building, "STORAGE", "v9")
        assert update.usable(data, content, database) is None
    # someone wrote to it
    database.chmod(0o644)
    with duckdb.connect(str(database)) as con:
        con.execute("UPDATE initiatives SET title = 'else'")
    again = publish(data, refined, version="2025-03-01.1", formats=())
    assert not again.released and len(built_anew) == 2


def test_a_copy_in_the_place_of_the_published_file_is_no_basis(world, tmp_path, willing, built_anew):
    refined, data = world.write(tmp_path / "r"), tmp_path / "data"
    database = publish(data, refined, version="2025-03-01.1", formats=()).path / DATABASE
    assert not publish(data, refined, version="2025-03-01.1", formats=()).released and len(built_anew) == 1
    # of the same size and, so it says, of the same time
    shutil.copy2(database, beside := tmp_path / "copy.duckdb")
    beside.replace(database)
    publish(data, refined, version="2025-03-01.1", formats=())
    assert len(built_anew) == 2


def test_a_run_that_came_in_between_and_much_that_changed_are_built_from_scratch(make_world, tmp_path, built_anew):
    life = Life(make_world, 5)
    publish(tmp_path, life.write(tmp_path / "r1"), version=f"{life.runs[-1]}.1", formats=())
    late, life.runs = life.runs, ["2025-01-02", *life.runs]
    publish(tmp_path, life.write(tmp_path / "r2"), version=f"{late[-1]}.2", formats=())
    assert len(built_anew) == 2
    life.go_on()
    publish(tmp_path, life.write(tmp_path / "r3"), version=f"{life.runs[-1]}.1", formats=())
    assert len(built_anew) == 3


def test_what_is_withdrawn_leaves_no_bytes(world, tmp_path, willing, built_anew):
    """A deleted row stays in a DuckDB file until its pages are written again."""
    world.listing("ea-0000000009", "cz-a:9", "2025-03-01.1", title="Osoba, která chce být zapomenuta")
    first = publish(tmp_path, world.write(tmp_path / "r1"), version="2025-03-01.1", formats=())
    assert b"zapomenuta" in (first.path / DATABASE).read_bytes()
    del world.versions[-1], world.clusters["cz-a:9"]
    second = publish(tmp_path, world.write(tmp_path / "r2"), version="2025-03-01.1", formats=())
    assert second.released and len(built_anew) == 2
    assert b"zapomenuta" not in (second.path / DATABASE).read_bytes()


def test_stages_wait_for_no_table_that_an_update_makes_anew() -> None:
    """An update runs all stages before the tables: they would read what the last release says."""
    tables = {file.name: file for file in sqlfiles.load("tables")}
    waited = {need for file in sqlfiles.load("stage") for need in file.after if need in tables}
    assert waited
    assert all("fixed" in tables[name].header for name in waited)
