"""Golden values: what is chosen among what the listings say, and what is never mixed."""

from datetime import date
from string import Template

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.errors import FileError, ModelError
from warehouse import build as building
from warehouse import sqlfiles

A, B = "ea-0000000001", "ea-0000000002"
JAN, MAR, JUN = "2025-01-10.1", "2025-03-01.1", "2025-06-01.1"
YEAR = {"start_precision": "year"}


def one(con, sql, *values):
    found = con.execute(sql, values).fetchall()
    assert len(found) == 1, found
    return found[0]


def test_titles_of_all_languages_and_counts(built, world):
    con = built(world)
    row = one(
        con,
        "SELECT title, title_language, title_en, titles, languages, portal_count, listing_count FROM initiatives WHERE initiative_id = ?",
        A,
    )
    assert row == ("Strategie 2030+", "cs", "Strategy 2030+", {"cs": "Strategie 2030+", "en": "Strategy 2030+"}, ["cs", "en"], 2, 2)


def test_the_owner_outweighs_more_listings_of_third_parties(built, blank):
    blank.portal("cz-own", authority="owner").portal("cz-x", authority="third-party").run(JAN, "cz-own", "cz-x")
    blank.listing(A, "cz-own:1", JAN, portal="cz-own", start_date="2016-01-01", **YEAR)
    blank.listing(A, "cz-x:1", JAN, portal="cz-x", start_date="2015-01-01", **YEAR)
    blank.listing(A, "cz-x:2", JAN, portal="cz-x", start_date="2015-01-01", **YEAR)
    assert one(built(blank), "SELECT start_date FROM initiatives") == (date(2016, 1, 1),)


def test_agreement_outweighs_authority_where_the_policy_says_so(built, blank):
    blank.portal("cz-own", authority="owner").portal("cz-x", authority="third-party").run(JAN, "cz-own", "cz-x")
    blank.listing(A, "cz-own:1", JAN, portal="cz-own", kind="project")
    blank.listing(A, "cz-x:1", JAN, portal="cz-x", kind="programme")
    blank.listing(A, "cz-x:2", JAN, portal="cz-x", kind="programme")
    assert one(built(blank), "SELECT kind FROM initiatives") == ("programme",)


def test_the_surer_reading_wins_among_equals_then_the_newer(built, blank):
    sure = {"start_date": {"raw": "2015", "rule": "x", "confidence": 0.95}}
    blank.listing(A, "cz-a:1", JAN, start_date="2014-01-01", **YEAR)
    blank.listing(A, "cz-a:2", JAN, start_date="2015-01-01", provenance=sure, **YEAR)
    blank.listing(B, "cz-a:3", JAN, start_date="2014-01-01", modified_date="2024-01-01", **YEAR)
    blank.listing(B, "cz-a:4", JAN, start_date="2015-01-01", modified_date="2024-06-01", **YEAR)
    assert built(blank).execute("SELECT start_date FROM initiatives ORDER BY initiative_id").fetchall() == [(date(2015, 1, 1),)] * 2


def test_the_start_of_one_edition_never_meets_the_end_of_another(built, blank):
    blank.portal("cz-x", authority="third-party").run(JAN, "cz-x")
    blank.listing(A, "cz-a:1", JAN, start_date="2021-01-01", **YEAR)
    blank.listing(A, "cz-x:1", JAN, portal="cz-x", start_date="2014-01-01", end_date="2027-12-31", end_precision="year", **YEAR)
    assert one(built(blank), "SELECT start_date, end_date FROM initiatives") == (date(2021, 1, 1), None)


def test_an_end_beside_the_same_start_fills_the_gap(built, blank):
    blank.portal("cz-x", authority="third-party").run(JAN, "cz-x")
    blank.listing(A, "cz-a:1", JAN, start_date="2021-01-01", **YEAR)
    blank.listing(
        A, "cz-x:1", JAN, portal="cz-x", start_date="2021-09-01", end_date="2027-12-31", end_precision="year", start_precision="month"
    )
    row = one(built(blank), "SELECT start_date, start_precision, end_date, end_precision FROM initiatives")
    assert row == (date(2021, 1, 1), "year", date(2027, 12, 31), "year")


