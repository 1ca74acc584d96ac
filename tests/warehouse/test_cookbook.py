"""The SQL cookbook answers its questions on a small world in which each has an answer."""

from pathlib import Path

import duckdb
import pytest

from warehouse.build import build
from warehouse.query import connect

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "cookbook"
QUESTIONS = sorted(FOLDER.glob("*.sql"))
A, B, C, D, E = (f"ea-000000000{n}" for n in "12345")
JAN, MAR = "2025-01-10.1", "2025-03-01.1"


@pytest.fixture(scope="module")
def con(tmp_path_factory, make_world):
    world = (
        make_world().portal("cz-a").portal("eu-b", country="EU", authority="supranational").portal("sk-c", country="SK").run(JAN).run(MAR)
    )
    plan = {"kind": "strategy", "title": "Strategie digitálního vzdělávání", "organisation": "Ministerstvo", "organisation_id": "org-1"}
    plan |= {"start_precision": "year", "target_groups": ["teachers"], "education_levels": ["isced-1"], "deap_priorities": ["deap-2021-p1"]}
    plan |= {"topics": ["artificial-intelligence"], "budget_amount": 5e6, "budget_currency": "EUR", "budget_eur": 5e6}
    world.listing(A, "cz-a:1", JAN, start_date="2021-01-01", end_date="2026-12-31", **plan)
    world.listing(A, "eu-b:1", JAN, portal="eu-b", language="en", title="Strategy for Digital Education", start_date="2020-01-01")
    world.listing(B, "cz-a:2", JAN, kind="strategy", title="Strategie do roku 2020", start_date="2014-01-01", end_date="2020-12-31")
    world.listing(C, "cz-a:3", MAR, kind="programme", title="Krajský program", level="regional", nuts=["CZ01"], topics=["vet"])
    world.listing(D, "sk-c:1", JAN, portal="sk-c", country="SK", title="Škola bez stratégie", kind="project")
    world.add("relations", {"source_id": A, "target_id": B, "relation": "successor_of", "score": 0.9})
    world.add("relations", {"source_id": C, "target_id": A, "relation": "implements", "score": 0.8})
    folder = tmp_path_factory.mktemp("cookbook")
    build(folder / "a.duckdb", world.write(folder / "refined"), version=MAR)
    with connect(folder / "a.duckdb") as con:
        yield con


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda p: p.stem)
def test_a_question_has_an_answer(con, path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- ") and "?" in text.splitlines()[0]
    assert con.execute(text).fetchall(), "no rows"


def test_the_answers_are_right(con):
    def ask(start):
        return con.execute(next(p for p in QUESTIONS if p.stem.startswith(start)).read_text(encoding="utf-8")).fetchall()

    assert [row[:2] for row in ask("01")] == [("CZ", "Strategie digitálního vzdělávání")]
    assert [row[0] for row in ask("03")] == ["EU", "SK"]
    assert [row[3] for row in ask("04")] == ["Strategie digitálního vzdělávání"]
    assert ask("13")[0][-1] == 1
    assert {row[0] for row in ask("15")} == {"added"}
    assert [row[0] for row in ask("17")] == ["Strategie digitálního vzdělávání"]
    assert ask("20")[0][1] == {"cs": "Strategie digitálního vzdělávání", "en": "Strategy for Digital Education"}


def test_the_page_names_every_question(root):
    page = (root / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert len(QUESTIONS) >= 20
    for path in QUESTIONS:
        question = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ")
        assert f"[{question}](cookbook/{path.name})" in page


@pytest.mark.parametrize("start", ["```python\n"])
def test_the_python_on_the_page_runs(root, con, start, tmp_path):
    page = (root / "docs" / "cookbook.md").read_text(encoding="utf-8")
    path = con.execute("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()[0][0]
    blocks = [part.split("```")[0] for part in page.split(start)[1:]]
    assert blocks
    for block in blocks:
        exec(compile(block.replace("data/sample/eduatlas.duckdb", path), "cookbook.md", "exec"), {})  # the docs' own words
    assert duckdb.connect(path, read_only=True).execute("SELECT count(*) FROM initiatives").fetchall() == [(4,)]
