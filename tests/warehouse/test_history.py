"""History: claims over time, initiatives as they stood, and what every run changed."""

from datetime import date, datetime

import pytest

A, B, C = "ea-0000000001", "ea-0000000002", "ea-0000000003"
JAN, MAR, JUN, SEP = "2025-01-10.1", "2025-03-01.1", "2025-06-01.1", "2025-09-01.1"
RENAME = {"id": "d1", "verdict": "correct", "initiative": A, "field": "title", "value": "New"}


def told(con, run):
    sql = "SELECT initiative_id, change, field, old_value, new_value FROM changes WHERE run_id = ? ORDER BY ALL"
    return con.execute(sql, [run]).fetchall()


def states(con, day, columns="initiative_id, title"):
    return con.execute(f"SELECT {columns} FROM initiatives_at(CAST(? AS DATE)) ORDER BY initiative_id", [day]).fetchall()


@pytest.fixture
def long(blank):
    """Four runs."""
    return blank.run(MAR).run(JUN).run(SEP)


def test_today_is_the_last_day_of_the_history(built, world):
    con = built(world)
    columns = [c[0] for c in con.execute("FROM initiatives LIMIT 0").description]
    now = con.execute("FROM initiatives ORDER BY initiative_id").fetchall()
    assert states(con, "2025-03-01", ", ".join(columns)) == now


def test_a_day_shows_what_was_known_then(built, world):
    con = built(world)
    assert states(con, "2025-01-09") == []
    assert states(con, "2025-01-10", "initiative_id, end_date, status") == [(A, None, "active"), (B, None, None)]
    assert states(con, "2025-02-28", "initiative_id, end_date") == [(A, None), (B, None)]
    assert states(con, "2031-01-01", "end_date, status")[0] == (date(2030, 12, 31), "completed")


def test_a_run_tells_what_it_changed(built, world):
    con = built(world)
    assert told(con, JAN) == [(A, "added", None, None, None), (B, "added", None, None, None)]
    assert told(con, MAR) == [(A, "changed", "end_date", None, "2030-12-31"), (C, "added", None, None, None)]
    words = con.execute("SELECT words FROM changes WHERE field = 'end_date'").fetchall()
    assert words == [("End date is now known: 2030-12-31.",)]
    releases = con.execute("SELECT version, is_this, added_count, changed_count FROM releases ORDER BY run_date").fetchall()
    assert releases == [(JAN, False, 2, 0), (MAR, True, 1, 1)]


def test_a_gone_listing_retires_its_initiative_and_keeps_its_values(built, long):
    long.listing(A, "cz-a:1", JAN, until=JUN, gone=True, title="Was here", start_date="2024-01-01", start_precision="year")
    con = built(long)
    assert told(con, JUN) == [
        (A, "changed", "status", "active", None),
        (A, "retired", None, None, None),
    ]
    assert con.execute("SELECT title, is_listed, status FROM initiatives").fetchall() == [("Was here", False, None)]
    assert states(con, "2025-04-01", "is_listed, status") == [(True, "active")]
    assert con.execute("SELECT DISTINCT is_valid FROM claims").fetchall() == [(False,)]
    assert con.execute("SELECT listing_status, ended_at FROM listings").fetchall() == [("gone", datetime(2025, 6, 1, 1))]


def test_a_listing_that_comes_back_returns(built, long):
    long.listing(A, "cz-a:1", JAN, until=MAR, title="T")
    long.versions[-1]["seen_until"] = "2025-03-01T01:00:00Z"
    long.listing(A, "cz-a:1", JUN, title="T")
    con = built(long)
    assert [row[1] for row in told(con, MAR) + told(con, JUN)] == ["retired", "returned"]
    assert states(con, "2025-04-01", "is_listed") == [(False,)] and states(con, "2025-07-01", "is_listed") == [(True,)]


