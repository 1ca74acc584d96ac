"""All exports together: the same bytes whoever builds them, and no sentence that a portal keeps for itself."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse import exports

SENTENCE = "kterou licence nedovoluje"
FREE = "Ein Satz, der frei ist"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".duckdb"}


def test_the_same_bytes_in_another_folder_with_other_threads(release: Path, maker: Callable[..., Path], tmp_path: Path) -> None:
    one, two = contents(release), contents(maker(tmp_path / "elsewhere" / "other name", threads=1))
    assert list(one) == list(two) and len(one) > 60
    assert [name for name in one if one[name] != two[name]] == []


def test_the_same_bytes_whatever_the_hash_seed(release: Path, tmp_path: Path) -> None:
    """Sets and dictionaries of another process must not show in a file."""
    script = """
import sys, duckdb
from pathlib import Path

import duckdb
import pytest
from warehouse import exports
release, out = map(Path, sys.argv[1:])
out.mkdir()
with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
    source = exports.Source(con, "2025-03-01.1", "1.0.0")
    for export in exports.chosen(["rdf", "jsonld", "feeds", "xlsx"]):
        (out / export.NAME).mkdir()
        export.write(source, out / export.NAME)
    from warehouse.exports import dcat, datapackage, _about, _release
    (out / "catalog.ttl").write_text(dcat.catalogue(source, _release.files_in(release), _about.shipped()).turtle())
"""
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", script, str(release), str(folder)], check=True, env={"PYTHONHASHSEED": seed, "PATH": ""}, timeout=120
        )
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def said_in(path: Path) -> bytes:
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return b"\n".join(book.read(name) for name in book.namelist())
    return path.read_bytes()


def test_no_sentence_leaves_where_the_licence_does_not_allow_it(release: Path) -> None:
    names = {path.relative_to(release).as_posix(): said_in(path) for path in release.rglob("*") if path.is_file()}
    assert not [name for name, content in names.items() if SENTENCE.encode() in content]
    free = {name for name, content in names.items() if FREE.encode() in content}
    assert {"csv/listings.csv", "jsonl/listings.jsonl", "xlsx/eduatlas.xlsx", "rdf/initiatives.nt", "jsonld/eduatlas.jsonld"} <= free
    # feeds are republished: facts and links alone
    assert not [name for name in free if name.startswith("feeds/")]


def test_every_export_has_a_name_and_a_format() -> None:
    for export in exports.chosen():
        assert export.__name__.rpartition(".")[2] == export.NAME and "/" in export.FORMAT  # type: ignore[attr-defined]


def test_steps_do_not_show(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written two rows at a time says the same as what is written at once."""
    monkeypatch.setattr("warehouse.exports._lines.BATCH", 2)
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        for export in exports.chosen(["csv", "jsonl", "jsonld", "rdf", "xlsx"]):
            place = tmp_path / export.NAME
            place.mkdir()
            export.write(exports.Source(con, "2025-03-01.1", "1.0.0"), place)
            there = sorted(path.name for path in (release / export.NAME).iterdir())
            assert sorted(path.name for path in place.iterdir()) == there
            for name in there:
                assert set(said_in(place / name).splitlines()) == set(said_in(release / export.NAME / name).splitlines()), name
