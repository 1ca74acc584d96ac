"""Prose out, structure in: what makes a recorded page fit to be committed.

    anonymous(body, content_type) -> bytes      markup, names, dates and amounts stay; sentences become filler

Every word of a sentence becomes a made-up word of the same length, script and letter case; the same word always becomes the same
one, so that a page which did not change still gives the same values. Titles, labels, cells and other short texts are names and
stay; so do numbers and the two words on either side of one ("bis März 2027", "5 Mio. Euro"). Scripts and long
comments are emptied.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from typing import Any

from spiders.redact import MARK

#: words: a longer text is prose, a shorter one a name; a title may be longer, a sentence is shorter
LONG, TITLE, SENTENCE = 12, 30, 5
#: words on either side of a number that belong to a date or an amount
BESIDE = 2

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")
_PIECE = re.compile(rf"https?://[^\s\"'<>]+|{re.escape(MARK)}|&#?\w{{1,30}};|[^\s]*\d[^\s]*|\w[\w'’]*")
_ENDS = (".", "!", "?", "…", ";", "·")
_TAG = r"<[!/?a-zA-Z](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>"
_HTML = re.compile(rf"(?s)(<!--.*?-->)|(<(script|style)\b[^>]*>)(.*?)(</\3\s*>)|({_TAG}|<[!/?a-zA-Z][^<>]*>)", re.I)
_XML = re.compile(rf"(?s)(<!--.*?-->)|<!\[CDATA\[(.*?)\]\]>|({_TAG})")
_NAME = re.compile(r"</?\s*([a-zA-Z][\w.-]*(?::[\w.-]+)?)")
_ATTRIBUTE = re.compile(r"""(?s)(\s(content|alt|title|summary|aria-label|data-[\w-]+)\s*=\s*)("[^"]*"|'[^']*')""", re.I)
_INLINE = frozenset(["a", "abbr", "b", "cite", "code", "em", "font", "i", "img", "mark", "q", "s", "small", "span", "strong"])
_INLINE |= {"sub", "sup", "time", "u", "wbr"}
_TITLES = frozenset(["title", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "legend", "name", "label", "preflabel"])
_QUOTED = re.compile(r'(?s)"""(.*?)"""|"((?:[^"\\\n]|\\.|"")*)"')
_CELLS = re.compile(r"[^,;|\t\r\n]+")
_SHORT_LABEL = re.compile(r"[^:]{2,60}:\s*(.*)", re.S)
_LETTERS = {
    "LATIN": ("aeiou", "bcdfghjklmnprstvz"),
    "GREEK": ("αεηιουω", "βγδζθκλμνξπρσφχ"),
    "CYRILLIC": ("аеиоу", "бвгджзклмнпрстфх"),
}


def anonymous(body: bytes, content_type: str = "") -> bytes:
    """``body`` (UTF-8 text: HTML, XML, JSON, or lines) with its prose replaced. Raises ValueError for what is no UTF-8 text."""
    text = body.decode("utf-8")
    if "\0" in text:
        raise ValueError("it is no text")
    head = text[:500].lstrip("\ufeff \t\r\n")
    kind = content_type.split(";")[0].strip().lower()
    if "json" in kind or head[:1] in ("{", "["):
        try:
            return json.dumps(in_json(json.loads(text.lstrip("\ufeff"))), ensure_ascii=False, indent=1).encode()
        except ValueError:
            pass
    if head.startswith("<?xml") and "<html" not in head or ("xml" in kind and "html" not in kind):
        return in_xml(text).encode()
    if "turtle" in kind or "triples" in kind or head.lower().startswith(("@prefix", "prefix ")):
        return _QUOTED.sub(_quoted, text).encode()
    return (in_html(text) if "<" in head and "csv" not in kind else in_lines(text)).encode()


def filler(text: str) -> str:
    """``text`` with every word replaced but those beside a number, addresses, entities and marks of redaction."""
    pieces = list(_PIECE.finditer(text))
    kept = [not _WORD.fullmatch(p[0].replace("'", "").replace("’", "")) for p in pieces]
    numbers = [any(c.isdigit() for c in p[0]) and "://" not in p[0] and not p[0].startswith("&") for p in pieces]
    near = {j for i, number in enumerate(numbers) if number for j in range(i - BESIDE, i + BESIDE + 1)}
    parts, at = [], 0
    for i, piece in enumerate(pieces):
        parts += [text[at : piece.start()], piece[0] if kept[i] or i in near else _WORD.sub(lambda m: _made_up(m[0]), piece[0])]
        at = piece.end()
    return "".join((*parts, text[at:]))


def is_prose(text: str, longest: int = LONG) -> bool:
    """Is ``text`` sentences rather than a name? After a short label ("Träger: …") only the value counts."""
    text = unescape(text).strip()
    if (m := _SHORT_LABEL.match(text)) and len(text.partition(":")[0].split()) <= 4:
        text = m[1].strip()
    words = len(_WORD.findall(text))
    return words > longest or (words >= SENTENCE and longest < TITLE and text.endswith(_ENDS))


@cache
def _made_up(word: str) -> str:
    seed = hashlib.sha256(word.lower().encode()).digest()
    return "".join(_letter(c, seed[i % len(seed)]) for i, c in enumerate(word))


