"""The exports beside a bare COPY of the same tables, their memory at two sizes, and the metadata quality score of the catalogue.

    python benchmarks/exports.py [--listings 30000 120000] [--threads 2] [--rounds 3] [--only csv xlsx]
    python benchmarks/exports.py --excel PYTHON       XLSX beside a bare COPY as XLSX too, by a Python whose DuckDB has the extension excel
    python benchmarks/exports.py --score RELEASE      the score of a release, addresses taken as reached and as not reached

Every export runs in a process of its own, so that its peak memory is its own, in turns with its bare COPY; the middle round is told.
Time counts from the open database to the written files: no start of the process, no imports. Ratios count; seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from string import Template
from types import ModuleType

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from warehouse import exports, refined  # noqa: E402
from warehouse.build import build  # noqa: E402

VERSION = "2025-02-01.1"
#: what DuckDB may hold, pages of the database included: a bare COPY of 100,000 listings as JSON needs more than half of it
MEMORY = "512MB"
WORLD = Path(__file__).with_name("warehouse_world.sql")
#: export -> the format of the bare COPY, and the tables that it writes: where none is named all that the export writes
BESIDE: dict[str, tuple[str, tuple[str, ...]]] = {
    "csv": ("csv", ()),
    "jsonl": ("json", ()),
    "parquet": ("parquet", ()),
    "rdf": ("csv", ("initiatives", "listings", "organisations", "portals", "relations", "redirects")),
    "jsonld": ("json", ("initiatives", "listings", "organisations", "portals", "relations", "redirects")),
    "xlsx": ("csv", ("initiatives", "listings", "relations", "portals", "changes")),
    "feeds": ("csv", ("initiatives", "changes")),
}
#: the bare COPY as XLSX: the tables stand in memory, the clock runs while they are written
EXCEL = """
import duckdb, json, sys, time
folder, threads, *tables = sys.argv[1:]
with duckdb.connect(config={"threads": int(threads)}) as con:
    con.execute("LOAD excel")
    con.execute("SET enable_progress_bar = false")
    for name in tables:
        con.execute(f"CREATE TABLE {name} AS FROM '{folder}/{name}.parquet'")
    start, used = time.monotonic(), time.process_time()
    for name in tables:
        con.execute(f"COPY {name} TO '{folder}/{name}.xlsx' (FORMAT xlsx)").fetchall()
    print(json.dumps({"seconds": time.monotonic() - start, "cpu": time.process_time() - used, "duckdb": duckdb.__version__}))
