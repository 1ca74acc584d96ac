"""Hand-made refined inputs: a world of listings, told run by run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from transforms import columns
from warehouse import refined
from warehouse.build import build

PROVEN = ("title", "description", "kind", "country", "nuts", "level", "start_date", "end_date", "organisation", "budget_amount", "topics")


def clock(run_id: str, seconds: int = 0) -> str:
    """The run's start: its number is the hour."""
    return f"{run_id[:10]}T{int(run_id[11:]):02}:00:{seconds:02}Z"


class World:
    """Collects versions, clusters, portals and runs, and writes them as refine would."""

    def __init__(self) -> None:
        self.versions: list[dict[str, Any]] = []
        self.clusters: dict[str, str] = {}
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in refined.NAMES if name not in ("versions", "clusters")}

    def portal(self, portal: str, **facts: Any) -> World:
        card = {"portal": portal, "title": f"Portal {portal}", "publisher": "A ministry", "country": "CZ", "level": "national"}
        card |= {"languages": ["cs"], "homepage": f"https://{portal}.example/", "authority": "national", "licence": "unknown"}
        card |= {"reuse": "full", "schedule": "weekly", "status": "drafted", "nuts": [], "replaces": [], "retired": False}
        return self.add("portals", card | facts)

    def run(self, run_id: str, *portals: str, **counts: Any) -> World:
        for portal in portals or [p["portal"] for p in self.tables["portals"]]:
            row = {"run_id": run_id, "portal": portal, "started_at": clock(run_id), "verdict": "ok", "reasons": []}
            self.add("runs", row | counts)
        return self

    def listing(self, owner: str | None, record: str, run_id: str, *, until: str | None = None, gone: bool = False, **said: Any) -> World:
        """One version of a listing, first seen in ``run_id``, found changed or ``gone`` in ``until``; else it stands to the newest run."""
        row = {"title": record, "language": "cs", "portal": "cz-a", "included": True, "reuse": "full", "country": "CZ", "relevance": 0.9}
        row |= {"record_id": record, "url": f"https://cz-a.example/{record}"} | said
        proven = {k: {"raw": str(row[k]), "rule": "as-is", "confidence": 0.9} for k in PROVEN if row.get(k) is not None}
        row["provenance"] = json.dumps(proven | said.get("provenance", {}))
        row |= {"content_hash": hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:32], "run_id": run_id}
        row |= {"first_seen": clock(run_id), "last_seen": clock(run_id), "seen_until": clock(until) if until else None}
        row |= {"listing_status": "gone" if gone else "active", "current": gone or until is None}
        self.versions.append(row)
        if owner:
            self.clusters[record] = owner
        return self

    @property
    def newest(self) -> str:
        return max((r["run_id"] for r in self.tables["runs"]), key=lambda r: (r[:10], int(r[11:])))

    def add(self, table: str, *rows: dict[str, Any]) -> World:
        self.tables[table].extend(rows)
        return self

    def write(self, folder: Path, *, seen: bool = True) -> Path:
        """With ``seen``, every present listing was last seen in the newest run."""
        newest = max((r["started_at"] for r in self.tables["runs"]), default=None) if seen else None
        rows = [v | ({"last_seen": newest} if v["current"] and v["listing_status"] == "active" and newest else {}) for v in self.versions]
        frame = pd.DataFrame(rows)
        typed = columns.conform(frame)
        extra = frame[[c for c in frame.columns if c not in typed.columns]]
        refined.write(folder, "versions", pd.concat([typed, extra], axis=1))
        refined.write(folder, "clusters", [{"record_id": r, "initiative_id": i} for r, i in self.clusters.items()])
        for name, table in self.tables.items():
            refined.write(folder, name, table)
        return folder


A, B, C = "ea-0000000001", "ea-0000000002", "ea-0000000003"
JAN, MAR = "2025-01-10.1", "2025-03-01.1"


