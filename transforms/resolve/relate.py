"""Relations between clusters: successor_of (a later edition), part_of (a component, phase or pilot), implements (a region's share).

Linear weights say how likely two clusters are related at all; where that is in doubt, the full sentence model is asked, if it is wanted.
Which relation it is, and in which direction, is weighed by what speaks for each (``SPEAKS_FOR``): none of that can speak against. What
cannot be (a successor that is older, a nation's measure within a region's, a part that costs more than the whole) is left out whatever the
weights say. A relation's score is how likely it is at all, lowered by the root of how likely its kind and direction are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from spiders.errors import ModelError
from transforms.resolve.cluster_pairs import ClusterPairs, pairs_of_clusters
from transforms.resolve.comparison import Comparison
from transforms.resolve.evidence import objects
from transforms.resolve.facts import Facts
from transforms.resolve.ragged import Columns, among, coded, distinct, highest, order_by, pair_codes, runs
from transforms.resolve.resolution import RELATIONS, below_one, texts

if TYPE_CHECKING:
    from transforms.resolve.run import Pairs
    from transforms.resolve.sentences import Sentences

FILE = Path(__file__).with_name("model") / "relations.json"

SUCCESSOR = "successor_of"

#: what speaks for each relation of one cluster to another
SPEAKS_FOR = {
    "successor_of": ("begins_later", "later_of_its_sort", "after_its_end", "of_pilot"),
    "part_of": ("lower_by", "is_pilot", "within_its_name", "of_whole"),
    "implements": ("region_of", "carries_out", "of_strategy"),
}

#: probability by word vectors from which the full sentence model is asked
ASKED = 0.06

#: weights are compared in whole numbers of one over this
_PARTS_OF_ONE = 10**9
#: pairs that are judged, or put into words, together: what is made of them on the way fits into a processor's cache
_AT_ONCE = 8192
#: how many pieces of evidence are told of a relation, and of its kind
_NAMED, _NAMED_OF_KIND = 6, 3


@dataclass(frozen=True, slots=True)
class Relations(Columns):
    """m relations between two clusters each, named by the position of their first record; ``kind`` is a position in ``RELATIONS``.
    ``evidence``, JSON text, tells what spoke for each."""

    source: np.ndarray
    target: np.ndarray
    kind: np.ndarray
    score: np.ndarray
    evidence: pa.Array | np.ndarray

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, str, float, str]] = ()) -> Relations:
        """Of single ones, with the name of their kind."""
        source, target, kinds, score, evidence = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        ends = [np.array(side, dtype=np.int64) for side in (source, target, [RELATIONS.index(name) for name in kinds])]
        return cls(ends[0], ends[1], ends[2], np.array(score, dtype=np.float64), texts(evidence))


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear weights, with an intercept, on columns that are first centred and scaled."""

    columns: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float

    def scaled(self, described: Comparison) -> Iterator[np.ndarray]:
        """(m,) of each column, what its weight is applied to."""
        for name, centre, scale in zip(self.columns, self.centre, self.scale, strict=True):
            yield (described[name] - centre) / scale

    def __call__(self, described: Comparison) -> np.ndarray:
        """(m,) log-odds, rounded."""
        return np.concatenate([self._of(part) for part in described.parts(_AT_ONCE)])

    def _of(self, described: Comparison) -> np.ndarray:
        out = np.full(len(described), self.intercept)
        for column, weight in zip(self.scaled(described), self.weights.tolist(), strict=True):
            out += column * weight
        return np.round(out, 4)

    def as_dict(self) -> dict[str, Any]:
        """The weights as JSON-ready values."""
        return {"columns": list(self.columns), **{name: getattr(self, name).tolist() for name in _ARRAYS}, "intercept": self.intercept}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Linear:
        """The weights that ``as_dict`` gave."""
        return cls(tuple(data["columns"]), **{name: np.array(data[name]) for name in _ARRAYS}, intercept=data["intercept"])


_ARRAYS = ("centre", "scale", "weights")


