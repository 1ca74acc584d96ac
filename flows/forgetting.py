"""Forgetting a listing, an initiative or a portal: out of raw zone, ledger and refined files, and so out of every later release.

The one exception to append-only. What is to go is first written down (`.forgetting.json`), then a trace without the content goes into
the ledger (`forgotten`: when, why, hashes), then the content goes, and the note with it. A process killed at any moment leaves that note;
the next `forget` or `refine` finishes what it says.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.config import Settings
from flows.history import FORGOTTEN
from spiders.errors import StorageError, UsageError
from spiders.files import sync, write_atomic
from spiders.forgetting import Erased, Traces, erase, find, mark, records_at, visited
from spiders.page import url_key
from spiders.politeness import now
from spiders.recognition import Recognition
from transforms.resolve.identity import fold
from transforms.resolve.review import PAIR_VERDICTS
from warehouse import update
from warehouse.files import storing
from warehouse.ledger import Ledger

JOURNAL = ".forgetting.json"
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one call forgot. what: listing, initiative or portal. event: the ledger's trace, None where nothing of it was here."""

    what: str
    event: Event | None
    listings: int = 0
    sightings: int = 0
    pages: int = 0
    runs: list[str] = field(default_factory=list)


def forget(settings: Settings, target: str, *, reason: str, never_again: bool = False) -> Forgotten:
    """Erase everything of ``target``, an address, record id, initiative id or portal. The caller holds the DataLock.

    Forgetting the same again changes nothing. Raises UsageError for a target that is none and an empty reason.
    """
    if not reason.strip():
        raise UsageError("forgetting needs a reason", hint='--reason "what asked for it, without the content itself"')
    complete(settings)
    what, traces = _plan(settings, target)
    named = _name(what, target)
    before = [e for e in Ledger(settings.ledger).read("forgotten") if e["target"] == named]
    if not traces and not (never_again and not (before and before[-1]["never_again"])):
        return Forgotten(what, before[-1] if before else None)
    marks = sorted({named, *(m for t in traces for m in t.marks), *(m for e in before for m in e["marks"])})
    event: Event = {"at": now(), "what": what, "target": named, "marks": marks, "reason": reason.strip(), "never_again": never_again}
    event["id"] = "f-" + hashlib.sha256(json.dumps([event, len(before)], sort_keys=True).encode()).hexdigest()[:10]
    journal = {"event": event, "initiative": target if what == "initiative" else None, "traces": [t.as_dict() for t in traces]}
    with storing(settings.data):
        write_atomic(settings.data / JOURNAL, json.dumps(journal, ensure_ascii=False) + "\n")
    erased = complete(settings)
    return Forgotten(what, event, erased.listings, erased.sightings, erased.pages, sorted(erased.runs))


def lift(settings: Settings, target: str, *, reason: str) -> Event:
    """Let a forgotten target be harvested again. Raises UsageError where nothing keeps it out."""
    ledger = Ledger(settings.ledger)
    what = _kind(settings, target)
    before = [e for e in ledger.read("forgotten") if e["target"] == _name(what, target)]
    if not before or not before[-1]["never_again"]:
        raise UsageError("nothing keeps this out", where=target, hint="`eduatlas forget --list` shows what was forgotten.")
    event = before[-1] | {"at": now(), "reason": reason.strip(), "never_again": False, "id": f"{before[-1]['id']}-lifted"}
    ledger.append("forgotten", [event])
    return event


