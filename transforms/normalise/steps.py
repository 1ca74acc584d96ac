"""How a step of the pipeline records what it found.

A working frame holds, for every row, the raw fields as ``raw.<field>``, the typed columns under their own names, ``note.<column>`` (where
the value came from, as JSON text) and ``issues`` (what could not be read, as JSON text without brackets). A step takes the frame and the
priors and returns a new frame; it reads with `raw` and `typed`, and writes with `fill`:

    def published_step(frame, priors):
        def one(key):
            text, country = key
            got = parse_period(text, country=country, role="start")
            if not got:
                return refused("published_date", text, got.reason)
            return made(got.start, raw=text, rule=got.rule, confidence=got.confidence)

        keys = zip(raw(frame, "published"), typed(frame, "country"))
        return fill(frame, ("published_date",), keys, one)

``one`` is called once for each distinct key; a key whose first part is None or "" is skipped. A column that has a value already keeps it,
so the surer source stands earlier in ``STEPS``. Nothing here guesses: what ``one`` cannot read it refuses, and the refusal is counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, NamedTuple

import pandas as pd

from spiders.listing import FIELDS, HARVEST_FIELDS
from transforms.columns import COLUMNS, series

#: raw fields that a working frame has
RAW_FIELDS: tuple[str, ...] = (*FIELDS, *HARVEST_FIELDS, "canonical_url", "alternates", "shared_page", "labels", "sources")

#: longest raw text that a note repeats; the whole text stands in the raw zone
MAX_RAW = 300

#: columns that only steps read: the concepts that the texts name, and the language they are read in where that is sure
WORKING = ("cues.title", "cues.text", "cues.owner", "cues.language")

#: raw fields that are no text: tables and truth values, as the harvest gives them
_STRUCTURED = frozenset({"alternates", "labels", "sources", "shared_page"})

_BOOKKEEPING = frozenset({"provenance", "issues", "extra"})
#: columns that have a note
NOTED: tuple[str, ...] = tuple(name for name in COLUMNS if name not in _BOOKKEEPING)


@dataclass(frozen=True, slots=True)
class Prior:
    """What the portal card says of its listings. ``level`` is the level of the portal, ``nuts`` its region.

    ``dedicated``: the card says that all its listings are about digital education; else how many are is seen from the listings.
    """

    country: str | None = None
    level: str | None = None
    nuts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authority: str | None = None
    licence: str | None = None
    reuse: str | None = None
    dedicated: bool = False


Priors = Mapping[str, Prior]
NO_PRIOR = Prior()


class Outcome(NamedTuple):
    """What one reading gave: a value for each column, or None; its note and its issues as JSON text, or None."""

    values: tuple[Any, ...] | None
    note: str | None
    issue: str | None


NOTHING = Outcome(None, None, None)


def note(raw: str, rule: str, confidence: float, labels: Mapping[str, Sequence[Any]] | None = None) -> str:
    """Where a value came from, as JSON text. ``labels`` adds, for a list of codes, code -> (rule, confidence, raw)."""
    shown = raw if len(raw) <= MAX_RAW else raw[:MAX_RAW] + "…"
    text = f'{{"raw":{encode_basestring(shown)},"rule":"{rule}","confidence":{confidence:.4g}'
    if labels:
        parts = [f'"{code}":{note(said, method, sure)}' for code, (method, sure, said) in labels.items()]
        text += ',"labels":{' + ",".join(parts) + "}"
    return text + "}"


def issue(field: str, raw: str, reason: str) -> str:
    """One refusal as JSON text {field, raw, reason}."""
    shown = raw if len(raw) <= MAX_RAW else raw[:MAX_RAW] + "…"
    return f'{{"field":"{field}","raw":{encode_basestring(shown)},"reason":{encode_basestring(reason)}}}'


def made(*values: Any, raw: str, rule: str, confidence: float, issue: str | None = None) -> Outcome:
    """A reading that gave ``values``, one for each column of the fill (None or [] leaves that column empty)."""
    return Outcome(values, note(raw, rule, confidence), issue)


def refused(field: str, raw: str, reason: str) -> Outcome:
    """A text that could not be read, kept with its reason."""
    return Outcome(None, None, issue(field, raw, reason))


def raw(frame: pd.DataFrame, field: str) -> list[Any]:
    """The raw values of ``field``, one a row: text or None."""
    return frame[f"raw.{field}"].tolist()


def typed(frame: pd.DataFrame, column: str) -> list[Any]:
    """The typed values of ``column`` so far, one a row."""
    return frame[column].tolist()


def prior_of(frame: pd.DataFrame, priors: Priors) -> list[Prior]:
    """The portal card's word for each row; an empty Prior where there is none."""
    return [priors.get(portal, NO_PRIOR) for portal in frame["raw.portal"].tolist()] if priors else [NO_PRIOR] * len(frame)


def homes(frame: pd.DataFrame, priors: Priors) -> list[str | None]:
    """The country of each row: its own, else its portal's."""
    return [own or prior.country for own, prior in zip(typed(frame, "country"), prior_of(frame, priors), strict=True)]


