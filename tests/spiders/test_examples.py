"""Recording an example from live pages, replaying it, and comparing it with the portal of today, over real HTTP."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from portal_server import HOST, Answer, detail, links, make_card

from spiders import examples
from spiders.crawl import HarvestOptions
from spiders.errors import InputError
from spiders.probe import check, remember

PROSE = "Das Programm unterstützt alle Schulen des Landes bei der Arbeit mit digitalen Medien und im Unterricht."
HTML = {"platform": "html", "url": f"http://{HOST}/list", "links": "a.entry", "facts": [{"box": "dl", "kind": "dl"}]}
FACTS = {"Laufzeit": "2020 bis 2024", "Budget": "5 Mio. Euro", "Ansprechpartnerin": "Erika Muster"}


@pytest.fixture
def options(site):
    return HarvestOptions(resolve={HOST: site.address}, timeout=60)


@pytest.fixture
def card(tmp_path):
    fields = {"title": "h1", "description": "div.text"}
    return replace(make_card({**HTML, "fields": fields}), path=tmp_path / "cards" / "at-test.toml")


@pytest.fixture
def portal(site):
    site.routes |= {"/list": links(*(f"/p{i}" for i in range(6)))}
    site.routes |= {f"/p{i}": detail(f"Plan {i}", text=PROSE, facts=FACTS) for i in range(6)}
    return site


def test_an_example_holds_the_list_and_a_few_listings_without_prose(portal, card, options):
    folder = remember(card, options)
    assert sorted(p.name for p in folder.iterdir()) == ["1.html", "2.html", "3.html", "4.html", "pages.json"]
    pages = examples.read(card)
    assert [p.asked.removeprefix(f"http://{HOST}") for p in pages] == ["/list", "/p0", "/p1", "/p2"]
    everything = "".join(p.read_text(encoding="utf-8") for p in folder.iterdir())
    for word in ("unterstützt", "Muster", "127.0.0.1"):
        assert word not in everything
    assert "2020 bis 2024" in everything and "5 Mio. Euro" in everything
    portal.stop()  # from here on there is no network
    found = examples.extract(card, pages)
    assert [page["follows"] for page in found] == [6, 0, 0, 0]
    one = found[1]["listings"][0]
    assert (one["title"], one["period"], one["budget"], one["language"]) == ("Plan 0", "2020 bis 2024", "5 Mio. Euro", "de")
    assert len(one["description"]) == len(f"<p>{PROSE}</p>") and "sources" not in one


def test_check_compares_live_pages_with_the_example_field_by_field(portal, card, options, tmp_path):
    remember(card, options)
    same = check(card, data=tmp_path, options=options)
    assert (same.healthy, same.changed, same.found) == (True, [], 6)
    portal.hits.clear()

    portal.routes["/p0"] = detail("Plan 0", text=PROSE, facts={**FACTS, "Budget": "7 Mio. Euro"})
    drift = check(card, data=tmp_path, options=options)
    assert drift.healthy
    assert [(r.rpartition("/")[2], field, then, now) for r, field, then, now in drift.changed if field == "budget"] == [
        ("p0", "budget", "5 Mio. Euro", "7 Mio. Euro")
    ]
    assert len(portal.paths()) <= 15 + 4  # a few pages, and those of the example

    portal.routes |= {f"/p{i}": detail(f"Plan {i}", text=PROSE, facts={"Laufzeit": "2020 bis 2024"}) for i in range(6)}
    drift = check(card, data=tmp_path, options=options)
    assert drift.fields == {"budget": (1.0, 0.0)}
    assert not drift.healthy

    portal.routes |= {"/p0": Answer("", 404), "/list": "<html lang='de'><p>Neu</p></html>"}
    reasons = " ".join(check(card, data=tmp_path, options=options).reasons)
    assert "a recorded page is gone: answered 404" in reasons
    assert "a list leads nowhere any more" in reasons


def test_a_listing_that_left_its_page_is_named(portal, card, options, tmp_path):
    shared = replace(card, harvest=(replace(card.harvest[0], options={"items": "section", "key": "::self@id", "fields": {"title": "h2"}}),))
    portal.routes["/list"] = "<section id='a'><h2>Plan A</h2></section><section id='b'><h2>Plan B</h2></section>"
    remember(shared, options)
    portal.routes["/list"] = "<section id='b'><h2>Plan B</h2></section><section id='c'><h2>Plan C</h2></section>"
    drift = check(shared, data=tmp_path, options=options)
    assert [(r.rpartition("#")[2], field, then, now) for r, field, then, now in drift.changed] == [("a", "*", "Plan A", None)]


def test_long_answers_are_shortened(site, options, tmp_path):
    entries = [
        {
            "id": i, "type": "plan", "link": f"http://{HOST}/plan/{i}", "title": {"rendered": f"Plan {i}"},
            "content": {"rendered": f"<p>{PROSE}</p>"}, "modified_gmt": "2025-01-01T00:00:00",
        }
        for i in range(60)
    ]  # fmt: skip
    site.routes["/wp-json/wp/v2/plans"] = Answer(
        json.dumps(entries), headers={"Content-Type": "application/json", "X-WP-Total": "60", "X-WP-TotalPages": "1", "Set-Cookie": "a=b"}
    )
    card = replace(
        make_card({"platform": "wordpress", "url": f"http://{HOST}/wp-json/", "types": ["plans"]}), path=tmp_path / "at-test.toml"
    )
    remember(card, options)
    (page,) = examples.read(card)
    assert page.headers == {"content-type": "application/json", "x-wp-total": "60", "x-wp-totalpages": "1"}
    assert [row["title"] for row in examples.extract(card, [page])[0]["listings"]] == ["Plan 0", "Plan 1", "Plan 2"]
    assert check(card, data=tmp_path, options=options).changed == []


def test_other_encodings_become_utf_8(site, card, options):
    site.routes |= {"/list": links("/a"), "/a": Answer(detail("Škola", text=PROSE).encode("cp1250", "replace"))}
    remember(replace(card, languages=("cs",)), options)
    assert "Škola" in (examples.folder_of(card) / "2.html").read_text(encoding="utf-8")


def test_reserved_text_is_not_recorded(site, card, options):
    site.routes |= {"/list": links("/a"), "/a": Answer(detail("A", text=PROSE), headers={"tdm-reservation": "1"})}
    with pytest.raises(InputError, match="nothing to record"):
        remember(card, options)
    assert not examples.folder_of(card).exists()


def test_a_broken_example_says_so(card):
    folder = examples.folder_of(card)
    folder.mkdir(parents=True)
    (folder / "pages.json").write_text('[{"file": "1.html"}]')
    with pytest.raises(InputError, match="cannot be read"):
        examples.read(card)
