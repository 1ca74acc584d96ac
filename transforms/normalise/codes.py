"""The closed code lists of ``codes/*.toml``: codes, labels, what they are broader than, and what maps to them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from spiders.errors import ModelError
from transforms.normalise.cues import folded

FOLDER = Path(__file__).with_name("codes")

_KEYS = {"label", "about", "broader", "exact", "match", "cue", "cues", "rank", "text", "values", "only", "topics", "rules"}


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list. ``labels`` maps a language to its label; ``match`` is the same thing in another scheme."""

    code: str
    labels: Mapping[str, str]
    about: str | None
    broader: str | None
    match: str | None
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list with its title and version, its codes in order, and what else its file says."""

    name: str
    title: str
    version: str | None
    codes: Mapping[str, Code]
    more: Mapping[str, Any]


def _load(name: str) -> CodeList:
    path = FOLDER / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot read the code list: {error}", where=str(path), hint="mend the file or reinstall") from error
    entries = {code: entry for code, entry in table.items() if isinstance(entry, dict) and "label" in entry}
    codes = {}
    for code, entry in entries.items():
        unknown = set(entry) - _KEYS
        if unknown or "en" not in entry["label"]:
            raise ModelError(
                f"bad entry: {sorted(unknown) or 'no English label'}", where=f"{path}: {code}", hint=f"keys: {', '.join(sorted(_KEYS))}"
            )
        if entry.get("broader") and entry["broader"] not in entries:
            raise ModelError(f"broader {entry['broader']} is no code of this list", where=f"{path}: {code}", hint="name a code of the list")
        match = entry.get("match") or entry.get("exact")
        codes[code] = Code(code, entry["label"], entry.get("about"), entry.get("broader"), match, entry)
    more = {key: value for key, value in table.items() if key not in entries}
    return CodeList(name, table["title"], table.get("version"), codes, more)


@cache
def code_list(name: str) -> CodeList:
    """The code list ``name``: kinds, statuses, levels, isced, target-groups, topics, deap, digcomp or eurovoc."""
    return _load(name)


def names() -> list[str]:
    """The code lists there are."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def wordings(name: str) -> Mapping[str, str]:
    """Folded wording -> code: the codes themselves, their labels in every language, and the wordings that the list maps."""
    found: dict[str, str] = {}
    for code in code_list(name).codes.values():
        for text in (code.code, code.code.replace("-", " "), *code.labels.values(), *code.entry.get("values", ())):
            found.setdefault(folded(text), code.code)
    return found


def kind_of(value: str) -> str | None:
    """The kind that a wording used by other collections maps to ("roadmap" is an action plan); None for an unknown one."""
    return wordings("kinds").get(folded(value.strip()))
