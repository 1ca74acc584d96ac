"""What a title says of its edition, its part and its name."""

import pandas as pd
import pytest

from transforms.normalise import normalise
from transforms.resolve.prepare import acronyms_of, core_of, initials_of, marks_of, prepare, tells_of, years_of


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Strategie 2021–2027", (2021, 2027)),
        ("Plán 2014-20", (2014, 2020)),
        ("Agenda 2030", (2030,)),
        ("10 000 počítačů", ()),
        ("Art. 20219", ()),
    ],
)
def test_years(text, years):
    assert years_of(text) == years


def test_marks_tell_editions_numbers_and_phases():
    assert marks_of("Digitale Schule 2.0").edition == 2
    assert marks_of("Digital Success Programme II").edition == 2
    assert marks_of("Piano Scuola 4.0").edition == 0, "4.0 is a fashion, no edition"
    assert marks_of("10.000 digitalnih učionica").numbers == {10000}
    assert marks_of("e-Schools pilot project").pilot
    assert marks_of("Fáze 2: vybavení škol").phase


def test_acronyms_are_names_but_not_those_that_everybody_uses():
    assert acronyms_of("Sistemul Educaţional Informatizat (SEI)") == {"sei"}
    assert acronyms_of("ICT and STEM in schools: the BrAIn project") == {"brain"}
    assert acronyms_of("DIGITALE BILDUNG FÜR ALLE SCHULEN") == frozenset(), "a shouting title has none"
    assert "sei" in initials_of("Sistemul Educaţional Informatizat")


def test_the_core_is_the_same_in_every_language_and_without_the_country():
    assert core_of("Digital Education Strategy", "CZ", []) == core_of("Strategie digitálního vzdělávání", "CZ", [])[1:] + ["#strategy"]
    assert core_of("Digital strategy of Estonia 2030", "EE", []) == core_of("Digital strategy", "EE", []) + ["of"]


def test_words_that_tell_how_two_stand_to_each_other():
    assert tells_of("Druhá část, která navazuje na předchozí projekt") >= {"second", "renewed", "earlier", "part"}
    # a call carries out what it is for; it is a part of it in no language
    assert not any(
        "part" in tells_of(call) for call in ("První výzva", "Výzva", "Pierwszy nabór", "Erste Ausschreibung", "Appel à projets")
    )
    assert tells_of("Les écoles primaires") == frozenset()


def test_only_pages_that_variants_are_told_of_count():
    rows = [
        {
            "record_id": "a",
            "title": "Eins",
            "country": "AT",
            "url": "https://x.example/de/a",
            "alternates": {"en": "https://x.example/en/a"},
        },
        {"record_id": "b", "title": "One", "country": "AT", "url": "https://x.example/en/a"},
        {"record_id": "c", "title": "Two", "country": "AT", "url": "https://x.example/en/c"},
    ]
    records = prepare(normalise(pd.DataFrame(rows)))
    assert records.page[1] in records.variants[0] and records.page[0] in records.variants[0]
    assert not records.variants[1] and not records.variants[2] and records.page[2] not in records.variants[0]
    assert prepare(normalise(pd.DataFrame(rows[1:]))).page == ["", ""], "nobody asks"
