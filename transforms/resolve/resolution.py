"""What resolve gives back, and empty frames of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

#: relations between initiatives: a later edition, a part, a region's or body's share in carrying something out
RELATIONS = ("successor_of", "part_of", "implements")

#: verdicts on a pair of listings
VERDICTS = ("join", "doubtful", "apart")


@dataclass(slots=True)
class Resolution:
    """Which listings speak of the same initiative, and how initiatives relate.

    clusters    record_id, cluster_id (the smallest record_id of the cluster)
    relations   source_cluster, target_cluster, relation, score in 0..1, evidence (JSON text)
    doubtful    record_a, record_b, score: pairs for a curator, the most promising first
    matches     record_a, record_b, score, verdict, features (JSON text): every compared pair
    """

    clusters: pd.DataFrame
    relations: pd.DataFrame
    doubtful: pd.DataFrame
    matches: pd.DataFrame

    def evidence(self) -> Iterator[dict[str, Any]]:
        """The lines of evidence.jsonl: every match with its weights, then every relation."""
        for a, b, score, verdict, features in self.matches.itertuples(index=False, name=None):
            yield {"type": "pair", "record_a": a, "record_b": b, "score": score, "verdict": verdict, "weights": json.loads(features)}
        for source, target, relation, score, evidence in self.relations.itertuples(index=False, name=None):
            line = {"type": "relation", "source": source, "target": target, "relation": relation, "score": score}
            yield {**line, "evidence": json.loads(evidence)}


COLUMNS: dict[str, dict[str, str]] = {
    "clusters": {"record_id": "object", "cluster_id": "object"},
    "relations": {"source_cluster": "object", "target_cluster": "object", "relation": "object", "score": "float64", "evidence": "object"},
    "doubtful": {"record_a": "object", "record_b": "object", "score": "float64"},
    "matches": {"record_a": "object", "record_b": "object", "score": "float64", "verdict": "object", "features": "object"},
}


def frame(name: str, rows: Any = ()) -> pd.DataFrame:
    """A frame of the result called ``name``, with its columns and types."""
    columns = COLUMNS[name]
    if isinstance(rows, Mapping):
        # pandas would read every text to find out that it is one
        return pd.DataFrame({column: pd.Series(rows[column], dtype=kind) for column, kind in columns.items()})
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
