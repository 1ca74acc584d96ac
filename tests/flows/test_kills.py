"""Kill -9 and full disks at any moment of any stage: the published state is always one complete release, and the next run repairs the rest.

`make test` takes a few seeded moments; `make test-faults` takes 100 of the stages and 10 of the whole run.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from flows import config, pipeline
from flows.cards import cards_of
from flows.publishing import rebuild, republish
from flows.refining import refine
from spiders.samples.server import serve
from warehouse.deliver import deliver
from warehouse.files import sha256
from warehouse.lock import DataLock
from warehouse.publish import latest

KILLS = int(os.environ.get("EDUATLAS_KILLS", "5"))
RUN_KILLS = int(os.environ.get("EDUATLAS_RUN_KILLS", "0"))
DISKS = int(os.environ.get("EDUATLAS_DISKS", "1"))
STAGES = ("refine", "publish", "export")
#: has everything imported, and forks a process for every stage that it is told to run: its pid, then its exit code
PARENT = """
import os, sys
import transforms.normalise, transforms.resolve, transforms.resolve.similar, warehouse.deliver, warehouse.exports, warehouse.publish
import flows.commands.export, flows.commands.publish, flows.commands.refine, flows.publishing, flows.refining
from flows import cli
from warehouse import exports
exports.chosen(None)
print("ready", flush=True)
for line in sys.stdin:
    data, target, stage, log = line.rstrip("\\n").split("\\t")
    words = {"refine": ["refine"], "publish": ["publish"], "export": ["export", "--to", target], "harvest": ["harvest", "--sample"]}
    pid = os.fork()
    if pid == 0:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1), os.dup2(out, 2)
        code = 70
        try:
            code = cli.run(["--data", data, "--quiet", *words[stage]])
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(code)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Stages:
    """Runs stages in processes of their own, without Prefect."""

    def __init__(self, log: Path) -> None:
        self.log = log
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.parent = subprocess.Popen([sys.executable, "-c", PARENT], **pipes)
        assert self.parent.stdout.readline() == "ready\n"

    def run(self, data: Path, target: Path, stage: str, *, kill_after: float | None = None) -> int:
        """The exit code; killed by SIGKILL after so many seconds where it still runs."""
        self.parent.stdin.write("\t".join(map(str, (data, target, stage, self.log))) + "\n")
        self.parent.stdin.flush()
        pid = int(self.parent.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return int(self.parent.stdout.readline())


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    made = Stages(tmp_path_factory.mktemp("log") / "log")
    yield made
    made.parent.stdin.close()
    made.parent.wait()


def settings_of(data: Path) -> config.Settings:
    return config.resolve(data=data, sample=True, quiet=True)


def rest(data: Path, target: Path, stage: str = "refine") -> dict[str, float]:
    """What the next run does from ``stage`` on; the seconds that each took."""
    settings, clock = settings_of(data), [time.monotonic()]
    if stage in ("harvest", "refine"):
        with DataLock(data):
            refine(settings, cards_of(settings))
    clock.append(time.monotonic())
    if stage != "export":
        republish(settings)
    clock.append(time.monotonic())
    deliver((data / "releases" / "latest").resolve(), str(target), secrets={})
    clock.append(time.monotonic())
    return {name: clock[n + 1] - clock[n] for n, name in enumerate(STAGES)}


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.suffix != ".duckdb" and not p.name.startswith(".eduatlas")
    }


def copied(data: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(data, to, symlinks=True))


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """Data folders on the eve of each stage: a release is out, and a newer harvest waits. `whole`: all stages done."""
    home = tmp_path_factory.mktemp("states")
    data = home / "data"
    settings = settings_of(data)
    cards = cards_of(settings)
    few = sorted(cards)[:3]
    with pytest.MonkeyPatch.context() as patch, serve() as running:
        patch.setattr(pipeline, "world", lambda _: pipeline.nullcontext(running.hosts))
        pipeline.harvest(settings, few[:2])
        rest(data, home / "target")
        pipeline.harvest(settings, few[2:])
    eve = {"refine": copied(data, home / "refine"), "harvest": data}
    refine(settings_of(data), cards)
    eve["publish"] = copied(data, home / "publish")
    span = rest(data, copied(home / "target", home / "whole-target"))
    eve["export"] = whole = data
    expected = {}
    for place in (eve["refine"], whole):
        with duckdb.connect(str(place / "eduatlas.duckdb"), read_only=True) as con:
            expected[latest(place)] = con.execute("SELECT count(*) FROM initiatives").fetchone()
    assert len(expected) == 2
    return SimpleNamespace(eve=eve, whole=whole, target=home / "target", expected=expected, span=span)


