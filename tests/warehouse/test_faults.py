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
