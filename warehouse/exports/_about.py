"""What a release says of itself, and the codes of the EU's authority tables that it uses; both read from TOML beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from spiders.errors import ModelError
from warehouse.exports import Source

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class About:
    """Who publishes a release, under which address and licence. ``base`` ends with a slash and is part of every URI."""

    base: str
    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    language: str
    publisher: Mapping[str, str]
    contact: Mapping[str, str]
    licence: Mapping[str, str]
    notes: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = _HERE / "_about.toml") -> About:
        """Raises ModelError for a file that lacks or adds a key."""
        table = _table(path)
        try:
            about = cls(**{**table, "keywords": tuple(table["keywords"])})
        except (KeyError, TypeError) as error:
            raise ModelError(f"missing or unknown key: {error}", where=str(path), hint="Its keys are those of the file shipped.") from error
        if not about.base.startswith(("https://", "http://")) or not about.base.endswith("/"):
            raise ModelError(f"base is {about.base!r}", where=str(path), hint="An address that begins with https:// and ends with a slash.")
        return about

    def of(self, source: Source) -> str:
        """The title of a release; sample data say so."""
        return f"{self.title} (sample)" if source.world == "sample" else self.title

    def said(self, source: Source) -> str:
        """The description of a release; sample data say so."""
        return f"{self.notes['sample']} {self.description}" if source.world == "sample" else self.description

    def release(self, source: Source) -> str:
        """Address of the release's folder."""
        return f"{self.base}releases/{source.version}/"

    @property
    def latest(self) -> str:
        """Address of the newest release's folder."""
        return f"{self.base}releases/latest/"


@dataclass(frozen=True, slots=True)
class Attribution:
    """A portal as a source of the release, as it wants to be named."""

    portal: str
    title: str
    publisher: str | None
    homepage: str | None
    licence: str | None
    reuse: str
    languages: Sequence[str]
    country: str | None
    listings: int

    @property
    def words(self) -> str:
        """One sentence that names the source and its licence."""
        by = f", {self.publisher}" if self.publisher and self.publisher != self.title else ""
        licence = "licence not stated: facts and links only" if self.licence in (None, "unknown") else f"licence: {self.licence}"
        return f"{self.title}{by} ({licence})"


def attributions(con: duckdb.DuckDBPyConnection) -> list[Attribution]:
    """Every portal of the release, by id."""
    return [Attribution(*row) for row in con.execute(sql("attributions")).fetchall()]


def days(con: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """Days of the first release and of this one: what the release itself says, never the clock."""
    first, this = con.execute(sql("days")).fetchall()[0]
    return first, this


def sql(name: str) -> str:
    """The text of ``sql/<name>.sql``."""
    return (_HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot read: {error}", where=str(path), hint="Mend the file or reinstall.") from error


@cache
def shipped() -> About:
    """The About that ships with the project."""
    return About.load()


@cache
def authorities() -> Mapping[str, Any]:
    """The tables of ``_authorities.toml``."""
    return _table(_HERE / "_authorities.toml")


def authority(table: str, code: str | None) -> str | None:
    """URI of a code in an authority table (``country``, ``language``, ``frequency``); None where the table has none for it."""
    found = authorities()[table].get(code.split("-")[0] if code and table == "language" else code)
    return f"{authorities()['base']}{table}/{found}" if found else None


def concept(table: str, code: str) -> str:
    """URI of an authority's own code, such as ``access-right``, ``PUBLIC``."""
    return f"{authorities()['base']}{table}/{code}"
