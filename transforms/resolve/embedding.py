"""Sentence vectors: one small interface, a static multilingual model behind it that needs nothing but numpy.

Each word of the vocabulary has a vector, taken once from a full sentence model; a text is the weighted mean of its words. A word outside
the vocabulary is put together of known parts, else of its letters, so that equal spellings stay near each other.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.ragged import Ragged, coded
from transforms.resolve.words import words

FILE = Path(__file__).with_name("model") / "words.npz"

#: shortest beginning that an unknown word must share with known ones, in letters and as a share of its length
_STEM_LETTERS, _STEM_SHARE = 4, 0.6
#: zipf frequency of a word that no list knows
_UNKNOWN_ZIPF = 1.0
#: words outside the vocabulary whose parts are remembered, and vectors that are gathered at a time
_REMEMBERED, _AT_ONCE = 200_000, 2048


class Embedder(Protocol):
    """Texts to unit vectors."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), dimensions) float32; rows have length 1, or 0 where a text has no words."""
        ...


class WordVectors:
    """The vectors of single words. ``vector(word)`` never fails: unknown words are made of parts or letters."""

    def __init__(self, vocabulary: list[str], codes: np.ndarray, step: np.ndarray, zipf: np.ndarray) -> None:
        self._words = vocabulary
        self._row = {w: i for i, w in enumerate(vocabulary)}
        self._codes, self._step, self._zipf = codes, step, zipf
        self.dimensions = len(step)
        self._known_parts: dict[str, tuple[int, ...]] = {}
        self._triples: dict[str, int] = {}
        self._of_triples: list[np.ndarray] = []

    @classmethod
    def load(cls, path: Path = FILE) -> WordVectors:
        """The model that ships with the project. Raises ModelError where it is missing or damaged."""
        try:
            with np.load(path) as data:
                vocabulary = data["words"].tobytes().decode().split("\n")
                return cls(vocabulary, data["codes"], data["step"], data["zipf"].astype(np.float32))
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"cannot read the word vectors: {error}", where=str(path), hint="Reinstall the package.") from error

    def __contains__(self, word: str) -> bool:
        return word in self._row

    def _decode(self, rows: np.ndarray) -> np.ndarray:
        packed = self._codes[rows]
        codes = np.empty((len(rows), self.dimensions), dtype=np.float32)
        codes[:, 0::2], codes[:, 1::2] = packed >> 4, packed & 15
        out = (codes - 8) * self._step
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def lookup(self, vocabulary: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """(n, dimensions) unit vectors and (n,) zipf frequencies of words."""
        rows = np.array([self._row.get(w, -1) for w in vocabulary], dtype=np.int64)
        out = np.empty((len(vocabulary), self.dimensions), dtype=np.float32)
        known = np.flatnonzero(rows >= 0)
        out[known] = self._decode(rows[known])
        zipf = np.full(len(vocabulary), _UNKNOWN_ZIPF, dtype=np.float32)
        zipf[known] = self._zipf[rows[known]]
        strange = np.flatnonzero(rows < 0)
        if len(strange):
            out[strange] = self._put_together([vocabulary[k] for k in strange.tolist()])
        return out, zipf

    def _put_together(self, strange: Sequence[str]) -> np.ndarray:
        """(n, dimensions) unit vectors of words outside the vocabulary: sums of those of their parts."""
        parts = Ragged.of([self._parts(word) for word in strange], np.int64)
        used, place = coded(parts.values, len(self._words) + len(self._of_triples))
        known, triples = used[used < len(self._words)], used[used >= len(self._words)] - len(self._words)
        letters = [self._of_triples[k] for k in triples.tolist()]
        out = _summed(np.concatenate([self._decode(known), *letters], dtype=np.float32), Ragged(place, parts.sizes))
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def _parts(self, word: str) -> tuple[int, ...]:
        """What a word outside the vocabulary is made of: rows of known words, else letter triples, which are counted from behind these."""
        parts = self._known_parts.get(word)
        if parts is None:
            if len(self._known_parts) >= _REMEMBERED:
                self._known_parts.clear()
            parts = self._known_parts[word] = self._made_of(word) or tuple(map(self._triple, _triples(word)))
        return parts

    def _triple(self, letters: str) -> int:
        row = self._triples.setdefault(letters, len(self._words) + len(self._of_triples))
        if row == len(self._words) + len(self._of_triples):
            self._of_triples.append(_of_triple(letters, self.dimensions))
        return row

    def _made_of(self, word: str) -> tuple[int, ...]:
        if len(word) >= _STEM_LETTERS and word.isalpha():
            return self._kin(word) or self._halves(word)
        return ()

    def _kin(self, word: str) -> tuple[int, ...]:
        """Up to three known words with the longest common beginning."""
        at = bisect_left(self._words, word)
        # no word shares a longer beginning than those right before and behind
        longest = max((_common(word, near) for near in self._words[max(0, at - 1) : at + 1]), default=0)
        if longest < max(_STEM_LETTERS, _STEM_SHARE * len(word)):
            return ()
        shared = {row: _common(word, self._words[row]) for row in range(max(0, at - 3), min(len(self._words), at + 3))}
        return tuple(row for row, n in shared.items() if n == longest and len(self._words[row]) <= len(word) + 4)[:3]

    def _halves(self, word: str) -> tuple[int, ...]:
        """The two known words of a compound, cut so that the shorter is longest; a linking letter or two may stand between."""
        best: tuple[int, tuple[int, ...]] = (0, ())
        for cut in range(4, len(word) - 3):
            first = self._row.get(word[:cut])
            for link in (0, 1) if first is not None else ():
                second = self._row.get(word[cut + link :])
                if second is not None and min(cut, len(word) - cut - link) > best[0]:
                    best = min(cut, len(word) - cut - link), (first, second)  # type: ignore[assignment]
        return best[1] if best[0] >= 4 else ()


def _common(a: str, b: str) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _triples(word: str) -> list[str]:
    """The word's letter triples: equal spellings meet, others do not."""
    padded = f"<{word}>"
    return [padded[i : i + 3] for i in range(max(1, len(padded) - 2))]


def _summed(table: np.ndarray, parts: Ragged) -> np.ndarray:
    """(n, dimensions) of each list the sum of these rows of a table, in their order, hence the same whatever lists come with it."""
    out, first = np.empty((len(parts), table.shape[1]), dtype=np.float32), parts.starts
    for size in np.unique(parts.sizes).tolist():
        alike, few = np.flatnonzero(parts.sizes == size), max(1, _AT_ONCE // size)
        for start in range(0, len(alike), few):
            some = alike[start : start + few]
            out[some] = table[parts.values[first[some, None] + np.arange(size)]].sum(axis=1)
    return out


def _of_triple(triple: str, dimensions: int) -> np.ndarray:
    """(1, dimensions) a vector that depends on these letters alone."""
    seed = int.from_bytes(hashlib.blake2b(triple.encode(), digest_size=8).digest(), "little")
    return np.random.default_rng(seed).standard_normal((1, dimensions)).astype(np.float32)


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """The shipped vectors, loaded once."""
    return WordVectors.load()


class StaticEmbedder:
    """The weighted mean of a text's word vectors. ``counts`` (word -> weight) overrides the weight by general frequency."""

    name = "static"

    def __init__(self, vectors: WordVectors | None = None, weights: Mapping[str, float] | None = None) -> None:
        self._vectors = vectors or word_vectors()
        self._weights = weights or {}
        self.dimensions = self._vectors.dimensions

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See `Embedder.encode`."""
        split = [words(text) for text in texts]
        vocabulary = sorted({w for found in split for w in found})
        place = {w: i for i, w in enumerate(vocabulary)}
        table, zipf = self._vectors.lookup(vocabulary)
        weight = np.array([self._weights.get(w, by_frequency(z)) for w, z in zip(vocabulary, zipf, strict=True)], dtype=np.float32)
        table *= weight[:, None]
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for i, found in enumerate(split):
            if found:
                out[i] = table[[place[w] for w in found]].sum(axis=0)
        length = np.linalg.norm(out, axis=1, keepdims=True)
        return out / np.where(length == 0, 1, length)


def by_frequency(zipf: float) -> float:
    """Weight of a word by its Zipf frequency (0..8): rare words count most, function words hardly."""
    return float(1e-4 / (1e-4 + 10 ** (zipf - 9)))
