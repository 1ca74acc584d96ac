"""Words of a text, the way every part of resolve counts them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: apostrophes and dashes part words; letters and digits part as well, so that "DJP2" gives "djp" and "2"
_WORD = re.compile(r"[^\W\d_]+|\d+")


def fold(text: str) -> str:
    """Lower case, compatibility forms composed; accents stay, they tell words apart."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """Words and numbers of ``text`` in order, folded."""
    return _WORD.findall(fold(text))


_STRIP = {ord(a): b for a, b in zip("łđøæœðþıħŧß", ("l", "d", "o", "ae", "oe", "d", "th", "i", "h", "t", "ss"), strict=True)}


class _Bare(dict[int, int | None]):
    """For `str.translate`: combining characters go, all others stay."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_BARE = _Bare()


@lru_cache(maxsize=1_000_000)
def plain(text: str) -> str:
    """``text`` folded and without accents: what search and trigrams compare."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", fold(text).translate(_STRIP)).translate(_BARE))
