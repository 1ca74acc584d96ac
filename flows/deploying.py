"""Scheduled runs: one Prefect deployment per portal card, at the time that its schedule says.

A schedule is a word or a cron line with a time zone. Words spread portals over the night by a hash of their id, so that a hundred
portals are not asked at the same minute, and the same portal is always asked at the same time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows import config
from flows.config import Settings
from flows.harvesting import wanted
from spiders.card import Card
from spiders.errors import CardError

#: where a schedule that is a word is reckoned
ZONE = "Europe/Brussels"
WORDS = ("daily", "weekly", "monthly", "quarterly")


@dataclass(frozen=True, slots=True)
class Planned:
    """When a portal is harvested: five cron fields and a time zone."""

    portal: str
    cron: str
    zone: str


def schedule_of(card: Card) -> Planned:
    """The card's schedule as cron. Raises CardError naming the words that are known."""
    text = card.schedule.strip()
    spread = int(hashlib.sha256(card.id.encode()).hexdigest(), 16)
    minute, hour, weekday, day = spread % 60, 1 + spread // 60 % 5, spread // 300 % 7, 1 + spread // 2100 % 28
    words = {
        "daily": f"{minute} {hour} * * *",
        "weekly": f"{minute} {hour} * * {weekday}",
        "monthly": f"{minute} {hour} {day} * *",
        "quarterly": f"{minute} {hour} {day} 1,4,7,10 *",
    }
    if text in words:
        return Planned(card.id, words[text], ZONE)
    *cron, zone = text.split()
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        hint = f"A schedule is {', '.join(WORDS)}, or cron and a time zone: 0 3 * * 1 Europe/Prague."
        raise CardError(f"cannot read the schedule {text!r}", where=f"{card.path}: schedule", hint=hint) from error
    if len(cron) != 5:
        raise CardError(f"cron has five fields, not {len(cron)}", where=f"{card.path}: schedule", hint="0 3 * * 1 Europe/Prague")
    return Planned(card.id, " ".join(cron), zone)


def plan(settings: Settings, names: Sequence[str] = ()) -> list[Planned]:
    """The schedule of all portals, or the named ones."""
    return [schedule_of(card) for card in wanted(settings, names).values()]


def serve(settings: Settings, names: Sequence[str] = ()) -> None:
    """Register the deployments and run them when they are due, one at a time, until interrupted."""
    planned = plan(settings, names)
    config.stamp(settings)
    config.apply_prefect_environment(settings)
    from prefect import serve as prefect_serve
    from prefect.schedules import Cron

    from flows import prefect_flow

    flow = prefect_flow.with_workers(settings)
    parameters: dict[str, Any] = {"data": str(settings.data.resolve()), "sample": settings.world == "sample"}
    deployments = [
        flow.to_deployment(name=p.portal, schedule=Cron(p.cron, timezone=p.zone), parameters=parameters | {"portals": [p.portal]})
        for p in planned
    ]
    # one at a time: a data folder has one writer
    prefect_serve(*deployments, limit=1)
