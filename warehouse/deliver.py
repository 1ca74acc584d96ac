"""Deliver a release: to a folder, to any address that fsspec writes to (S3, SFTP, WebDAV …), or to a CKAN portal.

Only files whose SHA-256 differs from what the target holds are sent; each is read back and compared before it counts as delivered; a
delivery that broke off goes on where it stopped. ``manifest.json`` is sent last: until then the target says that it holds the release
before. Two deliveries to one target must not run at the same time.

    deliver(release, "/srv/open-data/eduatlas")
    deliver(release, "s3://bucket/eduatlas", secrets={"key": …, "secret": …})
    deliver(release, "ckan+https://data.example.org/eduatlas?organization=ministry", secrets={"token": …})
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from spiders.errors import FileError, UsageError
from warehouse.files import sha256

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to deliver. ``name``: its path in the release; ``size`` in bytes."""

    name: str
    path: Path
    size: int
    sha256: str

    @property
    def export(self) -> str:
        """The export that wrote it; of a file at the top its name."""
        return self.name.split("/")[0]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What was done: names of the files sent and removed, how many were there already. ``target`` carries no secret."""

    target: str
    version: str
    sent: list[str] = field(default_factory=list)
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    sent_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Shipment:
    """A release as files to deliver, the manifest last."""

    release: Path
    manifest: Mapping[str, Any]
    parcels: tuple[Parcel, ...]

    @property
    def version(self) -> str:
        return str(self.manifest["version"])


def deliver(
    release: Path,
    target: str,
    *,
    secrets: Mapping[str, str] | None = None,
    exports: Collection[str] | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> DeliveryReport:
    """Make ``target`` hold this release.

    secrets: what the target asks for; of an fsspec address its storage options, of CKAN ``token``. exports: only these (folders of the
    release, ``eduatlas.duckdb`` …); the manifest always goes along. say: told of every file that is sent.
    Raises FileError where there is no complete release, UsageError for a target or secret that cannot be used, StorageError where the
    target refuses or a file arrives damaged; what arrived whole stays and is not sent again.
    """
    from warehouse import deliver_ckan, deliver_files

    shipment = pack(release, exports)
    if target.startswith("ckan+"):
        return deliver_ckan.send(shipment, target, secrets or {}, say)
    if target.startswith("ckan:"):
        raise UsageError(f"no target {shown(target)!r}", hint="CKAN: ckan+https://host/dataset-name")
    return deliver_files.send(shipment, target, secrets or {}, say)


def pack(release: Path, exports: Collection[str] | None = None) -> Shipment:
    """The files that the release's manifest names. Raises FileError where one is missing or not as the manifest says."""
    release = release.resolve()
    path = release / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(
            f"no complete release: {error}", where=str(path), hint="Name the folder of a release, such as releases/latest."
        ) from error
    known = {entry["name"].split("/")[0] for entry in manifest["files"]}
    unknown = sorted(set(exports or ()) - known)
    if unknown:
        raise UsageError(f"the release has no {unknown[0]!r}", where=str(release), hint=f"It has {', '.join(sorted(known))}.")
    parcels = []
    for entry in manifest["files"]:
        if exports is not None and entry["name"].split("/")[0] not in exports:
            continue
        parcels.append(_parcel(release, entry))
    parcels.append(Parcel(MANIFEST, path, path.stat().st_size, sha256(path)))
    return Shipment(release, manifest, tuple(parcels))


def _parcel(release: Path, entry: Mapping[str, Any]) -> Parcel:
    file = release / entry["name"]
    if not file.is_file():
        raise FileError("the manifest names a file that is not there", where=str(file), hint="Publish again, or roll back.")
    digest, size = sha256(file), file.stat().st_size
    if entry.get("sha256", digest) != digest:
        raise FileError("the file is not as the manifest says", where=str(file), hint="Publish again, or roll back; nothing was sent.")
    return Parcel(entry["name"], file, size, digest)


def shown(target: str) -> str:
    """The target without user, password and query, fit for a report or message."""
    parts = urlsplit(target)
    if "@" not in parts.netloc and not parts.query:
        return target
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
