"""Delivery to a folder or any address that fsspec writes to: a mirror of the release and a small state file beside it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import fsspec
from fsspec import AbstractFileSystem

from spiders.errors import StorageError, UsageError
from warehouse.deliver import DeliveryReport, Parcel, Shipment, shown

#: what the target holds: {"version", "world", "files": {name: {"bytes", "sha256"}}}; written after every file
STATE = ".eduatlas-delivery.json"
#: a file appears there whole or not at all; elsewhere it is written beside and moved
WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "memory"})
ATTEMPTS = 3
BLOCK = 1 << 20


def send(shipment: Shipment, target: str, secrets: Mapping[str, str], say: Callable[[str], None], pause: float = 1.0) -> DeliveryReport:
    """See ``deliver``. ``pause``: seconds before a second attempt at a file, doubled before the third."""
    mirror = _Mirror(shipment, target, secrets, pause)
    report = DeliveryReport(shown(target), shipment.version)
    sent, unchanged, amount = [], 0, 0
    for parcel in shipment.parcels:
        if mirror.holds(parcel):
            unchanged += 1
            continue
        say(f"{parcel.name} ({parcel.size:,} bytes)")
        mirror.put(parcel)
        sent.append(parcel.name)
        amount += parcel.size
    removed = mirror.tidy()
    return DeliveryReport(report.target, report.version, sent, unchanged, removed, amount)


class _Mirror:
    """The target and what it holds."""

    def __init__(self, shipment: Shipment, target: str, secrets: Mapping[str, str], pause: float) -> None:
        self.shipment = shipment
        self.target = shown(target)
        self.pause = pause
        self.fs, self.root = _opened(target, secrets)
        self.refuse_overlap()
        self.state = self.read_state()
        world = shipment.manifest.get("world", "live")
        if self.state.get("world", world) == "live" and world == "sample" and self.state:
            raise UsageError("the target holds live data; sample data do not go there", where=self.target, hint="Name another target.")
        self.files: dict[str, dict[str, Any]] = self.state.setdefault("files", {})
        self.state["world"] = world
        with _Reaching(self.target):
            self.sizes = {name: info.get("size") for name, info in self.listing().items()}

    def refuse_overlap(self) -> None:
        if "file" in _protocols(self.fs):
            there, here = Path(self.root).resolve(), self.shipment.release
            if there == here or here in there.parents or there in here.parents:
                raise UsageError("the target and the release lie in each other", where=self.target, hint="Name a folder elsewhere.")

    def listing(self) -> dict[str, Any]:
        try:
            self.fs.invalidate_cache()
            return dict(self.fs.find(self.root, detail=True))
        except FileNotFoundError:
            return {}

    def place(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"

    def read_state(self) -> dict[str, Any]:
        with _Reaching(self.target):
            try:
                text = self.fs.cat_file(self.place(STATE))
            except FileNotFoundError:
                return {}
        try:
            state = json.loads(text)
            return dict(state) if isinstance(state["files"], dict) else {}
        except (ValueError, KeyError, TypeError) as error:
            hint = f"Remove {STATE} there; all files are then sent anew."
            raise StorageError(f"what the target says it holds cannot be read: {error}", where=self.target, hint=hint) from error

    def holds(self, parcel: Parcel) -> bool:
        """True where the state names this content and a file of its size is there."""
        told = self.files.get(parcel.name, {})
        size = self.sizes.get(self.place(parcel.name), self.sizes.get(self.place(parcel.name).lstrip("/")))
        return told.get("sha256") == parcel.sha256 and size == parcel.size

    def put(self, parcel: Parcel) -> None:
        """Send, read back, compare, move into place, note. Raises StorageError after the last attempt."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self.send(parcel)
                break
            except OSError as error:
                if attempt == ATTEMPTS or isinstance(error, PermissionError):
                    raise _refused(f"{self.target}: {parcel.name}", error) from error
                time.sleep(self.pause * 2 ** (attempt - 1))
        self.files[parcel.name] = {"bytes": parcel.size, "sha256": parcel.sha256}
        self.write_state()

    def send(self, parcel: Parcel) -> None:
        place = self.place(parcel.name)
        first = place if self.whole else f"{place}.part"
        self.fs.makedirs(place.rpartition("/")[0], exist_ok=True)
        self.fs.put_file(str(parcel.path), first)
        if self.digest(first) != parcel.sha256:
            self.fs.rm_file(first)
            raise OSError("arrived damaged")
        if first != place:
            self.fs.mv(first, place)

    @property
    def whole(self) -> bool:
        return bool(WHOLE & _protocols(self.fs))

    def digest(self, place: str) -> str:
        found = hashlib.sha256()
        self.fs.invalidate_cache(place)
        with self.fs.open(place, "rb") as there:
            while block := there.read(BLOCK):
                found.update(block)
        return found.hexdigest()

    def write_state(self) -> None:
        """A delivery killed or out of space here leaves the note before."""
        text = json.dumps({**self.state, "version": self.shipment.version}, sort_keys=True, indent=1) + "\n"
        place = self.place(STATE)
        first = place if self.whole else f"{place}.part"
        with _Reaching(self.target):
            self.fs.makedirs(self.root, exist_ok=True)
            self.fs.pipe_file(first, text.encode())
            if first != place:
                self.fs.mv(first, place)

    def tidy(self) -> list[str]:
        """Remove what an earlier delivery sent and this release no longer has; files of others are never touched."""
        wanted = {parcel.name for parcel in self.shipment.parcels}
        removed = [name for name in sorted(self.files) if name not in wanted and _inside(name)]
        for name in removed:
            with _Reaching(self.target):
                if self.fs.exists(self.place(name)):
                    self.fs.rm_file(self.place(name))
            del self.files[name]
        if removed or self.state.get("version") != self.shipment.version:
            self.write_state()
        return removed


def _opened(target: str, secrets: Mapping[str, str]) -> tuple[AbstractFileSystem, str]:
    try:
        fs, root = fsspec.core.url_to_fs(target, **secrets)
    except ImportError as error:
        raise UsageError(f"this target needs a package that is not installed: {error}", where=shown(target), hint="Install it.") from error
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"no such target: {error}", where=shown(target), hint="A folder, an address such as s3://bucket/path, or ckan+https://…"
        ) from error
    except OSError as error:
        raise _refused(shown(target), error) from error
    if not root.strip("/"):
        raise UsageError("the target names no folder", where=shown(target), hint="Name a folder of its own for the release.")
    return fs, str(root)


def _protocols(fs: AbstractFileSystem) -> set[str]:
    return {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)


def _inside(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/")


def _refused(where: str, error: OSError) -> StorageError:
    return StorageError(
        f"cannot deliver: {error.strerror or error}",
        where=where,
        hint="Check the address, rights and space there; the next delivery goes on.",
    )


class _Reaching:
    """Turns what the target's file system says into StorageError."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise _refused(self.target, error) from error
