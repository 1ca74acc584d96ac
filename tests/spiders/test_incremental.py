"""Second and later harvests over real HTTP: what did not change is sighted, not fetched or rewritten."""

from __future__ import annotations

import json

from portal_server import HOST, Answer, detail, links, make_card
from warcio.archiveiterator import ArchiveIterator

from spiders.rawzone import history, versions


def card(**more):
    return make_card(
        {"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "fields": {"title": "h1", "description": "div.text"}}, **more
    )


def sightings(report):
    return {
        r["record_id"].removeprefix(f"at-test:http://{HOST}"): r
        for r in map(json.loads, (report.folder / "sightings.jsonl").read_text().splitlines())
    }


def counts(report, *names):
    return tuple(report.counts[n] for n in names)


def warc(report):
    with (report.folder / "pages.warc.gz").open("rb") as f:
        return [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.rec_headers.get_header("WARC-Profile"), r.content_stream().read())
            for r in ArchiveIterator(f, check_digests="raise")
        ]


def test_conditional_requests_and_revisits(site, run, tmp_path):
    """Pages with ETags answer 304; a page without is recognised by its digest. --full asks for everything again."""
    text = "word " * 4000
    site.etags("/list", links("/a", "/b"), "l1")
    site.etags("/a", detail("A", text=text), "a1")
    site.routes["/b"] = detail("B")
    first = run(card(), 1)
    site.hits.clear()
    second = run(card(), 2)
    assert counts(second, "found", "new", "changed", "unchanged") == (2, 0, 0, 2)
    assert (second.folder / "listings.jsonl").read_text() == ""
    assert second.counts["bytes"] <= 0.05 * first.counts["bytes"]
    assert [h.headers.get("if-none-match") for h in site.hits if h.path in ("/list", "/a", "/b")] == ['"l1"', '"a1"', None]
    records = warc(second)
    revisits = {uri.removeprefix(f"http://{HOST}"): profile.rpartition("/")[2] for kind, uri, profile, _ in records if kind == "revisit"}
    assert revisits == {"/list": "server-not-modified", "/a": "server-not-modified", "/b": "identical-payload-digest"}
    assert all(body == b"" for kind, *_, body in records if kind == "revisit")
    site.etags("/a", detail("A", text="new text"), "a2")
    third = run(card(), 3)
    assert counts(third, "new", "changed", "unchanged") == (0, 1, 1)
    assert sightings(third)["/a"]["evidence"]["etag"] == '"a2"'
    site.hits.clear()
    full = run(card(), 4, full=True)
    assert not any("if-none-match" in h.headers for h in site.hits)
    assert counts(full, "new", "changed", "unchanged") == (0, 0, 2)
    assert len(versions(tmp_path / "raw", "at-test")) == 3


