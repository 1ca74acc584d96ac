"""Cue words: patterns, languages, and the lists that ship."""

from __future__ import annotations

import pytest

from spiders.errors import ModelError
from transforms.normalise.cues import Lexicon, folded, languages, lexicon

OFFICIAL = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split()  # noqa: SIM905
TABLES = {
    "mul": {"online": "e-learning"},
    "en": {"training": "teacher* training, =it"},
    "de": {"school": "*schul*, !hochschul*", "end": "*pakt", "ki": "=ki"},
    "lb": {"school": "schoul*"},
}


@pytest.fixture(scope="module")
def small() -> Lexicon:
    return Lexicon(TABLES)


def test_every_official_language_and_seven_more_have_cues() -> None:
    assert set(OFFICIAL) <= set(languages())
    assert {"nb", "is", "ca", "eu", "gl", "uk", "sr", "lb"} <= set(languages())


def test_each_language_tells_school_teacher_and_digital() -> None:
    said = {
        "de": "Digitale Fortbildung für Lehrkräfte an Grundschulen",
        "fr": "Formation numérique des enseignants des écoles",
        "es": "Formación digital del profesorado en las escuelas",
        "it": "Formazione digitale degli insegnanti nelle scuole",
        "pl": "Cyfrowe szkolenia nauczycieli w szkołach",
        "cs": "Digitální kurzy pro učitele základních škol",
        "hu": "Digitális képzés pedagógusoknak az iskolákban",
        "fi": "Opettajien digitaalinen koulutus kouluissa",
        "el": "Ψηφιακή επιμόρφωση εκπαιδευτικών στα σχολεία",
        "bg": "Дигитално обучение на учители в училищата",
        "lt": "Skaitmeniniai mokymai mokytojams mokyklose",
        "lv": "Digitālās apmācības skolotājiem skolās",
        "et": "Õpetajate digikoolitus koolides",
        "ro": "Formarea digitală a profesorilor din școli",
        "sl": "Digitalno usposabljanje učiteljev v šolah",
        "hr": "Digitalno usavršavanje učitelja u školama",
        "sv": "Digital fortbildning för lärare i skolan",
        "da": "Digital efteruddannelse af lærere i folkeskolen",
        "nl": "Digitale nascholing voor leraren op scholen",
        "pt": "Formação digital de professores nas escolas",
        "sk": "Digitálne kurzy pre učiteľov na školách",
        "uk": "Цифрові курси для вчителів у школах",
        "is": "Stafræn endurmenntun kennara í grunnskólum",
        "sr": "Дигитална обука наставника у школама",
    }
    for language, text in said.items():
        found = lexicon().concepts(text, language)
        assert {"digital", "teacher", "school"} <= set(found), (language, found)


def test_patterns(small: Lexicon) -> None:
    assert small.concepts("Berufsschulen", "de") == {"school": "berufsschulen"}
    assert small.concepts("HOCHSCHULE", "de") == {}
    assert set(small.concepts("DigitalPakt e-Learning", "de")) == {"end", "online"}
    assert small.concepts("e, learning", "de") == {"online": "e learning"}
    assert small.concepts("e is learning", "de") == {}
    assert "training" in small.concepts("teachers get digital training", "en")
    assert small.concepts("teachers who get some more training", "en") == {}


def test_languages_decide_what_counts(small: Lexicon) -> None:
    assert small.concepts("KI", "de") == {"ki": "ki"}
    assert small.concepts("ki", "lb") == {}
    assert "school" in small.concepts("Schoul", "de") and "school" in small.concepts("Schule", "lb")
    assert "school" not in small.concepts("Schule", "en")
    assert "school" in small.concepts("Schule", None)
    assert small.concepts("teacher training", "de")


def test_folding() -> None:
    assert folded("ŁÓDŹ Ø Straße Ψηφιακός") == "lodz o strasse ψηφιακοσ"
    assert folded("plain TEXT") == "plain text"


def test_a_spare_comma_is_reported() -> None:
    with pytest.raises(ModelError, match="empty pattern"):
        Lexicon({"mul": {"a": "x, , y"}})
