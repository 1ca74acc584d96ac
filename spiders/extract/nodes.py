"""Text, selectors and label/value pairs of an HTML page: what declared and generic extraction share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})
# fmt: on
_SILENT = frozenset(["script", "style", "noscript", "template", "svg", "iframe"])
_SELECTOR = re.compile(r"(?P<css>.*?)(?:@(?P<attr>[\w:-]+))?", re.S)
SELF = "::self"
#: the link to the next page of a list, as most software marks it
NEXT = "a[rel~=next], link[rel~=next], li.next a, a.next, .pager__item--next a, .pagination-next a"


def squeeze(text: str) -> str:
    """``text`` with every run of white space as one blank."""
    return " ".join(text.split())


def text_of(node: LexborNode) -> str:
    """The visible text of ``node`` on one line; block elements part words, inline ones do not."""
    if plain := _only_text(node):
        return squeeze(plain.text_content or "")
    return squeeze("".join(_pieces(node)))


def _only_text(node: LexborNode) -> LexborNode | None:
    """The text inside ``node``, where it holds nothing else: most labels and values are so, and need no search."""
    child = node.child
    return child if child is not None and child.next is None and child.tag == "-text" else None


def lines_of(node: LexborNode) -> list[str]:
    """The visible text of ``node``, one string per block or ``<br>``."""
    lines = "".join(_pieces(node, "\0")).split("\0")
    return [line for line in map(squeeze, lines) if line]


def _pieces(node: LexborNode, gap: str = " ") -> list[str]:
    pieces: list[str] = []
    waiting: list[LexborNode | str | None] = [node.child]
    while waiting:  # pages may nest deeper than Python calls may
        child = waiting.pop()
        if child is None:
            continue
        if isinstance(child, str):
            pieces.append(child)
            continue
        waiting.append(child.next)
        tag = child.tag
        if tag == "-text":
            pieces.append(child.text_content or "")
        elif tag == "-comment" or tag in _SILENT:
            pass
        elif tag in _BLOCKS:
            pieces.append(gap)
            waiting += (gap, child.child)
        else:
            waiting.append(child.child)
    return pieces


def inner_html(node: LexborNode) -> str:
    """The markup inside ``node``."""
    return (node.inner_html or "").strip()


@dataclass(frozen=True)
class Selector:
    """CSS with an optional attribute: ``h1``, ``a.more@href``, ``::self@id``."""

    css: str
    attr: str | None

    def nodes(self, root: LexborHTMLParser | LexborNode) -> list[LexborNode]:
        """Every node meant, in page order."""
        if self.css == SELF:
            return [root] if isinstance(root, LexborNode) else []
        return root.css(self.css)

    def values(self, root: LexborHTMLParser | LexborNode, *, html: bool = False) -> list[str]:
        """The texts, attributes or (``html``) inner markup, empty ones left out."""
        found: Iterable[str | None]
        if self.attr:
            found = (n.attributes.get(self.attr) for n in self.nodes(root))
        else:
            found = (inner_html(n) if html else text_of(n) for n in self.nodes(root))
        return [v.strip() for v in found if v and v.strip()]


@lru_cache(maxsize=4096)
def selector(text: str) -> Selector:
    """Parses a selector. Raises ValueError where it is no valid CSS."""
    m = _SELECTOR.fullmatch(text.strip())
    css, attr = (m["css"].strip(), m["attr"]) if m else (text, None)
    # an @ inside an attribute test belongs to the CSS
    if attr and css.count("[") != css.count("]"):
        css, attr = text.strip(), None
    css = css or SELF
    if css != SELF:
        try:
            LexborHTMLParser("<p>").css(css)
        except Exception as e:  # selectolax raises plain errors of several classes
            raise ValueError(f"{css!r} is no CSS selector: {e}") from e
    return Selector(css, attr)


@dataclass(frozen=True)
class Fact:
    """A label as the page writes it (without colon), its values and the first link in them."""

    label: str
    values: tuple[str, ...]
    href: str | None = None


def facts(root: LexborHTMLParser | LexborNode, box: dict[str, Any]) -> Iterator[Fact]:
    """The label/value pairs of one declared box: ``{box, kind, label, value}``."""
    for node in root.css(box["box"]):
        yield from _pair(node, box["label"], box["value"]) if box["kind"] == "pairs" else facts_of(node, box["kind"])


def facts_of(box: LexborNode, kind: str, known: Callable[[str], bool] | None = None) -> Iterator[Fact]:
    """The label/value pairs of one element: ``dl``, ``table`` or ``colon``. ``known``: cells with such a text in a table are labels."""
    if kind == "table":
        return _table(box, known)
    return {"dl": _dl, "colon": _colon}[kind](box)


def _fact(label: str, nodes: list[LexborNode]) -> Iterator[Fact]:
    values: list[str] = []
    href = None
    for node in nodes:
        plain = _only_text(node)
        if plain is not None and node.tag != "a":
            texts = [squeeze(plain.text_content or "")]
        else:
            texts = list(map(text_of, node.css("li") or [node]))
            if href is None and (link := node.css_first("a[href]")):
                href = link.attributes.get("href")
        values += filter(None, texts)
    if (label := clean_label(label)) and values:
        yield Fact(label, tuple(values), href)


@lru_cache(maxsize=4096)
def clean_label(text: str) -> str:
    """``text`` without the punctuation that parts it from its value."""
    return squeeze(text).rstrip(" :：-–").strip()


def _dl(box: LexborNode) -> Iterator[Fact]:
    label = ""
    values: list[LexborNode] = []
    for node in box.css("dt, dd"):
        if node.tag == "dt":
            yield from _fact(label, values)
            label, values = text_of(node), []
        else:
            values.append(node)
    yield from _fact(label, values)


def _table(box: LexborNode, known: Callable[[str], bool] | None) -> Iterator[Fact]:
    """Pairs row by row; of a row of headings above a single row, column by column; above several rows it labels nothing."""
    rows = [[c for c in row.css("th, td") if c.parent and c.parent.mem_id == row.mem_id] for row in box.css("tr")]
    rows = [row for row in rows if len(row) >= 2]
    if len(rows) >= 2 and len(rows[0]) == len(rows[1]) and _all(rows[0], "th") and _all(rows[1], "td"):
        for name, cell in zip(rows[0], rows[1], strict=True) if len(rows) == 2 else ():
            yield from _fact(text_of(name), [cell])
        return
    for row in rows:
        starts = [i for i in range(0, len(row) - 1, 2) if i == 0 or row[i].tag == "th" or (known and known(text_of(row[i])))]
        for start, end in zip(starts, [*starts[1:], len(row)], strict=True):
            yield from _fact(text_of(row[start]), row[start + 1 : end])


def _all(row: list[LexborNode], tag: str) -> bool:
    return all(cell.tag == tag for cell in row)


def _pair(box: LexborNode, label: str, value: str) -> Iterator[Fact]:
    names, values = box.css(label), box.css(value)
    if len(names) == 1:
        yield from _fact(text_of(names[0]), values)
        return
    for name, node in zip(names, values, strict=False):
        yield from _fact(text_of(name), [node])


def _colon(box: LexborNode) -> Iterator[Fact]:
    link = box.css_first("a[href]")
    for line in lines_of(box):
        label, colon, value = line.partition(":")
        if colon and value.strip() and len(label) <= 60:
            href = link.attributes.get("href") if link and text_of(link) in value else None
            yield Fact(clean_label(label), (value.strip(),), href)