"""


def world(folder: Path, listings: int) -> Path:
    """A built file of so many listings."""
    values = {"listings": listings, "portals": 200, "changed": 100, "seen": "'2025-02-01T01:00:00Z'"}
    with duckdb.connect() as con:
        con.execute(Template(WORLD.read_text(encoding="utf-8")).substitute(values))
        for name in ("versions", "clusters", "relations", "portals", "runs"):
            refined.write(folder / "refined", name, con.table(name).to_arrow_table())
    build(folder / "atlas.duckdb", folder / "refined", version=VERSION)
    return folder / "atlas.duckdb"


def one(database: Path, what: str, threads: int) -> dict[str, float]:
    """Write one export, or with ``bare:`` its bare COPY, in this process."""
    config: dict[str, str | bool | int | float | list[str]] = {"threads": threads, "memory_limit": MEMORY}
    module = None if what.startswith("bare:") else exports.chosen([what])[0]
    with (
        tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as place,
        duckdb.connect(str(database), read_only=True, config=config) as con,
    ):
        folder = Path(place)
        start, used = time.monotonic(), time.process_time()
        if module:
            module.write(exports.Source(con, VERSION, "1"), folder)
        else:
            form, tables = BESIDE[what.removeprefix("bare:")]
            every = [d.name for d in exports.Source(con, VERSION, "1").datasets(indexes=form == "parquet")]
            for name in tables or every:
                con.execute(f"COPY \"{name}\" TO '{folder / name}' (FORMAT {form})").fetchall()
        spent, cpu = time.monotonic() - start, time.process_time() - used
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    return {"seconds": spent, "cpu": cpu, "peak": peak(), "bytes": size}


def peak() -> float:
    """Most memory that this process has held, in MB; what getrusage tells would count the parent's before the start."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def apart(database: Path, what: str, threads: int) -> dict[str, float]:
    command = [sys.executable, str(ROOT / "benchmarks/exports.py"), "--one", what, str(database), "--threads", str(threads)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(sizes: list[int], threads: int, rounds: int, names: list[str]) -> None:
    print(f"{'export':<8}{'listings':>10}{'seconds':>9}{'cpu':>8}{'MB':>8}{'of a bare COPY':>18}{'peak MB':>9}{'of COPY':>9}")
    with tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as place:
        databases = {n: world(Path(place) / str(n), n) for n in sizes}
        for name in names:
            for listings, database in databases.items():
                pairs = [(apart(database, name, threads), apart(database, f"bare:{name}", threads)) for _ in range(rounds)]
                ours = {key: statistics.median(one[key] for one, _ in pairs) for key in ("seconds", "cpu", "bytes")}
                of = {key: statistics.median(one[key] / bare[key] for one, bare in pairs) for key in ("seconds", "cpu")}
                # memory does not depend on what else the machine does: the most of all rounds
                peaks = [max(pair[i]["peak"] for pair in pairs) for i in (0, 1)]
                ratio = f"{of['seconds']:.2f} (cpu {of['cpu']:.2f})"
                print(
                    f"{name:<8}{listings:>10,}{ours['seconds']:>9.1f}{ours['cpu']:>8.1f}{ours['bytes'] / 1e6:>8.0f}"
                    f"{ratio:>18}{peaks[0]:>9.0f}{peaks[1]:>9.0f}",
                    flush=True,
                )


def beside_excel(python: str, sizes: list[int], threads: int, rounds: int) -> None:
    """Our workbook beside a bare COPY of the same tables in the same format."""
    tables = BESIDE["xlsx"][1]
    with tempfile.TemporaryDirectory(prefix="eduatlas-bench-") as place:
        for listings in sizes:
            folder = Path(place) / str(listings)
            database = world(folder, listings)
            with duckdb.connect(str(database), read_only=True) as con:
                exports.chosen(["parquet"])[0].write(exports.Source(con, VERSION, "1"), folder)
            command = [python, "-c", EXCEL, str(folder), str(threads), *tables]
            pairs = [
                (apart(database, "xlsx", threads), json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
                for _ in range(rounds)
            ]
            of = {key: statistics.median(ours[key] / bare[key] for ours, bare in pairs) for key in ("seconds", "cpu")}
            ratio = f"{of['seconds']:.2f} (cpu {of['cpu']:.2f})"
            print(f"xlsx, {listings:,} listings: {ratio} of a bare COPY as XLSX by DuckDB {pairs[0][1]['duckdb']}", flush=True)


def helper(name: str) -> ModuleType:
    """A helper of the tests, which stand in no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests/warehouse/exports" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def score(release: Path) -> None:
    """The score per dimension of every data set in a release's catalogue."""
    from rdflib import DCAT, RDF, Graph

    mqa, shapes = helper("mqa"), helper("shapes")
    graph = Graph().parse(release / "dcat/catalog.ttl")
    reference = ROOT.parent / "shared/refs/dcat-ap-3.0.1"
    compliant = reference.is_dir() and not any(
        severity == "Violation" for name in ("shapes", "range") for severity, _ in shapes.results(graph, reference, name)
    )
    print(f"DCAT-AP shapes {'pass' if compliant else 'do not pass, or are not there'}")
    print(f"{'data set':<18}{'files':>6}" + "".join(f"{name:>18}" for name in mqa.DIMENSIONS) + f"{'total':>8}{'unreached':>11}{'mean':>8}")
    catalog = graph.value(None, RDF.type, DCAT.Catalog)
    for dataset in sorted(graph.objects(catalog, DCAT.dataset), key=str):
        ask = functools.partial(mqa.score, graph, dataset, compliant=compliant)
        best, unreached = ask(reach=lambda address: True), ask(reach=lambda address: False)
        files = len(list(graph.objects(dataset, DCAT.distribution)))
        points = "".join(f"{best.points[name]:>18}" for name in mqa.DIMENSIONS)
        print(
            f"{str(dataset).rpartition('/')[2]:<18}{files:>6}{points}{best.total:>8}{unreached.total:>11}{sum(best.every.values()):>8.0f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, nargs="+", default=[30_000, 120_000])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=sorted(BESIDE), default=list(BESIDE), metavar="EXPORT")
    parser.add_argument("--excel", metavar="PYTHON")
    parser.add_argument("--score", type=Path, metavar="RELEASE")
    parser.add_argument("--one", nargs=2, metavar=("EXPORT", "FILE"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.one:
        print(json.dumps(one(Path(said.one[1]), said.one[0], said.threads)))
    elif said.score:
        score(said.score)
    else:
        measure(said.listings, said.threads, said.rounds, said.only)
        if said.excel:
            beside_excel(said.excel, said.listings, said.threads, said.rounds)