def small() -> World:
    """Three initiatives on two portals over two runs: one changes, one is told in two languages, one stays as it is."""
    world = World().portal("cz-a").portal("eu-b", country="EU", authority="supranational", level="supranational", reuse="facts-only")
    world.run(JAN).run(MAR)
    plan: dict[str, Any] = {"title": "Strategie 2030+", "kind": "strategy", "start_date": "2020-01-01", "start_precision": "year"}
    world.listing(A, "cz-a:1", JAN, until=MAR, **plan)
    world.listing(A, "cz-a:1", MAR, end_date="2030-12-31", end_precision="year", **plan)
    world.listing(A, "eu-b:9", JAN, portal="eu-b", title="Strategy 2030+", language="en", kind="strategy", reuse="facts-only")
    world.listing(B, "cz-a:2", JAN, title="Digitální škola", kind="programme", topics=["digital-competence", "artificial-intelligence"])
    world.listing(C, "cz-a:3", MAR, title="Pilot tablety", kind="pilot", description="Věta portálu.", topics=["devices"])
    return world.add("relations", {"source_id": C, "target_id": B, "relation": "part_of", "score": 0.8, "evidence": "pilot of"})


@pytest.fixture
def world() -> World:
    return small()


@pytest.fixture
def built(tmp_path: Path) -> Callable[[World], duckdb.DuckDBPyConnection]:
    """Builds a world and opens the file read-only."""
    made: list[duckdb.DuckDBPyConnection] = []

    def make(world: World, **options: Any) -> duckdb.DuckDBPyConnection:
        folder = tmp_path / f"w{len(made)}"
        folder.mkdir()
        build(folder / "atlas.duckdb", world.write(folder / "refined"), version=world.newest, **options)
        made.append(duckdb.connect(str(folder / "atlas.duckdb"), read_only=True))
        return made[-1]

    yield make  # type: ignore[misc]
    for con in made:
        con.close()


@pytest.fixture
def blank() -> World:
    """A world of one open portal and one run, without listings."""
    return World().portal("cz-a").run(JAN)


@pytest.fixture
def refined_world(world: World, tmp_path: Path) -> Path:
    """The small world as files."""
    return world.write(tmp_path / "refined")


@pytest.fixture(scope="module")
def new_world_module() -> World:
    return small()


@pytest.fixture
def as_nobody(tmp_path: Path, root: Path) -> Callable[..., str]:
    """Runs lines of Python as a user without rights here, after a line that proves it; returns what they print or raise."""

    def run(*lines: str, proof: str) -> str:
        for folder in [tmp_path, *tmp_path.parents]:
            if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
                folder.chmod(folder.stat().st_mode | 0o055)
        script = "\n".join(["from pathlib import Path", "try:", f"    {proof}", "except PermissionError:", "    print('proven')", *lines])
        become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)}
        done = subprocess.run([*become, sys.executable, "-c", script], cwd=root, capture_output=True, text=True, env=env)
        if "proven" not in done.stdout:
            pytest.skip(f"the folder cannot be made read-only here: {done.stderr[-300:]}")
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def make_world() -> type[World]:
    return World


@pytest.fixture(scope="session")
def older_duckdb() -> Callable[[str], Path]:
    """Installs another DuckDB beside, in the user's cache; skips where no package registry can be reached."""

    def install(version: str) -> Path:
        place = Path(tempfile.gettempdir()) / f"eduatlas-duckdb-{version}-{sys.version_info.minor}"
        if not (place / "duckdb").exists():
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--retries",
                "0",
                "--timeout",
                "15",
            ]
            with tempfile.TemporaryDirectory() as fresh:
                done = subprocess.run([*command, "--target", fresh, f"duckdb=={version}"], capture_output=True, text=True)
                if done.returncode:
                    pytest.skip(f"duckdb {version} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
                shutil.copytree(fresh, place, dirs_exist_ok=True)
        return place

    return install