def test_regions_are_filled_only_within_the_same_country(built, blank):
    blank.listing(A, "cz-a:1", JAN, country="CZ")
    blank.listing(A, "cz-a:2", JAN, country="CZ")
    blank.listing(A, "cz-a:3", JAN, country="SK", nuts=["SK01"], level="regional")
    blank.listing(B, "cz-a:4", JAN, country="CZ")
    blank.listing(B, "cz-a:5", JAN, country="CZ")
    blank.listing(B, "cz-a:6", JAN, country="CZ", nuts=["CZ01"], level="regional")
    assert built(blank).execute("SELECT country, nuts, level FROM initiatives ORDER BY initiative_id").fetchall() == [
        ("CZ", [], None),
        ("CZ", ["CZ01"], "regional"),
    ]


def test_sets_are_gathered_from_all_and_budget_comes_from_one(built, blank):
    blank.listing(
        A, "cz-a:1", JAN, topics=["devices"], budget_amount=100.0, budget_currency="CZK", organisation="M", organisations=["M", "Z"]
    )
    blank.listing(A, "cz-a:2", JAN, topics=["vet", "devices"], budget_eur=7.0, organisations=["B"])
    row = one(built(blank), "SELECT topics, budget_amount, budget_currency, budget_eur, lead_organisation, organisations FROM initiatives")
    assert row == (["devices", "vet"], 100.0, "CZK", None, "M", ["M", "B", "Z"])


@given(st.none() | st.lists(st.none() | st.sampled_from(["a", "b", "č", ""]) | st.text(max_size=3), max_size=80))
def test_a_list_as_a_set_holds_every_value_once_in_order(items):
    with duckdb.connect() as con:
        for name in ("each_once", "as_set"):
            con.execute(sqlfiles.named("stage", name).text)
        con.execute("CREATE TABLE said AS SELECT ?::VARCHAR[] AS items", [items])
        [(once, as_set)] = con.execute("SELECT each_once(items), as_set(items) FROM said").fetchall()
    assert as_set == sorted({i for i in items or [] if i is not None})
    assert sorted(once or []) == as_set


def test_numbers_that_are_none_are_empty(built, blank):
    con = built(blank.listing(A, "cz-a:1", JAN, budget_amount=float("nan"), relevance=float("nan")))
    assert one(con, "SELECT budget_amount, relevance FROM initiatives") == (None, None)
    assert one(con, "SELECT count(*) FROM claims WHERE field LIKE 'budget%'") == (0,)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"start_date": "2020-01-01", "end_date": "2024-12-31", "status": "active"}, "completed"),
        ({"start_date": "2026-01-01"}, "planned"),
        ({"start_date": "2020-01-01", "end_date": "2025-01-10"}, "active"),
        ({"end_date": "2030-12-31"}, "active"),
        ({"start_date": "2020-01-01"}, "active"),
        ({"start_date": "2010-01-01"}, None),
        ({"start_date": "2010-01-01", "status": "active"}, "active"),
        ({"start_date": "2020-01-01", "end_date": "2030-12-31", "status": "suspended"}, "suspended"),
        ({"status": "planned"}, "planned"),
        ({}, None),
    ],
)
def test_status_comes_from_dates_then_words(built, blank, said, status):
    assert one(built(blank.listing(A, "cz-a:1", JAN, **said)), "SELECT status FROM initiatives") == (status,)


