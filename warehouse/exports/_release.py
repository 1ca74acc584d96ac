"""The files of a release as they stand on the disk while it is being made: what the descriptions of it list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.files import sha256

#: what describes the release, and what differs between two builds that say the same
_DESCRIPTIONS = frozenset({"dcat", "manifest.json"})
_VARYING = frozenset({".duckdb"})


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of the release. ``name``: path in the release; ``size`` in bytes; both figures are None where two builds may differ."""

    name: str
    size: int | None
    sha256: str | None

    @property
    def export(self) -> str:
        """The export that wrote it; empty for files at the top."""
        return self.name.rpartition("/")[0].split("/")[0]

    @property
    def stem(self) -> str:
        """File name without suffix: of csv, jsonl and parquet the table."""
        return Path(self.name).stem

    @property
    def suffix(self) -> str:
        """``csv``, ``parquet`` and so on."""
        return Path(self.name).suffix.lstrip(".")


def root_of(folder: Path, name: str) -> Path:
    """The release's own folder, for an export that is handed it or a folder of its own inside it."""
    return folder.parent if folder.name == name else folder


def files_in(release: Path) -> Sequence[ReleaseFile]:
    """Every finished file, by name; what describes the release and hidden files are left out."""
    found = []
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        name = path.relative_to(release).as_posix()
        if name.split("/")[0] in _DESCRIPTIONS or any(part.startswith(".") for part in name.split("/")) or path.suffix == ".wal":
            continue
        varies = path.suffix in _VARYING
        found.append(ReleaseFile(name, None if varies else path.stat().st_size, None if varies else sha256(path)))
    return found
