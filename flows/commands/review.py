"""`eduatlas review`: doubtful pairs, corrected values, accepted and rejected listings."""

from __future__ import annotations

from pathlib import Path

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.group("review")
def command() -> None:
    """Decide doubtful pairs, correct values, accept or reject listings. Decisions are kept and can be undone."""


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many pairs.")
@click.option("--country", help="Only pairs of this country.")
@with_settings
def list_(settings: Settings, limit: int, country: str | None) -> int:
    """Doubtful pairs side by side, with what speaks for and against; conflicts between curators first."""
    from flows.reviewing import queue

    pairs = [p for p in queue(settings) if country in (None, p.left.get("country"), p.right.get("country"))]
    if settings.json:
        console.dump(pairs[:limit])
    else:
        for number, pair in enumerate(pairs[:limit], 1):
            show_pair(number, pair)
        if not settings.quiet:
            console.err.print(f"{len(pairs)} pairs wait; shown: {min(limit, len(pairs))}")
    return 0


def show_pair(number: int, pair: object) -> None:
    """One pair of the queue in words."""
    for line in pair.lines():  # type: ignore[attr-defined]
        console.out.print(f"{number}. {line}" if line and not line.startswith(" ") else line, markup=False)


@command.command("next")
@click.option("--by", required=True, help="Your handle; it stays in the ledger and goes into no release.")
@with_settings
def next_(settings: Settings, by: str) -> None:
    """Go through the queue by keyboard: j join, a apart, s successor, p part of, i implements, k skip, q quit."""
    from flows.reviewing import decide, queue

    keys = {"j": "join", "a": "apart", "s": "successor_of", "p": "part_of", "i": "implements", "k": "skip"}
    for number, pair in enumerate(queue(settings), 1):
        show_pair(number, pair)
        key = click.prompt(
            "[j]oin [a]part [s]uccessor_of [p]art_of [i]mplements s[k]ip [q]uit", type=click.Choice([*keys, "q"]), show_choices=False
        )
        if key == "q":
            return
        reason = "" if key == "k" else click.prompt("reason", default="", show_default=False)
        decide(settings, keys[key], [pair.record_a, pair.record_b], by=by, reason=reason)


@command.command("decide")
@click.argument("records", nargs=-1, required=True)
@click.option(
    "--verdict", required=True, help="join, apart, successor_of, part_of, implements, skip, split, correct, kind, accept, reject."
)
@click.option("--by", required=True, help="Your handle; it stays in the ledger and goes into no release.")
@click.option("--reason", default="", help="Why.")
@click.option("--field", help="With correct: which column.")
@click.option("--value", help="With correct and kind: the right value.")
@click.option("--source", help="With correct: where the right value stands.")
@with_settings
def decide_(
    settings: Settings,
    records: tuple[str, ...],
    verdict: str,
    by: str,
    reason: str,
    field: str | None,
    value: str | None,
    source: str | None,
) -> None:
    """Decide about RECORDS: two record ids for a pair, or one initiative id (or its records) for anything else."""
    from flows.reviewing import decide

    event = decide(settings, verdict, list(records), by=by, reason=reason, field=field, value=value, source=source)
    console.dump(event) if settings.json else click.echo(f"{event['id']}: {verdict}; it counts from the next publish on")


@command.command("undo")
@click.argument("decision")
@click.option("--by", required=True, help="Your handle.")
@click.option("--reason", default="", help="Why.")
@with_settings
def undo(settings: Settings, decision: str, by: str, reason: str) -> None:
    """Undo DECISION: the former state returns with the next publish."""
    from flows.reviewing import undo

    click.echo(f"{undo(settings, decision, by=by, reason=reason)['id']}: {decision} is undone")


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_settings
def export(settings: Settings, file: Path) -> None:
    """Write the queue to FILE (CSV or XLSX) with empty columns verdict and reason."""
    from flows.reviewing import export_queue

    click.echo(f"{export_queue(settings, file)} pairs: {file}")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--by", required=True, help="Your handle.")
@with_settings
def import_(settings: Settings, file: Path, by: str) -> int:
    """Take the filled verdicts of FILE (CSV or XLSX) as decisions; lines that cannot be taken are named."""
    from flows.reviewing import import_decisions

    taken, refused = import_decisions(settings, file, by=by)
    click.echo(f"{taken} decisions taken")
    for line, why in refused:
        click.echo(f"line {line}: {why}", err=True)
    return 1 if refused else 0
