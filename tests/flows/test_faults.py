"""Bad input and a hostile disk: each a clear message with what to do, the last published state intact."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows import cli
from flows.publishing import rebuild
from spiders.card import load_cards
from spiders.errors import CardError

NOBODY = 65534


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


def run_as(user: int | None, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, args)],
        capture_output=True, text=True, timeout=250, user=user, cwd="/", env={**os.environ, "HOME": "/nonexistent"},
    )  # fmt: skip


def test_a_read_only_data_folder_is_said(atlas_copy):
    user = NOBODY if os.getuid() == 0 else None
    for path in (atlas_copy, *atlas_copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222 | 0o444 | (0o111 if path.is_dir() else 0))
    for parent in atlas_copy.parents:
        if os.access(parent, os.W_OK) and parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    # the fault must bite before it proves anything
    touch = subprocess.run(["touch", atlas_copy / "x"], user=user, capture_output=True)
    able = subprocess.run([sys.executable, "-c", "import flows.cli"], user=user, cwd="/", capture_output=True)
    if touch.returncode == 0 or able.returncode != 0:
        pytest.skip("this machine lets no unprivileged user run the program on a read-only folder")
    before = published(atlas_copy)
    for command in (["harvest", "--sample"], ["publish", "--rebuild"]):
        result = run_as(user, "--data", atlas_copy, *command)
        assert result.returncode == 3, result.stderr
        assert str(atlas_copy) in result.stderr and "Traceback" not in result.stderr
    assert published(atlas_copy) == before
    assert run_as(user, "--data", atlas_copy, "query", "select 1").returncode == 0


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of its own that a few megabytes fill."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_leaves_the_published_state(sample_atlas, tiny_disk):
    data = tiny_disk / "atlas"
    shutil.copytree(sample_atlas, data, symlinks=True, ignore=shutil.ignore_patterns("prefect", "done"))
    before = published(data)
    free = shutil.disk_usage(tiny_disk).free
    with (tiny_disk / "ballast").open("wb") as ballast, pytest.raises(OSError, match="No space"):  # the fault bites
        ballast.write(b"x" * (free + 1))
        ballast.flush()
    for command in (["harvest", "--sample"], ["refine"], ["publish", "--rebuild"]):
        result = run_as(None, "--data", data, *command)
        assert result.returncode == 3, result.stdout + result.stderr
        assert "space" in result.stderr.lower() or "full" in result.stderr.lower()
        assert "Traceback" not in result.stderr
    assert published(data) == before
    (tiny_disk / "ballast").unlink()
    assert run_as(None, "--data", data, "publish", "--rebuild").returncode == 0
    assert published(data) == before


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
