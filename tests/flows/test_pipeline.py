"""The whole way, thin and real: harvest over HTTP, refine, publish, export; and what happens when a portal fails."""

from __future__ import annotations

import json
import shutil
from collections import Counter

import duckdb
import pytest

from flows import cli
from flows.cards import cards_of
from flows.history import run_key
from flows.publishing import rebuild
from spiders.errors import UsageError
from warehouse.ledger import Ledger


def rows(data, sql):
    with duckdb.connect(str(data / "eduatlas.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".duckdb"}


def test_a_run_publishes_what_the_portals_say(atlas):
    report = atlas.run()
    assert not report.troubled and report.published.released
    assert {r[0] for r in rows(atlas.data, "select distinct portal from listings")} == set(atlas.few)
    expected = {r for r in atlas.server.records() if r.partition(":")[0] in atlas.few}
    assert {r[0] for r in rows(atlas.data, "select record_id from listings")} == expected
    assert rows(atlas.data, "select count(*) from initiatives")[0][0] > 0


def test_an_unchanged_world_adds_to_the_ledger_but_makes_no_release_and_no_id(atlas):
    first = atlas.run()
    ids = Ledger(atlas.settings.ledger).read("identities")
    second = atlas.run()
    assert second.run_id != first.run_id and run_key(second.run_id) > run_key(first.run_id)
    assert not second.published.released and second.published.version == first.published.version
    assert Ledger(atlas.settings.ledger).read("identities") == ids
    assert len(Ledger(atlas.settings.ledger).read("runs")) == 2 * len(atlas.few)


def test_a_rebuild_elsewhere_gives_the_same_bytes(atlas, tmp_path):
    atlas.run()
    atlas.run()
    here = atlas.data / "releases" / "latest"
    rebuild(atlas.settings, tmp_path / "other")
    there = tmp_path / "other" / "releases" / "latest"
    assert here.resolve().name == there.resolve().name
    assert files(here) == files(there)
    assert json.loads((here / "manifest.json").read_text())["identity"]


def test_a_lost_warehouse_comes_back_from_raw_zone_and_ledger(atlas):
    atlas.run()
    before = rows(atlas.data, "select record_id, initiative_id from listings order by 1")
    for name in ("refined", "releases"):
        shutil.rmtree(atlas.data / name)
    (atlas.data / "eduatlas.duckdb").unlink()
    rebuild(atlas.settings, None)
    assert rows(atlas.data, "select record_id, initiative_id from listings order by 1") == before


@pytest.mark.parametrize("how", ["stop", "500", "garbage", "interrupt"])
def test_a_failing_portal_is_held_back_and_the_others_go_on(atlas, how, capsys):
    # one with many pages: an interruption comes after a few answers
    cards, sizes = cards_of(atlas.settings), Counter(record.partition(":")[0] for record in atlas.server.records())
    bad = max((name for name, card in cards.items() if card.harvest[0].platform == "html"), key=lambda name: (sizes[name], name))
    good = [name for name in atlas.few if name != bad][:2]
    atlas.server.fail(next(host for host in cards[bad].hosts if host in atlas.server.sites), how)
    report = atlas.run([bad, *good])
    assert [e["portal"] for e in report.troubled] == [bad]
    reason = report.troubled[0]["reasons"][0]
    assert len(reason) > 10
    assert {r[0] for r in rows(atlas.data, "select distinct portal from listings")} == set(good)
    verdict, reasons = rows(atlas.data, f"select verdict, reasons from runs where portal = '{bad}'")[0]
    assert verdict in ("held", "failed") and reason in reasons
    assert cli.run(["--data", str(atlas.data), "status"]) == 1
    assert reason[:40] in capsys.readouterr().out


def test_a_portal_that_fails_later_stays_at_its_last_good_state(atlas):
    atlas.run()
    bad = atlas.few[0]
    sql = f"select record_id, title from listings where portal = '{bad}' order by 1"
    before = rows(atlas.data, sql)
    atlas.server.fail(atlas.host[bad], "500")
    report = atlas.run()
    assert report.troubled and report.published.released, "being held back is news"
    assert rows(atlas.data, sql) == before
    assert not rows(atlas.data, f"select * from listings where portal = '{bad}' and listing_status <> 'active'")
    atlas.server.mend()
    assert not atlas.run().troubled


def test_listings_that_vanish_are_marked_and_stay(atlas):
    atlas.run()
    world = atlas.server.world(drop=0.2, seed=1)
    report = atlas.run()
    fine = {e["portal"] for e in report.portals if e["verdict"] == "ok"}
    dropped = {r for r in world.dropped if r.partition(":")[0] in fine}
    assert dropped, "the world must lose a listing that the portals' own expectations can spare"
    marked = rows(atlas.data, "select record_id, listing_status from listings where listing_status <> 'active'")
    assert {r[0] for r in marked} == dropped and {r[1] for r in marked} <= {"missing", "gone"}


def test_the_flow_runs_under_prefect_and_ends_with_one_when_a_portal_fails(atlas, capsys):
    atlas.server.fail(atlas.host[atlas.few[0]], "500")
    assert cli.run(["--data", str(atlas.data), "run", "--sample", *atlas.few]) == 1
    said = capsys.readouterr()
    assert "held back" in said.out and atlas.few[0] in said.out and "release " in said.out


def test_sample_and_live_do_not_mix(atlas):
    atlas.run()
    (atlas.data / "world").write_text("live\n")
    assert cli.run(["--data", str(atlas.data), "run", "--sample", "--quiet"]) == 2


def test_nothing_to_refine_is_said(tmp_path, capsys):
    assert cli.run(["--data", str(tmp_path / "new"), "publish", "--rebuild"]) == 2
    assert "nothing has been harvested yet" in capsys.readouterr().err


def test_an_unknown_portal_names_the_nearest(atlas):
    with pytest.raises(UsageError, match="Did you mean"):
        atlas.run([atlas.few[0] + "x"])
