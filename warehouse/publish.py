"""Publish a release: built beside, checked, flushed, made read-only, and swapped in at once.

    <base>/releases/<version>/            immutable; manifest.json is written last
    <base>/releases/latest                link to the published version
    <base>/eduatlas.duckdb                link to releases/latest/eduatlas.duckdb, so that one swap moves both
    <base>/releases/index.json            every release, newest first

A publish that is killed leaves the published release as it is; the next one clears what was left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from spiders.errors import StorageError, UsageError
from spiders.files import sync, write_atomic
from warehouse import build as building
from warehouse import exports, gates, update
from warehouse.digest import Digest
from warehouse.files import link_atomic, sha256, storing, sync_tree

DATABASE = "eduatlas.duckdb"
MANIFEST = "manifest.json"
_BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class PublishReport:
    """``released`` is False where the content equals that of the latest release; ``version`` and ``path`` are then that one's.

    changed: how many initiatives the newest run added, changed, retired or merged. warnings: gates that warn, with their rows.
    """

    version: str
    changed: dict[str, int]
    released: bool
    path: Path
    warnings: list[gates.GateResult] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


def publish(
    data: Path,
    refined: Path,
    *,
    version: str,
    out: Path | None = None,
    world: str = "live",
    formats: Iterable[str] | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
) -> PublishReport:
    """Build, check and publish ``refined`` as ``version`` under ``out`` (or ``data``).

    The caller holds the DataLock. Where ``version`` already stands with other content (new decisions or new code over the same
    runs), the release becomes ``<version>.2`` and so on. Raises GateError or StorageError; what was published then stands.
    """
    base = out or data
    releases = base / "releases"
    with storing(base):
        releases.mkdir(parents=True, exist_ok=True)
        repair(base)
        with _workshop(releases) as folder:
            return _publish(base, folder, refined, version, world, formats, {"threads": threads, "memory_limit": memory_limit})


def _publish(
    base: Path, folder: Path, refined: Path, version: str, world: str, formats: Iterable[str] | None, limits: dict[str, Any]
) -> PublishReport:
    database = folder / DATABASE
    with update.written(database, refined, _basis(base), version=version, **limits) as (con, replaced, said):
        results = gates.check(con)
        changed = building.changed(con)
        gates.enforce(results)
        warnings = [r for r in results if not r.ok]
        standing = find(base, said.identity, version)
        if standing is not None:
            if not standing.withdrawn:
                _point(base, standing.version)
            return PublishReport(standing.version, changed, False, base / "releases" / standing.version, warnings, said.rows)
        update.keep(con, base, said.content)
    version = free_version(base, version)
    _export(folder, version, world, formats, limits, updated=replaced is not None)
    _finish(folder, version, world, said)
    target = base / "releases" / version
    folder.rename(target)
    sync(target.parent)
    _point(base, version)
    update.seal(base, said.content, target / DATABASE, replaced)
    return PublishReport(version, changed, True, target, warnings, said.rows)


def _basis(base: Path) -> update.Basis | None:
    """What the published release was built from, where a next one can begin there."""
    here = next((r for r in listed(base) if r.version == latest(base)), None)
    if here is None or here.manifest["schema_version"] != building.SCHEMA_VERSION:
        return None
    content = next((f["content_digest"] for f in here.manifest["files"] if f["name"] == DATABASE), None)
    return update.usable(base, content, base / "releases" / here.version / DATABASE)


@contextlib.contextmanager
def _workshop(releases: Path) -> Iterator[Path]:
    """A folder to build in; a held lock in it tells that its process lives. Removed unless it became a release."""
    folder = releases / f"{_BUILDING}{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    lock = releases / f"{_BUILDING}{os.getpid()}.lock"
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        remove(folder)
        lock.unlink(missing_ok=True)
        os.close(handle)


def _export(folder: Path, version: str, world: str, formats: Iterable[str] | None, limits: dict[str, Any], *, updated: bool) -> None:
    config = {"temp_directory": str((folder / DATABASE).with_suffix(".spill"))} | {k: v for k, v in limits.items() if v}
    with contextlib.closing(duckdb.connect(str(folder / DATABASE), read_only=True, config=config)) as con:
        if updated:
            exports.arrange(con)
        source = exports.Source(con, version, building.SCHEMA_VERSION, world)
        for export in exports.chosen(formats):
            place = folder / export.NAME
            place.mkdir()
            try:
                export.write(source, place)
            except duckdb.IOException as error:
                raise StorageError(
                    f"cannot write the {export.NAME} export: {str(error).splitlines()[0]}",
                    where=str(place),
                    hint="Is the disk full or the folder read-only? What was published stands.",
                ) from error


def _finish(folder: Path, version: str, world: str, said: Digest) -> None:
    """Manifest last; then everything read-only and on the disk."""
    for stray in (folder / f"{DATABASE}.wal", (folder / DATABASE).with_suffix(".spill")):
        if stray.exists():
            raise StorageError("the build left a file behind", where=str(stray), hint="Run it again; what was published stands.")
    files = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        # two builds of the same inputs differ in the DuckDB file's bytes, never in what it says
        files.append({"name": name} if name == DATABASE else {"name": name, "bytes": path.stat().st_size, "sha256": sha256(path)})
    files[[f["name"] for f in files].index(DATABASE)]["content_digest"] = said.content
    manifest = {
        "version": version,
        "schema_version": building.SCHEMA_VERSION,
        "world": world,
        "identity": said.identity,
        "rows": said.rows,
        "files": files,
    }
    write_atomic(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    sync_tree(folder)


@dataclass(frozen=True, slots=True)
class Release:
    """A complete release on the disk."""

    version: str
    manifest: dict[str, Any]
    withdrawn: bool = False


def natural(version: str) -> tuple[int | str, ...]:
    """Sorts ``2025-01-02.10`` after ``2025-01-02.9``."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", version) if part)


