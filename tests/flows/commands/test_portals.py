"""Cards, recorded examples and the health of portals, by the commands, on single sample portals."""

from __future__ import annotations

import json

import pytest

from flows import cli

PORTAL = "ee-digipoore"


@pytest.fixture
def call(tmp_path, capsys):
    """Call a command on an empty data folder of the sample world; returns (exit code, output, errors)."""

    def run(*args):
        code = cli.run(["--data", str(tmp_path / "data"), *map(str, args)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_new_card_comes_with_its_recorded_example(call, tmp_path):
    home = json.loads(call("portals", "list", "--sample", "--json")[1])
    url = next(card["harvest"][0]["url"] for card in home if card["id"] == PORTAL)
    code, out, err = call("portals", "new", url, "--id", "ee-new", "--into", tmp_path, "--sample", "--json")
    told = json.loads(out)
    assert (code, told["card"]) == (0, str(tmp_path / "ee-new.toml")), err
    assert told["example"] == str(tmp_path / "examples" / "ee-new")
    pages = json.loads((tmp_path / "examples" / "ee-new" / "pages.json").read_text(encoding="utf-8"))
    assert pages and all((tmp_path / "examples" / "ee-new" / page["file"]).is_file() for page in pages)


def test_check_compares_with_the_recorded_example(call):
    code, out, err = call("portals", "check", PORTAL, "--sample", "--json")
    assert code == 0, err
    (drift,) = json.loads(out)
    assert (drift["portal"], drift["fields"], drift["reasons"], drift["changed"]) == (PORTAL, {}, [], [])
    code, _, err = call("portals", "check", "--record", "--sample")
    assert code == 2 and "names of portals" in err


def test_a_frozen_portal_is_reported(call, tmp_path):
    assert call("harvest", "--sample", PORTAL)[0] == 0
    (path,) = (tmp_path / "data" / "raw").rglob("run.json")
    run = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(run | {"started": "2020-01-01T00:00:00Z"}), encoding="utf-8")
    code, out, _ = call("status", PORTAL, "--json")
    (row,) = json.loads(out)
    assert (code, row["state"]) == (0, "ok")
    assert "nothing changed for" in row["warnings"][0]
