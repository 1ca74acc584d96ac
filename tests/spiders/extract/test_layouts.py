"""Facts boxes as portals of initiatives lay them out, in many languages: each value is found, with the label it came from, and no other."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from spiders.extract.generic import extract_page

URL = "https://www.portal.test/initiatives/1"
TEXT = "<p>" + "The programme equips schools with devices and trains teachers in digital pedagogy. " * 8 + "</p>"

SAID = tomllib.loads(Path(__file__).with_name("layouts.toml").read_text(encoding="utf-8"))
#: fields that labels fill in these pages; whatever else is found would be wrong
FACTS = ("period", "start", "end", "budget", "target_group", "official_url", "organisation", "place", "topic", "state", "kind", "level")


def page(body, lang="en"):
    heading = "" if "<h1" in body else "<h1>Plan</h1>"
    return f"<!doctype html><html lang='{lang}'><head><title>Plan</title></head><body><main>{heading}{body}{TEXT}</main></body></html>"


def facts(body, lang="en"):
    (listing,) = extract_page(page(body, lang), URL)
    return listing, {k: v for k in FACTS if (v := getattr(listing, k))}


@pytest.mark.parametrize("said", SAID["layout"], ids=[said["name"] for said in SAID["layout"]])
def test_layouts(said):
    listing, found = facts(said["html"], said["lang"])
    assert found == said["wanted"]
    assert all(listing.sources[k].startswith("label ") for k in said["wanted"])


@pytest.mark.parametrize("said", SAID["trap"])
def test_what_only_looks_like_facts(said):
    assert facts(said["html"])[1] == {}


def test_figures_and_links_of_the_site_itself():
    listing, found = facts("<p>Stand: 12.5.2021</p><p><b>Website:</b> <a href='/more'>here</a></p>", "de")
    assert (found, listing.modified, listing.labels["Website"]) == ({}, "12.5.2021", ["here"])


def test_the_command_shows_what_each_value_was_taken_from(tmp_path, capsys):
    from flows.cli import run

    saved = tmp_path / "page.html"
    saved.write_text(page("<p>Looptijd: 2021–2023<br>Budget: € 3 mln</p>", "nl"), encoding="utf-8")
    assert run(["--data", str(tmp_path / "data"), "extract", str(saved), "--url", URL]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["period"], row["sources"]["period"], row["sources"]["budget"]) == ("2021–2023", "label Looptijd", "label Budget")
    assert row["sources"].keys() >= {"title", "language", "description"}
