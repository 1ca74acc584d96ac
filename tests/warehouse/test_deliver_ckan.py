"""Delivery to CKAN, against a small portal on loopback that speaks its action API."""

import email
import email.policy
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spiders.errors import StorageError, UsageError
from warehouse.deliver import deliver

TOKEN = "a-token"


class Portal(ThreadingHTTPServer):
    """Packages with resources as CKAN keeps them; can be told to fail, to bend files, or to serve them from another host."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.packages: dict[str, dict[str, Any]] = {}
        self.stored: dict[str, bytes] = {}
        self.uploads: list[str] = []
        self.tokens: list[str | None] = []
        self.broken = 0
        self.bend = 0
        self.elsewhere: Portal | None = None
        self.refused: str | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def resources(self) -> dict[str, dict[str, Any]]:
        return {r["name"]: r for p in self.packages.values() for r in p["resources"]}


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers.get("Authorization"))
        if self.server.elsewhere:
            self.send_response(302)
            self.send_header("Location", f"{self.server.elsewhere.address}{self.path}")
            self.end_headers()
            return
        self.answer(200, self.server.stored.get(self.path, b""))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        action = self.path.rpartition("/")[2]
        if self.server.broken and action.startswith("resource_"):
            self.server.broken -= 1
            self.answer(502, b"bad gateway")
            return
        if self.headers["Authorization"] != TOKEN:
            self.refuse(403, "not authorised")
            return
        said, file = self.parse(body)
        try:
            result = getattr(self, action)(said, file)
        except KeyError:
            self.refuse(404, "not found")
            return
        self.answer(200, json.dumps({"success": True, "result": result}).encode())

    def parse(self, body: bytes) -> tuple[dict[str, Any], bytes | None]:
        kind = self.headers["Content-Type"]
        if kind == "application/json":
            return json.loads(body), None
        message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP)
        said: dict[str, Any] = {}
        file: Any = None
        for part in message.iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            content = bytes(part.get_payload(decode=True))
            if name == "upload":
                file = content
            else:
                said[name] = content.decode()
        return said, file

    def refuse(self, code: int, why: str) -> None:
        self.answer(code, json.dumps({"success": False, "error": {"__type": "Error", "message": why}}).encode())

    def answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def package_show(self, said: dict[str, Any], file: None) -> dict[str, Any]:
        return self.server.packages[said["id"]]

    def package_create(self, said: dict[str, Any], file: None) -> dict[str, Any]:
        package = {"id": said["name"], "resources": []} | said
        self.server.packages[said["name"]] = package
        return package

    def package_patch(self, said: dict[str, Any], file: None) -> dict[str, Any]:
        self.server.packages[said["id"]] |= said
        return self.server.packages[said["id"]]

    def resource_create(self, said: dict[str, Any], file: bytes) -> dict[str, Any]:
        if said["name"] == self.server.refused:
            raise KeyError("refused")
        package = self.server.packages[said.pop("package_id")]
        resource = {"id": f"r{len(self.server.stored)}"} | said
        package["resources"].append(resource)
        return self.store(resource, file)

    def resource_update(self, said: dict[str, Any], file: bytes) -> dict[str, Any]:
        resource = self.found(said["id"])
        resource.clear()
        resource |= {k: v for k, v in said.items() if k != "package_id"}
        return self.store(resource, file)

    def resource_patch(self, said: dict[str, Any], file: None) -> dict[str, Any]:
        resource = self.found(said["id"])
        resource |= said
        return resource

    def resource_delete(self, said: dict[str, Any], file: None) -> None:
        for package in self.server.packages.values():
            package["resources"] = [r for r in package["resources"] if r["id"] != said["id"]]

    def found(self, wanted: str) -> dict[str, Any]:
        return {r["id"]: r for p in self.server.packages.values() for r in p["resources"]}[wanted]

    def store(self, resource: dict[str, Any], file: bytes) -> dict[str, Any]:
        path = f"/download/{resource['id']}"
        self.server.uploads.append(resource["name"])
        (self.server.elsewhere or self.server).stored[path] = file[1:] if self.server.bend else file
        self.server.bend = max(0, self.server.bend - 1)
        resource["url"] = self.server.address + path
        return resource


@pytest.fixture
def portals(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Portal]]:
    monkeypatch.setattr("warehouse.deliver_ckan.time.sleep", lambda seconds: None)
    found = [Portal(), Portal()]
    threads = [threading.Thread(target=p.serve_forever, args=(0.01,)) for p in found]
    for thread in threads:
        thread.start()
    yield found
    for p, thread in zip(found, threads, strict=True):
        p.shutdown()
        thread.join()
        p.server_close()


@pytest.fixture
def portal(portals: list[Portal]) -> Portal:
    return portals[0]


def release(folder: Path, version: str, files: dict[str, bytes]) -> Path:
    entries = []
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        entries.append({"name": name, "sha256": hashlib.sha256(content).hexdigest()})
    (folder / "manifest.json").write_text(json.dumps({"version": version, "world": "live", "files": entries}))
    return folder


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return release(
        tmp_path / "first",
        "2025-03-01.1",
        {"csv/a.csv": b"a\n\r\n--x\r\n", "rdf/b.nt": bytes(range(256)), "feeds/all.atom": b"<feed/>"},
    )


def send(portal: Portal, folder: Path, token: str = TOKEN, query: str = "?organization=ministry") -> Any:
    return deliver(folder, f"ckan+{portal.address}/atlas{query}", secrets={"token": token})


def test_a_data_set_is_made_with_a_resource_per_file(portal: Portal, first: Path) -> None:
    report = send(portal, first)
    package = portal.packages["atlas"]
    assert report.sent == ["csv/a.csv", "rdf/b.nt", "manifest.json"] and TOKEN not in report.target
    assert (package["owner_org"], package["version"], package["license_id"]) == ("ministry", "2025-03-01.1", "cc-by")
    for name, resource in portal.resources().items():
        content = (first / name).read_bytes()
        assert portal.stored[resource["url"].removeprefix(portal.address)] == content
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert portal.resources()["csv/a.csv"]["format"] == "CSV"


def test_only_what_changed_is_uploaded_and_others_resources_stay(portal: Portal, first: Path, tmp_path: Path) -> None:
    send(portal, first)
    portal.packages["atlas"]["resources"].append({"id": "theirs", "name": "guide.pdf", "url": "http://x.example/", "hash": ""})
    assert send(portal, first).sent == []
    second = release(tmp_path / "second", "2025-04-01.1", {"csv/a.csv": b"a\n\r\n--x\r\n", "csv/c.csv": b"c\n"})
    portal.uploads.clear()
    report = send(portal, second)
    assert portal.uploads == report.sent == ["csv/c.csv", "manifest.json"] and report.removed == ["rdf/b.nt"]
    assert set(portal.resources()) == {"guide.pdf", "csv/a.csv", "csv/c.csv", "manifest.json"}
    assert portal.packages["atlas"]["version"] == "2025-04-01.1"


def test_a_broken_delivery_goes_on_where_it_stopped(portal: Portal, first: Path) -> None:
    portal.broken = 2
    assert len(send(portal, first).sent) == 3
    portal.packages.clear()
    portal.uploads.clear()
    portal.broken = 0
    portal.refused = "rdf/b.nt"
    with pytest.raises(StorageError, match="404"):
        send(portal, first)
    portal.refused = None
    assert "version" not in portal.packages["atlas"]
    assert send(portal, first).sent == ["rdf/b.nt", "manifest.json"]


def test_a_bent_file_is_sent_again_and_has_no_hash_until_it_is_whole(portal: Portal, first: Path) -> None:
    portal.bend = 2
    send(portal, first)
    assert portal.uploads[:3] == ["csv/a.csv"] * 3
    portal.packages.clear()
    portal.bend = 99
    with pytest.raises(StorageError, match="damaged"):
        send(portal, first)
    assert portal.resources()["csv/a.csv"]["hash"] == ""


def test_the_token_never_reaches_another_host(portals: list[Portal], first: Path) -> None:
    portal, store = portals
    portal.elsewhere = store
    send(portal, first)
    assert set(portal.tokens) == {TOKEN} and set(store.tokens) == {None} and len(store.tokens) == 3


def test_refusals_say_what_to_do(portal: Portal, first: Path) -> None:
    with pytest.raises(StorageError, match="403") as refused:
        send(portal, first, token="wrong")
    assert "token" in str(refused.value) and "wrong" not in str(refused.value)
    with pytest.raises(UsageError, match="token"):
        deliver(first, f"ckan+{portal.address}/atlas")
    for target in (
        "ckan+http://data.example.org/atlas",
        "ckan+ftp://x/atlas",
        f"ckan+{portal.address}/Big Name",
        f"ckan+{portal.address}/atlas?x=1",
    ):
        with pytest.raises(UsageError):
            deliver(first, target, secrets={"token": TOKEN})
