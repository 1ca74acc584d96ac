"""Build one DuckDB file from what refine wrote, by the ``.sql`` files alone."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from spiders.errors import ModelError, StorageError
from transforms.normalise import codes
from warehouse import refined as inputs
from warehouse import sqlfiles
from warehouse.digest import Digest, digest, quote

#: version of the published columns; a removed or retyped column raises its first number
SCHEMA_VERSION = "1.0.0"
#: files are written so that every DuckDB from 1.4 on opens them
STORAGE = "v1.2.0"
#: share of the memory limit up to which freed blocks are kept for the next ones: to give them back to the system and ask for them anew is a
#: twenty-fifth of a build (https://github.com/duckdb/duckdb/pull/19678)
KEPT_BLOCKS = "25%"
POLICY = Path(__file__).parent.parent / "transforms" / "resolve" / "survivorship.toml"
CRITERIA = ("curator", "authority", "agreement", "confidence", "recency")
TAKES = ("best", "each", "all")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The file, the rows of every published table, and what the file says."""

    path: Path
    rows: dict[str, int]
    digest: Digest


def build(
    target: Path,
    refined: Path,
    *,
    version: str,
    schema_version: str = SCHEMA_VERSION,
    threads: int | None = None,
    memory_limit: str | None = None,
) -> BuildReport:
    """Write a fresh DuckDB file at ``target`` from the Parquet files in ``refined``.

    ``memory_limit`` is what DuckDB understands ("4GB"); what does not fit is spilled beside the target.
    Raises FileError for inputs of the wrong shape, StorageError where the target cannot be written.
    """
    with opened(target, threads=threads, memory_limit=memory_limit) as con:
        run(con, refined, version=version, schema_version=schema_version)
        said = digest(con)
    return BuildReport(target, said.rows, said)


@contextlib.contextmanager
def opened(target: Path, *, threads: int | None = None, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes a new file at ``target``; DuckDB's own troubles become StorageError."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": STORAGE,
        "temp_directory": str(target.with_suffix(".spill")),
    }
    if threads:
        config["threads"] = threads
    if memory_limit:
        config["memory_limit"] = memory_limit
    try:
        con = duckdb.connect(str(target), config=config)
        # refused where the limit is several times what the machine has; the build only takes longer without
        with contextlib.suppress(duckdb.InvalidInputException):
            con.execute(f"SET block_allocator_memory = '{KEPT_BLOCKS}'")
    except duckdb.Error as error:
        raise _storage(target, error) from error
    try:
        yield con
    except duckdb.Error as error:
        raise _storage(target, error) from error
    finally:
        with contextlib.suppress(duckdb.Error):
            con.close()


def _storage(target: Path, error: duckdb.Error) -> StorageError:
    first = str(error).splitlines()[0]
    hint = "Is the disk full or the folder read-only? Free some space or choose another data folder; what was published stands."
    if isinstance(error, duckdb.OutOfMemoryException):
        hint = "Allow more memory or free disk space for what DuckDB spills; what was published stands."
    return StorageError(f"cannot write the database: {first}", where=str(target), hint=hint)


def run(con: duckdb.DuckDBPyConnection, refined: Path | None, *, version: str, schema_version: str) -> None:
    """Run every file of the build on an empty database; without ``refined`` there is nothing in its tables."""
    stage(con, refined, version=version, schema_version=schema_version)
    for file in sqlfiles.ordered("stage", "tables", "macros", "views"):
        execute(con, file)
    con.execute("CHECKPOINT")


def stage(con: duckdb.DuckDBPyConnection, refined: Path | None, *, version: str, schema_version: str) -> None:
    """Make what the files of a build read by the name of ``staged_…``."""
    inputs.stage(con, refined)
    con.register("staged_survivorship", _policy(POLICY))
    con.register("staged_release", pa.table({"version": [version], "schema_version": [schema_version]}))
    con.register("staged_codes", code_lists())


def execute(con: duckdb.DuckDBPyConnection, file: sqlfiles.SqlFile, *, only_rows: bool = False) -> None:
    """Run a file, or of a table's file, with ``only_rows``, what inserts its rows. Raises StorageError naming the file."""
    try:
        if only_rows:
            for statement in con.extract_statements(file.text):
                if statement.type == duckdb.StatementType.INSERT:
                    con.execute(statement)
            return
        con.execute(file.text)
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException):
        raise
    except duckdb.Error as error:
        raise StorageError(f"the build stopped: {error}", where=f"warehouse/sql/{file.kind}/{file.name}.sql") from error
    if "like" in file.header:
        _inherit_comments(con, file.name, file.header["like"])


def _inherit_comments(con: duckdb.DuckDBPyConnection, table: str, model: str) -> None:
    rows = con.execute(sqlfiles.named("reports", "inherited_comments").text, {"table": table, "model": model}).fetchall()
    for column, comment in rows:
        text = comment.replace("'", "''")
        con.execute(f"COMMENT ON COLUMN {quote(table)}.{quote(column)} IS '{text}'")


def _policy(path: Path) -> pa.Table:
    """The survivorship policy as rows. Raises ModelError naming the group and what is wrong."""
    try:
        groups = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot read the policy: {error}", where=str(path), hint="Reinstall the package.") from error
    rows = []
    for name, group in groups.items():
        where = f"{path.name}: {name}"
        unknown = set(group) - {"fields", "take", "criteria", "fill"}
        if unknown:
            raise ModelError(f"unknown key {min(unknown)}", where=where, hint="Keys: fields, take, criteria, fill.")
        if group["take"] not in TAKES:
            raise ModelError(f"take is {group['take']!r}", where=where, hint=f"One of {', '.join(TAKES)}.")
        wrong = [c for c in group["criteria"] if c not in CRITERIA]
        if wrong or group["criteria"][:1] != ["curator"] or len(set(group["criteria"])) != len(group["criteria"]):
            raise ModelError(
                f"criteria are {group['criteria']}", where=where, hint=f"curator first, then any of {', '.join(CRITERIA[1:])}."
            )
        rows.append({"field_group": name, "fill": False, **group})
    shape = [("field_group", pa.string()), ("fields", pa.list_(pa.string())), ("take", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema([*shape, ("criteria", pa.list_(pa.string())), ("fill", pa.bool_())]))


def code_lists() -> pa.Table:
    """Every code list as rows: list, code, labels, about, broader, exact_match."""
    rows = [
        {"list": name, "code": code.code, "about": code.about, "broader": code.broader, "exact_match": code.match}
        | {"labels": [{"key": language, "value": label} for language, label in code.labels.items()]}
        for name in codes.names()
        for code in codes.code_list(name).codes.values()
    ]
    label = pa.struct([("key", pa.string()), ("value", pa.string())])
    texts = [(name, pa.string()) for name in ("list", "code", "about", "broader", "exact_match")]
    return pa.Table.from_pylist(rows, pa.schema([*texts, ("labels", pa.list_(label))]))


def changed(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many initiatives the newest run added, changed, retired or merged, by that word."""
    return dict(con.execute(sqlfiles.named("reports", "changed").text).fetchall())
