"""What many tests share: the repository, and one published sample atlas made once for the whole test session."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


def run_eduatlas(
    *args: object, cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, args)],
        cwd=cwd or ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@pytest.fixture(scope="session")
def eduatlas() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call the command line: ``eduatlas("--data", folder, "status")``."""
    return run_eduatlas


@pytest.fixture(scope="session")
def sample_atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one run of the sample portals. Shared by all tests and processes: read it, never write to it."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "sample-atlas"
    with (shared / "sample-atlas.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            result = run_eduatlas("--data", folder, "run", "--sample", "--quiet", timeout=280)
            assert result.returncode == 0, result.stdout + result.stderr
            (folder / "done").touch()
    return folder


@pytest.fixture
def atlas_copy(sample_atlas: Path, tmp_path: Path) -> Path:
    """A copy of the sample atlas that a test may change."""
    folder = tmp_path / "atlas"
    shutil.copytree(sample_atlas, folder, symlinks=True, ignore=shutil.ignore_patterns("prefect", "done"))
    return folder


def _killed_at(step: int, act: Callable[[], object]) -> bool:
    child = os.fork()
    if child == 0:
        left = [step]

        def counted(real: Callable) -> Callable:
            def call(*args: object, **kwargs: object) -> object:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)

            return call

        for owner, names in ((Path, ("replace", "unlink", "write_bytes")), (os, ("fsync", "rmdir", "unlink"))):
            for name in names:
                setattr(owner, name, counted(getattr(owner, name)))
        try:
            act()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture
def killed_at() -> Callable[[int, Callable[[], object]], bool]:
    """``killed_at(step, act)`` runs ``act`` in a child that ends by SIGKILL at its ``step``-th change of a file; False where it finished
    before."""
    return _killed_at
