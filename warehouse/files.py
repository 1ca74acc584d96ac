"""Files and links as a release needs them: syncing, linking, hashing, and what to say when the disk refuses."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from spiders.errors import StorageError
from spiders.files import sync

HINTS = {
    errno.ENOSPC: "The disk is full: free some space or choose another data folder (--data); what was published stands.",
    errno.EDQUOT: "The quota is used up: free some space or choose another data folder (--data); what was published stands.",
    errno.EACCES: "Make the folder writable for this user, or choose another data folder (--data); what was published stands.",
    errno.EPERM: "Make the folder writable for this user, or choose another data folder (--data); what was published stands.",
    errno.EROFS: "The folder is on a read-only file system: choose another data folder (--data); what was published stands.",
}


@contextlib.contextmanager
def storing(where: Path) -> Iterator[None]:
    """Turns what the operating system says about a file into StorageError with what to do."""
    try:
        yield
    except OSError as error:
        hint = HINTS.get(error.errno or 0, "Check the folder and the disk; what was published stands.")
        raise StorageError(f"cannot write: {os.strerror(error.errno or 0)}", where=str(error.filename or where), hint=hint) from error


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below, then the folder itself."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(parent, name))
        sync(Path(parent))


def link_atomic(link: Path, target: str) -> None:
    """Point a symbolic link at ``target``; a reader sees the old or the new one, never none."""
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync(link.parent)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, 64 hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
