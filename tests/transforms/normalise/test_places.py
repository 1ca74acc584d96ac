"""Places: real expressions, every NUTS name, and what must stay empty."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.normalise.places import Place, parse_level, parse_many, parse_place, places_in, places_step
from transforms.normalise.places_units import EUROPE, LANGUAGES, WORDS, is_country, iso, shortest, table, units
from transforms.normalise.steps import Prior, intake
from transforms.normalise.values import Refusal

REFERENCE = Path(__file__).parents[4] / "shared" / "refs" / "nuts_2024.csv"

#: NUTS names that mean something else, or several things, when they stand alone: code -> what the bare name gives
NAMESAKES = {
    "BG412": ("BG411",),  # София is the capital; the province is област София
    "DE11": ("DE111",),  # government regions called after their city: the city is meant
    "DE12": ("DE122",),
    "DE13": ("DE131",),
    "DE71": ("DE711",),
    "DE73": ("DE731",),
    "DE91": ("DE911",),
    "DEA1": ("DEA11",),
    "DEA2": ("DEA23",),
    "DEA3": ("DEA33",),
    "DEB1": ("DEB11",),
    "DEB2": ("DEB21",),
    "DED2": ("DED21",),
    "DED4": ("DED41",),
    "DED5": ("DED51",),
    "DED52": ("DED51",),
    "ES523": None,  # city, province or Comunitat Valenciana
    "FRE11": None,  # a direction
    "MT001": (),  # the island or the state
    "UKG3": ("UKG",),  # the county or the region
}


def wanted(code):
    if code in NAMESAKES:
        return NAMESAKES[code]
    return () if is_country(code) else (shortest(code),)


def test_every_nuts_name_finds_its_code():
    wrong = {}
    for code, label in units().items():
        found = parse_place(label, country=iso(code))
        got = None if isinstance(found, Refusal) else found.nuts
        if got != wanted(code):
            wrong[code] = (label, got)
    assert wrong == {}


def test_every_code_finds_itself():
    for code in units():
        found = parse_place(code)
        assert isinstance(found, Place) and found.country == iso(code), code
        assert found.nuts == (() if is_country(code) else (shortest(code),))
        if not is_country(code):
            qualified = parse_place(found.nuts[0], country=iso(code))
            assert qualified.nuts == found.nuts  # a fixed point


def test_units_agree_with_the_reference():
    if not REFERENCE.exists():
        pytest.skip(f"no reference list at {REFERENCE}")
    with REFERENCE.open(encoding="utf-8") as file:
        reference = {row["NUTS_ID"] for row in csv.DictReader(file) if row["LEVL_CODE"] in "123" and "Z" not in row["NUTS_ID"][2:]}
    ours = {code for code in units() if code[:2] not in ("UK", "UA", "BA", "XK")}
    assert {c for c in reference if c[:2] not in ("UK", "UA", "BA", "XK")} - ours == set()
    assert ours - reference == set()


def test_every_country_name_finds_its_country():
    wrong = []
    for language in LANGUAGES:
        for code in EUROPE - {"VA", "FO"}:
            name = Locale.parse(language).territories[code]
            found = parse_place(name, language=language.split("_")[0])
            if not isinstance(found, Place) or found.country != code or found.level != "national":
                wrong.append((language, code, name, found))
    assert wrong == []


def test_lookups_name_known_codes():
    codes = {part for entries in table("regions").values() for key in entries for part in key.split(";")}
    codes |= set(table("adjectives")["regions"])
    codes |= {code for found in WORDS["abbreviations"].values() for code in found.values() if code}
    codes |= {code for found in WORDS["ambiguous_in"].values() for code in found.values() if len(code) > 2}
    codes |= {code for area in WORDS["areas"].values() for code in area.get("nuts", ())}
    assert codes - set(units()) == set()


@pytest.mark.parametrize(
    ("text", "nuts"),
    [
        ("Regierungsbezirk Köln", ("DEA2",)),
        ("Landkreis München", ("DE21H",)),
        ("Stadt München", ("DE212",)),
        ("das bayerische Schulnetz", ()),
        ("bayerische", ("DE2",)),
        ("Katalonien (Spanien)", ("ES51",)),
        ("Sachsen, Sachsen-Anhalt und Thüringen", ("DED", "DEE", "DEG")),
        ("Kreis Esslingen, Baden-Württemberg, Deutschland", ("DE113",)),
        ("DE2; DE21", ("DE21",)),
    ],
)
def test_forms_in_german(text, nuts):
    found = parse_place(text, country="DE", language="de")
    assert (found.nuts if found else ()) == nuts


def test_levels():
    assert parse_place("EU").level == "supranational" and parse_place("EU").country == "EU"
    assert parse_place("Nordic countries").country is None
    assert parse_place("Deutschland; Österreich").level == "supranational"
    assert parse_place("Stadt Graz", country="AT") == Place("AT", (), "local", "town", 0.6)
    assert parse_place("Bilbao, Euskadi", country="ES").level == "local"
    assert parse_place("Česko").level == "national"


def test_namesakes_follow_the_portal():
    assert parse_place("Limburg").reason == "ambiguous name"
    assert parse_place("Limburg", country="NL").nuts == ("NL42",)
    assert parse_place("Limburg", country="BE").nuts == ("BE22",)
    assert parse_place("Luxembourg").country == "LU"
    assert not parse_place("Luxembourg", country="BE")
    assert parse_place("Jura", country="CH").nuts == ("CH025",)
    assert parse_place("Jura", country="FR").nuts == ("FRC22",)
    assert parse_place("Lugo", country="IT").reason == "a namesake abroad"


@pytest.mark.parametrize(
    ("title", "country", "codes"),
    [
        ("Digitalisierungsstrategie Sachsen-Anhalt", "DE", ("DEE",)),
        ("Niedersächsische Bildungscloud", "DE", ("DE9",)),
        ("Das Programm LOGINEO NRW", "DE", ("DEA",)),
        ("Plan de competencia digital de Castilla y León", "ES", ("ES41",)),
        ("Kujawsko-Pomorskiej e-Szkoły", "PL", ("PL61",)),
        ("Digital Strategy of the Basque Country", None, ("ES21",)),
        ("Planul pentru educaţia digitală în judeţul Harghita", "RO", ("RO124",)),
        ("Corso di formazione: le marche digitali nel nord", "IT", ()),
        ("Le marché du numérique dans le centre", "FR", ()),
        ("Schule im Westen", "DE", ()),
        ("DigitalPakt Schule", "DE", ()),
        ("Berliner Luft in Bayern", "AT", ()),
    ],
)
def test_regions_in_titles(title, country, codes):
    assert tuple(code for place in places_in(title, country) for code in place.nuts) == codes


def test_countries_in_titles():
    assert [p.country for p in places_in("Cyprus – National Digital Strategy 2020-2025")] == ["CY"]


@pytest.mark.parametrize(
    ("text", "level"),
    [("National", "national"), ("bundesweit", "national"), ("kommunal", "local"), ("Région", None),
     ("regionální / local", "regional"), ("europäisch", "supranational")],
)  # fmt: skip
def test_level_words(text, level):
    found = parse_level(text)
    assert found == level if level else isinstance(found, Refusal)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_dirt_never_raises(text):
    assert isinstance(parse_place(text, country="FR"), Place | Refusal)
    assert isinstance(places_in(text, "FR"), tuple)


def test_many_keeps_order():
    found = parse_many(["Berlin", None, "nowhere"], ["DE"] * 3)
    assert found[0].nuts == ("DE3",) and not found[1] and not found[2]


def test_step():
    rows = [
        {"record_id": "1", "title": "x", "portal": "es-x", "place": "Cataluña"},
        {"record_id": "2", "title": "x", "portal": "es-x", "nuts": "ES41;ES42", "level": "autonómico"},
        {"record_id": "3", "title": "Plan digital de Extremadura", "portal": "es-x"},
        {"record_id": "4", "title": "x", "portal": "eu-x", "country": "Česko"},
        {"record_id": "5", "title": "x", "portal": "eu-x"},
        {"record_id": "6", "title": "x", "portal": "de-by", "place": "überall"},
        {"record_id": "7", "title": "x", "portal": "de-by"},
        {"record_id": "8", "title": "Nationaler Aktionsplan", "portal": "de-by"},
    ]
    priors = {
        "es-x": Prior(country="ES", level="national"),
        "eu-x": Prior(country="EU", level="supranational"),
        "de-by": Prior(country="DE", level="regional", nuts=("DE2",)),
    }
    frame = intake(pd.DataFrame(rows))
    frame["title"] = frame["raw.title"]
    out = places_step(frame, priors)
    assert out["country"].tolist() == ["ES", "ES", "ES", "CZ", None, "DE", "DE", "DE"]
    assert [codes or [] for codes in out["nuts"].tolist()] == [["ES51"], ["ES41", "ES42"], ["ES43"], [], [], [], ["DE2"], []]
    assert out["level"].tolist()[:3] == ["regional"] * 3
    assert out["level"].tolist()[6:] == ["regional", "national"], "a region's portal shows the nation's measures too"
    assert "unknown place" in out["issues"].tolist()[5]
    assert "places.card" in out["note.nuts"].tolist()[6]
