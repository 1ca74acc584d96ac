"""Which raw field a label of a facts box fills: the shared dictionary ``labels.toml`` and a card's own labels."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from spiders.errors import ModelError
from spiders.extract.nodes import Fact, squeeze
from spiders.listing import LABELLED

_FILE = Path(__file__).with_name("labels.toml")
_NOTE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_PLURAL = re.compile(r"(?<=\w)\((?:s|es|e|en|n|er|r|x)\)")

#: label fields that hold people: dropped and redacted, never listed
PERSON = "person"
#: raw fields that may hold several values
_SEVERAL = frozenset({"topic", "target_group", "education_level", "organisation", "place", "nuts"})


@lru_cache(maxsize=1 << 14)
def normal(label: str) -> str:
    """A label in the form in which labels are compared: case, colon, a bracketed note and stray marks do not count."""
    text = squeeze(unicodedata.normalize("NFC", label)).casefold().strip(" :：*•·-–")
    return _NOTE.sub("", _PLURAL.sub("", text))


@cache
def dictionary(language: str = "") -> dict[str, str]:
    """Normal label -> raw field (or ``person``), in one language or (default) in all together; ``person`` goes before all others."""
    words: dict[str, str] = {}
    for field, languages in sorted(_tables().items(), key=lambda table: table[0] != PERSON):
        for name, labels in languages.items():
            if language in ("", name):
                for label in labels:
                    words.setdefault(normal(label), field)
    return words


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    try:
        tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as e:
        raise ModelError(f"cannot be read: {e}", where=str(_FILE), hint="Reinstall eduatlas.") from e
    if wrong := tables.keys() - {*LABELLED, PERSON}:
        raise ModelError(f"{sorted(wrong)} are no raw fields", where=str(_FILE))
    return tables


def field_for(label: str, own: Mapping[str, str] | None = None, language: str | None = None) -> str | None:
    """The raw field that ``label`` names, or None. ``own``: the card's labels, which win; then those of ``language``, then of any."""
    if own:
        name = _name(label)
        for text, field in own.items():
            if normal(text) == name:
                return field
    return _known(label, language)


@lru_cache(maxsize=1 << 14)
def _known(label: str, language: str | None) -> str | None:
    name, code = _name(label), (language or "").lower().replace("_", "-").split("-")[0]
    return (dictionary(code).get(name) if code else None) or dictionary().get(name)


def _name(label: str) -> str:
    return normal(label.replace("_", " "))


def fill(
    facts: Iterable[Fact], own: Mapping[str, str] | None = None, language: str | None = None
) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
    """Raw fields, their sources (field -> label) and every label with its values. Labels of people are left out."""
    fields: dict[str, str] = {}
    sources: dict[str, str] = {}
    labels: dict[str, list[str]] = {}
    for fact in facts:
        field = field_for(fact.label, own, language)
        if field == PERSON:
            continue
        said = labels.setdefault(fact.label, [])
        for value in fact.values:
            if value not in said:
                said.append(value)
        if field is None:
            continue
        value = "; ".join(fact.values)
        if field == "state" and _has_day(value):  # "Stand: 12.5.2021" is how things stood on that day
            field = "modified"
        if field == "official_url":
            value = fact.href or value
        if field not in fields:
            fields[field], sources[field] = value, f"label {fact.label}"
        elif field in _SEVERAL and value not in fields[field]:
            fields[field] += f"; {value}"
    return fields, sources, labels


def _has_day(text: str) -> bool:
    from spiders.extract.days import has_day  # patterns that take long to load, and few portals label a state

    return has_day(text)
