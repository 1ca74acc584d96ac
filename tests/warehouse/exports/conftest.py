"""A release with every trap that an export can fall into, made once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import build, exports

VERSION = "2025-03-01.1"
#: what a spreadsheet would run, markup, quotes, breaks, control characters, and characters beyond the first plane
NASTY = '=HYPERLINK("http://x.example","a") & <b>"q"</b>\\ \n\u0007\u0000é 🙂 ]]> \u2028'
SENTENCE = "Věta portálu, kterou licence nedovoluje šířit dál."
FREE = "Ein Satz, der frei ist <&> =1+1."


def telling(world: Any) -> Any:
    """Seven initiatives on three portals over two runs, with relations of every kind and what is hard to write."""
    world = type(world)()
    world.portal("cz-a").portal("eu-b", country="EU", authority="supranational", level="supranational", reuse="facts-only")
    world.portal(
        "de-c", country="DE", languages=["de"], licence="https://creativecommons.org/licenses/by/4.0/", publisher="Amt & Söhne <x>"
    )
    world.run("2025-01-10.1").run("2025-03-01.1")
    plan = {"title": "Strategie 2030+", "kind": "strategy", "start_date": "2020-01-01", "start_precision": "year"}
    world.listing("ea-0000000001", "cz-a:1", "2025-01-10.1", until="2025-03-01.1", **plan)
    world.listing("ea-0000000001", "cz-a:1", "2025-03-01.1", end_date="2030-12-31", end_precision="year", **plan)
    world.listing(
        "ea-0000000001", "eu-b:9", "2025-01-10.1", portal="eu-b", title="Strategy 2030+", language="en", kind="strategy", reuse="facts-only"
    )
    world.listing("ea-0000000002", "cz-a:2", "2025-01-10.1", title="Digitální škola", kind="programme", topics=["digital-competence"])
    world.listing("ea-0000000003", "cz-a:3", "2025-03-01.1", title="Pilot tablety", kind="pilot", description="Věta portálu.")
    world.add(
        "relations",
        {"source_id": "ea-0000000003", "target_id": "ea-0000000002", "relation": "part_of", "score": 0.8, "evidence": "pilot of"},
    )
    common = {"language": "de", "country": "DE", "portal": "de-c"}
    hard: dict[str, Any] = {
        "title": NASTY.replace("\u0000", ""),
        "acronym": "+DP",
        "official_url": 'https://example.org/a b<c>?q="1"|2',
        "description": FREE,
    }
    hard |= {"organisation": "Müller; Söhne", "organisation_id": "de-müller söhne", "organisations": ["Müller; Söhne", '@x "y"']}
    codes: dict[str, Any] = {
        "topics": ["devices", "teacher-training"],
        "education_levels": ["isced-1"],
        "target_groups": ["pupils"],
        "eurovoc": ["437655"],
    }
    codes |= {"nuts": ["DE3", "DEA11"], "kind": "programme", "deap_priorities": ["deap-2021-p1"]}
    known = {"start_date": "1850-01-01", "start_precision": "year", "budget_amount": 1234.5, "budget_currency": "EUR", "budget_eur": 1234.5}
    world.listing("ea-000000000a", "de-c:1", "2025-01-10.1", **hard, **codes, **known, **common)
    world.listing("ea-000000000b", "de-c:2", "2025-01-10.1", title="Vorgänger", description="w" * 40_000, **common)
    world.listing("ea-000000000c", "de-c:3", "2025-03-01.1", title="Umsetzung", country="GR", language="und", portal="de-c")
    world.listing(
        "ea-000000000d",
        "eu-b:77",
        "2025-01-10.1",
        portal="eu-b",
        title="Geschlossen",
        reuse="facts-only",
        description=SENTENCE,
        country="EU",
    )
    world.add(
        "relations",
        {"source_id": "ea-000000000a", "target_id": "ea-000000000b", "relation": "successor_of", "score": 0.9, "evidence": 'years "2020"'},
        {"source_id": "ea-000000000c", "target_id": "ea-000000000a", "relation": "implements", "score": 0.7, "evidence": "names it"},
    )
    world.add("redirects", {"old_id": "ea-00000000zz", "new_id": "ea-000000000a", "at": "2025-02-01T00:00:00Z", "reason": "the same"})
    return world


def make(world: Any, folder: Path, *, threads: int | None = None, kind: str = "live") -> Path:
    """A release's folder with every export, those that describe the others last."""
    folder.mkdir(parents=True)
    build.build(folder / "eduatlas.duckdb", world.write(folder.parent / f"{folder.name}-refined"), version=VERSION, threads=threads)
    with duckdb.connect(str(folder / "eduatlas.duckdb"), read_only=True) as con:
        source = exports.Source(con, VERSION, build.SCHEMA_VERSION, kind)
        for export in sorted(exports.chosen(), key=lambda e: (getattr(e, "LAST", False), e.NAME)):
            place = folder / export.NAME
            place.mkdir()
            export.write(source, place)
    return folder


@pytest.fixture(scope="session")
def shelf() -> dict[str, Path]:
    return {}


@pytest.fixture
def maker(world: Any) -> Callable[..., Path]:
    """Makes another release of the same world."""
    told = telling(world)
    return lambda folder, **options: make(told, folder, **options)


@pytest.fixture
def release(maker: Callable[..., Path], shelf: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release; made once, read it only."""
    if "release" not in shelf:
        shelf["release"] = maker(tmp_path_factory.mktemp("exports") / "release")
    return shelf["release"]
