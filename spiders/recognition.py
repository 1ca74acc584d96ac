"""Recognising a listing in any text that shows, links or repeats it: a page, an API's answer, a line of a log."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import unquote

#: a title shorter than this, in letters and digits, is a word that other pages use too
SHORTEST_TITLE = 10
#: a sentence shorter than this proves nothing
SHORTEST_SENTENCE = 32
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|[\r\n]+|</(?:p|li|h\d|div|td)>", re.I)
_TAG = re.compile(r"<[^<>]*>")
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


class Recognition:
    """Finds record ids, addresses (``url_key``) and texts (whole ones and their longer sentences) in other texts.

    Markup, entities, JSON escapes, percent signs, spaces, punctuation and case do not hide them.
    """

    def __init__(self, records: Iterable[str] = (), addresses: Iterable[str] = (), texts: Iterable[str] = ()) -> None:
        self.records, self.addresses = tuple(records), frozenset(addresses)
        self.words = frozenset(w for text in texts for w in _words(text))

    def mentioned(self, text: str) -> bool:
        """Is any of it in ``text``?"""
        if not text:
            return False
        opened = _opened(text)
        if any(record in text or record in opened for record in self.records):
            return True
        if self._links and self._links.search(opened.casefold()):
            return True
        # what stands in attributes of tags counts too
        forms = [_squashed(form) for form in (_TAG.sub("", opened), opened)] if self.words else []
        return any(word in form for form in forms for word in self.words)

    @cached_property
    def _links(self) -> re.Pattern[str] | None:
        patterns = sorted(filter(None, map(_link, self.addresses)))
        return re.compile("|".join(patterns)) if patterns else None


def _words(text: str) -> set[str]:
    opened = _opened(text)
    whole = _squashed(_TAG.sub("", opened))
    parts = {_squashed(_TAG.sub("", part)) for part in _SENTENCE.split(opened)}
    return {w for w in parts if len(w) >= SHORTEST_SENTENCE} | ({whole} if len(whole) >= SHORTEST_TITLE else set())


def _opened(text: str) -> str:
    """Without the escapes of JSON, HTML (a feed escapes twice) and URLs."""
    if "\\" in text:
        text = _JSON_ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else {"n": "\n", "t": "\t", "r": "\r"}.get(m[2], m[2]), text)
        # JSON writes what lies beyond the first plane as two
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return unquote(text) if "%" in text else text


def _squashed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _link(key: str) -> str | None:
    """A pattern for an address as pages write it, with or without its host; None for the top of a host, which every page links."""
    address, _, query = unquote(key).casefold().partition("?")
    host, slash, path = address.partition("/")
    if not path and not query:
        return None
    start = rf"(?:{re.escape(host)}|(?<![\w./-])){re.escape(slash + path)}/?"
    if not query:
        return start + r"(?![\w/%-])"
    asked = "".join(rf"(?=[^\s\"'<>]*\b{re.escape(part)}(?![\w-]))" for part in query.split("&"))
    return start + r"\?" + asked
