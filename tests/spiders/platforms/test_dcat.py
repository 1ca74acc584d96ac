"""DCAT over real HTTP: three syntaxes, pages, catalogues in catalogues, blank nodes, no network, and recorded catalogues."""

from __future__ import annotations

import json

from portal_server import HOST, Answer, make_card

from spiders.page import Page
from spiders.platforms.dcat import graph_of
from spiders.rawzone import versions

HOME = f"http://{HOST}"

TURTLE = f"""
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix ex: <http://ex.example/> .
<{HOME}/catalog> a dcat:Catalog ; dcat:dataset <{HOME}/d/1>, [ a dcat:Dataset ; dct:title "Ohne Adresse" ] .
<{HOME}/d/1> a dcat:Dataset ; dct:title "Digital plan"@en, "Digitalplan"@de ; dct:description "Text"@de, "Words"@en ;
  dct:publisher [ foaf:name "Amt"@de, "Office"@en ] ; dcat:keyword "Schule"@de, "school"@en ;
  dct:spatial <http://nuts.example/nuts/code/AT33> ; dct:temporal [ dcat:startDate "2020" ; dcat:endDate "2024" ] ;
  dct:language <http://publications.europa.eu/resource/authority/language/DEU> ;
  dcat:contactPoint [ foaf:name "A Person" ] ; ex:budget "3 Mio. EUR" ; dcat:distribution [ dct:license <https://l.example/by> ] .
<{HOME}/p/1> a foaf:Project ; foaf:name "Projekt" .
"""


def card(*urls, **options):
    return make_card(*({"platform": "dcat", "url": f"{HOME}{url}", **options} for url in urls))


def rows_of(tmp_path):
    return {r["record_id"].removeprefix("at-test:"): r for r in versions(tmp_path / "raw", "at-test")}


def test_turtle_in_the_portals_language(site, run, tmp_path):
    site.routes["/catalog"] = Answer(TURTLE, headers={"Content-Type": "text/turtle"})
    first = run(card("/catalog"), 1)
    assert first.errors == []
    rows = rows_of(tmp_path)
    assert set(rows) == {f"{HOME}/d/1", f"{HOME}/catalog#Ohne Adresse"}
    row = rows[f"{HOME}/d/1"]
    assert (row["title"], row["description"], row["language"]) == ("Digitalplan", "Text", "de")
    assert (row["organisation"], row["topic"], row["nuts"], row["licence"]) == ("Amt", "Schule", "AT33", "https://l.example/by")
    assert (row["start"], row["end"], row["budget"]) == ("2020", "2024", "3 Mio. EUR")
    assert row["labels"]["title en"] == ["Digital plan"] and "A Person" not in json.dumps(row)
    second = run(card("/catalog"), 2)
    assert (second.counts["unchanged"], (second.folder / "listings.jsonl").read_text()) == (2, "")


def test_other_classes_and_declared_properties(site, run, tmp_path):
    site.routes["/catalog"] = Answer(TURTLE, headers={"Content-Type": "text/turtle"})
    run(card("/catalog", types=["foaf:Project"], fields={"topic": "foaf:name"}))
    rows = rows_of(tmp_path)
    assert {k: (r["title"], r["topic"]) for k, r in rows.items()} == {f"{HOME}/p/1": ("Projekt", "Projekt")}


def page_of(number: int, last: int) -> str:
    node = {
        "@context": "https://elsewhere.example/context.jsonld",
        "@id": f"{HOME}/catalog",
        "@type": "Catalog",
        "totalItems": last,
        "dataset": [{"@id": f"{HOME}/d/{number}", "@type": "Dataset", "title": f"Plan {number}", "identifier": str(number)}],
    }
    if number < last:
        node["view"] = {"@id": f"{HOME}/catalog?page={number}", "next": f"{HOME}/catalog?page={number + 1}"}
    return json.dumps(node)


def test_hydra_pages_and_a_remote_context_that_is_never_fetched(site, run):
    site.routes |= {f"/catalog?page={n}": Answer(page_of(n, 3), headers={"Content-Type": "application/ld+json"}) for n in (1, 2, 3)}
    report = run(card("/catalog?page=1"))
    assert (report.counts["found"], report.claimed, report.errors) == (3, 3, [])


