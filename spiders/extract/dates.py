"""When a page says that it was published or changed, where neither its metadata nor a labelled value says so.

A day is found, the most trusted first: in an element marked as such a date (``itemprop``, ``abbr.published``); after a word such as
"Veröffentlicht am"; in a ``time`` element; in the address (``/2021/05/12/``); in an element whose class speaks of a date; in a short line
beside the title. Among equals the nearest to the title counts. What is no part of the page's own matter is left out: ways through the
site, comments, teasers of other pages. The day is copied as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from spiders.extract.days import days_in
from spiders.extract.labels import field_for
from spiders.extract.nodes import squeeze, text_of
from spiders.page import Page

#: what a day was found by
MARKED, WORDED, TIME, ADDRESS, CLASS, BESIDE = range(6)

_SKIPPED_TAGS = frozenset({"nav", "form", "script", "style", "noscript", "template", "select", "button", "svg", "iframe", "option"})
#: what visitors write, ways through the site, what every page of it says
_SKIPPED = re.compile(
    r"(?:^|[\s_])(?:\w{2,4}-)?comments?(?![\w-]*(?:off|closed))|comment-?(?:list|body|meta)|kommentare?\b|breadcrumb|\bmenu|navi|share"
    r"|social\b|cookie|newsletter|reply|signature|copyright|calendar-(?!icon)",
    re.I,
)
#: left out beside the page's own matter, not in it
_MARGIN = re.compile(r"footer|sidebar|widget-area|marginal", re.I)
_MATTER = re.compile(r"(?:^|\s)(?:article|post|entry|hentry|news|news-single)(?:\s|$)", re.I)
#: left out where they are an item of their own, with a heading or picture
_ITEM = re.compile(r"teaser|related|similar|recommend|latest|recent|popular|archive|carousel|slider|swiper|promo(?!t)|card\b", re.I)
_OWN = "h2, h3, h4, h5, h6, img"
#: ids and classes that speak of a date
_DATED = re.compile(
    r"(?<![a-z])(?:date|datetime|time|data|fecha|pubdate|published|posted|created|authored|byline|submitted|released?)(?![a-z])"
    r"|date$|Date|Time\b|datum|meta|info",
    re.I,
)
_CHANGED = re.compile(r"modif|updat|chang|revis|aktualis", re.I)
_ITEMPROPS = {"datepublished": "published", "datecreated": "published", "uploaddate": "published", "datemodified": "modified"}
_IN_PATH = re.compile(r"(?<=[/=])(?:19[89]|20[0-4])\d([/-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?=[/_-]|\.html?|$)")
#: a longer line is running text
_LINE = 100
#: pieces of text that may stand between the title and a day that nothing marks as a date
_AFTER, _BEFORE = 15, 6


@dataclass(frozen=True, order=True)
class Said:
    """A day found: by what, how many pieces of text from the title, for which raw field, as written, where."""

    rank: int
    distance: int
    field: str
    text: str
    source: str


def dates_of(page: Page, title: str) -> dict[str, Said]:
    """The best of each of ``published`` and ``modified``."""
    return {said.field: said for said in sorted(_found(page, title), reverse=True)}


def _found(page: Page, title: str) -> Iterator[Said]:
    if m := _IN_PATH.search(urlsplit(page.url).path):
        yield Said(ADDRESS, 0, "published", m[0], "address")
    if page.tree.body is None:
        return
    heading = _heading(page, title)
    places = list(_walk(page.tree.body, heading))
    start = next((number for number, said in places if said is None), 0)
    for number, said in places:
        after = number - start
        if said is not None and (said.rank != BESIDE or -_BEFORE <= after <= _AFTER):
            yield Said(said.rank, after if after >= 0 else 1 - 2 * after, said.field, said.text, said.source)


def _heading(page: Page, title: str) -> LexborNode | None:
    """The heading that is the page's title; else its first."""
    first = page.tree.css("h1")
    return next((n for n in (*first, *page.tree.css("h2, h3")) if text_of(n) == title), first[0] if first else None)


