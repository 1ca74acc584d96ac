"""`eduatlas forget`: the one way in which anything leaves raw zone and ledger."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings
from spiders.errors import UsageError


@click.command("forget")
@click.argument("target", required=False, metavar="[URL|RECORD|INITIATIVE|PORTAL]")
@click.option("--reason", default="", help="Why, for the ledger; it must not repeat the content.")
@click.option("--never-again", is_flag=True, help="Keep it out of later harvests, too; only its hash is kept for that.")
@click.option("--withdraw", is_flag=True, help="Remove the earlier releases that hold it.")
@click.option("--lift", is_flag=True, help="Let a target that was kept out be harvested again.")
@click.option("--list", "listing", is_flag=True, help="What was forgotten, and the releases that still hold it.")
@with_settings
def command(settings: Settings, target: str | None, reason: str, never_again: bool, withdraw: bool, lift: bool, listing: bool) -> int:
    """Remove all content of an address, a listing, an initiative or a portal from raw zone, ledger and later releases.

    Archived pages that show or link it go whole. A release without it is published at once; earlier releases that hold it are named.
    """
    from flows import forgetting, publishing
    from warehouse.ledger import Ledger
    from warehouse.lock import DataLock

    if listing:
        events = Ledger(settings.ledger).read("forgotten")
        rows = [(e["at"], e["what"], e["id"], e["never_again"], e["reason"], publishing.holding(settings, e["marks"])) for e in events]
        header = ("at", "what", "id", "never_again", "reason", "still_in")
        console.dump([dict(zip(header, row, strict=True)) for row in rows]) if settings.json else console.table(rows, header)
        return 0
    if not target:
        raise UsageError("forget needs a target", hint="An address, a record id, an initiative id or a portal; or --list.")
    with DataLock(settings.data):
        if lift:
            event = forgetting.lift(settings, target, reason=reason)
            click.echo(f"{event['id']}: the next harvest may bring it back")
            return 0
        done = forgetting.forget(settings, target, reason=reason, never_again=never_again)
        if done.event is None:
            click.echo(f"nothing of it is in {settings.data}", err=True)
            return 1
        version, left, removed = publishing.publish_without(settings, done.event["marks"], withdraw=withdraw)
    if settings.json:
        console.dump({"forgotten": done, "published": version, "still_in": left, "withdrawn": removed})
        return 1 if left else 0
    click.echo(f"{done.event['id']}: {done.listings} listings, {done.sightings} sightings and {done.pages} archived pages are forgotten")
    if version:
        click.echo(f"release {version} is published without it")
    for name in removed:
        click.echo(f"release {name} is withdrawn and removed")
    if left:
        click.echo(f"still in the releases {', '.join(left)}: `eduatlas forget {target} --reason ... --withdraw` removes them")
    if not done.event["never_again"]:
        click.echo("a portal that still shows it will bring it back; --never-again keeps it out")
    click.echo("copies that were exported follow with the next `eduatlas export --to`; backups and copies of others do not")
    return 1 if left else 0
