"""Wagtail over real HTTP: pages of a type in pieces of twenty, fields of the site's own model, refusals, its door."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from portal_server import HOST, Answer, make_card

from spiders.crawl import HarvestOptions
from spiders.probe import probe
from spiders.rawzone import versions

API = "/api/v2/pages/"
JSON = {"Content-Type": "application/json"}


def entry(n, kind="projects.ProjectPage", **more):
    meta = {
        "type": kind,
        "html_url": f"http://{HOST}/projekte/{n}/",
        "first_published_at": "2024-05-06T07:08:09+02:00",
        "locale": "de",
    }
    body = [{"type": "text", "value": f"<p>Das Projekt {n} hilft.</p>", "id": "a"}, {"type": "image", "value": 7, "id": "b"}]
    return {"id": n, "meta": meta, "title": f"Projekt {n}", "laufzeit": "2020-2024", "inhalt": body, "intro": "<p>Kurz.</p>", **more}


def serve(site, entries, total=None):
    def answer(hit):
        query = {k: v[0] for k, v in parse_qs(urlsplit(hit.path).query).items()}
        if int(query.get("limit", 20)) > 20:
            return Answer('{"message": "limit cannot be higher than 20"}', 400, JSON)
        found = [e for e in entries if query.get("type") in (None, e["meta"]["type"])]
        offset = int(query.get("offset", 0))
        items = found[offset : offset + 20]
        return Answer(json.dumps({"meta": {"total_count": total or len(found)}, "items": items}), headers=JSON)

    site.routes[API] = answer


def card(**options):
    return make_card({"platform": "wagtail", "url": f"http://{HOST}{API}", "types": ["projects.ProjectPage"], **options})


def test_pages_in_pieces_with_the_fields_of_the_model(site, run, tmp_path):
    serve(site, [entry(n) for n in range(1, 46)] + [entry(90, "home.HomePage")])
    first = run(card(fields={"organisation": "traeger.name"}), 1)
    assert (first.counts["found"], first.claimed, first.run["coverage"], first.errors) == (45, 45, 1.0, [])
    assert len(site.paths()) == 3
    rows = {r["title"]: r for r in versions(tmp_path / "raw", "at-test")}
    one = rows["Projekt 3"]
    assert one["record_id"] == "at-test:wagtail:projects.ProjectPage:3"
    assert (one["url"], one["language"], one["period"]) == (f"http://{HOST}/projekte/3/", "de", "2020-2024")
    assert one["description"] == "<p>Das Projekt 3 hilft.</p>"
    assert one["published"].startswith("2024-05-06")
    assert run(card(fields={"organisation": "traeger.name"}), 2).counts["unchanged"] == 45


def test_a_list_that_ends_before_its_total_is_short(site, run):
    serve(site, [entry(n) for n in range(1, 6)], total=30)
    report = run(card())
    assert report.counts["found"] == 5
    assert "25 are still claimed" in report.short[0]


def test_refusals_have_their_reason(site, run):
    site.routes[API] = Answer('{"message": "type doesn\'t exist"}', 400, JSON)
    assert "no list of pages of Wagtail: type doesn't exist" in run(card()).errors[0]["reason"]
    site.routes[API] = "<html>no interface</html>"
    assert run(card(), 2).counts["found"] == 0


def test_its_door(site):
    serve(site, [entry(n) for n in range(1, 6)] + [entry(90, "home.HomePage")])
    site.routes["/"] = "<html lang='de'><body><p data-block-key='x1y2z'>Hallo</p></body></html>"
    seen = probe(f"http://{HOST}/", HarvestOptions(resolve={HOST: site.address}, settings={"DOWNLOAD_DELAY": 0}))
    assert seen.harvest is not None
    assert (seen.harvest.platform, seen.harvest.options) == ("wagtail", {"types": ["projects.ProjectPage"]})
    assert (seen.found, seen.claimed) == (5, 5)
