"""What a person sees: tables and colour in a terminal, plain lines in a pipe, JSON for machines. All progress goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def table(rows: Iterable[Sequence[Any]], header: Sequence[str], *, title: str | None = None, to: Console = out) -> None:
    """A table in a terminal; tab-separated lines with a header line in a pipe."""
    if not to.is_terminal:
        for row in (header, *rows):
            print("\t".join(_plain(cell) for cell in row), file=to.file)
        return
    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in header:
        drawn.add_column(name, overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(_plain(cell)) for cell in row))
    to.print(drawn)


def dump(value: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_jsonable))


def _jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    if hasattr(value, "tolist"):  # numpy and pandas
        return value.tolist()
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}"
    if isinstance(cell, list | tuple):
        return "; ".join(map(str, cell))
    return str(cell)


class Progress:
    """Steps of long work, one line each on standard error; silent when asked."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet

    def say(self, text: str, *, style: str | None = None) -> None:
        if not self.quiet:
            err.print(escape(text), style=style)
