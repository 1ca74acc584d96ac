"""How an atlas of the sample portals is held against the expected answers. Shared by the tests of the authored and of changed worlds."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

EXPECTED = Path(__file__).resolve().parent.parent / "expected" / "sample-world.json"


def pairs(groups: dict[Any, set[str]]) -> set[frozenset[str]]:
    return {frozenset(p) for group in groups.values() for p in itertools.combinations(sorted(group), 2)}


def grouped(mapping: dict[str, Any]) -> dict[Any, set[str]]:
    groups: dict[Any, set[str]] = defaultdict(set)
    for record, cluster in mapping.items():
        groups[cluster].add(record)
    return groups


@dataclass
class Score:
    """precision and recall of joined pairs and of untyped relations between initiatives; the pairs wrongly joined."""

    precision: float
    recall: float
    relation_precision: float
    relation_recall: float
    wrong: list[tuple[str, str]]


class Answers:
    """The expected answers, for the listings that a world shows."""

    def __init__(self, shown: set[str]) -> None:
        expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
        self.rows = {row["record_id"]: row for row in expected["listings"] if row["record_id"] in shown}
        self.cluster = {record: row["cluster"] for record, row in self.rows.items()}
        present = set(self.cluster.values())
        self.relations = [r for r in expected["relations"] if r["source"] in present and r["target"] in present]

    def score(self, database: Path) -> Score:
        with duckdb.connect(str(database), read_only=True) as con:
            found = dict(con.execute("select record_id, coalesce(initiative_id, record_id) from listings").fetchall())
            related = con.execute("select source_id, target_id from relations").fetchall()
        found = {record: initiative for record, initiative in found.items() if record in self.cluster}
        true, joined = pairs(grouped(self.cluster)), pairs(grouped(found))
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for record, initiative in found.items():
            votes[initiative][self.cluster[record]] += 1
        stands = {initiative: v.most_common(1)[0][0] for initiative, v in votes.items()}
        got = {frozenset((stands[a], stands[b])) for a, b in related if a in stands and b in stands and stands[a] != stands[b]}
        want = {frozenset((r["source"], r["target"])) for r in self.relations}
        return Score(
            precision=len(true & joined) / max(len(joined), 1),
            recall=len(true & joined) / max(len(true), 1),
            relation_precision=len(want & got) / max(len(got), 1),
            relation_recall=len(want & got) / max(len(want), 1),
            wrong=sorted(tuple(sorted(p)) for p in joined - true),
        )

    def joined_against(self, database: Path, field: str) -> list[tuple[str, str]]:
        """Wrongly joined pairs whose expected clusters differ in ``field``."""
        return [(a, b) for a, b in self.score(database).wrong if self.rows[a].get(field) != self.rows[b].get(field)]
