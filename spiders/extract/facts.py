"""Labelled values on a page that nobody wrote selectors for.

A label is a short text that the dictionary knows *and* that the markup sets apart from its value: a term of a definition list, the first
cell of a row, a bold word or a label element, a text before a colon, the first of two boxes side by side. Navigation, footers, filters,
teasers of other pages and forms are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.extract.labels import field_for
from spiders.extract.nodes import Fact, clean_label, facts_of, squeeze, text_of

_LONGEST_LABEL = 60
_LONGEST_VALUE = 400
_SKIPPED_TAGS = frozenset({"nav", "footer", "script", "style", "noscript", "template", "select", "button", "svg", "iframe", "head"})
_SKIPPED_NAMES = re.compile(
    r"\b(menu|navbar|nav|navigation|breadcrumbs?|footer|cookies?|share|social|pagination|pager|sidebar-menu|sitemap|facets?|filters?"
    r"|related|similar|recommended|comments|teasers?)\b",
    re.I,
)
_LABEL_NAMES = re.compile(r"label|title|name|key|term|caption|heading|question", re.I)
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6", "summary"})
_BOLD = frozenset({"strong", "b", "label", "em"})
_BOXES = frozenset({"span", "div", "p", "small"})
_INLINE = frozenset({"a", "span", "em", "i", "time", "abbr", "strong", "b"})
_WITH_LINES = frozenset({"p", "li", "div", "span", "td", "h5", "h6"})
#: what a heading, or a box that only its place sets apart, may label: "Topics" or "Links" above a list means something else
_SURE = frozenset(["period", "start", "end", "budget", "organisation", "place", "target_group", "education_level"])
_IN_FIGURES = frozenset(["period", "start", "end", "budget"])
#: what parts several "label: value" in one line
_PIECES = re.compile(r"\s[|·•]\s|\s*\n\s*")


def labelled(tree: LexborHTMLParser, language: str | None = None) -> Iterator[Fact]:
    """Every label that the dictionary knows, with its values, in page order."""
    body = tree.body
    if body is None:
        return

    def known(label: str) -> bool:
        return len(label) <= _LONGEST_LABEL and field_for(label, None, language) is not None

    for node in _walk(body):
        if node.tag == "dl":
            yield from (f for f in facts_of(node, "dl") if known(f.label))
        elif node.tag == "table":
            yield from (f for f in facts_of(node, "table", known) if known(f.label) and sum(map(len, f.values)) <= _LONGEST_VALUE)
        else:
            yield from _set_apart(node, language)


def _walk(node: LexborNode) -> Iterator[LexborNode]:
    """Elements in page order, without the parts of a page that hold no facts; lists and tables are not entered."""
    stack = [node]
    while stack:
        node = stack.pop()
        tag = node.tag or "-"
        if tag.startswith("-") or tag in _SKIPPED_TAGS or _skipped(node):
            continue
        yield node
        if tag in ("dl", "table") and not node.css_first("dl dl, table table, table dl"):
            continue
        stack.extend(reversed(list(node.iter())))


def _skipped(node: LexborNode) -> bool:
    if node.tag == "body":
        return False
    if node.tag != "form":
        attributes = node.attributes
        marks = f"{attributes.get('id') or ''} {attributes.get('class') or ''} {attributes.get('role') or ''}"
        if len(marks) <= 2 or not _SKIPPED_NAMES.search(marks):
            return False
    return node.css_first("h1") is None  # what holds the title holds the page's matter, whatever it is called


def _set_apart(node: LexborNode, language: str | None) -> Iterator[Fact]:
    """The facts that begin at ``node``: it is a label, or holds lines "label: value"."""
    tag = node.tag
    if tag in _BOXES or tag in _BOLD or tag in _HEADINGS:
        own = _own_text(node)
        if own and len(own) <= _LONGEST_LABEL and (field := field_for(own, None, language)):
            if fact := _value_of(node, own, field, language):
                yield fact
            return
    if tag in _WITH_LINES:
        yield from _colon_lines(node, language)


def _own_text(node: LexborNode) -> str:
    """The text of an element that holds no block; empty where it is long."""
    text = ""
    child = node.child
    while child is not None:
        if child.tag == "-text":
            text += child.text_content or ""
        elif child.tag in ("strong", "b", "span", "em", "i", "a"):
            text += child.text()
        elif not (child.tag or "-").startswith("-"):
            return ""
        if len(text) > 4 * _LONGEST_LABEL:
            return ""
        child = child.next
    return squeeze(text)


def _value_of(node: LexborNode, own: str, field: str, language: str | None) -> Fact | None:
    colon = own.rstrip().endswith((":", "："))
    tag = node.tag
    names = node.attributes.get("class") or ""
    marked = "label" in names if tag in _HEADINGS else bool(_LABEL_NAMES.search(names))  # "widget-title" marks no label
    value: tuple[str, str | None] | None = None
    if colon or marked or (tag in _BOLD and _parted(node)) or (tag in _HEADINGS and field in _SURE):
        value = _after(node)
        parent = node.parent
        if value is None and parent is not None and parent.tag in ("span", "div", "p", "li", "strong") and _own_text(parent) == own:
            value = _after(parent)
    elif tag in _BOXES and field in _SURE:
        value = _beside(node, field, language)
    if value is None or len(value[0]) > _LONGEST_VALUE or value[0].endswith(":"):
        return None
    return Fact(clean_label(own), (value[0],), value[1])


def _parted(node: LexborNode) -> bool:
    """Does a bold word begin its line, and does what follows look like a value rather than the rest of a sentence?"""
    before = node.prev
    if before is not None and before.tag == "-text" and squeeze(before.text_content or ""):
        return False
    after = node.next
    if node.tag == "label" or after is None or after.tag != "-text":
        return True
    text = squeeze(after.text_content or "")
    return not text[:1].islower()


def _after(node: LexborNode) -> tuple[str, str | None] | None:
    """The text after ``node`` in its parent: up to a line break or the next element that is a block or bold."""
    text, href, sibling = "", None, node.next
    while sibling is not None:
        tag = sibling.tag or "-"
        if tag == "-text":
            text += sibling.text_content or ""
        elif tag in ("br", "strong", "b", "label") and squeeze(text).strip(" :"):
            break
        elif not tag.startswith("-") and tag != "br" and tag not in _SKIPPED_TAGS:
            inline = tag in _INLINE
            if sibling.css_first("select") or (not inline and squeeze(text).strip(" :")):
                break
            items = sibling.css("li")
            text += " " + ("; ".join(t for t in map(text_of, items) if t) if items else text_of(sibling))
            link = sibling if tag == "a" else sibling.css_first("a[href]")
            href = href or (link.attributes.get("href") if link else None)
            if not inline:
                break
        sibling = sibling.next
    text = squeeze(text).lstrip(" :：–-").strip()
    return (text, href) if text else None


def _beside(node: LexborNode, field: str, language: str | None) -> tuple[str, str | None] | None:
    """The value of a label that only its place tells: one of two boxes, or a cell of a grid of labels and values in turn."""
    parent = node.parent
    boxes = _boxes(parent) if parent is not None else []
    at = next((i for i, box in enumerate(boxes) if box.mem_id == node.mem_id), None)
    if at is None or len(boxes) % 2:
        return None
    labels = [_field_of(box, language) for box in boxes[::2]]
    if at % 2 == 0 and (len(boxes) == 2 or sum(f is not None for f in labels) >= max(2, len(labels) - 1)):
        value = boxes[at + 1]
    elif at == 1 and len(boxes) == 2 and field in _IN_FIGURES and labels[0] is None:  # a figure above what it counts
        value = boxes[0]
    else:
        return None
    items = value.css("li")
    text = "; ".join(t for t in map(text_of, items) if t) if items else text_of(value)
    if not text or _field_of(value, language) or (field in _IN_FIGURES and not any(map(str.isdigit, text))):
        return None
    link = value.css_first("a[href]")
    return text, link.attributes.get("href") if link else None


def _boxes(parent: LexborNode) -> list[LexborNode]:
    """The elements in ``parent`` that hold text; none where text stands between them."""
    boxes: list[LexborNode] = []
    child = parent.child
    while child is not None:
        tag = child.tag or "-"
        if tag == "-text":
            if (child.text_content or "").strip():
                return []
        elif not tag.startswith("-") and child.text(deep=True).strip():
            boxes.append(child)
        child = child.next
    return boxes


def _field_of(node: LexborNode, language: str | None) -> str | None:
    text = _own_text(node)
    return field_for(text, None, language) if text and len(text) <= _LONGEST_LABEL else None


def _colon_lines(node: LexborNode, language: str | None) -> Iterator[Fact]:
    """Lines "label: value" without markup of their own."""
    child = node.child
    if child is None or child.tag != "-text" or ":" not in (child.text_content or ""):
        return
    for line in _PIECES.split(_own_lines(node)):
        label, colon, value = line.partition(":")
        value = value.strip()
        if not colon or not value or len(label) > _LONGEST_LABEL or len(value) > _LONGEST_VALUE or not field_for(label, None, language):
            continue
        link = node.css_first("a[href]")
        yield Fact(clean_label(label), (value,), link.attributes.get("href") if link and text_of(link) in value else None)


def _own_lines(node: LexborNode) -> str:
    """The text of ``node`` up to its first block, one line per ``<br>``."""
    lines = ""
    child = node.child
    while child is not None:
        tag = child.tag or "-"
        if tag == "-text":
            lines += re.sub(r"\s+", " ", child.text_content or "")
        elif tag == "br":
            lines += "\n"
        elif tag in _INLINE:
            lines += text_of(child)
        elif not tag.startswith("-"):
            break
        child = child.next
    return lines.strip()
