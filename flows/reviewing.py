"""The review queue and the decisions taken from it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from flows.config import Settings
from spiders.errors import FileError, UsageError
from spiders.politeness import now
from transforms.columns import COLUMNS
from transforms.resolve.review import PAIR_VERDICTS, RELATIONS, VERDICTS, effective
from transforms.resolve.wording import waterfall
from warehouse.ledger import Ledger
from warehouse.lock import DataLock

#: what a curator sees of each listing
SHOWN = (
    "title",
    "portal",
    "language",
    "country",
    "nuts",
    "start_date",
    "end_date",
    "organisation",
    "budget_amount",
    "kind",
    "url",
    "description",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings that may be one initiative. evidence: what the comparison found, by feature. conflict: decisions that disagree."""

    record_a: str
    record_b: str
    score: float
    left: dict[str, Any]
    right: dict[str, Any]
    evidence: dict[str, Any] = field(default_factory=dict)
    conflict: list[dict[str, Any]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The pair in words, for a terminal."""
        told = [
            f"score {self.score:.2f}"
            + ("  CONFLICT: " + ", ".join(f"{e['by']} says {e['verdict']}" for e in self.conflict) if self.conflict else "")
        ]
        told += [f"   {self.record_a}", f"   {self.record_b}"]
        for name in SHOWN:
            a, b = _text(self.left.get(name)), _text(self.right.get(name))
            if a or b:
                told.append(f"     {name:<14} {a}" if a == b else f"     {name:<14} {a or '-'}  |  {b or '-'}")
        told += [f"     {line}" for line in waterfall(self.evidence)]
        return told


def queue(settings: Settings) -> list[Pair]:
    """Pairs that wait for a curator: conflicts first, then doubtful ones by falling score. Decided and skipped pairs are left out."""
    doubtful, listings = _read(settings, "doubtful"), _current(settings)
    decided = effective(Ledger(settings.ledger).read("decisions"))
    done = {*decided.join, *decided.apart, *decided.skipped}
    matches = _read(settings, "matches")
    evidence = {_key(a, b): f for a, b, f in zip(matches["record_a"], matches["record_b"], matches["features"], strict=True)}
    pairs = []
    scores = {_key(a, b): s for a, b, s in zip(doubtful["record_a"], doubtful["record_b"], doubtful["score"], strict=True)}
    for key in [*decided.conflicts, *(k for k in scores if k not in decided.conflicts)]:
        if key in done or any(record not in listings for record in key):
            continue
        found = evidence.get(key)
        conflict = [{"by": e["by"], "verdict": e["verdict"], "id": e["id"]} for e in decided.conflicts.get(key, [])]
        left, right = listings[key[0]], listings[key[1]]
        pairs.append(Pair(*key, float(scores.get(key, 0.0)), left, right, json.loads(found) if found else {}, conflict))
    return sorted(pairs, key=lambda p: (not p.conflict, -p.score, p.record_a, p.record_b))


def decide(
    settings: Settings,
    verdict: str,
    records: Sequence[str],
    *,
    by: str,
    reason: str = "",
    field: str | None = None,
    value: str | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """Write one decision into the ledger and return it. Raises UsageError where it makes no sense."""
    with DataLock(settings.data):
        event = _event(settings, verdict, records, by=by, reason=reason, field=field, value=value, source=source)
        Ledger(settings.ledger).append("decisions", [event])
    return event


def undo(settings: Settings, decision: str, *, by: str, reason: str = "") -> dict[str, Any]:
    """Write that an earlier decision never was. Raises UsageError for one that does not stand."""
    with DataLock(settings.data):
        ledger = Ledger(settings.ledger)
        events = ledger.read("decisions")
        if decision not in {e["id"] for e in events if e["verdict"] != "undo"}:
            raise UsageError(f"no decision {decision!r}", hint="The ids stand in ledger/decisions.jsonl, and `review decide` prints them.")
        if any(e.get("undoes") == decision for e in events):
            raise UsageError(f"{decision} is undone already", hint="Decide anew with `review decide`.")
        event = _stamped({"verdict": "undo", "by": by, "undoes": decision, "reason": reason, "records": []}, events)
        ledger.append("decisions", [event])
    return event


def _event(settings: Settings, verdict: str, records: Sequence[str], *, by: str, **about: Any) -> dict[str, Any]:
    if verdict not in VERDICTS or verdict == "undo":
        raise UsageError(f"no verdict {verdict!r}", hint=f"Verdicts: {', '.join(v for v in VERDICTS if v != 'undo')}.")
    if not by.strip():
        raise UsageError("a decision needs the curator's handle", hint="--by HANDLE")
    members = _members(settings)
    event: dict[str, Any] = {"verdict": verdict, "by": by.strip(), **{k: v for k, v in about.items() if v}}
    if verdict in PAIR_VERDICTS:
        if len(set(records)) != 2:
            raise UsageError(f"{verdict} is about two different records", hint="eduatlas review decide RECORD_A RECORD_B --verdict ...")
        event["records"] = [_one(record, members) for record in records]
    else:
        event["records"] = sorted({r for name in records for r in _all(name, members)})
        if records[0] in members:
            event["initiative"] = records[0]
    if verdict == "split":
        home = next((rs for rs in members.values() if set(event["records"]) < set(rs)), None)
        if home is None:
            raise UsageError("split takes some, not all, records of one initiative", hint="Name the records that are to leave it.")
        event["others"] = sorted(set(home) - set(event["records"]))
    if verdict in ("correct", "kind"):
        _check_correction(verdict, about)
    return _stamped(event, Ledger(settings.ledger).read("decisions"))


def _check_correction(verdict: str, about: Mapping[str, Any]) -> None:
    if about.get("value") is None:
        raise UsageError(f"{verdict} needs the right value", hint="--value VALUE")
    if verdict == "correct" and about.get("field") not in COLUMNS:
        raise UsageError(f"no column {about.get('field')!r}", hint="--field NAME; `eduatlas schema typed` lists them.")
    if verdict == "correct" and not about.get("source"):
        raise UsageError("a corrected value needs its source", hint="--source ADDRESS")


def _stamped(event: dict[str, Any], before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    event["at"] = now()
    text = json.dumps([event, len(before)], sort_keys=True, ensure_ascii=False)
    return event | {"id": "d-" + hashlib.sha256(text.encode()).hexdigest()[:10]}


def _one(name: str, members: Mapping[str, Sequence[str]]) -> str:
    """A record id; an initiative id stands for its first record."""
    return _all(name, members)[0]


def _all(name: str, members: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if name in members:
        return members[name]
    if any(name in records for records in members.values()):
        return [name]
    raise UsageError(
        f"no listing and no initiative {name!r}", hint='`eduatlas query "select record_id, initiative_id from listings"` names them.'
    )


def _members(settings: Settings) -> dict[str, list[str]]:
    clusters = _read(settings, "clusters").sort_values("record_id")
    return {str(i): list(records) for i, records in clusters.groupby("initiative_id")["record_id"]}


def _current(settings: Settings) -> dict[str, dict[str, Any]]:
    frame = _read(settings, "versions", ["record_id", "current", *SHOWN])
    frame = frame[frame["current"]].drop(columns="current")
    return {str(row["record_id"]): {str(k): v for k, v in row.items()} for row in frame.to_dict("records")}


def _read(settings: Settings, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    path = settings.refined / f"{name}.parquet"
    if not path.exists():
        raise UsageError("nothing has been refined yet", where=str(settings.data), hint="Run `eduatlas run` or `eduatlas refine` first.")
    return pd.read_parquet(path, columns=columns)


def _key(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,}"
    if hasattr(value, "tolist"):
        value = value.tolist()
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


HEADER = ("record_a", "record_b", "verdict", "reason", "score", *(f"{n}_a" for n in SHOWN), *(f"{n}_b" for n in SHOWN), "evidence")


def export_queue(settings: Settings, file: Path) -> int:
    """The queue as a spreadsheet (CSV or XLSX by extension) to be filled in; returns how many pairs."""
    rows = []
    for pair in queue(settings):
        sides = [*(_safe(_text(pair.left.get(n))) for n in SHOWN), *(_safe(_text(pair.right.get(n))) for n in SHOWN)]
        evidence = "; ".join(" ".join(line.replace("▇", "").split()) for line in waterfall(pair.evidence))
        rows.append([pair.record_a, pair.record_b, "", "", round(pair.score, 3), *sides, _safe(evidence)])
    frame = pd.DataFrame(rows, columns=list(HEADER))
    if file.suffix.lower() == ".xlsx":
        frame.to_excel(file, index=False, engine="xlsxwriter")
    elif file.suffix.lower() == ".csv":
        frame.to_csv(file, index=False, quoting=csv.QUOTE_MINIMAL)
    else:
        raise UsageError(f"cannot write {file.suffix or 'a file without extension'}", where=str(file), hint="Name it .csv or .xlsx.")
    return len(frame)


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def import_decisions(settings: Settings, file: Path, *, by: str) -> tuple[int, list[tuple[int, str]]]:
    """Take every filled verdict of a spreadsheet; returns how many, and (line, reason) of those refused.

    A verdict that already stands is no new decision.
    """
    try:
        frame = pd.read_excel(file, dtype=str) if file.suffix.lower() == ".xlsx" else pd.read_csv(file, dtype=str)
    except (OSError, ValueError) as error:
        raise FileError(
            f"cannot be read: {error}", where=str(file), hint="Give the file that `review export` wrote, as .csv or .xlsx."
        ) from error
    missing = {"record_a", "record_b", "verdict"} - set(frame.columns)
    if missing:
        raise FileError(f"lacks the column {sorted(missing)[0]}", where=str(file), hint="Start from the file that `review export` writes.")
    decided = effective(Ledger(settings.ledger).read("decisions"))
    standing = {(*pair, e["verdict"]) for group in (decided.join, decided.apart, decided.skipped) for pair, e in group.items()}
    taken, refused = 0, []
    for number, row in enumerate(frame.fillna("").to_dict("records"), 2):
        verdict = row["verdict"].strip().lower()
        if not verdict or (*_key(row["record_a"], row["record_b"]), verdict) in standing:
            continue
        if verdict not in PAIR_VERDICTS:
            refused.append((number, f"no verdict {verdict!r}; {', '.join(('join', 'apart', *RELATIONS, 'skip'))}"))
            continue
        try:
            decide(settings, verdict, [row["record_a"], row["record_b"]], by=by, reason=row.get("reason", ""))
        except UsageError as error:
            refused.append((number, error.what))
        else:
            taken += 1
    return taken, refused
