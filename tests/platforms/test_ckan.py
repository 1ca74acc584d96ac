"""CKAN from PyPI with PostgreSQL from Debian: 123 data sets, harvested by the action API, one edited, one deleted.

Solr, which no package registry has, is stood in for by ``ckan/solr.py``; everything else that answers is CKAN's own code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_server import make_card
from servers import LOOPBACK, ROOT, free_port, need, server

from spiders.crawl import HarvestOptions, harvest
from spiders.probe import probe
from spiders.rawzone import RunReport, versions

HOST = "ckan.test"
BIN = ROOT / ".venv-ckan" / "bin"
SITE = Path(__file__).parent / "ckan"


@dataclass
class Ckan:
    port: int
    data: Path
    do: Callable[[str], None]
    #: another port, where the same CKAN says in robots.txt that its API may be read
    open_port: int

    def options(self, port: int | None = None) -> HarvestOptions:
        return HarvestOptions(resolve={HOST: (LOOPBACK, port or self.open_port)}, settings={"DOWNLOAD_DELAY": 0}, timeout=300)

    def harvest(self, card, n: int, *, port: int | None = None) -> RunReport:
        return harvest(card, data=self.data, run_id=f"2025-01-{n:02}.1", options=self.options(port))


@pytest.fixture(scope="module")
def ckan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ckan]:
    postgres = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/usr/lib/postgresql/bin"))
    need(str(BIN / "ckan"), str(postgres / "initdb"))
    folder = tmp_path_factory.mktemp("ckan")
    home = Path(tempfile.mkdtemp(prefix="eduatlas-postgres-"))  # PostgreSQL refuses root, and its own user cannot enter pytest's folder
    user = []
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
        user = ["runuser", "-u", "postgres", "--"]
    database, solr, closed, opened = (free_port() for _ in range(4))

    def run(*command: str | Path) -> str:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300, cwd="/")
        assert not done.returncode, done.stdout + done.stderr[-3000:]
        return done.stdout

    def configured(name: str, *more: str) -> Path:
        ini = folder / name
        shutil.copy(folder / "ckan.ini", ini)
        settings = [
            f"sqlalchemy.url=postgresql://ckan@{LOOPBACK}:{database}/postgres",
            f"solr_url=http://{LOOPBACK}:{solr}/solr/ckan",
            f"ckan.site_url=http://{HOST}",
            f"ckan.storage_path={folder}",
            *more,
        ]
        run(BIN / "ckan", "config-tool", ini, *settings)
        return ini

    def serve(ini: Path, port: int):
        command = [str(BIN / "ckan"), "-c", str(ini), "run", "-H", LOOPBACK, "-p", str(port), "--disable-reloader"]
        return server(command, port, folder / f"{ini.stem}.log")

    try:
        run(*user, postgres / "initdb", "-D", home / "data", "-U", "ckan", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        started = [*user, str(postgres / "postgres"), "-D", str(home / "data"), "-p", str(database), "-h", LOOPBACK, "-k", str(home)]
        with (
            server([*started, "-c", "fsync=off"], database, folder / "postgres.log"),
            server([str(BIN / "python"), str(SITE / "solr.py"), str(solr)], solr, folder / "solr.log"),
        ):
            run(BIN / "ckan", "generate", "config", folder / "ckan.ini")
            usual = configured("usual.ini")
            run(BIN / "ckan", "-c", usual, "db", "init")

            def do(what: str) -> None:
                assert run(BIN / "python", SITE / "do.py", usual, what).strip().endswith("done")

            do("seed")
            allowing = configured("open.ini", f"extra_template_paths={SITE / 'open'}")
            with serve(usual, closed), serve(allowing, opened):
                yield Ckan(closed, folder / "data", do, opened)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def card(**options):
    return make_card({"platform": "ckan", "url": f"http://{HOST}/api/3/action", **options}, homepage=f"http://{HOST}/")


def test_first_second_and_third_harvest(ckan):
    first = ckan.harvest(card(fields={"budget": "extras.Budget"}), 1)
    assert (first.counts["found"], first.claimed, first.errors) == (123, 123, [])
    rows = {r["title"]: r for r in versions(ckan.data / "raw", "at-test")}
    one = rows["Programm Digitale Bildung 6"]
    assert (one["organisation"], one["budget"], one["period"]) == ("Ministerium für Bildung", "6 Mio. EUR", "2021-2024")
    assert one["description"] == "Das Programm 6 stattet Schulen mit Geräten aus und bildet Lehrkräfte fort."
    assert one["topic"].split("; ") == ["Schule", "digitale-bildung", "jahr 2021"]
    assert (one["url"], one["official_url"]) == (f"http://{HOST}/dataset/programm-6", "https://programm.test/6")
    assert one["licence"].startswith("http") and "Entwurf" not in rows

    second = ckan.harvest(card(fields={"budget": "extras.Budget"}), 2)
    assert (second.counts["unchanged"], second.counts["changed"], second.counts["missing"]) == (123, 0, 0)
    assert second.counts["bytes"] < 0.2 * first.counts["bytes"]

    ckan.do("change")
    ckan.do("delete")
    third = ckan.harvest(card(fields={"budget": "extras.Budget"}), 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 121, 1)
    rows = {r["title"]: r for r in versions(ckan.data / "raw", "at-test") if not r["seen_until"]}
    assert rows["Programm Digitale Bildung 7"]["description"] == "Das Programm 7 wurde verlängert."


def test_organisations_and_filters(ckan, tmp_path):
    report = harvest(
        card(organisations=["agentur"], filter="tags:digitale-bildung"), data=tmp_path, run_id="2025-01-01.1", options=ckan.options()
    )
    assert report.errors == []
    assert {r["organisation"] for r in versions(tmp_path / "raw", "at-test")} == {"Agentur für digitale Schulen"}
    assert report.claimed == report.counts["found"] in (61, 62)  # one of them is deleted by a test


def test_what_ckan_refuses_is_said(ckan, tmp_path):
    report = harvest(card(query="{!terms f=id}x"), data=tmp_path, run_id="2025-01-01.1", options=ckan.options())
    assert report.counts["found"] == 0
    assert any("CKAN refuses" in e["reason"] for e in report.errors)


def test_a_ckan_as_it_comes_keeps_robots_out_of_its_api(ckan, tmp_path):
    report = harvest(card(), data=tmp_path, run_id="2025-01-01.1", options=ckan.options(ckan.port))
    assert report.counts["found"] == 0
    assert any("robots.txt disallows it" in e["reason"] for e in report.errors)


def test_a_portal_that_nobody_described(ckan):
    seen = probe(f"http://{HOST}/", ckan.options())
    assert seen.harvest is not None
    assert (seen.harvest.platform, seen.harvest.url) == ("ckan", f"http://{HOST}/api/3/action")
    assert seen.found >= 100 and len(seen.samples) == 3
