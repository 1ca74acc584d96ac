"""Plone over real HTTP: entries, batches, a second harvest, unset dates and broken answers."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from portal_server import HOST, Answer, make_card

from spiders.rawzone import versions

HOME = f"http://{HOST}"
JSON = {"Content-Type": "application/json"}


def entry(number: int, **more):
    return {
        "@id": f"{HOME}/programmes/p{number}",
        "@type": "programme",
        "UID": f"{number:032x}",
        "title": f"Programma {number}",
        "description": "Summary",
        "text": {"content-type": "text/html", "data": "<p>Tablets</p>"},
        "language": {"title": "Italiano", "token": "it"},
        "subjects": ["scuola", "digitale"],
        "created": "2023-01-01T00:00:00+00:00",
        "effective": "1969-12-31T00:00:00+00:00",
        "modified": "2024-01-01T00:00:00+00:00",
        "durata": "2020-2024",
        "budget": {"title": "3 milioni", "token": "3"},
        "referente": "A Person",
        **more,
    }


def plone(site, entries, size=1000):
    """A Plone that batches, and gives whole entries or the fields asked for."""

    def search(hit):
        query = parse_qs(urlsplit(hit.path).query)
        start, number = int(query.get("b_start", ["0"])[0]), min(int(query["b_size"][0]), size)
        shown = entries[start : start + number]
        if "fullobjects" not in query:
            keys = ["@id", "@type", "title", "description", *query.get("metadata_fields", [])]
            shown = [{k: e[k] for k in keys if k in e} for e in shown]
        answer = {"@id": f"{HOME}/@search", "items": shown, "items_total": len(entries)}
        if start + number < len(entries):
            rest = "&".join(p for p in hit.path.partition("?")[2].split("&") if not p.startswith("b_start"))
            answer["batching"] = {"next": f"{HOME}/@search?b_start={start + number}&{rest}"}
        return Answer(json.dumps(answer), headers=JSON)

    site.routes["/++api++/@search"] = search
    for e in entries:
        site.routes[f"/++api++{urlsplit(e['@id']).path}"] = lambda hit, e=e: Answer(json.dumps(e), headers=JSON)


def card(**options):
    return make_card({"platform": "plone", "url": f"{HOME}/++api++/@search", "types": ["programme"], **options})


def test_entries_and_batches(site, run, tmp_path):
    plone(site, [entry(n) for n in range(1, 8)], size=3)
    report = run(card())
    assert report.errors == []
    assert (report.counts["found"], report.claimed) == (7, 7)
    assert all("portal_type=programme" in p and "/++api++/" in p for p in site.paths())
    row = next(r for r in versions(tmp_path / "raw", "at-test") if r["title"] == "Programma 1")
    assert row["record_id"] == f"at-test:{1:032x}" and row["url"] == f"{HOME}/programmes/p1"
    assert (row["language"], row["topic"], row["description"]) == ("it", "scuola; digitale", "<p>Tablets</p>")
    assert (row["period"], row["budget"]) == ("2020-2024", "3 milioni")
    assert row["published"] == "2023-01-01T00:00:00+00:00", "an unset effective date is no date"
    assert "A Person" not in json.dumps(row)


def test_second_harvest_reads_times_of_change_only(site, run):
    entries = [entry(n) for n in range(1, 31)]
    plone(site, entries)
    first = run(card(), 1)
    site.hits.clear()
    second = run(card(), 2)
    assert (second.counts["unchanged"], len(site.paths())) == (30, 1)
    assert (second.folder / "listings.jsonl").read_text() == "" and second.counts["bytes"] < 0.5 * first.counts["bytes"]
    entries[4] |= {"title": "Nuovo", "modified": "2024-09-01T00:00:00+00:00"}
    del entries[9]
    third = run(card(), 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["missing"] + third.counts["gone"]) == (1, 28, 1)


def test_entries_of_blocks_and_of_summaries(site, run, tmp_path):
    """A search that ignores ``fullobjects``: each entry is asked for. Blocks give their text in the order of the page."""
    blocks = {"b": {"@type": "slate", "plaintext": "two"}, "a": {"@type": "slate", "plaintext": "one"}, "t": {"@type": "title"}}
    whole = entry(
        1, text=None, blocks=blocks, blocks_layout={"items": ["t", "a", "b"]}, start="2025-01-01", end="2025-02-01", open_end=True
    )
    summary = {k: whole[k] for k in ("@id", "@type", "title")}
    site.routes["/@search"] = Answer(json.dumps({"items": [summary], "items_total": 1}), headers=JSON)
    site.routes["/programmes/p1"] = Answer(json.dumps(whole), headers=JSON)
    run(make_card({"platform": "plone", "url": f"{HOME}/"}))
    (row,) = versions(tmp_path / "raw", "at-test")
    assert row["description"] == "<p>one</p><p>two</p>" and row["start"] == "2025-01-01" and "end" not in row
    assert {h.headers["accept"] for h in site.hits if "@search" in h.path} == {"application/json"}


def test_broken_answers_have_a_reason(site, run):
    site.routes |= {
        "/a/@search": Answer("<html>Down</html>"),
        "/b/@search": Answer('{"error": {"type": "Unauthorized"}, "message": "Log in"}', 401, JSON),
        "/c/@search": Answer('{"items": [', headers=JSON),
        "/d/@search": Answer(json.dumps({"items": [entry(1, title="")], "items_total": 1}), headers=JSON),
    }
    report = run(make_card(*({"platform": "plone", "url": f"{HOME}/{n}"} for n in "abcd")))
    reasons = {e["url"].split("/")[3]: e["reason"] for e in report.errors}
    assert reasons["a"] == "the answer (200) is no search of Plone"
    assert reasons["b"] == "the answer (401) is no search of Plone: Log in"
    assert reasons["c"].startswith("the answer is no JSON")
    assert reasons["d"] == f"the entry {HOME}/programmes/p1 has no title"
    assert len(report.run["short"]) == 3


def test_its_own_door(site, run):
    site.routes["/it/programmi"] = "<html><head><meta name='generator' content='Plone 6'></head><body>Programmi</body></html>"
    plone(site, [entry(1), entry(2)])
    report = run(make_card({"platform": "auto", "url": f"{HOME}/it/programmi"}))
    assert report.run["notes"]["harvest"]["url"] == f"{HOME}/++api++/@search" and report.counts["found"] == 2
