"""One run at a time in a data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from spiders.errors import LockedError
from warehouse.files import storing


class DataLock:
    """Holds ``<data>/.lock`` while a run works; the operating system frees it when the process ends, however it ends.

    Raises LockedError, naming the process, where another run holds it. The lock counts between processes and within one.
    """

    def __init__(self, data: Path) -> None:
        self.path = data / ".lock"
        self._handle: int | None = None

    def __enter__(self) -> DataLock:
        with storing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise LockedError(
                f"another run (process {holder}) works in this data folder", where=str(self.path.parent), hint="Wait until it ends."
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
