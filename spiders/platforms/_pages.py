"""What the platforms that read web pages share: links under a path, the next page, headings that part a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.base import Platform
from spiders.extract.head import head_of
from spiders.extract.labels import normal
from spiders.extract.nodes import NEXT, Fact, facts_of, text_of
from spiders.listing import Listing
from spiders.page import Page, public_url, url_key

#: parameters that count pages or entries
_COUNTERS = re.compile(r"page|pg|p|start|offset|b_start(:int)?|cur|currentPage|seite|strona|from", re.I)
#: "111 - 120 out of 316", "1–10 von 1.234": two numbers, at most two words, a third
_RANGE = re.compile(r"(\d{1,6}) ?[-–—] ?(\d{1,6}) (?:[^\W\d]+ ){1,2}(\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+|\d{1,7})\b")
_MAIN = "main, [role=main], #content, #main, .region-content, article"
_OUTSIDE = frozenset({"nav", "header", "footer", "aside", "form"})
_LEVELS = ("h2", "h3", "h4", "summary")
#: headings that stand beside the matter of a page, in the languages of Europe
_ASIDE = re.compile(
    r"(contact|kontakt|contatt|contacto|contactez|share|teilen|partager|compartir|newsletter|cookie|menu|navigation|search|suche"
    r"|related|links?|downloads?|impressum|feedback|follow|see also|weitere informationen|en savoir plus)\b.*",
    re.I,
)


def links_under(page: Page, prefixes: Sequence[str]) -> list[str]:
    """Addresses on ``page``, in order, whose path (with query) begins with one of ``prefixes`` and goes on."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    own = {url_key(page.url), url_key(page.asked or page.url)}
    found: dict[str, str] = {}
    for node in page.tree.css("a[href]"):
        url = page.join(node.attributes.get("href") or "")
        parts = urlsplit(url)
        if (parts.hostname or "").removeprefix("www.") == host and under(url, prefixes) and url_key(url) not in own:
            found.setdefault(url_key(url), public_url(url))
    return list(found.values())


def under(url: str, prefixes: Sequence[str]) -> bool:
    """True where the path of ``url`` begins with one of ``prefixes`` and goes on."""
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return any(path.startswith(p) and len(path.rstrip("/")) > len(p.rstrip("/")) for p in prefixes)


def next_page(page: Page) -> str | None:
    """The next listing page: by ``rel=next`` and the usual marks, else the link whose counter goes one step on."""
    for node in page.tree.css(NEXT):
        href = node.attributes.get("href")
        if href and not href.startswith("#") and url_key(page.join(href)) != url_key(page.url):
            return page.join(href)
    return _counted(page)


def _counted(page: Page) -> str | None:
    here, counters = _counters(page.url)
    steps: list[tuple[int, str]] = []
    for node in page.tree.css("a[href*='?'], a[href*='/page/']"):
        url = page.join(node.attributes.get("href") or "")
        there, numbers = _counters(url)
        if there == here and set(numbers) >= set(counters):
            moved = {k: n - counters.get(k, 0) for k, n in numbers.items() if n != counters.get(k, 0)}
            if len(moved) == 1 and (step := next(iter(moved.values()))) > 0:
                steps.append((step, url))
    return min(steps)[1] if steps else None


def _counters(url: str) -> tuple[str, dict[str, int]]:
    """The address without its counters, and the counters."""
    parts = urlsplit(url)
    numbers = {k: int(v) for k, v in parse_qsl(parts.query) if _COUNTERS.fullmatch(k) and v.isdigit()}
    rest = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in numbers]
    path = parts.path
    if m := re.search(r"/page/(\d+)/?$", path):
        numbers["/page/"], path = int(m[1]), path[: m.start()]
    return urlunsplit(("", parts.netloc.removeprefix("www."), path.rstrip("/"), urlencode(sorted(rest)), "")), numbers


def stated_total(page: Page) -> int | None:
    """How many entries the page says there are, as in "111 - 120 out of 316 results"; None where it does not say."""
    root = main_node(page.tree)
    for m in _RANGE.finditer(text_of(root) if root is not None else ""):
        first, last, total = (int(re.sub(r"\D", "", part)) for part in m.groups())
        if first <= last <= total:
            return total
    return None


def main_node(tree: LexborHTMLParser) -> LexborNode | None:
    """The page's own part: the main element that holds most text, else the body."""
    nodes = [n for n in tree.css(_MAIN) if not outside(n)]
    return max(nodes, key=lambda n: len(n.text()), default=tree.body)


