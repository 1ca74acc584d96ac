"""`eduatlas replay`: read the archive again, without network."""

from __future__ import annotations

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("replay")
@click.argument("run_id", metavar="RUN", required=False)
@click.argument("portals", nargs=-1)
@with_settings
def command(settings: Settings, run_id: str | None, portals: tuple[str, ...]) -> int:
    """Re-extract RUN (default: the newest of each portal) from the archive and compare with the raw zone. Nothing is written."""
    from flows.cards import chosen
    from flows.harvesting import accepted_runs
    from spiders.rawzone import complete_runs
    from spiders.replay import replay
    from warehouse.ledger import Ledger

    runs = Ledger(settings.ledger).read("runs")
    rows = []
    for card in chosen(settings, portals).values():
        there = [r.run_id for r in complete_runs(settings.raw, card.id)]
        if not there or (run_id and run_id not in there):
            continue
        result = replay(card, data=settings.data, run_id=run_id, accepted=accepted_runs(runs, card.id))
        problems = [f"{where}: {reason}" for where, reason in result.problems]
        rows.append((card.id, len(result.listings), len(result.same), len(result.different), len(result.kept), "; ".join(problems[:3])))
    header = ("portal", "listings", "same", "different", "kept", "problems")
    if settings.json:
        console.dump([dict(zip(header, row, strict=True)) for row in rows])
    else:
        console.table(rows, header)
    return 1 if not rows or any(row[3] or row[5] for row in rows) else 0
