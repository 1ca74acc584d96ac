"""Similarities of pairs of listings, computed in columns over arrays of pairs.

A pair is (i, j), positions in `Records`. Every function takes two int arrays of equal length m and returns (m,) arrays. What is said of a
pair is the same to the last bit whatever pairs come with it, on any number of threads: vectors and weights lie on a grid so coarse that
their products and sums are exact, hence the same in any order.
"""

from __future__ import annotations

import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.embedding import WordVectors
from transforms.resolve.ragged import Ragged, starts_of
from transforms.resolve.units import lexicon
from transforms.resolve.words import plain, words

#: words of a title that are aligned one by one; longer titles keep their weightiest
MOST_WORDS = 16
#: pairs whose words are aligned at a time
_CHUNK = 1024
#: vectors that are gathered at a time: so many that they stay in a processor's cache, where they are read again several times as fast
_IN_CACHE = 512
#: cosine below which two words have nothing to do with each other
_UNRELATED = 0.25
#: letters that two words must share at their beginning to be forms of one
_STEM = 6
#: weight below which a word of a text is left out
_WEIGHTLESS = 0.02
#: bits behind the point: of vectors, whose products float32 sums without rounding, and of what float64 sums
VECTOR_BITS, _BITS_KEPT = 11, 20
#: texts without a unit that are assumed besides those counted
_PRIOR = 50

FREQUENCIES = Path(__file__).with_name("model") / "frequencies.json"


def on_grid(values: np.ndarray, bits: int = VECTOR_BITS) -> np.ndarray:
    """Values rounded to so many bits behind the point."""
    return np.round(values * np.float32(2**bits)) * np.float32(2.0**-bits)


def packed(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors on the grid as whole numbers, in half the bytes."""
    return np.rint(vectors * np.float32(2**VECTOR_BITS)).astype(np.int16)


def unpacked(vectors: np.ndarray) -> np.ndarray:
    """The float32 vectors that `packed` was given."""
    return vectors.astype(np.float32, copy=False) * np.float32(2.0**-VECTOR_BITS)


@dataclass(slots=True)
class Words:
    """Padded word arrays of n texts: vocabulary rows (n, MOST_WORDS) with -1 for none, weights (n, MOST_WORDS), stem codes likewise."""

    rows: np.ndarray
    weights: np.ndarray
    stems: np.ndarray
    table: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """(n,) how many units each text has."""
        return (self.rows >= 0).sum(axis=1).astype(np.int16)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a unit says, rare in general and rare in the domain saying most: ``counts`` of ``texts`` texts hold it.

    A unit of no text counts as one of ``unseen`` texts; None: its frequency in the domain says nothing.
    """

    texts: int
    counts: Mapping[str, int]
    unseen: int | None = 1

    @classmethod
    def of(cls, unit_lists: Iterable[Sequence[str]]) -> Weights:
        """Counted on some texts."""
        found = [set(units) for units in unit_lists]
        return cls(len(found), Counter(unit for units in found for unit in units))

    def __call__(self, vocabulary: Sequence[str], zipf: np.ndarray) -> np.ndarray:
        """(n,) float32 weights of units with these Zipf frequencies."""
        unseen = -1 if self.unseen is None else self.unseen
        counts = np.array([self.counts.get(unit, unseen) for unit in vocabulary], dtype=np.float64)
        top = self.texts + _PRIOR + 1
        rare = np.maximum(0.05, np.log(top / np.maximum(counts + 0.5, 0.5)) / math.log(top))
        rare *= np.array([0.5 if unit.isdigit() else 1.0 for unit in vocabulary])
        general = 1e-4 / (1e-4 + 10.0 ** (zipf.astype(np.float64) - 9))
        return (general * np.where(counts < 0, 1.0, rare)).astype(np.float32)


@lru_cache(maxsize=1)
def domain_weights() -> dict[str, Weights]:
    """The shipped weights for ``titles``, and for ``texts``: titles with descriptions. Raises ModelError where they are missing or damaged.

    They are fitted once: vectors that depended on all listings of a run would change with every new one.
    """
    try:
        found = json.loads(FREQUENCIES.read_text(encoding="utf-8"))
        return {name: Weights(found["records"], found[name]) for name in ("titles", "texts")}
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"cannot read the frequencies: {error}", where=str(FREQUENCIES), hint="Reinstall the package.") from error


