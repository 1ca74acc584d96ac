"""Forgetting in the raw zone, over real harvests: nothing of it stays, everything else does, and a kill at any step is made good."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from portal_server import HOST, Answer, detail, links, make_card

from spiders.archive import Archive, members
from spiders.forgetting import erase, find, mark, records_at, visited
from spiders.rawzone import history, versions
from spiders.replay import replay
from spiders.retention import retain

SECRET = "Geheime Beschreibung der Wunderschule am See, die niemand mehr lesen soll"
GONE = f"at-test:http://{HOST}/b"
#: what the portal says of its neighbour is long, so that it lies in a page of its own
STAYS = "Nachbarin bleibt"


def card():
    return make_card(
        {"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "fields": {"title": "h1", "description": "div.text"}}
    )


def contents(folder: Path) -> dict[str, str]:
    """Every file below, unpacked."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        body = path.read_bytes()
        found[path.relative_to(folder).as_posix()] = (gzip.decompress(body) if path.suffix == ".gz" else body).decode("utf-8", "replace")
    return found


def holding(folder: Path, *words: str) -> list[str]:
    return [name for name, text in contents(folder).items() if any(w in text for w in words)]


@pytest.fixture
def raw(site, run, tmp_path):
    """Three runs: the listing appears, changes, and its neighbour answers 304."""
    site.etags("/list", links("/a", "/b"), "l1")
    site.etags("/a", detail("Nachbarin", text=STAYS), "a1")
    site.etags("/b", detail("Wunderschule am See", text=SECRET), "b1")
    run(card(), 1)
    site.etags("/b", detail("Wunderschule am See", text=SECRET + " und später mehr"), "b2")
    run(card(), 2)
    run(card(), 3)
    return tmp_path / "raw"


def traces(raw):
    return find(raw, "at-test", records_at(raw, "at-test", f"https://www.{HOST}/b/"))


def test_nothing_of_it_stays_and_the_neighbour_does(raw, tmp_path):
    before = [v for v in versions(raw, "at-test") if v["record_id"] != GONE]
    assert len(holding(raw, SECRET)) == 4 and visited(raw, "at-test", f"http://{HOST}/b")
    found = traces(raw)
    assert found.records == {GONE} and found.marks == {mark(GONE), mark(f"{HOST}/b")}
    done = erase(raw, found)
    assert (done.listings, done.sightings, len(done.runs)) == (2, 3, 3) and done.pages == 4
    assert holding(raw, SECRET, "Wunderschule", f"{HOST}/b", '"/b"') == []
    assert versions(raw, "at-test") == before and STAYS in str(before)
    again = replay(card(), data=tmp_path)
    assert (len(again.same), again.different, again.problems) == (1, [], [])
    assert not visited(raw, "at-test", f"http://{HOST}/b")


def test_forgetting_twice_changes_nothing(raw):
    found = traces(raw)
    erase(raw, found)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in raw.rglob("*") if p.is_file()}
    done = erase(raw, found)
    assert (done.listings, done.sightings, done.pages, done.runs) == (0, 0, 0, set())
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in raw.rglob("*") if p.is_file()} == before
    assert not list(raw.rglob(".*"))


def test_every_offset_still_leads_to_its_page(raw):
    erase(raw, traces(raw))
    archive, read = Archive(raw / "at-test"), 0
    for folder in (raw / "at-test").iterdir():
        for n, row in archive.rows(folder.name).items():
            if row.get("body") == [folder.name, n]:
                assert archive.page(folder.name, n).url == row["url"]
                read += 1
        for path in folder.glob("*.warc.gz"):
            assert [m.head["warc-type"] for m in members(path, ())][0] == "warcinfo"
    assert read >= 1