def outside(node: LexborNode) -> bool:
    """True where ``node`` stands in navigation, header, footer or margin."""
    parent: LexborNode | None = node
    while parent is not None and parent.tag not in ("body", "main"):
        if parent.tag in _OUTSIDE or parent.attributes.get("role") in ("navigation", "banner", "contentinfo", "complementary", "search"):
            return True
        parent = parent.parent
    return False


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading: its text, markup, key (an id where there is one) and first link."""

    title: str
    html: str
    key: str
    keyed: bool
    href: str | None


def sections(page: Page, heading: str | None = None) -> list[Section]:
    """The parts of the page under headings of one level: ``heading`` (CSS), else the level that most parts share."""
    root = main_node(page.tree)
    if root is None:
        return []
    if heading is None:
        counted = Counter({level: sum(1 for n in root.css(level) if _is_title(n)) for level in _LEVELS})
        heading, number = max(counted.items(), key=lambda item: item[1])
        if number < 2:
            return []
    nodes = [n for n in root.css(heading) if _is_title(n)]
    return [_section(node, {n.mem_id for n in nodes}) for node in nodes]


def _is_title(node: LexborNode) -> bool:
    text = text_of(node)
    return 3 <= len(text) <= 250 and not _ASIDE.fullmatch(text) and not outside(node)


def _section(node: LexborNode, titles: set[int]) -> Section:
    title = text_of(node)
    block = node
    # a heading alone in its box: what follows the box belongs to it
    while block.parent is not None and block.parent.tag not in ("body", "main") and text_of(block.parent) == title:
        block = block.parent
    pieces: list[LexborNode] = []
    sibling = block.next
    while sibling is not None and not _begins_another(sibling, titles, node.tag or ""):
        pieces.append(sibling)
        sibling = sibling.next
    html = "".join(p.html or "" for p in pieces if p.tag != "-comment").strip()
    link = next((a for p in [node, *pieces] if not (p.tag or "-").startswith("-") for a in p.css("a[href]")), None)
    boxes = [node, block]
    if block.parent is not None and sum(n.mem_id in titles for n in block.parent.css(node.tag or "")) == 1:
        boxes.append(block.parent)  # a box that holds this part alone
    named = next((i for n in boxes if (i := n.attributes.get("id"))), None)
    return Section(title, html, named or title, named is not None, link.attributes.get("href") if link else None)


def _begins_another(node: LexborNode, titles: set[int], tag: str) -> bool:
    if (node.tag or "-").startswith("-"):
        return False
    if tag[:1] == "h" and node.tag in ("h1", "h2", "h3", "h4", "h5") and (node.tag or "") <= tag:
        return True
    return node.mem_id in titles or any(n.mem_id in titles for n in node.css(tag))


def page_fields(platform: Platform, page: Page) -> tuple[dict[str, Any], dict[str, str], dict[str, list[str]]]:
    """Raw fields, sources and labels of a page by rules that fit any page; the card's own labels win."""
    from spiders.extract.generic import generic_fields  # much to load, and cards with selectors do without

    fields, sources, labels = generic_fields(page)
    for field, fact in own_facts(platform, page.tree.body):
        fields[field], sources[field] = "; ".join(fact.values), f"label {fact.label}"
        labels.setdefault(fact.label, list(fact.values))
    return dict(fields), sources, labels


def own_facts(platform: Platform, root: LexborNode | None) -> list[tuple[str, Fact]]:
    """(raw field, fact) of the card's own labels in ``root``, the first of each field."""
    own = {normal(label): field for label, field in (platform.option("labels") or {}).items()}
    found: dict[str, Fact] = {}
    for kind in ("dl", "table", "colon") if own and root is not None else ():
        for fact in facts_of(root, kind):  # type: ignore[arg-type]
            if field := own.get(normal(fact.label)):
                found.setdefault(field, fact)
    return list(found.items())


def listing_of(platform: Platform, page: Page, *, platform_id: str | None = None, language: str | None = None) -> Listing | None:
    """A page that is one listing; None where it has no title."""
    fields, sources, labels = page_fields(platform, page)
    title = fields.pop("title", None)
    if not title:
        return None
    values = {**fields, **head_of(page), **({"language": language} if language else {})}
    return platform.listing(page, title=title, platform_id=platform_id, sources=sources, labels=labels, **values)
