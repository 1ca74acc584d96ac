"""One spelling for words that differ only in case, accents, blanks or dashes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: letters that carry no combining mark but are written without it all the same
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ħ": "h", "ə": "e", "ς": "σ", "ŋ": "n"}
)
#: blanks, dashes and apostrophes to one of each; invisible characters to nothing
PLAIN = str.maketrans(
    dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\n\r\v\f", " ")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2019\u2018\u02bc\u201b\u00b4\u0060\u2032\uff07", "'")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None)
)


def plain(text: str) -> str:
    """Text with one kind of blank, dash and apostrophe and without invisible characters; letters stay as they are."""
    return text if text.isascii() and text.isprintable() else text.translate(PLAIN)


def _folded(character: str) -> str:
    """One character in lower case without its marks."""
    marks = unicodedata.normalize("NFD", character.translate(PLAIN).casefold())
    bare = "".join(c for c in marks if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


#: every letter of the alphabets of Europe to its folded form; what lies beyond is left alone
_TABLE = {code: folded for code in (*range(0x590), *range(0x1E00, 0x2120)) if (folded := _folded(chr(code))) != chr(code)}


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Text in lower case without accents, with plain blanks, dashes and apostrophes. Idempotent; alphabets stay what they are."""
    return " ".join((text.lower() if text.isascii() else text.translate(_TABLE)).split())
