"""Plain, clean text out of what portals write."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import ftfy
from babel import Locale, UnknownLocaleError
from selectolax.lexbor import LexborHTMLParser

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!doctype", re.I)
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|br|hr|li|ul|ol|dl|dd|dt|h[1-6]|tr|td|th|table|section|article|blockquote|figure|figcaption|option)\b)", re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
# UTF-8 read as Latin-1 or Windows-1252: a lead byte followed by what its continuation bytes look like
_CONTINUED = "".join(bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xC0)) + "".join(map(chr, range(0x80, 0xC0)))
_MOJIBAKE = re.compile(f"[\u00c2-\u00f4\u0102\u0110\u0139][{re.escape(_CONTINUED)}]|\u00ef\u00bb\u00bf")
_NOTHING = dict.fromkeys([*range(0x00, 0x09), *range(0x0E, 0x20), 0x7F, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
                          *range(0x2060, 0x2065), 0xFEFF, 0xFFFD])  # fmt: skip
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_INVISIBLE = {**_NOTHING, **_LIGATURES}
_UNPRINTABLE = re.compile(f"[{re.escape(''.join(map(chr, _INVISIBLE)))}]")
# what a second pass could still change
_UNSETTLED = re.compile(f"<|&|{_MOJIBAKE.pattern}")
_LOST_DASH = re.compile(r"(?<=\b(?:19|20)\d\d)\?(?=(?:19|20)\d\d\b)")
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "svg")


def clean(value: str | None) -> str:
    """Text without markup, entities, mojibake, invisible characters or doubled blanks, in Unicode's composed form. Idempotent.

    Works on HTML fragments and on plain text alike; text that only looks a little like markup ("a < b") stays.
    """
    if not value:
        return ""
    for _ in range(6):
        cleaned = _once(value)
        if cleaned == value or not _UNSETTLED.search(cleaned):
            return cleaned
        value = cleaned
    return value


def _once(value: str) -> str:
    if value.isascii() and "<" not in value and "&" not in value:
        plain = " ".join((value if value.isprintable() else value.translate(_NOTHING)).split())
        return _LOST_DASH.sub("–", plain) if "?" in plain else plain
    if "<" in value and _TAG.search(value):
        tree = LexborHTMLParser(_BLOCK.sub(" <", value))
        tree.strip_tags(list(_UNSEEN))
        value = tree.body.text(separator="") if tree.body else ""
    if "&" in value:
        value = _ENTITY.sub(lambda found: html.unescape(found[0]), value)
    if _MOJIBAKE.search(value):
        value = ftfy.fix_encoding(value)
    if _UNPRINTABLE.search(value):
        value = value.translate(_INVISIBLE)
    value = unicodedata.normalize("NFC", value)
    return _LOST_DASH.sub("–", " ".join(value.split()))


@cache
def _titles() -> dict[str, Any]:
    path = Path(__file__).with_name("lookups") / "text-titles.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _prefix() -> re.Pattern[str]:
    words = sorted(_titles()["prefixes"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})\s*(?::|\||–|—)\s+(?=\S{{2}}.{{6}})", re.I)


_QUOTED = re.compile(r"""["'„“”«»‚‘’‹›](?P<inside>[^"„“”«»‚‹›]+)["'“”«»’‘‹›]\.?""")


def clean_title(value: str | None, language: str | None = None) -> str:
    """A title cleaned: no "Press release:" before it, no quotation marks around the whole, no shouting."""
    title = clean(value)
    if found := _prefix().match(title):
        title = title[found.end() :]
    if found := _QUOTED.fullmatch(title):
        title = found["inside"].strip()
    return calm(title, language) if shouts(title) else title


# --- shouting ----------------------------------------------------------------------------------------------------------------------------

_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def shouts(title: str) -> bool:
    """True for a title in capitals: two long words or more, and hardly a small letter."""
    letters = [c for c in title if c.isalpha()]
    if len(letters) < 12 or sum(c.isupper() for c in letters) < 0.8 * len(letters):
        return False
    return sum(len(word) >= 5 and word.isupper() for word in _WORDS.findall(title)) >= 2


