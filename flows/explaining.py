"""Why the atlas says what it says: where each value of an initiative came from, and why two listings are (not) one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spiders.errors import UsageError
from warehouse.query import connect

QUERIES = Path(__file__).parent / "queries"


def _rows(con: Any, name: str, **bound: str) -> list[dict[str, Any]]:
    cursor = con.execute((QUERIES / f"{name}.sql").read_text(encoding="utf-8"), bound)
    header = [column[0] for column in cursor.description]
    return [dict(zip(header, row, strict=True)) for row in cursor.fetchall()]


def explain_initiative(database: Path, identity: str) -> dict[str, Any]:
    """The golden values with the claims for and beside each, the listings and the relations. Raises UsageError for an unknown id."""
    with connect(database) as con:
        found = _rows(con, "initiative", id=identity)
        if not found:
            raise UsageError(f"no initiative {identity!r}", hint="Find one: eduatlas query \"from search('words of its name')\"")
        initiative = found[0]
        now = initiative["initiative_id"]
        values: dict[str, list[dict[str, Any]]] = {}
        for claim in _rows(con, "claims", id=now):
            claim["chosen"] = _is_chosen(initiative.get(claim["field"]), claim["value"])
            values.setdefault(claim.pop("field"), []).append(claim)
        return {
            "initiative_id": now,
            "asked_for": identity,
            "title": initiative["title"],
            "values": values,
            "listings": _rows(con, "listings", id=now),
            "relations": _rows(con, "related", id=now),
        }


def _is_chosen(golden: Any, value: str) -> bool:
    if isinstance(golden, list):
        return value in map(str, golden)
    if isinstance(golden, float):
        try:
            return abs(golden - float(value)) < 0.005
        except ValueError:
            return False
    return golden is not None and str(golden) == value


def explain_pair(database: Path, a: str, b: str) -> dict[str, Any]:
    """Two listings (or initiatives), the evidence of every compared pair between them, and what became of it."""
    with connect(database) as con:
        sides = []
        for name in (a, b):
            side = _rows(con, "listing", id=name)
            if not side:
                raise UsageError(f"no listing and no initiative {name!r}", hint='`eduatlas query "from listings"` names them.')
            sides.append(side)
        pairs = [p for one in sides[0] for other in sides[1] for p in _rows(con, "pair", a=one["record_id"], b=other["record_id"])]
    same = {row["initiative_id"] for row in sides[0]} == {row["initiative_id"] for row in sides[1]} and sides[0][0][
        "initiative_id"
    ] is not None
    return {"same_initiative": same, "a": sides[0], "b": sides[1], "compared": sorted(pairs, key=lambda p: -p["score"])}
