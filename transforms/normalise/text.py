"""Plain, clean text out of what portals write."""

from __future__ import annotations

import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser


def clean(value: str | None) -> str:
    """Text without markup, entities, invisible characters or doubled blanks. Idempotent."""
    if not value:
        return ""
    if "<" in value or "&" in value:
        tree = LexborHTMLParser(value)
        tree.strip_tags(["script", "style"])
        value = tree.body.text(separator=" ") if tree.body else value
    value = unicodedata.normalize("NFC", value.replace("\xad", "").replace("\u200b", ""))
    return re.sub(r"\s+", " ", value).strip()


ACRONYM = re.compile(r"\s*\(([A-Z][A-Za-z0-9&+-]{1,11})\)$")


def split_acronym(title: str) -> tuple[str, str | None]:
    """The title without the acronym that follows it in brackets, and the acronym."""
    found = ACRONYM.search(title)
    if found and sum(c.isupper() for c in found[1]) >= 2:
        return title[: found.start()], found[1]
    return title, None
