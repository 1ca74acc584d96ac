"""The typed listing: columns, types and checks, read from ``columns.toml``.

In a typed frame text is ``str`` or None, ``texts`` a list (empty where there is nothing), numbers float64 with NaN, ``boolean`` bool,
``date`` a ``datetime.date`` or None, and ``json`` and ``map`` compact JSON text or None. Parquet holds the same as Arrow types.
"""

from __future__ import annotations

import difflib
import json
import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from spiders.errors import InputError, ModelError

FILE = Path(__file__).with_name("columns.toml")

#: type word of columns.toml -> Arrow type in Parquet
ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "texts": pa.list_(pa.string()),
    "map": pa.string(),
    "json": pa.string(),
}

_NONE = type(None)
#: type word -> Python types that a frame may hold
_PYTHON: dict[str, frozenset[type]] = {
    "text": frozenset({str, _NONE}),
    "texts": frozenset({list}),
    "date": frozenset({date, _NONE}),
    "map": frozenset({str, _NONE}),
    "json": frozenset({str, _NONE}),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the typed listing: its name, type word, the raw fields it is made from, and what it means."""

    name: str
    type: str
    sources: tuple[str, ...]
    about: str
    published: bool = True


def _load(path: Path) -> dict[str, Column]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot read the columns: {error}", where=str(path), hint="reinstall the package") from error
    columns = {}
    for name, entry in table.items():
        unknown = set(entry) - {"type", "from", "about", "published"}
        if unknown or entry.get("type") not in ARROW:
            raise ModelError(
                f"bad column: {sorted(unknown) or entry.get('type')}", where=f"{path}: {name}", hint=f"types: {', '.join(ARROW)}"
            )
        columns[name] = Column(name, entry["type"], tuple(entry["from"]), entry["about"], entry.get("published", True))
    return columns


#: every column of the typed listing, in order
COLUMNS: dict[str, Column] = _load(FILE)


def schema() -> pa.Schema:
    """The typed listing as an Arrow schema, each field with its meaning as metadata ``about``."""
    return pa.schema([pa.field(c.name, ARROW[c.type], metadata={"about": c.about}) for c in COLUMNS.values()])


def describe() -> list[dict[str, Any]]:
    """The columns as plain rows: name, type, from, about, published."""
    return [{"name": c.name, "type": c.type, "from": list(c.sources), "about": c.about, "published": c.published} for c in COLUMNS.values()]


def series(kind: str, values: Sequence[Any], index: pd.Index | None = None) -> pd.Series:
    """``values`` as a typed frame holds them for a column of type ``kind``."""
    if kind in ("number", "integer"):
        return pd.Series(np.array([math.nan if v is None else v for v in values], dtype="float64"), index=index)
    if kind == "boolean":
        return pd.Series(np.fromiter((bool(v) for v in values), dtype=bool, count=len(values)), index=index)
    if kind == "texts":
        values = [[] if v is None else v for v in values]
    # a Series of its own dtype: pandas would make its string type, with NaN for None, of a bare array
    return pd.Series(np.fromiter(values, dtype=object, count=len(values)), dtype=object, index=index)


def empty_frame() -> pd.DataFrame:
    """A typed frame without rows."""
    return pd.DataFrame({c.name: series(c.type, []) for c in COLUMNS.values()})


def check(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame itself when it is a typed listing; InputError naming the column and what is wrong otherwise."""
    names = list(frame.columns)
    for name in COLUMNS:
        if name not in names:
            raise InputError(f"the typed listing lacks the column {name}", hint=_nearest(name, names))
    for name in names:
        if name not in COLUMNS:
            raise InputError(f"the typed listing has no column {name}", hint=_nearest(name, COLUMNS))
    for column in COLUMNS.values():
        _check_column(column, frame[column.name])
    repeated = frame["record_id"][frame["record_id"].duplicated()]
    if len(repeated):
        raise InputError(f"record_id {repeated.iloc[0]!r} stands more than once", hint="give each listing its own record_id")
    return frame


def _check_column(column: Column, values: pd.Series) -> None:
    name = column.name
    if column.type in ("number", "integer"):
        if values.dtype.kind not in "fi":
            raise InputError(f"{name} holds {values.dtype}, not numbers", hint="empty numbers are NaN")
        return
    if column.type == "boolean":
        if values.dtype != bool:
            raise InputError(f"{name} holds {values.dtype}, not true or false", hint="every row says true or false")
        return
    allowed = _PYTHON[column.type]
    wrong = {type(v) for v in values} - allowed
    if wrong:
        row = next(i for i, v in enumerate(values) if type(v) not in allowed)
        kinds = " or ".join(sorted(t.__name__ for t in allowed))
        raise InputError(
            f"{name} holds {values.iloc[row]!r} in row {row}, not {kinds}", hint="columns.conform() mends frames read from files"
        )
    if name in ("record_id", "title") and values.isna().any():
        raise InputError(f"{name} is empty in row {int(np.argmax(values.isna()))}", hint="such listings belong in quarantine")


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of typed columns as read from JSONL, CSV or Parquet, with the types a typed frame has. Missing columns become empty."""
    blank = [None] * len(frame)
    columns = {}
    for column in COLUMNS.values():
        values = frame[column.name].tolist() if column.name in frame.columns else blank
        columns[column.name] = series(column.type, _mend(column.type, values), frame.index)
    return pd.DataFrame(columns)


def _mend(kind: str, values: Iterable[Any]) -> list[Any]:
    mend = _MEND[kind]
    return [mend(None if isinstance(v, float) and v != v or v is pd.NA or v is pd.NaT else v) for v in values]


def _date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _texts(value: Any) -> list[str]:
    if value is None or isinstance(value, str) and not value:
        return []
    if isinstance(value, str):
        return list(json.loads(value)) if value.startswith("[") else [v.strip() for v in value.split(";") if v.strip()]
    return [str(v) for v in value]


def _json(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _truth(value: Any) -> bool:
    return value.strip().lower() in ("true", "1") if isinstance(value, str) else bool(value)


_MEND: dict[str, Any] = {
    "text": lambda v: None if v is None or v == "" else str(v),
    "texts": _texts,
    "date": _date,
    "map": _json,
    "json": _json,
    "boolean": _truth,
    "number": lambda v: None if v is None or v == "" else float(v),
    "integer": lambda v: None if v is None or v == "" else int(v),
}


def _nearest(name: str, names: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"the nearest column is {near[0]}" if near else "columns are declared in transforms/columns.toml"
