"""The raw zone: complete and interrupted runs, damaged lines, versions over runs, storage that fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_server import HOST, Answer, detail, links, make_card

from spiders.errors import HarvestError, StorageError
from spiders.listing import Listing, hash_of
from spiders.rawzone import RawWriter, complete_runs, history, interrupted_runs, run_key, versions


def listing(name, text="x"):
    return Listing(f"p:{name}", "p", f"http://p.test/{name}", name, description=text)


def write(raw, number, seen, *, finish=True):
    """``seen``: name -> text, None for a listing that is missing, False for one that is gone."""
    writer = RawWriter(raw, "p", f"2025-01-{number:02}.1", {})
    known = history(raw, "p").records
    for name, text in seen.items():
        item = listing(name, text or "x")
        before = known.get(item.record_id)
        status = {None: "missing", False: "gone"}.get(text)
        if status is None:
            fresh = before is None or before.status == "gone"
            status = "new" if fresh else "unchanged" if before.content_hash == item.content_hash else "changed"
        if status in ("new", "changed"):
            writer.listing({**item.as_dict(), "content_hash": item.content_hash})
        writer.sighting({"record_id": item.record_id, "content_hash": item.content_hash, "status": status, "url": item.url})
    if finish:
        writer.finish({"counts": {"found": len(seen)}, "errors": [], "started": f"2025-01-{number:02}T00:00:00Z"})
    return writer.folder


def spans(raw):
    return {
        (r["title"], r["description"], r["first_seen"][8:10], r["last_seen"][8:10], (r["seen_until"] or "")[8:10], r["listing_status"])
        for r in versions(raw, "p")
    }


def test_versions_over_runs(tmp_path):
    write(tmp_path, 1, {"a": "one", "b": "x", "c": "x"})
    write(tmp_path, 2, {"a": "two", "b": "x", "c": None})
    write(tmp_path, 3, {"a": "one", "b": False, "c": None})
    write(tmp_path, 4, {"a": "one", "c": None})
    write(tmp_path, 5, {"a": "one", "b": "x"})
    assert spans(tmp_path) == {
        ("a", "one", "01", "01", "02", "active"),
        ("a", "two", "02", "02", "03", "active"),
        ("a", "one", "03", "05", "", "active"),
        ("b", "x", "01", "02", "03", "active"),
        ("b", "x", "05", "05", "", "active"),
        ("c", "x", "01", "01", "04", "gone"),
    }
    assert [r["title"] for r in versions(tmp_path, "p", ["2025-01-01.1"])] == ["a", "b", "c"]
    assert versions(tmp_path, "nobody") == []


def test_a_folder_without_run_json_is_interrupted(tmp_path):
    write(tmp_path, 1, {"a": "one"})
    folder = write(tmp_path, 2, {"a": "two"}, finish=False)
    assert [r.run_id for r in complete_runs(tmp_path, "p")] == ["2025-01-01.1"]
    assert interrupted_runs(tmp_path, "p") == [folder]
    (folder / "run.json").write_text('{"counts": ')
    assert interrupted_runs(tmp_path, "p") == [folder]
    assert len(versions(tmp_path, "p")) == 1


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda line: line[: len(line) // 2], "no JSON"),
        (lambda line: line.replace('"title":"b"', '"title":"B"'), "does not fit its hash"),
        (lambda line: "[1, 2]", "no JSON object"),
        (lambda line: json.dumps({"title": "b"}), "lacks record_id"),
        (lambda line: line.encode("utf-16").decode("latin-1"), "no JSON"),
    ],
)
def test_a_corrupt_line_is_quarantined_and_harms_no_neighbour(tmp_path, damage, reason):
    folder = write(tmp_path, 1, {"a": "x", "b": "x", "c": "x"})
    path = folder / "listings.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], damage(lines[1]), lines[2]]) + "\n", encoding="latin-1")
    rows = versions(tmp_path, "p")
    assert [r["title"] for r in rows if "record_id" in r] == ["a", "c"]
    (bad,) = [r for r in rows if "record_id" not in r]
    assert (bad["portal"], bad["run_id"], bad["source"], bad["line"]) == ("p", "2025-01-01.1", "listings.jsonl", 2)
    assert reason in bad["reason"]
    # the next harvest takes the listing for a new one, and writes it again
    assert history(tmp_path, "p").records["p:b"].content_hash is None


def test_a_damaged_sighting_loses_no_listing(tmp_path):
    folder = write(tmp_path, 1, {"a": "x", "b": "x"})
    path = folder / "sightings.jsonl"
    lines = path.read_text().splitlines()
    path.write_text(lines[0] + "\nrubbish\n")
    rows = versions(tmp_path, "p")
    assert [r["title"] for r in rows if "record_id" in r] == ["a", "b"]
    assert [r["source"] for r in rows if "record_id" not in r] == ["sightings.jsonl"]


def test_the_stored_hash_is_the_listing_s(tmp_path):
    folder = write(tmp_path, 1, {"a": "ž\u2028"})
    (row,) = [json.loads(line) for line in (folder / "listings.jsonl").read_text(encoding="utf-8").split("\n") if line]
    assert hash_of(row) == row["content_hash"] == listing("a", "ž\u2028").content_hash


def test_run_ids(tmp_path):
    assert sorted(["2025-01-01.10", "2025-01-01.9", "2024-12-31.11"], key=run_key) == ["2024-12-31.11", "2025-01-01.9", "2025-01-01.10"]
    with pytest.raises(StorageError, match="is no run id"):
        RawWriter(tmp_path, "p", "today", {})


def test_a_data_folder_that_is_a_file(tmp_path):
    (tmp_path / "raw").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        RawWriter(tmp_path / "raw", "p", "2025-01-01.1", {})


def test_a_full_disk_is_said_and_leaves_no_complete_run(site, run, tmp_path):
    """A limit on the size of files stands for a full disk: writes fail half-way through the crawl."""
    site.routes |= {"/list": links(*[f"/p{i}" for i in range(60)])} | {
        f"/p{i}": detail(f"P{i}", text=os.urandom(20000).hex()) for i in range(60)
    }
    card = make_card(
        {"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "fields": {"title": "h1", "description": "div.text"}}
    )
    script = tmp_path / "limited"
    script.write_text(f"#!/bin/sh\nulimit -f 200\nexec {sys.executable} \"$@\"\n")  # fmt: skip
    script.chmod(0o755)
    with pytest.raises(StorageError, match=r"(?i)file too large"):
        run(card, python=str(script))
    assert complete_runs(tmp_path / "raw", "at-test") == []
    assert len(interrupted_runs(tmp_path / "raw", "at-test")) == 1
    assert run(card, 2).counts["found"] == 60


def test_a_killed_crawl_is_an_interrupted_run(site, run, tmp_path):
    site.routes |= {"/list": links("/a"), "/a": Answer(detail("A"), wait=20)}
    card = make_card({"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "fields": {"title": "h1"}})
    import threading

    def kill():
        while "/a" not in site.paths():
            time.sleep(0.05)
        found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True).stdout
        for line in found.splitlines():
            pid, _, args = line.strip().partition(" ")
            if args.endswith("-m spiders.crawl"):
                os.kill(int(pid), signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(HarvestError, match="was killed"):
        run(card)
    assert [p.name for p in interrupted_runs(tmp_path / "raw", "at-test")] == ["2025-01-01.1"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["one", "two", None]), max_size=3), min_size=1, max_size=5))
def test_every_listing_stands_in_one_version_at_most(tmp_path_factory, runs):
    raw = tmp_path_factory.mktemp("raw")
    seen = set()
    for number, run in enumerate(runs, 1):
        run = {k: v for k, v in run.items() if v is not None or k in seen}
        seen |= {k for k, v in run.items() if v}
        write(raw, number, run)
    by_record = {}
    for row in versions(raw, "p"):
        by_record.setdefault(row["record_id"], []).append(row)
    assert set(by_record) == {f"p:{name}" for name in seen}
    for rows in by_record.values():
        assert sum(r["seen_until"] is None for r in rows) <= 1
        for first, second in zip(rows, rows[1:], strict=False):
            assert first["first_seen"] <= first["last_seen"] <= first["seen_until"] <= second["first_seen"]
