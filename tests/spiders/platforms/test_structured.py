"""schema.org and OpenGraph over real HTTP: lists on one page, lists of addresses, microdata, and pages that say nothing."""

from __future__ import annotations

import json

import pytest
from portal_server import HOST, detail, make_card

from spiders.errors import CardError
from spiders.rawzone import versions

HOME = f"http://{HOST}"


def ld(*objects, body: str = "") -> str:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **o})}</script>' for o in objects)
    return f"<!doctype html><html lang='fr'><head><title>Page</title>{scripts}</head><body>{body}</body></html>"


def course(number: int, **more):
    return {
        "@type": "Course",
        "name": f"Cours {number}",
        "description": "Numérique à l'école",
        "provider": {"@type": "Organization", "name": "Académie"},
        "author": {"@type": "Person", "name": "A Person"},
        "educationalLevel": "Lycée",
        "location": {"@type": "Place", "address": {"addressLocality": "Lyon"}},
        "Durée": "2020-2024",
        **more,
    }


def card(url: str = "/list", **options):
    return make_card({"platform": "structured", "url": f"{HOME}{url}", **options})


def rows_of(tmp_path):
    return {r["record_id"].removeprefix(f"at-test:{HOME}"): r for r in versions(tmp_path / "raw", "at-test")}


def test_objects_on_one_page_and_the_next(site, run, tmp_path):
    more = "<a rel='next' href='/list?page=2'>suite</a>"
    site.routes |= {
        "/list": ld(course(1, url="/c/1"), course(2, **{"@id": f"{HOME}/list#two"}), {"@type": "Organization", "name": "Site"}, body=more),
        "/list?page=2": ld(course(3, identifier="K3"), course(4, startDate="2024-01-01"), body="<p>fin</p>"),
    }
    first = run(card(), 1)
    assert first.errors == []
    rows = rows_of(tmp_path)
    assert set(rows) == {"/c/1", f"/list#{HOME}/list#two", "/list?page=2#K3", "/list?page=2#Cours 4"}
    row = rows["/c/1"]
    assert (row["organisation"], row["place"], row["education_level"], row["language"]) == ("Académie", "Lyon", "Lycée", "fr")
    assert row["period"] == "2020-2024" and row["sources"]["organisation"] == "schema.org provider"
    assert rows["/list?page=2#Cours 4"]["start"] == "2024-01-01" and rows["/list?page=2#Cours 4"]["shared_page"] is True
    assert "A Person" not in json.dumps(list(rows.values()))
    second = run(card(), 2)
    assert (second.counts["unchanged"], (second.folder / "listings.jsonl").read_text()) == (4, "")


def test_a_list_of_addresses_is_followed(site, run, tmp_path):
    items = [{"@type": "ListItem", "position": n, "url": f"{HOME}/p/{n}"} for n in (1, 2, 3)]
    site.routes |= {
        "/list": ld(
            {"@type": "ItemList", "numberOfItems": 3, "itemListElement": [*items, {"@type": "ListItem", "url": "https://far.example/x"}]}
        ),
        "/p/1": ld(course(1), body="<h1>Cours 1</h1><dl><dt>Budget</dt><dd>3 M€</dd></dl>"),
        "/p/2": (
            "<html lang='fr'><body><div itemscope itemtype='https://schema.org/Event'><h1 itemprop='name'>Journée</h1>"
            "<time itemprop='startDate' datetime='2025-03-01'>1er mars</time>"
            "<div itemprop='organizer' itemscope itemtype='https://schema.org/Organization'><span itemprop='name'>Rectorat</span></div>"
            "</div></body></html>"
        ),
        "/p/3": detail(
            "Plan", lang="fr", head="<meta property='og:title' content='Plan numérique'><meta property='og:description' content='Texte'>"
        ),
    }
    report = run(card())
    assert (report.counts["found"], report.claimed, report.errors) == (3, 3, [])
    rows = rows_of(tmp_path)
    assert rows["/p/1"]["budget"] == "3 M€", "what the object leaves open is read from the page"
    assert (rows["/p/2"]["title"], rows["/p/2"]["start"], rows["/p/2"]["organisation"]) == ("Journée", "2025-03-01", "Rectorat")
    assert rows["/p/3"]["title"] == "Plan numérique"


def test_links_and_types_of_the_card(site, run, tmp_path):
    site.routes |= {
        "/list": "<html><body><a class='e' href='/p/1'>1</a><a class='e' href='/p/2'>2</a><a href='/about'>x</a></body></html>",
        "/p/1": ld({"@type": "WebSite", "name": "Site"}, course(1, funding={"@type": "MonetaryAmount", "value": 5, "currency": "EUR"})),
        "/p/2": ld({"@type": "Article", "headline": "News"}),
    }
    report = run(card(links="a.e", types=["Course"], fields={"topic": "provider.name"}))
    (row,) = rows_of(tmp_path).values()
    assert (row["title"], row["topic"], row["budget"]) == ("Cours 1", "Académie", "5 EUR")
    assert [e["reason"] for e in report.errors] == ["no object of the types Course"]


def test_a_page_that_says_nothing_or_something_broken(site, run):
    site.routes |= {
        "/a": "<html><body><p>Nothing</p></body></html>",
        "/b": '<html><head><script type=\'application/ld+json\'>{"@type": "Course", </script></head><body><p>Torn</p></body></html>',
    }
    report = run(make_card(*({"platform": "structured", "url": f"{HOME}/{n}"} for n in "ab")))
    assert [e["reason"] for e in report.errors] == ["the page says nothing of itself in schema.org or OpenGraph terms"] * 2
    with pytest.raises(CardError, match="links"):
        card(links="a[")


def test_its_own_door(site, run):
    site.routes["/cours"] = ld(*(course(n, url=f"/c/{n}") for n in range(4)))
    report = run(make_card({"platform": "auto", "url": f"{HOME}/cours"}))
    assert report.run["notes"]["harvest"]["platform"] == "structured" and report.counts["found"] == 4