def complete(data: Path, expected: dict | None = None) -> str:
    """Checks that the published release is whole; its version."""
    version = latest(data)
    assert version is not None
    folder = data / "releases" / version
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]:
        assert (folder / entry["name"]).exists()
        assert "sha256" not in entry or sha256(folder / entry["name"]) == entry["sha256"], entry["name"]
    with duckdb.connect(str(data / "eduatlas.duckdb"), read_only=True) as con:
        assert con.execute("SELECT version FROM releases WHERE is_this").fetchall() == [(version,)]
        counted = con.execute("SELECT count(*) FROM initiatives").fetchone()
        assert expected is None or counted == expected[version]
    return version


def described(target: Path) -> None:
    """What a delivery says is there is there."""
    if (target / "manifest.json").exists():
        for entry in json.loads((target / "manifest.json").read_text(encoding="utf-8"))["files"]:
            assert (target / entry["name"]).exists()


def repaired(data: Path, target: Path, whole: Path, stage: str) -> None:
    """After the next run, everything is as if nothing had happened."""
    rest(data, target, stage)
    version = latest(whole)
    assert latest(data) == version and files(data / "releases" / version) == files(whole / "releases" / version)
    assert not list((data / "releases").glob(".*")) and not list(data.rglob("*.wal"))
    assert files(target) == files(whole / "releases" / version)
    assert json.loads((data / "releases/index.json").read_text(encoding="utf-8"))["latest"] == version


@pytest.mark.timeout(900 + 60 * KILLS)
def test_a_kill_at_any_moment_of_any_stage(states, stages, tmp_path):
    dice = random.Random(20251128)
    hit = dict.fromkeys(STAGES, 0)
    for number in range(KILLS):
        stage = STAGES[number % len(STAGES)]
        place, target = tmp_path / stage, tmp_path / f"{stage}-target"
        if not place.exists():
            copied(states.eve[stage], place), copied(states.target, target)
        code = stages.run(place, target, stage, kill_after=dice.uniform(0, states.span[stage]))
        assert code in (0, -signal.SIGKILL), stages.log.read_text(encoding="utf-8")
        hit[stage] += code != 0
        version = complete(place, states.expected)
        described(target)
        done = stage == "publish" and version == latest(states.whole)
        if done or number % 10 == 7 or number >= KILLS - len(STAGES):
            repaired(place, target, states.whole, stage)
            shutil.rmtree(place), shutil.rmtree(target)
    assert sum(hit.values()) >= KILLS * 0.5, f"no kill came in time: {hit}"


@pytest.mark.skipif(not RUN_KILLS, reason="kills of the whole run: make test-faults")
@pytest.mark.timeout(240 * max(RUN_KILLS, 1))
def test_a_kill_at_any_moment_of_the_whole_run(states, tmp_path):
    dice = random.Random(20251129)
    data = copied(states.whole, tmp_path / "data")
    portals = sorted(cards_of(settings_of(data)))[:3]
    command = [sys.executable, "-m", "flows.cli", "--data", str(data), "run", "--sample", "--quiet", *portals]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    span = time.monotonic() - began
    for number in range(RUN_KILLS):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(dice.uniform(0, span))
        # the process alone, or with all that it started
        child.send_signal(signal.SIGKILL) if number % 2 else os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        complete(data)
        if number % 2:  # Prefect's server outlives its run
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    version = complete(data)
    assert rebuild(settings_of(data), tmp_path / "again").version == version
    assert files(tmp_path / "again" / "releases" / version) == files(data / "releases" / version)


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/bin/mount").exists(), reason="mounting a small disk needs root")
@pytest.mark.parametrize("stage", ["harvest", *STAGES])
@pytest.mark.timeout(300 * max(DISKS, 1))
def test_a_full_disk_at_any_stage(states, stages, tmp_path, stage):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    dice = random.Random(20251130)
    try:
        for free in [0, *(dice.randrange(4, 2000) for _ in range(DISKS))]:
            place, target = copied(states.eve[stage], disk / "data"), copied(states.target, disk / "target")
            before = latest(place)
            with (disk / "ballast").open("wb") as ballast, pytest.raises(OSError, match="No space"):  # the fault bites
                while True:
                    os.write(ballast.fileno(), b"x" * 4096)
            os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - free * 1024)
            code = stages.run(place, target, stage)
            told = stages.log.read_text(encoding="utf-8")
            assert code in ((0, 3) if free else (3,)), told
            if code:
                assert "Traceback" not in told and ("full" in told or "space" in told.lower()), told
                assert latest(place) == before
            complete(place, states.expected)
            described(target)
            (disk / "ballast").unlink()
            if stage == "harvest":
                rest(place, target, "refine")
            else:
                repaired(place, target, states.whole, stage)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
