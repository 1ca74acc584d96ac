"""Publishing: all or nothing, the same inputs the same bytes, and only what differs is a release."""

import functools
import json
import os
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from spiders.errors import GateError, StorageError, UsageError
from warehouse.files import sha256
from warehouse.publish import latest, listed, natural, prune, rollback
from warehouse.publish import publish as publish_all

A, D = "ea-0000000001", "ea-0000000004"
JAN, MAR = "2025-01-10.1", "2025-03-01.1"
# the other exports have tests of their own
publish = functools.partial(publish_all, formats=("csv", "jsonl", "parquet"))


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".duckdb"}


def titles(data: Path) -> list[str]:
    with duckdb.connect(str(data / "eduatlas.duckdb"), read_only=True) as con:
        return [t for (t,) in con.execute("SELECT title FROM initiatives ORDER BY 1").fetchall()]


@pytest.fixture
def data(tmp_path, world):
    """A data folder with one release."""
    folder = tmp_path / "data"
    report = publish(folder, world.write(tmp_path / "one"), version=MAR)
    assert report.released and report.version == MAR and report.changed == {"added": 1, "changed": 1}
    return folder


def test_a_release_is_complete_read_only_and_says_what_it_holds(data):
    folder = data / "releases" / MAR
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (data / "releases" / "latest").resolve() == folder and (data / "eduatlas.duckdb").resolve() == folder / "eduatlas.duckdb"
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == {f["name"] for f in manifest["files"]} | {"manifest.json"}
    for entry in manifest["files"]:
        path = folder / entry["name"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
        if path.suffix == ".duckdb":
            assert len(entry["content_digest"]) == 64
        else:
            assert (entry["bytes"], entry["sha256"]) == (path.stat().st_size, sha256(path))
    assert manifest["version"] == MAR and manifest["schema_version"] == "1.0.0" and manifest["rows"]["initiatives"] == 3
    assert json.loads((data / "releases" / "index.json").read_text())["latest"] == MAR
    assert not list(data.rglob("*.wal")) and not list((data / "releases").glob(".*"))


def test_the_same_inputs_make_no_second_release(data, tmp_path):
    before = files(data / "releases")
    report = publish(data, tmp_path / "one", version=MAR)
    assert (report.released, report.version, report.path) == (False, MAR, data / "releases" / MAR)
    assert publish(data, tmp_path / "one", version="2025-04-01.1").released is False
    assert files(data / "releases") == before


def test_another_look_at_the_same_content_is_no_release(data, world, tmp_path):
    world.run("2025-04-01.1")
    assert publish(data, world.write(tmp_path / "two"), version="2025-04-01.1").released is False


def test_a_rebuild_elsewhere_gives_the_same_bytes(data, tmp_path, world):
    inputs = world.write(tmp_path / "moved" / "elsewhere")
    assert publish(tmp_path / "unused", inputs, version=MAR, out=tmp_path / "out", threads=1).released
    assert not (tmp_path / "unused").exists()
    assert files(tmp_path / "out" / "releases") == files(data / "releases")


def test_new_content_is_a_new_release_and_the_old_one_stands(data, world, tmp_path):
    before = files(data / "releases" / MAR)
    world.run("2025-04-01.1").listing(D, "cz-a:4", "2025-04-01.1", title="Nová")
    assert publish(data, world.write(tmp_path / "two"), version="2025-04-01.1").released
    assert latest(data) == "2025-04-01.1" and "Nová" in titles(data)
    assert files(data / "releases" / MAR) == before
    index = json.loads((data / "releases" / "index.json").read_text())
    assert [r["version"] for r in index["releases"]] == ["2025-04-01.1", MAR]


def test_other_content_under_the_same_version_is_a_revision(data, world, tmp_path):
    decision = {"id": "d1", "at": "2025-03-02T00:00:00Z", "verdict": "correct", "initiative": A, "field": "title", "value": "Opraveno"}
    report = publish(data, world.add("decisions", decision).write(tmp_path / "two"), version=MAR)
    assert report.version == f"{MAR}.2" and latest(data) == f"{MAR}.2" and "Opraveno" in titles(data)


def test_a_failed_gate_publishes_nothing_and_names_the_rows(data, world, tmp_path):
    before = files(data / "releases")
    world.add("relations", {"source_id": A, "target_id": "ea-nowhere", "relation": "part_of"})
    with pytest.raises(GateError, match=r"(?s)dangling_references.*relations.target_id.*ea-nowhere"):
        publish(data, world.write(tmp_path / "two"), version="2025-04-01.1")
    assert files(data / "releases") == before and not list((data / "releases").glob(".*"))


def test_rolling_back_lasts_until_something_new_is_released(data, world, tmp_path):
    two, three = "2025-04-01.1", "2025-05-01.1"
    world.run(two).listing(D, "cz-a:4", two, title="Nová")
    publish(data, world.write(tmp_path / "two"), version=two)
    assert rollback(data, MAR) == data / "releases" / MAR and "Nová" not in titles(data)
    report = publish(data, tmp_path / "two", version=two)
    assert (report.released, latest(data)) == (False, MAR)
    world.run(three).listing("ea-0000000005", "cz-a:5", three, title="Novější")
    assert publish(data, world.write(tmp_path / "three"), version=three).released and latest(data) == three
    with pytest.raises(UsageError, match=f"no release '1999'(?s:.*){MAR}"):
        rollback(data, "1999")


def test_pruning_keeps_the_newest_and_the_published(data, world, tmp_path):
    for month in range(4, 8):
        run = f"2025-0{month}-01.1"
        world.run(run).listing(f"ea-000000000{month}", f"cz-a:{month}", run)
        publish(data, world.write(tmp_path / run), version=run)
    rollback(data, MAR)
    assert prune(data, 2) == ["2025-05-01.1", "2025-04-01.1"]
    assert [r.version for r in listed(data)] == ["2025-07-01.1", "2025-06-01.1", MAR] and titles(data)
    with pytest.raises(UsageError):
        prune(data, 0)


def test_what_a_killed_publish_left_is_cleared(data, tmp_path):
    left = data / "releases" / ".building-999999"
    (left / "csv").mkdir(parents=True)
    (left / "eduatlas.duckdb").write_bytes(b"half")
    (data / "releases" / ".building-999999.lock").touch()
    (data / "eduatlas.duckdb").unlink()
    publish(data, tmp_path / "one", version=MAR)
    assert not list((data / "releases").glob(".*")) and titles(data)


def test_what_someone_wrote_into_a_published_file_is_in_no_release(data, world, tmp_path):
    shutil.copy(data / "eduatlas.duckdb", tmp_path / "scratch.duckdb")
    (tmp_path / "scratch.duckdb").chmod(0o644)
    con = duckdb.connect(str(tmp_path / "scratch.duckdb"))
    con.execute("SET checkpoint_threshold = '1GB'; INSERT INTO redirects VALUES ('x', 'y', now()::TIMESTAMP, 'mischief')")
    wal = (tmp_path / "scratch.duckdb.wal").read_bytes()
    con.close()
    # older readers put the log beside the link, newer ones beside the file
    (data / "eduatlas.duckdb.wal").write_bytes(wal)
    (data / "releases" / MAR / "eduatlas.duckdb.wal").write_bytes(wal)
    world.run("2025-04-01.1").listing(D, "cz-a:4", "2025-04-01.1")
    publish(data, world.write(tmp_path / "two"), version="2025-04-01.1")
    assert not list(data.rglob("*.wal"))
    with duckdb.connect(str(data / "eduatlas.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM redirects").fetchall() == [(0,)]


def test_a_damaged_manifest_is_told(data, tmp_path):
    path = data / "releases" / MAR / "manifest.json"
    path.chmod(0o644)
    path.write_text("{")
    with pytest.raises(StorageError, match="damaged manifest"):
        publish(data, tmp_path / "one", version="2025-04-01.1")


def test_versions_sort_by_day_and_number():
    found = ["2025-01-02.10", "2025-01-02.9", "2025-01-02.9.2", "2024-12-31.1"]
    assert sorted(found, key=natural) == ["2024-12-31.1", "2025-01-02.9", "2025-01-02.9.2", "2025-01-02.10"]


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="needs an unprivileged user, or setpriv to become one")
def test_a_read_only_folder_is_told_with_what_to_do(data, tmp_path, as_nobody):
    result = as_nobody(
        "from warehouse.publish import publish",
        f"publish(Path({str(data)!r}), Path({str(tmp_path / 'one')!r}), version='2025-04-01.1')",
        proof=f"Path({str(data / 'proof')!r}).touch()",
    )
    assert "StorageError" in result and "Permission denied" in result and "choose another data folder" in result
    assert titles(data)