def calm(title: str, language: str | None = None) -> str:
    """A shouting title in the case its language uses; acronyms, numerals and names of countries and regions keep their capitals.

    Greek stays as it is (its capitals have lost their accents), and so does a title of unknown language.
    """
    if language is None:
        from transforms.normalise.language import detect

        language, _ = detect(title.lower())
    code = (language or "").split("-")[0]
    if code in {"", "el", "ga", "tr"}:
        return title
    names, kept = _names(code), set(_titles()["kept"])
    small = set(_titles()["small_en"]) if code == "en" else None
    first = True

    def one(found: re.Match[str]) -> str:
        nonlocal first
        word = found[0]
        opening, first = first, False
        if not word.isupper() or word in kept or re.fullmatch("[IVX]{2,}", word) or _beside_digit(title, found):
            return word
        if len(word) > 1 and not re.search(r"[AEIOUYÀ-ÖØ-ÝĀ-ŽА-Я]", word):
            return word
        head, mark, rest = re.fullmatch(r"([^'’]*)(['’]?)(.*)", word, re.S).groups()  # type: ignore[union-attr]
        elided = bool(mark) and len(head) <= 2
        core = rest if elided else word
        proper = core.casefold() in names or (code in {"de", "lb"} and len(core) > 3) or (small is not None and core.lower() not in small)
        body = core.capitalize() if proper else core.lower()
        if elided:
            return (head.capitalize() if opening else head.lower()) + mark + body
        return body[0].upper() + body[1:] if opening else body

    return _WORDS.sub(one, title)


def _beside_digit(title: str, found: re.Match[str]) -> bool:
    return title[found.end() : found.end() + 1].isdigit() or title[max(found.start() - 1, 0) : found.start()].isdigit()


@cache
def _names(language: str) -> frozenset[str]:
    """Words of the names of countries, in a language, and of regions, in small letters."""
    from transforms.normalise.places_units import units

    try:
        words = [name for code, name in Locale.parse(language).territories.items() if code.isalpha()]
    except (UnknownLocaleError, ValueError):
        words = []
    words += [label for label in units().values() if len(label) > 4 and _WORDS.fullmatch(label)]
    found = {part.casefold() for name in words for part in _WORDS.findall(name) if len(part) > 3 and part[0].isupper()}
    return frozenset(found - set(_titles()["not_names"]))


# --- acronyms ----------------------------------------------------------------------------------------------------------------------------

_IN_BRACKETS = re.compile(r"\s*[\[(]\s*[„“\"«]?(?P<acronym>#?[^\W\d_][\w&+./-]{1,14})[“”\"»]?\s*[\])]\s*$")
_LEADING = re.compile(r"(?P<acronym>[A-Z][A-Z0-9&+]{1,9})\s*[–—:-]\s+(?P<name>\S.{8,})$")


def split_acronym(title: str) -> tuple[str, str | None]:
    """The title without the acronym in brackets at its end, and the acronym: "Plan Y (PNSD)" gives ("Plan Y", "PNSD").

    "PNSD – Piano Nazionale Scuola Digitale" is split too, where the initials agree. Years, phases, countries and file types stay.
    """
    if found := _IN_BRACKETS.search(title):
        acronym, name = found["acronym"], title[: found.start()].rstrip()
        if name and _is_acronym(acronym, name):
            return name, acronym.lstrip("#")
    if (found := _LEADING.match(title)) and _initials_agree(found["acronym"], found["name"]):
        return found["name"], found["acronym"]
    return title, None


def _is_acronym(word: str, name: str) -> bool:
    bare = word.lstrip("#")
    capitals = sum(c.isupper() for c in bare)
    if bare.upper() in _titles()["not_acronyms"] or re.fullmatch("[IVXLC]+", bare) or re.search(r"-\w*[a-zß-ÿ]", bare):
        return False
    return (capitals >= 2 and (len(bare) <= 6 or capitals >= 3 or word[0] == "#")) or (capitals >= 2 and _initials_agree(bare, name))


def _initials_agree(acronym: str, name: str) -> bool:
    """True where the letters of ``acronym`` follow each other in the initials of ``name``."""
    initials = iter(word[0].casefold() for word in _WORDS.findall(name.replace("'", " ").replace("’", " ")))
    return all(any(letter == initial for initial in initials) for letter in acronym.casefold() if letter.isalpha())
