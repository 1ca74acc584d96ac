"""Cue words: which concepts (school, teacher, digital ...) a text names, in about thirty languages, in one pass over its words.

``lookups/cues/<language>.toml`` lists, for each concept, patterns separated by commas: ``word``, ``stem*``, ``*end``, ``*part*``; a
hyphen joins neighbouring words, a blank lets up to two words stand between. A leading ``!`` takes a word out again, a leading ``=``
counts in texts of that very language only. ``mul.toml`` holds what means the same everywhere. Words are compared in lower case without
accents.

A word is looked up once and remembered, so a text costs one dictionary access a word, however many patterns there are.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from spiders.errors import ModelError

FOLDER = Path(__file__).with_name("lookups") / "cues"

#: words that may stand between the parts of a pattern written with a blank
GAP = 2

#: different words remembered at most
_REMEMBERED = 200_000

#: languages that are easily taken for each other, or that stand in one another's texts: their cues are read together
_KIN: dict[str, tuple[str, ...]] = {
    "hr": ("sr", "sl"),
    "bs": ("hr", "sr"),
    "sr": ("hr",),
    "me": ("hr", "sr"),
    "sl": ("hr",),
    "cs": ("sk",),
    "sk": ("cs",),
    "da": ("nb", "sv"),
    "nb": ("da", "sv"),
    "nn": ("nb", "da", "sv"),
    "no": ("nb", "da", "sv"),
    "sv": ("da", "nb", "fi"),
    "es": ("ca", "gl", "pt"),
    "ca": ("es",),
    "gl": ("es", "pt"),
    "pt": ("es", "gl"),
    "eu": ("es",),
    "ro": ("it",),
    "it": ("ro",),
    "lb": ("de", "fr"),
    "de": ("lb",),
    "fr": ("lb",),
    "nl": ("fr",),
    "bg": ("sr", "ru"),
    "mk": ("bg", "sr"),
    "uk": ("ru",),
    "ru": ("uk", "bg"),
    "mt": ("it",),
    "fi": ("sv", "et"),
    "et": ("fi",),
    "lv": ("lt",),
    "lt": ("lv",),
}

_WORD = re.compile(r"\w+")
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ħ": "h", "ς": "σ"}


class _Fold(dict[int, str]):
    """Character -> its folded writing, filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        char = chr(code).casefold()
        bare = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
        self[code] = folded = "".join(_LETTERS.get(c, c) for c in bare)
        return folded


_FOLD = _Fold()


