"""The title of a page that nobody wrote selectors for."""

from __future__ import annotations

import re
from typing import Any

from spiders.extract.nodes import squeeze, text_of
from spiders.page import Page

#: what parts a page's own title from the name of its site
_PARTS = re.compile(r"\s+[|\-–—·»«:•/]+\s+|\s*[|»«•]\s*|\s+::\s+")
_LONGEST = 300
_SHARED = ("og:title", "twitter:title", "dcterms.title", "dc.title")


def title_of(page: Page, meta: dict[str, str], objects: list[dict[str, Any]]) -> tuple[str | None, str]:
    """The title and where it was found.

    A heading counts most, where what the page says of itself elsewhere confirms it or it is the only one; a heading that is but
    the name of the site does not. The site's name is cut off a ``<title>``.
    """
    headings = _headings(page, "h1")
    node = page.tree.css_first("head title") or page.tree.css_first("title")
    whole = squeeze(node.text()) if node else ""
    site = meta.get("og:site_name", "")
    shared = next((meta[k] for k in _SHARED if k in meta and _plain(meta[k]) != _plain(site)), "")
    names = [str(o[k]) for o in objects for k in ("headline", "name") if isinstance(o.get(k), str)]
    said = [without_site(shared, site, "") if shared else "", *names, without_site(whole, site, page.url) if whole else ""]
    for reference in filter(None, said):
        for level in ("h1", "h2", "h3"):
            if text := _confirmed(headings if level == "h1" else _headings(page, level), reference):
                return text, level
    trusted = headings and _plain(headings[0]) != _plain(site)
    if trusted and (not shared or (len(headings) == 1 and _alike(headings[0], shared))):
        return headings[0], "h1"
    if shared:
        return said[0], "meta og:title"
    if names:
        return names[0], "JSON-LD"
    if whole:
        return said[-1], "title"
    second = page.tree.css_first("h2")
    return (text_of(second) or None, "h2") if second else (None, "")


def _headings(page: Page, level: str) -> list[str]:
    """Texts of the headings of a level; those in the head of the site come last."""
    found = [(_in_header(n), t) for n in page.tree.css(level) if (t := text_of(n)) and len(t) <= _LONGEST]
    return [t for _, t in sorted(found, key=lambda pair: pair[0])]


def _confirmed(headings: list[str], reference: str) -> str | None:
    """The heading that says what ``reference`` says, or most of it."""
    wanted = _plain(reference)
    for text in headings:
        plain = _plain(text)
        if plain and (plain == wanted or (len(plain) >= 0.5 * len(wanted) and (plain in wanted or wanted in plain))):
            return text
    return None


def _alike(first: str, second: str) -> bool:
    one, two = set(_plain(first).split()), set(_plain(second).split())
    return len(one & two) >= 0.4 * max(1, min(len(one), len(two)))


def _in_header(node: Any) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in ("header", "nav") and not parent.css_first("time"):
            above = parent.parent
            return above is None or above.tag not in ("article", "main", "section")
        parent = parent.parent
    return False


def without_site(title: str, site: str, url: str) -> str:
    """``title`` without the name of the site before or after it."""
    parts = [p for p in _PARTS.split(title) if p]
    if len(parts) < 2:
        return title
    if site:
        kept = [p for p in parts if _plain(p) != _plain(site)]
        if len(kept) == len(parts) - 1:
            cut = title.replace(site, "").strip(" |-–—·»«:•/")
            return squeeze(cut) or title
        return title if kept == parts else kept[0]
    first, last = parts[0], parts[-1]
    host = _plain(url.split("/")[2]) if url.count("/") > 2 else ""
    if host and _plain(first).replace(" ", "") in host.replace(".", "").replace("-", ""):
        return squeeze(title[len(first) :].strip(" |-–—·»«:•/"))
    return squeeze(title[: title.rfind(last)].strip(" |-–—·»«:•/")) if len(first) >= 8 or len(parts) > 2 else max(parts, key=len)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