def _walk(body: LexborNode, heading: LexborNode | None) -> Iterator[tuple[int, Said | None]]:
    """In page order: (number of the piece of text, what is said there); None is said at the heading."""
    above: set[int] = set()
    node = heading
    while node is not None:
        above.add(node.mem_id)
        node = node.parent
    number, before = 0, ""
    stack = [(body, False)]
    while stack:
        node, inside = stack.pop()
        tag = node.tag or "-"
        if tag == "-text":
            if text := squeeze(node.text_content or ""):
                number += 1
                for said in _in_text(text, before):
                    yield number, said
                before = text
        elif not tag.startswith("-"):
            attributes = node.attributes
            marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()
            if node.mem_id not in above and _left_out(node, tag, marks, inside):
                continue
            if heading is not None and node.mem_id == heading.mem_id:
                yield number + 1, None
            if (by_mark := _in_element(node, tag, attributes, marks)) is not None:
                yield number + 1, by_mark
                if node.child is not None and node.child.tag == "-text" and node.child.next is None:
                    number, before = number + 1, by_mark.text
                    continue
            inside = inside or tag in ("article", "main") or bool(_MATTER.search(marks))
            stack.extend((child, inside) for child in reversed(list(node.iter(include_text=True))))


def _left_out(node: LexborNode, tag: str, marks: str, inside: bool) -> bool:
    if tag in _SKIPPED_TAGS or (tag in ("aside", "footer") and not inside):
        return True
    if not marks:
        return False
    if _SKIPPED.search(marks) or (not inside and _MARGIN.search(marks)):
        return True
    return bool(_ITEM.search(marks)) and node.css_first(_OWN) is not None


def _in_element(node: LexborNode, tag: str, attributes: dict[str, str | None], marks: str) -> Said | None:
    """What an element says by its attributes, or by its class and text."""
    item = (attributes.get("itemprop") or attributes.get("property") or "").lower().rpartition(":")[2]
    marked = item in _ITEMPROPS or (tag == "abbr" and "published" in marks)
    dated = marked or tag == "time" or (marks and _DATED.search(marks))
    if not dated:
        return None
    stated = attributes.get("datetime") or attributes.get("content") or (attributes.get("title") if tag == "abbr" else None)
    day = _day(stated) if stated else None
    if day is None:
        text = text_of(node)
        day = _day(text) if len(text) <= _LINE else None
    if day is None:
        return None
    field = _ITEMPROPS.get(item) or ("modified" if _CHANGED.search(marks) and "published" not in marks else "published")
    if marked:
        return Said(MARKED, 0, field, day, f"{tag} {item or marks}")
    if tag == "time":
        return Said(TIME, 0, field, day, "time@datetime" if stated else "time")
    return Said(CLASS, 0, field, day, f"{tag} {marks}")


def _in_text(text: str, before: str) -> Iterator[Said]:
    """What a piece of text says: a day after a word of the dictionary, or a day that is most of the line or begins it."""
    if len(text) > 5 * _LINE:
        return
    for day in days_in(text):
        lead = text[: day.start()]
        if word := _word(f"{before} {lead}" if len(lead) < 6 and len(before) <= _LINE else lead):
            yield Said(WORDED, 0, word[0], day[0], f"text after {word[1]}")
        elif not day["short"] and (len(text) <= _LINE or len(lead) < 20):
            yield Said(BESIDE, 0, "published", day[0], "text beside the title")


@lru_cache(maxsize=4096)
def _word(lead: str) -> tuple[str, str] | None:
    """(raw field, word) where ``lead`` ends in a label of a date in the dictionary, with or without "am" or "on" after it."""
    words = re.findall(r"[\w’']+", lead)[-5:]
    for start in range(len(words)):
        for end in (len(words), len(words) - 1, len(words) - 2):
            label = " ".join(words[start:end])
            if label and (field := field_for(label)) in ("published", "modified"):
                return field, label
    return None


def _day(text: str) -> str | None:
    return next((found[0] for found in days_in(squeeze(text))), None)
