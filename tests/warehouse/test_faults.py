"""Readers and full disks: the published state is always one complete release. Kills are in tests/flows/test_kills.py."""

import ast
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse.files import sha256
from warehouse.publish import latest
from warehouse.publish import publish as publish_all

RUNS = ["2025-03-01.1", "2025-04-01.1"]
FORMATS = ("csv", "jsonl", "parquet")
publish = functools.partial(publish_all, formats=FORMATS)
PUBLISH = """
import sys
from pathlib import Path
from spiders.errors import StorageError
from warehouse.publish import publish
try:
    publish(Path(sys.argv[1]), Path(sys.argv[2]), version="2025-04-01.1", formats=("csv", "jsonl", "parquet"))
except StorageError as error:
    print("StorageError", error)
"""


@pytest.fixture
def two_states(world, tmp_path):
    """Inputs before and after a run that adds a fourth initiative."""
    before = world.write(tmp_path / "before")
    after = world.run(RUNS[1]).listing("ea-0000000004", "cz-a:4", RUNS[1], title="Nová").write(tmp_path / "after")
    return before, after


def complete(data: Path) -> str:
    """Checks that the published release is whole; its version."""
    version = latest(data)
    assert version is not None
    folder = data / "releases" / version
    for entry in json.loads((folder / "manifest.json").read_text())["files"]:
        path = folder / entry["name"]
        assert path.exists()
        if "sha256" in entry:
            assert sha256(path) == entry["sha256"]
    with duckdb.connect(str(data / "eduatlas.duckdb"), read_only=True) as con:
        assert con.execute("SELECT version FROM releases WHERE is_this").fetchall() == [(version,)]
        assert con.execute("SELECT count(*) FROM initiatives").fetchall() == [(3 + RUNS.index(version),)]
    return version


READ = """
import sys, time
from pathlib import Path
import duckdb
path, stop = sys.argv[1], Path(sys.argv[2])
sql = "SELECT version, (SELECT count(*) FROM initiatives), (SELECT count(DISTINCT initiative_id) FROM listings) FROM releases WHERE is_this"
seen, count = set(), 0
print("ready", flush=True)
while not stop.exists():
    time.sleep(0.05)
    with duckdb.connect(path, read_only=True, config={"threads": 1}) as con:
        seen.update(con.execute(sql).fetchall())
    count += 1
print(count, sorted(seen))
"""


def test_readers_never_see_half_a_state_nor_a_lock(world, tmp_path, root):
    data, stop = tmp_path / "data", tmp_path / "stop"
    publish(data, world.write(tmp_path / "n0"), version=RUNS[0])
    command = [sys.executable, "-c", READ, str(data / "eduatlas.duckdb"), str(stop)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    readers = [subprocess.Popen(command, cwd=root, text=True, **pipes) for _ in range(2)]
    try:
        assert all(reader.stdout.readline() == "ready\n" for reader in readers)
        expected = {(RUNS[0], 3, 3)}
        for number in range(int(os.environ.get("EDUATLAS_PUBLISHES", "3"))):
            run = f"2025-04-{number + 1:02}.1"
            world.run(run).listing(f"ea-00000001{number:02}", f"cz-a:n{number}", run)
            assert publish(data, world.write(tmp_path / run), version=run).released
            expected.add((run, 4 + number, 4 + number))
    finally:
        stop.touch()
        told = [reader.communicate(timeout=60) for reader in readers]
    for out, trouble in told:
        count, _, seen = out.partition(" ")
        assert int(count) > 0 and set(ast.literal_eval(seen)) <= expected, trouble


WRITE = """
import os, signal, sys
import duckdb
con = duckdb.connect(sys.argv[1], config={"checkpoint_threshold": "1GB"})
con.execute("SET checkpoint_threshold = '1GB'; UPDATE initiatives SET title = 'mischief'; DELETE FROM listings")
if sys.argv[2] == "checkpoint":
    con.execute("CHECKPOINT")
print(duckdb.__version__, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("version", [None, "1.4.0"])
@pytest.mark.parametrize("how", ["log", "checkpoint"])
def test_a_reader_that_opened_it_for_writing_and_was_killed_changes_no_later_release(two_states, tmp_path, version, how, older_duckdb):
    before, after = two_states
    publish(tmp_path / "clean", before, version=RUNS[0])
    publish(tmp_path / "clean", after, version=RUNS[1])
    data = tmp_path / "data"
    publish(data, before, version=RUNS[0])
    for path in data.rglob("eduatlas.duckdb"):
        if not path.is_symlink():
            path.chmod(0o644)  # a careless copy, or root
    env = os.environ | ({"PYTHONPATH": str(older_duckdb(version))} if version else {})
    done = subprocess.run([sys.executable, "-c", WRITE, str(data / "eduatlas.duckdb"), how], capture_output=True, text=True, env=env)
    assert done.returncode == -9, done.stderr
    assert done.stdout.startswith(version or duckdb.__version__)
    if how == "log":
        assert list(data.rglob("*.wal")), "the fault bites"
    assert publish(data, after, version=RUNS[1]).released
    complete(data)
    manifests = [json.loads((base / "releases" / RUNS[1] / "manifest.json").read_text()) for base in (data, tmp_path / "clean")]
    assert manifests[0] == manifests[1] and not list(data.rglob("*.wal"))
    with duckdb.connect(str(data / "eduatlas.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM initiatives WHERE title = 'mischief'").fetchall() == [(0,)]


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/bin/mount").exists(), reason="mounting a small disk needs root")
@pytest.mark.parametrize("free", [0, 400])
def test_a_full_disk_is_told_and_what_was_published_stands(two_states, tmp_path, root, free):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        publish(disk / "data", two_states[0], version=RUNS[0])
        with (disk / "ballast").open("wb") as ballast, pytest.raises(OSError, match="No space"):
            while True:
                os.write(ballast.fileno(), b"x" * 4096)
        os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - free * 1024)
        done = subprocess.run(
            [sys.executable, "-c", PUBLISH, str(disk / "data"), str(two_states[1])], cwd=root, capture_output=True, text=True, timeout=120
        )
        assert done.stdout.startswith("StorageError"), done.stdout + done.stderr
        assert "what was published stands" in done.stdout and "full" in done.stdout
        assert complete(disk / "data") == RUNS[0]
        (disk / "ballast").unlink()
        assert publish(disk / "data", two_states[1], version=RUNS[1]).released
        assert complete(disk / "data") == RUNS[1]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
