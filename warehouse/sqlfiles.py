"""The ``.sql`` files of the warehouse: where they are and the order in which they run.

A file names the files it needs in its first lines, ``-- after: claims, portals``; all that it does not name may run before or after.
A large table names the column ``by`` which an update replaces its rows, and their ``order`` for readers; one that only another version of
the program makes otherwise is ``fixed``, and says why.
"""

from __future__ import annotations

import graphlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spiders.errors import ModelError

FOLDER = Path(__file__).with_name("sql")

_HEADER = re.compile(r"^--\s*(after|by|fixed|like|order|blocking|warning):\s*(.*)$")


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One file: its name (the stem), its kind (the folder), its text and what its header says."""

    name: str
    kind: str
    text: str
    header: dict[str, str]

    @property
    def after(self) -> tuple[str, ...]:
        """Names of the files that must have run before."""
        return tuple(part.strip() for part in self.header.get("after", "").split(",") if part.strip())

    @property
    def path(self) -> Path:
        """Where it stands."""
        return FOLDER / self.kind / f"{self.name}.sql"


def _read(path: Path, kind: str) -> SqlFile:
    text = path.read_text(encoding="utf-8")
    found = [_HEADER.match(line) for line in text.splitlines() if line.startswith("--")]
    return SqlFile(path.stem, kind, text, {m[1]: m[2].strip() for m in found if m})


@cache
def load(kind: str) -> tuple[SqlFile, ...]:
    """All files of one folder, by name. Raises ModelError where the folder is missing or empty."""
    paths = sorted((FOLDER / kind).glob("*.sql"))
    if not paths:
        raise ModelError("no .sql files", where=str(FOLDER / kind), hint="Reinstall the package.")
    return tuple(_read(path, kind) for path in paths)


@cache
def ordered(*kinds: str) -> tuple[SqlFile, ...]:
    """The files of several folders in an order that respects every ``after``; the same at every call."""
    files = {file.name: file for kind in kinds for file in load(kind)}
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for name in sorted(files):
        unknown = [need for need in files[name].after if need not in files]
        if unknown:
            raise ModelError(f"needs {unknown[0]}, which is not there", where=f"{files[name].kind}/{name}.sql")
        sorter.add(name, *files[name].after)
    try:
        return tuple(files[name] for name in sorter.static_order())
    except graphlib.CycleError as error:
        raise ModelError(f"files wait for each other: {' -> '.join(error.args[1])}", where=str(FOLDER)) from error


def named(kind: str, name: str) -> SqlFile:
    """One file."""
    return next(file for file in load(kind) if file.name == name)
