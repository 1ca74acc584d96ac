"""What a run leaves of a country, so that the next one does only what is new: prepared records, keys and neighbours, compared pairs.

Everything is kept by the content that it was made of: a listing by the hash of its row, a pair by its two listings. So nothing kept can be
out of date; it is taken or it is not. Folders that another version of the code wrote, or that are not whole, count as empty; a record is
looked at when it is asked for.

    <folder>/<country>/lines.jsonl, arrays.bin, about.json
"""

from __future__ import annotations

import json
import math
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from transforms.resolve.candidates import Before, Met
from transforms.resolve.compare import COMPANY
from transforms.resolve.comparison import Comparison, replaced
from transforms.resolve.facts import Facts
from transforms.resolve.lines import Lines
from transforms.resolve.neighbours import Near
from transforms.resolve.outline import Outline
from transforms.resolve.ragged import Ragged, places_among
from transforms.resolve.sentences import DIMENSIONS
from transforms.resolve.weighed import Weighed

#: the hash of a row
DIGEST = "S16"
_ABOUT, _LINES, _ARRAYS = "about.json", "lines.jsonl", "arrays.bin"
#: bytes of whose multiples an array begins at one
_ALIGNED = 16

Held = TypeVar("Held", Outline, Facts, Weighed)
#: the columns of the nearest titles
_NEAR = tuple(column.name for column in fields(Near) if column.name != "brute")


@dataclass(slots=True)
class Country:
    """What a run found of a country's listings, sorted by record_id: their facts, and their candidate pairs (i, j), compared and weighed;
    ``fresh`` are the places of those that are new, ``asked`` what the scorecard asks of them but for their company, and ``raw`` what it
    makes of all pairs, once it is asked. The other columns are kept for the next run, as in `Memory`."""

    digests: np.ndarray
    variants: bool
    lines: Lines
    outline: Outline
    facts: Facts
    met: Met
    comparison: Comparison
    weighed: Weighed
    fresh: np.ndarray
    asked: Comparison
    raw: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass(slots=True)
class Memory:
    """What was kept. ``digests`` (n,) of the listings' rows, in order of record_id; the other columns as in `Outline`, `Facts`, `Met`,
    `Comparison` (of which nothing that depends on other pairs) and `Weighed`. ``variants`` is whether pages have keys; ``sentences`` as
    in `Sentences`."""

    digests: np.ndarray
    variants: bool
    lines: Lines
    outline: Outline | None
    facts: Facts | None
    met: Met
    columns: dict[str, np.ndarray]
    weighed: Weighed | None
    sentences: dict[bytes, np.ndarray] = field(default_factory=dict)

    @classmethod
    def nothing(cls) -> Memory:
        """Of no run."""
        none = np.zeros(0, dtype=np.int64)
        return cls(np.zeros(0, dtype=DIGEST), True, Lines.of([]), None, None, Met(none, none), {}, None)

    def places(self, digests: np.ndarray) -> np.ndarray:
        """(n,) where listings with these digests stand here, -1 for none."""
        return places_of(digests, self.digests)

    def outlines(self, places: np.ndarray, more: Outline) -> Outline:
        """Of the listings at these places, and of others at none, in order."""
        return self.outline.with_others(places, more) if self.outline is not None else more

    def all_facts(self, rows: np.ndarray, more: Facts) -> tuple[Facts, np.ndarray]:
        """Of some of the listings and others, in order of their ids, and what stands where: the others come after the former."""
        facts = self.facts.at(rows).with_more(more) if self.facts is not None else more
        order = facts.by_id()
        return facts.at(order), order

    def before(self, places: np.ndarray) -> Before | None:
        """What candidates can take over, when these are the places of today's listings; None where nothing."""
        if self.outline is None or self.met.shared is None or self.met.near is None:
            return None
        now = np.full(len(self.digests), -1, dtype=np.int64)
        now[places[places >= 0]] = np.flatnonzero(places >= 0)
        return Before(self.outline, self.met.shared, self.met.near, now)

    def pairs(self, places: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """(m,) where these pairs of today's listings stand here, -1 for none."""
        n = len(self.digests)
        a, b = places[i], places[j]
        wanted = np.where((a >= 0) & (b >= 0), a * n + b, -1)
        return places_among(wanted, self.met.i * np.int64(n) + self.met.j)

    def compared(self, known: np.ndarray, more: Comparison) -> Comparison:
        """The comparison of pairs at these places, and of those at none, in order."""
        if not (known >= 0).any():
            return more
        rows, rest = np.maximum(known, 0), np.flatnonzero(known < 0)
        return Comparison(
            *(
                {name: replaced(self.columns[name].take(rows), rest, column) for name, column in some.items()}
                for some in (more.columns, more.aside)
            )
        )

    def all_weighed(self, known: np.ndarray, more: Weighed) -> Weighed:
        """What the scorecard makes of pairs at these places, and of those at none, in order."""
        return self.weighed.with_others(known, more) if self.weighed is not None else more


def places_of(wanted: np.ndarray, held: np.ndarray) -> np.ndarray:
    """(n,) where each of the wanted hashes stands among those held, -1 for none."""
    # the halves of a hash are compared as numbers, which takes a tenth of the time
    (first, second), (held_first, held_second) = (np.ascontiguousarray(h).view("<u8").reshape(-1, 2).T for h in (wanted, held))
    order = np.argsort(held_first)
    place = places_among(first, held_first[order])
    place = np.where(place >= 0, order[place], -1) if len(held) else place
    return np.where((place >= 0) & (held_second[place] == second), place, -1) if len(held) else place


def load(folder: Path, code: str) -> Memory:
    """What was kept in a folder by the same version of the code; nothing where it is damaged."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["code"] != code:
            return Memory.nothing()
        packed = _packed(folder)
        if zlib.crc32(packed.data) != about["sum"]:
            raise ValueError("not what was written")
        arrays = {name: _array(packed, *where) for name, *where in about["arrays"]}
        if (arrays["lines-starts"] + arrays["lines-sizes"]).max(initial=0) > (folder / _LINES).stat().st_size:
            raise ValueError("some are missing")
        return _memory(about, arrays, folder / _LINES)
    except (OSError, ValueError, KeyError):
        shutil.rmtree(folder, ignore_errors=True)
        return Memory.nothing()


def met_before(digests: np.ndarray, folder: Path, code: str) -> np.ndarray:
    """(n,) whether a folder seems to hold the listings with these digests: it is hardly looked at, and may prove to be damaged."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        where = next(where for name, *where in about["arrays"] if name == "digests")
        held = _array(_packed(folder), *where) if about["code"] == code else digests[:0]
    except (OSError, ValueError, KeyError, StopIteration):
        held = digests[:0]
    return places_of(digests, held) >= 0


def _packed(folder: Path) -> np.ndarray:
    return np.memmap(folder / _ARRAYS, dtype=np.uint8, mode="r").view(np.ndarray)


def _array(packed: np.ndarray, start: int, kind: str, shape: Sequence[int]) -> np.ndarray:
    return packed[start : start + math.prod(shape) * np.dtype(kind).itemsize].view(kind).reshape(shape)


def _memory(about: Mapping[str, Any], arrays: Mapping[str, np.ndarray], lines: Path) -> Memory:
    def part(prefix: str) -> dict[str, np.ndarray]:
        return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

    met = part("met-")
    near = Near(**{name: met[name] for name in _NEAR}, brute=about["brute"]) if "codes" in met else None
    return Memory(
        np.asarray(arrays["digests"]),
        about["variants"],
        Lines(arrays["lines-starts"], arrays["lines-sizes"], arrays["lines-sums"], lines),
        _columns(Outline, part("outline-")),
        _columns(Facts, part("facts-")),
        Met(met["i"].astype(np.int64), met["j"].astype(np.int64), met["shared"].astype(np.int64) if near else None, near),
        part("pairs-"),
        _columns(Weighed, part("weighed-")),
        dict(zip(arrays["sentences-keys"].tolist(), arrays["sentences-vectors"], strict=True)),
    )


def _columns(kind: type[Held], arrays: Mapping[str, np.ndarray]) -> Held:
    """What `_parts` took apart."""
    found: dict[str, Any] = {}
    for name in (held.name for held in fields(kind)):
        if f"{name}-sizes" in arrays:
            found[name] = Ragged(arrays[name], arrays[f"{name}-sizes"])
        elif f"{name}-starts" in arrays:
            starts = arrays[f"{name}-starts"]
            found[name] = pa.LargeStringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), pa.py_buffer(arrays[name]))
        else:
            found[name] = arrays[name]
    return kind(**found)


