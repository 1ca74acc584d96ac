"""Hostile and broken portals over real HTTP: bounded, with a clear reason, neighbours unharmed."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading

import pytest
from portal_server import HOST, Answer, Site, detail, links, make_card

from spiders.errors import HarvestError
from spiders.judge import judge
from spiders.net import is_public
from spiders.rawzone import complete_runs, interrupted_runs


def card(path="/list", **more):
    return make_card(
        {"platform": "html", "url": f"http://{HOST}{path}", "links": "a.entry", "next": "a.next", "fields": {"title": "h1"}}, **more
    )


def reasons(report):
    return " | ".join(e["reason"] for e in report.errors)


def test_server_stopped(site, run):
    site.stop()
    report = run(card(), settings={"RETRY_TIMES": 0})
    assert "connection refused" in reasons(report)
    verdict = judge(card(), report)
    assert verdict.verdict == "failed"
    assert "connection refused" in verdict.reasons[0]


def test_server_errors_close_the_host(site, run):
    site.fallback = Answer("broken", 500)
    report = run(card(), settings={"RETRY_TIMES": 0})
    assert "robots.txt answered 500" in reasons(report)
    assert judge(card(), report).verdict == "failed"


def test_page_errors_and_bad_pages_harm_no_neighbour(site, run):
    """500s, rubbish, a redirect loop, a gzip bomb, a torn answer and an oversized one beside a healthy page."""
    bomb = gzip.compress(b"0" * 30_000_000)
    site.routes |= {
        "/list": links("/good", "/500", "/rubbish", "/loop", "/bomb", "/torn", "/large", "/good2"),
        "/good": detail("Good"),
        "/good2": detail("Good too"),
        "/500": Answer("x", 500),
        "/rubbish": Answer(bytes(range(256)) * 40),
        "/loop": Answer(status=302, headers={"Location": "/loop2"}),
        "/loop2": Answer(status=302, headers={"Location": "/loop"}),
        "/bomb": Answer(bomb, headers={"Content-Encoding": "gzip"}),
        "/torn": Answer(b"<h1>Torn</h1>", headers={"Content-Length": "5000", "Connection": "close"}),
        "/large": Answer(b"<h1>L</h1>" + b"x" * 3_000_000),
    }
    report = run(card(), settings={"RETRY_TIMES": 0, "DOWNLOAD_MAXSIZE": 2_000_000, "DOWNLOAD_TIMEOUT": 5})
    found = {e["url"].removeprefix(f"http://{HOST}"): e["reason"] for e in report.errors}
    assert report.counts["found"] == 2
    assert set(found) == {"/500", "/rubbish", "/loop", "/bomb", "/torn", "/large"}
    assert found["/500"] == "answered 500"
    assert "redirect" in found["/loop"].lower()
    assert "too large" in found["/bomb"] and "too large" in found["/large"]
    assert judge(card(), report).verdict == "held"


def test_garbage_listing_page_is_held(site, run):
    site.routes["/list"] = "<html><body><<<>>>&&& no links here"
    report = run(card())
    assert report.counts["found"] == 0
    assert report.short
    assert judge(card(), report).verdict == "failed"


def test_endless_calendar_ends_by_pages(site, run):
    numbers = itertools.count()
    site.fallback = lambda hit: (
        Answer("", 404)
        if "robots" in hit.path or "well-known" in hit.path
        else links(more=f"<a class='next' href='/list?day={next(numbers)}'>n</a>")
    )
    report = run(card(), max_pages=40)
    assert "the budget of 40 pages is used up" in report.short
    assert report.counts["pages"] <= 45


def test_session_ids_are_no_new_pages(site, run, tmp_path):
    numbers = itertools.count()
    site.fallback = lambda hit: (
        Answer("", 404) if "robots" in hit.path or "well-known" in hit.path
        else detail("One") if hit.path.startswith("/d")
        else links(f"/d;jsessionid={next(numbers)}?PHPSESSID=1", more=f"<a class='next' href='/list?sid={next(numbers)}'>n</a>")
    )  # fmt: skip
    report = run(card())
    assert report.counts["found"] == 1
    assert len(site.paths()) == 2
    assert f'"at-test:http://{HOST}/d"' in (report.folder / "listings.jsonl").read_text()


def test_tarpit_ends_by_seconds(site, run):
    """A server that drips a byte at a time is left after the timeout; a crawl that drags on, after its seconds."""
    site.routes |= {"/robots.txt": Answer("", 404), "/list": Answer("x" * 1000, drip=(1, 0.3))}
    report = run(card(), seconds=3, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 5})
    assert "seconds is used up" in reasons(report)
    assert report.run["seconds"] < 20


def test_bytes_budget(site, run):
    site.routes |= {"/list": links(*[f"/p{i}" for i in range(50)])} | {f"/p{i}": detail(f"P{i}", text="x" * 100_000) for i in range(50)}
    report = run(card(), max_bytes=1_000_000)
    assert "bytes is used up" in reasons(report)
    assert report.counts["bytes"] < 3_000_000


def test_a_crawl_that_hangs_is_ended_from_outside(site, run, tmp_path):
    site.routes |= {"/robots.txt": Answer("", wait=30)}
    with pytest.raises(HarvestError, match="took too long"):
        run(card(), timeout=4)
    assert complete_runs(tmp_path / "raw", "at-test") == []
    assert [p.name for p in interrupted_runs(tmp_path / "raw", "at-test")] == ["2025-01-01.1"]
    site.routes |= {"/robots.txt": "", "/list": links("/a"), "/a": detail("A")}
    assert run(card()).counts["found"] == 1
    assert [p.name for p in interrupted_runs(tmp_path / "raw", "at-test")] == ["2025-01-01.1~1"]


def test_only_the_card_s_hosts_and_public_addresses(site, run):
    """Redirects and links to loopback, to another sample's name, to foreign hosts and to other schemes are refused."""
    other = Site()
    other.fallback = detail("Secret")
    port = other.address[1]
    targets = {
        "/literal": f"http://127.0.0.1:{port}/",
        "/name": f"http://localhost:{port}/",
        "/sample": "http://other.test/",
        "/six": f"http://[::1]:{port}/",
        "/decimal": f"http://2130706433:{port}/",
        "/port": f"http://{HOST}:{port}/",
        "/foreign": "http://example.org/",
    }
    site.routes |= {"/list": links(*targets, "file:///etc/passwd", "/ok"), "/ok": detail("Fine")}
    site.routes |= {path: Answer(status=302, headers={"Location": to}) for path, to in targets.items()}
    named = ["127.0.0.1", "localhost", "other.test", "::1", "2130706433"]
    try:
        for hosts in ([], named):
            report = run(
                card(hosts=hosts),
                n=1 + bool(hosts),
                resolve={HOST: site.address, **({} if hosts else {"other.test": other.address})},
                settings={"RETRY_TIMES": 0, "DNS_TIMEOUT": 5},
            )
            assert report.counts["found"] == 1, report.errors
            assert other.hits == []
            assert len(report.errors) == len(targets) + 1
        assert "private address" in reasons(report)
    finally:
        other.stop()


