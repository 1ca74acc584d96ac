"""Memory in processes that read page after page, or that load a long history: what Python and the C library do by default costs there."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: parameters of glibc's ``mallopt`` (malloc.h), and bytes
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT, _LARGEST = 64 << 20, 32 << 20


def keep_freed() -> None:
    """From now on this process keeps what a parsed page leaves, for the next page.

    By default glibc hands it back to the system and asks for it again at every page: forty page faults, a third of the time that parsing
    takes. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
        mallopt(_M_MMAP_THRESHOLD, _LARGEST)


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection while many objects are made that all stay; it would look through them again and again. Also a decorator."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def shared_pool() -> Iterator[None]:
    """Arrow takes its memory from where numpy does, for a while. What is freed there is there for the next; its own pool gives a column
    back as soon as it is done with, and the system must clear the pages of the next one. Also a decorator."""
    import pyarrow as pa  # a crawl has no use for it

    was = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        # what was taken meanwhile knows whom it belongs to
        pa.set_memory_pool(was)


@contextmanager
def passed_over() -> Iterator[None]:
    """Everything that exists now is passed over by garbage collection for a while."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