def _letter(letter: str, number: int) -> str:
    script = unicodedata.name(letter, "?").split()[0]
    if script not in _LETTERS:
        return letter
    vowels, consonants = _LETTERS[script]
    base = unicodedata.normalize("NFD", letter.lower())[0]
    choice = vowels if base in vowels else consonants
    made = choice[number % len(choice)]
    return made.upper() if letter.isupper() else made


def in_html(text: str) -> str:
    """HTML, whole or a fragment; the tags stay as they are, but for long texts in their attributes."""
    out: list[str] = []
    run = _Run()
    at = 0
    for m in _HTML.finditer(text):
        run.add(out, text[at : m.start()])
        at = m.end()
        if m[1]:
            out.append(_comment(m[1]))
        elif m[3]:
            run.end(out, "")
            out += [m[2], _script(m[2], m[4]), m[5]]
        else:
            tag = m[6]
            named = _NAME.match(tag)
            name = named[1].lower() if named else ""
            if name in _INLINE:
                run.inline(name, closing=tag.startswith("</"))
            else:
                run.end(out, "" if tag.startswith("</") else name)
            out.append(_ATTRIBUTE.sub(lambda a, tag=tag: _attribute(a, tag), tag) if "=" in tag else tag)
    run.add(out, text[at:])
    run.end(out, "")
    return "".join(out)


class _Run:
    """The texts between two tags of blocks: one sentence may run through several inline elements."""

    def __init__(self) -> None:
        self.block = ""
        self.links = 0
        self.texts: list[tuple[int, bool]] = []

    def add(self, out: list[str], text: str) -> None:
        if text:
            self.texts.append((len(out), self.links > 0 or not text.strip()))
            out.append(text)

    def inline(self, name: str, *, closing: bool) -> None:
        if name == "a":
            self.links = 0 if closing else 1

    def end(self, out: list[str], block: str) -> None:
        """The block ends: its texts are judged together."""
        whole = "".join(out[i] for i, _ in self.texts)
        linked = bool(self.texts) and all(link for _, link in self.texts)
        if whole.strip() and is_prose(whole, TITLE if linked or self.block in _TITLES else LONG):
            for i, _ in self.texts:
                out[i] = filler(out[i])
        self.block, self.links, self.texts = block, 0, []


def _attribute(m: re.Match[str], tag: str) -> str:
    value = m[3][1:-1]
    titled = re.search(r"(name|property|itemprop)\s*=\s*[\"']?[\w:.]*title", tag, re.I)
    return f"{m[1]}{m[3][0]}{filler(value) if is_prose(value, TITLE if titled else LONG) else value}{m[3][0]}"


def _comment(comment: str) -> str:
    """A comment in which software marks a place; what people wrote is left out."""
    return comment if len(comment) <= 60 and len(comment.split()) <= 4 else "<!---->"


def _script(opening: str, text: str) -> str:
    """Data in JSON is filled, code and style are left out."""
    if "json" not in opening.lower():
        return ""
    try:
        return json.dumps(in_json(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return ""


def in_json(value: Any, key: str = "") -> Any:
    """JSON: titles and names by their key, markup in a string as HTML."""
    if isinstance(value, dict):
        return {k: in_json(v, key if k in ("rendered", "@value", "value") or len(k) == 2 else k) for k, v in value.items()}
    if isinstance(value, list):
        return [in_json(v, key) for v in value]
    if not isinstance(value, str):
        return value
    named = key.lower().rpartition(":")[2].rpartition("/")[2] in (*_TITLES, "headline", "alternatename", "display_name")
    if "</" in value or "<p>" in value:
        return in_html(value)
    return filler(value) if is_prose(value, TITLE if named else LONG) else value


def in_xml(text: str) -> str:
    """XML such as feeds, RDF, OAI: texts by their element; markup inside them as HTML."""
    out, at, element = [], 0, ""
    for m in _XML.finditer(text):
        out.append(_xml_text(text[at : m.start()], element))
        at = m.end()
        if m[1]:
            out.append(_comment(m[1]))
        elif m[3]:
            out.append(m[3])
            named = _NAME.match(m[3])
            element = named[1].rpartition(":")[2].lower() if named and not m[3].startswith("</") else ""
        else:
            out.append(f"<![CDATA[{_marked_up(m[2], element)}]]>")
    return "".join((*out, text[at:]))


def _xml_text(text: str, element: str) -> str:
    if "&lt;" in text:
        return escape(_marked_up(unescape(text), element), quote=False)
    return filler(text) if text.strip() and is_prose(text, TITLE if element in _TITLES else LONG) else text


def _marked_up(text: str, element: str) -> str:
    if "<" in text:
        return in_html(text)
    return filler(text) if is_prose(text, TITLE if element in _TITLES else LONG) else text


def in_lines(text: str) -> str:
    """CSV and the like: quoted texts, and cells."""
    return "".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    def cell(m: re.Match[str]) -> str:
        return filler(m[0]) if is_prose(m[0]) else m[0]

    at = 0
    for m in _QUOTED.finditer(text):
        yield _CELLS.sub(cell, text[at : m.start()])
        yield _quoted(m)
        at = m.end()
    yield _CELLS.sub(cell, text[at:])


def _quoted(m: re.Match[str]) -> str:
    return filler(m[0]) if is_prose(m[1] or m[2] or "") else m[0]
