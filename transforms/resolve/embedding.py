"""Sentence vectors: one small interface, a static multilingual model behind it that needs nothing but numpy.

Each word of the vocabulary has a vector, taken once from a full sentence model; a text is the weighted mean of its words. A word outside
the vocabulary is put together of known parts, else of its letters, so that equal spellings stay near each other.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.ragged import Ragged, coded, runs
from transforms.resolve.words import words

FILE = Path(__file__).with_name("model") / "words.npz"

#: shortest beginning that an unknown word must share with known ones, in letters and as a share of its length
_STEM_LETTERS, _STEM_SHARE = 4, 0.6
#: zipf frequency of a word that no list knows
_UNKNOWN_ZIPF = 1.0
#: vectors that are gathered at a time
_AT_ONCE = 2048
#: bits of a letter
_LETTER = 21


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
        self._known_triples: dict[str, np.ndarray] = {}

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
        """(n, dimensions) unit vectors of words outside the vocabulary: sums of those of known words that they are made of, else of their
        letter triples."""
        parts = [self._made_of(word) for word in strange]
        made = np.array([bool(of) for of in parts], dtype=bool)
        rows = Ragged.of([of for of in parts if of], np.int64)
        used, place = coded(rows.values, len(self._words))
        triples, which = _triples([word for word, of in zip(strange, parts, strict=True) if not of])
        out = np.empty((len(strange), self.dimensions), dtype=np.float32)
        out[made] = _summed(self._decode(used), Ragged(place, rows.sizes))
        out[~made] = _summed(np.concatenate([out[:0], *map(self._of_triple, triples)]), which)
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def _of_triple(self, triple: str) -> np.ndarray:
        """(1, dimensions) a vector that depends on these letters alone."""
        if triple not in self._known_triples:
            seed = int.from_bytes(hashlib.blake2b(triple.encode(), digest_size=8).digest(), "little")
            self._known_triples[triple] = np.random.default_rng(seed).standard_normal((1, self.dimensions)).astype(np.float32)
        return self._known_triples[triple]

    def _made_of(self, word: str) -> tuple[int, ...]:
        if len(word) >= _STEM_LETTERS and word.isalpha():
            return self._kin(word) or self._halves(word)
        return ()

    def _kin(self, word: str) -> tuple[int, ...]:
        """Up to three known words with the longest common beginning."""
        least = word[: max(_STEM_LETTERS, math.ceil(_STEM_SHARE * len(word)))]
        at = bisect_left(self._words, least)
        if at == len(self._words) or not self._words[at].startswith(least):
            return ()
        at = bisect_left(self._words, word, at)
        # no word shares a longer beginning than those right before and behind
        longest = max(_common(word, near) for near in self._words[max(0, at - 1) : at + 1])
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


def _triples(spelled: Sequence[str]) -> tuple[list[str], Ragged]:
    """The different letter triples of some words, and which of them each word has, in order: equal spellings meet, others do not."""
    # a word of no letters is its two ends alone
    padded = [f"<{word}>" if word else "<>\0" for word in spelled]
    letters = np.frombuffer("".join(padded).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    lengths = np.array([len(word) for word in padded], dtype=np.int64)
    first = runs(np.cumsum(lengths) - lengths, lengths - 2)
    three = letters[first] << 2 * _LETTER | letters[first + 1] << _LETTER | letters[first + 2]
    different, which = np.unique(three, return_inverse=True)
    kinds = np.stack([different >> shift & 2**_LETTER - 1 for shift in (2 * _LETTER, _LETTER, 0)], axis=1)
    texts = kinds.astype("<u4").tobytes().decode("utf-32-le")
    return [texts[k : k + 3].rstrip("\0") for k in range(0, len(texts), 3)], Ragged(which, lengths - 2)


def _summed(table: np.ndarray, parts: Ragged) -> np.ndarray:
    """(n, dimensions) of each list the sum of these rows of a table, in their order, hence the same whatever lists come with it."""
    out, first = np.empty((len(parts), table.shape[1]), dtype=np.float32), parts.starts
    for size in np.unique(parts.sizes).tolist():
        alike, few = np.flatnonzero(parts.sizes == size), max(1, _AT_ONCE // size)
        for start in range(0, len(alike), few):
            some = alike[start : start + few]
            out[some] = table[parts.values[first[some, None] + np.arange(size)]].sum(axis=1)
    return out


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
