"""How many expressions of a truth file are read right, refused or wrong, by language.

    python benchmarks/truth_table.py tests/truth/dates.jsonl [--unseen | --seen] [--list]

A line of a truth file says what was written (text, language, country, role), what it means (start, end and their precisions, or
``refused``), and where it was seen (address). ``unseen`` marks what was kept aside while the reader was written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from transforms.normalise.dates import Period, parse_period

FIELDS = ("start", "start_precision", "end", "end_precision")


def verdict(row: dict[str, Any]) -> str:
    """right, refused or wrong."""
    found = parse_period(row["text"], language=row["language"], country=row["country"], role=row["role"])
    if not isinstance(found, Period):
        return "right" if row.get("refused") else "refused"
    got = {name: getattr(found, name) for name in FIELDS}
    got = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in got.items()}
    return "right" if not row.get("refused") and all(got[name] == row[name] for name in FIELDS) else "wrong"


def table(rows: Iterable[dict[str, Any]]) -> list[tuple[str, int, int, int, int]]:
    """(language, expressions, right, refused, wrong), languages in order, the sum last."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("right", "refused", "wrong"), 0))
    for row in rows:
        got = verdict(row)
        counts[row["language"]][got] += 1
        counts["all"][got] += 1
    names = [*sorted(name for name in counts if name != "all"), "all"]
    return [(name, sum(counts[name].values()), *counts[name].values()) for name in names]  # type: ignore[misc]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--unseen/--seen", default=None, help="Only what was kept aside, or only the rest.")
@click.option("--list", "listed", is_flag=True, help="Name what is not right.")
def main(files: tuple[Path, ...], unseen: bool | None, listed: bool) -> None:
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if unseen is None or row["unseen"] is unseen]
    click.echo("| language | expressions | right | refused | wrong |\n|---|---:|---:|---:|---:|")
    for line in table(rows):
        click.echo("| " + " | ".join(map(str, line)) + " |")
    for row in rows if listed else ():
        if (got := verdict(row)) != "right":
            click.echo(f"{got}: {row['language']} {row['text']!r}")


if __name__ == "__main__":
    main()