def listed(base: Path) -> list[Release]:
    """Complete releases, newest first. A folder whose manifest cannot be read is damaged and raises StorageError."""
    found = []
    gone = set(_index(base).get("withdrawn", []))
    for path in (base / "releases").glob(f"*/{MANIFEST}"):
        folder = path.parent
        if folder.name.startswith(".") or folder.is_symlink():
            continue
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            hint = "Restore the release from a copy, or remove its folder and publish again."
            raise StorageError(f"damaged manifest: {error}", where=str(path), hint=hint) from error
        found.append(Release(folder.name, manifest, folder.name in gone))
    return sorted(found, key=lambda r: natural(r.version), reverse=True)


def latest(base: Path) -> str | None:
    """The published version, or None."""
    link = base / "releases" / "latest"
    return link.resolve().name if link.exists() else None


def find(base: Path, identity: str, version: str) -> Release | None:
    """The release with this content: the published one, or one of the same version; other versions may say the same again."""
    here = latest(base)
    for release in listed(base):
        same = release.version == version or release.version.startswith(f"{version}.")
        if release.manifest["identity"] == identity and (release.version == here or same):
            return release
    return None


def free_version(base: Path, version: str) -> str:
    """The version itself, or with the first free revision where it stands already."""
    taken = {release.version for release in listed(base)} | set(_index(base).get("removed", []))
    revision = 2
    name = version
    while name in taken or (base / "releases" / name).exists():
        name, revision = f"{version}.{revision}", revision + 1
    return name


def rollback(data: Path, version: str) -> Path:
    """Publish an earlier release again; newer ones stay withdrawn until something new is released. Raises UsageError for an unknown one."""
    with storing(data):
        found = listed(data)
        known = [r.version for r in found]
        if version not in known:
            raise UsageError(f"there is no release {version!r}", hint=f"Releases: {', '.join(known) or 'none'}.")
        _point(data, version, withdrawn=[v for v in known if natural(v) > natural(version)])
    return data / "releases" / version


def prune(data: Path, keep: int) -> list[str]:
    """Remove the oldest releases beyond ``keep``; never the published one. Returns the removed versions."""
    if keep < 1:
        raise UsageError("at least one release is kept", hint="Say keep = 1 or more.")
    removed = [r.version for r in listed(data)[keep:] if r.version != latest(data)]
    with storing(data):
        for version in removed:
            _bury(data, version)
        if removed:
            _write_index(data, None)
    return removed


def repair(base: Path) -> None:
    """Clear what a killed run left: unfinished folders, stray write-ahead logs, links that lag behind."""
    releases = base / "releases"
    for path in releases.glob(f"{_BUILDING}*"):
        lock = path if path.suffix == ".lock" else path.with_name(f"{path.name}.lock")
        if _alive(lock):
            continue
        if path.is_dir():
            remove(path)
        else:
            path.unlink(missing_ok=True)
    # someone opened a published file for writing: what they wrote is no part of any release
    for stray in [*base.glob("*.wal"), *releases.glob("*/*.wal")]:
        stray.unlink(missing_ok=True)
    version = latest(base)
    if version is not None and not (base / DATABASE).exists():
        _point(base, version)


def _alive(lock: Path) -> bool:
    try:
        handle = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def remove(folder: Path) -> None:
    """Remove a folder if it is there."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _point(base: Path, version: str, *, withdrawn: list[str] | None = None) -> None:
    """Make ``version`` the published one: one swap of a link; the index follows."""
    if latest(base) != version:
        link_atomic(base / "releases" / "latest", version)
    if not (base / DATABASE).is_symlink():
        link_atomic(base / DATABASE, f"releases/latest/{DATABASE}")
    _write_index(base, withdrawn)


def remove_releases(base: Path, versions: Iterable[str]) -> None:
    """Remove releases for good; the index keeps their names, which are never given again. Raises UsageError for the published one."""
    gone = list(versions)
    if latest(base) in gone:
        raise UsageError(f"{latest(base)} is the published release", hint="Publish a release without the content first.")
    with storing(base):
        _write_index(base, None, removed=gone)
        for version in gone:
            _bury(base, version)
        _write_index(base, None)


def _bury(base: Path, version: str) -> None:
    """Out of sight first, so that no half-removed release is ever listed."""
    grave = base / "releases" / f"{_BUILDING}{version}"
    with contextlib.suppress(FileNotFoundError):
        (base / "releases" / version).rename(grave)
    remove(grave)


def _index(base: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((base / "releases" / "index.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        where = str(base / "releases" / "index.json")
        raise StorageError(f"damaged index: {error}", where=where, hint="Remove the file; the next publish writes it anew.") from error


def _write_index(base: Path, withdrawn: list[str] | None, removed: Iterable[str] = ()) -> None:
    before = _index(base)
    gone = sorted(before.get("withdrawn", []) if withdrawn is None else withdrawn)
    forgotten = sorted({*before.get("removed", []), *removed})
    entries = [
        {"version": r.version, "schema_version": r.manifest["schema_version"], "world": r.manifest["world"], "rows": r.manifest["rows"]}
        | {"manifest": f"{r.version}/{MANIFEST}", "database": f"{r.version}/{DATABASE}"}
        for r in listed(base)
    ]
    index = {"latest": latest(base), "withdrawn": gone, "releases": entries} | ({"removed": forgotten} if forgotten else {})
    text = json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path = base / "releases" / "index.json"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomic(path, text)
