"""`eduatlas portals`: the cards."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.group("portals")
def command() -> None:
    """The portal cards: list them, show one, probe a new portal."""


@command.command("list")
@click.option("--country", help="Only this country (ISO code).")
@click.option("--level", type=click.Choice(["supranational", "national", "regional", "local"]), help="Only this level.")
@with_settings
def list_(settings: Settings, country: str | None, level: str | None) -> None:
    """All portals: who publishes, where, by which platform."""
    from flows.cards import cards_of

    cards = [c for c in cards_of(settings).values() if country in (None, c.country) and level in (None, c.level)]
    if settings.json:
        console.dump([facts(card) for card in cards])
        return
    rows = [(c.id, c.country, c.level, ", ".join(dict.fromkeys(h.platform for h in c.harvest)), c.status, c.title) for c in cards]
    console.table(rows, ("portal", "country", "level", "platform", "status", "title"))
    if not settings.quiet:
        levels = Counter(c.level for c in cards)
        told = ", ".join(f"{n} {name}" for name, n in levels.items())
        console.err.print(f"{len(cards)} portals of {len({c.country for c in cards})} countries: {told}")


@command.command("show")
@click.argument("portal")
@with_settings
def show(settings: Settings, portal: str) -> None:
    """One card, whole."""
    from flows.cards import chosen

    card = chosen(settings, [portal])[portal]
    if settings.json:
        console.dump(facts(card))
    else:
        click.echo(Path(card.path).read_text(encoding="utf-8").rstrip())


def facts(card: Any) -> dict[str, Any]:
    """A card as plain values."""
    from dataclasses import asdict

    return {k: v for k, v in asdict(card).items() if k != "path"}