def test_every_claim_has_the_value_and_the_reading_of_its_own_field(built, blank):
    said = {
        "acronym": "AC",
        "budget_amount": 5.0,
        "budget_currency": "EUR",
        "budget_eur": 6.0,
        "country": "CZ",
        "description": "Prose.",
        "kind": "project",
    }
    said |= {
        "level": "national",
        "official_url": "https://own.example/",
        "organisation": "Org",
        "organisation_id": "org-1",
        "status": "active",
    }
    said |= {"start_date": "2020-01-01", "start_precision": "day", "end_date": "2021-12-31", "end_precision": "year", "title": "Plan"}
    said |= {"published_date": "2022-01-01", "modified_date": "2022-01-02", "nuts": ["CZ01", "CZ02"], "organisations": ["Org", "Body"]}
    several = ("topics", "deap_priorities", "education_levels", "target_groups", "digcomp_areas", "eurovoc")
    said |= {field: [f"{field}-1", f"{field}-2"] for field in several}
    fields = sorted(set(said) - {"budget_currency", "organisation_id", "start_precision", "end_precision"})
    proven = {field: {"raw": f"raw {field}", "rule": f"rule {field}", "confidence": i / 100} for i, field in enumerate(fields)}
    qualifier = {"budget_amount": "EUR", "budget_eur": "EUR", "description": "cs", "title": "cs", "organisation": "org-1"}
    qualifier |= {"start_date": "day", "end_date": "year"}
    # a listing with one version and one with two, whose claims are made apart
    blank.run(MAR)
    blank.listing(A, "cz-a:1", JAN, **said, provenance=proven)
    blank.listing(B, "cz-a:2", JAN, until=MAR, **said, provenance=proven)
    blank.listing(B, "cz-a:2", MAR, **said, relevance=0.8, provenance=proven)
    found = built(blank).execute("SELECT initiative_id, field, value, qualifier, position, raw, rule, confidence FROM claims").fetchall()
    assert found == [
        (
            owner,
            field,
            str(value),
            qualifier.get(field),
            position,
            None if field == "description" else f"raw {field}",
            f"rule {field}",
            i / 100,
        )
        for owner in (A, B)
        for i, field in enumerate(fields)
        for position, value in enumerate(said[field] if isinstance(said[field], list) else [said[field]], start=1)
    ]


def test_a_summary_comes_only_from_a_portal_that_allows_it(built, blank):
    blank.portal("cz-own", authority="owner", reuse="facts-only").run(JAN, "cz-own")
    blank.listing(A, "cz-own:1", JAN, portal="cz-own", reuse="facts-only", description="Closed sentence.")
    blank.listing(A, "cz-a:1", JAN, description="Open sentence.")
    con = built(blank)
    assert one(con, "SELECT summary, summary_language FROM initiatives") == ("Open sentence.", "cs")
    assert con.execute("SELECT record_id FROM claims WHERE field = 'description'").fetchall() == [("cz-a:1",)]
    assert con.execute("SELECT record_id FROM listings WHERE description IS NOT NULL").fetchall() == [("cz-a:1",)]


def test_no_closed_sentence_stands_anywhere_in_the_file(built, blank):
    secret = "Sentences of a portal that keeps its rights, " * 4
    long = {k: {"raw": secret, "rule": "x", "confidence": 0.9} for k in ("description", "start_date", "topics")}
    blank.portal("cz-c", reuse="facts-only").run(JAN, "cz-c")
    blank.listing(
        A, "cz-c:1", JAN, portal="cz-c", reuse="facts-only", description=secret, start_date="2020-01-01", topics=["vet"], provenance=long
    )
    con = built(blank)
    for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        assert one(con, f"SELECT count(*) FROM \"{table}\" t WHERE contains(t::VARCHAR, 'keeps its rights')") == (0,), table


def test_link_only_lets_nothing_but_name_and_place_out(built, blank):
    blank.portal("cz-c", reuse="link-only").run(JAN, "cz-c")
    blank.listing(
        A,
        "cz-c:1",
        JAN,
        portal="cz-c",
        reuse="link-only",
        description="d",
        start_date="2020-01-01",
        budget_amount=5.0,
        topics=["vet"],
        organisation="M",
    )
    con = built(blank)
    row = one(con, "SELECT title, country, url, summary, start_date, budget_amount, topics, lead_organisation FROM initiatives")
    assert row == ("cz-c:1", "CZ", "https://cz-a.example/cz-c:1", None, None, None, [], None)
    assert {f for (f,) in con.execute("SELECT field FROM claims").fetchall()} == {"title", "country"}


