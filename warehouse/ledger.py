"""The ledger: append-only text, one JSON event a line, flushed to the disk before anyone relies on it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from spiders.errors import InputError, StorageError
from spiders.files import sync
from spiders.forgetting import rewrite
from spiders.recognition import Recognition
from warehouse.files import storing

log = logging.getLogger(__name__)

STREAMS = ("identities", "decisions", "sightings", "runs", "forgotten")


class Ledger:
    """Streams of events in one folder. Events are never changed or removed, but by ``rewrite`` for what must be forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, stream: str) -> Path:
        """File of a stream. Raises InputError for a stream that does not exist."""
        if stream not in STREAMS:
            raise InputError(f"the ledger has no stream {stream!r}", hint=f"Streams: {', '.join(STREAMS)}.")
        return self.folder / f"{stream}.jsonl"

    def append(self, stream: str, events: Iterable[Mapping[str, Any]]) -> int:
        """Add events, all or none, and flush them; returns how many. Raises StorageError where the disk refuses.

        The rest of a line that a killed process left half written was never relied on: it moves to ``<stream>.torn``.
        """
        lines = [json.dumps(e, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n" for e in events]
        if not lines:
            return 0
        path = self.path(stream)
        with storing(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = not path.exists()
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                end = self._mend(handle, path)
                _write(handle, "".join(lines).encode(), end)
            finally:
                os.close(handle)
            if fresh:
                sync(self.folder)
        return len(lines)

    def _mend(self, handle: int, path: Path) -> int:
        """Set a torn last line aside; the offset at which whole lines end."""
        size = os.fstat(handle).st_size
        whole = _whole(path, size)
        if whole < size:
            torn = os.pread(handle, size - whole, whole)
            with path.with_suffix(".torn").open("ab") as out:
                out.write(torn + b"\n")
                out.flush()
                os.fsync(out.fileno())
            os.ftruncate(handle, whole)
            log.warning("%s: a half-written last line was set aside in %s", path, path.with_suffix(".torn").name)
        return whole

    def read(self, stream: str) -> list[dict[str, Any]]:
        """All events of a stream, oldest first; a half-written last line is left out and told in the log.

        Raises StorageError for any other line that is not one JSON object: the ledger is damaged.
        """
        path = self.path(stream)
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(f"cannot read: {error.strerror}", where=str(path), hint="Make the ledger readable for this user.") from error
        whole, torn = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
        if torn:
            log.warning("%s: the last line is half written and is left out", path)
        return [_event(path, number, line) for number, line in enumerate(whole.splitlines(), 1) if line.strip()]

    def rewrite(self, stream: str, change: Callable[[dict[str, Any]], dict[str, Any] | None], seen: Recognition) -> int:
        """Replace a stream by what ``change`` leaves of its events, atomically; returns how many went or changed.

        For forgetting alone. Half-written lines in which ``seen`` finds something go too, set aside or not.
        """
        path = self.path(stream)
        with storing(path):
            rewrite(path.with_suffix(".torn"), lambda event: event, seen)
            return rewrite(path, change, seen)

    def torn(self, stream: str) -> str | None:
        """The half-written last line, where there is one."""
        path = self.path(stream)
        if not path.exists():
            return None
        text = path.read_bytes()
        return text[text.rfind(b"\n") + 1 :].decode("utf-8", "replace") or None


def _event(path: Path, number: int, line: bytes) -> dict[str, Any]:
    hint = "Restore the ledger from its version control or backup; raw zone and ledger rebuild everything else."
    try:
        event = json.loads(line)
    except ValueError as error:
        raise StorageError(f"line is no JSON: {error}", where=f"{path}:{number}", hint=hint) from error
    if not isinstance(event, dict):
        raise StorageError("line is no JSON object", where=f"{path}:{number}", hint=hint)
    return event


def _whole(path: Path, size: int) -> int:
    """Offset just after the last line end."""
    with path.open("rb") as handle:
        end = size
        while end > 0:
            start = max(0, end - 65536)
            handle.seek(start)
            at = handle.read(end - start).rfind(b"\n")
            if at >= 0:
                return start + at + 1
            end = start
    return 0


def _write(handle: int, text: bytes, end: int) -> None:
    """Write and flush; a disk that fills up half way leaves nothing of it behind."""
    try:
        done = 0
        while done < len(text):
            done += os.write(handle, text[done:])
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, end)
        raise
