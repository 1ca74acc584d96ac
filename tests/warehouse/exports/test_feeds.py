"""The feeds export: feedparser reads every one, ids are stable, and entries stand where people look for them."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import duckdb
import feedparser
import pytest

from warehouse import exports
from warehouse.exports import feeds


def parsed(path: Path) -> feedparser.FeedParserDict:
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_there_is_a_feed_for_everything(release: Path) -> None:
    found = {p.relative_to(release / "feeds").as_posix() for p in (release / "feeds").rglob("*") if p.is_file()}
    names = ["all", "country/cz", "country/de", "country/eu", "country/gr", "region/de3", "region/dea"]
    names += ["topic/devices", "topic/digital-competence", "topic/teacher-training"]
    assert found == {f"{name}.{kind}" for name in names for kind in ("atom", "rss")} | {"index.opml"}


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_every_feed_is_read(release: Path, kind: str) -> None:
    paths = sorted((release / "feeds").rglob(f"*.{kind}"))
    assert len(paths) == 10
    for path in paths:
        feed = parsed(path)
        assert feed.version == ("atom10" if kind == "atom" else "rss20") and feed.feed.title.startswith("eduatlas")
        assert feed.entries and all(e.id and e.title and e.link.startswith("http") and e.summary for e in feed.entries)
        assert len({e.id for e in feed.entries}) == len(feed.entries)
        # newest first
        assert [e.updated_parsed if kind == "atom" else e.published_parsed for e in feed.entries] == sorted(
            (e.updated_parsed if kind == "atom" else e.published_parsed for e in feed.entries), reverse=True
        )


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_entries_tell_what_changed(release: Path, kind: str) -> None:
    entries = {e.id: e for e in parsed(release / f"feeds/all.{kind}").entries}
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        changed = con.execute("SELECT DISTINCT run_id, initiative_id FROM changes").fetchall()
    assert set(entries) == {f"https://eduatlas.example/changes/{run}/{initiative}" for run, initiative in changed}
    entry = entries["https://eduatlas.example/changes/2025-03-01.1/ea-0000000001"]
    assert (
        entry.title == "Changed: Strategie 2030+"
        and entry.summary == "End date is now known: 2030-12-31 (year)."
        or "2030" in entry.summary
    )
    assert entry.link == "https://cz-a.example/cz-a:1" and {t.term for t in entry.tags} == {"changed", "CZ", "strategy"}
    nasty = entries["https://eduatlas.example/changes/2025-01-10.1/ea-000000000a"]
    assert 'HYPERLINK("http://x.example","a")' in nasty.title and "🙂" in nasty.title
    assert "<b>" not in (release / f"feeds/all.{kind}").read_text()


def test_country_region_and_topic_have_their_own_entries(release: Path) -> None:
    def initiatives(name: str) -> set[str]:
        return {e.id.rpartition("/")[2] for e in parsed(release / f"feeds/{name}.atom").entries}

    assert initiatives("country/cz") == {"ea-0000000001", "ea-0000000002", "ea-0000000003"}
    assert initiatives("region/de3") == initiatives("region/dea") == initiatives("topic/devices") == {"ea-000000000a"}
    assert initiatives("topic/digital-competence") == {"ea-0000000002"}
    assert parsed(release / "feeds/topic/devices.atom").feed.title == "eduatlas: Devices and equipment"


def test_a_feed_holds_the_newest_only(release: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        feeds.write(exports.Source(con, "2025-03-01.1", "1"), tmp_path, most=2)
    entries = parsed(tmp_path / "all.atom").entries
    assert [e.id.split("/")[-2] for e in entries] == ["2025-03-01.1"] * 2
    assert [e.id for e in entries] == [e.id for e in parsed(release / "feeds/all.atom").entries[:2]]


def test_the_index_lists_every_feed(release: Path) -> None:
    outlines = ET.parse(release / "feeds/index.opml").getroot().iter("outline")
    base = "https://eduatlas.example/releases/latest/feeds/"
    listed = {o.attrib["xmlUrl"].removeprefix(base) for o in outlines}
    assert listed == {p.relative_to(release / "feeds").as_posix() for p in (release / "feeds").rglob("*.atom")}


def test_a_feed_without_news_is_a_feed(world, tmp_path: Path, built: Callable) -> None:  # type: ignore[no-untyped-def, type-arg]
    world.versions.clear()
    world.clusters.clear()
    world.tables["relations"].clear()
    files = feeds.write(exports.Source(built(world), "2025-03-01.1", "1"), tmp_path)
    assert {p.name for p in files} == {"all.atom", "all.rss", "index.opml"}
    assert parsed(tmp_path / "all.atom").entries == [] == parsed(tmp_path / "all.rss").entries
