"""Two builds of the same inputs, in two folders, at two clock times, with 1 and 2 threads: do they say the same, byte for byte?

    python benchmarks/reproducible.py [--listings 300000]

Each release is published by a process of its own, with another hash seed, time zone and locale, the second one on a clock that is a year
ahead where `faketime` is installed. Every file must be identical and the DuckDB files equal by content digest; else the exit code is 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# before this folder, whose warehouse.py is another
sys.path.insert(0, str(ROOT))
VERSION = "2025-02-01.1"


def publish_alone(data: str, refined: str, threads: str) -> None:
    """The work of one process, and what it cost."""
    from warehouse.publish import publish

    began = time.process_time()
    report = publish(Path(data), Path(refined), version=VERSION, threads=int(threads))
    spent, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    now = time.strftime("%Y-%m-%d %H:%M %Z")
    print(f"{threads} threads, {now}: {sum(report.rows.values()):,} rows, {spent:.0f} s cpu, peak {peak:.0f} MB", flush=True)


def published(data: Path, refined: Path, threads: int, **env: str) -> Path:
    """A release made by a process of its own."""
    faketime = shutil.which("faketime") if threads > 1 else None
    clock = [faketime, "-f", "+365d"] if faketime else []
    command = [*clock, sys.executable, str(Path(__file__).resolve()), "--publish", str(data), str(refined), str(threads)]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT), **env})
    return data / "releases" / VERSION


def differences(one: Path, two: Path) -> list[str]:
    """What the manifests, which hold every file's SHA-256 and the content digest, say differently; and files that only one has."""
    manifests = [json.loads((release / "manifest.json").read_text(encoding="utf-8")) for release in (one, two)]
    entries = [{entry["name"]: entry for entry in manifest["files"]} for manifest in manifests]
    there = [{p.relative_to(r).as_posix() for p in r.rglob("*") if p.is_file()} - {"manifest.json"} for r in (one, two)]
    found = [name for name in sorted({*entries[0], *entries[1]}) if entries[0].get(name) != entries[1].get(name)]
    found += sorted(there[0] ^ there[1] | set(entries[0]) ^ there[0])
    same = (one / "manifest.json").read_bytes() == (two / "manifest.json").read_bytes()
    return found if found or same else ["manifest.json"]


def compared(refined: Path, place: Path) -> tuple[list[str], int]:
    """Publishes twice; what differs, and how many files there are."""
    one = published(place / "one", refined, 1, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    time.sleep(1.1)
    two = published(place / "far" / "away" / "two", refined, 2, PYTHONHASHSEED="2", TZ="Pacific/Auckland", LC_ALL="C")
    return differences(one, two), sum(p.is_file() for p in one.rglob("*"))


def refined_files(folder: Path, listings: int) -> Path:
    """Refined files of so many listings, as benchmarks/warehouse.py makes them."""
    spec = importlib.util.spec_from_file_location("bench_warehouse", Path(__file__).with_name("warehouse.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_warehouse"] = module
    spec.loader.exec_module(module)
    return Path(module.world(folder, listings, 100))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=300_000)
    parser.add_argument("--publish", nargs=3, metavar=("DATA", "REFINED", "THREADS"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.publish:
        publish_alone(*said.publish)
        return 0
    with tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as place:
        found, files = compared(refined_files(Path(place) / "refined", said.listings), Path(place))
    print(f"{said.listings:,} listings, {files} files: " + (f"these differ: {', '.join(found)}" if found else "all identical"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
