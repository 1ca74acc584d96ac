"""Personal data is taken out before anything is written: e-mail addresses, telephone numbers, names of contact persons.

Bodies are redacted before they are archived and before they are read, so that archive, listings and replays agree.
Names are recognised by the label before them (the ``person`` labels of ``extract/labels.toml``); a name in running
text stays, as nothing tells it apart from an organisation.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

MARK = "[redacted]"
_MARK = MARK.encode()

#: an @ in any of the ways in which pages write it
_AT = rb"(?:@|&#0*64;|&#x0*40;|&commat;|%40|\\u0040|\s?[\[({]\s?(?:at|AT|\xc3\xa0)\s?[\])}]\s?)"
_DOT = rb"(?:\.|\s?[\[({]\s?(?:dot|DOT|punkt|point)\s?[\])}]\s?)"
_EMAIL = re.compile(rb"[\w.+%-]{1,64}" + _AT + rb"[\w-]{1,63}(?:" + _DOT + rb"[\w-]{1,63}){1,6}")
_AT_SIGNS = (b"@", b"&#", b"&commat;", b"%40", b"\\u0040", b"(at)", b"[at]", b"{at}", b"( at )", b"[ at ]", b"(AT)", b"[AT]", b"(\xc3\xa0)")
_CLOUDFLARE = re.compile(rb'data-cfemail="[0-9a-f]+"|/cdn-cgi/l/email-protection#[0-9a-f]+')
_TEL_LINK = re.compile(rb"tel:[+\d][\d ()./%-]{4,30}")
_INTERNATIONAL = re.compile(
    rb"(?<![\w+&#])(?:\+|&#43;)[1-9](?:[\s\xa0().\-/]|&nbsp;|\xc2\xa0)?(?:\d(?:[\s().\-/]|&nbsp;|\xc2\xa0){0,2}){6,13}\d"
)
_PHONE_WORD = re.compile(
    rb"(?i)\b((?:tele(?:f|ph)on[a-z]?|t\xc3\xa9l\xc3\xa9phone|tel|t\xc3\xa9l|tlf|phone|puh(?:elin)?|fax|mobil[a-z]*|gsm|handy)\b\.?(?:nummer|number)?\s*[:.]?\s*(?:</?[a-z][^>]*>\s*){0,3})"
    rb"(\(?0?\d(?:[\s()./\-]|&nbsp;|\xc2\xa0){0,2}(?:\d(?:[\s()./\-]|&nbsp;|\xc2\xa0){0,2}){4,13}\d)"
)
_PHONE_HINTS = (b"tel", b"phone", b"fon", b"fax", b"mobil", b"tlf", b"puh", b"gsm", b"handy", b"t\xc3\xa9l")


def redact_body(body: bytes, content_type: str = "") -> bytes:
    """``body`` of a text page without personal data; anything that is no text is returned as it is."""
    if not body or content_type.startswith(("image/", "audio/", "video/", "font/", "application/zip", "application/pdf")):
        return body
    if any(sign in body for sign in _AT_SIGNS):
        body = _emails(body)
    if b"cfemail" in body or b"email-protection" in body:
        body = _CLOUDFLARE.sub(_MARK, body)
    if b"tel:" in body:
        body = _TEL_LINK.sub(b"tel:" + _MARK, body)
    if b"+" in body or b"&#43;" in body:
        body = _INTERNATIONAL.sub(_MARK, body)
    lower = body.lower()
    if any(hint in lower for hint in _PHONE_HINTS):
        body = _PHONE_WORD.sub(lambda m: m[1] + _MARK, body)
    return _persons(body, lower)


def _emails(body: bytes) -> bytes:
    return _EMAIL.sub(_MARK, body)


def _persons(body: bytes, lower: bytes) -> bytes:
    for label in _person_labels():
        if label in lower:
            body = _person_pattern(label).sub(lambda m: m[1] + _MARK, body)
    return body


@cache
def _person_labels() -> tuple[bytes, ...]:
    from spiders.extract.labels import PERSON, dictionary

    labels = [label for label, field in dictionary().items() if field == PERSON]
    return tuple(sorted({form for label in labels for form in (label.encode(), escape(label).encode())}, key=len, reverse=True))


@cache
def _person_pattern(label: bytes) -> re.Pattern[bytes]:
    """A label, the end of its element or a colon, and the text after it."""
    between = rb"\s*(?::\s*(?:</?[a-z][^>]*>\s*){0,6}|(?:</?[a-z][^>]*>\s*){1,6}:?\s*(?:</?[a-z][^>]*>\s*){0,3})"
    return re.compile(rb"(?i)(>\s*" + re.escape(label) + between + rb")([^<>\[\s][^<>\[]{1,80})")


def redact_text(text: str) -> str:
    """``text`` without e-mail addresses and telephone numbers."""
    return redact_body(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def redact(value: Any) -> Any:
    """A JSON value with every text in it redacted; shapes and keys stay."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, list):
        return [redact(v) for v in value]
    if isinstance(value, dict):
        return {k: redact(v) for k, v in value.items()}
    return value
