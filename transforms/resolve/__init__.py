"""Which listings speak of the same initiative, across portals and languages, and how initiatives relate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.resolve.resolution import Resolution

if TYPE_CHECKING:
    from transforms.resolve.dedupe import DedupeReport as DedupeReport
    from transforms.resolve.dedupe import dedupe_file as dedupe_file
    from transforms.resolve.run import resolve as resolve

__all__ = ["DedupeReport", "Resolution", "dedupe_file", "resolve"]


def __getattr__(name: str) -> Any:
    # DuckDB, Splink and the models load only when something is resolved
    if name == "resolve":
        from transforms.resolve.run import resolve

        return resolve
    if name in ("dedupe_file", "DedupeReport"):
        from transforms.resolve import dedupe

        return getattr(dedupe, name)
    raise AttributeError(name)
