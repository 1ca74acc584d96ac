"""Make a release's database from the one before: only what the refined files tell otherwise is built anew, by the same ``.sql`` files.

A release leaves a basis behind, ``<base>/basis/<content digest>/``: a fingerprint of every listing's refined rows, the runs, and the
corrected initiatives. The next release compares. Listings whose fingerprint differs, and initiatives of which anything depends on them, on
decisions, redirects or the day, are *touched*: their rows are deleted from a copy of the database and inserted as a build of these
listings alone makes them. Small tables are made anew. What says the same as a build from scratch has the same content digest: of the
widest tables the basis also keeps what each initiative's rows say, as one number, so that only new rows are read for it.

Whatever the comparison cannot vouch for is built from scratch: another code, policy or DuckDB, a database that was written to, runs that
came in between, much that changed; and what was withdrawn, as deleted rows leave their bytes in the file. The basis is a cache: without it,
too, everything is built.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from spiders.files import write_atomic
from transforms import columns
from warehouse import build as building
from warehouse import refined as inputs
from warehouse import sqlfiles
from warehouse.digest import Digest, digest, quote, row_hash, said_columns, tables

FOLDER = "basis"
#: the largest share of touched listings, and of replaced ones since the last build from scratch, that an update takes on
MOST_TOUCHED = 0.2
MOST_REPLACED = 0.5
#: listings from which on an update is shared out among threads: of fewer, so few rows are touched that it costs more than it brings
SHARED = 300_000
#: tables of which to read every row for the digest costs more than to keep a number by initiative or listing
SUMMED = ("claims", "initiatives", "listings")
_SEAL = "basis.json"
_TABLES = {
    "records": "FROM fingerprints",
    "wordings": "FROM wordings",
    "moments": "FROM moments",
    "horizon": "FROM horizon",
    "corrected": "SELECT DISTINCT initiative_id FROM corrections WHERE initiative_id IS NOT NULL",
} | {f"said_{table}": f"FROM said_{table}" for table in SUMMED}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a release was built from: ``database``, as long as it is the file with this ``stamp``.

    ``replaced``: share of its listings that updates have replaced since it was built from scratch.
    """

    folder: Path
    database: Path
    stamp: list[int]
    replaced: float


@contextlib.contextmanager
def written(
    target: Path, refined: Path, basis: Basis | None, *, version: str, **limits: Any
) -> Iterator[tuple[duckdb.DuckDBPyConnection, float | None, Digest]]:
    """The finished database at ``target``, the share of listings that updates replaced (None where it was built from scratch, and its rows
    are in order), and its digest."""
    if basis and _copied(basis, target):
        with building.opened(target, **limits) as con:
            touched = _update(con, refined, basis, version)
            if touched is not None:
                yield con, basis.replaced + touched, _digest(con)
                return
    for stale in (target, target.with_name(f"{target.name}.wal")):
        stale.unlink(missing_ok=True)
    with building.opened(target, **limits) as con:
        building.run(con, refined, version=version, schema_version=building.SCHEMA_VERSION)
        con.execute(sqlfiles.named("update", "fingerprints").text)
        columns = tables(con)
        for file in sqlfiles.load("tables"):
            if file.name in SUMMED:
                con.execute(_filled("said", file, columns))
        yield con, None, _digest(con)


def _copied(basis: Basis, target: Path) -> bool:
    """Copy the basis's database. False where it was written to since."""
    shutil.copyfile(basis.database, target)
    return stamp(basis.database) == basis.stamp


