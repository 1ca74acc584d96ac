"""The datapackage export: frictionless finds the package and every row valid, and every column is described."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from frictionless import Package, system

from warehouse.exports import _release


@pytest.fixture
def descriptor(release: Path) -> dict:  # type: ignore[type-arg]
    return json.loads((release / "datapackage.json").read_text(encoding="utf-8"))


def test_frictionless_finds_it_valid(release: Path) -> None:
    report = Package(str(release / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    assert len(report.tasks) == len(list((release / "csv").glob("*.csv"))) and not report.warnings


def test_frictionless_sees_what_is_wrong(release: Path, tmp_path: Path, descriptor: dict) -> None:  # type: ignore[type-arg]
    """A row that points nowhere, a duplicate key, a word where a number stands."""
    (tmp_path / "csv").mkdir()
    for path in (release / "csv").glob("*.csv"):
        (tmp_path / "csv" / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "csv/relations.csv").open("a") as out:
        out.write("ea-nowhere,ea-000000000a,part_of,much,\n")
    with (tmp_path / "csv/portals.csv").open("a") as out:
        out.write((release / "csv/portals.csv").read_text().splitlines()[-1] + "\n")
    for resource in descriptor["resources"]:
        del resource["hash"], resource["bytes"]
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor))
    with system.use_context(trusted=True):
        found = {error[0] for error in Package(str(tmp_path / "datapackage.json")).validate().flatten(["type"])}
    assert {"foreign-key", "type-error", "primary-key"} <= found


def test_every_column_is_described_in_its_place(release: Path, descriptor: dict) -> None:  # type: ignore[type-arg]
    for resource in descriptor["resources"]:
        with (release / resource["path"]).open(encoding="utf-8", newline="") as file:
            heads = next(csv.reader(file))
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == heads
        assert all(f["description"].endswith(".") for f in fields) and not [f for f in fields if f["type"] == "any"]
        content = (release / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


def test_it_stands_at_the_top_and_its_paths_lead_down(release: Path, descriptor: dict) -> None:  # type: ignore[type-arg]
    assert not (release / "datapackage").exists()
    assert all(not r["path"].startswith(("/", "http")) and ".." not in r["path"] for r in descriptor["resources"])
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json" and descriptor["version"] == "2025-03-01.1"
    assert descriptor["created"] == "2025-03-01T00:00:00Z" and descriptor["licenses"][0]["name"] == "CC-BY-4.0"


def test_sources_are_named(release: Path, descriptor: dict) -> None:  # type: ignore[type-arg]
    assert any("Amt & Söhne <x>" in s["title"] for s in descriptor["sources"]) and len(descriptor["sources"]) == 3
    text = (release / "ATTRIBUTION.txt").read_text(encoding="utf-8")
    assert all(s["title"] in text for s in descriptor["sources"]) and "CC BY 4.0" in text


def test_the_citation_is_one(release: Path) -> None:
    yaml = pytest.importorskip("yaml")
    for path in (release / "CITATION.cff", Path(__file__).resolve().parents[3] / "CITATION.cff"):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"cff-version", "message", "title", "authors"} <= set(said) and said["cff-version"] == "1.2.0"
        assert said["type"] in ("dataset", "software") and all(set(a) <= {"name", "website", "email"} for a in said["authors"])
    assert yaml.safe_load((release / "CITATION.cff").read_text())["license"] == "CC-BY-4.0"


def test_the_files_of_a_release(release: Path) -> None:
    files = {f.name: f for f in _release.files_in(release)}
    assert not [name for name in files if name.startswith("dcat/")]
    assert files["eduatlas.duckdb"].sha256 is None and files["csv/portals.csv"].size == (release / "csv/portals.csv").stat().st_size
    assert (files["csv/portals.csv"].export, files["csv/portals.csv"].stem, files["datapackage.json"].export) == ("csv", "portals", "")
