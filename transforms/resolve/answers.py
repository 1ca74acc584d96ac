"""Questions that each listing answers for itself, and what the answers of two say of them as a pair.

A listing's answers are coded once, for however many pairs; a pair of different answers is judged once, however many listings give them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from transforms.resolve.prepare import Records
from transforms.resolve.ragged import coded, codes_of, pair_codes
from transforms.resolve.units import units
from transforms.resolve.words import plain

#: concepts of tools: a thing of which only one side speaks is a part of the other
TOOLS = frozenset({"#messenger", "#app", "#lms"})

#: a word as acronyms are written
_SPELLED = re.compile(r"\w[\w&@+]*")


@dataclass(slots=True)
class Keys:
    """What each of n listings, or clusters, says of one question: ``codes`` (n,) of the different answers ``held``."""

    codes: np.ndarray
    held: list[Any]

    @classmethod
    def of(cls, answers: Iterable[Hashable]) -> Keys:
        """Of every listing's answer."""
        return cls(*codes_of(answers))

    def judged(self, i: np.ndarray, j: np.ndarray, judge: Callable[[Any, Any], float]) -> np.ndarray:
        """(m,) ``judge`` of the answers of every pair, called once for each pair of different answers."""
        n = len(self.held)
        combined, back = coded(pair_codes(self.codes[i], self.codes[j], n), n * n)
        judged = [judge(self.held[c // n], self.held[c % n]) for c in combined.tolist()]
        return np.array(judged, dtype=np.float32)[back]

    def judged_where(
        self, some: np.ndarray, otherwise: float, i: np.ndarray, j: np.ndarray, judge: Callable[[Any, Any], float]
    ) -> np.ndarray:
        """(m,) ``judge`` of some of the pairs (a mask), of the others what is known beforehand."""
        out = np.full(len(i), otherwise, dtype=np.float32)
        out[some] = self.judged(i[some], j[some], judge)
        return out

    def said(self) -> np.ndarray:
        """(n,) which listings say anything."""
        return np.array([bool(answer) for answer in self.held], dtype=bool)[self.codes]

    def equal(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """(m,) whether both say the same."""
        return self.codes[i] == self.codes[j]


def _years(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    if not a or not b:
        return 0.0 if not a and not b else 1.0
    if a == b:
        return 3.0
    return 2.0 if a[-1] == b[-1] or set(a) & set(b) else -1.0


def _sets(a: frozenset, b: frozenset) -> float:
    """2 common, -1 both but nothing common, 1 one alone, 0 neither."""
    if a and b:
        return 2.0 if a & b else -1.0
    return 1.0 if a or b else 0.0


def nested(a: Iterable[str], b: Collection[str]) -> bool:
    """Whether some region of one lies in, or is, a region of the other."""
    return any(x.startswith(y) or y.startswith(x) for x in a for y in b)


def scope(a: tuple[tuple[str, ...], tuple[str, ...]], b: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
    """How the places of two listings relate; each is (stated NUTS codes, regions named in the text).

    3 same region, 2 one states what the other names, 1 both name the same, 0 nothing said, -1 one names a region,
    -2 one states a region and the other none, -3 different regions
    """
    (own_a, named_a), (own_b, named_b) = a, b
    if own_a and own_b:
        return 3.0 if set(own_a) == set(own_b) or (nested(own_a, own_b) and len(own_a) == len(own_b)) else -3.0
    if own_a or own_b:
        stated, named = (own_a, named_b) if own_a else (own_b, named_a)
        if named:
            return 2.0 if nested(stated, named) else -3.0
        return -2.0
    if named_a and named_b:
        return 1.0 if nested(named_a, named_b) else -2.0
    return -1.0 if named_a or named_b else 0.0


def _acronyms(a: tuple[frozenset, frozenset, frozenset], b: tuple[frozenset, frozenset, frozenset]) -> float:
    """3 a common acronym, 2 one's acronym among the other's words, 1 among its initials, -1 different ones, 0 nothing."""
    if a[0] & b[0]:
        return 3.0
    if a[0] & b[1] or b[0] & a[1]:
        return 2.0
    if a[0] & b[2] or b[0] & a[2]:
        return 1.0
    return -1.0 if a[0] and b[0] else 0.0


def _one_page(a: tuple[str, frozenset[str]], b: tuple[str, frozenset[str]]) -> float:
    """Whether one tells that the other is its page in another language. Equal addresses alone may be a body's home page, given for all that
    it does."""
    return float(bool(a[1] & b[1]) or a[0] in b[1] or b[0] in a[1])


def _overlap(a: frozenset, b: frozenset) -> float:
    return np.nan if not a or not b else len(a & b) / min(len(a), len(b))


#: questions of which the answers of both listings are judged, each with what a listing's answers are
_JUDGED: dict[str, tuple[Callable[[Records], Iterable[Hashable]], Callable[[Any, Any], float]]] = {
    "acronym_alone": (lambda records: map(bool, records.acronyms), lambda a, b: float(a != b)),
    "title_years": (lambda records: [m.years for m in records.marks], _years),
    "edition": (lambda records: [m.edition for m in records.marks], lambda a, b: float(a != b) * max(a, b)),
    "numbers": (lambda records: [m.numbers for m in records.marks], _sets),
    "kinds": (lambda records: [m.kinds for m in records.marks], _sets),
    "phase": (lambda records: [m.phase for m in records.marks], lambda a, b: float(a != b)),
    "renewed": (lambda records: [m.renewed for m in records.marks], lambda a, b: float(a != b)),
    "pilot_told": (lambda records: records.tried, lambda a, b: float(a != b)),
    "only_tool": (lambda records: map(TOOLS.intersection, records.core), lambda a, b: float(a != b)),
    "scope": (lambda records: zip(records.nuts, records.named, strict=True), scope),
    "kind": (lambda records: records.kinds, lambda a, b: np.nan if not a or not b else float(a == b)),
    "same_page": (lambda records: zip(records.page, records.variants, strict=True), _one_page),
}
#: questions of which it is asked whether both answers are equal
_EQUAL: dict[str, Callable[[Records], Iterable[Hashable]]] = {
    "same_units": lambda records: map(frozenset, records.core),
    "same_language": lambda records: records.languages,
}
#: and of these, whether there are answers at all
_SAID_EQUAL: dict[str, Callable[[Records], Iterable[Hashable]]] = {
    "same_site": lambda records: records.sites,
    "same_url": lambda records: records.urls,
}


class Answers:
    """The answers of some listings to all questions."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._judged = {name: (Keys.of(answers(records)), judge) for name, (answers, judge) in _JUDGED.items()}
        self._equal = {name: Keys.of(answers(records)) for name, answers in _EQUAL.items()}
        self._said_equal = {name: Keys.of(answers(records)) for name, answers in _SAID_EQUAL.items()}
        units_of = {body: frozenset(units(body)) for body in set(records.organisations)}
        self._bodies = Keys.of(units_of[body] for body in records.organisations)
        self._named: dict[int, tuple[frozenset[str], ...]] = {}
        self._has_acronym = np.array([bool(acronyms) for acronyms in records.acronyms], dtype=bool)
        self._spelled: dict[int, frozenset[str]] = {}

    def columns(self, i: np.ndarray, j: np.ndarray) -> dict[str, np.ndarray]:
        """What is to be said of the pairs (i, j), by the name of the question; NaN where it says nothing."""
        out = {name: keys.judged(i, j, judge) for name, (keys, judge) in self._judged.items()}
        out |= {name: keys.equal(i, j) for name, keys in self._equal.items()}
        out |= {name: keys.equal(i, j) & keys.said()[i] for name, keys in self._said_equal.items()}
        said = self._bodies.said()
        out["organisation"] = self._bodies.judged_where(said[i] & said[j], np.nan, i, j, _overlap)
        # without an acronym on either side there is nothing to look for
        some = self._has_acronym[i] | self._has_acronym[j]
        out["acronym"] = np.zeros(len(i), dtype=np.float32)
        out["acronym"][some] = self._judged_by_names(i[some], j[some])
        # of how many of both the other's texts say none of the acronyms
        out["acronym_unknown"] = np.full(len(i), np.nan, dtype=np.float32)
        out["acronym_unknown"][some] = [
            self._is_unknown(a, b) + self._is_unknown(b, a) for a, b in zip(i[some].tolist(), j[some].tolist(), strict=True)
        ]
        return out

    def _judged_by_names(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """(m,) what acronyms say of each pair. In a second run hardly any listing of a large country is asked for them."""
        rows, place = coded(np.concatenate([i, j]), len(self.records))
        one, other = np.split(place, 2)
        return Keys.of(map(self._names, rows.tolist())).judged(one, other, _acronyms)

    def _names(self, row: int) -> tuple[frozenset[str], ...]:
        """The acronyms of a listing, these and the words of its title, and its initials."""
        if row not in self._named:
            acronyms, core = self.records.acronyms[row], self.records.core[row]
            words = frozenset(unit for unit in core if not unit.startswith("#")) | acronyms
            self._named[row] = acronyms, words, self.records.initials[row]
        return self._named[row]

    def _is_unknown(self, row: int, other: int) -> bool:
        """Whether a listing has acronyms of which the other's texts say none."""
        acronyms = self.records.acronyms[row]
        if not acronyms:
            return False
        if other not in self._spelled:
            self._spelled[other] = _spelled(self.records, other)
        return acronyms.isdisjoint(self._spelled[other])


def _spelled(records: Records, row: int) -> frozenset[str]:
    """All words of a listing as acronyms are written, its initials included."""
    texts = " ".join((records.titles[row], records.descriptions[row], records.slugs[row]))
    return records.acronyms[row] | records.initials[row] | frozenset(plain(w) for w in _SPELLED.findall(texts))
