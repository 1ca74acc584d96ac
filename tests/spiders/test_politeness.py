"""Politeness and law over real HTTP: robots.txt, delays, Retry-After, text-and-data-mining reservations, personal data."""

from __future__ import annotations

import json

import pytest
from portal_server import HOST, Answer, detail, links, make_card

from spiders.judge import judge
from spiders.politeness import Rights, reservation, retry_after

FIELDS = {"title": "h1", "description": "div.text"}


def card(**more):
    facts = [{"box": "dl.facts", "kind": "dl"}]
    return make_card({"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "fields": FIELDS, "facts": facts}, **more)


def rows(report):
    return {r["title"]: r for r in map(json.loads, (report.folder / "listings.jsonl").read_text().splitlines())}


def archive(report):
    import gzip

    return gzip.decompress((report.folder / "pages.warc.gz").read_bytes())


def test_robots_delay_and_agent(site, run):
    site.routes |= {
        "/robots.txt": "User-agent: *\nDisallow: /closed\n\nUser-agent: eduatlas\nDisallow: /closed\nCrawl-delay: 0.4\n",
        "/list": links("/a", "/closed/b", "/c"),
        "/a": detail("A"),
        "/closed/b": detail("B"),
        "/c": detail("C"),
    }
    report = run(card(), contact="https://example.org/bot")
    assert set(rows(report)) == {"A", "C"}
    assert [e["reason"] for e in report.errors] == ["robots.txt disallows it"]
    assert "/closed/b" not in site.paths()
    robots = report.run["rights"]["hosts"][f"http://{HOST}"]["robots"]
    assert (robots["status"], robots["delay"]) == (200, 0.4)
    assert len(robots["sha256"]) == 64 and robots["read"]
    asked = [h.at for h in site.hits if h.path in ("/list", "/a", "/c")]
    assert min(b - a for a, b in zip(asked, asked[1:], strict=False)) >= 0.39
    assert all(
        h.headers["user-agent"].startswith("eduatlas/") and "(+https://example.org/bot)" in h.headers["user-agent"] for h in site.hits
    )
    assert judge(card(), report).verdict == "ok"


def test_one_request_at_a_time(site, run):
    busy, most = [], []

    def answer(hit):
        import time

        busy.append(1)
        most.append(len(busy))
        time.sleep(0.05)
        busy.pop()
        return detail(hit.path)

    site.fallback = answer
    site.routes |= {"/robots.txt": "", "/.well-known/tdmrep.json": Answer("", 404), "/list": links("/a", "/b", "/c", "/d")}
    run(card())
    assert max(most) == 1


def test_retry_after_is_honoured(site, run):
    answers = [Answer("busy", 503, {"Retry-After": "1"}), Answer(detail("A"))]
    site.routes |= {"/list": links("/a"), "/a": lambda hit: answers.pop(0) if len(answers) > 1 else answers[0]}
    report = run(card())
    times = [h.at for h in site.hits if h.path == "/a"]
    assert len(times) == 2
    assert times[1] - times[0] >= 0.95
    assert report.counts["found"] == 1


def test_a_long_retry_after_ends_the_host(site, run):
    site.routes |= {"/list": Answer("later", 429, {"Retry-After": "86400"})}
    report = run(card())
    assert site.paths() == ["/list"]
    assert "come back in 86400 s" in report.errors[0]["reason"]


def test_reserved_text_is_neither_archived_nor_listed(site, run):
    """Reservation by header, by meta and by tdmrep.json: facts and the link are kept, sentences and bodies are not."""
    secret = "Reserved sentence."
    site.routes |= {
        "/.well-known/tdmrep.json": json.dumps([{"location": "/open/*", "tdm-reservation": 0}, {"location": "/r/*", "tdm-reservation": 1}]),
        "/list": links("/header", "/meta", "/r/rep", "/open/free"),
        "/header": Answer(detail("Header", text=secret, facts={"Laufzeit": "2020"}), headers={"tdm-reservation": "1"}),
        "/meta": detail("Meta", text=secret, head="<meta name='tdm-reservation' content='1'>"),
        "/r/rep": detail("Rep", text=secret),
        "/open/free": detail("Free", text="Free sentence."),
    }
    report = run(card())
    found = rows(report)
    assert {t: r.get("description") for t, r in found.items()} == {
        "Header": None,
        "Meta": None,
        "Rep": None,
        "Free": "<p>Free sentence.</p>",
    }
    assert found["Header"]["period"] == "2020"
    assert secret.encode() not in archive(report)
    assert b"Free sentence." in archive(report)
    assert report.run["rights"]["reserved"] == {
        f"http://{HOST}/header": "header tdm-reservation",
        f"http://{HOST}/meta": "meta tdm-reservation",
        f"http://{HOST}/r/rep": "tdmrep.json",
    }


def test_personal_data_never_reaches_the_raw_zone(site, run):
    text = "Write to erika.muster@example.org or ring Tel. +43 1 234 56 78. <a href='mailto:e%40example.org'>Mail</a>"
    facts = {"Ansprechpartnerin": "Erika Muster", "Laufzeit": "2020 bis 2024", "Telefon": "01 234 5678"}
    site.routes |= {"/list": links("/a"), "/a": detail("A", text=text, facts=facts, head="<meta name='author' content='Erika Muster'>")}
    report = run(card())
    row = rows(report)["A"]
    assert row["labels"] == {"Laufzeit": ["2020 bis 2024"]}
    everything = archive(report) + b"".join(p.read_bytes() for p in report.folder.iterdir())
    for word in (b"erika", b"Erika", b"Muster", b"234 5", b"e%40"):
        assert word not in everything, word
    assert b"[redacted]" in everything


@pytest.mark.parametrize(
    ("status", "refused"), [(200, "robots.txt disallows it"), (404, None), (403, None), (503, "robots.txt answered 503")]
)
def test_robots_by_status(status, refused):
    rights = Rights()
    rights.read_robots(status, b"User-agent: *\nDisallow: /\n", "http://x.test/robots.txt")
    assert rights.refusal("http://x.test/a", "eduatlas/1") == refused


def test_robots_that_are_a_web_page_allow_everything():
    rights = Rights()
    rights.read_robots(200, b"<!doctype html><html><body>Disallow: /</body></html>", "http://x.test/robots.txt")
    assert rights.refusal("http://x.test/a", "eduatlas/1") is None


def test_tdm_rules_first_match_counts():
    rights = Rights()
    rules = [
        {"location": "/a/free", "tdm-reservation": 0},
        {"location": "/a", "tdm-reservation": 1},
        {"location": "/x$", "tdm-reservation": 1},
    ]
    rights.read_tdm(200, json.dumps(rules).encode(), "u")
    assert [rights.reserved(p) for p in ("/a/free/1", "/a/b", "/x", "/xy", "/")] == [False, True, True, False, False]
    rights.read_tdm(200, b"no json", "u")


def test_reservation_in_the_answer():
    assert reservation({"tdm-reservation": "1"}, b"") == "header tdm-reservation"
    assert reservation({"tdm-reservation": "0"}, b"") is None
    assert reservation({}, b"<meta content='1' name='tdm-reservation'>") == "meta tdm-reservation"
    assert reservation({}, b"<meta name='tdm-reservation' content='0'>") is None


def test_retry_after_forms():
    assert retry_after("120") == 120
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") is None
    assert retry_after(None) is None
