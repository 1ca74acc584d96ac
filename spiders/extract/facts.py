"""Labelled values on a page that nobody wrote selectors for.

A label is a short text that the dictionary knows *and* that the markup sets apart from its value: a term of a definition list,
the first cell of a row, a bold word or a label element, a text before a colon. Navigation, footers and forms are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.extract.labels import field_for
from spiders.extract.nodes import Fact, clean_label, facts_of, lines_of, squeeze, text_of

_LONGEST_LABEL = 60
_LONGEST_VALUE = 400
_SKIPPED_TAGS = frozenset({"nav", "footer", "form", "script", "style", "noscript", "template", "select", "button", "svg", "iframe", "head"})
_SKIPPED_NAMES = re.compile(
    r"\b(menu|navbar|nav|navigation|breadcrumbs?|footer|cookies?|share|social|pagination|pager|sidebar-menu|sitemap)\b", re.I
)
_LABEL_NAMES = re.compile(r"label|title|name|key|term|caption|heading|question", re.I)
_LABEL_TAGS = frozenset({"strong", "b", "label", "em", "span", "div", "p", "h2", "h3", "h4", "h5", "h6", "small"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BOLD = frozenset({"strong", "b", "label", "em"})
#: under a heading only these are looked for: "Topics" or "Links" above a list means something else
_UNDER_HEADINGS = frozenset(["period", "start", "end", "budget", "organisation", "place", "target_group", "education_level"])


def labelled(tree: LexborHTMLParser, language: str | None = None) -> Iterator[Fact]:
    """Every label that the dictionary knows, with its values, in page order."""
    body = tree.body
    if body is None:
        return
    for node in _walk(body):
        tag = node.tag
        if tag == "dl":
            yield from (f for f in facts_of(node, "dl") if field_for(f.label, None, language))
        elif tag == "table":
            yield from (f for f in facts_of(node, "table") if field_for(f.label, None, language) and _short(f))
        elif fact := _set_apart(node, language):
            yield fact


def _walk(node: LexborNode) -> Iterator[LexborNode]:
    """Elements in page order, without the parts of a page that hold no facts; lists and tables are not entered."""
    stack = [node]
    while stack:
        node = stack.pop()
        tag = node.tag or "-"
        if tag.startswith("-") or tag in _SKIPPED_TAGS or _skipped(node):
            continue
        yield node
        if node.tag in ("dl", "table") and not node.css_first("dl dl, table table, table dl"):
            continue
        children = list(node.iter())
        stack.extend(reversed(children))


def _skipped(node: LexborNode) -> bool:
    if node.tag == "body":
        return False
    marks = f"{node.id or ''} {node.attributes.get('class') or ''} {node.attributes.get('role') or ''}"
    return len(marks) > 2 and bool(_SKIPPED_NAMES.search(marks))


def _short(fact: Fact) -> bool:
    return sum(map(len, fact.values)) <= _LONGEST_VALUE


def _set_apart(node: LexborNode, language: str | None) -> Fact | None:
    """The fact that begins at ``node``: it is a label, or a line "label: value"."""
    if node.tag in _LABEL_TAGS:
        own = _own_text(node)
        if own and len(own) <= _LONGEST_LABEL and (field := field_for(own, None, language)):
            return _value_of(node, own, field)
    if node.tag in ("p", "li", "div", "span", "td", "h5", "h6"):
        return _colon_line(node, language)
    return None


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


def _value_of(node: LexborNode, own: str, field: str) -> Fact | None:
    colon = own.rstrip().endswith((":", "："))
    marked = bool(_LABEL_NAMES.search(node.attributes.get("class") or ""))
    if node.tag in _HEADINGS and not colon and not marked and field not in _UNDER_HEADINGS:
        return None
    if node.tag not in _HEADINGS | _BOLD and not colon and not marked:
        return None
    value = _after(node)
    if value is None and node.parent is not None and node.parent.tag in ("span", "div", "p", "li", "strong"):
        value = _after(node.parent) if _own_text(node.parent) == own else None
    if value is None:
        return None
    text, href = value
    if not text or len(text) > _LONGEST_VALUE or text.endswith(":"):
        return None
    values = (text,)
    return Fact(clean_label(own), values, href)


def _after(node: LexborNode) -> tuple[str, str | None] | None:
    """The text after ``node`` in its parent: up to a line break or the next element that is a block or bold."""
    text, href, sibling = "", None, node.next
    while sibling is not None:
        tag = sibling.tag or "-"
        if tag == "-text":
            text += sibling.text_content or ""
        elif tag in ("br", "strong", "b", "label") and squeeze(text).strip(" :"):
            break
        elif not tag.startswith("-") and tag != "br":
            inline = tag in ("a", "span", "em", "i", "time", "abbr", "strong", "b")
            if not inline and squeeze(text).strip(" :"):
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


def _colon_line(node: LexborNode, language: str | None) -> Fact | None:
    """A line "label: value" without markup of its own."""
    child = node.child
    if child is None or child.tag != "-text":
        return None
    first = child.text_content or ""
    label, colon, rest = first.partition(":")
    if not colon or len(label) > _LONGEST_LABEL or not field_for(label, None, language):
        return None
    lines = lines_of(node)
    value = lines[0].partition(":")[2].strip() if lines else rest.strip()
    if not value or len(value) > _LONGEST_VALUE:
        return None
    link = node.css_first("a[href]")
    return Fact(clean_label(label), (value,), link.attributes.get("href") if link else None)
