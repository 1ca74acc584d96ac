"""Hand-made refined inputs: a world of listings, told run by run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms import columns
from warehouse import refined

PROVEN = ("title", "description", "kind", "country", "nuts", "level", "start_date", "end_date", "organisation", "budget_amount", "topics")


class World:
    """Collects versions, clusters, portals and runs, and writes them as refine would."""

    def __init__(self) -> None:
        self.versions: list[dict[str, Any]] = []
        self.clusters: dict[str, str] = {}
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in refined.NAMES if name not in ("versions", "clusters")}

    def portal(self, portal: str, **facts: Any) -> World:
        self.tables["portals"].append(
            {
                "portal": portal,
                "title": f"Portal {portal}",
                "publisher": "A ministry",
                "country": "CZ",
                "level": "national",
                "languages": ["cs"],
            }
            | {
                "homepage": f"https://{portal}.example/",
                "authority": "national",
                "licence": "unknown",
                "reuse": "full",
                "schedule": "weekly",
            }
            | {"status": "drafted", "nuts": [], "replaces": [], "retired": False}
            | facts
        )
        return self

    def run(self, run_id: str, *portals: str, **counts: Any) -> World:
        for portal in portals or [p["portal"] for p in self.tables["portals"]]:
            self.tables["runs"].append(
                {"run_id": run_id, "portal": portal, "started_at": f"{run_id[:10]}T0{run_id[11:]}:00:00Z", "verdict": "ok", "reasons": []}
                | counts
            )
        return self

    def listing(
        self, initiative: str | None, record: str, run_id: str, *, until: str | None = None, gone: bool = False, **said: Any
    ) -> World:
        """One version: first seen in ``run_id``, superseded or gone in the run ``until``; last seen in the newest run otherwise."""
        seen = f"{run_id[:10]}T0{run_id[11:]}:00:10Z"
        row = {"title": record, "language": "cs", "portal": "cz-a", "included": True, "reuse": "full", "country": "CZ", "relevance": 0.9}
        row |= {"record_id": record, "url": f"https://cz-a.example/{record}"} | said
        row["provenance"] = json.dumps(
            {k: {"raw": str(row[k]), "rule": "as-is", "confidence": 0.9} for k in PROVEN if row.get(k) is not None}
            | said.get("provenance", {})
        )
        self.versions.append(
            row
            | {
                "content_hash": hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:32],
                "run_id": run_id,
                "first_seen": seen,
            }
            | {"last_seen": seen, "seen_until": f"{until[:10]}T0{until[11:]}:00:20Z" if until else None}
            | {"listing_status": "gone" if gone else "active", "current": gone or until is None}
        )
        if initiative:
            self.clusters[record] = initiative
        return self

    def add(self, table: str, *rows: dict[str, Any]) -> World:
        self.tables[table].extend(rows)
        return self

    def write(self, folder: Path) -> Path:
        import pandas as pd

        newest = max((r["started_at"] for r in self.tables["runs"]), default=None)
        rows = [v | ({"last_seen": newest} if v["current"] and v["listing_status"] == "active" and newest else {}) for v in self.versions]
        frame = pd.DataFrame(rows)
        typed = columns.conform(frame)
        extra = frame[[c for c in frame.columns if c not in typed.columns]]
        refined.write(folder, "versions", pd.concat([typed, extra], axis=1))
        refined.write(folder, "clusters", [{"record_id": r, "initiative_id": i} for r, i in self.clusters.items()])
        for name, table in self.tables.items():
            refined.write(folder, name, table)
        return folder


def small() -> World:
    """Three initiatives on two portals over two runs: one changes, one is told in two languages, one stays as it is."""
    world = World().portal("cz-a").portal("eu-b", country="EU", authority="supranational", level="supranational", reuse="facts-only")
    world.run("2025-01-10.1").run("2025-03-01.1")
    period = {"start_date": "2020-01-01", "start_precision": "year"}
    world.listing("ea-0000000001", "cz-a:1", "2025-01-10.1", until="2025-03-01.1", title="Strategie 2030+", kind="strategy", **period)
    world.listing(
        "ea-0000000001",
        "cz-a:1",
        "2025-03-01.1",
        title="Strategie 2030+",
        kind="strategy",
        end_date="2030-12-31",
        end_precision="year",
        **period,
    )
    world.listing(
        "ea-0000000001", "eu-b:9", "2025-01-10.1", portal="eu-b", title="Strategy 2030+", language="en", kind="strategy", reuse="facts-only"
    )
    world.listing("ea-0000000002", "cz-a:2", "2025-01-10.1", title="Digitální škola", kind="programme", topics=["digital-competence", "artificial-intelligence"])
    world.listing("ea-0000000003", "cz-a:3", "2025-03-01.1", title="Pilot tablety", kind="pilot", description="Věta portálu.")
    world.add(
        "relations",
        {"source_id": "ea-0000000003", "target_id": "ea-0000000002", "relation": "part_of", "score": 0.8, "evidence": "pilot of"},
    )
    return world


@pytest.fixture
def world() -> World:
    return small()


@pytest.fixture
def built(tmp_path: Path) -> Callable[[World], duckdb.DuckDBPyConnection]:
    """Builds a world and opens the file read-only."""
    from warehouse.build import build

    made: list[duckdb.DuckDBPyConnection] = []

    def make(world: World, **options: Any) -> duckdb.DuckDBPyConnection:
        folder = tmp_path / f"w{len(made)}"
        build(folder / "atlas.duckdb", world.write(folder / "refined"), version="2025-03-01.1", **options)
        made.append(duckdb.connect(str(folder / "atlas.duckdb"), read_only=True))
        return made[-1]

    yield make  # type: ignore[misc]
    for con in made:
        con.close()


def rows(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return con.execute(sql, values).fetchall()


def tell(lines: Iterable[Any]) -> str:
    return "\n".join(map(str, lines))