def once(keys: Iterable[Hashable], one: Callable[[Any], Outcome]) -> list[Outcome]:
    """``one`` over ``keys``, called once for each distinct key; keys that are, or begin with, None or "" give NOTHING."""
    seen: dict[Hashable, Outcome] = {None: NOTHING, "": NOTHING}
    outcomes = []
    for key in keys:
        got = seen.get(key)
        if got is None:
            first = key[0] if type(key) is tuple else key
            got = seen[key] = NOTHING if first is None or first == "" else one(key)
        outcomes.append(got)
    return outcomes


def fill(frame: pd.DataFrame, columns: Sequence[str], keys: Iterable[Hashable], one: Callable[[Any], Outcome]) -> pd.DataFrame:
    """A frame whose ``columns`` are filled, where still empty, with what ``one`` reads in each row's key."""
    return record(frame, columns, once(keys, one))


def record(frame: pd.DataFrame, columns: Sequence[str], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """A frame with the outcomes, one a row, written into ``columns``, their notes and the issues."""
    written: dict[str, pd.Series] = {}
    for position, column in enumerate(columns):
        values, notes = frame[column].tolist(), frame[f"note.{column}"].tolist()
        for row, outcome in enumerate(outcomes):
            if outcome.values is not None and notes[row] is None:
                value = outcome.values[position]
                if value is not None and value != []:
                    values[row], notes[row] = value, outcome.note
        written[column] = series("object", values)
        written[f"note.{column}"] = series("object", notes)
    if any(outcome.issue is not None for outcome in outcomes):
        written["issues"] = series("object", [_both(old, new.issue) for old, new in zip(frame["issues"].tolist(), outcomes, strict=True)])
    return frame.assign(**written)


def write(frame: pd.DataFrame, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A frame with working columns set, which only later steps read."""
    return frame.assign(**{name: series("object", values) for name, values in columns.items()})


def clear(frame: pd.DataFrame, columns: Sequence[str], rows: Sequence[bool]) -> pd.DataFrame:
    """A frame whose ``columns`` are empty again, with their notes, where ``rows`` is true."""
    written = {}
    for name in (*columns, *(f"note.{column}" for column in columns)):
        written[name] = series("object", [None if gone else value for value, gone in zip(frame[name].tolist(), rows, strict=True)])
    return frame.assign(**written)


def labelled(labels: Mapping[str, tuple[str, float, str]]) -> Outcome:
    """A list of codes as an outcome: each label with its rule, confidence and words; the whole as sure as its surest label."""
    if not labels:
        return NOTHING
    rule, confidence, _ = max(labels.values(), key=lambda label: label[1])
    said = "; ".join(dict.fromkeys(words for _, _, words in labels.values()))
    return Outcome((list(labels),), note(said, rule, confidence, labels), None)


def _both(old: str | None, new: str | None) -> str | None:
    return f"{old},{new}" if old and new else old or new


def intake(listings: pd.DataFrame) -> pd.DataFrame:
    """The working frame of raw listings: every raw field, every typed column empty, unknown columns as JSON text in ``extra``."""
    rows = len(listings)
    blank = series("object", [None] * rows)
    columns: dict[str, Any] = {}
    for field in RAW_FIELDS:
        values = listings[field].tolist() if field in listings.columns else None
        if values is not None and field not in _STRUCTURED:
            values = _texts(values)
        columns[f"raw.{field}"] = blank if values is None else series("object", values)
    for column in COLUMNS.values():
        columns[column.name] = blank
    if "extra" in listings.columns:
        columns["extra"] = series("object", _texts(listings["extra"].tolist()))
    columns.update({f"note.{name}": blank for name in NOTED})
    columns.update(dict.fromkeys(WORKING, blank))
    return pd.DataFrame(columns, copy=False)


def _texts(values: list[Any]) -> list[Any]:
    """Raw values as text; None for what is empty. Numbers keep their plain writing, tables become JSON."""
    return [v if v is None or type(v) is str else _text(v) for v in values]


def _text(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def finish(frame: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """The typed frame with ``index``: provenance and issues as JSON text, columns in order with their types."""
    notes = {f'"{name}":': frame[f"note.{name}"].tolist() for name in NOTED}
    # most listings fill a third of the columns: what nobody fills is left out before the rows are joined
    used = {prefix: values for prefix, values in notes.items() if any(values)}
    parts = [[None if note is None else prefix + note for note in values] for prefix, values in used.items()]
    provenance = (
        ["{" + ",".join([part for part in row if part]) + "}" for row in zip(*parts, strict=True)] if parts else ["{}"] * len(frame)
    )
    issues = [f"[{text}]" if text else "[]" for text in frame["issues"].tolist()]
    ready = frame.assign(provenance=series("object", provenance), issues=series("object", issues))
    return pd.DataFrame({c.name: series(c.type, ready[c.name].tolist(), index) for c in COLUMNS.values()})