def test_one_gone_listing_of_two_does_not_retire(built, long):
    long.listing(A, "cz-a:1", JAN, until=JUN, gone=True).listing(A, "cz-a:2", JAN)
    con = built(long)
    assert "retired" not in [row[1] for row in told(con, JUN)]
    assert con.execute("SELECT is_listed FROM initiatives").fetchall() == [(True,)]


def test_an_initiative_that_is_no_longer_included_is_removed_and_remembered(built, long):
    long.listing(A, "cz-a:1", JAN, until=MAR, title="On topic")
    long.listing(A, "cz-a:1", MAR, title="Off topic", included=False, exclusion_reason="off topic")
    con = built(long)
    assert con.execute("SELECT count(*) FROM initiatives").fetchall() == [(0,)]
    assert told(con, MAR) == [(A, "removed", None, None, None)]
    assert states(con, "2025-02-01") == [(A, "On topic")] and states(con, "2025-03-02") == []


def test_merged_ids_redirect_and_are_told(built, long):
    long.listing(A, "cz-a:1", JAN)
    long.add("redirects", {"old_id": B, "new_id": A, "at": "2025-03-01T00:30:00Z", "reason": "joined by a curator"})
    con = built(long)
    assert told(con, MAR) == [(B, "merged", None, None, A)]
    assert con.execute("SELECT words FROM changes WHERE change = 'merged'").fetchall() == [(f"Merged into {A}: joined by a curator.",)]
    assert con.execute("SELECT old_id, new_id FROM redirects").fetchall() == [(B, A)]


def test_dates_that_pass_change_the_status_at_the_first_run_that_knows(built, long):
    long.listing(A, "cz-a:1", JAN, start_date="2025-02-01", end_date="2025-06-30")
    con = built(long)
    assert told(con, MAR) == [(A, "changed", "status", "planned", "active")]
    assert told(con, JUN) == []
    assert told(con, SEP) == [(A, "changed", "status", "active", "completed")]
    assert con.execute("SELECT status FROM initiatives").fetchall() == [("completed",)]


def test_a_claim_lasts_while_it_is_said_and_comes_back_as_another(built, long):
    for run, until, start in ((JAN, MAR, "2020-01-01"), (MAR, JUN, "2021-01-01"), (JUN, SEP, "2020-01-01"), (SEP, None, "2020-01-01")):
        long.listing(A, "cz-a:1", run, until=until, start_date=start, title="T", kind="project" if run == SEP else None)
    con = built(long)
    claims = con.execute(
        "SELECT value, first_seen, superseded_at, is_valid FROM claims WHERE field = 'start_date' ORDER BY first_seen"
    ).fetchall()
    assert claims == [
        ("2020-01-01", datetime(2025, 1, 10, 1), datetime(2025, 3, 1, 1), False),
        ("2021-01-01", datetime(2025, 3, 1, 1), datetime(2025, 6, 1, 1), False),
        ("2020-01-01", datetime(2025, 6, 1, 1), None, True),
    ]
    assert con.execute("SELECT count(*) FROM claims WHERE field = 'title'").fetchall() == [(1,)]
    assert con.execute("SELECT version_count, first_seen FROM listings").fetchall() == [(4, datetime(2025, 1, 10, 1))]


def test_a_correction_changes_the_initiative_from_its_run_on(built, long):
    long.listing(A, "cz-a:1", JAN, title="Old")
    long.add(
        "decisions", {"id": "d1", "at": "2025-05-01T00:00:00Z", "verdict": "correct", "initiative": A, "field": "title", "value": "New"}
    )
    con = built(long)
    assert told(con, JUN) == [(A, "changed", "title", "Old", "New")]
    assert states(con, "2025-04-01") == [(A, "Old")] and states(con, "2025-06-01") == [(A, "New")]


