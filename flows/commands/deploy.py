"""`eduatlas deploy`: scheduled runs."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("deploy")
@click.argument("portals", nargs=-1)
@click.option("--plan", "only_plan", is_flag=True, help="Print when each portal is due, and start nothing.")
@with_settings
def command(settings: Settings, portals: tuple[str, ...], only_plan: bool) -> None:
    """Register a Prefect deployment per portal with its card's schedule, and run what is due until interrupted.

    With PREFECT_API_URL the deployments show on that server; without it a private one inside the process keeps them.
    """
    from flows import deploying

    if not only_plan:
        deploying.serve(settings, portals)
        return
    planned = deploying.plan(settings, portals)
    if settings.json:
        console.dump([{"portal": p.portal, "cron": p.cron, "zone": p.zone} for p in planned])
    else:
        console.table([(p.portal, p.cron, p.zone) for p in planned], ("portal", "cron", "zone"))