def test_without_a_sample_resolver_loopback_is_refused(site, run):
    """The same card against loopback by address: refused, and reached only with allow_private."""
    host, port = site.address
    site.routes |= {"/list": links("/a"), "/a": detail("A")}
    private = make_card(
        {"platform": "html", "url": f"http://{host}:{port}/list", "links": "a.entry", "fields": {"title": "h1"}},
        homepage=f"http://{host}:{port}/",
    )
    report = run(private, resolve=None, settings={"RETRY_TIMES": 0})
    assert (report.counts["found"], site.hits) == (0, [])
    assert "private address" in reasons(report)
    assert run(private, 2, resolve=None, allow_private=True).counts["found"] == 1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((ip, True) for ip in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")),
        *((ip, False) for ip in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")),
        *((ip, False) for ip in ("224.0.0.1", "240.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")),
        *((ip, False) for ip in ("2002:7f00:1::", "not an address", "")),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public


def test_a_portal_that_answers_rubbish_instead_of_http(site, run):
    """A port that speaks no HTTP at all."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.sendall(b"\x00\xffSSH-2.0 hello\r\n\r\n")
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        report = run(card(), resolve={HOST: listener.getsockname()}, settings={"RETRY_TIMES": 0})
        assert report.counts["found"] == 0
        assert "robots.txt could not be read" in reasons(report)
    finally:
        listener.close()


def test_xml_bombs_are_not_read(site, run):
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{entities}]><rss version="2.0"><channel><title>&l9;</title></channel></rss>'
    outside = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>'
    xml = {"Content-Type": "application/rss+xml"}
    site.routes |= {"/bomb": Answer(bomb, headers=xml), "/outside": Answer(outside, headers=xml)}
    feeds = [{"platform": "feed", "url": f"http://{HOST}/{name}"} for name in ("bomb", "outside")]
    report = run(make_card(*feeds))
    assert [e["reason"] for e in report.errors] == ["the XML declares entities and is not read"] * 2
