"""The refine stage: raw zone and ledger in, everything a release is built from out, as Parquet files in ``refined/``.

    versions      typed listings, every version with the time it was seen     clusters     record_id -> initiative_id
    relations     between initiatives                                         matches      evidence for every compared pair
    doubtful      pairs for the review queue                                  redirects    merged ids
    portals, runs, quarantine, decisions, similar

Depends on raw zone, ledger, cards and code alone, never on the clock. What was found of a country is kept under a hash of all that it was
found from (``kept/``) and taken while that is the same; the folder can be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from flows.cards import prior, reuse
from flows.config import Settings
from flows.forgetting import complete
from flows.history import Selection, select, version
from spiders.card import Card
from spiders.errors import StorageError, UsageError
from spiders.rawzone import versions as raw_versions
from transforms.normalise import normalise
from transforms.resolve import Resolution, resolve
from transforms.resolve.identity import Assignment, assign
from transforms.resolve.review import Decided, effective
from transforms.resolve.similar import similar
from warehouse.ledger import Ledger
from warehouse.refined import write

REPORT = "refined.json"
#: results of countries in which nothing changed since, by content
KEPT = "kept"

#: columns that say when and how a version of a listing was seen
OBSERVED = ("content_hash", "run_id", "first_seen", "last_seen", "seen_until", "listing_status", "current")


@dataclass(frozen=True, slots=True)
class RefineReport:
    """What a refine made: release version to be, and counts by name."""

    version: str
    folder: Path
    counts: dict[str, int]


def refine(settings: Settings, cards: Mapping[str, Card], *, into: Path | None = None, write_ledger: bool = True) -> RefineReport:
    """Normalise, resolve and identify everything that was harvested; write the frames to ``into`` (default: the data folder's ``refined``).

    With ``write_ledger`` new identity events are appended; a rebuild elsewhere leaves the ledger alone.
    Raises UsageError when nothing has been harvested yet.
    """
    complete(settings)
    ledger = Ledger(settings.ledger)
    runs, decisions = ledger.read("runs"), ledger.read("decisions")
    selection = select(runs)
    if selection.cutoff is None:
        raise UsageError("nothing has been harvested yet", where=str(settings.data), hint="Run `eduatlas run` or `eduatlas harvest` first.")

    raw, damaged = _gather(settings, selection, cards)
    typed, refused = _normalise(raw, cards)
    decided = effective(decisions)
    _admit(typed, decided)
    # what is not about digital education stays visible in `listings`, and is no initiative
    current = typed[typed["current"] & typed["included"]].drop(columns=list(OBSERVED))
    # a rebuild elsewhere takes nothing from earlier runs
    kept = settings.refined / KEPT if into is None else None
    resolution = resolve(current.reset_index(drop=True), decided.pairs(), precise=settings.precise, kept=kept)
    identity = assign(resolution.clusters, ledger.read("identities"), at=max([selection.as_of, *(d["at"] for d in decisions)]))
    if write_ledger and identity.events:
        ledger.append("identities", identity.events)

    frames = {
        "versions": typed,
        "clusters": identity.ids,
        "relations": _relations(resolution, identity),
        "matches": resolution.matches,
        "doubtful": resolution.doubtful,
        "similar": similar(current, identity.ids),
        "redirects": identity.redirects,
        "portals": _portals(cards, selection),
        "runs": _runs(selection),
        "quarantine": pd.DataFrame([*damaged, *refused], columns=["portal", "run_id", "source", "line", "reason", "mend"]),
        "decisions": _decisions(decisions),
    }
    folder = into or settings.refined
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).unlink(missing_ok=True)  # written again last: a folder without it is an interrupted refine
    for name, frame in frames.items():
        write(folder, name, frame)
    counts = {name: len(frame) for name, frame in frames.items()} | {
        "listings": len(current),
        "initiatives": identity.ids["initiative_id"].nunique(),
    }
    report = RefineReport(version(selection, [*decisions, *ledger.read("forgotten")]), folder, counts)
    (folder / REPORT).write_text(json.dumps({"version": report.version, "counts": counts}, indent=2) + "\n", encoding="utf-8")
    return report


def read_report(settings: Settings) -> RefineReport:
    """What the last refine of this data folder left. Raises UsageError where there is none."""
    try:
        found = json.loads((settings.refined / REPORT).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            "nothing has been refined yet", where=str(settings.data), hint="Run `eduatlas refine` first, or `eduatlas run`."
        ) from error
    except ValueError as error:
        raise StorageError(
            "the report of the last refine is damaged", where=str(settings.refined / REPORT), hint="Run `eduatlas refine` again."
        ) from error
    return RefineReport(found["version"], settings.refined, found["counts"])


def _gather(settings: Settings, selection: Selection, cards: Mapping[str, Card]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Every version of every listing of the accepted runs, and what could not be read."""
    rows: list[dict[str, Any]] = []
    damaged: list[dict[str, Any]] = []
    replaced = {old for card in cards.values() for old in card.replaces}
    for portal in sorted(selection.accepted):
        retired = portal not in cards or portal in replaced
        for row in raw_versions(settings.raw, portal, selection.accepted[portal]):
            if "record_id" not in row:
                damaged.append({"mend": f"`eduatlas replay {row['run_id']} {portal}` reads it again from the archive.", **row})
                continue
            if retired:
                row["listing_status"] = "retired"
            rows.append(row)
    frame = pd.DataFrame(rows, columns=None if rows else ["record_id", "portal", "title", *OBSERVED])
    frame["current"] = ~frame.duplicated("record_id", keep="last")
    return frame, damaged


def _normalise(raw: pd.DataFrame, cards: Mapping[str, Card]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    observed = raw[list(OBSERVED)].reset_index(drop=True)
    said = raw.drop(columns=list(observed.columns)).reset_index(drop=True)
    typed = normalise(said, {name: prior(card) for name, card in cards.items()}).reset_index(drop=True)
    frame = pd.concat([typed, observed], axis=1)
    unusable = frame["title"].isna() | (frame["title"] == "")
    refused = [
        {
            "portal": row["portal"],
            "run_id": row["run_id"],
            "source": row["record_id"],
            "line": None,
            "reason": row["exclusion_reason"] or "no title",
            "mend": "Name the title's selector or field in the portal's card.",
        }
        for row in frame[unusable].to_dict("records")
    ]
    frame = frame[~unusable].sort_values(["record_id", "first_seen", "content_hash"], ignore_index=True)
    return frame, refused


def _admit(typed: pd.DataFrame, decided: Decided) -> None:
    """Curators' word on what belongs into the atlas goes before the relevance."""
    for verdict, included in (("accept", True), ("reject", False)):
        reasons = {record: e for record, e in decided.admission.items() if e["verdict"] == verdict}
        rows = typed["record_id"].isin(list(reasons))
        typed.loc[rows, "included"] = included
        typed.loc[rows, "exclusion_reason"] = (
            None
            if included
            else typed.loc[rows, "record_id"].map(
                lambda record: f"rejected by a curator: {reasons[record].get('reason') or 'no reason given'}"  # noqa: B023
            )
        )


def _relations(resolution: Resolution, identity: Assignment) -> pd.DataFrame:
    """Relations between clusters as relations between initiatives, the best score of each."""
    owner = identity.ids.set_index("record_id")["initiative_id"]
    cluster = resolution.clusters.assign(initiative_id=resolution.clusters["record_id"].map(owner)).drop_duplicates("cluster_id")
    name = cluster.set_index("cluster_id")["initiative_id"]
    relations = resolution.relations
    frame = pd.DataFrame(
        {
            "source_id": relations["source_cluster"].map(name),
            "target_id": relations["target_cluster"].map(name),
            "relation": relations["relation"],
            "score": relations["score"].astype(float),
            "evidence": [
                e if isinstance(e, str) or e is None else json.dumps(e, ensure_ascii=False, sort_keys=True) for e in relations["evidence"]
            ],
        }
    )
    frame = frame.sort_values(["source_id", "target_id", "relation", "score"], ascending=[True, True, True, False])
    return frame.drop_duplicates(["source_id", "target_id", "relation"], ignore_index=True)


def _portals(cards: Mapping[str, Card], selection: Selection) -> pd.DataFrame:
    names = [
        "portal",
        "title",
        "publisher",
        "country",
        "level",
        "nuts",
        "languages",
        "homepage",
        "authority",
        "licence",
        "reuse",
        "schedule",
    ]
    names += ["status", "replaces", "retired"]
    replaced = {old for card in cards.values() for old in card.replaces}
    rows = []
    for portal in sorted({e["portal"] for e in selection.runs}):
        card = cards.get(portal)
        facts: dict[str, Any] = {name: getattr(card, name) for name in names if card is not None and hasattr(card, name)}
        facts |= {
            "portal": portal,
            "title": card.title if card else portal,
            "nuts": list(card.nuts) if card else [],
            "languages": list(card.languages) if card else [],
            "replaces": list(card.replaces) if card else [],
            "reuse": reuse(card) if card else "link-only",
            "retired": card is None or portal in replaced,
        }
        rows.append(facts)
    return pd.DataFrame(rows, columns=names)


COUNTS = ("found", "claimed", "new", "changed", "unchanged", "missing", "gone", "errors")


def _runs(selection: Selection) -> pd.DataFrame:
    rows = [
        {
            "run_id": e["run_id"],
            "portal": e["portal"],
            "started_at": e["at"],
            "verdict": e["verdict"],
            "reasons": list(e["reasons"]),
            **{name: (e.get("counts") or {}).get(name) for name in COUNTS},
        }
        for e in selection.runs
    ]
    frame = pd.DataFrame(rows, columns=["run_id", "portal", "started_at", "verdict", "reasons", *COUNTS])
    return frame.astype(dict.fromkeys(COUNTS, "Int64"))


def _decisions(decisions: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    # who decided stays in the ledger: releases carry no handle
    names = ["id", "at", "verdict", "records", "initiative", "field", "value", "source", "reason", "undoes"]
    return pd.DataFrame([{name: d.get(name) for name in names} for d in decisions], columns=names)
