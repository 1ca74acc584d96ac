"""What resolve gives back, and empty frames of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

#: relations between initiatives: a later edition, a part, a region's or body's share in carrying something out
RELATIONS = ("successor_of", "part_of", "implements")

#: verdicts on a pair of listings
VERDICTS = ("join", "doubtful", "apart")


@dataclass(slots=True)
class Resolution:
    """Which listings speak of the same initiative, and how initiatives relate.

    clusters    record_id, cluster_id (the smallest record_id of the cluster)
    relations   source_cluster, target_cluster, relation, score in 0..1, evidence (JSON text)
    matches     record_a, record_b, score, verdict, features (JSON text): every compared pair
    """

    clusters: pd.DataFrame
    relations: pd.DataFrame
    matches: pd.DataFrame

    @property
    def doubtful(self) -> pd.DataFrame:
        """Pairs for a curator, the most promising first: record_a, record_b, score."""
        rows = np.flatnonzero(self.matches["verdict"].to_numpy() == "doubtful")
        rows = rows[np.argsort(-self.matches["score"].to_numpy()[rows], kind="stable")]
        return self.matches[["record_a", "record_b", "score"]].take(rows).reset_index(drop=True)

    def evidence(self) -> Iterator[dict[str, Any]]:
        """The lines of evidence.jsonl: every match with its weights, then every relation."""
        for a, b, score, verdict, features in self.matches.itertuples(index=False, name=None):
            yield {"type": "pair", "record_a": a, "record_b": b, "score": score, "verdict": verdict, "weights": json.loads(features)}
        for source, target, relation, score, evidence in self.relations.itertuples(index=False, name=None):
            line = {"type": "relation", "source": source, "target": target, "relation": relation, "score": score}
            yield {**line, "evidence": json.loads(evidence)}


#: texts stand in Arrow's columns, which are gathered, put together and handed to another process without touching each of them
COLUMNS: dict[str, dict[str, str]] = {
    "clusters": {"record_id": "str", "cluster_id": "str"},
    "relations": {"source_cluster": "str", "target_cluster": "str", "relation": "str", "score": "float64", "evidence": "str"},
    "matches": {"record_a": "str", "record_b": "str", "score": "float64", "verdict": "str", "features": "str"},
}


def frame(name: str, rows: Any = ()) -> pd.DataFrame:
    """A frame of the result called ``name``, with its columns and types."""
    columns = COLUMNS[name]
    if isinstance(rows, Mapping):
        held = {c: pd.array(rows[c], dtype="str") if kind == "str" else rows[c] for c, kind in columns.items()}
        return pd.DataFrame(held, copy=False)
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def texts(values: Iterable[str | None]) -> pa.Array:
    """A column of texts. Its places are of 64 bits: many columns put together may hold more than 2 GB."""
    return pa.array(values, pa.large_string())


def joined(parts: Sequence[Resolution]) -> Resolution:
    """Several results as one, in the order that it would have if it were found as one. No listing is in two of them."""
    if len(parts) == 1:
        return parts[0]
    clusters, relations, matches = (
        pd.concat([frame(name), *(getattr(part, name) for part in parts)], ignore_index=True)
        for name in ("clusters", "relations", "matches")
    )
    ids = texts(clusters["record_id"])
    # the order of their bytes in UTF-8 is that of their letters
    order = pc.sort_indices(ids)
    # within a part all is in order already: where a row belongs is told by its first listing, for texts sort slowly
    first, source = (
        pc.index_in(texts(column), value_set=ids.take(order)).to_numpy() for column in (matches["record_a"], relations["source_cluster"])
    )
    return Resolution(
        clusters.take(order.to_numpy()).reset_index(drop=True),
        relations.take(np.lexsort((source, -relations["score"].to_numpy()))).reset_index(drop=True),
        matches.take(np.argsort(first, kind="stable")).reset_index(drop=True),
    )
