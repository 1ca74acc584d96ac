"""How much memory a process and those that it started take together, while something runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
#: seconds between two looks
_EVERY = 0.2


@dataclass(slots=True)
class Together:
    """The greatest sum of resident memory that was seen, in GB; 0 where the system has no /proc."""

    most: float = 0.0


@contextmanager
def together() -> Iterator[Together]:
    """Look at this process and those that it started again and again; pages that they share count for each of them."""
    seen, ended = Together(), threading.Event()

    def look() -> None:
        while not ended.wait(_EVERY):
            seen.most = max(seen.most, _resident(os.getpid()) / 1e9)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield seen
    finally:
        ended.set()
        watch.join()


def _resident(process: int) -> int:
    """Bytes of a process and all below it; of one that ended meanwhile none."""
    try:
        own = int((_PROC / str(process) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        below = [child for file in (_PROC / str(process) / "task").glob("*/children") for child in file.read_text().split()]
    except (OSError, IndexError):
        return 0
    return own + sum(_resident(int(child)) for child in below)
