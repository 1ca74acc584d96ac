"""The benchmark of the warehouse runs on a small world; its update says what a build says, or it stops."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_building_updating_and_exporting_side_by_side() -> None:
    command = [sys.executable, "benchmarks/warehouse.py", "--listings", "1000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for line in ("bare load of the same tables", "1 % changed", "export parquet", "publish again, nothing new", "peak memory"):
        assert line in done.stdout
