"""Replay and retention: the archive gives the same listings without network."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from portal_server import HOST, Answer, Site, detail, links, make_card

from spiders.crawl import HarvestOptions, harvest
from spiders.errors import InputError
from spiders.rawzone import history
from spiders.replay import replay
from spiders.retention import KEPT, retain


def card(**fields):
    fields = {"title": "h1", "description": "div.text", **fields}
    facts = [{"box": "dl", "kind": "dl"}]
    return make_card({"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "fields": fields, "facts": facts})


@pytest.fixture(scope="module")
def harvested(tmp_path_factory):
    """Unchanged by ETag, unchanged by digest, changed, moved, gone, reserved; over three runs."""
    site, data = Site(), tmp_path_factory.mktemp("data")

    def run(number):
        harvest(card(), data=data, run_id=f"2025-01-0{number}.1", options=HarvestOptions(resolve={HOST: site.address}))

    site.etags("/e", detail("E", facts={"Laufzeit": "2020"}), "e")
    site.routes |= {p: detail(p, facts={"Budget": "1 Mio. EUR"}) for p in ("/d", "/c", "/m", "/g")}
    site.routes |= {
        "/list": links("/e", "/d", "/c", "/m", "/g", "/r"),
        "/r": Answer(detail("R", text="secret"), headers={"tdm-reservation": "1"}),
    }
    run(1)
    site.routes |= {"/c": detail("/c", text="changed"), "/n": detail("/m"), "/m": Answer(status=301, headers={"Location": "/n"})}
    site.routes["/list"] = links("/e", "/d", "/c", "/n", "/g", "/r")
    run(2)
    site.routes["/list"] = links("/e", "/d", "/c", "/n", "/r")
    site.routes["/g"] = Answer("", 410)
    run(3)
    site.stop()
    return data


@pytest.fixture
def three_runs(harvested, tmp_path):
    shutil.copytree(harvested, tmp_path, dirs_exist_ok=True)


def test_replay_gives_the_same_listings(three_runs, tmp_path):
    for workers in (1, 2):
        again = replay(card(), data=tmp_path, workers=workers)
        assert again.problems == []
        assert again.different == []
        assert len(again.same) == 4
        assert again.kept == [f"at-test:http://{HOST}/r"]
        stored = {r.record_id: r.versions[-1].listing for r in history(tmp_path / "raw", "at-test").records.values() if r.status != "gone"}
        assert {row["record_id"]: row for row in again.listings} == stored
    first = replay(card(), data=tmp_path, run_id="2025-01-01.1")
    assert len(first.same) == 5
    assert {r["title"] for r in first.listings} == {"E", "/d", "/c", "/m", "/g", "R"}


def damage(path, record_id):
    """Breaks the line of a listing."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    broken = [line if f'"{record_id}"' not in line else line.replace("{", "", 1) for line in lines]
    assert broken != lines
    path.write_text("".join(broken), encoding="utf-8")


def test_what_is_damaged_is_read_again(three_runs, tmp_path):
    before = replay(card(), data=tmp_path)
    runs = tmp_path / "raw" / "at-test"
    damage(runs / "2025-01-01.1" / "listings.jsonl", f"at-test:http://{HOST}/d")
    assert replay(card(), data=tmp_path) == before
    damage(runs / "2025-01-03.1" / "sightings.jsonl", f"at-test:http://{HOST}/e")
    again = replay(card(), data=tmp_path)
    assert {row["record_id"] for row in again.listings} >= {f"at-test:http://{HOST}/e", f"at-test:http://{HOST}/c"}
    damage(runs / "2025-01-01.1" / "listings.jsonl", f"at-test:http://{HOST}/r")
    assert "neither" in dict(replay(card(), data=tmp_path).problems)[f"at-test:http://{HOST}/r"]


def test_replay_with_a_changed_card(three_runs, tmp_path):
    again = replay(card(description="h1"), data=tmp_path)
    assert len(again.different) == 4
    assert all(r["description"] == r["title"] for r in again.listings if r["record_id"] not in again.kept)


def test_replay_of_no_run(tmp_path):
    with pytest.raises(InputError, match="no complete run"):
        replay(card(), data=tmp_path)


def test_retention_keeps_the_last_response_of_every_listing(three_runs, tmp_path):
    raw = tmp_path / "raw"
    before = replay(card(), data=tmp_path)
    now = datetime(2100, 1, 1, tzinfo=UTC)
    freed = retain(raw, "at-test", days=30, now=now)
    assert freed.pages >= 3
    assert freed.bytes > 0
    assert not (raw / "at-test/2025-01-01.1/pages.warc.gz").exists()
    assert (raw / "at-test/2025-01-01.1" / KEPT).exists()
    after = replay(card(), data=tmp_path)
    assert replace(after) == before
    assert retain(raw, "at-test", days=30, now=now).pages == 0
    assert retain(raw, "at-test", days=100_000).pages == 0
