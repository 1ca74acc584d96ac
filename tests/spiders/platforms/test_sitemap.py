"""Sitemaps over real HTTP: index, gzip, times of change, limits and broken files."""

from __future__ import annotations

import gzip
import json

import pytest
from portal_server import HOST, Answer, detail, make_card

from spiders.errors import CardError
from spiders.page import Page
from spiders.platforms import sitemap
from spiders.platforms.sitemap import Sitemap
from spiders.rawzone import versions

HOME = f"http://{HOST}"
XML = {"Content-Type": "application/xml"}
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def urlset(*entries: tuple[str, str | None], more: str = "") -> str:
    rows = "".join(f"<url><loc>{HOME}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}{more}</url>" for path, at in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{rows}</urlset>'


def index(*paths: str) -> str:
    rows = "".join(f"<sitemap><loc>{HOME}{path}</loc></sitemap>" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {NS}>{rows}</sitemapindex>'


def card(url: str = "/sitemap.xml", **options):
    return make_card({"platform": "sitemap", "url": f"{HOME}{url}", **options})


def packed(text: str) -> Answer:
    return Answer(gzip.compress(text.encode(), mtime=0), headers={"Content-Type": "application/octet-stream"})


def test_index_gzip_and_filters(site, run, tmp_path):
    link = f'<xhtml:link rel="alternate" hreflang="en" href="{HOME}/en/x"/>'
    entries = [("/p/a", "2024-01-01"), ("/p/b", None), ("/p/b", None), ("/p/c.pdf", None), ("/news/n", None)]
    site.routes |= {
        "/robots.txt": Answer(f"User-agent: *\nAllow: /\nSitemap: {HOME}/sitemap.xml\n", headers={"Content-Type": "text/plain"}),
        "/sitemap.xml": Answer(index("/pages.xml", "/projects.xml.gz"), headers=XML),
        "/projects.xml.gz": packed(urlset(*entries, more=link)),
        "/p/a": detail("Plan A", facts={"Laufzeit": "2020 bis 2024"}, text="About the plan, in a sentence or two of running text."),
        "/p/b": detail("Plan B"),
    }
    report = run(card("/robots.txt", entries=["/p/"], sitemaps="projects", fields={"topic": "div.text p"}))
    assert report.errors == [] and (report.counts["found"], report.claimed) == (2, 2)
    rows = {r["title"]: r for r in versions(tmp_path / "raw", "at-test")}
    assert rows["Plan A"]["record_id"] == f"at-test:{HOME}/p/a"
    assert (rows["Plan A"]["period"], rows["Plan A"]["modified"]) == ("2020 bis 2024", "2024-01-01")
    assert rows["Plan A"]["topic"].startswith("About the plan") and rows["Plan A"]["alternates"] == {"en": f"{HOME}/en/x"}
    assert not any("pages.xml" in p or "news" in p or "pdf" in p for p in site.paths())


def test_second_harvest_visits_what_changed(site, run):
    text = "Ein Satz. " * 300
    paths = {f"/p/{n}": f"2024-01-{n:02}" for n in range(1, 21)}
    site.routes |= {"/sitemap.xml": Answer(urlset(*paths.items()), headers=XML)} | {p: detail(f"Plan {p}", text=text) for p in paths}
    first = run(card(), 1)
    site.hits.clear()
    second = run(card(), 2)
    assert site.paths() == ["/sitemap.xml"] and second.counts["unchanged"] == 20
    assert (second.folder / "listings.jsonl").read_text() == "" and second.counts["bytes"] <= 0.05 * first.counts["bytes"]
    paths["/p/3"] = "2024-05-05"
    del paths["/p/4"], site.routes["/p/4"]
    site.routes |= {"/sitemap.xml": Answer(urlset(*paths.items()), headers=XML), "/p/3": detail("New plan", text=text)}
    third = run(card(), 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 18, 1)
    assert [json.loads(line)["title"] for line in (third.folder / "listings.jsonl").read_text().splitlines()] == ["New plan"]


def test_one_time_for_all_pages_tells_nothing(site, run):
    """A sitemap made anew each night rewrites no listing."""
    for run_number, at in ((1, "2024-01-01"), (2, "2024-01-02")):
        site.routes["/sitemap.xml"] = Answer(urlset(*((f"/p/{n}", at) for n in range(10))), headers=XML)
        site.routes |= {f"/p/{n}": detail(f"Plan {n}") for n in range(10)}
        report = run(card(), run_number)
    assert (report.counts["unchanged"], report.counts["changed"]) == (10, 0)


def test_broken_sitemaps_have_a_reason(site, run):
    site.routes |= {
        "/a": Answer("<html><body>No</body></html>"),
        "/b": Answer(urlset(("/p/1", None), ("/p/2", None))[:-40], headers=XML),
        "/c": Answer(gzip.compress(b"x" * 100, mtime=0)[:-9], headers={"Content-Type": "application/octet-stream"}),
        "/d": Answer('<!DOCTYPE u [<!ENTITY x "y">]><urlset/>', headers=XML),
        "/e": Answer(f"<urlset {NS}></urlset>", headers=XML),
        "/f": Answer("nothing at all", headers={"Content-Type": "text/plain"}),
        "/g": packed(f"<urlset {NS}>{' ' * (sitemap.MAX_BYTES + 10)}</urlset>"),
        "/h": Answer(urlset(("/q/1", None)), headers=XML),
        "/p/1": detail("Plan 1"),
    }
    report = run(make_card(*({"platform": "sitemap", "url": f"{HOME}/{n}", "entries": ["/p/"]} for n in "abcdefgh")))
    reasons = {e["url"].split("/")[3]: e["reason"] for e in report.errors}
    assert reasons["a"] == "the answer is no sitemap but 'html'"
    assert reasons["b"].startswith("the XML is broken")
    assert reasons["c"] == "the gzip is broken: it ends too early"
    assert reasons["d"] == "the XML declares entities and is not read"
    assert reasons["e"] == "the sitemap is empty"
    assert reasons["f"] == "the answer is no sitemap"
    assert reasons["g"] == f"the sitemap unpacks to more than {sitemap.MAX_BYTES} bytes"
    assert reasons["h"] == "none of 1 addresses is a listing by the card"
    assert report.counts["found"] == 1 and len(report.run["short"]) == 8


def test_too_many_addresses_and_too_deep(monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_URLS", 3)
    platform = Sitemap(made := card(), made.harvest[0])
    results = list(platform.parse(Page(f"{HOME}/s", 200, {}, urlset(*((f"/{n}", None) for n in range(5))).encode())))
    assert sum(type(r).__name__ == "Fetch" for r in results) == 3
    assert any(getattr(r, "reason", "") == "the sitemap lists more than 3 addresses" and r.short for r in results)
    deep = list(platform.parse(Page(f"{HOME}/s", 200, {}, index("/t").encode(), context={"depth": sitemap.MAX_DEPTH})))
    assert [type(r).__name__ for r in deep] == ["Problem"]


def test_options_are_checked():
    with pytest.raises(CardError, match="match.*no regular expression"):
        card(match="(")
    with pytest.raises(CardError, match="fields.title"):
        card(fields={"title": "h1["})


def test_its_own_door(site, run):
    site.routes |= {
        "/projekte": "<html><body><main><h1>Projekte</h1><p>Bald mehr.</p></main></body></html>",
        "/sitemap.xml": Answer(urlset(*((f"/projekte/{n}", None) for n in range(5)), ("/impressum", None)), headers=XML),
    } | {f"/projekte/{n}": detail(f"Projekt {n}") for n in range(5)}
    report = run(make_card({"platform": "auto", "url": f"{HOME}/projekte"}))
    assert report.run["notes"]["harvest"]["options"] == {"entries": ["/projekte/"]} and report.counts["found"] == 5
