"""Delivery to a CKAN portal by its action API: one data set, a resource per file; each resource carries its SHA-256."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from spiders.errors import StorageError, UsageError
from warehouse.deliver import DeliveryReport, Parcel, Shipment, shown
from warehouse.exports._about import About, authorities, shipped

#: exports that are read where they are served, not downloaded one by one
LEFT_OUT = frozenset({"feeds", "site"})
MARK = "eduatlas"
ATTEMPTS = 3
TIMEOUT = 120.0
BLOCK = 1 << 20
_HINT = "ckan+https://host/dataset-name?organization=NAME"


def send(shipment: Shipment, target: str, secrets: Mapping[str, str], say: Callable[[str], None], pause: float = 1.0) -> DeliveryReport:
    """See ``deliver``. Resources of others in the data set are never touched."""
    place = _Place.of(target)
    if not secrets.get("token"):
        raise UsageError("a CKAN portal asks for a token", where=shown(target), hint="Hand it over as the secret 'token'.")
    api = _Api(place, secrets["token"], pause)
    about = shipped()
    package = _package(api, place, shipment, about)
    mine = {r["name"]: r for r in package.get("resources", []) if r.get("delivered_by") == MARK}
    sent, unchanged, amount = [], 0, 0
    wanted = [p for p in shipment.parcels if p.export not in LEFT_OUT]
    for parcel in wanted:
        there = mine.get(parcel.name)
        if there and there.get("hash") == f"sha256:{parcel.sha256}" and int(there.get("size") or -1) in (parcel.size, -1):
            unchanged += 1
            continue
        say(f"{parcel.name} ({parcel.size:,} bytes)")
        _put(api, package["id"], parcel, there)
        sent.append(parcel.name)
        amount += parcel.size
    removed = sorted(set(mine) - {p.name for p in wanted})
    for name in removed:
        api.call("resource_delete", {"id": mine[name]["id"]})
    # the data set says its new version when all files are there
    api.call("package_patch", {"id": package["id"], **_described(shipment, about)})
    return DeliveryReport(shown(target), shipment.version, sent, unchanged, removed, amount)


@dataclass(frozen=True, slots=True)
class _Place:
    """Base address of the portal, the data set's name, and whose it is."""

    base: str
    name: str
    organization: str | None

    @classmethod
    def of(cls, target: str) -> _Place:
        parts = urlsplit(target.removeprefix("ckan+"))
        path, _, name = parts.path.rstrip("/").rpartition("/")
        asked = parse_qs(parts.query)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or set(asked) - {"organization"}:
            raise UsageError("no CKAN target", where=shown(target), hint=_HINT)
        if not re.fullmatch(r"[a-z0-9_-]{2,100}", name):
            raise UsageError(
                f"{name!r} is no name of a CKAN data set", where=shown(target), hint=f"Small letters, digits, - and _: {_HINT}"
            )
        if parts.scheme == "http" and not _loopback(parts.hostname):
            raise UsageError("the token would travel unencrypted", where=shown(target), hint="Use ckan+https://…")
        return cls(f"{parts.scheme}://{parts.netloc}{path}/", name, asked.get("organization", [None])[0])


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _described(shipment: Shipment, about: About) -> dict[str, Any]:
    sample = shipment.manifest.get("world") == "sample"
    return {
        "title": f"{about.title} (sample)" if sample else about.title,
        "notes": f"{about.notes['sample']} {about.description}" if sample else about.description,
        "url": about.base,
        "version": shipment.version,
        "license_id": about.licence["ckan"],
        "maintainer": about.contact["name"],
        "maintainer_email": about.contact["email"],
        "tags": [{"name": word} for word in about.keywords],
    }


def _package(api: _Api, place: _Place, shipment: Shipment, about: About) -> dict[str, Any]:
    found = api.call("package_show", {"id": place.name}, missing=True)
    if found is not None:
        return found
    owner = {"owner_org": place.organization} if place.organization else {}
    # no version yet: it has no files
    new = {k: v for k, v in _described(shipment, about).items() if k != "version"}
    return api.call("package_create", {"name": place.name, **owner, **new}) or {}


def _put(api: _Api, package: str, parcel: Parcel, there: Mapping[str, Any] | None) -> None:
    """Upload without the hash, read back, compare; the hash is noted last, so that a broken upload is sent again."""
    kind = authorities()["file"].get(parcel.path.suffix.lstrip("."), {})
    fields = {"package_id": package, "name": parcel.name, "delivered_by": MARK, "hash": "", "size": str(parcel.size)}
    if kind:
        fields |= {"format": kind["title"], "mimetype": kind["media"]}
    if there:
        fields["id"] = there["id"]
    for attempt in range(1, ATTEMPTS + 1):
        resource = api.upload("resource_update" if "id" in fields else "resource_create", fields, parcel.path)
        fields["id"] = resource["id"]
        if api.digest(resource["url"]) == parcel.sha256:
            api.call("resource_patch", {"id": resource["id"], "hash": f"sha256:{parcel.sha256}"})
            return
        time.sleep(api.pause * attempt)
    raise StorageError(
        "the file arrives damaged", where=f"{api.place.base}{api.place.name}: {parcel.name}", hint="Ask who runs the portal."
    )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str) -> None:
        return None


