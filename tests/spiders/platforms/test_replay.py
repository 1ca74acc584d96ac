"""Whatever a platform read over the network, a replay reads from the archive: the same listings, without a request."""

from __future__ import annotations

import gzip
import io
import json

import openpyxl
from portal_server import HOST, Answer, detail, make_card

from spiders.rawzone import versions
from spiders.replay import replay

HOME = f"http://{HOST}"
OAI = 'xmlns="http://www.openarchives.org/OAI/2.0/"'
RECORD = (
    "<record><header><identifier>oai:x:1</identifier><datestamp>2024-01-01</datestamp></header><metadata>"
    '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>From a repository</title></dc></metadata></record>'
)
TURTLE = '<http://portal.test/d> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> "From a catalogue" .'
PACKAGE = {"success": True, "result": {"count": 1, "results": [{"id": "c1", "title": "From CKAN", "metadata_modified": "2024-01-01"}]}}
ENTRY = {"@id": f"{HOME}/e", "UID": "u1", "title": "From Plone", "created": "2024-01-01", "modified": "2024-01-02"}
DRUPAL = {"title": "From Drupal", "drupal_internal__nid": 7, "langcode": "de", "changed": "2024"}
NODE = {"type": "node--plan", "id": "n1", "attributes": DRUPAL}
SITEMAP = (
    f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{HOME}/s</loc><lastmod>2024-01-01</lastmod></url></urlset>"
)


def sheet() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["Titel", "Budget"], ["From a sheet", "3 Mio. EUR"]):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_every_platform_replays(site, run, tmp_path):
    script = json.dumps({"@type": "Course", "name": "From schema.org"})
    site.routes |= {
        "/api/3/action/package_search": json.dumps(PACKAGE),
        "/oai": f"<OAI-PMH {OAI}><responseDate>2025-01-01T00:00:00Z</responseDate><ListRecords>{RECORD}</ListRecords></OAI-PMH>",
        "/c.ttl": Answer(TURTLE, headers={"Content-Type": "text/turtle"}),
        "/++api++/@search": json.dumps({"items": [ENTRY], "items_total": 1}),
        "/jsonapi/node/plan": json.dumps({"data": [NODE]}),
        "/s.xml.gz": Answer(gzip.compress(SITEMAP.encode(), mtime=0), headers={"Content-Type": "application/octet-stream"}),
        "/s": detail("From a sitemap"),
        "/l": f"<html><head><script type='application/ld+json'>{script}</script></head><body><p>x</p></body></html>",
        "/t.xlsx": Answer(sheet(), headers={"Content-Type": "application/octet-stream"}),
    }
    card = make_card(
        {"platform": "ckan", "url": HOME},
        {"platform": "oai", "url": f"{HOME}/oai"},
        {"platform": "dcat", "url": f"{HOME}/c.ttl"},
        {"platform": "plone", "url": f"{HOME}/++api++"},
        {"platform": "drupal", "url": f"{HOME}/jsonapi", "types": ["node/plan"]},
        {"platform": "sitemap", "url": f"{HOME}/s.xml.gz"},
        {"platform": "structured", "url": f"{HOME}/l"},
        {"platform": "table", "url": f"{HOME}/t.xlsx"},
    )
    report = run(card)
    assert (report.counts["found"], report.errors) == (8, [])
    second = run(card, 2)
    assert (second.counts["unchanged"], second.errors, (second.folder / "listings.jsonl").read_text()) == (8, [], "")
    site.hits.clear()
    again = replay(card, data=tmp_path)
    assert (len(again.same), again.different, again.kept, again.problems) == (8, [], [], [])
    assert site.hits == []
    titles = {r["title"] for r in versions(tmp_path / "raw", "at-test")}
    assert titles == {f"From {x}" for x in ("a catalogue", "a repository", "a sheet", "a sitemap", "CKAN", "Drupal", "Plone", "schema.org")}
