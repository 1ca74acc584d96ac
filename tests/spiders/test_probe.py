"""Probe, check and the auto platform against portals never seen before, over real HTTP."""

from __future__ import annotations

import json
import tomllib
from datetime import date

import pytest
from portal_server import HOST, Answer, detail, links, make_card

from spiders.card import card_from
from spiders.crawl import HarvestOptions
from spiders.errors import InputError
from spiders.probe import check, probe

RSS = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>F</title>"
    "<item><title>From the feed</title><link>/f</link><guid>f1</guid></item></channel></rss>"
)


def look(site, path="/", **options):
    return probe(
        f"http://{HOST}{path}", HarvestOptions(resolve={HOST: site.address}, settings={"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}, **options)
    )


def wordpress(site, prefix="/wp-json", header=True):
    """A WordPress whose interface may have another prefix, with a custom type and the usual built-in ones."""
    types = {
        name: {"rest_base": base} for name, base in (("post", "posts"), ("page", "pages"), ("wp_block", "blocks"), ("projekt", "projekte"))
    }
    entries = [
        {
            "id": n,
            "type": "projekt",
            "link": f"http://{HOST}/p/{n}",
            "title": {"rendered": f"Projekt {n}"},
            "modified_gmt": "2024-01-01T00:00:00",
        }
        for n in (1, 2, 3, 4)
    ]
    head = {"Link": f'<http://{HOST}{prefix}/>; rel="https://api.w.org/"'} if header else {}
    name = "<meta property='og:site_name' content='Digitales Land'>"
    home = f"<html lang='de'><head><title>Projekte</title>{name}</head><body>wp-content</body></html>"
    site.routes |= {
        "/": Answer(home, headers=head),
        f"{prefix}/wp/v2/types": Answer(json.dumps(types)),
        f"{prefix}/wp/v2/projekte": Answer(json.dumps(entries), headers={"X-WP-Total": "4", "X-WP-TotalPages": "1"}),
    }


def test_wordpress_under_a_renamed_prefix(site):
    wordpress(site, "/api-neu")
    seen = look(site)
    assert (seen.harvest.platform, seen.harvest.url, seen.harvest.options) == (
        "wordpress",
        f"http://{HOST}/api-neu/",
        {"types": ["projekte"]},
    )
    assert (seen.found, seen.claimed, seen.title, seen.languages) == (4, 4, "Digitales Land", ("de",))
    assert [s["title"] for s in seen.samples] == ["Projekt 1", "Projekt 2", "Projekt 3"]
    assert seen.rights["hosts"][f"http://{HOST}"]["robots"]["status"] == 404
    card = card_from(tomllib.loads(seen.as_card_toml()), seen.card_id)
    assert card.harvest[0] == seen.harvest
    assert card.drafted and card.evidence[0].seen == date.today().isoformat()


def test_feed_is_the_fallback_where_the_interface_is_closed(site):
    wordpress(site)
    site.routes["/wp-json/wp/v2/types"] = Answer("{}", 401)
    site.routes["/"] = Answer(
        "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head><body>wp-content</body></html>"
    )
    site.routes["/feed"] = RSS
    seen = look(site)
    assert (seen.harvest.platform, [s["title"] for s in seen.samples]) == ("feed", ["From the feed"])


def test_plain_pages_are_read_by_rules(site):
    names = ["Digitale Schule Nord", "Lernplattform Sued", "Tablets fuer alle Klassen", "Medienkompetenz im Alter"]
    items = "".join(f"<li><a href='/projekte/p{i}'>{name}</a></li>" for i, name in enumerate(names))
    site.routes["/liste"] = f"<html lang='de'><body><nav><a href='/a/impressum'>Impressum hier</a></nav><ul>{items}</ul></body></html>"
    site.routes |= {f"/projekte/p{i}": detail(name, facts={"Laufzeit": "2020-2024"}, text="Wort " * 80) for i, name in enumerate(names)}
    seen = look(site, "/liste")
    assert (seen.harvest.platform, seen.found) == ("html", 4)
    assert {s["title"] for s in seen.samples} <= set(names)
    assert all(s["period"] == "2020-2024" for s in seen.samples)


def test_nothing_opens(site):
    site.routes["/"] = "<html><body>Hello</body></html>"
    seen = look(site)
    assert seen.harvest is None
    assert seen.errors[0]["reason"] == "no platform is recognised"
    assert card_from(tomllib.loads(seen.as_card_toml()), seen.card_id).harvest[0].platform == "auto"
    with pytest.raises(InputError, match="no web address"):
        probe("portal.test")


def test_auto_remembers_its_door_and_looks_again_when_it_closes(site, run):
    wordpress(site)
    card = make_card({"platform": "auto", "url": f"http://{HOST}/"})
    assert run(card, 1).counts["new"] == 4
    site.hits.clear()
    second = run(card, 2)
    assert second.counts["unchanged"] == 4
    assert "/" not in site.paths()
    wordpress(site, "/other")
    site.routes["/wp-json/wp/v2/types"] = Answer("", 404)
    third = run(card, 3)
    assert third.counts["unchanged"] == 4
    assert third.run["notes"][f"door http://{HOST}/"]["harvest_url"] == f"http://{HOST}/other/"


def test_check_reports_drift_field_by_field(site, run, tmp_path):
    card = make_card(
        {
            "platform": "html",
            "url": f"http://{HOST}/list",
            "links": "a.entry",
            "fields": {"title": "h1"},
            "facts": [{"box": "dl", "kind": "dl"}],
        }
    )
    site.routes |= {"/list": links("/a", "/b")} | {p: detail(p, facts={"Budget": "1 EUR", "Ort": "Wien"}) for p in ("/a", "/b")}
    run(card, 1)
    options = HarvestOptions(resolve={HOST: site.address})
    assert check(card, data=tmp_path, options=options).healthy
    site.routes |= {p: detail(p, facts={"Ort": "Wien"}) for p in ("/a", "/b")}
    drift = check(card, data=tmp_path, options=options)
    assert drift.fields == {"budget": (1.0, 0.0)}
    site.routes["/list"] = "<p>new design</p>"
    assert "no listing" in check(card, data=tmp_path, options=options).reasons[0]
