"""Bad input and a hostile disk: each a clear message with what to do, the last published state intact."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import cli
from flows.publishing import rebuild
from spiders.card import load_cards
from spiders.errors import CardError


def published(data: Path) -> tuple[str, bytes]:
    latest = (data / "releases" / "latest").resolve()
    return latest.name, (latest / "manifest.json").read_bytes()


def test_an_unknown_key_in_a_card_names_the_nearest(tmp_path, root):
    card = next((root / "spiders/samples/cards").glob("*.toml"))
    (tmp_path / card.name).write_text(card.read_text(encoding="utf-8").replace("publisher =", "publishr =", 1), encoding="utf-8")
    with pytest.raises(CardError) as error:
        load_cards(tmp_path)
    assert "publishr" in str(error.value) and "publisher" in str(error.value) and card.name in str(error.value)


@pytest.mark.parametrize(
    "args",
    [
        ["normalise", "none.jsonl", "--out", "o.csv"],
        ["dedupe", "none.jsonl", "--out", "o"],
        ["extract", "none.html", "--url", "http://a.invalid/"],
    ],
)
def test_a_missing_file_is_wrong_input(args, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run(args) == 2
    assert "none." in capsys.readouterr().err


def test_a_corrupt_line_is_quarantined_and_its_neighbours_stand(atlas):
    import duckdb

    atlas.run()
    path = next((atlas.data / "raw" / atlas.few[0]).glob("*/listings.jsonl"))
    lines = path.read_text(encoding="utf-8").splitlines()
    lost = json.loads(lines[0])["record_id"]
    path.write_text("\n".join([lines[0][:40], *lines[1:]]) + "\n", encoding="utf-8")
    rebuild(atlas.settings, None)
    with duckdb.connect(str(atlas.data / "eduatlas.duckdb"), read_only=True) as con:
        kept = {r[0] for r in con.execute(f"select record_id from listings where portal = '{atlas.few[0]}'").fetchall()}
        told = con.execute("select portal, line, reason, mend from quarantine").fetchall()
    assert lost not in kept and len(kept) == len(lines) - 1
    assert [(t[0], t[1]) for t in told if t[1]] == [(atlas.few[0], 1)]
    assert all(t[2] and t[3] for t in told)


def run_cli(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "flows.cli", *map(str, args)], capture_output=True, text=True, timeout=250, cwd="/")


@pytest.fixture
def disk(tmp_path):
    """A small file system of its own: `disk.folder`, and `disk.read_only()`."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    remount = ["mount", "-o", "remount,ro", folder]
    yield SimpleNamespace(folder=folder, read_only=lambda: subprocess.run(remount, check=True, capture_output=True))
    subprocess.run(["umount", "-l", folder], check=True)


def copied(atlas: Path, folder: Path) -> Path:
    data = folder / "atlas"
    shutil.copytree(atlas, data, symlinks=True, ignore=shutil.ignore_patterns("prefect", "done"))
    return data


def test_a_read_only_data_folder_is_said(sample_atlas, disk):
    data = copied(sample_atlas, disk.folder)
    disk.read_only()
    with pytest.raises(OSError, match="Read-only"):  # the fault bites
        (data / "x").touch()
    before = published(data)
    for command in (["harvest", "--sample"], ["refine"], ["publish", "--rebuild"]):
        result = run_cli("--data", data, *command)
        assert result.returncode == 3, result.stdout + result.stderr
        assert str(data) in result.stderr and "Traceback" not in result.stderr
    assert published(data) == before
    assert run_cli("--data", data, "query", "select 1").returncode == 0


def test_nothing_is_written_to_the_home_and_no_server_is_needed(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "XDG"))} | {"HOME": str(home)}
    code = (
        "import sys; from flows import cli, config; from flows.cards import cards_of; from pathlib import Path;"
        "settings = config.resolve(data=Path(sys.argv[1]), sample=True);"
        "sys.exit(cli.run(['--data', sys.argv[1], 'run', '--sample', '--quiet', sorted(cards_of(settings))[0]]))"
    )
    result = subprocess.run([sys.executable, "-c", code, str(tmp_path / "data")], env=env, capture_output=True, text=True, timeout=250)
    assert result.returncode == 0, result.stderr
    assert not list(home.rglob("*")), "the home stays empty"
    assert (tmp_path / "data/prefect").is_dir()
