"""A repository on pyoai: tokens, a changed and a deleted record between runs, an error answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from portal_server import make_card
from servers import LOOPBACK, ROOT, free_port, need, server

from spiders.crawl import HarvestOptions, harvest
from spiders.rawzone import RunReport, versions

HOST = "oai.test"
PYTHON = ROOT / ".venv-oai" / "bin" / "python"


@dataclass
class Repository:
    file: Path
    port: int
    data: Path

    def write(self, rows) -> None:
        self.file.write_text(json.dumps(rows), encoding="utf-8")

    def harvest(self, card, n: int) -> RunReport:
        options = HarvestOptions(resolve={HOST: (LOOPBACK, self.port)}, settings={"DOWNLOAD_DELAY": 0}, timeout=120)
        return harvest(card, data=self.data, run_id=f"2025-01-{n:02}.1", options=options)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    need(str(PYTHON))
    port = free_port()
    repository = Repository(tmp_path / "records.json", port, tmp_path / "data")
    repository.write([])
    with server([str(PYTHON), str(Path(__file__).with_name("oai_server.py")), str(port), str(repository.file)], port, tmp_path / "log"):
        yield repository


def rows(number=60):
    return [{"id": f"oai:oai.test:{n}", "title": f"Vorhaben {n}", "changed": "2024-01-01T00:00:00"} for n in range(number)]


def card():
    return make_card({"platform": "oai", "url": f"http://{HOST}/oai"}, homepage=f"http://{HOST}/")


def test_records_changes_and_deletions(repository):
    kept = rows()
    repository.write(kept)
    first = repository.harvest(card(), 1)
    assert (first.counts["found"], first.errors) == (60, [])
    one = next(r for r in versions(repository.data / "raw", "at-test") if r["title"] == "Vorhaben 59")
    assert one["record_id"].endswith("oai:oai.test:59")
    assert (one["organisation"], one["url"]) == ("Ministerium für Bildung", "http://oai.test/record/oai:oai.test:59")

    second = repository.harvest(card(), 2)
    assert (second.counts["unchanged"], second.counts["changed"], second.counts["missing"]) == (60, 0, 0)

    # the repository dates its changes after the last run
    now = "2099-01-01T00:00:00"
    kept[5] |= {"title": "Vorhaben 5, verlängert", "changed": now}
    kept[6] |= {"deleted": True, "changed": now}
    repository.write(kept)
    third = repository.harvest(card(), 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 58, 1)


def test_a_repository_without_records(repository):
    report = repository.harvest(card(), 1)
    assert report.counts["found"] == 0
    assert "noRecordsMatch" in report.errors[0]["reason"]
    assert report.run["short"]