def wp(site, entries):
    def answer(hit):
        query = dict(p.split("=", 1) for p in hit.path.partition("?")[2].split("&"))
        chosen = [e for e in entries if "include" not in query or str(e["id"]) in query["include"].split(",")]
        if "_fields" in query:
            chosen = [{k: e[k] for k in query["_fields"].split(",") if k in e} for e in chosen]
        start = (int(query.get("page", 1)) - 1) * 100
        pages = max(1, -(-len(chosen) // 100))
        headers = {"Content-Type": "application/json", "X-WP-TotalPages": str(pages), "X-WP-Total": str(len(chosen))}
        return Answer(json.dumps(chosen[start : start + 100]), headers=headers)

    site.routes["/wp-json/wp/v2/initiative"] = answer


def entry(number, modified="2024-02-01T00:00:00"):
    return {
        "id": number, "type": "initiative", "link": f"http://{HOST}/i/{number}", "title": {"rendered": f"Initiative {number}"},
        "content": {"rendered": f"<p>{'Text ' * 400}</p>"}, "modified_gmt": modified,
    }  # fmt: skip


def test_wordpress_reads_only_what_changed(site, run):
    entries = [entry(n) for n in range(1, 131)]
    wp(site, entries)
    door = make_card({"platform": "wordpress", "url": f"http://{HOST}/wp-json/", "types": ["initiative"]})
    first = run(door, 1)
    assert counts(first, "found", "new") == (130, 130)
    second = run(door, 2)
    assert counts(second, "found", "unchanged") == (130, 130)
    assert second.counts["bytes"] <= 0.05 * first.counts["bytes"]
    entries[7] = entry(8, "2024-05-05T00:00:00") | {"title": {"rendered": "Renamed"}}
    del entries[-1]
    site.hits.clear()
    third = run(door, 3)
    assert counts(third, "found", "changed", "unchanged", "missing", "gone") == (129, 1, 128, 0, 1)  # its own page answers 404
    assert [p for p in site.paths() if "include" in p][0].count("include=8&") == 1
    assert third.run["coverage"] == 1.0


def test_moved_listings_keep_their_name(site, run, tmp_path):
    """By redirect from the old address, by rel=canonical to it, and by looking up an address that left the list."""
    site.routes |= {"/list": links("/a", "/b", "/c"), "/a": detail("A"), "/b": detail("B"), "/c": detail("C")}
    run(card(), 1)
    site.routes |= {
        "/list": links("/a", "/new-b", "/new-c"),
        "/a": Answer(status=301, headers={"Location": "/new-a"}),
        "/new-a": detail("A"),
        "/b": Answer("", 404),
        "/new-b": detail("B", head=f"<link rel='canonical' href='http://{HOST}/b'>"),
        "/c": Answer(status=301, headers={"Location": "/new-c"}),
        "/new-c": detail("C"),
    }
    second = run(card(), 2)
    assert set(sightings(second)) == {"/a", "/b", "/c"}
    assert counts(second, "found", "new", "changed", "missing", "gone") == (3, 0, 3, 0, 0)
    assert sightings(second)["/c"]["evidence"]["moved_from"] == f"http://{HOST}/c"
    site.routes["/list"] = links("/new-a", "/new-b", "/new-c")
    site.routes |= {"/a": Answer("", 404), "/c": Answer("", 404)}
    third = run(card(), 3)
    assert counts(third, "found", "new", "changed", "unchanged", "gone") == (3, 0, 0, 3, 0)
    assert history(tmp_path / "raw", "at-test").quarantine == []


def test_a_careless_canonical_makes_no_two_listings_one(site, run):
    head = f"<link rel='canonical' href='http://{HOST}/'>"
    site.routes |= {"/list": links("/a", "/b")} | {p: detail(p, head=head) for p in ("/a", "/b", "/c")}
    assert run(card(), 1).counts["found"] == 2
    site.routes["/list"] = links("/c", "/a", "/b")
    second = run(card(), 2)
    assert counts(second, "found", "new", "unchanged") == (3, 1, 2)


def test_missing_three_times_is_gone_and_returns_as_new(site, run, tmp_path):
    site.routes |= {"/list": links("/a", "/b"), "/a": detail("A"), "/b": detail("B")}
    run(card(), 1)
    site.routes["/list"] = links("/a")
    seen = [sightings(run(card(), n))["/b"] for n in (2, 3, 4)]
    assert [s["status"] for s in seen] == ["missing", "missing", "gone"]
    assert [s["evidence"]["missing_runs"] for s in seen] == [1, 2, 3]
    assert seen[0]["evidence"]["status"] == 200
    fifth = run(card(), 5)
    assert "/b" not in sightings(fifth)
    site.routes["/list"] = links("/a", "/b")
    assert counts(run(card(), 6), "new", "unchanged") == (1, 1)
    b = [r for r in versions(tmp_path / "raw", "at-test") if r["title"] == "B"]
    assert [(r["listing_status"], r["seen_until"] is None) for r in b] == [("active", False), ("active", True)]


def test_a_short_harvest_calls_nothing_missing(site, run):
    second = "<a class='next' href='/list?page=2'>next</a>"
    paged = make_card({"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "next": "a.next", "fields": {"title": "h1"}})
    site.routes |= {"/list": links("/a", more=second), "/list?page=2": links("/b"), "/a": detail("A"), "/b": detail("B")}
    run(paged, 1)
    site.routes["/list?page=2"] = Answer("no", 500)
    report = run(paged, 2, settings={"RETRY_TIMES": 0})
    assert counts(report, "found", "missing", "gone") == (1, 0, 0)
    assert report.short
    site.routes |= {"/list?page=2": links("/b"), "/b": Answer("no", 500)}
    report = run(paged, 3, settings={"RETRY_TIMES": 0})
    assert counts(report, "found", "missing", "gone") == (1, 0, 0)


def test_a_feed_that_moves_on_makes_nothing_missing(site, run, tmp_path):
    """A feed shows its newest entries only: what leaves it is gone when its own address says so, and else stays."""

    def feed(*names):
        items = "".join(f"<item><title>{n}</title><link>http://{HOST}/{n}</link><guid>{n}</guid></item>" for n in names)
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>F</title>{items}</channel></rss>"

    site.routes |= {"/feed": feed("a", "b", "c"), "/b": detail("b")}
    door = make_card({"platform": "feed", "url": f"http://{HOST}/feed"})
    run(door, 1)
    site.routes["/feed"] = feed("d", "a")
    assert counts(run(door, 2), "found", "new", "missing", "gone") == (2, 1, 0, 1)
    known = history(tmp_path / "raw", "at-test").records
    assert {name.removeprefix("at-test:"): r.status for name, r in known.items()} == {
        "a": "active",
        "b": "active",
        "c": "gone",
        "d": "active",
    }


def test_only_accepted_runs_count(site, run):
    """A run that was held back is no basis for the next one."""
    site.routes |= {"/list": links("/a", "/b"), "/a": detail("A"), "/b": detail("B")}
    first = run(card(), 1)
    site.routes["/a"] = detail("Spoilt")
    run(card(), 2)
    site.routes["/a"] = detail("A")
    third = run(card(), 3, accepted=[first.run_id])
    assert counts(third, "changed", "unchanged") == (0, 2)