@dataclass(frozen=True, slots=True)
class Whether:
    """How likely two clusters are related, by linear weights, and how likely a relation must be to be told."""

    linear: Linear
    least: float

    def __call__(self, described: Comparison) -> np.ndarray:
        """(m,) probabilities, rounded."""
        return np.round(1 / (1 + np.exp(-self.linear(described))), 4)

    def as_dict(self) -> dict[str, Any]:
        """The weights as JSON-ready values."""
        return {"least": self.least, **self.linear.as_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Whether:
        """The weights that ``as_dict`` gave."""
        return cls(Linear.from_dict(data), data["least"])


@dataclass(frozen=True, slots=True)
class Typing:
    """For every relation how likely it is beforehand (log-odds), and the weights, none below 0, of what speaks for it."""

    beforehand: dict[str, float]
    weights: dict[str, dict[str, float]]

    def __call__(self, described: Comparison) -> np.ndarray:
        """(m, relations) merits, comparable over relations and directions, rounded."""
        merits = [self.beforehand[kind] + sum(w * described[name] for name, w in self.weights[kind].items()) for kind in RELATIONS]
        return np.round(np.column_stack(merits), 4)

    def told(self, kind: str, described: Comparison) -> tuple[np.ndarray, np.ndarray]:
        """(m, _NAMED_OF_KIND) names of what spoke most for this relation, and how much, rounded; 0 for nothing."""
        names = np.array(sorted(self.weights[kind]))
        spoke = np.round(np.column_stack([self.weights[kind][name] * described[name].astype(np.float64) for name in names.tolist()]), 2)
        most = np.argsort(-spoke, axis=1, kind="stable")[:, :_NAMED_OF_KIND]
        return names[most], np.take_along_axis(spoke, most, axis=1)

    def as_dict(self) -> dict[str, Any]:
        """The weights as JSON-ready values."""
        return {kind: {"beforehand": self.beforehand[kind], **self.weights[kind]} for kind in RELATIONS}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Typing:
        """The weights that ``as_dict`` gave."""
        weights = {kind: {name: float(data[kind][name]) for name in SPEAKS_FOR[kind]} for kind in RELATIONS}
        return cls({kind: float(data[kind]["beforehand"]) for kind in RELATIONS}, weights)


def possible(merit: np.ndarray, described: Comparison) -> np.ndarray:
    """``merit`` with -inf for what cannot be: a successor that is older or of another level, a nation's measure within a region's, a part
    or share that costs more than the whole or is another edition of it. What was an earlier trial is succeeded, and nothing else."""
    out = merit.copy()
    of_region, has_region = described["region_of"] > 0, described["region_has"] > 0
    for kind in RELATIONS:
        if kind == SUCCESSOR:
            unlike = of_region | (described["later"] <= -1) | (described["counted"] < 0)
        else:
            unlike = (described["costs_more"] > 0) | (described["counted"] != 0) | (described["of_trial"] > 0)
        out[has_region | unlike | (described["was_trial"] > 0), RELATIONS.index(kind)] = -np.inf
    return out


def nearest_editions(relations: Relations) -> Relations:
    """Without successors of what another edition between the two already succeeds."""
    later = np.flatnonzero(relations.kind == RELATIONS.index(SUCCESSOR))
    n = int(max(relations.source.max(initial=0), relations.target.max(initial=0))) + 1
    codes = np.sort(relations.source[later] * n + relations.target[later])
    source, target = codes // n, codes % n
    # for each successor, all that what it succeeds succeeds in turn
    many = np.bincount(source, minlength=n)
    starts, sizes = (np.cumsum(many) - many)[target], many[target]
    reached = np.repeat(source, sizes) * n + target[runs(starts, sizes)]
    keep = np.ones(len(relations.source), dtype=bool)
    keep[later] = ~among(relations.source[later] * n + relations.target[later], distinct(reached))
    return relations.at(keep)


def one_whole(relations: Relations) -> Relations:
    """Without what is said to be part of, or to implement, another one more likely: what belongs to two things is rare."""
    below = np.flatnonzero(relations.kind != RELATIONS.index(SUCCESSOR))
    below = below[order_by(relations.source[below], below_one(relations.score[below]), relations.target[below])]
    keep = np.ones(len(relations.source), dtype=bool)
    keep[below[1:][relations.source[below[1:]] == relations.source[below[:-1]]]] = False
    return relations.at(keep)


def chances_of(merit: np.ndarray) -> np.ndarray:
    """(m, k) how likely each of k exclusive answers is; 0 for all where none can be."""
    most = merit.max(axis=1, keepdims=True)
    likely = np.exp(merit - np.where(np.isfinite(most), most, 0))
    whole = likely.sum(axis=1, keepdims=True)
    return np.divide(likely, whole, out=np.zeros_like(likely), where=whole > 0)


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Of the ``rows`` of some pairs that are likely enough related, whether the source's relation to the target is meant (``onward``) or
    the other way, its kind, its score, and what was weighed for kinds in this direction."""

    rows: np.ndarray
    onward: np.ndarray
    kind: np.ndarray
    score: np.ndarray
    spoken: Comparison


@dataclass(frozen=True, slots=True)
class Relator:
    """``plain`` judges whether clusters are related, and ``precise`` does so anew with the full sentence model, where ``plain`` sees a
    chance; ``typing`` judges how they are."""

    plain: Whether
    precise: Whether
    typing: Typing

    def find(
        self,
        records: Facts,
        found: Pairs,
        root: np.ndarray,
        told: list[tuple[str, int, int]],
        sentences: Sentences | None = None,
    ) -> Relations:
        """Relations between the clusters of ``root``, the likeliest first; those that curators told (verdict, record, record) go before."""
        ends = [(int(root[a]), int(root[b]), verdict) for verdict, a, b in told if root[a] != root[b]]
        said = Relations.of([(a, b, verdict, 1.0, json.dumps({"curator": verdict})) for a, b, verdict in ends])
        guessed = self.guess(pairs_of_clusters(records, found, root), sentences)
        settled, found_too = (pair_codes(r.source, r.target, len(root)) for r in (said, guessed))
        out = said.with_more(guessed.at(~np.isin(found_too, settled)))
        # records are sorted by their id, so positions sort like ids
        by_name = np.argsort(np.argsort(RELATIONS))
        return out.at(order_by(below_one(out.score), out.source, out.target, by_name[out.kind]))

    def guess(self, pairs: ClusterPairs, sentences: Sentences | None = None) -> Relations:
        """The likeliest relation of every pair of clusters, where it is likely enough that it holds, in this kind and direction."""
        if not len(pairs.source):
            return Relations.of()
        whether = self.plain if sentences is None else self.precise
        rows, chance, common, place = self._related(pairs, sentences)
        parts = [self._kinds(pairs, rows[k : k + _AT_ONCE], chance[k : k + _AT_ONCE], whether.least) for k in range(0, len(rows), _AT_ONCE)]
        if not parts:
            return Relations.of()
        some, onward, kind, score = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "onward", "kind", "score")
        )
        some += np.repeat(np.arange(len(parts)) * _AT_ONCE, [len(part.rows) for part in parts])
        source, target = pairs.source[rows[some]], pairs.target[rows[some]]
        source, target = np.where(onward, source, target), np.where(onward, target, source)
        # only what is left is put into words: its evidence is its place until then
        left = one_whole(nearest_editions(Relations(source, target, kind, score, np.arange(len(some)))))
        spoken = Comparison.joined([part.spoken for part in parts]).at(left.evidence)
        return replace(left, evidence=self._evidence(whether.linear, common.at(place[some[left.evidence]]), left.kind, spoken))

    def _kinds(self, pairs: ClusterPairs, rows: np.ndarray, chance: np.ndarray, least: float) -> _Kinds:
        """The likeliest relation of each of some pairs, those that are likely enough."""
        forth, back = pairs.directed(rows)
        chances = chances_of(np.concatenate([possible(self.typing(forth), forth), possible(self.typing(back), back)], axis=1))
        best = chances.argmax(axis=1)
        score = np.round(chance * np.sqrt(chances[np.arange(len(rows)), best]), 4)
        some = np.flatnonzero(score >= least)
        onward = best[some] < len(RELATIONS)
        spoken = Comparison({name: np.where(onward, forth[name][some], back[name][some]) for name in forth.names})
        return _Kinds(some, onward, best[some] % len(RELATIONS), score[some], spoken)

    def _related(self, pairs: ClusterPairs, sentences: Sentences | None) -> tuple[np.ndarray, np.ndarray, Comparison, np.ndarray]:
        """Which pairs may be likely enough related, how likely they are, and what pairs have in common, with their places there."""
        chance = self.plain(pairs.common)
        if sentences is None:
            rows = np.flatnonzero(chance >= self.plain.least)
            return rows, chance[rows], pairs.common, rows
        rows = np.flatnonzero(chance >= ASKED)
        common = pairs.in_full(rows, sentences)
        chance = self.precise(common)
        some = np.flatnonzero(chance >= self.precise.least)
        return rows[some], chance[some], common, some

    def _evidence(self, linear: Linear, common: Comparison, kind: np.ndarray, spoken: Comparison) -> pa.Array:
        """What spoke most for each relation and, of ``spoken``, for its kind, with what it adds, as JSON."""
        known = np.array(sorted({*linear.columns, *spoken.names}))
        ends = np.cumsum([len(part) for part in common.parts(_AT_ONCE)])[:-1]
        parts = zip(common.parts(_AT_ONCE), np.split(kind, ends), spoken.parts(_AT_ONCE), strict=True)
        column, hundredths = (np.concatenate(held) for held in zip(*(self._told(linear, known, *part) for part in parts), strict=True))
        # of a column and what it adds, one number: no column is told twice, so that these go by the columns' names
        far = 1 + int(np.abs(hundredths).max(initial=0))
        width, nothing = 2 * far, len(known) * 2 * far
        said = np.where(column >= 0, column * width + hundredths + far, nothing)
        said.sort(axis=1)
        # most are told many times: each is put into words once
        different, which = coded(said.ravel(), nothing + 1)
        words = [f'"{known[k // width]}": {(k % width - far) / 100!r}' for k in different.tolist() if k != nothing]
        which = np.where(which < len(words), which, -1).reshape(said.shape)
        return objects(words, list(which.T), ", ")

    def _told(
        self, linear: Linear, known: np.ndarray, common: Comparison, kind: np.ndarray, spoken: Comparison
    ) -> tuple[np.ndarray, np.ndarray]:
        """(m, _NAMED + _NAMED_OF_KIND) of ``known`` columns those that spoke most, -1 for none, and what each adds, in hundredths."""
        weights = np.column_stack(list(linear.scaled(common))) * linear.weights
        most = highest(np.rint(np.abs(weights) * _PARTS_OF_ONE), _NAMED)
        column = np.zeros((len(kind), _NAMED + _NAMED_OF_KIND), dtype=np.int32)
        column[:, :_NAMED] = np.searchsorted(known, np.array(linear.columns))[most]
        added = np.zeros(column.shape)
        added[:, :_NAMED] = np.take_along_axis(weights, most, axis=1)
        for k, name in enumerate(RELATIONS):
            rows = np.flatnonzero(kind == k)
            told, much = self.typing.told(name, spoken.at(rows))
            column[rows, _NAMED:], added[rows, _NAMED:] = np.searchsorted(known, told), np.maximum(much, 0)
        return np.where(added != 0, column, -1), np.rint(added * 100).astype(np.int32)

    def as_dict(self) -> dict[str, Any]:
        """The relator as JSON-ready values."""
        return {name: getattr(self, name).as_dict() for name in _PARTS}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Relator:
        """The relator that ``as_dict`` gave."""
        return cls(*(part.from_dict(data[name]) for name, part in _PARTS.items()))

    def with_least(self, plain: float, precise: float) -> Relator:
        """The same relator with other thresholds."""
        return replace(self, plain=replace(self.plain, least=plain), precise=replace(self.precise, least=precise))


_PARTS: dict[str, Any] = {"plain": Whether, "precise": Whether, "typing": Typing}


@lru_cache(maxsize=1)
def relator() -> Relator:
    """The shipped relator. Raises ModelError where it is missing or damaged."""
    try:
        return Relator.from_dict(json.loads(FILE.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"cannot read the relations model: {error}", where=str(FILE), hint="Reinstall the package.") from error
