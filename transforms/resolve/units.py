"""Words of titles as units of meaning: a known word of the domain becomes its concept, the same one in every language.

    "Digital Education Strategy"            #digital #education #strategy
    "Strategie digitálního vzdělávání"      #strategy #digital #education
    "Digitaliseringsstrategi"               #digitalisation #strategy
    "LOGINEO NRW"                           logineo nrw

The concepts and the beginnings of their words stand in ``concepts.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from transforms.resolve.words import plain, words

CONCEPTS = Path(__file__).with_name("concepts.toml")

#: shortest beginning that is looked for at the start of words, and inside compounds
_OPENING, _INSIDE = 4, 5
#: a beginning of four letters means nothing in a word much longer than it
_LOOSE_ENDING = 6
#: letters that may link the parts of a compound
_LINK = 3
_E_WORD = re.compile(r"\b[eEеЕ]-(?=\w)")
#: the letter of "eSchool" and "е-школа"
_ELECTRONIC = "eе"
#: share of a compound's letters that its parts must cover when one of them is that short
_COVERED = 0.7


class Lexicon:
    """Concepts by the beginnings of words. ``units(word)`` gives the concepts of one folded word, or the word itself."""

    def __init__(self, entries: dict[str, list[str]]) -> None:
        self.english = {f"#{concept}": stems[0].lstrip("=") for concept, stems in entries.items()}
        self._whole: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        for concept, stems in entries.items():
            for stem in stems:
                bare = plain(stem.lstrip("="))
                table = self._whole if stem.startswith("=") or len(bare) < _OPENING else self._stems
                table.setdefault(bare, f"#{concept}")
        self._longest = max(map(len, self._stems))
        self.units = lru_cache(maxsize=500_000)(self._units)

    def stems_by_concept(self) -> list[tuple[str, list[str]]]:
        """Concepts with the beginnings of their words, without accents, sorted."""
        found: dict[str, list[str]] = {}
        for stem, concept in sorted(self._stems.items()):
            found.setdefault(concept, []).append(stem)
        return sorted(found.items())

    def _opening(self, text: str, shortest: int) -> tuple[str, int] | None:
        """The concept of the longest beginning of ``text`` that is listed, and its length."""
        for length in range(min(len(text), self._longest), shortest - 1, -1):
            concept = self._stems.get(text[:length])
            if concept:
                return concept, length
        return None

    def _units(self, word: str) -> tuple[str, ...]:
        bare = plain(word)
        if bare in self._whole:
            return (self._whole[bare],)
        parts: list[tuple[str, int]] = []
        at = end = 0
        while at <= len(bare) - _OPENING:
            adjoining = at == 0 or (bool(parts) and at - end <= _LINK)
            inner = self._opening(bare[at:], _OPENING if adjoining else _INSIDE)
            if inner is None:
                at += 1
                continue
            if not parts and at == 1 and bare[0] in _ELECTRONIC:
                parts.append(("#e_prefix", 1))
            elif not parts and at >= _LINK:
                parts.append((bare[:at], at))  # what a compound begins with stays a unit of its own
            parts.append(inner)
            at = end = at + inner[1]
        read = sum(length for unit, length in parts if unit.startswith("#"))
        loose = any(length < _INSIDE for _, length in parts)
        if parts and parts[0] == ("#e_prefix", 1) and read < _COVERED * len(bare):
            return (word,)
        if not read or (loose and read < _COVERED * len(bare) and len(bare) - read > _LOOSE_ENDING):
            return (word,)
        return tuple(dict.fromkeys(unit for unit, _ in parts))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped concepts."""
    return Lexicon(tomllib.loads(CONCEPTS.read_text(encoding="utf-8")))


def units(text: str) -> list[str]:
    """The units of a text, in order."""
    return units_of(words(spell_out(text)))


def spell_out(text: str) -> str:
    """ "e-School" as "electronic School": the letter alone is a word of several languages."""
    return _E_WORD.sub("electronic ", text)


def units_of(tokens: Sequence[str]) -> list[str]:
    """The units of folded words, in order."""
    known = lexicon()
    return [unit for word in tokens for unit in known.units(word)]
