"""Portal cards: what is refused names the key and the nearest right one."""

from __future__ import annotations

import pytest
from portal_server import HOST, make_card

from spiders.card import PORTALS, card_from, load_card, load_cards
from spiders.errors import CardError
from spiders.platforms import platforms

CARD = """
title = "Digitale Schule"
publisher = "Ministerium"
country = "AT"
level = "national"
languages = ["de"]
homepage = "https://www.schule.test/"
authority = "owner"
licence = "https://creativecommons.org/licenses/by/4.0/"
schedule = "weekly"
status = "drafted"

[[evidence]]
url = "https://www.schule.test/projekte"
seen = 2025-01-31
what = "the list of projects"

[[harvest]]
platform = "html"
url = "https://schule.test/projekte"
kind = "Projekt"
links = "a.projekt"
next = "a.weiter"
facts = [{ box = "dl", kind = "dl" }]

[harvest.fields]
title = "h1"
"""


def write(tmp_path, text=CARD, name="at-schule.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_is_read(tmp_path):
    card = load_card(write(tmp_path))
    assert (card.id, card.languages, card.delay, card.drafted, card.reuse) == ("at-schule", ("de",), 1.0, True, "open")
    assert card.hosts == {"schule.test", "www.schule.test"}
    assert card.harvest[0].options["fields"] == {"title": "h1"}
    assert (card.evidence[0].seen, card.harvest[0].kind) == ("2025-01-31", "Projekt")
    assert load_cards(tmp_path) == {"at-schule": card}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("publisher =", "publsher ="), r"at-schule.toml: publsher: is no key .*\n.*'publisher'"),
        (('licence = "https://creativecommons.org/licenses/by/4.0/"\n', ""), "licence: is missing"),
        (('"html"', '"htlm"'), r"harvest\[0\]: platform: 'htlm' is not known\n.*'html'"),
        (("links =", "link ="), r"harvest\[0\]: link: is no key of a portal card\n.*'links'"),
        (('"a.projekt"', '"a..["'), r"harvest\[0\]: links: 'a..\[' is no CSS selector"),
        (('"a.projekt"', "3"), r"links: has the wrong type"),
        (("title = \"h1\"", 'titel = "h1"'), r"fields.titel: is no raw field\n.*'title'"),
        (('kind = "dl" }', 'kind = "list" }'), r"facts\[0\]: must hold box, kind"),
        (('links = "a.projekt"', 'links = "a"\nitems = "li"'), "give either links or items"),
        (('"national"', '"regional"'), "nuts: is missing"),
        (('"national"', '"nation"'), "'nation' is not known"),
        (('"AT"', '"Austria"'), "country: 'Austria' is not of the right form"),
        (('"https://www.schule.test/"', '"www.schule.test"'), "homepage: 'www.schule.test' is no web address"),
        (('["de"]', '"de"'), "languages: must be a list"),
        (('"drafted"', '"done"'), "status: 'done' is not of the right form"),
        (('schedule = "weekly"', 'schedule = "weekly"\ndelay = -1'), "delay: must be a number"),
        (("[[evidence]]", "[evidence]"), "evidence: must be one or more tables"),
        (("[[harvest]]", "[expect]\nmn = 3\n[[harvest]]"), r"expect: mn: is no key .*\n.*'min'"),
        (('title = "Digi', 'title = Digi'), "is not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, change, message):
    assert change[0] in CARD
    with pytest.raises(CardError, match=message):
        load_card(write(tmp_path, CARD.replace(*change)))


def test_files(tmp_path):
    write(tmp_path)
    with pytest.raises(CardError, match=r"no such portal card\n.*at-schule.toml"):
        load_card(tmp_path / "at-schul.toml")
    with pytest.raises(CardError, match="is no portal id"):
        load_card(write(tmp_path, name="Schule.toml"))
    with pytest.raises(CardError, match="no such folder"):
        load_cards(tmp_path / "none")


def test_a_mirror_needs_a_card(tmp_path):
    write(tmp_path, CARD.replace('status =', 'mirrors = ["at-schul"]\nstatus ='))  # fmt: skip
    with pytest.raises(CardError, match="names the portal 'at-schul'"):
        load_cards(tmp_path)


def test_the_hash_says_what_the_card_says(tmp_path):
    card = load_card(write(tmp_path))
    assert load_card(write(tmp_path)).hash == card.hash
    assert load_card(write(tmp_path, CARD.replace("weekly", "daily"))).hash != card.hash


def test_every_card_that_ships_loads():
    if not list(PORTALS.glob("*.toml")):
        pytest.skip("no portal cards yet")
    load_cards()


def test_every_platform_says_what_it_is():
    assert {"auto", "feed", "html", "wordpress"} <= set(platforms())
    for name, platform in platforms().items():
        assert platform.about, name
        assert platform.__doc__, name
        assert all(option.about for option in platform.options.values()), name


def test_card_from_a_table_needs_no_file():
    assert make_card({"platform": "feed", "url": f"http://{HOST}/feed"}).path is None
    with pytest.raises(CardError, match="at-x: title: is missing"):
        card_from({}, "at-x")