def test_a_listing_that_is_not_included_speaks_of_nothing(built, blank):
    blank.listing(A, "cz-a:1", JAN)
    blank.listing(A, "cz-a:2", JAN, included=False, exclusion_reason="not about education", topics=["vet"])
    con = built(blank)
    assert one(con, "SELECT listing_count, topics FROM initiatives") == (1, [])
    row = one(con, "SELECT initiative_id, is_included, exclusion_reason FROM listings WHERE record_id = 'cz-a:2'")
    assert row == (None, False, "not about education")


def test_corrections_win_and_their_claims_say_so(built, blank):
    blank.listing(
        A, "cz-a:1", JAN, title="Wrong", start_date="2010-01-01", budget_amount=1.0, budget_currency="CZK", budget_eur=0.04, **YEAR
    )
    blank.listing(A, "cz-a:2", JAN, title="Wrong")
    said = [("title", "Right"), ("start_date", "2019"), ("end_date", "2021-06-30"), ("budget_amount", "2000"), ("topics", "vet; devices")]
    said += [("nuts", "CZ01"), ("status", "suspended"), ("title", "Righter")]
    for number, (field, value) in enumerate(said):
        at = f"2025-01-11T00:00:{number:02}Z"
        blank.add("decisions", {"id": f"d{number}", "at": at, "verdict": "correct", "records": ["cz-a:1"], "field": field, "value": value})
    blank.add("decisions", {"id": "d90", "at": "2025-01-11T01:00:00Z", "verdict": "kind", "initiative": A, "value": "strategy"})
    con = built(blank)
    row = one(
        con,
        "SELECT title, start_date, start_precision, end_date, end_precision, "
        "budget_amount, budget_currency, budget_eur, topics, nuts, status, kind FROM initiatives",
    )
    assert row[:5] == ("Righter", date(2019, 1, 1), "year", date(2021, 6, 30), "day")
    assert row[5:] == (2000.0, "CZK", None, ["vet", "devices"], ["CZ01"], "suspended", "strategy")
    claims = con.execute(
        "SELECT record_id, value, is_valid FROM claims WHERE rule = 'curator' AND field = 'title' ORDER BY record_id"
    ).fetchall()
    assert claims == [("decision:d0", "Right", False), ("decision:d7", "Righter", True)]


def test_an_undone_correction_counts_for_nothing_and_a_bad_one_is_told(built, blank):
    blank.listing(A, "cz-a:1", JAN, title="As it was")
    blank.add(
        "decisions", {"id": "d1", "at": "2025-01-11T00:00:00Z", "verdict": "correct", "initiative": A, "field": "title", "value": "New"}
    )
    blank.add("decisions", {"id": "d2", "at": "2025-01-12T00:00:00Z", "verdict": "undo", "undoes": "d1"})
    blank.add(
        "decisions", {"id": "d3", "at": "2025-01-13T00:00:00Z", "verdict": "correct", "initiative": A, "field": "end_date", "value": "soon"}
    )
    blank.add(
        "decisions", {"id": "d4", "at": "2025-01-13T00:00:00Z", "verdict": "correct", "initiative": A, "field": "colour", "value": "red"}
    )
    con = built(blank)
    assert one(con, "SELECT title, end_date FROM initiatives") == ("As it was", None)
    assert con.execute("SELECT source, reason FROM quarantine ORDER BY ALL").fetchall() == [
        ("decision d3", "no value of end_date"),
        ("decision d4", "no field colour can be corrected"),
    ]


def test_organisations_go_by_their_key(built, blank):
    for number, name in enumerate(["Ministry", "Ministerstvo", "Ministerstvo"]):
        blank.listing(f"ea-000000000{number}", f"cz-a:{number}", JAN, organisation=name, organisation_id="org-1")
    row = one(built(blank), "SELECT organisation_id, name, names, countries, lead_count, listing_count FROM organisations")
    assert row == ("org-1", "Ministerstvo", ["Ministerstvo", "Ministry"], ["CZ"], 3, 3)


