"""Which runs count, and the version they make."""

from flows.history import health, next_run_id, run_key, select, version


def event(run_id, portal="p", verdict="ok", at=None, **counts):
    return {"run_id": run_id, "portal": portal, "verdict": verdict, "at": at or run_id + "T10:00", "counts": counts, "reasons": []}


def test_the_tenth_run_of_a_day_follows_the_ninth():
    events = [event(f"2026-01-01.{n}") for n in (9, 10)]
    assert next_run_id(events, "2026-01-01") == "2026-01-01.11"
    assert next_run_id(events, "2026-01-02") == "2026-01-02.1"
    assert run_key("2026-01-01.10") > run_key("2026-01-01.9")


def test_a_run_that_changes_nothing_is_not_in_the_release():
    first = [event("2026-01-01.1", new=3)]
    assert select([*first, event("2026-01-02.1", unchanged=3)]) == select(first)


def test_an_unchanged_portal_is_seen_up_to_the_newest_telling_run():
    events = [
        event("2026-01-01.1", "a", new=1),
        event("2026-01-01.1", "b", new=1),
        event("2026-01-02.1", "a"),
        event("2026-01-02.1", "b", changed=1),
    ]
    chosen = select(events)
    assert chosen.cutoff == "2026-01-02.1"
    assert chosen.accepted["a"] == ("2026-01-01.1", "2026-01-02.1")


def test_a_held_run_is_reported_but_its_listings_do_not_stand():
    events = [event("2026-01-01.1", new=3), event("2026-01-02.1", verdict="held", new=1)]
    chosen = select(events)
    assert chosen.cutoff == "2026-01-02.1", "a portal that is held back is a change"
    assert chosen.accepted == {"p": ("2026-01-01.1",)}
    assert select([*events, event("2026-01-03.1", verdict="held")]).cutoff == "2026-01-02.1"


def test_nothing_yet_selects_nothing():
    assert select([]).cutoff is None


def test_the_version_grows_with_runs_and_decisions_of_the_day():
    chosen = select([event("2026-01-01.1", new=1, at="2026-01-01T08"), event("2026-01-01.2", new=1, at="2026-01-01T09")])
    assert version(chosen, []) == "2026-01-01.2"
    assert version(chosen, [{"at": "2025-12-31T23"}, {"at": "2026-01-05T00"}]) == "2026-01-01.3"


def test_health_names_the_last_and_the_last_good_run():
    row, missing = health([event("2026-01-01.1"), event("2026-01-02.1", verdict="failed")], ["p", "q"])
    assert not row.healthy and row.good["run_id"] == "2026-01-01.1"
    assert missing.last is None and not missing.healthy
