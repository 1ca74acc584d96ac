"""`eduatlas portals`: the cards."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
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
        assert card.path is not None
        click.echo(card.path.read_text(encoding="utf-8").rstrip())


@command.command("probe")
@click.argument("url")
@with_settings
def probe_(settings: Settings, url: str) -> int:
    """Look at a portal nobody knows yet: platform, doors, total, languages, rights, three listings; prints a ready card."""
    from flows.surveying import survey

    found = survey(settings, url)
    if settings.json:
        console.dump(asdict(found) | {"card": found.as_card_toml()})
        return 0 if found.harvest else 1
    console.err.print(f"{found.why or 'no door opened'}; {found.found} listings read, {found.claimed or 'no number'} claimed", markup=False)
    for error in found.errors[:3]:
        console.err.print(f"  {error['reason']}  {error['url']}", markup=False)
    for sample in found.samples[:3]:
        console.err.print(f"  {sample['title']}  {sample.get('url', '')}", markup=False)
    click.echo(found.as_card_toml(), nl=False)
    return 0 if found.harvest else 1


@command.command("new")
@click.argument("url")
@click.option("--id", "name", help="Id of the card, <cc>-<name>; default: made of country and host.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder of cards; default: the portals that ship here.")
@with_settings
def new(settings: Settings, url: str, name: str | None, into: Path | None) -> int:
    """Probe URL and write its card; an existing card is never overwritten."""
    from flows.surveying import new_card

    path, found = new_card(settings, url, name=name, into=into)
    click.echo(path)
    return 0 if found.harvest else 1


@command.command("check")
@click.argument("portals", nargs=-1)
@with_settings
def check_(settings: Settings, portals: tuple[str, ...]) -> int:
    """Fetch a few pages of all portals, or the named ones, and report drift field by field."""
    from flows.surveying import check_portals

    drifts = check_portals(settings, portals)
    if settings.json:
        console.dump([asdict(d) for d in drifts])
    else:
        rows = [
            (
                d.portal,
                "ok" if d.healthy else "drift",
                d.found,
                "; ".join([*d.reasons, *(f"{k} {a:.0%} -> {b:.0%}" for k, (a, b) in d.fields.items())]),
            )
            for d in drifts
        ]
        console.table(rows, ("portal", "state", "found", "what"))
    return 0 if all(d.healthy for d in drifts) else 1


def facts(card: Any) -> dict[str, Any]:
    """A card as plain values."""
    return {k: v for k, v in asdict(card).items() if k != "path"}
