"""The title of a page that nobody wrote selectors for."""

from __future__ import annotations

import re
from typing import Any

from spiders.extract.nodes import squeeze, text_of
from spiders.page import Page

#: what parts a page's own title from the name of its site
_PARTS = re.compile(r"\s+[|\-–—·»«:•/]+\s+|\s*[|»«•]\s*|\s+::\s+")
_LONGEST = 300


def title_of(page: Page, meta: dict[str, str], objects: list[dict[str, Any]]) -> tuple[str | None, str]:
    """The title and where it was found.

    A heading counts most, where the page's ``<title>`` or its metadata confirm it or it is the only one; the site's name is
    cut off a ``<title>``.
    """
    headings = [(n, t) for n in page.tree.css("h1") if (t := text_of(n)) and len(t) <= _LONGEST]
    node = page.tree.css_first("head title") or page.tree.css_first("title")
    whole = squeeze(node.text()) if node else ""
    shared = meta.get("og:title") or meta.get("twitter:title") or meta.get("dcterms.title") or meta.get("dc.title") or ""
    site = meta.get("og:site_name", "")
    names = [str(o[k]) for o in objects for k in ("headline", "name") if isinstance(o.get(k), str)]
    said = [_plain(t) for t in (whole, shared, *names) if t]
    headings = [(n, t) for n, t in headings if _plain(t) != _plain(site) or not whole]
    outside = [t for n, t in headings if not _in_header(n)]
    for texts in (outside, [t for _, t in headings]):
        confirmed = [t for t in texts if _plain(t) and any(_plain(t) in other for other in said)]
        if confirmed:
            return max(confirmed, key=len), "h1"
        if texts and len(headings) > len(texts) and not shared:
            return texts[0], "h1"
    if len(headings) == 1 and (outside or not shared):
        return headings[0][1], "h1"
    if shared:
        return without_site(shared, site, ""), "meta og:title"
    if outside:
        return outside[0], "h1"
    if names:
        return names[0], "JSON-LD"
    if whole:
        return without_site(whole, site, page.url), "title"
    second = page.tree.css_first("h2")
    return (text_of(second) or None, "h2") if second else (None, "")


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