def folded(text: str) -> str:
    """Text in lower case and without accents, for comparing words; letter by letter, so that it is quick."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


#: one way a concept is named: (concept, patterns of its further words, largest gap between two of them)
_Phrase = tuple[str, tuple[int, ...], int]


class Lexicon:
    """The cues of all languages, compiled: pattern ids by whole word, stem, end and part; phrases by their first pattern."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        self._indexes: dict[str, dict[str, int]] = {"exact": {}, "stem": {}, "end": {}, "part": {}}
        self._count = 0
        #: language -> [(first pattern, phrase, whether it counts in texts of that language alone)]
        self._phrases: dict[str, list[tuple[int, _Phrase, bool]]] = {}
        #: language -> concept -> patterns that take a word out
        self._without: dict[str, dict[str, set[int]]] = {}
        for language, table in tables.items():
            self._phrases[language] = []
            for concept, patterns in table.items():
                for pattern in patterns.split(","):
                    self._add(language, concept, pattern.strip())
        self._sizes = {kind: sorted({len(body) for body in index}) for kind, index in self._indexes.items()}
        #: first three letters -> the parts that begin so
        self._parts: dict[str, list[str]] = {}
        for part in self._indexes["part"]:
            self._parts.setdefault(part[:3], []).append(part)
        self._known: dict[str, tuple[int, ...]] = {}
        self._read_by: dict[str, tuple[dict[int, list[_Phrase]], dict[str, set[int]]]] = {}

    def _add(self, language: str, concept: str, pattern: str) -> None:
        mark, body = (pattern[0], pattern[1:]) if pattern[:1] in ("!", "=") else ("", pattern)
        ids = tuple(self._id(word) for word in folded(body).replace("-", " ").split())
        if not ids:
            raise ModelError(f"an empty pattern for {concept}", where=f"cues/{language}.toml", hint="take out the spare comma")
        if mark == "!":
            if len(ids) > 1:
                raise ModelError(f"!{body} for {concept} takes out one word only", where=f"cues/{language}.toml", hint="write one word")
            self._without.setdefault(language, {}).setdefault(concept, set()).add(ids[0])
        else:
            self._phrases[language].append((ids[0], (concept, ids[1:], GAP if " " in body else 0), mark == "="))

    def _id(self, word: str) -> int:
        head, tail = word.startswith("*"), word.endswith("*")
        index = self._indexes["part" if head and tail else "end" if head else "stem" if tail else "exact"]
        self._count += 1
        return index.setdefault(word.strip("*"), self._count)

    def word(self, word: str) -> tuple[int, ...]:
        """Ids of the patterns that one folded word matches."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[word] = tuple(self._match(word))
        return known

    def _match(self, word: str) -> Iterator[int]:
        exact, stems, ends, parts = self._indexes.values()
        size = len(word)
        if word in exact:
            yield exact[word]
        for n in self._sizes["stem"]:
            if word[:n] in stems and n <= size:
                yield stems[word[:n]]
        for n in self._sizes["end"]:
            if n <= size and word[size - n :] in ends:
                yield ends[word[size - n :]]
        for start in range(size - 2):
            for part in self._parts.get(word[start : start + 3], ()):
                if word.startswith(part, start):
                    yield parts[part]

    def concepts(self, text: str, language: str | None = None) -> dict[str, str]:
        """The concepts that ``text`` names -> the words that name each. Without a language the cues of all are read."""
        words = _WORD.findall(folded(text))
        hits = [self.word(word) for word in words]
        if not any(hits):
            return {}
        by_first, without = self._reading(language or "")
        found: dict[str, str] = {}
        for at, ids in enumerate(hits):
            for first in ids:
                for concept, rest, gap in by_first.get(first, ()):
                    if concept in found or (concept in without and not without[concept].isdisjoint(ids)):
                        continue
                    if not rest:
                        found[concept] = words[at]
                    elif (end := _follows(hits, at, rest, gap)) is not None:
                        found[concept] = " ".join(words[at : end + 1])
        return found

    def _reading(self, language: str) -> tuple[dict[int, list[_Phrase]], dict[str, set[int]]]:
        """The phrases that count in a text of ``language``, by first pattern, and what takes words out."""
        base = language.split("-")[0]
        ready = self._read_by.get(base)
        if ready is None:
            known = base in self._phrases or base in _KIN
            tongues = dict.fromkeys(("mul", base, *_KIN.get(base, ()), "en") if known else self._phrases)
            by_first: dict[int, list[_Phrase]] = {}
            without: dict[str, set[int]] = {}
            for tongue in tongues:
                for first, phrase, alone in self._phrases.get(tongue, ()):
                    if phrase not in by_first.setdefault(first, []) and (not alone or tongue == base):
                        by_first[first].append(phrase)
                for concept, ids in self._without.get(tongue, {}).items():
                    without.setdefault(concept, set()).update(ids)
            ready = self._read_by[base] = by_first, without
        return ready


def _follows(hits: list[tuple[int, ...]], at: int, rest: tuple[int, ...], gap: int) -> int | None:
    """Where the last of the patterns ``rest`` matches, each at most ``gap`` words after the one before it."""
    for wanted in rest:
        for nearby in range(at + 1, min(at + 2 + gap, len(hits))):
            if wanted in hits[nearby]:
                at = nearby
                break
        else:
            return None
    return at


def _load(folder: Path) -> dict[str, dict[str, str]]:
    tables = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ModelError(f"cannot read the cue words: {error}", where=str(path), hint="mend the file or reinstall") from error
        if not all(isinstance(patterns, str) for patterns in table.values()):
            raise ModelError("each concept holds one text of patterns", where=str(path), hint='school = "school*, classroom*"')
        tables[path.stem] = table
    if "mul" not in tables:
        raise ModelError("no cue words", where=str(folder), hint="reinstall the package")
    return tables


@cache
def lexicon() -> Lexicon:
    """The cue words that ship with the project, compiled once a process."""
    return Lexicon(_load(FOLDER))


@cache
def languages() -> tuple[str, ...]:
    """The languages that have cue words."""
    return tuple(sorted(set(_load(FOLDER)) - {"mul"}))