def test_it_comes_back_unless_it_is_barred_and_then_no_byte_of_it_is_stored(raw, site, run):
    found = traces(raw)
    erase(raw, found)
    site.hits.clear()
    fourth = run(card(), 4, barred=frozenset(found.marks))
    assert "/b" not in [h.path for h in site.hits] and fourth.counts["found"] == 1
    assert holding(fourth.folder, "Wunderschule", SECRET, '/b"') == []
    assert history(raw, "at-test").records.keys() == {f"at-test:http://{HOST}/a"}
    assert STAYS in str(versions(raw, "at-test"))
    fifth = run(card(), 5)
    assert fifth.counts["new"] == 1 and holding(fifth.folder, SECRET)


def test_a_redirect_does_not_bring_the_barred_back(raw, site, run):
    found = traces(raw)
    erase(raw, found)
    site.routes["/list"] = links("/a", "/short")
    site.routes["/short"] = Answer("", 302, {"Location": "/b"})
    fourth = run(card(), 4, barred=frozenset(found.marks))
    assert fourth.counts["found"] == 1 and holding(fourth.folder, "Wunderschule", SECRET) == []


def test_an_interrupted_run_that_holds_it_goes_whole(raw):
    found = traces(raw)
    other = raw / "at-test" / "2025-01-09.1"
    shutil.copytree(raw / "at-test" / "2025-01-01.1", other)
    (other / "run.json").unlink()
    warc = other / "pages.warc.gz"
    warc.write_bytes(warc.read_bytes()[:-40])
    erase(raw, found)
    assert not other.exists() and holding(raw, SECRET) == []


def test_a_damaged_archive_loses_no_neighbour_that_can_be_read(raw):
    found = traces(raw)
    first = sorted((raw / "at-test").iterdir())[0]
    warc = first / "pages.warc.gz"
    rows = [json.loads(line) for line in (first / "pages.jsonl").read_text().splitlines()]
    at = next(r["offset"] for r in rows if r["url"].endswith("/list"))
    body = bytearray(warc.read_bytes())
    body[at + 2] ^= 0xFF
    warc.write_bytes(body)
    erase(raw, found)
    assert [m.text for p in first.glob("*.warc.gz") for m in members(p, ()) if STAYS in m.text]
    assert holding(raw, SECRET, "Wunderschule") == []


def test_retention_after_forgetting_and_forgetting_after_retention(raw, tmp_path):
    erased = tmp_path / "other"
    shutil.copytree(raw, erased / "raw")
    found = traces(raw)
    erase(raw, found)
    retain(raw, "at-test", days=0)
    retain(erased / "raw", "at-test", days=0)
    erase(erased / "raw", found)
    for place in (tmp_path, erased):
        assert holding(place / "raw", SECRET, "Wunderschule") == []
        again = replay(card(), data=place)
        assert (len(again.same), again.problems) == (1, [])


def test_a_kill_at_every_step_is_made_good_by_the_next_pass(raw, tmp_path, killed_at):
    found = traces(raw)
    clean = tmp_path / "clean"
    shutil.copytree(raw, clean)
    erase(clean, found)
    expected, step = contents_but_names(clean), 0
    while True:
        step += 1
        place = tmp_path / f"killed-{step}"
        shutil.copytree(raw, place)
        if not killed_at(step, lambda place=place: erase(place, found)):
            break
        # between the kill and the next pass, what is left can be read
        assert [v for v in versions(place, "at-test") if v.get("record_id") != GONE] == versions(clean, "at-test")
        erase(place, found)
        assert holding(place, SECRET, "Wunderschule", f"{HOST}/b") == [], step
        assert contents_but_names(place) == expected, step
        assert not list(place.rglob(".*"))
    assert step > 10


def contents_but_names(folder: Path) -> list[str]:
    """What the files say, whatever number an archive has."""
    return sorted(text for name, text in contents(folder).items() if not name.endswith("pages.jsonl")) + sorted(
        "".join(sorted(json.dumps({k: v for k, v in json.loads(line).items() if k != "warc"}) for line in text.splitlines()))
        for name, text in contents(folder).items()
        if name.endswith("pages.jsonl")
    )
