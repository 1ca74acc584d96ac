"""`eduatlas status`: how each portal fares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flows import console
from flows.commands._common import with_settings
from flows.config import Settings

if TYPE_CHECKING:
    from spiders.card import Card


@click.command("status")
@click.argument("portal", required=False)
@click.option("--feedback", is_flag=True, help="With PORTAL: what its listings leave open, in its language, as Markdown for its editors.")
@with_settings
def command(settings: Settings, portal: str | None, feedback: bool) -> int:
    """Health of all portals, or of one: last run, counts, what holds it back. Reads the ledger, so a failed run shows at once."""
    from flows.cards import chosen
    from flows.history import FORGOTTEN, health
    from spiders.rawzone import interrupted_runs
    from warehouse.ledger import Ledger

    cards = chosen(settings, [portal] if portal else [])
    if feedback:
        from flows.feedback import feedback as letter
        from spiders.errors import UsageError

        if portal is None:
            raise UsageError("--feedback is about one portal", hint="eduatlas status PORTAL --feedback")
        click.echo(letter(settings.database, cards[portal]), nl=False)
        return 0
    events = Ledger(settings.ledger).read("runs")
    names = [portal] if portal else sorted({*cards, *(e["portal"] for e in events if e["portal"][:1] != FORGOTTEN)})
    rows = []
    for row in health(events, names):
        counts = (row.last or {}).get("counts") or {}
        rows.append(
            {
                "portal": row.portal,
                "state": row.last["verdict"] if row.last else "never harvested",
                "last_run": row.last["run_id"] if row.last else None,
                "last_good": row.good["run_id"] if row.good else None,
                "found": counts.get("found"),
                "claimed": counts.get("claimed"),
                "interrupted": list(interrupted_runs(settings.raw, row.portal)),
                "reasons": list(row.last["reasons"]) if row.last else [],
                "warnings": [*(row.last or {}).get("warnings", []), *_frozen(settings, cards.get(row.portal))],
            }
        )
    if settings.json:
        console.dump(rows)
    else:
        console.table([list(r.values()) for r in rows], list(rows[0]) if rows else ("portal",))
    return 0 if all(r["state"] in ("ok", "never harvested") for r in rows) else 1


def _frozen(settings: Settings, card: Card | None) -> list[str]:
    from datetime import UTC, datetime

    from spiders.judge import frozen
    from spiders.rawzone import complete_runs

    found = frozen(card, complete_runs(settings.raw, card.id), datetime.now(UTC)) if card else None
    return [found] if found else []
