"""The static model out of the words' full vectors: centred, turned to their principal axes, part-whitened, cut and packed in 4 bits.

python -m transforms.resolve.training.pack WORDS.txt WORDS.npy OUT.npz [--dimensions 256]
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

#: how far axes are brought to equal length: 0 leaves them, 1 whitens fully
WHITENING = 0.5


def project(vectors: np.ndarray, dimensions: int, whitening: float = WHITENING) -> np.ndarray:
    """(n, d) word vectors as (n, dimensions) float32: mean removed, principal axes, each divided by its spread ** ``whitening``."""
    centred = vectors.astype(np.float32)
    centred -= centred.mean(axis=0)
    spread, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    order = np.argsort(-spread)[:dimensions]
    return (centred @ axes[:, order]) / np.sqrt(spread[order]) ** whitening


def pack(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit rows as two 4-bit codes a byte, and the width of a step in each dimension."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    step = (unit.std(axis=0) * 0.38).astype(np.float32)  # 15 levels reach 2.7 standard deviations each way
    codes = np.clip(np.rint(unit / step), -7, 7).astype(np.int8) + 8
    return (codes[:, 0::2].astype(np.uint8) << 4) | codes[:, 1::2].astype(np.uint8), step


def commonness(words: list[str]) -> np.ndarray:
    """For each word how common it is: the highest Zipf frequency (0..8) over all languages that are counted."""
    import wordfreq

    from transforms.resolve.training.vocabulary import LANGUAGES

    tables = [wordfreq.get_frequency_dict(language, "best") for language in LANGUAGES]
    return np.array([max(0.0, max(9 + math.log10(t.get(w) or 1e-9) for t in tables)) for w in words], dtype=np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dimensions", type=int, default=256)
    args = parser.parse_args()
    words = args.words.read_text(encoding="utf-8").split("\n")[:-1]
    order = np.array(sorted(range(len(words)), key=words.__getitem__))
    words = [words[i] for i in order]
    codes, step = pack(project(np.load(args.vectors)[order], args.dimensions))
    text = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    np.savez_compressed(args.out, words=text, codes=codes, step=step, zipf=commonness(words))
    print(f"{len(words)} words, {args.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
