"""What resolve gives back, and what it is put together from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from transforms.resolve.ragged import order_by, runs
from transforms.resolve.shards import processors

#: relations between initiatives: a later edition, a part, a region's or body's share in carrying something out
RELATIONS = ("successor_of", "part_of", "implements")

#: matches that are put into words together
_AT_ONCE = 250_000

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


#: texts stand in Arrow's columns, which are gathered and handed on without touching each of them
COLUMNS: dict[str, dict[str, str]] = {
    "clusters": {"record_id": "str", "cluster_id": "str"},
    "relations": {"source_cluster": "str", "target_cluster": "str", "relation": "str", "score": "float64", "evidence": "str"},
    "matches": {"record_a": "str", "record_b": "str", "score": "float64", "verdict": "str", "features": "str"},
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of some listings. Texts that many rows share are not spelt out in them: a result is put together from many of these,
    kept on disk, and handed from process to process.

    clusters    record_id, sorted, and cluster, the position of the listing after which it is called
    relations   source, target (positions), kind (of ``RELATIONS``), score, evidence
    matches     a, b (positions), score, verdict (of ``VERDICTS``), features, each text once
    """

    clusters: pa.Table
    relations: pa.Table
    matches: pa.Table


def _frame(name: str, rows: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of the result called ``name``, with its columns and types."""
    held = {c: pd.array(rows[c], dtype="str") if kind == "str" else np.asarray(rows[c], kind) for c, kind in COLUMNS[name].items()}
    return pd.DataFrame(held, copy=False)


def texts(values: Iterable[str | None]) -> pa.Array:
    """A column of texts. Its places are of 64 bits: many columns put together may hold more than 2 GB."""
    return pa.array(values, pa.large_string())


def joined(parts: Sequence[Found]) -> Resolution:
    """What was found of some listings and of others, in one order. No listing is in two parts."""
    ids = _column(parts, "clusters", "record_id")
    # the order of their bytes in UTF-8 is that of their letters
    order = pc.sort_indices(ids).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    cluster = _positions(parts, "clusters", "cluster")
    source, target = (_positions(parts, "relations", name) for name in ("source", "target"))
    score = _numbers(parts, "relations", "score")
    a, b = (_positions(parts, "matches", name) for name in ("a", "b"))
    # within a part all is in order already, and equals stay as they stand
    by = order_by(below_one(score), place[source], np.arange(len(source)))
    many = np.bincount(a, minlength=len(order))
    of = runs((np.cumsum(many) - many)[order], many[order])
    made = {
        "clusters": {"record_id": lambda: _taken(ids, order), "cluster_id": lambda: _taken(ids, cluster[order])},
        "relations": {
            "source_cluster": lambda: _taken(ids, source[by]),
            "target_cluster": lambda: _taken(ids, target[by]),
            "relation": lambda: _taken(texts(RELATIONS), _numbers(parts, "relations", "kind")[by]),
            "score": lambda: score[by],
            "evidence": lambda: _taken(_column(parts, "relations", "evidence"), by),
        },
        "matches": {
            "record_a": lambda: _taken(ids, a[of]),
            "record_b": lambda: _taken(ids, b[of]),
            "score": lambda: _numbers(parts, "matches", "score")[of],
            "verdict": lambda: _taken(texts(VERDICTS), _numbers(parts, "matches", "verdict")[of]),
        },
    }
    # texts are gathered by several threads, as Arrow does not wait for Python
    with ThreadPoolExecutor(processors()) as threads:
        spelt = _spelt(parts, of, threads)
        held = {table: {name: threads.submit(make) for name, make in columns.items()} for table, columns in made.items()}
        rows = {table: {name: column.result() for name, column in columns.items()} for table, columns in held.items()}
        rows["matches"]["features"] = pa.chunked_array([part.result() for part in spelt], pa.large_string())
        return Resolution(**{table: _frame(table, columns) for table, columns in rows.items()})


def below_one(score: np.ndarray) -> np.ndarray:
    """(m,) by how much scores of four digits are less than 1, in whole numbers of the last digit."""
    return np.rint((1 - score) * 10**4).astype(np.int64)


def _taken(column: pa.Array, rows: np.ndarray) -> pa.Array:
    return column.take(pa.array(rows))


def _column(parts: Sequence[Found], table: str, name: str) -> pa.Array:
    """The texts of all parts, one after another."""
    chunks = [chunk for part in parts for chunk in getattr(part, table).column(name).chunks]
    return pa.concat_arrays(chunks) if chunks else texts([])


def _numbers(parts: Sequence[Found], table: str, name: str) -> np.ndarray:
    found = [getattr(part, table).column(name).to_numpy() for part in parts]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _positions(parts: Sequence[Found], table: str, name: str) -> np.ndarray:
    """Positions of listings within their part, as positions among those of all parts."""
    first = np.cumsum([0, *(part.clusters.num_rows for part in parts)])[:-1]
    return _numbers(parts, table, name) + np.repeat(first, [getattr(part, table).num_rows for part in parts])


def _spelt(parts: Sequence[Found], rows: np.ndarray, threads: Executor) -> list[Future[pa.Array]]:
    """What some of all matches say, in words, some at a time."""
    chunks = [chunk for part in parts for chunk in part.matches.column("features").chunks]
    if not chunks:
        return []
    first = np.cumsum([0, *(len(chunk.dictionary) for chunk in chunks)])
    codes = np.concatenate([chunk.indices.to_numpy() + start for chunk, start in zip(chunks, first, strict=False)])
    said = pa.concat_arrays([chunk.dictionary for chunk in chunks])
    return [threads.submit(_taken, said, codes[rows[k : k + _AT_ONCE]]) for k in range(0, len(rows), _AT_ONCE)]
