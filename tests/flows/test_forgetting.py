"""Forgetting end to end: after it no file of the data folder holds the text, but the earlier releases that are named."""

from __future__ import annotations

import gzip
import html
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows import cli, config, forgetting, pipeline, publishing, reviewing
from flows.cards import cards_of
from flows.refining import refine
from spiders.errors import UsageError
from spiders.forgetting import mark
from spiders.page import url_key
from warehouse.ledger import Ledger
from warehouse.lock import DataLock
from warehouse.publish import latest

REASON = "asked for by its owner"


def texts(path: Path):
    """What a file says, unpacked, whatever its format."""
    body = path.read_bytes()
    if path.suffix == ".gz":
        yield gzip.decompress(body).decode("utf-8", "replace")
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    elif path.suffix == ".parquet":
        yield str(pq.read_table(path).to_pylist())
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield str(con.table(table).fetchall())
        yield body.decode("latin-1")
    elif path.suffix == ".db":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as con:
            yield "\n".join(con.iterdump())
    else:
        yield body.decode("utf-8", "replace")


def holding(data: Path, *words: str) -> list[str]:
    """Files that hold one of the words, by their path in the folder."""
    files = [p for p in data.rglob("*") if p.is_file() and not p.is_symlink() and "latest" not in p.relative_to(data).parts]
    written = [form for word in words for form in {word, json.dumps(word)[1:-1], word.replace("&", "&amp;")}]
    return sorted(
        p.relative_to(data).as_posix()
        for p in files
        if any(w in form for text in texts(p) for form in (text, html.unescape(text)) for w in written)
    )


@pytest.fixture
def two(atlas):
    """An atlas with two releases, and a listing of which title and address stand nowhere else: (atlas, its row)."""
    atlas.run()
    with duckdb.connect(str(atlas.data / "eduatlas.duckdb"), read_only=True) as con:
        names = ("record_id", "portal", "title", "url", "initiative_id")
        rows = con.execute(
            f"SELECT {', '.join(names)} FROM listings WHERE initiative_id IS NOT NULL AND length(title) > 20 "
            "AND initiative_id IN (SELECT initiative_id FROM listings GROUP BY 1 HAVING count(*) = 1) ORDER BY record_id"
        ).fetchall()
    found = [dict(zip(names, row, strict=True)) for row in rows]
    # one whose title no other listing repeats
    row = next(r for r in found if sum(r["title"] in o["title"] for o in found) == 1)
    other = next(r["record_id"] for r in found if r["portal"] != row["portal"])
    reviewing.decide(
        atlas.settings, "correct", [row["record_id"]], by="ann", field="title", value=row["title"] + "!", source="https://x.test/"
    )
    reviewing.decide(atlas.settings, "apart", [row["record_id"], other], by="ann")
    publishing.rebuild(atlas.settings, None)
    return atlas, row


def forget(atlas, target, **options):
    with DataLock(atlas.data):
        return forgetting.forget(atlas.settings, target, reason=REASON, **options)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".duckdb"}


def test_after_forget_no_file_holds_it_but_the_named_releases(two, capsys, tmp_path):
    atlas, row = two
    releases = sorted(p.name for p in (atlas.data / "releases").iterdir() if p.is_dir() and not p.is_symlink())
    assert len(releases) == 2 and len(holding(atlas.data, row["title"])) > 20
    with duckdb.connect(str(atlas.data / "eduatlas.duckdb"), read_only=True) as con:
        before = con.execute("SELECT record_id, title FROM listings WHERE record_id != ? ORDER BY 1", [row["record_id"]]).fetchall()
    code = cli.run(["--data", str(atlas.data), "forget", row["url"], "--reason", REASON])
    told = capsys.readouterr().out
    assert code == 1 and all(name in told for name in releases), told
    left = holding(atlas.data, row["title"], row["url"], row["record_id"])
    assert {name.split("/")[0] for name in left} == {"releases"} and {name.split("/")[1] for name in left} == set(releases), left
    version = latest(atlas.data)
    assert version not in releases
    with duckdb.connect(str(atlas.data / "eduatlas.duckdb"), read_only=True) as con:
        assert con.execute("SELECT record_id, title FROM listings ORDER BY 1").fetchall() == before
    # the trace: that, when and why, by hashes
    (event,) = Ledger(atlas.settings.ledger).read("forgotten")
    assert event["reason"] == REASON and event["at"] and mark(url_key(row["url"])) in event["marks"] and row["url"] not in str(event)
    # the same, again, byte for byte
    out = tmp_path / "elsewhere"
    assert publishing.rebuild(atlas.settings, out).version == version
    assert files(out / "releases" / version) == files(atlas.data / "releases" / version)
    assert publishing.rebuild(atlas.settings, None).released is False
    # the earlier releases go when asked, for good
    assert cli.run(["--data", str(atlas.data), "forget", row["url"], "--reason", REASON, "--withdraw"]) == 0
    assert holding(atlas.data, row["title"], row["url"], row["record_id"]) == []
    index = json.loads((atlas.data / "releases/index.json").read_text(encoding="utf-8"))
    assert index["removed"] == releases and [r["version"] for r in index["releases"]] == [version]
    assert len(Ledger(atlas.settings.ledger).read("forgotten")) == 1


