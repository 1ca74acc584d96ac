"""What the wording of titles, first words and addresses says of editions, parts and names."""

import pytest

from transforms.resolve.marks import acronyms_of, initials_of, marks_of, told_edition, told_trial, told_whole, years_in_address, years_of
from transforms.resolve.words import words


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


def test_an_umbrella_is_called_so_in_many_words():
    assert told_whole(words("Celková koncepce vzdělávání")) and told_whole(words("Das Gesamtkonzept der Länder"))
    assert not told_whole(words("Les écoles primaires"))


def test_we_is_no_number():
    assert marks_of("Så gör vi skolan digital").edition == 0
    assert marks_of("Programme VI").edition == 6


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("Third version of the plan that carries out the strategy", 3),
        ("In breve. Il primo piano con cui la strategia diventa azione", 1),
        ("II edycja programu dla szkół", 2),
        ("Zweite nationale Strategie", 2),
        ("Drugi program rządowy", 2),
        ("Second phase of the scheme", 0),
        ("For secondary schools, a plan", 0),
        ("Vi planerar för skolan", 0),
        ("It widens what the schools got from the first plan", 0),
    ],
)
def test_editions_that_a_text_begins_with(text, edition):
    assert told_edition(text) == edition


def test_an_earlier_trial_says_so_at_once():
    assert told_trial("Wcześniejszy, próbny projekt encyklopedii.") and told_trial("Předchozí pilotní projekt kraje")
    assert not told_trial("Pilot project of seven schools")
    assert not told_trial("The programme gives tablets to all schools. It follows an earlier pilot project.")


@pytest.mark.parametrize(
    ("url", "years"),
    [
        ("https://x.example/schede/piano-operativo-2020", (2020,)),
        ("https://x.example/plan-2021-2027.html", (2021, 2027)),
        ("https://x.example/2023/05/plan", ()),
        ("https://x.example/2023-05-02-plan-bis-2027", (2027,)),
        ("https://x.example/node/2055", ()),
        ("", ()),
    ],
)
def test_years_in_the_last_part_of_an_address(url, years):
    assert years_in_address(url) == years
