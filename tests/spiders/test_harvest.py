"""A harvest over real HTTP: each platform, from the portal to the raw zone."""

from __future__ import annotations

import json

import pytest
from portal_server import HOST, detail, links, make_card

from spiders.errors import StorageError
from spiders.rawzone import complete_runs, interrupted_runs, versions


def html_card(**options):
    return make_card(
        {
            "platform": "html",
            "url": f"http://{HOST}/list",
            "links": "a.entry",
            "next": "a.next",
            "fields": {"title": "h1", "description": "div.text"},
            "facts": [{"box": "dl.facts", "kind": "dl"}],
            **options,
        }
    )


def test_html_listing_to_detail(site, run, tmp_path):
    site.routes |= {
        "/list": links("/a", "/b", more="<a class='next' href='/list?page=2'>weiter</a>"),
        "/list?page=2": links("/c", "/a"),
        "/a": detail("Plan A", facts={"Laufzeit:": "2020 bis 2024"}),
        "/b": detail("Plan B"),
        "/c": detail("Plan C"),
    }
    report = run(html_card())
    assert report.counts["found"] == report.counts["new"] == 3
    assert report.errors == []
    rows = {r["title"]: r for r in versions(tmp_path / "raw", "at-test")}
    assert rows["Plan A"]["record_id"] == f"at-test:http://{HOST}/a"
    assert rows["Plan A"]["period"] == "2020 bis 2024"
    assert rows["Plan A"]["labels"] == {"Laufzeit": ["2020 bis 2024"]}
    assert rows["Plan A"]["sources"]["period"] == "label Laufzeit"
    assert rows["Plan A"]["description"] == "<p>About it.</p>"
    assert rows["Plan A"]["language"] == "de"
    raw = (tmp_path / "raw").rglob("*.jsonl")
    assert all("127.0.0.1" not in p.read_text() and str(site.address[1]) not in p.read_text() for p in raw)


def test_html_items_on_one_page(site, run, tmp_path):
    site.routes["/list"] = (
        "<html><body><section id='x'><h3>Eins</h3><p>2021</p></section><section id='y'><h3>Zwei</h3></section>"
        "<section><h3>Ohne</h3></section></body></html>"
    )
    card = make_card(
        {"platform": "html", "url": f"http://{HOST}/list", "items": "section", "key": "::self@id", "fields": {"title": "h3", "start": "p"}}
    )
    report = run(card)
    rows = {r["record_id"]: r for r in versions(tmp_path / "raw", "at-test")}
    assert set(rows) == {f"at-test:http://{HOST}/list#x", f"at-test:http://{HOST}/list#y"}
    assert rows[f"at-test:http://{HOST}/list#x"]["shared_page"] is True
    assert rows[f"at-test:http://{HOST}/list#x"]["start"] == "2021"
    assert [e["reason"] for e in report.errors] == ["the block 'Ohne' has neither key nor address of its own"]


def wp_entry(number, **more):
    return {
        "id": number,
        "type": "initiative",
        "link": f"http://{HOST}/i/{number}",
        "title": {"rendered": f"Initiative {number}"},
        "content": {"rendered": "<p>Text</p>"},
        "date_gmt": "2024-01-01T00:00:00",
        "modified_gmt": "2024-02-01T00:00:00",
        "acf": {"laufzeit": "2020-2024"},
        "_embedded": {"wp:term": [[{"taxonomy": "region", "name": "Tirol"}, {"taxonomy": "region", "name": "Wien"}]]},
        **more,
    }


def test_wordpress_pages(site, run, tmp_path):
    pages = {1: [wp_entry(1), wp_entry(2)], 2: [wp_entry(3)]}

    def answer(hit):
        from portal_server import Answer

        number = 2 if "&page=2&" in hit.path else 1
        return Answer(json.dumps(pages[number]), headers={"Content-Type": "application/json", "X-WP-TotalPages": "2", "X-WP-Total": "3"})

    site.routes["/wp-json/wp/v2/initiative"] = answer
    card = make_card(
        {
            "platform": "wordpress",
            "url": f"http://{HOST}/wp-json/",
            "types": ["initiative"],
            "fields": {"period": "acf.laufzeit", "place": "taxonomy:region"},
            "language": "de",
        }
    )
    report = run(card)
    assert (report.counts["found"], report.claimed, report.run["coverage"]) == (3, 3, 1.0)
    row = next(r for r in versions(tmp_path / "raw", "at-test") if r["record_id"] == "at-test:wp:initiative:1")
    assert (row["period"], row["place"], row["language"], row["url"]) == ("2020-2024", "Tirol; Wien", "de", f"http://{HOST}/i/1")


def test_feed(site, run, tmp_path):
    from portal_server import Answer

    site.routes["/feed"] = Answer(
        "<?xml version='1.0'?><rss version='2.0'><channel><language>sk</language><item><title>Digi</title><link>http://portal.test/d?utm_source=rss</link>"
        "<guid>tag:1</guid><description>Opis</description></item></channel></rss>",
        headers={"Content-Type": "application/rss+xml"},
    )
    run(make_card({"platform": "feed", "url": f"http://{HOST}/feed"}))
    (row,) = versions(tmp_path / "raw", "at-test")
    assert (row["record_id"], row["language"], row["url"]) == ("at-test:tag:1", "sk", f"http://{HOST}/d?utm_source=rss")


def test_a_run_is_written_once(site, run, tmp_path):
    site.routes |= {"/list": links("/a"), "/a": detail("A")}
    run(html_card())
    with pytest.raises(StorageError, match="complete"):
        run(html_card())
    assert len(complete_runs(tmp_path / "raw", "at-test")) == 1
    assert interrupted_runs(tmp_path / "raw", "at-test") == []


def test_second_run_sights_what_did_not_change(site, run, tmp_path):
    site.routes |= {"/list": links("/a", "/b", "/c"), "/a": detail("A"), "/b": detail("B"), "/c": detail("C")}
    first = run(html_card(), 1)
    site.routes |= {"/list": links("/a", "/b"), "/b": detail("B", text="other")}
    second = run(html_card(), 2)
    assert {k: second.counts[k] for k in ("found", "new", "changed", "unchanged", "missing", "gone")} == {
        "found": 2, "new": 0, "changed": 1, "unchanged": 1, "missing": 1, "gone": 0,
    }  # fmt: skip
    del site.routes["/c"]
    third = run(html_card(), 3)
    assert third.counts["gone"] == 1
    rows = versions(tmp_path / "raw", "at-test")
    b = [r for r in rows if r["title"] == "B"]
    assert [(r["seen_until"], r["last_seen"]) for r in b] == [(second.started, first.started), (None, third.started)]
    (c,) = [r for r in rows if r["title"] == "C"]
    assert (c["listing_status"], c["seen_until"]) == ("gone", third.started)
