"""How fast a portal is harvested, replayed and read without selectors, side by side with what bare libraries need for the same pages.

    python benchmarks/harvest.py [--pages 5000] [--rounds 3] [--concurrency 8] [--json FILE]

A portal on loopback in a process of its own (``_portal.py``) serves detail pages of about 30 KB. Every measure is a process of its own
(``_crawls.py``), from its start to its end; the ways take turns, and medians count. Ratios count too; pages a second depend on the machine.
``cpu`` is the processor time of the measured process alone, which a busy machine disturbs less than the clock on the wall.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RUN = "2025-01-{:02}.1"


@dataclass(frozen=True)
class Measured:
    """One process: seconds on the wall and of the processor, peak memory in MB, what it reported, what the server sent for it.

    A process just started counts its parent's memory as its own, so this one must stay small: whatever reads much is a job too.
    """

    wall: float
    cpu: float
    peak: float
    report: dict[str, Any]
    sent: dict[str, int]


@dataclass
class Portal:
    """The portal's process."""

    port: int

    def control(self, query: str = "") -> dict[str, int]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/.control{query}", timeout=60) as answer:
            return json.load(answer)


@contextmanager
def portal(pages: int, kilobytes: int) -> Iterator[Portal]:
    """A portal of so many pages."""
    command = [sys.executable, str(HERE / "_portal.py"), str(pages), "--kilobytes", str(kilobytes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Portal(int(process.stdout.readline()))
        finally:
            process.terminate()


def measure(what: str, job: dict[str, Any], site: Portal | None = None) -> Measured:
    """Runs one job of ``_crawls.py``. Its processor time and peak memory include the processes it started and waited for."""
    if site:
        site.control()
        job = {**job, "port": site.port}
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, str(HERE / "_crawls.py"), what, json.dumps(job)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"{what} ended with code {process.returncode}")
    report = json.loads(out.splitlines()[-1])
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, report, site.control() if site else {})


@dataclass
class Results:
    """Everything measured, for the table and for ``--json``."""

    pages: int
    rows: dict[str, Any] = field(default_factory=dict)

    def say(self, name: str, text: str, **values: Any) -> None:
        self.rows[name] = values
        print(f"{name:<38}{text}", flush=True)


def crawls(results: Results, site: Portal, folder: Path, wanted: argparse.Namespace) -> None:
    """The three crawls, in turn."""
    found: dict[str, list[Measured]] = {"harvest": [], "scrapy": [], "aiohttp": []}
    said: dict[str, Any] = {}
    for turn in range(wanted.rounds):
        for what in (list(found), list(reversed(found)))[turn % 2]:
            place = folder / f"{what}-{turn}"
            place.mkdir()
            job = {"folder": str(place), "concurrency": wanted.concurrency, "run_id": RUN.format(1)}
            found[what].append(measure(what, job, site))
            read = measure("check", job).report
            if read["listings"] != results.pages or read["characters"] != said.setdefault("characters", read["characters"]):
                raise SystemExit(f"{what} read {read}, another {said['characters']} on {results.pages} pages")
    for what, measured in found.items():
        wall, cpu = (statistics.median(getattr(m, k) for m in measured) for k in ("wall", "cpu"))
        values = {
            "pages_per_second": results.pages / wall,
            "pages_per_cpu_second": results.pages / cpu,
            "walls": [round(m.wall, 2) for m in measured],
            "cpus": [round(m.cpu, 2) for m in measured],
            "peak_mb": max(m.peak for m in measured),
        }
        results.say(
            what,
            f"{values['pages_per_second']:>8.0f} pages/s {values['pages_per_cpu_second']:>8.0f} pages/cpu-s {values['peak_mb']:>7.0f} MB"
            f"   walls {' '.join(f'{w:.1f}' for w in values['walls'])}",
            **values,
        )
    for other, goal in (("scrapy", "goal 0.8"), ("aiohttp", "for the record")):
        pairs = list(zip(found["harvest"], found[other], strict=True))
        walls, cpus = ([getattr(b, k) / getattr(a, k) for a, b in pairs] for k in ("wall", "cpu"))
        wall, cpu = statistics.median(walls), statistics.median(cpus)
        spread = f"{min(walls):.2f} to {max(walls):.2f}"
        results.say(
            f"harvest / {other}", f"{wall:.2f} by wall ({spread}), {cpu:.2f} by cpu; {goal}", wall=wall, cpu=cpu, walls=walls, cpus=cpus
        )


