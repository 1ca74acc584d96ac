"""What the ledger says about runs: which count, which release they make, and how a portal fares. Pure functions over ledger events.

A run counts when it changed something: a listing is new, changed, missing, gone or back, or a portal was held back or recovered. Runs after
the newest one that counts leave no trace in a release, so that an unchanged world makes the same release, byte for byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]

#: what the name of a forgotten portal begins with in the ledger's runs; its hash follows
FORGOTTEN = "~"

#: counts of a run that say that a listing changed
TELLING = ("new", "changed", "missing", "gone", "returned")


def run_key(run_id: str) -> tuple[str, int]:
    """Order of run ids and release versions: the day, then the number of the day."""
    day, _, number = run_id.partition(".")
    return day, int(number or 0)


def next_run_id(events: Iterable[Event], today: str) -> str:
    """The first free ``YYYY-MM-DD.N`` of the day."""
    used = [run_key(e["run_id"])[1] for e in events if run_key(e["run_id"])[0] == today]
    return f"{today}.{max(used, default=0) + 1}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What a release is made of.

    cutoff: newest run that counts, None before any. runs: ledger events up to it. accepted: portal -> run ids that stand, in order.
    as_of: when that run started (ISO 8601, UTC): the release's own clock.
    """

    cutoff: str | None
    runs: tuple[Event, ...]
    accepted: dict[str, tuple[str, ...]]
    as_of: str


def select(events: Sequence[Event]) -> Selection:
    """The runs that a release made now would hold."""
    events = sorted(events, key=lambda e: (run_key(e["run_id"]), e["portal"], e["at"]))
    cutoff = max((e["run_id"] for e in _telling(events)), key=run_key, default=None)
    if cutoff is None:
        return Selection(None, (), {}, "")
    kept = tuple(e for e in events if run_key(e["run_id"]) <= run_key(cutoff) and e["portal"][:1] != FORGOTTEN)
    accepted: dict[str, list[str]] = defaultdict(list)
    for event in kept:
        if event["verdict"] == "ok":
            accepted[event["portal"]].append(event["run_id"])
    as_of = min(e["at"] for e in events if e["run_id"] == cutoff)
    return Selection(cutoff, kept, {portal: tuple(ids) for portal, ids in accepted.items()}, as_of)


def _telling(events: Iterable[Event]) -> Iterable[Event]:
    verdict: dict[str, str] = {}
    for event in events:
        portal = event["portal"]
        turned = verdict.get(portal) != event["verdict"]
        verdict[portal] = event["verdict"]
        counts = event.get("counts") or {}
        if turned or (event["verdict"] == "ok" and any(counts.get(name) for name in TELLING)):
            yield event


def version(selection: Selection, decisions: Sequence[Event]) -> str:
    """``YYYY-MM-DD.N``: the day of the newest run that counts, and how many runs and decisions there were since that day began.

    To forget something is a decision, too.

    Depends on raw zone and ledger alone, so that a rebuild elsewhere names the same release.
    """
    assert selection.cutoff is not None
    day, number = run_key(selection.cutoff)
    began = min((e["at"] for e in selection.runs if run_key(e["run_id"])[0] == day), default=selection.as_of)
    return f"{day}.{number + sum(d['at'] >= began for d in decisions)}"


@dataclass(frozen=True, slots=True)
class Health:
    """How a portal fares: its last run and its last good one (None where there is none)."""

    portal: str
    last: Event | None
    good: Event | None

    @property
    def healthy(self) -> bool:
        return self.last is not None and self.last["verdict"] == "ok"


def health(events: Sequence[Event], portals: Iterable[str]) -> list[Health]:
    """One row per portal, in the given order."""
    last: dict[str, Event] = {}
    good: dict[str, Event] = {}
    for event in sorted(events, key=lambda e: (run_key(e["run_id"]), e["at"])):
        last[event["portal"]] = event
        if event["verdict"] == "ok":
            good[event["portal"]] = event
    return [Health(portal, last.get(portal), good.get(portal)) for portal in portals]
