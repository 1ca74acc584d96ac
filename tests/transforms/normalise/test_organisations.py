"""Organisations: one key for all names, several in one field, identifiers, and what is no name."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.normalise.organisations import _PUBLIC, Organisation, organisations_step, parse_many, parse_organisation, slug
from transforms.normalise.places_units import EUROPE
from transforms.normalise.steps import Prior, intake
from transforms.normalise.values import Refusal


@pytest.mark.parametrize(
    ("country", "names", "key"),
    [
        ("CZ", ["MŠMT", "Ministerstvo školství, mládeže a tělovýchovy (MŠMT)", "Ministry of Education, Youth and Sports"], "cz-msmt"),
        ("FI", ["Opetus- ja kulttuuriministeriö", "undervisnings- och kulturministeriet",
               "Ministry of Education and Culture (publisher)"], "fi-okm"),
        ("DK", ["BØRNE- OG UNDERVISNINGSMINISTERIET", "Undervisningsministeriet", "Ministry of Children and Education"], "dk-uvm"),
        ("SK", ["ÚPVII", "MIRRI", "ÚPVII / MIRRI"], "sk-mirri"),
        ("CY", ["Υφυπουργείο Έρευνας, Καινοτομίας και Ψηφιακής Πολιτικής",
               "Deputy Ministry of Research, Innovation and Digital Policy"], "cy-dmrid"),
        ("ES", ["Ministerio de Educación", "Ministerio de Educación y Formación Profesional"], "es-mefp"),
        ("UA", ["МОН України", "Міністерство освіти і науки України"], "ua-mon"),
        (None, ["European Commission", "Europäische Kommission", "The European Commission"], "eu-commission"),
        ("FR", ["ministère de l’Éducation nationale", "Ministère de l'Education nationale (V. Peillon)"], "fr-men"),
    ],
)  # fmt: skip
def test_one_key_for_all_names(country, names, key):
    assert {parse_organisation(name, country=country).organisation_id for name in names} == {key}


def test_the_same_name_is_another_body_elsewhere():
    keys = {c: parse_organisation("Ministry of Education", country=c).organisation_id for c in ("CZ", "PT", "GR", "MT")}
    assert keys == {"CZ": "cz-msmt", "PT": "pt-me", "GR": "gr-minedu", "MT": "mt-mede"}
    assert parse_organisation("Ministry of Education").rule == "name"
    assert parse_organisation("MEN", country="PL").organisation_id != parse_organisation("MEN", country="FR").organisation_id


@pytest.mark.parametrize(
    ("text", "country", "names"),
    [
        ("МОН; ИА „Програма за образование“", "BG", ("МОН", "ИА „Програма за образование“")),
        ("Gobierno de La Rioja / Red.es", "ES", ("Gobierno de La Rioja", "Red.es")),
        ("KAVI, Opetushallitus (OPH)", "FI", ("KAVI", "Opetushallitus")),
        ("Kunnskapsdepartementet + KS", "NO", ("Kunnskapsdepartementet", "KS")),
        ("Ministry of Education and Ministry of Digital Governance", "GR", ("Ministry of Education", "Ministry of Digital Governance")),
        ("Ministry of Education and Science", "BG", ("Ministry of Education and Science",)),
        ("Švietimo, mokslo ir sporto ministerija", "LT", ("Švietimo, mokslo ir sporto ministerija",)),
        ("Bundesministerium für Bildung, Wissenschaft und Forschung", "AT", ("Bundesministerium für Bildung, Wissenschaft und Forschung",)),
        ("Müller und Söhne, Berlin", "DE", ("Müller und Söhne, Berlin",)),
        ("Träger: Stadt Köln", "DE", ("Stadt Köln",)),
        ("„Tiigrihüppe Sihtasutus”", "EE", ("Tiigrihüppe Sihtasutus",)),
        ("MŠMT; Ministerstvo školství", "CZ", ("MŠMT",)),
    ],
)
def test_several_in_one_field(text, country, names):
    assert parse_organisation(text, country=country).names == names


@pytest.mark.parametrize(
    ("one", "other", "country"),
    [
        ("Liguria Digitale S.p.A.", "Liguria Digitale", "IT"),
        ("Muster Bildung gGmbH", "Muster Bildung", "DE"),
        ("UAB Pavyzdys", "Pavyzdys, UAB", "LT"),
        ("Škola hrou, s.r.o.", "Škola hrou s. r. o.", "CZ"),
        ("ÉCOLE NUMÉRIQUE", "École numérique", "FR"),
    ],
)
def test_legal_forms_and_case_do_not_matter(one, other, country):
    assert parse_organisation(one, country=country).organisation_id == parse_organisation(other, country=country).organisation_id


def test_identifiers_are_kept():
    found = parse_organisation(
        "Example University (https://ror.org/01abcde23), PIC 999123456; https://www.wikidata.org/wiki/Q42", country="IE"
    )
    assert found.ids == {"ror": "01abcde23", "pic": "999123456", "wikidata": "Q42"}
    assert found.names == ("Example University",)
    assert parse_organisation("UNESCO").ids == {"wikidata": "Q7809"}


@pytest.mark.parametrize("text", ["", None, "n/a", "keine Angabe", "—", "123", "contact@example.org", "https://example.org", "x" * 700])
def test_no_name(text):
    assert isinstance(parse_organisation(text, country="DE"), Refusal)


def test_lookup_is_sound():
    for key, entry in _PUBLIC.items():
        assert entry["country"] in EUROPE | {"EU"}, key
        assert entry["names"], key
        for name in entry["names"]:
            found = parse_organisation(name, country=entry["country"])
            assert found.organisation_id == key, (key, name)
    countries = {entry["country"] for entry in _PUBLIC.values()}
    assert len(countries - {"EU"}) >= 32


def test_slug():
    assert slug("Univerzita Karlova", "CZ") == "cz-univerzita-karlova"
    assert slug("ACME d.o.o.", None) == "acme"


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_dirt_never_raises(text):
    found = parse_organisation(text, country="PL")
    assert isinstance(found, Organisation | Refusal)
    if isinstance(found, Organisation):
        assert all(found.names) and found.organisation_id.startswith(("pl-", "eu-", "int-"))


def test_step():
    rows = [
        {"record_id": "1", "title": "x", "portal": "sk-x", "organisation": "MIRRI; Ministerstvo školstva"},
        {"record_id": "2", "title": "x", "portal": "sk-x", "organisation": "n/a"},
    ]
    out = organisations_step(intake(pd.DataFrame(rows)), {"sk-x": Prior(country="SK")})
    assert out["organisation_id"].tolist() == ["sk-mirri", None]
    assert [names or [] for names in out["organisations"].tolist()] == [["MIRRI", "Ministerstvo školstva"], []]
    assert "no name" in out["issues"].tolist()[1]
    assert parse_many(["MIRRI", None], ["SK", "SK"])[0].organisation_id == "sk-mirri"