def _parts(prefix: str, columns: Outline | Facts | Weighed) -> Iterator[tuple[str, np.ndarray]]:
    """All columns as arrays, lists and texts as their contents and the sizes or places of these."""
    for name, column in zip((held.name for held in fields(columns)), columns.columns(), strict=True):
        if isinstance(column, Ragged):
            yield f"{prefix}{name}", column.values
            yield f"{prefix}{name}-sizes", column.sizes
        elif isinstance(column, pa.Array):
            # the texts of a part lie among those of the whole
            starts = (
                np.frombuffer(column.buffers()[1], np.int64)[column.offset :][: len(column) + 1] if len(column) else np.zeros(1, np.int64)
            )
            content = column.buffers()[2]
            held = np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
            yield f"{prefix}{name}", held[starts[0] : starts[-1]]
            yield f"{prefix}{name}-starts", starts - starts[0]
        else:
            yield f"{prefix}{name}", column


def save(found: Country, sentences: Mapping[bytes, np.ndarray], folder: Path, code: str) -> None:
    """Keep it, with the sentences that were read; it is there whole or not at all."""
    making = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    arrays, at, total = [], 0, 0
    with (making / _ARRAYS).open("wb") as file:
        for name, array in _arrays(found, found.lines.written(making / _LINES), sentences):
            arrays.append((name, at, array.dtype.str, array.shape))
            for data in (np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, bytes(-array.nbytes % _ALIGNED)):
                file.write(data)
                at, total = at + len(data), zlib.crc32(data, total)
    near = found.met.near
    about = {"code": code, "variants": found.variants, "brute": near is not None and near.brute}
    (making / _ABOUT).write_text(json.dumps(about | {"sum": total, "arrays": arrays}), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)


def _arrays(found: Country, lines: Lines, sentences: Mapping[bytes, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    yield "digests", found.digests
    yield from ((f"lines-{name}", getattr(lines, name)) for name in ("starts", "sizes", "sums"))
    yield from _parts("outline-", found.outline)
    yield from _parts("facts-", found.facts)
    yield from _parts("weighed-", found.weighed)
    yield "met-i", found.met.i.astype(np.int32)
    yield "met-j", found.met.j.astype(np.int32)
    if found.met.shared is not None and found.met.near is not None:
        yield "met-shared", found.met.shared.astype(np.int32)
        yield from ((f"met-{name}", getattr(found.met.near, name)) for name in _NEAR)
    columns = found.comparison.columns | found.comparison.aside
    yield from ((f"pairs-{name}", column) for name, column in columns.items() if name not in COMPANY)
    yield "sentences-keys", np.array(list(sentences), dtype="V16")
    yield "sentences-vectors", np.array(list(sentences.values()), dtype=np.int16).reshape(-1, DIMENSIONS)
