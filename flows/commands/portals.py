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
from spiders.errors import UsageError


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
    """Probe URL, write its card and its recorded example; an existing card is never overwritten."""
    from flows.surveying import new_card

    path, example, found = new_card(settings, url, name=name, into=into)
    if settings.json:
        console.dump({"card": path, "example": example, "found": found.found, "claimed": found.claimed, "errors": found.errors})
        return 0 if found.harvest else 1
    click.echo(path)
    if isinstance(example, Path):
        click.echo(example)
    console.err.print(f"{found.why or 'no door opened'}; {found.found} listings read, {found.claimed or 'no number'} claimed", markup=False)
    for error in found.errors[:3]:
        console.err.print(f"  {error['reason']}  {error['url']}", markup=False)
    if isinstance(example, str):
        console.err.print(f"no example recorded: {example}", markup=False)
    return 0 if found.harvest else 1


@command.command("check")
@click.argument("portals", nargs=-1)
@click.option("--record", is_flag=True, help="Record the example of the named portals anew instead.")
@with_settings
def check_(settings: Settings, portals: tuple[str, ...], record: bool) -> int:
    """Fetch a few pages of all portals, or the named ones, and report drift field by field.

    The pages of a card's recorded example are fetched again and compared value by value; the rest with the last accepted run.
    """
    from flows.surveying import check_portals

    if record:
        return _record(settings, portals)
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
        changed = [(d.portal, record_id.removeprefix(f"{d.portal}:"), *rest) for d in drifts for record_id, *rest in d.changed]
        if changed and not settings.quiet:
            console.err.print("values that differ from the recorded example:")
            console.table([tuple(_short(v) for v in row) for row in changed], ("portal", "listing", "field", "recorded", "today"))
    return 0 if all(d.healthy for d in drifts) else 1


def _record(settings: Settings, portals: tuple[str, ...]) -> int:
    from flows.surveying import record_examples

    if not portals:
        raise UsageError("--record needs the names of portals", hint="eduatlas portals check --record PORTAL")
    recorded = record_examples(settings, portals)
    if settings.json:
        console.dump([{"portal": portal, "example": example} for portal, example in recorded])
    else:
        for portal, example in recorded:
            if isinstance(example, Path):
                click.echo(example)
            else:
                console.err.print(f"{portal}: {example}", markup=False)
    return 0 if all(isinstance(example, Path) for _, example in recorded) else 1


def _short(value: Any, most: int = 60) -> str:
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def facts(card: Any) -> dict[str, Any]:
    """A card as plain values."""
    return {k: v for k, v in asdict(card).items() if k != "path"}