def test_a_portal_that_shows_it_still_brings_it_back_unless_asked_never_to(two, capsys):
    atlas, row = two
    forget(atlas, row["record_id"])
    atlas.run()
    assert holding(atlas.data / "raw", row["record_id"]) and holding(atlas.data / "raw", row["title"])
    forget(atlas, row["record_id"], never_again=True)
    atlas.run()
    assert holding(atlas.data / "raw", row["title"], row["url"]) == [] and holding(atlas.data / "ledger", row["title"], row["url"]) == []
    capsys.readouterr()
    assert cli.run(["--data", str(atlas.data), "forget", row["record_id"], "--lift", "--reason", "agreed"]) == 0
    atlas.run()
    assert holding(atlas.data / "raw", row["record_id"]) and holding(atlas.data / "raw", row["title"])


def test_an_initiative_goes_with_all_its_listings_and_its_id_is_not_given_again(two):
    atlas, row = two
    done = forget(atlas, row["initiative_id"])
    assert done.listings >= 1 and holding(atlas.data / "raw", row["title"]) == []
    assert holding(atlas.data / "ledger", row["record_id"], row["title"]) == []
    publishing.rebuild(atlas.settings, None)
    with duckdb.connect(str(atlas.data / "eduatlas.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM initiatives WHERE initiative_id = ?", [row["initiative_id"]]).fetchone() == (0,)
    assert row["initiative_id"] in (atlas.data / "ledger/identities.jsonl").read_text(encoding="utf-8")


def test_a_portal_goes_whole_and_stays_away(two, capsys):
    atlas, row = two
    version = latest(atlas.data)
    code = cli.run(["--data", str(atlas.data), "forget", row["portal"], "--reason", REASON, "--never-again", "--withdraw"])
    assert code == 0, capsys.readouterr()
    assert holding(atlas.data, row["portal"] + ":") == [] and not (atlas.data / "raw" / row["portal"]).exists()
    assert latest(atlas.data) != version
    with duckdb.connect(str(atlas.data / "eduatlas.duckdb"), read_only=True) as con:
        for table in ("portals", "runs", "listings"):
            assert con.execute(f"SELECT count(*) FROM {table} WHERE portal = ?", [row["portal"]]).fetchone() == (0,)
    with pytest.raises(UsageError, match="forgotten"):
        pipeline.harvest(atlas.settings, [row["portal"]])
    assert row["portal"] not in {e["portal"] for e in atlas.run([n for n in atlas.few if n != row["portal"]]).portals}
    capsys.readouterr()
    cli.run(["--data", str(atlas.data), "status"])
    assert "~" not in capsys.readouterr().out


def test_what_is_not_there_is_said(two, capsys):
    atlas, row = two
    before = {p: p.read_bytes() for p in (atlas.data / "ledger").iterdir()}
    for target, code in (("https://nowhere.test/x", 1), ("ea-aaaaaaaaaa", 2), ("no such", 2), (row["url"], 2)):
        reason = [] if target == row["url"] else ["--reason", REASON]
        assert cli.run(["--data", str(atlas.data), "forget", target, *reason]) == code
    assert {p: p.read_bytes() for p in (atlas.data / "ledger").iterdir()} == before
    with DataLock(atlas.data):
        assert cli.run(["--data", str(atlas.data), "forget", row["url"], "--reason", REASON]) == 4
    capsys.readouterr()
    assert cli.run(["--data", str(atlas.data), "forget", "--list", "--json"]) == 0 and json.loads(capsys.readouterr().out) == []


def test_a_kill_at_any_step_is_finished_by_the_next_call(two, tmp_path, killed_at):
    atlas, row = two
    frozen = tmp_path / "frozen"
    shutil.copytree(atlas.data, frozen, symlinks=True)
    step, finished = 0, False
    while not finished:
        step += 3 if step > 6 else 1
        place = tmp_path / f"killed-{step}"
        shutil.copytree(frozen, place, symlinks=True, ignore=shutil.ignore_patterns("releases", "refined", "eduatlas.duckdb"))
        settings = config.resolve(data=place, sample=True, quiet=True)
        finished = not killed_at(step, lambda s=settings: forgetting.forget(s, row["url"], reason=REASON))
        # an ordinary run finishes it where the note was written; else the same call again does
        if (place / forgetting.JOURNAL).exists():
            forgetting.complete(settings)
        else:
            forgetting.forget(settings, row["url"], reason=REASON)
        assert holding(place, row["title"], row["url"], row["record_id"]) == [], step
        assert len(Ledger(settings.ledger).read("forgotten")) == 1 and not list(place.rglob(".*.new"))
        shutil.rmtree(place) if not finished else None
    assert step > 12
    settings = config.resolve(data=place, sample=True, quiet=True)
    assert refine(settings, cards_of(settings)).counts["listings"] > 0