@dataclass
class _Api:
    """The action API of one portal."""

    place: _Place
    token: str = field(repr=False)
    pause: float = 1.0

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(_NoRedirect)

    def call(self, action: str, said: Mapping[str, Any], *, missing: bool = False) -> dict[str, Any] | None:
        """The result of an action; None for a 404 where ``missing`` may be."""
        return self._ask(action, lambda: (json.dumps(said).encode(), "application/json", None), missing)

    def upload(self, action: str, fields: Mapping[str, str], file: Path) -> dict[str, Any]:
        """The resource that the file became; streamed."""
        boundary = uuid.uuid5(uuid.NAMESPACE_URL, f"{action}{sorted(fields.items())}").hex
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
        )
        head += f'--{boundary}\r\nContent-Disposition: form-data; name="upload"; filename="{file.name}"\r\n'
        before = (head + "Content-Type: application/octet-stream\r\n\r\n").encode()
        after = f"\r\n--{boundary}--\r\n".encode()
        length = len(before) + file.stat().st_size + len(after)
        kind = f"multipart/form-data; boundary={boundary}"
        return self._ask(action, lambda: (_body(before, file, after), kind, length), False) or {}

    def _ask(self, action: str, make: Callable[[], tuple[Any, str, int | None]], missing: bool) -> dict[str, Any] | None:
        where = f"{self.place.base}api/3/action/{action}"
        for attempt in range(1, ATTEMPTS + 1):
            body, kind, length = make()
            headers = {"Authorization": self.token, "Content-Type": kind, "Accept": "application/json"}
            if length is not None:
                headers["Content-Length"] = str(length)
            try:
                with self.opener.open(urllib.request.Request(where, data=body, headers=headers, method="POST"), timeout=TIMEOUT) as answer:
                    said = json.loads(answer.read())
                return dict(said["result"]) if isinstance(said.get("result"), dict) else {}
            except urllib.error.HTTPError as error:
                if error.code == 404 and missing:
                    return None
                if error.code < 500 or attempt == ATTEMPTS:
                    raise StorageError(
                        f"the portal refuses {action}: {error.code} {_reason(error)}", where=where, hint=_mend(error.code)
                    ) from error
            except (OSError, ValueError) as error:
                if attempt == ATTEMPTS:
                    raise StorageError(
                        f"cannot reach the portal: {error}", where=where, hint="Try again: it goes on where it stopped."
                    ) from error
            time.sleep(self.pause * 2 ** (attempt - 1))
        raise AssertionError("unreachable")

    def digest(self, url: str) -> str:
        """SHA-256 of what the portal serves; the token goes to the portal alone."""
        url = urljoin(self.place.base, url)
        for _ in range(5):
            own = urlsplit(url)[:2] == urlsplit(self.place.base)[:2]
            request = urllib.request.Request(url, headers={"Authorization": self.token} if own else {})
            try:
                with self.opener.open(request, timeout=TIMEOUT) as answer:
                    found = hashlib.sha256()
                    while block := answer.read(BLOCK):
                        found.update(block)
                    return found.hexdigest()
            except urllib.error.HTTPError as error:
                if error.code not in (301, 302, 303, 307, 308) or "Location" not in error.headers:
                    raise StorageError(f"cannot read the file back: {error.code}", where=url, hint="Try again.") from error
                url = urljoin(url, error.headers["Location"])
            except OSError as error:
                raise StorageError(
                    f"cannot read the file back: {error}", where=url, hint="Try again: it goes on where it stopped."
                ) from error
        raise StorageError("the file is redirected for ever", where=url, hint="Ask who runs the portal.")


def _body(before: bytes, file: Path, after: bytes) -> Iterator[bytes]:
    yield before
    with file.open("rb") as handle:
        while block := handle.read(BLOCK):
            yield block
    yield after


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        said = json.loads(error.read(100_000))["error"]
    except (ValueError, KeyError, TypeError, OSError):
        return str(error.reason)
    return json.dumps({k: v for k, v in said.items() if k != "__type"}, ensure_ascii=False) if isinstance(said, dict) else str(said)


def _mend(code: int) -> str:
    if code in (401, 403):
        return "Check the token, and that its user may edit the data set and its organisation."
    if code == 409:
        return f"Check the data set's name and organisation: {_HINT}"
    return "Check the address; the next delivery goes on where this one stopped."
