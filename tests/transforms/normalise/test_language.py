"""The language of short titles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.normalise.language import LANGUAGES, detect, primary

GOLD = Path(__file__).parents[4] / "shared" / "gold" / "records.jsonl"


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Strategie für das Lernen mit digitalen Medien", "de"),
        ("Nationaal actieplan voor digitale vaardigheden", "nl"),
        ("Handlingsplan for digitalisering i grunnopplæringen", "nb"),
        ("Handlingsplan for teknologi i undervisningen", "da"),
        ("Nationell handlingsplan för skolans digitalisering", "sv"),
        ("Národná stratégia pre vzdelávanie učiteľov", "sk"),
        ("Národní strategie pro vzdělávání učitelů", "cs"),
        ("Digitalni učni načrt za slovenske šole", "sl"),
        ("Strategija razvoja sustava odgoja i obrazovanja", "hr"),
        ("Стратегија развоја образовања и васпитања", "sr"),
        ("Национална програма за дигитални умения", "bg"),
        ("Національна стратегія цифрової освіти", "uk"),
        ("Национальная стратегия цифрового образования", "ru"),
        ("Ψηφιακό Σχολείο", "el"),
        ("Estratexia galega de educación dixital", "gl"),
        ("Pla d'educació digital de Catalunya", "ca"),
        ("Plan de educación digital de Aragón", "es"),
        ("Plano de transição digital das escolas", "pt"),
        ("Euskal hezkuntza sistemaren plana", "eu"),
        ("Strategia naționalǎ privind educația digitală", "ro"),
        ("Piano nazionale per la scuola digitale", "it"),
        ("Stratégie du numérique pour l'éducation", "fr"),
        ("Digitális oktatási stratégia", "hu"),
        ("Koulutuksen digitalisaation linjaukset", "fi"),
        ("Haridusvaldkonna arengukava ja digipööre", "et"),
        ("Izglītības attīstības pamatnostādnes", "lv"),
        ("Švietimo plėtros programa", "lt"),
        ("Strateġija għall-Edukazzjoni Diġitali", "mt"),
        ("Straitéis Dhigiteach do Scoileanna", "ga"),
        ("Menntastefna fyrir grunnskóla", "is"),
        ("Cyfrowa edukacja dla szkół", "pl"),
        ("Digital strategy for schools", "en"),
    ],
)
def test_titles(title: str, language: str) -> None:
    assert detect(title)[0] == language


def test_the_portal_tips_the_scales_only_where_the_text_is_silent() -> None:
    assert detect("LOGINEO", ("de",))[0] == "de"
    assert detect("Strategija razvoja obrazovanja do 2030. godine", ("sr",))[0] == "sr"
    assert detect("Strategija razvoja obrazovanja do 2030. godine", ("hr",))[0] == "hr"
    assert detect("Stratégie du numérique pour l'éducation", ("en",))[0] == "fr"
    code, confidence = detect("Digital strategy for schools", ("en", "et"))
    assert code == "en" and confidence > 0.9


def test_nothing_to_read() -> None:
    assert detect("") == (None, 0.0)
    assert detect("2021-2027 !") == (None, 0.0)
    assert detect("2021-2027 !", ("pt-PT",)) == ("pt", 0.3)


def test_codes() -> None:
    assert primary("pt-PT") == "pt"
    assert primary("no") == "nb"
    assert primary("sr_Latn") == "sr"
    assert primary("English") is None
    assert primary(None) is None


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=80), prior=st.lists(st.sampled_from(["de", "en", "xx", "", "no"]), max_size=2))
def test_any_text_has_a_language_or_none(text: str, prior: list[str]) -> None:
    code, confidence = detect(text, prior)
    assert code is None or code in LANGUAGES or code in prior
    assert 0 <= confidence <= 1
    assert (code is None) == (confidence == 0.0)


@pytest.mark.skipif(not GOLD.exists(), reason="the records of real initiatives lie beside the repository and are absent here")
def test_real_titles() -> None:
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    alone = sum(detect(row["title"])[0] == row["language"] for row in rows) / len(rows)
    stated = sum(detect(row["title"], (row["language"],))[0] == row["language"] for row in rows) / len(rows)
    described = sum(detect(f"{row['title']}. {row['description']}")[0] == row["language"] for row in rows) / len(rows)
    assert alone >= 0.85
    assert stated >= 0.95
    assert described >= 0.98


TITLES = [json.loads(line) for line in (Path(__file__).parents[2] / "truth" / "titles.jsonl").read_text(encoding="utf-8").splitlines()]


def test_short_titles_of_every_language() -> None:
    """86 titles of two to six words, written down before they were read; the portal's languages help."""

    def right(title: dict, languages: tuple[str, ...]) -> bool:
        return (detect(title["title"], languages)[0] or "").split("-")[0] == title["language"]

    assert len({title["language"] for title in TITLES}) >= 33
    assert sum(right(title, ()) for title in TITLES) >= 0.93 * len(TITLES)
    assert sum(right(title, (*title["portal"], "en")) for title in TITLES) >= 0.97 * len(TITLES)