def test_a_decision_after_the_newest_run_shows_at_once(built, long):
    long.listing(A, "cz-a:1", JAN, title="Old")
    long.add(
        "decisions", {"id": "d1", "at": "2025-12-01T00:00:00Z", "verdict": "correct", "initiative": A, "field": "title", "value": "New"}
    )
    con = built(long)
    assert con.execute("SELECT title FROM initiatives").fetchall() == [("New",)]
    assert told(con, SEP) == [(A, "changed", "title", "Old", "New")]


def test_several_runs_of_one_day_are_told_apart(built, blank):
    blank.run("2025-01-10.2").run("2025-01-10.10")
    blank.listing(A, "cz-a:1", "2025-01-10.2", until="2025-01-10.10", title="Two").listing(A, "cz-a:1", "2025-01-10.10", title="Ten")
    con = built(blank)
    assert told(con, "2025-01-10.10") == [(A, "changed", "title", "Two", "Ten")]
    assert states(con, "2025-01-10") == [(A, "Ten")]


def test_a_retired_portals_listings_are_kept_as_retired(built, long):
    long.listing(A, "cz-a:1", JAN, title="T")
    long.versions[-1] |= {"listing_status": "retired", "last_seen": "2025-03-01T01:00:00Z"}
    con = built(long)
    assert con.execute("SELECT is_listed FROM initiatives").fetchall() == [(False,)]
    assert con.execute("SELECT listing_status FROM listings").fetchall() == [("retired",)]


def between(con, older, newer):
    sql = "SELECT initiative_id, change, field, old_value, new_value FROM changes_between(?, ?) ORDER BY ALL"
    return con.execute(sql, [older, newer]).fetchall()


def test_changes_between_two_releases_are_net(built, long):
    long.listing(A, "cz-a:1", JAN, until=MAR, title="One", kind="strategy")
    long.listing(A, "cz-a:1", MAR, until=JUN, title="Two", kind="programme")
    long.listing(A, "cz-a:1", JUN, title="Three", kind="strategy")
    long.listing(B, "cz-a:2", MAR, until=JUN, title="New").listing(B, "cz-a:2", JUN, title="Newer")
    long.listing(C, "cz-a:3", JAN, until=MAR, gone=True, title="Left")
    con = built(long)
    assert between(con, JAN, JUN) == [
        (A, "changed", "title", "One", "Three"),
        (B, "added", None, None, None),
        (C, "retired", None, None, None),
    ]
    assert between(con, MAR, JUN) == [
        (A, "changed", "kind", "programme", "strategy"),
        (A, "changed", "title", "Two", "Three"),
        (B, "changed", "title", "New", "Newer"),
    ]
    assert [row[:2] for row in between(con, None, JAN)] == [(A, "added"), (C, "added")]
    assert between(con, SEP, SEP) == between(con, JUN, SEP) == between(con, "1999-01-01.1", SEP) == []
    words = con.execute("SELECT words FROM changes_between(?, ?) WHERE field = 'title'", [JAN, SEP]).fetchall()
    assert words == [("Title changed from One to Three.",)]


def test_changes_between_leaves_out_what_came_and_went(built, long):
    long.listing(A, "cz-a:1", JAN, until=MAR, title="T")
    long.versions[-1]["seen_until"] = "2025-03-01T01:00:00Z"
    long.listing(A, "cz-a:1", JUN, title="T")
    long.listing(B, "cz-a:2", JAN, title="On")
    long.listing(C, "cz-a:3", MAR, until=JUN, title="On").listing(C, "cz-a:3", JUN, title="Off", included=False, exclusion_reason="off")
    con = built(long)
    assert [row[:2] for row in between(con, JAN, MAR)] == [(A, "retired"), (C, "added")]
    assert between(con, JAN, JUN) == []
    assert [row[:2] for row in between(con, MAR, SEP)] == [(A, "returned"), (C, "removed")]


def test_changes_between_neighbours_are_those_of_the_run(built, world):
    con = built(world)
    assert between(con, JAN, MAR) == told(con, MAR)
