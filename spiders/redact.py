"""Personal data is taken out before anything is written: e-mail addresses, telephone numbers, names of contact persons.

Bodies are redacted before they are archived and before they are read, so that archive, listings and replays agree.
Names are recognised by the label before them (the ``person`` labels of ``extract/labels.toml``), by the JSON key or by the
element of a feed that holds them; a name in running text stays, as nothing tells it apart from an organisation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from html import escape

MARK = "[redacted]"
_MARK = MARK.encode()
_BINARY = (
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/zip",
    "application/pdf",
    "application/vnd.openxml",
    "application/octet",
    "application/gzip",
    "application/x-gzip",
    "application/vnd.ms-excel",
)
#: how compressed bodies begin, whatever they are said to be
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")

# Every pattern runs over what strangers send: repeats are bounded or possessive, so that time grows with length only.

#: an @ in any of the ways in which pages write it
_AT_HINTS = (b"&#", b"&commat;", b"%40", b"u0040", b"at)", b"at]", b"at}", b"at )", b"at ]", b"\xa0)")
_AT = re.compile(rb"&#0*64;|&#[xX]0*40;|&commat;|%40|\\u0040")
_AT_WORD = re.compile(rb"[\[({]\s?(?:at|AT|At|\xc3\xa0)\s?[\])}]\s?")
#: one character of a local part, plain or as an entity
_LOCAL = re.compile(rb"(?:[A-Za-z0-9_.+%-]|&#(?:[xX][0-9a-fA-F]{1,6}|\d{1,7});|\\u00[0-9a-fA-F]{2}){1,64}\Z")
_CHAR = rb"(?:[A-Za-z0-9-]|&#(?:[xX][0-9a-fA-F]{1,6}|\d{1,7});|[\x80-\xff])"
_DOT = rb"(?:\.|&period;|&#0*46;|&#[xX]0*2[eE];|\s?[\[({]\s?(?:dot|DOT|punkt|point|ponto|punto|bod)\s?[\])}]\s?)"
_DOMAIN = re.compile(_CHAR + rb"{1,63}(?:" + _DOT + _CHAR + rb"{1,63}){1,6}")

_CLOUDFLARE = re.compile(rb'data-cfemail="[0-9a-f]+"|/cdn-cgi/l/email-protection#[0-9a-f]+')
_TEL_LINK = re.compile(rb"tel:[+\d(][\d ()./%-]{4,30}")
_GAP = rb"(?:[\s().\-/]|&nbsp;|\xc2\xa0){0,3}"
_INTERNATIONAL = re.compile(_GAP + rb"[1-9](?:" + _GAP + rb"\d){7,13}(?!\d)")
_GLUED = re.compile(rb"[\w+&#/=]")
_PLUS = (b"+", b"&#43;")
#: beginnings of words for a telephone, lower case; literals, as they are found fifty times faster than a pattern
_PHONE_WORDS = tuple(
    stem.encode() for stem in ("tel", "tél", "tlf", "phone", "puh", "fax", "mobil", "gsm", "handy", "тел", "Тел", "τηλ", "Τηλ")
)
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_PHONE_AFTER = re.compile(
    rb"[A-Za-z\x80-\xff]{0,12}+[.\s:]{0,4}(?:(?:</?[a-z][^>]{0,80}+>|&nbsp;|\xc2\xa0)\s*+){0,4}[.:]?\s*+(\(?0?\d(?:" + _GAP + rb"\d){5,13})"
)

#: a short text that may be a label, and the value after it: the next cell, or the text after a colon or a bold label
_LABEL = re.compile(rb">\s*+([^<>:&\s][^<>:&]{2,40}+)(?=:|</(?:dt|th|td|strong|b|em|span|label|div|p|h[3-6])>)")
_INLINE = rb"(?:<(?:a|span|b|strong|em|p|div|ul|li)\b[^>]{0,200}+>\s*+){0,4}"
_VALUE = re.compile(
    rb"(?:(?:</(?:strong|b|em|span|label)>\s*+)?:\s*+(?:</(?:strong|b|em|span|label|dt|th|td|div|p|h[3-6])>\s*+){0,3}"
    rb"(?:<(?:dd|td)\b[^>]{0,200}+>\s*+)?"
    rb"|</(?:dt|th|td)>\s*+<(?:dd|td)\b[^>]{0,200}+>\s*+|</(?:strong|b|label)>\s*+:?\s*+)" + _INLINE + rb"([^<>\[\s][^<>\[]{1,80})"
)
_META_AUTHOR = re.compile(rb"(<meta\b[^>]{0,80}\bname=[\"']?author[\"']?[^>]{0,80}\bcontent=[\"'])([^\"'<>]{2,120})", re.I)
_FEED_PERSON = re.compile(
    rb"(<(?:author|managingEditor|webMaster|dc:creator|itunes:author)\b[^>]{0,80}>\s*(?:<!\[CDATA\[|<name>)?\s*)(?!\[redacted)([^<\]\s][^<\]]{1,119})",
    re.I,
)
_JSON_KEY = re.compile(rb'"([A-Za-z_ -]{4,40})"\s*:\s*"((?:[^"\\]|\\.){2,120})"')


def redact_body(body: bytes, content_type: str = "") -> bytes:
    """``body`` of a text page without personal data; anything that is no text is returned as it is."""
    if not body or content_type.startswith(_BINARY) or body.startswith(_PACKED):
        return body
    lower = body.lower()
    cuts = [*_emails(body, lower), *_phones(body, lower)]
    if b"cfemail" in body or b"email-protection" in body:
        cuts += [m.span() for m in _CLOUDFLARE.finditer(body)]
    head = body[:400].lstrip()
    if head[:1] in (b"{", b"["):
        cuts += [m.span(2) for m in _JSON_KEY.finditer(body) if m[1].lower().replace(b"_", b" ").replace(b"-", b" ") in _person_labels()]
    elif b"<rss" in head or b"<feed" in head or b"<rdf:RDF" in head or b"<OAI-PMH" in head:
        cuts += [m.span(2) for m in _FEED_PERSON.finditer(body)]
    else:
        cuts += _persons(body)
        if b"author" in body:
            cuts += [m.span(2) for m in _META_AUTHOR.finditer(body)]
    return _cut(body, cuts)


def _cut(body: bytes, cuts: list[tuple[int, int]]) -> bytes:
    if not cuts:
        return body
    parts, at = [], 0
    for start, end in sorted(cuts):
        if start >= at:
            parts += [body[at:start], _MARK]
        at = max(at, end)
    return b"".join((*parts, body[at:]))


def _emails(body: bytes, lower: bytes) -> Iterable[tuple[int, int]]:
    signs = [(at, at + 1) for at in _find(body, b"@")]
    if any(hint in lower for hint in _AT_HINTS[:4]):
        signs += [m.span() for m in _AT.finditer(body)]
    if any(hint in lower for hint in _AT_HINTS[4:]):
        spans = [m.span() for m in _AT_WORD.finditer(body)]
        signs += [(start - body[start - 1 : start].isspace(), end) for start, end in spans]
    for start, end in signs:
        left = _LOCAL.search(body, max(0, start - 100), start)
        if left and (right := _DOMAIN.match(body, end)):
            yield left.start(), right.end()


def _phones(body: bytes, lower: bytes) -> Iterable[tuple[int, int]]:
    if b"tel:" in body:
        yield from ((m.start() + 4, m.end()) for m in _TEL_LINK.finditer(body))
    for plus in _PLUS:
        for at in _find(body, plus):
            number = _INTERNATIONAL.match(body, at + len(plus))
            if number and not (at and _GLUED.match(body, at - 1)):
                yield at, number.end()
    for word in _PHONE_WORDS:
        for at in _find(lower, word):
            if at and _LETTER.match(body, at - 1):
                continue
            if number := _PHONE_AFTER.match(body, at + len(word)):
                yield number.span(1)


def _find(body: bytes, literal: bytes) -> Iterable[int]:
    at = body.find(literal)
    while at >= 0:
        yield at
        at = body.find(literal, at + 1)


def _persons(body: bytes) -> Iterable[tuple[int, int]]:
    known = _person_labels()
    for m in _LABEL.finditer(body):
        if m[1].rstrip() in known and (value := _VALUE.match(body, m.end())):
            yield value.span(1)


@cache
def _person_labels() -> frozenset[bytes]:
    """The labels of people in the letter cases and spellings in which pages write them."""
    from spiders.extract.labels import PERSON, dictionary

    cases: tuple[Callable[[str], str], ...] = (str, str.capitalize, str.title, str.upper)
    labels = {case(label) for label, field in dictionary().items() if field == PERSON for case in cases}
    return frozenset(form.encode() for label in labels for form in (label, escape(label)))


def redact_text(text: str) -> str:
    """``text`` without e-mail addresses, telephone numbers and labelled names."""
    return redact_body(text.encode("utf-8", "surrogatepass"), "text/html").decode("utf-8", "replace")
