"""Kinds, states, groups, levels, topics and what follows from them."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from transforms.normalise import normalise
from transforms.normalise.codes import code_list, kind_of, names, wordings
from transforms.normalise.cues import FOLDER as CUES
from transforms.normalise.cues import _load as cue_tables
from transforms.normalise.grades import levels

OFFICIAL = frozenset(code_list("topics").codes["devices"].labels)
GOLD_KINDS = [
    *("programme", "strategy", "project", "plan", "action-plan", "platform", "initiative", "pilot", "investment", "funding-measure"),
    *("measure", "infrastructure", "strategy-proposal", "roadmap", "framework", "agreement", "label", "funding-programme", "recovery-plan"),
]


def one(**fields: str) -> pd.Series:
    return normalise(pd.DataFrame([{"record_id": "1", "title": "X", **fields}])).iloc[0]


def test_the_code_lists_are_all_there_and_sound() -> None:
    assert set(names()) == {"kinds", "statuses", "levels", "isced", "target-groups", "topics", "deap", "digcomp", "eurovoc"}
    concepts = {concept for table in cue_tables(CUES).values() for concept in table}
    for name in names():
        codes = code_list(name).codes
        for code in codes.values():
            assert code.code == code.code.lower() and " " not in code.code
            named = [part.strip() for rule in (*code.entry.get("rules", ()), *code.entry.get("cues", ())) for part in rule.split("&")]
            assert set(named) <= concepts, (name, code.code, set(named) - concepts)
            assert set(code.entry.get("topics", ())) <= set(code_list("topics").codes)
        assert {code.entry["cue"] for code in codes.values() if "cue" in code.entry} <= concepts


def test_topics_have_labels_in_all_official_languages() -> None:
    for code in code_list("topics").codes.values():
        assert len(code.labels) == 24 and set(code.labels) == OFFICIAL, code.code
    assert len(wordings("topics")) > 500


def test_every_kind_of_the_gold_records_maps() -> None:
    assert {kind: kind_of(kind) for kind in GOLD_KINDS if kind_of(kind) is None} == {}
    assert kind_of("Roadmap ") == "action-plan" and kind_of("sandwich") is None


@pytest.mark.parametrize(
    ("title", "stated", "kind", "rule"),
    [
        ("X", "Strategie", "strategy", "kind.field-words"),
        ("X", "good-practice", "good-practice", "kind.wording"),
        ("Aktionsplan zur nationalen Strategie", None, "action-plan", "kind.title-words"),
        ("Pilotní projekt digitální škola", None, "pilot", "kind.title-words"),
        ("Πρόγραμμα Ψηφιακό Σχολείο", None, "programme", "kind.title-words"),
        ("Stratégie du numérique pour l'éducation", "???", "strategy", "kind.title-words"),
        ("Ψηφιακό Σχολείο", None, None, None),
    ],
)
def test_kinds(title: str, stated: str | None, kind: str | None, rule: str | None) -> None:
    row = one(title=title, **({"kind": stated} if stated else {}))
    assert row["kind"] == kind
    assert json.loads(row["provenance"]).get("kind", {}).get("rule") == rule


@pytest.mark.parametrize(
    ("language", "text", "status"),
    [
        ("de", "laufend", "active"),
        ("fr", "en cours", "active"),
        ("es", "Finalizado", "completed"),
        ("pl", "zakończony", "completed"),
        ("it", "sospeso", "suspended"),
        ("sv", "planerad", "planned"),
        ("el", "ολοκληρώθηκε", "completed"),
        (None, "abgeschlossen", "completed"),
        ("en", "unclear", None),
    ],
)
def test_statuses(language: str | None, text: str, status: str | None) -> None:
    row = one(title="Digital school programme", state=text, **({"language": language} if language else {}))
    assert row["status"] == status
    assert bool(status) != any(issue["field"] == "status" for issue in json.loads(row["issues"]))


def test_stated_groups_and_levels_count_whatever_the_relevance() -> None:
    row = one(title="Anything", target_group="docentes; familias", education_level="Infantil, Primaria y Secundaria", language="es")
    assert {"teachers", "parents"} <= set(row["target_groups"])
    assert row["education_levels"] == ["isced-0", "isced-1", "isced-2", "isced-3"]
    row = one(title="Anything", target_group="qwertz")
    assert row["target_groups"] == [] and "target_groups" in row["issues"]


def test_upper_secondary_is_not_lower_secondary() -> None:
    assert one(title="X", education_level="upper secondary schools", language="en")["education_levels"] == ["isced-3"]
    assert one(title="X", education_level="secondary schools", language="en")["education_levels"] == ["isced-2", "isced-3"]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("klasy 4-6 szkół podstawowych", "PL", ["isced-1"]),
        ("5-11 класи", "UA", ["isced-2", "isced-3"]),
        ("grades 1 to 12", "EE", ["isced-1", "isced-2", "isced-3"]),
        ("3º ao 12º ano", "PT", ["isced-1", "isced-2", "isced-3"]),
        ("students aged 15 to 17", "MT", ["isced-2", "isced-3"]),
        ("pupils 10 to 14 years", None, ["isced-1", "isced-2"]),
        ("46 schools", "DE", []),
        ("grades 1 to 12", None, []),
    ],
)
def test_grades_and_ages(text: str, country: str | None, expected: list[str]) -> None:
    assert levels(text, country) == expected


def test_topics_in_the_words_of_the_scheme_are_sure() -> None:
    row = one(title="Proiect", topic="Inteligență artificială; Formarea cadrelor didactice", language="ro")
    assert {"artificial-intelligence", "teacher-training"} <= set(row["topics"])
    labels = json.loads(row["provenance"])["topics"]["labels"]
    assert labels["artificial-intelligence"]["rule"] == "topic.wording" and labels["artificial-intelligence"]["confidence"] > 0.9


def test_schemes_follow_from_topics() -> None:
    row = one(title="Medienkompetenz und Tablets für Lehrkräfte an Schulen", language="de")
    assert {"devices", "media-literacy"} <= set(row["topics"])
    assert {"deap-2021-p1", "deap-2021-a04", "deap-2021-p2", "deap-2021-a07"} <= set(row["deap_priorities"])
    assert "digcomp-1" in row["digcomp_areas"]
    row = one(title="Umetna inteligenca v šoli", language="sl")
    assert "3030" in row["eurovoc"] and "deap-2021-a06" in row["deap_priorities"]
