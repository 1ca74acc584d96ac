"""The harvest stage: one portal at a time, its outcome written to the ledger whatever it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.cards import chosen
from flows.config import Settings
from flows.forgetting import barred
from flows.history import health
from spiders.archive import read_lines
from spiders.card import Card
from spiders.crawl import HarvestOptions, harvest
from spiders.errors import EduatlasError, HarvestError, UsageError
from spiders.forgetting import mark
from spiders.judge import judge
from spiders.politeness import now
from spiders.rawzone import SIGHTINGS, RunReport, complete_runs
from spiders.retention import retain
from warehouse.ledger import Ledger


def wanted(settings: Settings, names: Sequence[str] = ()) -> dict[str, Card]:
    """The cards to harvest: the named ones, or all but those forgotten for good. Raises UsageError for a named one that is."""
    kept_out = barred(Ledger(settings.ledger).read("forgotten"))
    cards = chosen(settings, names)
    for name in names:
        if mark(name) in kept_out:
            raise UsageError(f"{name} was forgotten and must not be harvested again", hint=f"`eduatlas forget {name} --lift` allows it.")
    return {name: card for name, card in cards.items() if mark(name) not in kept_out}


def options_of(settings: Settings, addresses: Mapping[str, tuple[str, int]] | None, *, full: bool = False) -> HarvestOptions:
    """What every crawl of this call is told."""
    return HarvestOptions(
        full=full,
        barred=barred(Ledger(settings.ledger).read("forgotten")),
        allow_private=settings.allow_private,
        resolve=dict(addresses) if addresses else None,
        contact=settings.contact or None,
    )


def harvest_portal(settings: Settings, card: Card, run_id: str, options: HarvestOptions) -> dict[str, Any]:
    """Harvest one portal and write what became of it into the ledger; returns that event.

    A portal's own trouble is its verdict (`held`, `failed`), never an exception. Raises StorageError where the data folder is the trouble.
    """
    ledger = Ledger(settings.ledger)
    runs = ledger.read("runs")
    past = health(runs, [card.id])[0]
    good = past.good["run_id"] if past.good else None
    options = replace(options, accepted=accepted_runs(runs, card.id))
    event: dict[str, Any] = {
        "at": now(),
        "run_id": run_id,
        "portal": card.id,
        "previous_good": good,
        "counts": {},
    }
    try:
        run = harvest(card, data=settings.data, run_id=run_id, options=options)
    except HarvestError as error:
        event |= {"verdict": "failed", "reasons": [_sentence(error)]}
    else:
        before = next((r for r in complete_runs(settings.raw, card.id) if r.run_id == good), None)
        verdict = judge(card, run, before)
        event |= {"at": run.started, "verdict": verdict.verdict, "reasons": list(verdict.reasons), "warnings": list(verdict.warnings)}
        event["counts"] = {**run.counts, "claimed": run.claimed}
        if verdict.verdict == "ok":
            ledger.append("sightings", _told(run))
            if settings.keep_days:
                retain(settings.raw, card.id, days=settings.keep_days, accepted=[*(options.accepted or ()), run_id])
    ledger.append("runs", [event])
    return event


def accepted_runs(runs: Sequence[Mapping[str, Any]], portal: str) -> list[str]:
    """Run ids of a portal whose listings stand, in the order of the ledger."""
    return [e["run_id"] for e in runs if e["portal"] == portal and e["verdict"] == "ok"]


def _told(run: RunReport) -> list[dict[str, Any]]:
    """What the run saw change: one event per listing that is not merely still there."""
    rows = [row for row, _ in read_lines(run.folder / SIGHTINGS) if row and row["status"] != "unchanged"]
    names = ("record_id", "status", "content_hash", "url", "evidence")
    return [{"at": run.started, "run_id": run.run_id, "portal": run.portal, **{n: r[n] for n in names if r.get(n)}} for r in rows]


def _sentence(error: EduatlasError) -> str:
    return " ".join(str(error).split())
