"""Quality gates: queries that return the rows that should not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from spiders.errors import GateError, ModelError
from warehouse import sqlfiles

#: offending rows that a result carries; the count is of all
SHOWN = 20


@dataclass(frozen=True, slots=True)
class GateResult:
    """``sentence`` says what is wrong with the rows; ``columns`` and ``rows`` show the first of them."""

    name: str
    blocking: bool
    sentence: str
    count: int
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def ok(self) -> bool:
        """True where nothing offends."""
        return not self.count

    def __str__(self) -> str:
        word = "blocking" if self.blocking else "warning"
        shown = "; ".join(", ".join(f"{c}={v}" for c, v in zip(self.columns, row, strict=True)) for row in self.rows[:3])
        more = f" and {self.count - 3} more" if self.count > 3 else ""
        return f"{self.name} ({word}): {self.sentence} {self.count} rows: {shown}{more}" if self.count else f"{self.name}: ok"


def check(con: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """Run every gate on a built database."""
    results = []
    for file in sqlfiles.load("gates"):
        blocking = "blocking" in file.header
        sentence = file.header.get("blocking" if blocking else "warning")
        if not sentence:
            raise ModelError("the header says neither blocking nor warning", where=f"warehouse/sql/gates/{file.name}.sql")
        cursor = con.execute(file.text)
        names = tuple(column[0] for column in cursor.description or ())
        offending = cursor.fetchall()
        results.append(GateResult(file.name, blocking, sentence, len(offending), names, tuple(offending[:SHOWN])))
    return results


def enforce(results: Sequence[GateResult]) -> None:
    """Raise GateError where a blocking gate found rows; it names them."""
    failed = [r for r in results if r.blocking and not r.ok]
    if failed:
        raise GateError(
            "nothing was published: " + "\n  ".join(map(str, failed)),
            hint="Mend the listings or decide them with `eduatlas review`; what was published before stands.",
        )
