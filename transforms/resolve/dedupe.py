"""From a file of listings to the four files of a de-duplication."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from spiders.errors import FileError, StorageError
from transforms.columns import COLUMNS, conform
from transforms.io import read_listings
from transforms.normalise import Prior, normalise
from transforms.resolve.resolution import Resolution
from transforms.resolve.run import resolve


@dataclass(frozen=True, slots=True)
class DedupeReport:
    """What a de-duplication read and found; ``refused`` rows could not be listings and stand in quarantine.jsonl."""

    source: str
    target: str
    records: int
    clusters: int
    relations: int
    doubtful: int
    refused: int

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {name: getattr(self, name) for name in self.__slots__}


def dedupe_file(
    source: str | Path,
    out_dir: str | Path,
    decisions: Sequence[Mapping[str, Any]] = (),
    *,
    engine: str = "duckdb",
    precise: bool = False,
    priors: Mapping[str, Prior] | None = None,
) -> DedupeReport:
    """De-duplicate the listings of a file (JSONL, CSV, XLSX or Parquet; raw, input or typed).

    Writes into ``out_dir``: clusters.csv (record_id, cluster_id), relations.csv (source_cluster, target_cluster, relation, score),
    doubtful.csv (record_a, record_b, score), evidence.jsonl, and quarantine.jsonl where rows were refused.
    ``engine`` and ``precise`` as in `resolve`.
    Raises FileError for an unreadable source, StorageError for a folder that cannot be written.
    """
    typed, refused = read_typed(Path(source), priors)
    resolution = resolve(typed, decisions, engine=engine, precise=precise)
    out = Path(out_dir)
    try:
        write(resolution, refused, out)
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=str(out), hint="Name a folder that can be written.") from error
    counts = len(typed), resolution.clusters["cluster_id"].nunique(), len(resolution.relations), len(resolution.doubtful), len(refused)
    return DedupeReport(str(source), str(out), *counts)


def read_typed(source: Path, priors: Mapping[str, Prior] | None = None) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """The listings of a file as one typed frame, and the rows that were refused."""
    listings = read_listings(source)
    frames = []
    refused: list[dict[str, Any]] = []
    for raw in listings:
        typed = conform(raw) if set(COLUMNS) <= set(raw.columns) else normalise(raw, priors)
        nameless = typed["title"].isna() | (typed["title"] == "")
        refused += [
            {"source": str(source), "line": int(line), "reason": "no title left without its markup", "mend": "fill the column title"}
            for line in typed.index[nameless]
        ]
        frames.append(typed[~nameless])
    if not frames:
        raise FileError("no listing in it", where=str(source), hint="A listing needs at least record_id and title.")
    return pd.concat(frames, ignore_index=True), [*listings.quarantine, *refused]


def write(resolution: Resolution, refused: Sequence[Mapping[str, Any]], out: Path) -> None:
    """The files of a de-duplication. OSError where the folder cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in (
        ("clusters", resolution.clusters),
        ("relations", resolution.relations.drop(columns="evidence")),
        ("doubtful", resolution.doubtful),
    ):
        frame.to_csv(out / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
    _lines(out / "evidence.jsonl", resolution.evidence())
    (out / "quarantine.jsonl").unlink(missing_ok=True)
    if refused:
        _lines(out / "quarantine.jsonl", refused)


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
