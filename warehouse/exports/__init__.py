"""Exports: one module per format, each writing the datasets of a release from the built DuckDB file.

A module has ``NAME`` (also its folder in a release), ``FORMAT`` (media type) and ``write(source, folder) -> list of files``.
It streams: memory does not grow with rows. The same release gives the same bytes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from types import ModuleType
from typing import Protocol, cast

import duckdb

from spiders.errors import UsageError
from warehouse import sqlfiles
from warehouse.digest import quote

#: published tables that are indexes into others, of no use as files
INDEXES = frozenset({"search_terms"})


@dataclass(frozen=True, slots=True)
class Column:
    """A published column; ``type`` is DuckDB's word for it."""

    name: str
    type: str
    comment: str

    @property
    def nested(self) -> bool:
        """True for lists, maps and structs."""
        return self.type.endswith("]") or self.type.startswith(("MAP", "STRUCT"))


@dataclass(frozen=True, slots=True)
class Dataset:
    """A published table: rows stand in it in the order in which every export writes them."""

    name: str
    comment: str
    columns: tuple[Column, ...]

    @property
    def rows(self) -> str:
        """SQL that yields the rows in order."""
        return f"SELECT * FROM {quote(self.name)}"


@dataclass(frozen=True, slots=True)
class Source:
    """A built release: a read-only connection to its DuckDB file and what it says of itself."""

    con: duckdb.DuckDBPyConnection
    version: str
    schema_version: str
    world: str = "live"

    def datasets(self, *, indexes: bool = False) -> list[Dataset]:
        """The published tables, by name; with ``indexes`` those that only serve queries too."""
        found: dict[str, tuple[str, list[Column]]] = {}
        for table, about, column, kind, comment in self.con.execute(sqlfiles.named("reports", "datasets").text).fetchall():
            found.setdefault(table, (about or "", []))[1].append(Column(column, kind, comment or ""))
        return [Dataset(n, about, tuple(cs)) for n, (about, cs) in found.items() if indexes or n not in INDEXES]


def arrange(con: duckdb.DuckDBPyConnection) -> None:
    """Put the rows of tables in order that an update left out of order: in temporary tables of the same names, which exports then read."""
    for file in sqlfiles.load("tables"):
        if "order" in file.header:
            table, order = quote(file.name), file.header["order"]
            misplaced = Template(sqlfiles.named("reports", "out_of_order").text).substitute(table=table, order=order)
            if con.execute(misplaced).fetchall():
                con.execute(f"CREATE TEMP TABLE {table} AS FROM {table} ORDER BY {order}")


class Export(Protocol):
    """What a module of this package offers."""

    NAME: str
    FORMAT: str

    def write(self, source: Source, folder: Path) -> list[Path]:
        """Write the datasets into ``folder`` and return the files."""


def names() -> list[str]:
    """Names of all exports: the modules of this package."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def chosen(wanted: Iterable[str] | None = None) -> list[Export]:
    """The named exports, or all. Raises UsageError for a name that is none."""
    known = names()
    found: list[ModuleType] = []
    for name in wanted if wanted is not None else known:
        if name not in known:
            raise UsageError(f"no export {name!r}", hint=f"There are {', '.join(known)}.")
        found.append(importlib.import_module(f"{__name__}.{name}"))
    # a catalogue or descriptor of the other files comes after them
    found.sort(key=lambda module: (getattr(module, "LAST", False), module.NAME))
    return [cast(Export, module) for module in found]
