"""The sample portals hold what they are meant to hold, over real HTTP, and their changed worlds stay consistent."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict

import pytest

from spiders.listing import Listing
from spiders.samples.server import PORTALS, SampleServer

RELATIONS = {"successor_of", "part_of", "implements"}
#: raw fields that say when
DATES = ("start", "end", "period")


@pytest.fixture
def world(server, cards, read) -> dict[str, list[Listing]]:
    """Portal -> its listings in the authored world."""
    return {card.id: read(card) for card in cards.values()}


def plain(title: str) -> str:
    """A title without entities, as the index of a portal writes it."""
    return html.unescape(html.unescape(title))


def test_the_size_and_spread_of_the_world(world, cards, expected):
    listings = [x for found in world.values() for x in found]
    assert len(cards) >= 12
    assert len(listings) >= 200
    assert len({c.country for c in cards.values()} - {"EU"}) >= 10
    assert len({language for c in cards.values() for language in c.languages}) >= 10
    assert len({x["country"] for x in expected["listings"]}) >= 20
    assert sum(c.level == "regional" for c in cards.values()) >= 3
    assert any(c.level == "supranational" for c in cards.values())
    assert {h.platform for c in cards.values() for h in c.harvest} >= {"wordpress", "html", "feed"}
    assert len({c.licence for c in cards.values()}) >= 4
    assert any(c.licence == "unknown" for c in cards.values())
    assert all(c.delay == 0 for c in cards.values())


def test_every_expected_listing_is_served_and_no_other(world, expected):
    served = Counter(x.record_id for found in world.values() for x in found)
    assert [r for r, n in served.items() if n > 1] == []
    assert set(served) == {x["record_id"] for x in expected["listings"]}


def test_the_index_names_the_titles_that_the_pages_show(world, server):
    titles = server.records()
    shown = {x.record_id: plain(x.title) for found in world.values() for x in found}
    assert set(shown) == set(titles)
    broken = {e.record for site in server.sites.values() for e in site.index.entries if e.mojibake}
    assert {r for r in titles if shown[r] != titles[r]} == broken
    assert all(shown[r].encode("cp1252").decode() == titles[r] for r in broken)


def test_counts_meet_what_the_cards_expect(world, cards):
    for portal, found in world.items():
        assert len(found) >= cards[portal].expect.min, portal
        for field, share in cards[portal].expect.fill.items():
            filled = sum(bool(getattr(x, field)) for x in found)
            assert filled >= share * len(found), (portal, field)


def test_initiatives_stand_on_several_portals_and_in_several_languages(world, expected):
    language = {x.record_id: (x.language or "")[:2] for found in world.values() for x in found}
    portals, languages = defaultdict(set), defaultdict(set)
    for row in expected["listings"]:
        portals[row["cluster"]].add(row["record_id"].partition(":")[0])
        languages[row["cluster"]].add(language[row["record_id"]])
    assert sum(len(p) >= 2 for p in portals.values()) >= 50
    assert sum(len(p) >= 3 for p in portals.values()) >= 10
    assert sum(len(found) >= 2 for found in languages.values()) >= 30


def test_expected_relations_join_initiatives_that_are_present(expected):
    present = {x["cluster"] for x in expected["listings"]}
    counts = Counter(x["relation"] for x in expected["relations"])
    assert set(counts) == RELATIONS
    assert min(counts.values()) >= 15
    for row in expected["relations"]:
        assert {row["source"], row["target"]} <= present
        assert row["source"] != row["target"]
    assert len({(x["source"], x["target"], x["relation"]) for x in expected["relations"]}) == len(expected["relations"])


def test_no_answer_stands_in_what_is_served(expected):
    clusters = {x["cluster"] for x in expected["listings"]}
    words = re.compile("|".join(rf"(?<![\w-]){re.escape(w)}(?![\w-])" for w in [*clusters, *RELATIONS, "cluster_id", "gold"]))
    for path in PORTALS.rglob("*"):
        if path.is_file():
            # many ids are words of an address, such as /tne-isere; a whole id with its country in front is not
            found = words.search(path.read_bytes().decode("utf-8", "replace"))
            assert not found, f"{path}: {found[0] if found else ''}"


def test_at_least_eight_markups(cards):
    boxes = {
        (h.platform, "items" if "items" in h.options else "links", tuple(sorted((b["kind"], b["box"]) for b in h.options.get("facts", []))))
        for c in cards.values()
        for h in c.harvest
    }
    assert len(boxes) >= 8
    assert {b["kind"] for c in cards.values() for h in c.harvest for b in h.options.get("facts", [])} == {"dl", "table", "pairs", "colon"}


def shared_by_more_than_three(found: dict[str, set]) -> dict:
    """value -> portals, of what more than three portals share."""
    holders = defaultdict(set)
    for portal, values in found.items():
        for value in values:
            holders[value].add(portal)
    return {value: portals for value, portals in holders.items() if len(portals) > 3}


def test_no_label_is_shared_by_more_than_three_portals(world, cards):
    labels = {portal: {name.casefold() for x in found for name in x.labels} for portal, found in world.items()}
    for card in cards.values():
        if card.harvest[0].platform == "feed":
            labels[card.id] = set(card.harvest[0].options["fields"].values())
    assert all(labels.values())
    assert shared_by_more_than_three(labels) == {}


def test_no_date_form_is_shared_by_more_than_three_portals(world):
    def form(text: str) -> str:
        return re.sub(r"\d", "9", text.casefold())

    forms = {p: {form(v) for x in found for f in DATES if (v := getattr(x, f))} for p, found in world.items()}
    assert all(forms.values())
    assert shared_by_more_than_three(forms) == {}
    assert len({f for found in forms.values() for f in found}) >= 80


def test_no_set_of_fields_is_shared_by_more_than_three_portals(world, cards):
    fields = {}
    for portal, found in world.items():
        names = {name for x in found for name, value in x.as_dict().items() if value and name not in ("labels", "sources")}
        fields[portal] = {frozenset(names)}
    assert shared_by_more_than_three(fields) == {}


def test_the_troubles_of_the_field_are_there(world, server, expected):
    listings = [x for found in world.values() for x in found]
    raw = b"".join(p.read_bytes() for p in PORTALS.rglob("*.html"))
    assert any("utm_" in x.url for x in listings), "tracking parameters"
    assert any(x.shared_page for x in listings), "several listings on one page"
    assert any(x.canonical_url and x.canonical_url != x.url for x in listings), "a canonical address that differs"
    assert any("\u00ad" in x.title for x in listings), "soft hyphens"
    assert b"&eacute;" in raw or b"&oacute;" in raw, "HTML entities"
    assert any(e.mojibake for site in server.sites.values() for e in site.index.entries), "broken encoding"
    assert any(r.get("status") in (301, 308) for site in server.sites.values() for r in site.routes.values()), "moved listings"
    assert any(x.alternates for x in listings), "language alternates"
    years = defaultdict(set)
    for row in expected["listings"]:
        if "start_year" in row:
            years[row["cluster"]].add(row["start_year"])
    assert sum(len(y) > 1 for y in years.values()) >= 10, "conflicting years"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_changed_world_is_the_same_on_every_page(server: SampleServer, cards, read, expected, seed):
    everything = set(server.records())
    world = server.world(drop=0.3, recase=True, seed=seed)
    titles = server.records()
    assert len(world.dropped) == pytest.approx(0.3 * len(everything), rel=0.1)
    assert set(titles) == everything - world.dropped
    broken = {e.record for site in server.sites.values() for e in site.index.entries if e.mojibake}
    for card in cards.values():
        shown = {x.record_id: plain(x.title) for x in read(card)}
        assert set(shown) == {r for r in titles if r.startswith(f"{card.id}:")}
        for record, title in shown.items():
            assert (title.encode("cp1252").decode() if record in broken else title) == titles[record]


def test_a_world_comes_back_and_repeats(server: SampleServer, cards, read):
    card = cards["fr-ecole-numerique"]
    before = [x.as_dict() for x in read(card)]
    first = server.world(drop=0.3, recase=True, seed=5)
    changed = [x.as_dict() for x in read(card)]
    assert changed != before
    server.world()
    assert [x.as_dict() for x in read(card)] == before
    again = server.world(drop=0.3, recase=True, seed=5)
    assert (again.dropped, again.titles) == (first.dropped, first.titles)
    assert [x.as_dict() for x in read(card)] == changed


def test_every_expected_year_is_stated_in_the_facts(world, expected):
    said = {x.record_id: " ".join(v for f in DATES if (v := getattr(x, f))) for found in world.values() for x in found}
    for row in expected["listings"]:
        for key in ("start_year", "end_year"):
            if key in row:
                assert re.search(rf"(?<!\d)({row[key]}|{row[key] % 100:02})(?!\d)", said[row["record_id"]]), row


def test_sample_hosts_are_named_nowhere_else(server):
    root = PORTALS.parents[2]
    names = re.compile("|".join(map(re.escape, server.hosts)))
    for folder in ("spiders", "transforms", "warehouse", "flows"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".py", ".toml", ".sql", ".json", ".html") and PORTALS.parent not in path.parents:
                assert not names.search(path.read_text(encoding="utf-8", errors="replace")), path
