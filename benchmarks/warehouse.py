"""Building, updating and exporting side by side with what bare DuckDB needs for the same rows.

    python benchmarks/warehouse.py [--listings 1000000] [--rounds 3] [--stages] [--memory 8GB] [--threads 2]

The bare load is ``CREATE TABLE … AS FROM read_parquet`` of every published table, in the build's storage format, with a checkpoint.
The update begins at the build's own file: a run later, one listing in a hundred says something new and all others were seen again.
Ratios count; seconds depend on the machine. ``cpu`` is the processor time of this process, which a busy machine disturbs less. What is
compared runs in turn, ``--rounds`` times after a first time that does not count: of seconds and ratios the median is told, of ratios also
the range. ``--stages`` tells to which ``.sql`` files the time of a build and of an update goes.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from unittest import mock

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from warehouse import build as building
from warehouse import exports, gates, refined, sqlfiles, update
from warehouse.build import STORAGE, build
from warehouse.publish import publish

WORLD = Path(__file__).with_name("warehouse_world.sql")
LATER = Path(__file__).with_name("warehouse_next.sql")


@dataclass(frozen=True)
class Timed:
    """Seconds on the wall and of the processor."""

    wall: float
    cpu: float

    def over(self, other: Timed) -> str:
        return f"{self.wall / other.wall:.2f} (cpu {self.cpu / other.cpu:.2f})"


def timed(work: Callable[[], object]) -> Timed:
    wall, cpu = time.monotonic(), time.process_time()
    work()
    return Timed(time.monotonic() - wall, time.process_time() - cpu)


def in_turn(rounds: int, *works: Callable[[], object]) -> list[list[Timed]]:
    """The time of each work in each round: one after the other, so that a busy machine disturbs all alike."""
    spent = [[timed(work) for work in works] for _ in range(rounds)]
    return [list(of_one) for of_one in zip(*spent, strict=True)]


def median(spent: list[Timed]) -> Timed:
    return Timed(statistics.median(t.wall for t in spent), statistics.median(t.cpu for t in spent))


def ratio(ours: list[Timed], theirs: list[Timed]) -> str:
    """Of the rounds' ratios the median and, of more than one, the range."""
    wall = statistics.median(a.wall / b.wall for a, b in zip(ours, theirs, strict=True))
    cpu = sorted(a.cpu / b.cpu for a, b in zip(ours, theirs, strict=True))
    spread = f", {cpu[0]:.2f} to {cpu[-1]:.2f}" if len(cpu) > 1 else ""
    return f"{wall:.2f} (cpu {statistics.median(cpu):.2f}{spread})"


def say_stages(what: str, work: Callable[[], object]) -> None:
    """The processor time of each ``.sql`` file that ``work`` runs, and of all else."""
    files: dict[str, float] = {}
    execute = building.execute

    def timed_execute(con: duckdb.DuckDBPyConnection, file: sqlfiles.SqlFile, **how: Any) -> None:
        files[f"{file.kind}/{file.name}"] = timed(lambda: execute(con, file, **how)).cpu

    with mock.patch.object(building, "execute", timed_execute):
        whole = timed(work).cpu
    print(f"stages of {what}, {whole:.1f} s cpu")
    for name, cpu in sorted(files.items(), key=lambda f: -f[1]):
        if cpu > whole / 100:
            print(f"    {name:<40}{cpu:>9.2f} s cpu{cpu / whole:>7.0%}")
    print(
        f"    {'checkpoint, digest, smaller files':<40}{whole - sum(c for c in files.values() if c > whole / 100):>9.2f} s cpu", flush=True
    )


def say(what: str, spent: Timed, more: str = "") -> None:
    print(f"{what:<44}{spent.wall:>9.1f} s{spent.cpu:>9.1f} s cpu  {more}", flush=True)


def world(folder: Path, listings: int, changed: int) -> Path:
    """Refined files of so many listings; one listing in ``changed`` has a second version."""
    values = {"listings": listings, "portals": 200, "changed": changed, "seen": "'2025-02-01T01:00:00Z'"}
    with duckdb.connect() as con:
        con.execute(Template(WORLD.read_text(encoding="utf-8")).substitute(values))
        for name in ("versions", "clusters", "relations", "portals", "runs"):
            refined.write(folder, name, con.table(name).to_arrow_table())
    return folder


def later(folder: Path, before: Path) -> Path:
    """The refined files of ``before`` a run later, with one listing in a hundred changed."""
    values = {"folder": before, "changed": 100, "run": "2025-03-01.1", "seen": "'2025-03-01T01:00:00Z'"}
    shutil.copytree(before, folder)
    with duckdb.connect() as con:
        con.execute(Template(LATER.read_text(encoding="utf-8")).substitute(values))
        for name in ("versions", "runs"):
            refined.write(folder, name, con.table(name).to_arrow_table())
    return folder


def made(target: Path, data: Path, basis: update.Basis | None, base: Path | None, version: str, limits: dict[str, Any]) -> str:
    """A database from scratch or from its basis; with ``base`` its own basis is left there. Returns its content digest."""
    with update.written(target, data, basis, version=version, **limits) as (con, replaced, said):
        if base:
            update.keep(con, base, said.content)
    if basis and replaced is None:
        raise SystemExit("the update fell back to a build from scratch")
    if base:
        update.seal(base, said.content, target, replaced)
    return said.content