def _update(con: duckdb.DuckDBPyConnection, refined: Path, basis: Basis, version: str) -> float | None:
    """Bring a copy of the basis's database to what ``refined`` says. None, and the copy is of no use, where that is not possible."""
    building.stage(con, refined, version=version, schema_version=building.SCHEMA_VERSION)
    for name in _TABLES:
        inputs.view(con, f"basis_{name}", basis.folder / f"{name}.parquet")
    for kind, name in (
        ("stage", "moments"),
        ("stage", "corrections"),
        ("update", "fingerprints"),
        ("update", "moved"),
        ("update", "touched"),
    ):
        building.execute(con, sqlfiles.named(kind, name))
    [(follows, withdrawn, touched, listings)] = con.execute(sqlfiles.named("reports", "updatable").text).fetchall()
    if not follows or withdrawn or touched > MOST_TOUCHED or basis.replaced + touched > MOST_REPLACED:
        return None
    building.execute(con, sqlfiles.named("update", "pick"))
    [(threads,)] = con.execute("SELECT current_setting('threads')").fetchall()
    if listings < SHARED:
        con.execute("SET threads = 1")
    files = [f for f in sqlfiles.ordered("stage", "tables", "macros", "views") if f.name not in ("moments", "corrections")]
    for file in files:
        if file.kind == "stage":
            building.execute(con, file)
    columns = tables(con)
    # in one transaction little is logged that the checkpoint at its end writes anyway, and no checkpoint before gives rows other places
    con.begin()
    building.execute(con, sqlfiles.named("update", "seen"))
    for file in files:
        if file.kind == "tables":
            _replace(con, file, columns)
    building.execute(con, sqlfiles.named("update", "seen_together"))
    con.execute(f"SET threads = {int(threads)}")
    # to write groups of rows together that lost or won a few is much work for what is built anew before long
    con.execute("SET max_vacuum_tasks = 0")
    con.commit()
    for file in files:
        # of macros and views that it read DuckDB tells the text otherwise than of those that it made
        if file.kind in ("macros", "views"):
            building.execute(con, file)
    con.execute("CHECKPOINT")
    return float(touched)


def _replace(con: duckdb.DuckDBPyConnection, file: sqlfiles.SqlFile, columns: Mapping[str, list[str]]) -> None:
    """The rows of touched listings or initiatives of a large table, or all of a small one. ``columns``: those of every table."""
    if "fixed" in file.header:
        return
    if "by" not in file.header:
        con.execute(f"DROP TABLE {quote(file.name)}")
        building.execute(con, file)
        return
    con.execute(_filled("clear", file, columns))
    [(last,)] = con.execute(f"SELECT coalesce(max(rowid), -1) FROM {quote(file.name)}").fetchall()
    building.execute(con, file, only_rows=True)
    if file.name in SUMMED:
        con.execute(_filled("said_anew", file, columns, last=last))


def _filled(name: str, file: sqlfiles.SqlFile, columns: Mapping[str, list[str]], **more: int) -> str:
    """A statement of an update with the names of a large table."""
    key = file.header["by"]
    touched = {"record_id": "touched_records", "initiative_id": "touched_initiatives"}[key]
    row = row_hash(file.name, said_columns(columns[file.name]))
    return Template(sqlfiles.named("update", name).text).substitute(table=file.name, key=key, touched=touched, row=row, **more)


def _digest(con: duckdb.DuckDBPyConnection) -> Digest:
    known = {}
    for table in SUMMED:
        times, said = con.execute(f"SELECT coalesce(sum(times), 0), coalesce(sum(said), 0) FROM said_{table}").fetchall()[0]
        known[table] = (int(times), int(said))
    return digest(con, known)


def keep(con: duckdb.DuckDBPyConnection, base: Path, content: str) -> Path:
    """Write what the next release will compare with; it counts once it is sealed."""
    folder = base / FOLDER / content
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in _TABLES.items():
        path = str(folder / f"{name}.parquet").replace("'", "''")
        con.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)").fetchall()
    return folder


def seal(base: Path, content: str, database: Path, replaced: float | None) -> None:
    """Name the database, as it stands now, that the basis is of; bases of other releases go."""
    said = {"stamp": stamp(database), "code": code(), "replaced": replaced or 0.0}
    write_atomic(base / FOLDER / content / _SEAL, json.dumps(said, indent=1, sort_keys=True) + "\n")
    for other in (base / FOLDER).iterdir():
        if other.name != content:
            shutil.rmtree(other)


def usable(base: Path, content: str | None, database: Path) -> Basis | None:
    """The basis of the release with this content digest, if there is one and the code is that of then."""
    folder = base / FOLDER / str(content)
    try:
        said = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if said.get("code") != code():
        return None
    return Basis(folder, database, said["stamp"], float(said["replaced"]))


def stamp(path: Path) -> list[int]:
    """Which file it is and when it was last written to: its number, its size, and the time in nanoseconds.

    To sum up its content instead would take a twentieth of an update, and tell no more of what was written to it: each block has its own
    sum, which DuckDB checks when it reads it. A copy is another file, and so is one that was restored.
    """
    found = path.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def code() -> str:
    """A digest of all that decides how rows are made of the refined files: SQL, policies, code lists, this package, DuckDB."""
    here = Path(__file__).parent
    files = [*sorted(sqlfiles.FOLDER.rglob("*.sql")), *sorted(here.glob("*.py")), building.POLICY, columns.FILE]
    parts = [duckdb.__version__, building.STORAGE, repr(building.code_lists().to_pylist()), *(p.read_text(encoding="utf-8") for p in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
