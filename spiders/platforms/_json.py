"""Reading values out of the JSON that portals' interfaces answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def at(value: Any, path: str) -> Any:
    """The value at a dotted path; a list on the way is gone through item by item. None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, list):
            value = [found for item in value if (found := at(item, step)) is not None]
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def texts(value: Any) -> list[str]:
    """Every text in a JSON value: numbers as written, lists one by one, objects by their name or title."""
    if isinstance(value, Mapping):
        named = next((value[k] for k in ("display_name", "title", "name", "label", "value") if value.get(k)), None)
        return texts(named) if named is not None else [t for v in value.values() for t in texts(v)]
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in texts(v)]
    if value is None or isinstance(value, bool):
        return []
    text = str(value).strip()
    return [text] if text else []


def text_in(value: Any, languages: Sequence[str]) -> tuple[str | None, str | None]:
    """(text, language) of a text, or of a table language -> text: the first of ``languages`` that is filled, else any."""
    if isinstance(value, str):
        return value.strip() or None, None
    if isinstance(value, Mapping):
        filled = {str(k): v.strip() for k, v in value.items() if isinstance(v, str) and v.strip()}
        for language in (*languages, *filled):
            if language in filled:
                return filled[language], language
    return None, None


def joined(value: Any) -> str | None:
    """The texts in ``value`` as one, or None."""
    return "; ".join(dict.fromkeys(texts(value))) or None