def barred(events: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Marks of what must not be harvested again; the last word about a mark counts."""
    said = {m: e["never_again"] for e in events for m in e["marks"]}
    return frozenset(m for m, never in said.items() if never)


def complete(settings: Settings) -> Erased:
    """Finish what a killed process began to forget; nothing where there is nothing to finish."""
    path, total = settings.data / JOURNAL, Erased()
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return total
    except ValueError as error:
        raise StorageError("the note of what to forget is damaged", where=str(path), hint="Remove it and forget again.") from error
    traces = [Traces.from_dict(row) for row in plan["traces"]]
    ledger = Ledger(settings.ledger)
    if plan["event"]["id"] not in {e["id"] for e in ledger.read("forgotten")}:
        ledger.append("forgotten", [plan["event"]])
    with storing(settings.data):
        for made in (settings.refined, settings.data / update.FOLDER):
            if made.exists():
                shutil.rmtree(made)
        for one in traces:
            _erase_ledger(ledger, one, plan["initiative"])
            done = erase(settings.raw, one)
            total = total.plus(done, one.portal)
        path.unlink()
        sync(settings.data)
    return total


def _kind(settings: Settings, target: str) -> str:
    """listing, initiative or portal. Raises UsageError for what is none of them."""
    if re.fullmatch(r"ea-[a-z2-7]{10}", target):
        return "initiative"
    if re.match(r"https?://[^/]", target) or target.partition(":")[2]:
        return "listing"
    portals = {e["portal"] for e in Ledger(settings.ledger).read("runs")} | {p.name for p in _folders(settings.raw)}
    if target in portals or mark(target) in {m for e in Ledger(settings.ledger).read("forgotten") for m in e["marks"]}:
        return "portal"
    raise UsageError(f"{target!r} is no address, record, initiative or portal of this folder", hint="`eduatlas status` names the portals.")


def _name(what: str, target: str) -> str:
    return mark(url_key(target) if re.match(r"https?://", target) else target)


def _plan(settings: Settings, target: str) -> tuple[str, list[Traces]]:
    """What the target is, and the traces of it in every portal that has any."""
    what, raw = _kind(settings, target), settings.raw
    if what == "portal":
        there = (raw / target).exists() or any(e["portal"] == target for e in Ledger(settings.ledger).read("runs"))
        return what, [Traces(target, whole=True)] if there else []
    if what == "initiative":
        state = fold(Ledger(settings.ledger).read("identities"))
        records = {r for r, owner in state.owner.items() if target in (owner, state.living(owner))}
        if not records and target not in state.age:
            raise UsageError(
                f"no initiative {target!r}", hint='`eduatlas query "select initiative_id, title from initiatives"` names them.'
            )
        return what, [find(raw, p, [r for r in records if r.startswith(f"{p}:")]) for p in sorted({r.partition(":")[0] for r in records})]
    if target.startswith(("http://", "https://")):
        at = {p.name: records_at(raw, p.name, target) for p in _folders(raw)}
        return what, [find(raw, p, found, [target]) for p, found in at.items() if found or visited(raw, p, target)]
    traces = find(raw, target.partition(":")[0], [target])
    return what, [traces] if traces.texts or traces.addresses or traces.pages else []


def _folders(raw: Path) -> list[Path]:
    return sorted(p for p in raw.iterdir() if p.is_dir()) if raw.is_dir() else []


def _erase_ledger(ledger: Ledger, traces: Traces, initiative: str | None) -> None:
    seen = traces.recognition if not traces.whole else Recognition([f"{traces.portal}:"])
    ledger.rewrite("sightings", lambda e: None if traces.holds(e["record_id"]) else e, seen)
    ledger.rewrite("identities", lambda e: _identity(e, traces), seen)
    ledger.rewrite("decisions", lambda e: _decision(e, traces, seen, initiative), seen)
    ledger.rewrite("runs", lambda e: _run(e, traces, seen), seen)


def _identity(event: Event, traces: Traces) -> Event | None:
    """Ids stay, as they are never given again; records go."""
    left = [r for r in event.get("records", []) if not traces.holds(r)]
    if len(left) == len(event.get("records", [])):
        return event
    return None if not left and event["event"] in ("attach", "move") else event | {"records": left}


def _decision(event: Event, traces: Traces, seen: Recognition, initiative: str | None) -> Event:
    """A decision that has lost what it was about, or that repeats it, leaves its number alone: that it was taken counts in versions."""
    left = {k: [r for r in event[k] if not traces.holds(r)] for k in ("records", "others") if event.get(k)}
    told = any(seen.mentioned(str(event.get(k, ""))) for k in ("value", "source", "reason"))
    about = event["verdict"] not in ("undo", "forgotten")
    lost = [k for k, rows in left.items() if not rows or (event["verdict"] in PAIR_VERDICTS and len(rows) < 2)]
    if about and (lost or told or (initiative and event.get("initiative") == initiative)):
        return {"at": event["at"], "id": event["id"], "records": [], "verdict": "forgotten"}
    return event | left | ({"reason": ""} if told else {})


def _run(event: Event, traces: Traces, seen: Recognition) -> Event:
    """Of a forgotten portal's runs their numbers stay, so that no run id is given twice."""
    if traces.whole and event["portal"] == traces.portal:
        kept = {k: event[k] for k in ("at", "run_id", "verdict", "counts") if k in event}
        return kept | {"portal": FORGOTTEN + mark(traces.portal)[:12], "reasons": []}
    said = {k: [text for text in event[k] if not seen.mentioned(str(text))] for k in ("reasons", "warnings") if event.get(k)}
    return event | said