def peak() -> float:
    """Most memory that this process has held, in MB."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))[0]) / 1024


def bare_load(parquet: Path, target: Path, threads: int) -> None:
    with duckdb.connect(str(target), config={"storage_compatibility_version": STORAGE, "threads": threads}) as con:
        for path in sorted(parquet.glob("*.parquet")):
            con.execute(f"CREATE TABLE \"{path.stem}\" AS FROM read_parquet('{path}')").fetchall()
        con.execute("CHECKPOINT")


def bare_copy(con: duckdb.DuckDBPyConnection, source: exports.Source, folder: Path, form: str) -> None:
    folder.mkdir()
    for dataset in source.datasets(indexes=form == "parquet"):
        con.execute(f"COPY (FROM \"{dataset.name}\") TO '{folder / dataset.name}' (FORMAT {form})").fetchall()


def fresh(target: Path) -> Path:
    target.unlink(missing_ok=True)
    return target


def measure(folder: Path, listings: int, rounds: int, stages: bool, limits: dict[str, Any]) -> None:
    data = world(folder / "refined", listings, 100)
    threads = limits["threads"]
    print(f"{listings:,} listings, {threads} threads, memory limit {limits['memory_limit'] or 'none'}")
    target = folder / "atlas.duckdb"

    def build_it() -> None:
        build(fresh(target), data, version="2025-02-01.1", **limits)

    say("first build", timed(build_it), f"{target.stat().st_size / 1e6:.0f} MB, peak {peak():.0f} MB")
    with duckdb.connect(str(target), read_only=True, config={"threads": threads}) as con:
        (folder / "rows").mkdir()
        exports.chosen(["parquet"])[0].write(exports.Source(con, "v", "1"), folder / "rows")

    def load_bare() -> None:
        bare_load(folder / "rows", fresh(folder / "bare.duckdb"), threads)

    def publish_it() -> None:
        shutil.rmtree(folder / "published", ignore_errors=True)
        publish(folder / "published", data, version="2025-02-01.1", formats=(), **limits)

    publish_it()
    loaded, built, published = in_turn(rounds, load_bare, build_it, publish_it)
    say("bare load of the same tables", median(loaded))
    say("build", median(built), f"{ratio(loaded, built)} of the bare load's rate; goal 0.5")
    say("build, gates, basis, publish", median(published), f"{ratio(loaded, published)} of the bare load's rate; goal 0.5")
    if stages:
        say_stages("a build", build_it)
    measure_update(folder, data, rounds, stages, limits)
    with duckdb.connect(str(target), read_only=True, config={"threads": threads}) as con:
        say("gates", timed(lambda: gates.check(con)))
        source = exports.Source(con, "v", "1")
        for form, plain in (("parquet", "parquet"), ("csv", "csv"), ("jsonl", "json")):
            place = folder / form
            place.mkdir()
            ours = timed(lambda form=form, place=place: exports.chosen([form])[0].write(source, place))
            bare = timed(lambda form=form, plain=plain: bare_copy(con, source, folder / f"bare-{form}", plain))
            say(f"export {form}", ours, f"{ours.over(bare)} of a bare COPY; goal 1.3")


def measure_update(folder: Path, data: Path, rounds: int, stages: bool, limits: dict[str, Any]) -> None:
    first, base, version = folder / "first.duckdb", folder / "base", "2025-03-01.1"
    content = made(first, data, None, base, "2025-02-01.1", limits)
    after = later(folder / "later", data)
    said: set[str] = set()

    def update_it() -> None:
        basis = update.usable(base, content, first)
        said.add(made(fresh(folder / "updated.duckdb"), after, basis, None, version, limits))

    def build_it() -> None:
        said.add(build(fresh(folder / "whole.duckdb"), after, version=version, **limits).digest.content)

    update_it()
    whole, changed = in_turn(rounds, build_it, update_it)
    if len(said) > 1:
        raise SystemExit("the update and the build differ")
    say("build of the next run", median(whole))
    say("update to the next run, 1 % changed", median(changed), f"{ratio(changed, whole)} of a build, same content; goal 0.15")
    if stages:
        say_stages("an update", update_it)


def measure_publish(folder: Path, listings: int, threads: int, memory: str | None) -> None:
    data = world(folder / "small", listings, 100)

    def work() -> None:
        publish(folder / "data", data, version="2025-02-01.1", threads=threads, memory_limit=memory, formats=("parquet",))

    spent, again = timed(work), timed(work)
    say(f"publish {listings:,} with Parquet", spent)
    say("publish again, nothing new", again, f"{again.over(spent)} of the first")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stages", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default=None)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as place:
        measure(Path(place), said.listings, said.rounds, said.stages, {"threads": said.threads, "memory_limit": said.memory})
    with tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as place:
        measure_publish(Path(place), said.listings // 10, said.threads, said.memory)
    print(f"peak memory {peak():.0f} MB")