class Vocabulary:
    """All units of some texts, looked up once: their place, vectors, Zipf frequencies and stem codes."""

    def __init__(self, *texts: Iterable[Sequence[str]], vectors: WordVectors) -> None:
        # no text at all: rows of -1 still need something to look up
        self.units = sorted({unit for unit_lists in texts for units in unit_lists for unit in units}) or [""]
        self.place = {unit: i for i, unit in enumerate(self.units)}
        english = lexicon().english
        # a concept has the vector of its English word, and counts as rare
        table, zipf = vectors.lookup([english.get(unit, unit) for unit in self.units])
        self.table = on_grid(table)
        self.zipf = np.where(np.array([unit in english for unit in self.units], dtype=bool), 0.0, zipf).astype(np.float32)
        self.stems = np.array([stem_code(unit) for unit in self.units], dtype=np.uint32)

    def read(self, texts: Sequence[Sequence[str]]) -> Ragged:
        """The places of every text's units."""
        sizes = np.array([len(units) for units in texts], dtype=np.int64)
        places = np.fromiter(map(self.place.__getitem__, chain.from_iterable(texts)), dtype=np.int32, count=int(sizes.sum()))
        return Ragged(places, sizes)

    def which(self, told: Callable[[str], bool]) -> np.ndarray:
        """(n,) of which units something is told."""
        return np.array([told(unit) for unit in self.units], dtype=bool)

    def weigh(self, weights: Weights) -> np.ndarray:
        """(n,) how much every unit says, on the grid."""
        return on_grid(weights(self.units, self.zipf), _BITS_KEPT)


def stem_code(unit: str) -> int:
    """A code that forms of one word share: its first letters without accents. A concept is itself."""
    return zlib.crc32((unit if unit.startswith("#") else plain(unit)[:_STEM]).encode())


