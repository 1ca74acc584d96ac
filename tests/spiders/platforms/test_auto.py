"""The doors that ``auto`` finds and their order; a card's entries; over real HTTP where it matters."""

from __future__ import annotations

import pytest
from portal_server import HOST, Answer, detail, make_card

from spiders.page import Page
from spiders.platforms.auto import doors_of
from spiders.rawzone import versions


def page(head="", body="", path="/", **headers):
    return Page(f"http://{HOST}{path}", 200, headers, f"<html><head>{head}</head><body>{body}</body></html>".encode())


def names(*args, entries=(), **kwargs):
    return [name for name, _ in doors_of(page(*args, **kwargs), entries)]


FEEDS = (
    '<link rel="alternate" type="application/rss+xml" title="Site" href="/feed/">'
    '<link rel="alternate" type="application/rss+xml" title="Aktivity" href="/category/aktivity/feed/">'
)
API = '<link rel="https://api.w.org/" href="/wp-json/">'
TERM = '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/categories/12">'
SINGLE = '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/12">'
ENTRY_LINKS = "".join(f'<a href="/projekt/{n}">Ein Projekt {n}</a>' for n in range(5))


def test_an_interface_goes_before_a_feed_on_the_start_page():
    assert names(API + FEEDS)[0] == "wordpress"


def test_the_feed_of_a_section_goes_before_an_interface_of_the_whole_site():
    doors = list(doors_of(page(API + FEEDS + TERM, path="/category/aktivity/")))
    assert [(name, door.url) for name, door in doors][0] == ("feed", f"http://{HOST}/category/aktivity/feed/")
    assert "wordpress" in [name for name, _ in doors]


def test_the_feed_of_a_single_page_holds_comments():
    head = API + SINGLE + '<link rel="alternate" type="application/rss+xml" title="Kommentare" href="/projekte/feed/">'
    assert names(head, path="/projekte/")[0] == "wordpress"


def test_with_entries_nobody_guesses():
    more = "".join(f'<a href="/news/{n}">Eine Nachricht {n}</a>' for n in range(9))
    assert names("", ENTRY_LINKS + more, entries=["/projekt/"]) == ["html", "sitemap"]
    assert names("", more, entries=["/projekt/"]) == ["sitemap"]
    assert "html" in names("", more)


@pytest.mark.parametrize(
    ("head", "body", "platform"),
    [
        ('<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">', "", "drupal"),
        ('<meta name="generator" content="Plone - https://plone.org/">', "", "plone"),
        ('<meta name="generator" content="ckan 2.10.4">', "", "ckan"),
        ('<link rel="alternate" type="text/turtle" href="/catalog.ttl">', "", "dcat"),
        ("", "<h2>Eins und eins</h2><p>" + "Text " * 9 + "</p><h2>Zwei und zwei</h2><p>" + "Text " * 9 + "</p>"
         "<h2>Drei und drei</h2><p>" + "Text " * 9 + "</p>", "sections"),
    ],
)  # fmt: skip
def test_marks_of_a_platform(head, body, platform):
    assert platform in names(head, body)


def test_entries_by_links_and_the_address_itself(site, run, tmp_path):
    """The card's address is one entry; it links others and a page of something else."""
    site.routes |= {
        "/projekt/1": detail("Projekt 1", head="").replace("</body>", '<a href="/projekt/2">Projekt 2</a><a href="/news/9">n</a></body>'),
        "/projekt/2": detail("Projekt 2"),
        "/news/9": detail("Nachricht"),
    }
    report = run(make_card({"platform": "auto", "url": f"http://{HOST}/projekt/1", "entries": ["/projekt/"]}))
    rows = {r["record_id"]: r["title"] for r in versions(tmp_path / "raw", "at-test")}
    assert rows == {f"at-test:http://{HOST}/projekt/{n}": f"Projekt {n}" for n in (1, 2)}
    assert report.run["notes"]["harvest"]["platform"] == "html"


def test_entries_by_the_sitemap_where_the_page_links_none(site, run, tmp_path):
    site.routes |= {
        "/start": "<html><body><p>Nothing to see</p></body></html>",
        "/sitemap.xml": Answer(
            '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            + "".join(
                f"<url><loc>http://{HOST}{p}</loc><lastmod>2024-01-01</lastmod></url>" for p in ("/projekt/1", "/projekt/2", "/news/9")
            )
            + "</urlset>",
            headers={"Content-Type": "application/xml"},
        ),
        "/projekt/1": detail("Projekt 1"),
        "/projekt/2": detail("Projekt 2"),
    }
    card = make_card({"platform": "auto", "url": f"http://{HOST}/start", "entries": ["/projekt/"]})
    report = run(card)
    assert (report.counts["found"], report.claimed, report.errors) == (2, 2, [])
    site.hits.clear()
    report = run(card, 2)
    assert report.counts["unchanged"] == 2
    assert not [p for p in site.paths() if p.startswith("/projekt/")]


def test_a_list_is_paged_by_its_counter_and_own_labels_are_read(site, run, tmp_path):
    def listing(*numbers, pages=""):
        return "<html><body>" + "".join(f'<a href="/projekt/{n}">Projekt {n}</a>' for n in numbers) + pages + "</body></html>"

    site.routes |= {
        "/projekte": listing(1, 2, pages='<a href="?seite=2">2</a><a href="?seite=3">3</a>'),
        "/projekte?seite=2": listing(3, pages='<a href="/projekte">1</a><a href="?seite=3">3</a>'),
        "/projekte?seite=3": listing(4, pages='<a href="/projekte">1</a><a href="?seite=2">2</a>'),
        **{f"/projekt/{n}": detail(f"Projekt {n}", facts={"Zeitfenster": "2020-2023"}) for n in range(1, 5)},
    }
    card = make_card({"platform": "auto", "url": f"http://{HOST}/projekte", "entries": ["/projekt/"], "labels": {"Zeitfenster": "period"}})
    report = run(card)
    assert report.counts["found"] == 4
    assert {r["period"] for r in versions(tmp_path / "raw", "at-test")} == {"2020-2023"}
