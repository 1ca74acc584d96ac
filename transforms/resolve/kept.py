"""What earlier runs found, kept by content: countries of which nothing has changed are not resolved again.

A country's result is a function of its listings, the decisions about them, the code and the models alone. All of these make its key; so
what is found under a key is what a run would find, and a folder can be thrown away at any time. An entry that is not whole is dropped.

    <folder>/<key>/clusters.parquet, relations.parquet, doubtful.parquet, matches.parquet, sums.json
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from transforms.resolve.resolution import COLUMNS, Resolution, frame

_SUMS = "sums.json"
_PACKAGE = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash of everything in this package, models included, and of the libraries whose numbers show in a result."""
    found = hashlib.sha256()
    for path in sorted(p for p in _PACKAGE.rglob("*") if p.suffix in (".py", ".toml", ".json", ".npz")):
        found.update(str(path.relative_to(_PACKAGE)).encode() + hashlib.sha256(path.read_bytes()).digest())
    found.update(" ".join(version(name) for name in ("numpy", "pandas", "splink", "duckdb")).encode())
    return found.hexdigest()


def key(typed: pd.DataFrame, decisions: Sequence[Mapping[str, Any]], many: bool) -> str:
    """The key of some listings, whatever the order of their rows, with the decisions that are about any of them."""
    ordered = typed.sort_values("record_id", kind="stable")
    records = set(ordered["record_id"])
    about = sorted(json.dumps([d["verdict"], list(d["records"])]) for d in decisions if records & set(d["records"]))
    found = hashlib.sha256(f"{code_version()} {many} {about}".encode())
    for name in ordered.columns:
        values = [list(v) if hasattr(v, "tolist") else v for v in ordered[name].tolist()]
        found.update(f"{name} {values!r}".encode())
    return found.hexdigest()


class Kept:
    """Results under their keys, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> Resolution | None:
        """The result under a key; None where there is none, or none that is whole."""
        entry = self.folder / name
        try:
            sums = json.loads((entry / _SUMS).read_text(encoding="utf-8"))
            if set(sums) != set(COLUMNS) or any(_sum(entry / f"{part}.parquet") != sums[part] for part in COLUMNS):
                raise ValueError("not what was written")
            return Resolution(**{part: frame(part, pd.read_parquet(entry / f"{part}.parquet")) for part in COLUMNS})
        except (OSError, ValueError):
            shutil.rmtree(entry, ignore_errors=True)
            return None

    def put(self, name: str, result: Resolution) -> None:
        """Keep a result; it is there whole or not at all."""
        entry, making = self.folder / name, self.folder / f"{name}.part"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        for part in COLUMNS:
            getattr(result, part).to_parquet(making / f"{part}.parquet", index=False)
        sums = {part: _sum(making / f"{part}.parquet") for part in COLUMNS}
        (making / _SUMS).write_text(json.dumps(sums), encoding="utf-8")
        shutil.rmtree(entry, ignore_errors=True)
        making.rename(entry)

    def forget(self, but: Iterable[str]) -> None:
        """Drop all entries but some."""
        stay = set(but)
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            if entry.name not in stay:
                shutil.rmtree(entry, ignore_errors=True)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
