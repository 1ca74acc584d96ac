"""Fixtures for tests that harvest over real HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from portal_server import run, site  # noqa: E402, F401
