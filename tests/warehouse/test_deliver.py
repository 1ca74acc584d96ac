"""Delivery to folders and fsspec addresses: only what changed, resumable, verified, and nothing of others touched."""

import hashlib
import json
import uuid
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from spiders.errors import FileError, StorageError, UsageError
from warehouse.deliver import deliver, pack, shown
from warehouse.deliver_files import STATE


def release(folder: Path, version: str = "2025-03-01.1", world: str = "live", files: dict[str, bytes] | None = None) -> Path:
    """A release with these files."""
    files = files or {"csv/a.csv": b"a,b\n1,2\n", "csv/b.csv": b"x\n", "eduatlas.duckdb": b"\x00duck"}
    entries = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        entry: dict[str, object] = {"name": name}
        entries.append(
            entry if path.suffix == ".duckdb" else entry | {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        )
    (folder / "manifest.json").write_text(json.dumps({"version": version, "world": world, "files": entries}))
    return folder


def held(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != STATE}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return release(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return release(
        tmp_path / "second", "2025-04-01.1", files={"csv/a.csv": b"a,b\n1,2\n", "csv/c.csv": b"new\n", "eduatlas.duckdb": b"\x00duck2"}
    )


def test_a_folder_becomes_the_release(first: Path, tmp_path: Path) -> None:
    target = tmp_path / "open data" / "atlas"
    said: list[str] = []
    report = deliver(first, str(target), say=said.append)
    assert held(target) == held(first)
    assert report.sent == ["csv/a.csv", "csv/b.csv", "eduatlas.duckdb", "manifest.json"] and len(said) == 4
    assert report.version == "2025-03-01.1" and report.sent_bytes == sum(map(len, held(first).values()))


def test_only_what_changed_is_sent_and_what_went_is_removed(first: Path, second: Path, tmp_path: Path) -> None:
    target = tmp_path / "atlas"
    deliver(first, str(target))
    assert deliver(first, str(target)).sent == []
    (target / "README").write_text("of the portal itself")
    report = deliver(second, str(target))
    assert report.sent == ["csv/c.csv", "eduatlas.duckdb", "manifest.json"] and report.unchanged == 1 and report.removed == ["csv/b.csv"]
    assert held(target) == held(second) | {"README": b"of the portal itself"}


def test_what_was_damaged_or_lost_there_is_sent_again(first: Path, tmp_path: Path) -> None:
    target = tmp_path / "atlas"
    deliver(first, str(target))
    (target / "csv/a.csv").unlink()
    (target / "csv/b.csv").write_bytes(b"longer than it was")
    assert deliver(first, str(target)).sent == ["csv/a.csv", "csv/b.csv"]
    assert held(target) == held(first)


def test_memory_and_secrets_as_storage_options(first: Path) -> None:
    target = f"memory://{uuid.uuid4().hex}/atlas"
    assert len(deliver(first, target).sent) == 4
    fs, root = fsspec.core.url_to_fs(target)
    assert fs.cat_file(f"{root}/csv/a.csv") == b"a,b\n1,2\n" and not [p for p in fs.find(root) if p.endswith(".part")]
    assert deliver(first, target).sent == []
    with pytest.raises(UsageError):
        deliver(first, "s3-of-nobody://bucket/atlas")


class Unreliable(LocalFileSystem):
    """A disk far away: breaks after some files, or bends a byte on the way."""

    protocol = ("unreliable",)
    cachable = False
    left = 10**6
    bend = 0

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(str(path).removeprefix("unreliable://"))

    def put_file(self, lpath, rpath, *args, **kwargs):  # type: ignore[no-untyped-def]
        if Unreliable.left <= 0:
            raise OSError("connection lost")
        Unreliable.left -= 1
        super().put_file(lpath, rpath, *args, **kwargs)
        if Unreliable.bend:
            Unreliable.bend -= 1
            Path(self._strip_protocol(rpath)).write_bytes(b"bent")


@pytest.fixture
def unreliable(monkeypatch: pytest.MonkeyPatch) -> type[Unreliable]:
    fsspec.register_implementation("unreliable", Unreliable, clobber=True)
    monkeypatch.setattr("warehouse.deliver_files.time.sleep", lambda seconds: None)
    monkeypatch.setattr(Unreliable, "left", 10**6)
    monkeypatch.setattr(Unreliable, "bend", 0)
    return Unreliable


def test_a_broken_delivery_goes_on_where_it_stopped(first: Path, second: Path, tmp_path: Path, unreliable: type[Unreliable]) -> None:
    target = tmp_path / "atlas"
    deliver(first, f"unreliable://{target}")
    unreliable.left = 1
    with pytest.raises(StorageError, match="connection lost"):
        deliver(second, f"unreliable://{target}")
    # the manifest still speaks of the release before
    assert json.loads((target / "manifest.json").read_text())["version"] == "2025-03-01.1"
    unreliable.left = 10**6
    assert deliver(second, f"unreliable://{target}").sent == ["eduatlas.duckdb", "manifest.json"]
    assert held(target) == held(second)


def test_a_file_bent_on_the_way_is_sent_again_and_never_stands(first: Path, tmp_path: Path, unreliable: type[Unreliable]) -> None:
    target = tmp_path / "atlas"
    unreliable.bend = 2
    deliver(first, f"unreliable://{target}")
    assert held(target) == held(first)
    other = tmp_path / "other"
    unreliable.bend = 3
    with pytest.raises(StorageError, match="damaged"):
        deliver(first, f"unreliable://{other}")
    assert held(other) == {}


def test_what_cannot_be_sent_is_refused(first: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError):
        deliver(tmp_path, str(tmp_path / "atlas"))
    with pytest.raises(UsageError):
        deliver(first, str(first / "inside"))
    with pytest.raises(UsageError):
        deliver(first, str(tmp_path / "atlas"), exports=["csv", "papyrus"])
    (first / "csv/a.csv").write_bytes(b"changed since")
    with pytest.raises(FileError, match="manifest"):
        deliver(first, str(tmp_path / "atlas"))
    assert not (tmp_path / "atlas").exists()


def test_sample_data_do_not_replace_live_data(first: Path, tmp_path: Path) -> None:
    deliver(first, str(tmp_path / "atlas"))
    with pytest.raises(UsageError, match="live"):
        deliver(release(tmp_path / "sample", world="sample"), str(tmp_path / "atlas"))


def test_a_foreign_state_file_removes_nothing_outside(first: Path, tmp_path: Path) -> None:
    target, outside = tmp_path / "atlas", tmp_path / "outside.txt"
    deliver(first, str(target))
    outside.write_text("stays")
    state = json.loads((target / STATE).read_text())
    state["files"]["../outside.txt"] = {"bytes": 5, "sha256": "0"}
    (target / STATE).write_text(json.dumps(state))
    assert deliver(first, str(target)).removed == [] and outside.exists()
    (target / STATE).write_text("{")
    with pytest.raises(StorageError, match="cannot be read"):
        deliver(first, str(target))


def test_a_part_of_the_release(first: Path, tmp_path: Path) -> None:
    assert deliver(first, str(tmp_path / "atlas"), exports=["csv"]).sent == ["csv/a.csv", "csv/b.csv", "manifest.json"]
    assert [p.name for p in pack(first).parcels][-1] == "manifest.json"


def test_reports_carry_no_password() -> None:
    assert shown("sftp://user:secret@host/path") == "sftp://host/path"
    assert shown("ckan+https://host/atlas?organization=x") == "ckan+https://host/atlas"
    assert shown("/srv/atlas") == "/srv/atlas"
