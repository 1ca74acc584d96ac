"""Every command keeps the promise about exit codes: an unforeseen exception inside any of them is a 3, never a traceback alone or a 0."""

from __future__ import annotations

import click
import pytest

from flows import cli, config
from flows.reference import leaves
from spiders import errors

LEAVES = list(leaves(cli.app, click.Context(cli.app)))
IDS = [" ".join(words) for words, _ in LEAVES]
#: what required parameters are given, by name; files are made by the test
VALUES = {"shape": "raw", "sql": "select 1", "url": "http://portal.invalid/", "columns": "a=b"}


def arguments(command: click.Command, words: tuple[str, ...], tmp_path) -> list[str]:
    listings = tmp_path / "listings.jsonl"
    listings.write_text('{"record_id": "a", "title": "A"}\n', encoding="utf-8")
    args = ["--data", str(tmp_path / "data"), *words]
    for parameter in command.params:
        if not parameter.required:
            continue
        if isinstance(parameter.type, click.Choice):
            value = str(parameter.type.choices[0])
        else:
            value = str(tmp_path / "out") if parameter.name == "out" else VALUES.get(parameter.name or "", str(listings))
        args += [value] * max(parameter.nargs, 1) if isinstance(parameter, click.Argument) else [parameter.opts[0], value]
    return args


@pytest.mark.parametrize(("words", "command"), LEAVES, ids=IDS)
@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (RuntimeError("unforeseen"), 3),
        (OSError(28, "No space left on device", "somewhere"), 3),
        (errors.UsageError("wrong"), 2),
        (errors.GateError("rows"), 3),
        (errors.LockedError("held"), 4),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_what_is_raised_inside_a_command_becomes_its_exit_code(words, command, raised, code, tmp_path, monkeypatch, capsys):
    def fail(**_):
        raise raised

    # every command asks for its settings first, from within
    monkeypatch.setattr(config, "resolve", fail)
    assert cli.run(arguments(command, words, tmp_path)) == code
    said = capsys.readouterr().err
    assert "eduatlas:" in said
    if code == 3 and isinstance(raised, RuntimeError):
        assert "unforeseen" in said and "Nothing was published" in said


def test_an_unknown_command_names_the_nearest(capsys):
    assert cli.run(["hervest"]) == 2
    assert "harvest" in capsys.readouterr().err


def test_an_unknown_option_is_wrong_use(capsys):
    assert cli.run(["status", "--nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_help_names_every_command(capsys):
    assert cli.run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(words[0] in said for words, _ in LEAVES) and "another run holds the lock" in said


def test_the_command_line_imports_heavy_packages_only_when_needed():
    import subprocess
    import sys

    heavy = ("prefect", "pandas", "splink", "scrapy", "duckdb")
    code = f"import sys; from flows.cli import run; run(['--help']); print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout
    assert said.splitlines()[-1] == "[]"
