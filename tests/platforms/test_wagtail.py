"""Wagtail from PyPI: 45 programmes of a type of their own, harvested by the pages API, edited, harvested again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_server import make_card
from servers import LOOPBACK, ROOT, free_port, need, server

from spiders.crawl import HarvestOptions, harvest
from spiders.probe import probe
from spiders.rawzone import RunReport, versions

HOST = "wagtail.test"
PYTHON = ROOT / ".venv-wagtail" / "bin" / "python"
SITE = Path(__file__).parent / "wagtail"


@dataclass
class Wagtail:
    port: int
    data: Path
    do: Callable[[str], None]

    def options(self) -> HarvestOptions:
        return HarvestOptions(resolve={HOST: (LOOPBACK, self.port)}, settings={"DOWNLOAD_DELAY": 0}, timeout=300)

    def harvest(self, card, n: int) -> RunReport:
        return harvest(card, data=self.data, run_id=f"2025-01-{n:02}.1", options=self.options())


@pytest.fixture(scope="module")
def wagtail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wagtail]:
    need(str(PYTHON))
    folder = tmp_path_factory.mktemp("wagtail")
    shutil.copytree(SITE, folder / "site", ignore=shutil.ignore_patterns("__pycache__"))

    def do(what: str) -> None:
        done = subprocess.run([PYTHON, "do.py", what], cwd=folder / "site", capture_output=True, text=True, timeout=300)
        assert done.stdout.strip().endswith("done"), done.stdout + done.stderr[-3000:]

    do("migrate")
    do("seed")
    port = free_port()
    command = ["sh", "-c", f'cd "{folder}/site" && exec "{PYTHON}" do.py serve {port}']
    with server(command, port, folder / "log"):
        yield Wagtail(port, folder / "data", do)


def test_first_second_and_third_harvest(wagtail):
    card = make_card(
        {
            "platform": "wagtail",
            "url": f"http://{HOST}/api/v2/pages/",
            "types": ["programmes.ProgrammePage"],
            "fields": {"organisation": "traeger", "period": "laufzeit"},
        },
        homepage=f"http://{HOST}/",
    )
    first = wagtail.harvest(card, 1)
    assert (first.counts["found"], first.claimed, first.errors) == (43, 43, [])
    rows = {r["title"]: r for r in versions(wagtail.data / "raw", "at-test")}
    one = rows["Programm Digitale Schule 3"]
    assert (one["period"], one["organisation"]) == ("2018 bis 2023", "Träger 3")
    assert "Das Programm 3 stattet" in one["description"]
    assert one["url"] == f"http://{HOST}/programm-3/"

    second = wagtail.harvest(card, 2)
    assert (second.counts["unchanged"], second.counts["changed"], second.counts["missing"]) == (43, 0, 0)

    wagtail.do("change")
    wagtail.do("delete")
    third = wagtail.harvest(card, 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 41, 1)


def test_a_portal_that_nobody_described(wagtail):
    seen = probe(f"http://{HOST}/", wagtail.options())
    assert seen.harvest is not None
    assert (seen.harvest.platform, seen.harvest.options) == ("wagtail", {"types": ["programmes.ProgrammePage"]})
    assert seen.found >= 40 and len(seen.samples) == 3