def test_rows_of_large_tables_stand_in_their_declared_order(built, blank):
    blank.run(MAR)
    topics = [f"t{n:02}" for n in range(40)]
    # from the last to the first, and one in a hundred says something new: more claims than two row groups take
    for n in range(8_000, 0, -1):
        owner, record = f"ea-{n % 5_000:010}", f"cz-a:{n}"
        blank.listing(owner, record, JAN, until=None if n % 100 else MAR, topics=topics)
        if n % 100 == 0:
            blank.listing(owner, record, MAR, topics=topics[1:], kind="strategy")
    blank.add(
        "decisions", {"id": "d1", "at": "2025-02-01T00:00:00Z", "verdict": "correct", "initiative": A, "field": "title", "value": "So"}
    )
    con = built(blank, threads=2)
    misplaced = sqlfiles.named("reports", "out_of_order").text
    for file in sqlfiles.load("tables"):
        if "order" in file.header:
            query = Template(misplaced).substitute(table=file.name, order=file.header["order"])
            assert con.execute(query).fetchall() == [], file.name
    assert one(con, "SELECT count(*) > 2 * 122880, count(DISTINCT record_id) FROM claims") == (True, 8_001)


def test_issues_matches_and_quality_are_told(built, blank):
    blank.listing(A, "cz-a:1", JAN, issues='[{"field": "budget", "raw": "much", "reason": "no number"}]')
    blank.listing(A, "cz-a:2", JAN, end_date="2030-01-01")
    blank.add(
        "matches",
        {"record_a": "cz-a:1", "record_b": "cz-a:2", "score": 0.6, "verdict": "doubtful", "features": '{"year": "agree", "title": 0.5}'},
    )
    blank.add("doubtful", {"record_a": "cz-a:1", "record_b": "cz-a:2", "score": 0.6})
    con = built(blank)
    assert one(con, "SELECT issues FROM listings WHERE record_id = 'cz-a:1'") == (["budget: no number"],)
    assert one(con, "SELECT features, is_waiting FROM matches") == ({"title": "0.5", "year": "agree"}, True)
    found = con.execute(
        "SELECT measure, field, counted, total FROM quality WHERE portal = 'cz-a' AND field IN ('budget', 'end_date') ORDER BY ALL"
    ).fetchall()
    assert found == [("filled", "end_date", 1, 2), ("unread", "budget", 1, 2)]


def test_a_memory_limit_beyond_the_machine_is_no_trouble(tmp_path, blank):
    blank.listing(A, "cz-a:1", JAN)
    assert building.build(tmp_path / "a.duckdb", blank.write(tmp_path / "r"), version=JAN, memory_limit="100TB").rows["listings"] == 1


def test_a_missing_or_foreign_input_is_named(tmp_path, refined_world):
    (refined_world / "clusters.parquet").unlink()
    with pytest.raises(FileError, match=r"clusters.parquet.*missing"):
        building.build(tmp_path / "x.duckdb", refined_world, version=JAN)
    (refined_world / "clusters.parquet").write_bytes((refined_world / "runs.parquet").read_bytes())
    with pytest.raises(FileError, match=r"clusters.parquet.*column record_id is missing"):
        building.build(tmp_path / "y.duckdb", refined_world, version=JAN)
    (refined_world / "clusters.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(FileError, match="not a readable Parquet file"):
        building.build(tmp_path / "z.duckdb", refined_world, version=JAN)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[title]\ntake = "best"\ncriteria = ["curator"]\nfields = []\nfil = true', "unknown key fil"),
        ('[title]\ntake = "most"\ncriteria = ["curator"]\nfields = []', "take is 'most'"),
        ('[title]\ntake = "best"\ncriteria = ["authority", "curator"]\nfields = []', "criteria are"),
        ('[title]\ntake = "best"\ncriteria = ["curator", "beauty"]\nfields = []', "criteria are"),
    ],
)
def test_a_wrong_policy_is_refused(tmp_path, text, wrong):
    path = tmp_path / "survivorship.toml"
    path.write_text(text)
    with pytest.raises(ModelError, match=wrong):
        building._policy(path)
