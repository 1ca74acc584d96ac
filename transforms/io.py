"""Listings from file to file: read, normalise in parallel, write; memory stays bounded whatever the file's size.

One process reads pieces and writes results in order; ``workers`` processes parse, normalise and encode. In flight are at most two pieces a
worker; a run keeps eight bytes a record besides, to find record ids that stand twice.
"""

from __future__ import annotations

import gc
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from transforms.columns import COLUMNS
from transforms.listing_files import CHUNK, Block, ColumnMap, Listings, Seen, blocks, frame_of, read_listings, repeat_rows
from transforms.normalise import Prior, normalise
from transforms.typed_files import Piece, TypedWriter, encode, keep, target_format, write_typed

__all__ = ["Listings", "NormaliseReport", "TypedWriter", "normalise_file", "read_listings", "write_typed"]

#: different refused texts that a report keeps at most while it counts
_KINDS_OF_FAILURE = 20_000


@dataclass
class NormaliseReport:
    """What one run did. ``fields`` is column -> {filled, refused, empty}; ``failures`` counts (field, reason, raw text)."""

    source: str
    target: str
    rows: int = 0
    included: int = 0
    quarantined: int = 0
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    failures: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    #: where the refused rows were written, where there are any
    quarantine: str | None = None

    def add(self, counts: Mapping[str, Counter[str]], failures: Mapping[tuple[str, str, str], int]) -> None:
        """Take in the counts of one piece."""
        for name, found in counts.items():
            self.fields.setdefault(name, Counter()).update(found)
        self.failures.update(failures)
        if len(self.failures) > _KINDS_OF_FAILURE:
            # the rare ones are forgotten text by text, but stay counted under their reason
            common = Counter(dict(self.failures.most_common(_KINDS_OF_FAILURE // 2)))
            for (name, reason, text), count in self.failures.items():
                if (name, reason, text) not in common:
                    common[name, reason, "…"] += count
            self.failures = common

    def by_reason(self) -> list[tuple[str, str, int, list[str]]]:
        """What could not be read: (field, reason, how often, its commonest texts), the most frequent first."""
        groups: dict[tuple[str, str], Counter[str]] = {}
        for (name, reason, text), count in self.failures.items():
            groups.setdefault((name, reason), Counter())[text] += count
        rows = [(name, reason, found.total(), [t for t, _ in found.most_common(5)]) for (name, reason), found in groups.items()]
        return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        failures = [dict(zip(("field", "reason", "count", "examples"), row, strict=True)) for row in self.by_reason()]
        fields = {name: {k: counts[k] for k in ("filled", "refused", "empty")} for name, counts in self.fields.items()}
        plain = {k: getattr(self, k) for k in ("source", "target", "rows", "included", "quarantined", "quarantine")}
        return {**plain, "fields": fields, "failures": failures}


@dataclass(frozen=True)
class _Task:
    """What a worker needs to know besides the piece itself."""

    mapping: dict[str, str]
    priors: dict[str, Prior]
    form: str


@dataclass
class _Done:
    """What a worker made of one piece. ``lines`` and ``ids`` name its rows."""

    source: str
    piece: Piece
    lines: list[int]
    ids: list[str]
    included: list[bool]
    quarantine: list[dict[str, Any]]
    counts: dict[str, Counter[str]]
    failures: Counter[tuple[str, str, str]]


def normalise_file(
    source: str | Path,
    target: str | Path,
    priors: Mapping[str, Prior] | None = None,
    workers: int = 2,
    *,
    mapping: ColumnMap | None = None,
    chunk: int = CHUNK,
) -> NormaliseReport:
    """Normalise a file of listings into ``target`` (.jsonl, .csv or .parquet), rows in the order of the source.

    ``mapping`` renames the file's own columns, or templates of them such as ``"{file}#{row}"``, to raw fields. What cannot be a listing
    goes to ``<target>.quarantine.jsonl`` with its line, the reason and what would mend it. Raises FileError for an unreadable source.
    """
    source, target = Path(source), Path(target)
    listings = read_listings(source, chunk, mapping)
    report = NormaliseReport(str(source), str(target))
    seen = Seen()
    task = _Task(dict(listings.mapping), dict(priors or {}), target_format(target))
    rejected = target.with_name(f"{target.name}.quarantine.jsonl")
    with TypedWriter(target) as writer, _Quarantine(rejected) as quarantine:
        for done in _in_order(blocks(source, chunk, task.mapping), task, workers):
            repeated = seen.repeated(done.ids)
            if repeated.any():
                again = [i for i, twice in enumerate(repeated.tolist()) if twice]
                done.quarantine += repeat_rows(done.source, [done.lines[i] for i in again], [done.ids[i] for i in again])
                fresh = [i for i, twice in enumerate(repeated.tolist()) if not twice]
                done.piece, done.included = keep(done.piece, fresh), [done.included[i] for i in fresh]
            writer.append(done.piece)
            quarantine.write(done.quarantine)
            report.rows += len(done.included)
            report.included += sum(done.included)
            report.quarantined += len(done.quarantine)
            report.add(done.counts, done.failures)
    report.quarantine = str(rejected) if report.quarantined else None
    return report


class _Quarantine:
    """The file of rows that are no listings; it exists only where there are any."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> _Quarantine:
        self.path.unlink(missing_ok=True)
        return self

    def write(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self.path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def __exit__(self, *_: object) -> None:
        return None


def _in_order(pieces: Iterable[Block], task: _Task, workers: int) -> Iterator[_Done]:
    """The pieces done, in their order. A file of one piece, or one worker, needs no other process."""
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    if workers < 2 or len(first) < 2:
        for piece in chain(first, pieces):
            yield _work(piece, task)
        return
    # spawn: a caller with threads (a flow, a crawl) must not be forked
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(task,)) as pool:
        waiting: deque[Future[_Done]] = deque()
        try:
            for piece in chain(first, pieces):
                waiting.append(pool.submit(_work_started, piece))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


_task: _Task | None = None


def _start(task: _Task) -> None:
    global _task
    _task = task
    # a piece makes a few hundred thousand small objects and no cycles: looking for cycles among them is wasted
    gc.set_threshold(500_000, 20, 100)


def _work_started(block: Block) -> _Done:
    assert _task is not None
    return _work(block, _task)


def _work(block: Block, task: _Task) -> _Done:
    listings, quarantine = frame_of(block, task.mapping)
    frame = normalise(listings, task.priors)
    nameless = frame["title"].isna()
    if nameless.any():
        for line in frame.index[nameless]:
            row = {"source": block.source, "line": int(line), "reason": "no title left without its markup", "mend": "fill the column title"}
            quarantine.append(row)
        frame = frame[~nameless]
    counts, failures = tally(frame)
    included = frame["included"].tolist()
    return _Done(
        block.source, encode(frame, task.form), frame.index.tolist(), frame["record_id"].tolist(), included, quarantine, counts, failures
    )


def tally(frame: pd.DataFrame) -> tuple[dict[str, Counter[str]], Counter[tuple[str, str, str]]]:
    """Per column how many rows are filled, refused and empty, and the refusals by (field, reason, raw text)."""
    refusals: Counter[tuple[str, str, str]] = Counter()
    refused: Counter[str] = Counter()
    for text in frame["issues"].tolist():
        if text is not None and text != "[]":
            found = json.loads(text)
            refusals.update((entry["field"], entry["reason"], entry["raw"]) for entry in found)
            refused.update({entry["field"] for entry in found})
    counts = {}
    for column in COLUMNS.values():
        filled = _FILLED[column.type](frame[column.name])
        said_no = min(refused.pop(column.name, 0), len(frame) - filled)
        counts[column.name] = Counter(filled=filled, refused=said_no, empty=len(frame) - filled - said_no)
    for name, count in refused.items():  # a raw field that feeds several columns: period, place
        counts[name] = Counter(refused=count)
    return counts, refusals


def _not_null(values: pd.Series) -> int:
    return int(values.notna().sum())


_FILLED: dict[str, Callable[[pd.Series], int]] = {
    "texts": lambda values: sum(1 for v in values.tolist() if v),
    "boolean": lambda values: int(values.sum()),
} | dict.fromkeys(("text", "integer", "number", "date", "map", "json"), _not_null)
