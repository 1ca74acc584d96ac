"""Tables as spreadsheets hold them: a list or map stands twice, as JSON for programs and as text for people."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.digest import quote
from warehouse.exports import Column, Dataset


@dataclass(frozen=True, slots=True)
class Flat:
    """A column without lists and maps: ``said`` is SQL for its value, made of the published ``column`` with the macros of readable.sql."""

    name: str
    said: str
    column: Column

    @property
    def type(self) -> str:
        """DuckDB's word for its type."""
        return "VARCHAR" if self.column.nested else self.column.type

    @property
    def is_json(self) -> bool:
        """True for what programs read, of a list or map."""
        return self.column.nested and self.name == self.column.name


def flat(dataset: Dataset) -> list[Flat]:
    """The columns of a table, in order."""
    found = []
    for column in dataset.columns:
        name = quote(column.name)
        if column.nested:
            readable = "paired_text" if column.type.startswith("MAP") else "joined_text"
            found.append(Flat(column.name, f"to_json({name})::VARCHAR", column))
            found.append(Flat(f"{column.name}_text", f"{readable}({name})", column))
        else:
            found.append(Flat(column.name, name, column))
    return found
