"""Pages whose headings are the listings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_server import HOST, make_card

from spiders.base import Problem
from spiders.errors import CardError
from spiders.listing import Listing
from spiders.page import Page
from spiders.platforms._pages import links_under, next_page, sections, stated_total
from spiders.platforms.sections import Sections
from spiders.rawzone import versions

FILL = "Schulen erhalten, was sie brauchen, um digital zu unterrichten."


def page(body, path="/vorhaben"):
    return Page(f"http://{HOST}{path}", 200, {}, f"<html lang='de'><head><title>V</title></head><body>{body}</body></html>".encode())


def card(**options):
    return make_card({"platform": "sections", "url": f"http://{HOST}/vorhaben", "kind": "measure", **options})


def read(body, **options):
    c = card(**options)
    return list(Sections(c, c.harvest[0]).parse(page(body)))


def part(title, text=FILL, level="h3", key=""):
    return f"<{level}{f' id={key!r}' if key else ''}>{title}</{level}><p>{text}</p>"


def test_every_heading_of_the_page_begins_a_listing(site, run, tmp_path):
    site.routes["/vorhaben"] = (
        "<html lang='de'><head><title>Vorhaben</title></head><body><nav><h3>Menü A</h3><h3>Menü B</h3></nav><main><h1>Vorhaben</h1>"
        + part("1. Tablets für alle", f"{FILL}<dl><dt>Laufzeit</dt><dd>2021 bis 2024</dd></dl>", key="tablets")
        + part("2. Netze", f"{FILL} <a href='https://netze.example.org/start'>mehr</a>")
        + part("Kontakt")
        + "</main><footer><h3>Impressum der Seite</h3></footer></body></html>"
    )
    report = run(card())
    assert (report.counts["found"], report.errors) == (2, [])
    rows = {r["record_id"]: r for r in versions(tmp_path / "raw", "at-test")}
    one = rows[f"at-test:http://{HOST}/vorhaben#tablets"]
    assert (one["title"], one["period"], one["kind"], one["shared_page"]) == ("1. Tablets für alle", "2021 bis 2024", "measure", True)
    assert rows[f"at-test:http://{HOST}/vorhaben#2. Netze"]["official_url"] == "https://netze.example.org/start"


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<section>{part(t)}</section>" for t in ("Alpha", "Beta", "Gamma")),
        "".join(f"<div class='h'><h3>{t}</h3></div><div><p>{FILL}</p></div>" for t in ("Alpha", "Beta", "Gamma")),
        "".join(f"<details><summary>{t}</summary><p>{FILL}</p></details>" for t in ("Alpha", "Beta", "Gamma")),
        part("Alpha") + part("Beta") + "<h2>Weiteres</h2>" + part("Gamma"),
        "".join(f"<article>{part(t)}</article>" for t in ("Alpha", "Beta", "Gamma")),
        f"<div id='content'>{part('Alpha')}{part('Beta')}{part('Gamma')}</div>",
    ],
    ids=["sections", "heading in a box", "accordion", "heading between", "articles", "one box with an id"],
)
def test_shapes_of_pages(body):
    found = read(f"<main><h1>V</h1>{body}</main>")
    assert [r.title for r in found] == ["Alpha", "Beta", "Gamma"]
    assert all(FILL in r.description for r in found)


def test_the_id_of_a_box_is_the_key_where_it_holds_one_part():
    body = "".join(f"<section id='s{n}'>{part(f'Teil {n}')}</section>" for n in range(3))
    assert [r.record_id.rpartition("#")[2] for r in read(f"<main id='m'>{body}</main>")] == ["s0", "s1", "s2"]


def test_a_declared_heading_wins():
    body = "<main>" + "".join(part(f"Teil {n}", level="h2") for n in range(4)) + part("Projekt", level="h4") + "</main>"
    assert [r.title for r in read(body, heading="h4")] == ["Projekt"]
    with pytest.raises(CardError, match="heading"):
        card(heading="h4[")


def test_own_labels_fill_fields():
    body = "<main>" + part("Alpha", f"{FILL}<br>Fenster: 2020-2022") + part("Beta") + "</main>"
    found = read(body, labels={"Fenster": "period"})
    assert found[0].period == "2020-2022"


def test_nothing_to_part_and_two_of_one_name():
    (problem,) = read("<main><h1>Nur ein Titel</h1><p>Text</p></main>")
    assert isinstance(problem, Problem) and problem.short
    found = read("<main>" + part("Alpha") + part("Alpha") + part("Beta") + "</main>")
    assert [type(r) for r in found] == [Listing, Problem, Listing]
    assert "share the key" in found[1].reason


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=3, max_size=30), min_size=2, max_size=8, unique=True))
def test_no_part_takes_text_of_another(titles):
    titles = [f"T{i} {' '.join(t.split())} x" for i, t in enumerate(titles)]
    body = "<main>" + "".join(f"<h2>{t}</h2><p>only of number {i} here</p>" for i, t in enumerate(titles)) + "</main>"
    found = sections(page(body))
    assert len(found) == len(titles)
    for i, section in enumerate(found):
        assert section.html == f"<p>only of number {i} here</p>"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/a?page=2", "<a href='?page=1'>1</a><a href='?page=3'>3</a><a href='/a?page=9'>end</a>", "/a?page=3"),
        ("/c/", "<a href='/c/page/2/'>2</a><a href='/c/page/9/'>9</a>", "/c/page/2/"),
        ("/n", "<a href='/n?b_start:int=30'>2</a><a href='/n?b_start:int=60'>3</a>", "/n?b_start:int=30"),
        ("/v", "<li class='pager__item--next'><a href='?page=1'>›</a></li>", "/v?page=1"),
        ("/v?page=7", "<a rel='next' href='/v?page=7'>›</a>", None),
        ("/s?font=4", "<a href='/s?font=5&page=2'>2</a>", None),
        ("/s", "<a href='/other?page=1'>2</a>", None),
    ],
)
def test_the_next_page(path, body, expected):
    assert next_page(page(body, path)) == (f"http://{HOST}{expected}" if expected else None)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Showing 111 - 120 out of 316 results", 316),
        ("1–10 von 1.234 Treffern", 1234),
        ("Résultats 1 - 20 sur 57", 57),
        ("2021 - 2027 in 3 Schritten", None),
        ("Laufzeit 2020 - 2022", None),
    ],
)
def test_the_total_that_a_page_states(text, total):
    assert stated_total(page(f"<main><p>{text}</p></main>")) == total


def test_links_under_a_path():
    body = "<a href='/p/1'>1</a><a href='/p/'>list</a><a href='/p/1#x'>again</a><a href='http://www.portal.test/p/2?utm_source=a'>2</a>"
    body += "<a href='http://other.test/p/3'>3</a><a href='/q?id=4'>4</a><a href='/p'>p</a>"
    assert links_under(page(body), ["/p/", "/q?id="]) == [
        f"http://{HOST}/p/1",
        "http://www.portal.test/p/2?utm_source=a",
        f"http://{HOST}/q?id=4",
    ]
