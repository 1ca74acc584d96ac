"""`eduatlas forget` at the command line; what it does to the files is in tests/flows/test_forgetting.py."""

from __future__ import annotations

import json

import pytest

from flows import cli


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["forget"], "forget needs a target"),
        (["forget", "https://a.test/x"], "forgetting needs a reason"),
        (["forget", "ea-aaaaaaaaaa", "--reason", "asked"], "no initiative"),
        (["forget", "nothing", "--reason", "asked"], "is no address, record, initiative or portal"),
        (["forget", "https://a.test/x", "--lift"], "nothing keeps this out"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(args, said, tmp_path, capsys):
    assert cli.run(["--data", str(tmp_path), *args]) == 2
    assert said in capsys.readouterr().err


def test_an_address_that_was_never_seen_can_be_kept_out(tmp_path, capsys):
    data = ["--data", str(tmp_path)]
    assert cli.run([*data, "forget", "https://a.test/x", "--reason", "asked"]) == 1
    assert cli.run([*data, "forget", "https://a.test/x", "--reason", "asked", "--never-again"]) == 0
    capsys.readouterr()
    assert cli.run([*data, "forget", "--list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["what"], row["never_again"], row["reason"], row["still_in"]) == ("listing", True, "asked", [])
    assert "a.test" not in (tmp_path / "ledger/forgotten.jsonl").read_text()
    assert cli.run([*data, "forget", "https://www.a.test/x/", "--lift", "--reason", "agreed"]) == 0
