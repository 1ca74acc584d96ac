"""What a page says of itself beside its text: language, canonical address, alternates, metadata, JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from spiders.extract.nodes import squeeze
from spiders.page import Page, json_of

#: JSON-LD nested deeper than this is not followed
_DEPTH = 6
#: what some pages put around JSON: a CDATA section, a comment
_WRAPPED = re.compile(r"\A\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*;?\s*\Z")


def language_of(page: Page) -> str | None:
    """The language that the page states."""
    node = page.tree.root
    stated = (node.attributes.get("lang") or node.attributes.get("xml:lang")) if node else None
    if not stated:
        meta = page.tree.css_first('meta[http-equiv="content-language" i]')
        stated = meta.attributes.get("content") if meta else page.header("content-language")
    return stated.split(",")[0].strip() or None if stated else None


def head_of(page: Page) -> dict[str, Any]:
    """``canonical_url`` and ``alternates`` of a page, absolute."""
    found: dict[str, Any] = {"alternates": {}}
    for node in page.tree.css("link[rel][href]"):
        attributes = node.attributes
        rel = (attributes.get("rel") or "").lower().split()
        href = attributes.get("href") or ""
        if "canonical" in rel:
            found["canonical_url"] = page.join(href)
        elif "alternate" in rel and (lang := attributes.get("hreflang")):
            found["alternates"][lang] = page.join(href)
    return found


def metadata(page: Page) -> dict[str, str]:
    """Every ``<meta>`` by its name or property in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for node in page.tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop")
        content = squeeze(node.attributes.get("content") or "")
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def json_ld(page: Page) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, outer ones first; a block that is no JSON is passed over."""
    for node in page.tree.css('script[type="application/ld+json"]'):
        try:
            data = json_of(_WRAPPED.sub("", node.text()), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(data, 0)


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEPTH:
        return
    if isinstance(data, list):
        for item in data:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        if "@type" in data:
            yield data
        for value in data.values():
            if isinstance(value, (dict, list)):
                yield from _objects(value, depth + 1)
