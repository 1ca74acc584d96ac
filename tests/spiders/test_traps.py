"""Traps that grow without end, and answers that grow when they are read: bounded time and memory, a reason, neighbours unharmed."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import sys
import time
import zipfile

import pytest
from portal_server import HOST, Answer, Site, detail, links, make_card

FEED = "<rss version='2.0'><channel><title>F</title><item><title>Healthy neighbour</title><link>http://portal.test/n</link></item></channel></rss>"
XML = {"Content-Type": "application/xml"}
JSON = {"Content-Type": "application/json"}


def html(path="/list", **more):
    return {"platform": "html", "url": f"http://{HOST}{path}", "links": "a.entry", "next": "a.next", "fields": {"title": "h1"}, **more}


def reasons(report):
    return {e["url"].removeprefix(f"http://{HOST}"): e["reason"] for e in report.errors}


@pytest.fixture
def little_memory(tmp_path):
    """A Python that gets no more than 1.5 GB of addresses: a crawl holds about 0.4 GB of them."""
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\nulimit -v 1500000\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_what_grows_when_it_is_read_stays_small(site, run, little_memory):
    """Bombs of every kind that a platform unpacks or parses, beside a feed that is read all the same."""
    spread = io.BytesIO()
    with zipfile.ZipFile(spread, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 400_000_000)
    packed = gzip.compress(gzip.compress(b"0" * 60_000_000))
    site.routes |= {
        "/sitemap.xml.gz": Answer(gzip.compress(b"<urlset>" + b" " * 60_000_000), headers={"Content-Type": "application/gzip"}),
        "/twice": Answer(packed, headers={"Content-Encoding": "gzip, gzip"}),
        "/table.xlsx": Answer(spread.getvalue(), headers={"Content-Type": "application/vnd.ms-excel"}),
        "/deep.json": Answer("[" * 2_000_000, headers=JSON),
        "/deep.xml": Answer("<a>" * 300_000, headers=XML),
        "/deep": Answer("<div>" * 300_000),
        "/wide": Answer("<a href='/x'>y</a>" * 300_000),
        "/feed": Answer(FEED, headers=XML),
    }
    card = make_card(
        {"platform": "sitemap", "url": f"http://{HOST}/sitemap.xml.gz"},
        {"platform": "feed", "url": f"http://{HOST}/twice"},
        {"platform": "table", "url": f"http://{HOST}/table.xlsx", "fields": {"title": "name"}},
        {"platform": "wordpress", "url": f"http://{HOST}/deep.json?rest_route=/", "types": ["x"]},
        {"platform": "oai", "url": f"http://{HOST}/deep.xml"},
        html("/deep"),
        html("/wide"),
        {"platform": "feed", "url": f"http://{HOST}/feed"},
    )
    report = run(card, python=little_memory, settings={"RETRY_TIMES": 0}, timeout=120)
    assert report.counts["found"] == 1, report.errors
    told = reasons(report)
    for path in ("/sitemap.xml.gz", "/twice", "/table.xlsx", "/deep"):
        assert path in told, told
    assert any(url.startswith("/deep.json") for url in told) and any(url.startswith("/deep.xml") for url in told)
    assert all("MemoryError" not in reason for reason in told.values()), told
    assert "unpacks to more" in told["/sitemap.xml.gz"]
    assert "unpacked" in told["/table.xlsx"]


def test_pages_that_drip_cost_their_own_time_only(site, run):
    slow = Answer(detail("Slow") + " " * 3000, drip=(1, 0.2))
    site.routes |= {"/list": links("/a", "/slow", "/b"), "/a": detail("A"), "/slow": slow, "/b": detail("B")}
    begun = time.monotonic()
    report = run(make_card(html()), settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 3})
    assert report.counts["found"] == 2
    assert reasons(report) == {"/slow": "no complete answer in time"}
    assert time.monotonic() - begun < 40


def test_endless_redirects_end_by_number(site, run):
    numbers = itertools.count()
    site.fallback = lambda hit: (
        Answer(status=302, headers={"Location": f"/hop{next(numbers)}"}) if hit.path.startswith("/hop") else Answer("", 404)
    )
    site.routes |= {"/list": links("/hop", "/a"), "/a": detail("A")}
    report = run(make_card(html()), settings={"RETRY_TIMES": 0})
    assert report.counts["found"] == 1
    assert "redirect" in " ".join(reasons(report).values()).lower()
    assert next(numbers) <= 8


def test_a_redirect_does_not_lead_round_robots(site, run):
    site.routes |= {
        "/robots.txt": "User-agent: *\nDisallow: /closed/\n",
        "/list": links("/open", "/a"),
        "/open": Answer(status=302, headers={"Location": "/closed/door"}),
        "/closed/door": detail("Closed"),
        "/a": detail("A"),
    }
    report = run(make_card(html()))
    assert report.counts["found"] == 1
    assert "/closed/door" not in site.paths()
    assert "robots.txt disallows it" in reasons(report).values()


def test_an_interface_that_claims_endless_pages(site, run):
    """A WordPress that says it has a billion pages and gives empty ones, and an OAI-PMH list whose tokens never end."""
    entry = {"id": 1, "type": "plan", "link": f"http://{HOST}/1", "title": {"rendered": "Plan"}, "modified_gmt": "2025-01-01T00:00:00"}

    def pages(hit):
        first = "page=1&" in hit.path or hit.path.endswith("page=1")
        return Answer(json.dumps([entry] if first else []), headers={**JSON, "X-WP-TotalPages": "1000000000", "X-WP-Total": "1"})

    site.routes["/wp-json/wp/v2/plans"] = pages
    report = run(make_card({"platform": "wordpress", "url": f"http://{HOST}/wp-json/", "types": ["plans"]}), max_pages=60)
    assert report.counts["found"] == 1
    assert len(site.paths()) == 2, "an empty page ends the list"
    assert "page 2 of 1000000000 is empty" in report.short[0]

    site.routes["/wp-json/wp/v2/empty"] = Answer("[]", headers={**JSON, "X-WP-TotalPages": "0", "X-WP-Total": "0"})
    report = run(make_card({"platform": "wordpress", "url": f"http://{HOST}/wp-json/", "types": ["empty"]}), n=3)
    assert "the type empty holds no entries" in report.short[0]

    numbers = itertools.count()
    site.routes["/oai"] = lambda hit: Answer(
        "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><ListRecords>"
        f"<resumptionToken>t{next(numbers) % 2}</resumptionToken></ListRecords></OAI-PMH>",
        headers=XML,
    )
    report = run(make_card({"platform": "oai", "url": f"http://{HOST}/oai"}), n=2, max_pages=60)
    assert report.short
    assert report.counts["pages"] <= 65


def test_a_name_that_is_rebound_to_a_private_address(site, run):
    """The connected peer is looked at, whatever the name was looked up as; redirects included."""
    port = site.address[1]
    site.routes |= {"/robots.txt": "", "/list": links("/a"), "/a": detail("Secret")}
    home = f"http://{HOST}:{port}/"
    card = make_card({**html(), "url": f"{home}list"}, homepage=home)
    report = run(card, resolve=None, settings={"RETRY_TIMES": 0, "TWISTED_DNS_RESOLVER": "tests.spiders.lying_resolver.Lying"})
    assert report.counts["found"] == 0
    assert "answered from the private address 127.0.0.1" in " ".join(reasons(report).values())
    assert "/a" not in site.paths() and "Secret" not in (report.folder / "listings.jsonl").read_text()


def test_a_second_portal_is_harvested_while_the_first_drags_on(site, run):
    """Crawls are processes of their own: a portal that hangs takes nothing from its neighbour."""
    from concurrent.futures import ThreadPoolExecutor

    other = Site()
    other.routes |= {"/list": links("/a"), "/a": detail("A")}
    site.routes |= {"/robots.txt": "", "/list": Answer("x" * 1000, drip=(1, 0.3))}
    try:
        with ThreadPoolExecutor(2) as pool:
            hanging = pool.submit(run, make_card(html()), seconds=4, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 6})
            healthy = pool.submit(run, make_card(html(), portal="at-other"), resolve={HOST: other.address})
            assert healthy.result().counts["found"] == 1
            assert "seconds is used up" in " ".join(hanging.result().short)
    finally:
        other.stop()


def test_links_that_are_no_addresses_harm_nothing(site, run):
    odd = ("http://[x", f"http://{HOST}:abc/y", "http://", "//", "http://portal.test:99999/z")
    site.routes |= {
        "/list": links(*odd, "/a", more="<base href='http://[y'>"),
        "/a": detail("A", head="<link rel='canonical' href='http://[x'>"),
    }
    report = run(make_card(html()))
    assert report.counts["found"] == 1, report.errors
    assert any("%5Bx" in url for url in reasons(report)), report.errors
