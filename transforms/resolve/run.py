"""The order of resolve: candidates, comparison, decision, clusters, relations."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from spiders.errors import UsageError
from transforms.resolve.resolution import Resolution, frame
from transforms.resolve.words import words

ENGINES = ("duckdb", "spark")


def resolve(typed: pd.DataFrame, decisions: Sequence[Mapping[str, Any]] = (), *, engine: str = "duckdb") -> Resolution:
    """Which listings of a typed frame speak of the same initiative, and how initiatives relate.

    ``decisions`` are the binding pairs: {"verdict": join | apart | successor_of | part_of | implements, "records": [a, b]}.
    The result does not depend on the order of the rows. Raises UsageError for an unknown engine.
    """
    if engine not in ENGINES:
        raise UsageError(f"unknown engine {engine!r}", hint=f"engines: {', '.join(ENGINES)}")
    rows = typed.sort_values("record_id").to_dict("records")
    buckets: dict[Any, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for row in rows:
        buckets[row["country"]].append((row["record_id"], frozenset(words(row["title"]))))
    apart = {frozenset(d["records"]) for d in decisions if d["verdict"] != "join"}
    matches = [(*d["records"], 1.0, "join") for d in decisions if d["verdict"] == "join"]
    for bucket in buckets.values():
        for (a, left), (b, right) in combinations(bucket, 2):
            score = len(left & right) / len(left | right)
            if score >= 0.5 and frozenset((a, b)) not in apart:
                matches.append((a, b, round(score, 4), "join" if score >= 0.8 else "doubtful"))
    root = {row["record_id"]: row["record_id"] for row in rows}

    def find(record: str) -> str:
        while root[record] != record:
            record = root[record]
        return record

    for a, b, _, verdict in matches:
        if verdict == "join":
            first, second = sorted((find(a), find(b)))
            root[second] = first
    pairs = [{"record_a": a, "record_b": b, "score": s, "verdict": v, "features": json.dumps({"title": s})} for a, b, s, v in matches]
    return Resolution(
        frame("clusters", [(record, find(record)) for record in root]),
        frame("relations"),
        frame("doubtful", [(a, b, s) for a, b, s, v in matches if v == "doubtful"]),
        frame("matches", pairs),
        pairs,
    )
