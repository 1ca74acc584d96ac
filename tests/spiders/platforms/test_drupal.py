"""Drupal over real HTTP: JSON:API with its links, and the pages of a view."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from portal_server import HOST, Answer, make_card

from spiders.base import Fetch
from spiders.errors import CardError, HarvestError
from spiders.page import Page
from spiders.platforms.drupal import Drupal, in_language, node_of
from spiders.rawzone import versions

JSON = {"Content-Type": "application/vnd.api+json"}
ROOT = f"http://{HOST}/jsonapi"


def node(number, *, changed="2024-02-01T10:00:00+00:00", title=None, language="de", **fields):
    return {
        "type": "node--initiative",
        "id": f"00000000-0000-4000-8000-{number:012}",
        "attributes": {
            "drupal_internal__nid": number,
            "langcode": language,
            "title": title or f"Initiative {number}",
            "created": "2023-01-01T00:00:00+00:00",
            "changed": changed,
            "path": {"alias": f"/initiative/{number}", "langcode": language},
            "body": {"value": "roh", "processed": "<p>Text der Initiative</p>"},
            "field_laufzeit": {"value": "2021-01-01", "end_value": "2024-12-31"},
            "field_budget": "2 Mio. Euro",
            **fields,
        },
        "relationships": {"field_zielgruppe": {"data": [{"type": "taxonomy_term--audience", "id": "t1"}]}},
    }


TERM = {"type": "taxonomy_term--audience", "id": "t1", "attributes": {"name": "Lehrkräfte"}}


class Api:
    """The JSON:API of a portal: two resources a page, whatever is asked for."""

    def __init__(self, site, nodes):
        self.nodes = nodes
        site.routes["/jsonapi/node/initiative"] = self.collection
        for n in nodes:
            site.routes[f"/jsonapi/node/initiative/{n['id']}"] = lambda hit, n=n: self.reply(data=self.current(n["id"]), included=[TERM])

    def current(self, uuid):
        return next(n for n in self.nodes if n["id"] == uuid)

    def reply(self, **document):
        return Answer(json.dumps(document), headers=JSON)

    def collection(self, hit):
        query = {k: v[0] for k, v in parse_qs(urlsplit(hit.path).query).items()}
        start = int(query.get("page[offset]", 0))
        shown = self.nodes[start : start + 2]
        links = {"self": {"href": f"http://{HOST}{hit.path}"}}
        if start + 2 < len(self.nodes):
            links["next"] = {"href": f"{ROOT}/node/initiative?page%5Boffset%5D={start + 2}&page%5Blimit%5D=2&{urlsplit(hit.path).query}"}
        if "fields[node--initiative]" in query:
            keep = set(query["fields[node--initiative]"].split(","))
            shown = [{**n, "attributes": {k: v for k, v in n["attributes"].items() if k in keep}} for n in shown]
        return self.reply(data=shown, included=[TERM], links=links, meta={"count": len(self.nodes)})


def api_card(**more):
    return make_card({"platform": "drupal", "url": ROOT, "types": ["node/initiative"], "include": ["field_zielgruppe"], **more})


def rows(tmp_path):
    return {r["record_id"]: r for r in versions(tmp_path / "raw", "at-test")}


def test_json_api_pages_fields_and_terms(site, run, tmp_path):
    Api(site, [node(1), node(2), node(3, title="Plan 3", language="en")])
    report = run(api_card(fields={"description": "body.value"}))
    assert (report.counts["found"], report.claimed, report.errors) == (3, 3, [])
    found = rows(tmp_path)
    assert set(found) == {"at-test:drupal:node:1:de", "at-test:drupal:node:2:de", "at-test:drupal:node:3:en"}
    one = found["at-test:drupal:node:1:de"]
    assert (one["title"], one["url"], one["language"]) == ("Initiative 1", f"http://{HOST}/initiative/1", "de")
    assert (one["period"], one["budget"], one["target_group"]) == ("2021-01-01 - 2024-12-31", "2 Mio. Euro", "Lehrkräfte")
    assert (one["description"], one["sources"]["description"]) == ("roh", "body.value")
    assert found["at-test:drupal:node:3:en"]["url"] == f"http://{HOST}/en/initiative/3"


def test_json_api_fetches_only_what_changed(site, run):
    api = Api(site, [node(1), node(2), node(3)])
    run(api_card())
    api.nodes[1] = node(2, changed="2024-09-09T09:09:09+00:00", title="Initiative 2, neu")
    site.hits.clear()
    report = run(api_card(), 2)
    assert (report.counts["changed"], report.counts["unchanged"], report.counts["missing"]) == (1, 2, 0)
    assert [p for p in site.paths() if "00000000" in p] == [f"/jsonapi/node/initiative/{node(2)['id']}?include=field_zielgruppe"]


def test_terms_are_included_by_themselves(site, run, tmp_path):
    """Without ``include`` the first page tells which fields point to terms; the next run remembers them."""
    Api(site, [node(1), node(2), node(3)])
    inner = site.routes["/jsonapi/node/initiative"]

    def answer(hit):
        found = inner(hit)
        if "include=" in hit.path:
            return found
        return Answer(json.dumps({k: v for k, v in json.loads(found.body).items() if k != "included"}), headers=JSON)

    site.routes["/jsonapi/node/initiative"] = answer
    card = make_card({"platform": "drupal", "url": ROOT, "types": ["node/initiative"]})
    report = run(card)
    assert (report.counts["found"], report.claimed, report.errors) == (3, 3, [])
    assert {r["target_group"] for r in rows(tmp_path).values()} == {"Lehrkräfte"}
    second = run(card, 2)
    assert second.counts["unchanged"] == 3 and second.run["notes"][f"drupal include {ROOT} node/initiative"] == ["field_zielgruppe"]


def test_what_may_not_be_included_is_left_out(site, run, tmp_path):
    Api(site, [node(1)])
    inner = site.routes["/jsonapi/node/initiative"]

    def answer(hit):
        if "include=" in hit.path:
            return Answer('{"errors": [{"title": "Bad Request"}]}', 400, JSON)
        return Answer(json.dumps({k: v for k, v in json.loads(inner(hit).body).items() if k != "included"}), headers=JSON)

    site.routes["/jsonapi/node/initiative"] = answer
    report = run(make_card({"platform": "drupal", "url": ROOT, "types": ["node/initiative"]}))
    assert report.errors == [] and [r["title"] for r in rows(tmp_path).values()] == ["Initiative 1"]


def test_json_api_in_further_languages(site, run, tmp_path):
    """The prefix gives translations; an entry without one comes in its own language and is the same listing."""
    Api(site, [node(1), node(2)])
    translated = [node(1, language="en", title="Initiative 1 in English"), node(2)]
    site.routes["/en/jsonapi/node/initiative"] = Answer(json.dumps({"data": translated, "included": [TERM]}), headers=JSON)
    report = run(api_card(languages=["en"]))
    assert (report.counts["found"], report.claimed) == (3, 2)
    assert set(rows(tmp_path)) == {"at-test:drupal:node:1:de", "at-test:drupal:node:2:de", "at-test:drupal:node:1:en"}
    assert rows(tmp_path)["at-test:drupal:node:1:en"]["url"] == f"http://{HOST}/en/initiative/1"


def test_json_api_that_answers_something_else():
    page = Page(ROOT, 200, {}, b'{"errors": [{"title": "closed"}]}', context={"kind": "node/initiative", "depth": 1})
    with pytest.raises(HarvestError, match="no JSON:API document"):
        list(Drupal(api_card(), api_card().harvest[0]).parse(page))


def entry(number, language="en", title="Strategy"):
    settings = {"path": {"currentPath": f"node/{number}", "currentLanguage": language}}
    alternates = "".join(f'<link rel="alternate" hreflang="{c}" href="/{c}/initiatives/{number}">' for c in ("en", "de"))
    return (
        f'<!doctype html><html lang="{language}"><head><title>{title} {number} | Portal</title>{alternates}'
        f'<script type="application/json" data-drupal-selector="drupal-settings-json">{json.dumps(settings)}</script></head>'
        f"<body><main><h1>{title} {number}</h1><p>Schools get what they need to teach with digital means in every subject.</p>"
        f"<dl><dt>Implemented</dt><dd>2021 - 2027</dd></dl></main></body></html>"
    )


def view(number, pages=3):
    first = number * 2 + 1
    links = "".join(f'<h2><a href="/en/initiatives/{i}">Strategy {i}</a></h2>' for i in (first, first + 1))
    pager = f'<ul><li class="pager__item--next"><a href="?page={number + 1}">Next</a></li></ul>' if number + 1 < pages else ""
    side = '<a href="/en/initiatives">all</a><a href="/en/news/7">News</a><a href="http://elsewhere.test/en/initiatives/9">x</a>'
    return f'<html lang="en"><body>{side}<main><p>Showing {first} - {first + 1} out of 6 results</p>{links}{pager}</main></body></html>'


def view_card(**more):
    return make_card({"platform": "drupal", "url": f"http://{HOST}/en/initiatives", "entries": ["/en/initiatives/"], **more})


def read(page_number, card, pages=3, **context):
    """What the platform makes of a page of the view."""
    page = Page(f"http://{HOST}/en/initiatives?page={page_number}", 200, {}, view(page_number, pages).encode(), context=context)
    return list(Drupal(card, card.harvest[0]).parse_view(page))


def view_site(site):
    site.routes["/en/initiatives"] = lambda hit: view(int(parse_qs(urlsplit(hit.path).query).get("page", ["0"])[0]))
    for i in range(1, 7):
        site.routes[f"/en/initiatives/{i}"] = entry(i)
        site.routes[f"/de/initiatives/{i}"] = entry(i, "de", "Strategie")


def test_pages_of_a_view(site, run, tmp_path):
    view_site(site)
    report = run(view_card(labels={"Implemented": "period"}))
    assert (report.counts["found"], report.claimed, report.errors) == (6, 6, [])
    assert [p for p in site.paths() if "?" in p] == ["/en/initiatives?page=1", "/en/initiatives?page=2"]
    one = rows(tmp_path)["at-test:drupal:node:1:en"]
    assert (one["title"], one["period"], one["language"]) == ("Strategy 1", "2021 - 2027", "en")
    assert not any("/news/" in p for p in site.paths())


def test_a_view_without_pager_is_counted_by_its_total():
    found = read(0, view_card(), pages=0, depth=1)
    assert [f.url for f in found if isinstance(f, Fetch)][-1] == f"http://{HOST}/en/initiatives?page=1"
    last = read(2, view_card(), pages=0, depth=3, first="http://x/", found=4)
    assert [f.parse for f in last] == ["parse_entry", "parse_entry"]


def test_a_view_that_repeats_itself_ends():
    again = read(0, view_card(), pages=99, depth=2, first=f"http://{HOST}/en/initiatives/1", found=2)
    assert all(f.parse == "parse_entry" for f in again)


def test_further_languages_of_an_entry(site, run, tmp_path):
    view_site(site)
    report = run(view_card(languages=["de", "fr"]))
    assert report.counts["found"] == 12
    assert rows(tmp_path)["at-test:drupal:node:4:de"]["title"] == "Strategie 4"


def test_auto_opens_the_json_api(site, run):
    Api(site, [node(1), node(2)])
    site.routes["/"] = '<html><head><meta name="Generator" content="Drupal 10 (https://www.drupal.org)"></head><body>x</body></html>'
    names = {"node--page": {"href": "x"}, "node--initiative": {"href": "x"}, "user--user": {"href": "x"}}
    site.routes["/jsonapi"] = Answer(json.dumps({"data": [], "links": names}), headers=JSON)
    report = run(make_card({"platform": "auto", "url": f"http://{HOST}/"}))
    assert report.counts["found"] == 2
    assert report.run["notes"]["harvest"]["options"] == {"types": ["node/initiative"]}


@pytest.mark.parametrize(
    ("url", "language", "expected"),
    [
        ("https://a.test/en/x/y", "de", "https://a.test/de/x/y"),
        ("https://a.test/projects/change-innovate-0_en", "it", "https://a.test/projects/change-innovate-0_it"),
        ("https://a.test/en", "fr", "https://a.test/fr"),
        ("https://a.test/initiatives/x", "fr", None),
    ],
)
def test_addresses_in_another_language(url, language, expected):
    assert in_language(url, language) == expected


@pytest.mark.parametrize(
    ("head", "url", "expected"),
    [
        ('<link rel="shortlink" href="https://a.test/en/node/441">', "/x", ("441", "en")),
        ("", "/lt/node/441", ("441", "en")),
        ("", "/node/441/edit-notes", ("441", "en")),
        ("", "/nodes/441", (None, "en")),
        ('<script data-drupal-selector="drupal-settings-json">{"path": null}</script>', "/x", (None, "en")),
        ('<script data-drupal-selector="drupal-settings-json">{broken</script>', "/x", (None, "en")),
    ],
)
def test_the_node_that_a_page_shows(head, url, expected):
    page = Page(f"https://a.test{url}", 200, {}, f'<html lang="en"><head>{head}</head><body></body></html>'.encode())
    assert node_of(page) == expected


def test_a_card_needs_types_or_entries():
    with pytest.raises(CardError, match="give types or entries"):
        make_card({"platform": "drupal", "url": ROOT})
    assert Drupal.name == "drupal"
