"""What earlier runs found, kept by content: countries of which nothing has changed are not resolved again.

A country's result is a function of its listings, the decisions about them, the code and the models alone. All of these make its key; so
what is found under a key is what a run would find, and a folder can be thrown away at any time. An entry that is not whole is dropped.
Where something did change, ``countries`` holds what was found of the listings that did not (`memory`).

    <folder>/<key>/clusters.arrow, relations.arrow, matches.arrow, sums.json
    <folder>/countries/<country>/
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow
import pyarrow.feather
import pyarrow.ipc

from transforms.resolve.memory import DIGEST, Country, Memory, load, met_before, save
from transforms.resolve.prepare import PREPARED
from transforms.resolve.resolution import COLUMNS, Found
from transforms.resolve.sentences import installed

_SUMS, _COUNTRIES = "sums.json", "countries"
_PACKAGE = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash of everything in this package, models included, and of the libraries whose numbers show in a result."""
    found = hashlib.sha256()
    for path in sorted(p for p in _PACKAGE.rglob("*") if p.suffix in (".py", ".toml", ".json", ".npz")):
        found.update(str(path.relative_to(_PACKAGE)).encode() + hashlib.sha256(path.read_bytes()).digest())
    found.update(" ".join([*(version(name) for name in ("numpy", "pandas", "splink", "duckdb")), installed()]).encode())
    return found.hexdigest()


def digests_of(typed: pd.DataFrame) -> np.ndarray:
    """(n,) a hash of all that resolve looks at of every row."""
    rows = zip(*(typed[name].tolist() for name in PREPARED), strict=True)
    size = np.dtype(DIGEST).itemsize
    digests = b"".join(hashlib.blake2b(_said(row), digest_size=size).digest() for row in rows)
    return np.frombuffer(digests, dtype=DIGEST)


def _said(row: tuple[Any, ...]) -> bytes:
    """All of a row in bytes."""
    try:
        return orjson.dumps(row, default=_plain)
    except TypeError:  # half a character, which a JSON text may hold
        return json.dumps(row, default=_plain).encode()


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else repr(value)


def key(digests: np.ndarray, records: Iterable[str], decisions: Sequence[Mapping[str, Any]], *, many: bool, precise: bool = False) -> str:
    """The key of some listings, whatever the order of their rows, with the decisions that are about any of them."""
    held = set(records) if decisions else set()
    about = sorted(json.dumps([d["verdict"], list(d["records"])]) for d in decisions if held & set(d["records"]))
    found = hashlib.sha256(f"{code_version()} {many} {precise} {about}".encode())
    found.update(np.sort(digests).tobytes())
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class KeptFound(Found):
    """A result and where it is kept: another process to which it is handed reads it there, and has None if it is not whole any more."""

    entry: Path

    def __reduce__(self) -> tuple[Callable[[str], Found | None], tuple[str]]:
        return Kept(self.entry.parent).get, (self.entry.name,)


class Kept:
    """Results under their keys, in a folder, and what was found of each country."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> Found | None:
        """The result under a key; None where there is none, or none that is whole."""
        entry = self.folder / name
        try:
            sums = json.loads((entry / _SUMS).read_text(encoding="utf-8"))
            held = {part: pyarrow.py_buffer((entry / f"{part}.arrow").read_bytes()) for part in COLUMNS}
            if {part: zlib.crc32(content) for part, content in held.items()} != sums:
                raise ValueError("not what was written")
            return Found(**{part: pyarrow.ipc.open_file(content).read_all() for part, content in held.items()})
        except (OSError, ValueError):
            shutil.rmtree(entry, ignore_errors=True)
            return None

    def put(self, name: str, result: Found) -> KeptFound:
        """Keep a result; it is there whole or not at all."""
        entry, making = self.folder / name, self.folder / f"{name}.part"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        sums = {}
        for part in COLUMNS:
            content = pyarrow.BufferOutputStream()
            pyarrow.feather.write_feather(getattr(result, part), content, compression="uncompressed")
            sums[part] = zlib.crc32(content.getvalue())
            (making / f"{part}.arrow").write_bytes(content.getvalue())
        (making / _SUMS).write_text(json.dumps(sums), encoding="utf-8")
        shutil.rmtree(entry, ignore_errors=True)
        making.rename(entry)
        return KeptFound(result.clusters, result.relations, result.matches, entry)

    def memory(self, country: str) -> Memory:
        """What earlier runs found of a country's listings."""
        return load(self._of(country), code_version())

    def drop(self, country: str) -> None:
        """Forget what earlier runs found of a country's listings."""
        shutil.rmtree(self._of(country), ignore_errors=True)

    def met(self, country: str, digests: np.ndarray) -> np.ndarray:
        """(n,) which of a country's listings, by their hashes, earlier runs seem to have met."""
        return met_before(digests, self._of(country), code_version())

    def remember(self, country: str, found: Country, sentences: Mapping[bytes, np.ndarray]) -> None:
        """Keep what was found of a country's listings, and the sentences that were read."""
        save(found, sentences, self._of(country), code_version())

    def _of(self, country: str) -> Path:
        return self.folder / _COUNTRIES / (re.sub(r"\W", "_", country) or "none")

    def forget(self, but: Iterable[str], countries: Iterable[str]) -> None:
        """Drop all results but those under some keys, and what is known of other countries."""
        stay = {self.folder / name for name in (*but, _COUNTRIES)} | set(map(self._of, countries))
        for folder in (self.folder, self.folder / _COUNTRIES):
            for entry in folder.iterdir() if folder.is_dir() else ():
                if entry not in stay:
                    shutil.rmtree(entry, ignore_errors=True)
