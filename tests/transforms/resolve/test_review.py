"""What curators' decisions amount to."""

import random

from transforms.resolve.review import effective


def decision(number, verdict, *records, by="cze", **rest):
    return {"id": f"d{number}", "at": f"2026-01-{number:02}", "by": by, "verdict": verdict, "records": list(records), **rest}


def test_a_decision_stands_until_it_is_undone():
    joined = decision(1, "join", "b", "a")
    assert list(effective([joined]).join) == [("a", "b")]
    assert not effective([joined, decision(2, "undo", undoes="d1")]).join


def test_the_same_curator_may_change_their_mind():
    decided = effective([decision(1, "join", "a", "b"), decision(2, "apart", "b", "a")])
    assert not decided.join and not decided.conflicts and list(decided.apart) == [("a", "b")]


def test_curators_who_disagree_bind_nothing():
    decided = effective([decision(1, "join", "a", "b"), decision(2, "apart", "a", "b", by="sk")])
    assert not decided.join and not decided.apart
    assert [e["by"] for e in decided.conflicts["a", "b"]] == ["cze", "sk"]


def test_curators_who_agree_are_no_conflict():
    decided = effective([decision(1, "join", "a", "b"), decision(2, "join", "b", "a", by="sk")])
    assert decided.join and not decided.conflicts


def test_a_relation_keeps_its_direction_and_keeps_the_two_apart():
    decided = effective([decision(1, "successor_of", "new", "edition")])
    assert list(decided.relations) == [("new", "edition")] and list(decided.apart) == [("edition", "new")]
    assert effective([decision(1, "successor_of", "a", "b"), decision(2, "successor_of", "b", "a", by="sk")]).conflicts


def test_a_split_keeps_its_records_apart_from_all_others():
    decided = effective([decision(1, "split", "a", others=["b", "c"])])
    assert set(decided.apart) == {("a", "b"), ("a", "c")}
    assert not decided.conflicts


def test_corrections_and_admissions_are_kept_by_record():
    decided = effective(
        [
            decision(1, "correct", "a", field="start_date", value="2021-01-01"),
            decision(2, "correct", "a", field="start_date", value="2022-01-01"),
            decision(3, "kind", "a", value="strategy"),
            decision(4, "reject", "a", reason="a shop"),
        ]
    )
    assert decided.corrections["a", "start_date"]["value"] == "2022-01-01"
    assert decided.corrections["a", "kind"]["value"] == "strategy"
    assert decided.admission["a"]["verdict"] == "reject"


def test_lines_may_come_in_any_order():
    events = [decision(n, v, "a", "b") for n, v in ((1, "join"), (2, "apart"), (3, "join"))] + [decision(4, "undo", undoes="d3")]
    first = effective(events)
    random.Random(7).shuffle(events)
    assert effective(events) == first and first.apart
