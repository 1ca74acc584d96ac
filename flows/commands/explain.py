"""`eduatlas explain`: where each value came from; why two listings are (not) one."""

from __future__ import annotations

import json
from typing import Any

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("explain")
@click.argument("what", nargs=-1, required=True, metavar="INITIATIVE | A B")
@with_settings
def command(settings: Settings, what: tuple[str, ...]) -> None:
    """Where each value of INITIATIVE came from; or why A and B (listings or initiatives) are, or are not, one."""
    from flows.explaining import explain_initiative, explain_pair
    from spiders.errors import UsageError

    if len(what) > 2:
        raise UsageError("explain takes one initiative or two listings", hint="eduatlas explain ea-...; eduatlas explain RECORD_A RECORD_B")
    told = explain_initiative(settings.database, what[0]) if len(what) == 1 else explain_pair(settings.database, *what)
    if settings.json:
        console.dump(told)
    elif len(what) == 1:
        _initiative(told)
    else:
        _pair(told)


def _initiative(told: dict[str, Any]) -> None:
    from transforms.resolve.wording import waterfall

    moved = "" if told["asked_for"] == told["initiative_id"] else f" ({told['asked_for']} was merged into it)"
    click.echo(f"{told['initiative_id']}  {told['title']}{moved}")
    for field, claims in told["values"].items():
        click.echo(f"\n{field}")
        for claim in claims:
            mark = "*" if claim["chosen"] else " "
            how = ", ".join(str(x) for x in (claim["rule"], claim["confidence"]) if x is not None)
            raw = f' from "{_short(claim["raw"])}"' if claim["raw"] and claim["raw"] != claim["value"] else ""
            click.echo(f"  {mark} {_short(claim['value'])}{raw}  [{claim['portal'] or 'curator'}: {claim['record_id']}] {how}")
    click.echo("\nlistings")
    for row in told["listings"]:
        click.echo(f"  {row['portal']}  [{row['language']}] {row['title']}  {row['url']}  {row['listing_status']}")
    for row in told["relations"]:
        arrow = f"{row['relation']} ->" if row["direction"] == "to" else f"<- {row['relation']}"
        click.echo(f"\n{arrow} {row['other_id']}  {row['title']}  {row['score']:.2f}")
        for line in waterfall(json.loads(row["evidence"] or "{}"), "relations"):
            click.echo(f"  {line}")


def _pair(told: dict[str, Any]) -> None:
    from transforms.resolve.wording import waterfall

    click.echo("one initiative" if told["same_initiative"] else "two initiatives")
    for side in ("a", "b"):
        for row in told[side]:
            click.echo(
                f"  {side}: {row['record_id']}  [{row['language']}] {row['title']}  {row['start_date'] or ''}..{row['end_date'] or ''}"
            )
    if not told["compared"]:
        click.echo("never compared: no name, address, organisation or neighbour by meaning brought them together")
    for pair in told["compared"]:
        click.echo(f"\n{pair['verdict']}, score {pair['score']:.3f}{', waits for a curator' if pair['is_waiting'] else ''}")
        for line in waterfall(pair["features"] or {}):
            click.echo(f"  {line}")


def _short(text: str, width: int = 100) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