def again(results: Results, site: Portal, folder: Path, wanted: argparse.Namespace) -> None:
    """The unchanged portal once more, then with one page changed; with validators and without."""
    for name, etag in (("ETag", 1), ("no validators", 0)):
        place = folder / f"again-{etag}"
        place.mkdir()
        site.control(f"?etag={etag}")
        job = {"folder": str(place), "concurrency": wanted.concurrency}
        first = measure("harvest", {**job, "run_id": RUN.format(1)}, site)
        second = measure("harvest", {**job, "run_id": RUN.format(2)}, site)
        site.control(f"?edition=7:{2 + etag}")
        third = measure("harvest", {**job, "run_id": RUN.format(3)}, site)
        raw = place / "raw" / "eu-benchmark"
        written = [len((raw / RUN.format(n) / "listings.jsonl").read_text(encoding="utf-8").splitlines()) for n in (2, 3)]
        sizes = [sum(f.stat().st_size for f in (raw / RUN.format(n)).iterdir()) for n in (1, 2)]
        share = second.sent["bytes"] / first.sent["bytes"]
        values: dict[str, Any] = {
            "share_of_bytes": share,
            "rewritten": written[0],
            "changed": written[1],
            "share_of_disk": sizes[1] / sizes[0],
        }
        values |= {"walls": [first.wall, second.wall, third.wall], "peak_mb": second.peak}
        results.say(
            f"second harvest, {name}",
            f"{share:.2%} of the bytes (goal 5 % with validators), {written[0]} listings rewritten (goal 0), "
            f"{values['share_of_disk']:.1%} of the disk, {first.wall / second.wall:.2f} times the rate, {second.peak:.0f} MB",
            **values,
        )
        results.say(
            f"one page changed, {name}", f"{written[1]} listing(s) written (goal 1), of which changed: {third.report['counts']['changed']}"
        )
    site.control("?etag=1")


def replays(results: Results, folder: Path, wanted: argparse.Namespace) -> None:
    """The archive of the first crawl, read again with the declared selectors: by two processes, and by one for its processor time."""
    found: dict[int, list[Measured]] = {2: [], 1: []}
    least = []
    for _ in range(wanted.rounds):
        for workers, measured in found.items():
            measured.append(measure("replay", {"folder": str(folder / "harvest-0"), "workers": workers}))
        report = measure("parse", {"folder": str(folder / "harvest-0")}).report
        least.append(report["pages"] / report["seconds"])
    if any(m.report["same"] != results.pages for measured in found.values() for m in measured):
        raise SystemExit(f"the replay gave other listings: {[m.report for m in found[2]]}")
    for workers, measured in found.items():
        rates = sorted(results.pages / m.report["seconds"] for m in measured)
        cores = [m.report["core"] for m in measured]  # what the machine gave its first process: that is never idle
        text = f"{statistics.median(rates):>8.0f} pages/s ({rates[0]:.0f} to {rates[-1]:.0f}) with {statistics.median(cores):.2f} of a core"
        if workers == 1:  # processes of a pool are not counted
            text += f" {results.pages / statistics.median(m.cpu for m in measured):>8.0f} pages/cpu-s"
        results.say(
            f"replay, {workers} process(es), goal 1500", f"{text} {max(m.peak for m in measured):>7.0f} MB", rates=rates, cores=cores
        )
    shares = [results.pages / m.report["seconds"] / rate for m, rate in zip(found[1], least, strict=True)]
    text = f"{statistics.median(least):>8.0f} pages/s; replay in one process {statistics.median(shares):.2f} of this; for the record"
    results.say("inflate and parse alone", text, rates=least, shares=shares)


def extraction(results: Results, site: Portal, folder: Path, wanted: argparse.Namespace) -> None:
    """Pages read without a card, and by trafilatura alone."""
    number = min(results.pages, 200)
    place = folder / "pages"
    place.mkdir()
    for n in range(1, number + 1):
        with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/initiative/{n}", timeout=60) as answer:
            (place / f"{n:05}.html").write_bytes(answer.read())
    report = measure("extract", {"pages": str(place), "rounds": wanted.rounds}).report
    say_rates(results, report["seconds"], number)


def say_rates(results: Results, seconds: dict[str, list[float]], number: int) -> None:
    """Pages per processor second of each way, and the ratios."""
    ours = seconds["extract_page"]
    for name, theirs in seconds.items():
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        ratio = statistics.median(ratios)
        text = f"{number / statistics.median(theirs):>8.0f} pages/cpu-s"
        if name != "extract_page":
            goal = "goal 0.8" if name == "trafilatura" else "for the record"
            text += f"; extract_page / this {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}); {goal}"
        results.say(name, text, pages_per_cpu_second=number / statistics.median(theirs), ratio=ratio)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--kilobytes", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=8, help="requests at a time, the same for all three crawls")
    parser.add_argument("--only", choices=["crawls", "replay", "again", "extract"], help="one part alone")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    wanted = parser.parse_args()
    results = Results(wanted.pages)
    with tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as name, portal(wanted.pages, wanted.kilobytes) as site:
        folder = Path(name)
        print(f"{wanted.pages} pages, concurrency {wanted.concurrency}, {wanted.rounds} rounds, load {os.getloadavg()[0]:.1f}", flush=True)
        if wanted.only in (None, "crawls"):
            crawls(results, site, folder, wanted)
        if wanted.only == "replay":
            first = folder / "harvest-0"
            first.mkdir()
            measure("harvest", {"folder": str(first), "concurrency": wanted.concurrency, "run_id": RUN.format(1)}, site)
        if wanted.only in (None, "crawls", "replay"):
            replays(results, folder, wanted)
        if wanted.only in (None, "again"):
            again(results, site, folder, wanted)
        if wanted.only in (None, "extract"):
            extraction(results, site, folder, wanted)
    if wanted.json:
        wanted.json.write_text(json.dumps({"pages": wanted.pages, **results.rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