def padded(texts: Ragged, weight: np.ndarray, vocabulary: Vocabulary, most: int = MOST_WORDS) -> Words:
    """The texts, as ``vocabulary`` read them, as arrays; ``weight`` is what it says of its units. Of a longer text the weightiest units.
    Units that say hardly anything stand only where no other does."""
    rows, units = texts.rows, texts.values.astype(np.int64)
    codes = rows * len(weight) + units
    by_unit = np.argsort(codes, kind="stable")
    first = np.sort(by_unit[starts_of(codes[by_unit])])
    rows, units = rows[first], units[first]
    says = weight[units] > _WEIGHTLESS
    kept = says | (np.bincount(rows[says], minlength=len(texts)) == 0)[rows]
    rows, units = rows[kept], units[kept]
    long = (np.bincount(rows, minlength=len(texts)) > most)[rows]
    if long.any():
        order = np.lexsort((np.where(long, units, 0), np.where(long, -weight[units], 0), rows))
        rows, units = rows[order], units[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    there = place < most
    found = np.full((len(texts), most), -1, dtype=np.int32)
    found[rows[there], place[there]] = units[there]
    known = found >= 0
    return Words(found, np.where(known, weight[found], 0).astype(np.float32), np.where(known, vocabulary.stems[found], 0), vocabulary.table)


def means(words: Words) -> np.ndarray:
    """(n, dimensions) unit vectors on the grid: the weighted mean of each text's units; zeros for an empty text."""
    n, dimensions = len(words.rows), words.table.shape[1]
    out = np.zeros((n, dimensions), dtype=np.float32)
    few = max(1, _IN_CACHE // words.rows.shape[1])
    for start in range(0, n, few):
        rows = words.rows[start : start + few]
        out[start : start + few] = np.einsum("nw,nwd->nd", words.weights[start : start + few], words.table[rows])
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return on_grid(out / np.where(length == 0, 1, length))


def align(left: Words, i: np.ndarray, right: Words, j: np.ndarray) -> dict[str, np.ndarray]:
    """How far the words of i find a partner among those of j, and the other way.

    cover_a, cover_b     weighted share of the words that have one (0..1)
    rest_a, rest_b       weight of the weightiest word that has none
    shared               weight of the weightiest word that both have, in any form
    """
    out = {name: np.zeros(len(i), dtype=np.float32) for name in ALIGNED}
    width_a, width_b = left.sizes[i], right.sizes[j]
    # a side without words leaves all the other's words without partners; the rest goes in order of size, so that little is padding
    lonely = (width_a == 0) | (width_b == 0)
    out["rest_a"][lonely] = left.weights.max(axis=1, initial=0)[i[lonely]]
    out["rest_b"][lonely] = right.weights.max(axis=1, initial=0)[j[lonely]]
    for at, alike, same in _likeness(left, i, right, j, np.flatnonzero(~lonely)):
        _cover(out, at, _of(left.weights, i[at], len(alike)), _of(right.weights, j[at], alike.shape[1]), alike, same)
    return out


ALIGNED = ("cover_a", "cover_b", "rest_a", "rest_b", "shared")


def _likeness(
    left: Words, i: np.ndarray, right: Words, j: np.ndarray, some: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of pairs at ``some``, all with words, in parts: where; the likeness (words of a, words of b, k); which are forms of one word.

    The pairs come last, so that what follows goes over many of them at once and not over a few words.
    """
    width_a, width_b = left.sizes[i], right.sizes[j]
    some = some[np.argsort(width_a[some].astype(np.int32) * 64 + width_b[some], kind="stable")]
    for start in range(0, len(some), _CHUNK):
        at = some[start : start + _CHUNK]
        a, b = i[at], j[at]
        across, down = int(width_a[at].max()), int(width_b[at].max())
        ra, rb = left.rows[a, :across], right.rows[b, :down]
        alike = np.empty((across, down, len(at)), dtype=np.float32)
        few = max(1, _IN_CACHE // max(across, down))
        for k in range(0, len(at), few):
            found = left.table[ra[k : k + few]] @ right.table[rb[k : k + few]].transpose(0, 2, 1)
            alike[:, :, k : k + few] = found.transpose(1, 2, 0)
        there = np.ascontiguousarray(ra.T >= 0)[:, None] & np.ascontiguousarray(rb.T >= 0)[None]
        same = (_of(left.stems, a, across)[:, None] == _of(right.stems, b, down)[None]) & there
        alike = _bent(alike) * there
        np.copyto(alike, 1, where=same)
        yield at, alike, same


def _of(values: np.ndarray, rows: np.ndarray, width: int) -> np.ndarray:
    """(width, k) of some texts, word by word."""
    return np.ascontiguousarray(values[rows, :width].T)


def _bent(cosines: np.ndarray) -> np.ndarray:
    """Cosines of words as likeness in 0..1, on the grid: to the power of 3/4, by roots, which every machine rounds alike."""
    root = np.sqrt(np.clip((cosines - _UNRELATED) / (1 - _UNRELATED), 0, 1))
    return on_grid(root * np.sqrt(root), _BITS_KEPT)


def _cover(
    out: dict[str, np.ndarray], at: np.ndarray, wa: np.ndarray, wb: np.ndarray, alike: np.ndarray, same: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What ``align`` says, of the pairs ``at``; weights (words, k), the rest as of ``_likeness``. Returns how like each word of either side
    its partner is, (words, k)."""
    best_a, best_b = alike.max(axis=1), alike.max(axis=0)
    out["cover_a"][at] = _mean(best_a, wa)
    out["cover_b"][at] = _mean(best_b, wb)
    out["rest_a"][at] = (wa * (1 - best_a)).max(axis=0)
    out["rest_b"][at] = (wb * (1 - best_b)).max(axis=0)
    out["shared"][at] = (wa * same.any(axis=1)).max(axis=0)
    return best_a, best_b


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    exact = weights.astype(np.float64)
    return (exact * values).sum(axis=0) / np.maximum(exact.sum(axis=0), 1e-6)


def align_titles(
    title: Words, specific: Words, names: Words, i: np.ndarray, j: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """What ``align`` says of the titles and of their specific words, and the weightiest name of either side that the other's title lacks.

    As three calls and more, but the words are compared once where specific words and names are all among the title's.
    """
    whole, part = ({name: np.zeros(len(i), dtype=np.float32) for name in ALIGNED} for _ in range(2))
    lacks_a, lacks_b = np.zeros(len(i), dtype=np.float32), np.zeros(len(i), dtype=np.float32)
    telling, naming = _among(title, specific), _among(title, names)
    # a long title keeps its weightiest words, and its specific ones may be others
    plain_rows = (title.sizes > 0) & (telling.sum(axis=1) == specific.sizes) & (naming.sum(axis=1) == names.sizes)
    simple = plain_rows[i] & plain_rows[j]
    for at, alike, same in _likeness(title, i, title, j, np.flatnonzero(simple)):
        a, b, across, down = i[at], j[at], *alike.shape[:2]
        wa, wb = _of(title.weights, a, across), _of(title.weights, b, down)
        best_a, best_b = _cover(whole, at, wa, wb, alike, same)
        lacks_a[at] = (_of(naming, a, across) * wa * (1 - best_a)).max(axis=0)
        lacks_b[at] = (_of(naming, b, down) * wb * (1 - best_b)).max(axis=0)
        ta, tb = _of(telling, a, across), _of(telling, b, down)
        both = ta[:, None] & tb[None]
        _cover(part, at, wa * ta, wb * tb, alike * both, same & both)
    rest = np.flatnonzero(~simple)
    if len(rest):
        a, b = i[rest], j[rest]
        for out, found in ((whole, align(title, a, title, b)), (part, align(specific, a, specific, b))):
            for name in ALIGNED:
                out[name][rest] = found[name]
        lacks_a[rest], lacks_b[rest] = align(names, a, title, b)["rest_a"], align(names, b, title, a)["rest_a"]
    return whole, part, lacks_a, lacks_b


def _among(words: Words, others: Words) -> np.ndarray:
    """(n, MOST_WORDS) which of a text's words are among those of another list of it."""
    out = np.zeros(words.rows.shape, dtype=bool)
    for start in range(0, len(out), 8192):
        mine, theirs = words.rows[start : start + 8192], others.rows[start : start + 8192]
        out[start : start + 8192] = (mine[:, :, None] == theirs[:, None, :]).any(axis=2) & (mine >= 0)
    return out


def cosine(left: np.ndarray, i: np.ndarray, right: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Row-wise inner products of unit vectors."""
    out = np.empty(len(i), dtype=np.float32)
    for start in range(0, len(i), _IN_CACHE):
        stop = start + _IN_CACHE
        out[start:stop] = np.einsum("pd,pd->p", left[i[start:stop]], right[j[start:stop]])
    return out


#: bits of a trigram signature
_BITS = 512


def signatures(texts: Sequence[Sequence[str]]) -> np.ndarray:
    """(n, _BITS / 64) uint64: which letter triples the units of a text have, hashed into bits."""
    packed = bytearray()
    for units in texts:
        bits, before = 0, ""
        for word in chain.from_iterable(map(_letters, units)):
            # a blank before and after each word: one triple spans two words
            bits |= _triples(f" {word} ") | (_triples(f"{before} {word[0]}") if before else 0)
            before = word[-1]
        packed += bits.to_bytes(_BITS // 8, "little")
    return np.frombuffer(bytes(packed), dtype="<u8").reshape(len(texts), _BITS // 64)


@lru_cache(maxsize=500_000)
def _letters(unit: str) -> tuple[str, ...]:
    """A unit without accents, in words."""
    return tuple(words(plain(unit)))


@lru_cache(maxsize=500_000)
def _triples(text: str) -> int:
    """The bits of all letter triples of a short text."""
    bits = 0
    for start in range(len(text) - 2):
        bits |= 1 << (zlib.crc32(text[start : start + 3].encode()) % _BITS)
    return bits


def trigrams(bits: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Dice similarity of the letter triples of pairs."""
    size = np.bitwise_count(bits).sum(axis=1).astype(np.float32)
    both = np.bitwise_count(bits[i] & bits[j]).sum(axis=1).astype(np.float32)
    return 2 * both / np.maximum(size[i] + size[j], 1)
