"""What candidates ask of a listing, in columns: the keys that it shares with those it may be, its page, and its title's code and vector."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from transforms.resolve.compare import Texts
from transforms.resolve.neighbours import title_buckets, title_codes
from transforms.resolve.prepare import Records
from transforms.resolve.ragged import Columns, Ragged
from transforms.resolve.similarity import packed

#: concepts of a title that are put together in pairs
_CONCEPTS = 6


@lru_cache(maxsize=1_000_000)
def _code(key: str) -> int:
    return zlib.crc32(key.encode())


@lru_cache(maxsize=200_000)
def _together(concepts: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(zlib.crc32(f"p {a} {b}".encode()) for k, a in enumerate(concepts) for b in concepts[k + 1 :])


def keys_of(records: Records, row: int) -> set[int]:
    """What a listing shares with those it may be: hashed words of its name, acronyms, initials, address."""
    core = records.core[row]
    found = {_code(f"u {unit}") for unit in core if not unit.startswith("#") and len(unit) > 2 and not unit.isdigit()}
    found.update(_code(f"a {unit}") for unit in core if len(unit) <= 8 and unit.isalpha())
    found.update(_code(f"a {a}") for a in records.acronyms[row] | records.initials[row])
    concepts = sorted({unit for unit in core if unit.startswith("#")})
    found.update(_together(tuple(concepts[:_CONCEPTS])))
    found.add(zlib.crc32(("t " + " ".join(sorted(set(core)))).encode()))
    if records.urls[row]:
        found.add(zlib.crc32(("l " + records.urls[row]).encode()))
    return found


def pages_of(records: Records, row: int) -> set[int]:
    """The listing's page and its language variants, hashed; odd where the listing itself tells of variants."""
    found = {zlib.crc32(page.encode()) << 1 | 1 for page in records.variants[row]}
    own = records.page[row]
    return found | {zlib.crc32(own.encode()) << 1} if own and not found else found


@dataclass(slots=True)
class Outline(Columns):
    """Columns over n listings: ``codes`` of titles, equal for equal units; ``vectors`` (n, dimensions) of titles, packed, and ``bits`` of
    their letters; ``buckets`` (n, BUCKETS) in which titles are searched."""

    codes: np.ndarray
    vectors: np.ndarray
    bits: np.ndarray
    buckets: np.ndarray
    keys: Ragged
    pages: Ragged

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, records: Records, texts: Texts) -> Outline:
        """Of all records."""
        rows = range(len(records))
        return cls(
            title_codes(records.core),
            packed(texts.title_means),
            texts.bits,
            title_buckets(texts.title),
            Ragged.of([keys_of(records, row) for row in rows]),
            Ragged.of([pages_of(records, row) for row in rows], np.uint64),
        )
