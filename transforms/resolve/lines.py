"""Lines of a file that only grows, so that what a run keeps of most listings need not be written again by the next."""

from __future__ import annotations

import mmap
import os
import shutil
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

#: a file that is so many times as long as what is asked of it is written anew
_WASTE = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """n lines: where each begins in a file, its length, and its checksum. Those that are in no file yet begin at -1, -2, ...: they are
    ``fresh``, in that order."""

    starts: np.ndarray
    sizes: np.ndarray
    sums: np.ndarray
    file: Path | None = None
    fresh: list[bytes] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, fresh: list[bytes]) -> Lines:
        """In no file yet."""
        sizes, sums = (
            np.array([len(line) for line in fresh], dtype=np.int32),
            np.array([zlib.crc32(line) for line in fresh], dtype=np.uint32),
        )
        return cls(-1 - np.arange(len(fresh)), sizes, sums, fresh=fresh)

    def at(self, rows: np.ndarray) -> Lines:
        """Some of them."""
        return replace(self, starts=self.starts[rows], sizes=self.sizes[rows], sums=self.sums[rows])

    def with_more(self, fresh: list[bytes]) -> Lines:
        """These lines, all in a file, and others after them."""
        more = Lines.of(fresh)
        starts, sizes = np.concatenate([self.starts, more.starts]), np.concatenate([self.sizes, more.sizes])
        return Lines(starts, sizes, np.concatenate([self.sums, more.sums]), self.file, fresh)

    def read(self, rows: np.ndarray) -> list[bytes]:
        """Some of them. Raises ValueError where the file is not what was written, OSError where there is none."""
        starts, sizes = self.starts[rows].tolist(), self.sizes[rows].tolist()
        with self._content() as held:
            found = [held[s : s + size] if s >= 0 else self.fresh[-1 - s] for s, size in zip(starts, sizes, strict=True)]
        if list(map(zlib.crc32, found)) != self.sums[rows].tolist():
            raise ValueError(f"{self.file} is not what was written")
        return found

    def _content(self) -> mmap.mmap:
        """All of the file, of which only what is asked for is read."""
        if self.file is None:
            return mmap.mmap(-1, 1)
        with self.file.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def renewed(self) -> Lines:
        """As if none were in a file yet, where most of that file is of no use any more. Errors as with `read`."""
        used = int(self.sizes[self.starts >= 0].sum())
        if self.file is None or self.file.stat().st_size <= _WASTE * (used + len(self)):
            return self
        return Lines.of(self.read(np.arange(len(self))))

    def written(self, file: Path) -> Lines:
        """All in this file, which takes over what the former one has. Raises OSError where it cannot be written."""
        if self.file is not None:
            try:
                # the former one may be written to at its end: what it has of lines stays
                os.link(self.file, file)
            except OSError:
                shutil.copyfile(self.file, file)
        lengths = np.array([len(line) + 1 for line in self.fresh], dtype=np.int64)
        with file.open("ab") as out:
            places = out.seek(0, os.SEEK_END) + np.cumsum(lengths) - lengths
            out.write(b"".join(line + b"\n" for line in self.fresh))
        starts, new = self.starts.copy(), self.starts < 0
        starts[new] = places[-1 - starts[new]]
        return replace(self, starts=starts, file=file, fresh=[])
