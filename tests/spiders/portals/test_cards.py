"""The portal cards: that they load, what they cover, and that their evidence holds."""

from __future__ import annotations

import csv
import json
import re
import statistics
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from spiders.card import PORTALS, Card, load_cards
from spiders.catalogue import FILE, catalogue
from spiders.page import url_key

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
EU_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EFTA = "CH IS LI NO"
CARDS = load_cards()
IDS = sorted(CARDS)
#: public pages beside those of the shared evidence
FOUND_BESIDES = {
    "http://www.adrcentru.ro/pnrr-componenta15/pnrr-utile-c15/dotari-educatie/",
    "https://digitalmalta.org.mt/en/Pages/Landing-Pages/Actions.aspx",
    "https://e-estonia.com/solutions/education_and_research/research_iinformation_system/",
    "https://lile.li/projekt-ict.html",
    "https://oecd.org/en/publications/country-digital-education-ecosystems-and-governance_906134d4-en/full-report/component-11.html",
    "https://ouslovenia.net/open-education-and-oer-in-slovenia/strategies-and-initiatives/",
    "https://skaitmeninekoalicija.lt/index.php/lt/latest/news/digital-lithuania-academy",
    "https://www.eura2014.fi/rrtiepa/projekti.php?projektikoodi=S22570",
    "https://www.nsa.smm.lt/ugdymo-turinio-departamentas/",
    "https://www.teachingandlearning.ie/digital-enhancement-funding/teaching-and-learning-enhancement-fund-driving-enhancement-through-capacity-building-in-irish-higher-education/",
    "https://www.zrss.si/novice/projekt-dvig-digitalne-kompetentnosti-se-je-zakljucil/",
}


def test_enough_portals_for_every_country_and_level():
    """By the cards that count: a page was seen that lists initiatives."""
    counting = [card for card in CARDS.values() if card.list_seen]
    countries = Counter(card.country for card in counting)
    levels = Counter(card.level for card in counting)
    assert len(counting) >= 120
    assert set(countries) >= {*EU_MEMBERS.split(), *EFTA.split()}
    assert levels["supranational"] >= 20
    assert levels["regional"] >= 40


@pytest.mark.parametrize("name", IDS)
def test_a_card_says_where_it_was_seen(name):
    card = CARDS[name]
    seen = [url_key(e.url) for e in card.evidence]
    told = [e for e in card.evidence if re.match(r"(names|links|home of the tool|the action plan|an instrument)", e.what)]
    first = card.harvest[0].url
    assert any(_same_listing(url_key(first), key) for key in seen) or told, f"{first} was seen nowhere"
    for evidence in card.evidence:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}|public copy, (undated|\d{4}( or later)?)", evidence.seen)
        assert len(evidence.what) >= 8


def _same_listing(harvested: str, seen: str) -> bool:
    """The seen address itself, or the beginning of a list of which a later page was seen."""
    plain = re.sub(r"/page/\d+$", "", seen.partition("?")[0])
    later = harvested.partition("?")[0] == plain and "?" in seen and "?" not in harvested
    return harvested in (seen, plain) or later


@pytest.mark.parametrize("name", IDS)
def test_a_card_that_counts_does_not_rest_on_one_entry(name):
    card = CARDS[name]
    one = r"(an?|one) (entry|article|(news )?item|call|(school )?project|programme|practice|measure|strategy) (below|under|page)"
    if card.list_seen:
        assert not all(re.match(one, e.what) for e in card.evidence), f"{name}: say that the list was not seen"
    else:
        assert card.harvest[0].platform in ("auto", "drupal"), f"{name}: no list was seen, so how can it be read?"


@pytest.mark.parametrize("name", IDS)
def test_a_card_is_whole(name):
    card = CARDS[name]
    prefix = name.split("-")[0]
    assert prefix == card.country.lower() if card.country != "EU" else prefix in ("eu", "int")
    assert (card.country == "EU") == (card.level == "supranational")
    assert card.status == "drafted" or card.status.startswith("checked ")
    assert card.homepage.endswith("/")
    if card.level in ("regional", "local"):
        stem = {"GR": "EL"}.get(card.country, card.country)
        assert card.nuts and all(code.startswith(stem) for code in card.nuts)


def test_no_listing_is_harvested_by_two_cards():
    keys = Counter(url_key(h.url) for card in CARDS.values() for h in card.harvest)
    assert not [key for key, n in keys.items() if n > 1]


def test_portals_that_share_records_name_each_other():
    for card in CARDS.values():
        for other in card.mirrors:
            assert card.id in CARDS[other].mirrors, f"{other} does not name {card.id}"
    hosts: dict[str, set[str]] = {}
    for card in CARDS.values():
        for h in card.harvest:
            hosts.setdefault((urlsplit(h.url).hostname or "").removeprefix("www."), set()).add(card.id)
    for host, ids in hosts.items():
        paths = [h.url for i in ids for h in CARDS[i].harvest]
        assert len(set(paths)) >= len(ids), host


def test_cards_are_short_and_declared_once():
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in PORTALS.glob("*.toml")]
    assert statistics.median(lines) < 30
    assert max(lines) <= 60


@pytest.mark.parametrize("name", IDS)
def test_a_guessed_path_is_left_to_auto(name):
    for h in CARDS[name].harvest:
        assert not re.search(r"/wp-json|/jsonapi|\+\+api\+\+|/api/3/action|sitemap\.xml", h.url) or h.platform == "auto"


def test_the_document_lists_the_cards_as_they_are():
    assert FILE.read_text(encoding="utf-8") == catalogue(CARDS), "run: python -m spiders.catalogue"


def test_nuts_codes_exist():
    names = SHARED / "refs" / "nuts_2024.csv"
    if not names.is_file():
        pytest.skip("the list of NUTS codes is not at hand")
    with names.open(encoding="utf-8") as f:
        known = {row["NUTS_ID"] for row in csv.DictReader(f)}
    wrong = {card.id: code for card in CARDS.values() for code in card.nuts if code not in known}
    assert not wrong


def test_evidence_is_among_the_pages_that_were_seen():
    folder = SHARED / "portals"
    if not folder.is_dir():
        pytest.skip("the collected evidence is not at hand")
    seen = {url_key(url) for url in FOUND_BESIDES}
    for name in ("evidence.jsonl", "leads.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            seen |= {url_key(url) for url in re.findall(r"https?://[^\s\"|]+", json.dumps(json.loads(line), ensure_ascii=False))}
    copies = [(card.id, e.url) for card in CARDS.values() for e in card.evidence if e.seen.startswith("public copy")]
    wrong = [(portal, url) for portal, url in copies if not _among(url, seen)]  # what has a date was seen live
    assert not wrong


def _among(url: str, seen: set[str]) -> bool:
    return url_key(url) in seen or any(key.startswith(url_key(url)) for key in seen)


def test_a_card_speaks_its_languages():
    assert all(isinstance(card, Card) and card.languages for card in CARDS.values())
    spoken = {language for card in CARDS.values() for language in card.languages}
    official = "bg cs da de el en es et fi fr hr hu it lt lv nl pl pt ro sk sl sv"
    assert spoken >= {*official.split()}
