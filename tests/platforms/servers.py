"""Starts and ends servers for tests: each in a process group of its own, which is ended as a whole."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LOOPBACK = "127.0.0.1"


def need(*programs: str) -> None:
    """Skips the test where a program is not installed."""
    missing = [p for p in programs if not (shutil.which(p) or Path(p).exists())]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; tests/platforms/install.sh does it")


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as s:
        s.bind((LOOPBACK, 0))
        return int(s.getsockname()[1])


@contextmanager
def server(
    command: Sequence[str], ready: Path | int, log: Path, *, seconds: float = 120, env: dict[str, str] | None = None
) -> Iterator[int]:
    """Runs ``command`` until the block ends; ``ready``: the port that must accept, or the socket that must appear."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **(env or {})})
    try:
        _await(process, ready, log, seconds)
        yield process.pid
    finally:
        _end(process)


def _await(process: subprocess.Popen[bytes], ready: Path | int, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if isinstance(ready, Path):
            if ready.exists():
                return
        else:
            with socket.socket() as s:
                s.settimeout(1)
                if s.connect_ex((LOOPBACK, ready)) == 0:
                    return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args} is not ready: {log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the whole group: workers of a server may outlive their parent."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
