"""Views and macros that analysts call, and the dictionary that tells of them."""

import os
import subprocess
import sys

import duckdb
import pytest

from warehouse import dictionary
from warehouse.build import build
from warehouse.query import connect

A, B, C = "ea-0000000001", "ea-0000000002", "ea-0000000003"
JAN = "2025-01-10.1"

#: every view and macro, as a reader of any version calls it
CALLS = [
    "SELECT count(*) FROM strategies",
    "SELECT count(*) FROM initiatives_wide",
    "SELECT sum(initiative_count) FROM coverage",
    "SELECT count(*) FROM search('strategie')",
    "SELECT count(*) FROM similar_to('ea-0000000001')",
    "SELECT count(*) FROM initiatives_at(DATE '2025-01-31')",
    "SELECT count(*) FROM changes_between(NULL, '2025-03-01.1')",
    "SELECT change_words('end_date', NULL, '2030')",
    "SELECT fold('Škola'), terms_of('Škola a tým'), status_on('active', false, NULL, NULL, true, DATE '2025-01-01')",
]


def ids(con, question):
    return [r[0] for r in con.execute("SELECT initiative_id FROM search(?)", [question]).fetchall()]


@pytest.fixture(scope="module")
def found(tmp_path_factory, make_world):
    """Names in several scripts."""
    world = make_world().portal("cz-a").run(JAN)
    names = [
        "Straße der Schülerinnen",
        "Ψηφιακό Σχολείο",
        "Дигитално училище",
        "École numérique",
        "Łódź cyfrowa szkoła",
        "Færøerne skole",
        "Školy",
    ]
    for n, name in enumerate(names):
        world.listing(f"ea-{n:010}", f"cz-a:{n}", JAN, title=name, language="xx")
    world.listing("ea-0000000100", "cz-a:100", JAN, title="Plan", description="École numérique and more words about it")
    folder = tmp_path_factory.mktemp("search")
    build(folder / "a.duckdb", world.write(folder / "refined"), version=JAN)
    with duckdb.connect(str(folder / "a.duckdb"), read_only=True) as con:
        yield con


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("strasse", 0),
        ("SCHULERINNEN", 0),
        ("ψηφιακο σχολειο", 1),
        ("ΣΧΟΛΕΙΟ", 1),
        ("дигитално", 2),
        ("ecole numerique", 3),
        ("ÉCOLE", 3),
        ("lodz", 4),
        ("cyfrow", 4),
        ("faeroerne", 5),
        ("skoly", 6),
    ],
)
def test_search_knows_no_accents_case_or_script_trouble(found, question, number):
    assert ids(found, question)[0] == f"ea-{number:010}"


def test_names_outweigh_summaries_and_most_words_must_be_found(found):
    assert ids(found, "école numérique") == ["ea-0000000003", "ea-0000000100"]
    assert ids(found, "école numérique nonsense missing absent") == []
    assert ids(found, "") == [] and ids(found, "xyzzy") == [] and ids(found, "' OR 1=1 --") == []


def test_similar_relations_and_coverage(built, world):
    world.add(
        "similar",
        {"initiative_id": A, "other_id": C, "score": 0.7, "rank": 2},
        {"initiative_id": A, "other_id": B, "score": 0.9, "rank": 1},
    )
    con = built(world)
    assert con.execute("SELECT rank, initiative_id FROM similar_to(?)", [A]).fetchall() == [(1, B), (2, C)]
    wide = con.execute("SELECT part_of, parts, portals, start_year FROM initiatives_wide ORDER BY initiative_id").fetchall()
    assert wide == [([], [], ["cz-a", "eu-b"], 2020), ([], [C], ["cz-a"], None), ([B], [], ["cz-a"], None)]
    assert con.execute("SELECT initiative_id FROM strategies").fetchall() == [(A,)]
    covered = con.execute("SELECT country, portal_count, initiative_count, strategy_count, first_year, last_year FROM coverage").fetchall()
    assert covered == [("CZ", 1, 3, 1, 2020, 2030), ("EU", 1, 0, 0, None, None)]


def test_codes_have_labels_for_every_coded_column(built, world):
    con = built(world)
    fields = {f for (f,) in con.execute("SELECT DISTINCT field FROM codes").fetchall()}
    columns = {c[0] for c in con.execute("FROM initiatives LIMIT 0").description}
    assert fields <= columns and {"kind", "topics", "education_levels", "target_groups", "deap_priorities"} <= fields


def test_everything_published_has_a_comment():
    assert [c for c in dictionary.columns() if not c.comment.strip()] == []
    assert [e for e in dictionary.entries() if not e.comment.strip()] == []
    tables = {e.name for e in dictionary.entries() if e.kind == "table"}
    assert tables >= {"initiatives", "listings", "claims", "relations", "similar", "organisations", "portals", "runs", "changes", "matches"}
    assert tables >= {"redirects", "quarantine", "quality", "search_terms", "releases"}


def test_the_dictionary_in_the_docs_is_the_one_in_the_database(root):
    page = (root / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert page == dictionary.markdown(), "run: python -m warehouse.dictionary > docs/data-dictionary.md"


def test_no_view_or_macro_needs_an_extension(built, world, tmp_path):
    built(world).close()
    with connect(tmp_path / "w0" / "atlas.duckdb") as con:
        for call in CALLS:
            con.execute(call).fetchall()
        assert "json" not in " ".join(
            row[0] for row in con.execute("SELECT coalesce(sql, '') FROM duckdb_views() WHERE NOT internal").fetchall()
        )
        macros = con.execute("SELECT macro_definition FROM duckdb_functions() WHERE NOT internal").fetchall()
        assert macros and "json" not in str(macros)


def test_the_calls_name_every_view_and_macro():
    named = {e.name for e in dictionary.entries() if e.kind != "table"}
    assert len(named) >= 11 and [name for name in sorted(named) if not any(name in call for call in CALLS)] == []


@pytest.mark.parametrize("version", ["1.4.0", "1.4.4", "1.5.0", "2.0.0"])
def test_older_readers_open_the_file_and_call_everything(built, world, version, tmp_path, older_duckdb):
    built(world)
    place = older_duckdb(version)
    script = "import duckdb, sys\ncon = duckdb.connect(sys.argv[1], read_only=True)\nprint(duckdb.__version__)\n"
    script += "".join(f"print(con.execute({call!r}).fetchall())\n" for call in CALLS)
    script += "print(con.execute('FROM initiatives').fetchall(), con.execute('FROM claims').fetchall())"
    env = os.environ | {"PYTHONPATH": str(place)}
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "w0" / "atlas.duckdb")], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(version) and "(3,)" in done.stdout