def test_plain_pages_and_nested_catalogues(site, run, tmp_path):
    head = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . "
    turtle = {"Content-Type": "text/turtle"}
    more = f"<{HOME}/c> a dcat:Catalog ; dcat:catalog <{HOME}/inner>, <http://elsewhere.example/c> ; "
    site.routes |= {
        "/c": Answer(
            f'{head}{more} dcat:dataset <{HOME}/d/1> . <{HOME}/d/1> dct:title "Eins" .',
            headers=turtle | {"Link": '</c?page=2>; rel="next"'},
        ),
        "/c?page=2": Answer(
            f'{head}<{HOME}/d/2> a dcat:Dataset ; dct:title "Zwei" .', headers=turtle | {"Link": '</c?page=2>; rel="last"'}
        ),
        "/inner": Answer(f'{head}<{HOME}/d/3> a dcat:Dataset ; dct:title "Drei" . <{HOME}/i> dcat:catalog <{HOME}/c> .', headers=turtle),
    }
    report = run(card("/c"))
    assert report.errors == [] and {r["title"] for r in rows_of(tmp_path).values()} == {"Eins", "Zwei", "Drei"}
    assert sorted(site.paths()) == ["/c", "/c?page=2", "/inner"]


def test_broken_answers_have_a_reason(site, run):
    xml = {"Content-Type": "application/rdf+xml"}
    site.routes |= {
        "/html": Answer("<!doctype html><html><body>Down</body></html>"),
        "/ttl": Answer("@prefix dcat: <http://www.w3.org/ns/dcat#> . <a> dcat:", headers={"Content-Type": "text/turtle"}),
        "/json": Answer('{"@graph": [', headers={"Content-Type": "application/ld+json"}),
        "/bomb": Answer('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><rdf:RDF/>', headers=xml),
        "/torn": Answer('<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Desc', headers=xml),
        "/empty": Answer("# nothing", headers={"Content-Type": "text/turtle"}),
        "/untitled": Answer("<d> a <http://www.w3.org/ns/dcat#Dataset> .", headers={"Content-Type": "text/turtle"}),
    }
    names = ("html", "ttl", "json", "bomb", "torn", "empty", "untitled")
    report = run(card(*(f"/{n}" for n in names)))
    reasons = {e["url"].split("/")[3]: e["reason"] for e in report.errors}
    assert reasons["html"] == "the answer is a web page and no RDF"
    assert reasons["ttl"].startswith("the answer is no turtle RDF: ")
    assert reasons["json"].startswith("the answer is no JSON")
    assert reasons["bomb"] == "the XML declares entities and is not read"
    assert reasons["torn"].startswith("the answer is no xml RDF: ")
    assert reasons["empty"] == "the document describes no data set"
    assert reasons["untitled"] == f"{HOME}/d has no title"


def test_contexts_inside_a_document_are_local_too():
    body = {
        "@context": [
            "https://far.example/a.jsonld",
            {"@import": "https://far.example/b.jsonld", "t": {"@id": "dct:title", "@context": "https://far.example/c"}},
        ],
        "@id": f"{HOME}/d",
        "t": "Named",
    }
    graph = graph_of(Page(f"{HOME}/x", 200, {}, json.dumps(body).encode()))
    assert [str(o) for o in graph.objects()] == ["Named"]


def test_recorded_catalogues(site, run, tmp_path, recorded):
    """Every recorded catalogue gives its data sets, in each of its syntaxes."""
    files = {p.name: p for folder in ("dcat-fr", "dcat-ap-de") for p in (recorded / folder).iterdir()}
    site.routes |= {f"/{name}": path.read_bytes() for name, path in files.items()}
    site.routes["/catalog.jsonld?page=2"] = (recorded / "dcat-fr" / "paged-collection-2.jsonld").read_bytes()
    names = ["bnodes.jsonld", "catalog.xml", "evian.json", "flat.jsonld", "nested.jsonld", "paged-collection-1.jsonld"]
    names += [
        f"dcat_ap_de-RefImp_{s}_{k}"
        for s, k in (("RDF", "ADVANCED.rdf"), ("RDF", "SIMPLE.rdf"), ("TTL", "ADVANCED.ttl"), ("TTL", "SIMPLE.ttl"))
    ]
    resolve = {HOST: site.address, "data.test.org": site.address}
    harvests = [{"platform": "dcat", "url": f"http://data.test.org/{name}"} for name in names]
    report = run(make_card(*harvests), resolve=resolve)
    assert report.errors == []
    rows = rows_of(tmp_path)
    assert sum("arcgis.com" in name for name in rows) == 8
    assert {f"http://data.test.org/datasets/{n}" for n in (1, 2, 3, 4)} <= set(rows), "data set 4 stands on the second page"
    assert {"1", "2", "3"} <= set(rows), "blank nodes are named by their identifier"
    german = rows["https://example.com/dataset/d4ce4e6e-ab89-44cb-bf5c-33a162c234de#dataset"]
    assert german["organisation"] == "Behörde für Umwelt und Energie (BUE), Amt für Umweltschutz"
    text = json.dumps(list(rows.values()))
    assert "thomas.meister" not in text and "Koenig" not in text
    assert len(rows) == 8 + 4 + 3 + 2
