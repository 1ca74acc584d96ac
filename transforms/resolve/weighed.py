"""What the scorecard makes of pairs but for their company, in twelve bytes a pair: enough to judge a pair anew when its company changes,
and to say what spoke for and against it, without what was compared of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spiders.errors import ModelError
from transforms.resolve.compare import COMPANY
from transforms.resolve.comparison import DIGITS, Comparison
from transforms.resolve.judge import Scorecard
from transforms.resolve.ragged import Columns

#: features named in a pair's evidence, the weightiest: a byte each, of one number
NAMED = 8
_PACKED = np.dtype(f"<u{NAMED}")
#: the rank of nothing that is named
NOTHING = 255
#: weights are summed in whole numbers of one over this, hence the same in any order
_UNITS = 10**6
#: pairs that are looked at together: their features fit into a processor's cache
_AT_ONCE = 4096


@dataclass(slots=True)
class Weighed(Columns):
    """Columns over m pairs: ``sums`` (m,) of the weights of all features but their company, and the ``first`` (m,) of these by rank,
    packed."""

    sums: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.sums)


class Weigher:
    """A scorecard whose levels are ranked by their weight, whichever way it goes, the weightiest first. ``told`` are, of each rank that
    evidence may name, the feature and its weight. Raises ModelError for a scorecard of more levels than a byte can count."""

    def __init__(self, card: Scorecard) -> None:
        levels = card.of_levels()
        short = np.array([round(weight, 2) for _, weight in levels])
        # of equal weights the first: a pair has one level of each feature, and they are counted through
        order = np.argsort(-np.abs(short), kind="stable")
        self.told = [(levels[k][0], float(short[k])) for k in order.tolist() if short[k]]
        if len(self.told) > NOTHING:
            raise ModelError(f"the scorecard has {len(self.told)} levels with a weight", hint=f"Train one of no more than {NOTHING}.")
        self.card = card
        units = np.rint(np.array([weight for _, weight in levels]) * _UNITS).astype(np.int32)
        self._units = units[order]
        # what has no weight comes last
        self._named = np.r_[np.arange(len(self.told)), np.full(len(levels) - len(self.told), NOTHING)].astype(np.uint8)
        rank = np.argsort(order).astype(np.int16)
        company = [name for name in card.names if name in COMPANY]
        self._ranks = card.reader(rank, [name for name in card.names if name not in COMPANY])
        self._added, self._named_of_company = card.reader(units, company), card.reader(self._named[rank], company)

    def asked(self, comparison: Comparison) -> Comparison:
        """What the scorecard asks of pairs but for their company."""
        return comparison.only(name for name in self.card.names if name not in COMPANY)

    def of(self, comparison: Comparison) -> Weighed:
        """What it makes of pairs, but for their company."""
        parts = [self._part(np.column_stack(list(self._ranks(part)))) for part in comparison.parts(_AT_ONCE)]
        sums, first = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return Weighed(sums, first)

    def _part(self, ranks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sums = self._units[ranks].sum(axis=1, dtype=np.int32)
        few = min(NAMED, ranks.shape[1])
        ranks.partition(few - 1, axis=1)
        first = np.full((len(ranks), NAMED), NOTHING, dtype=np.uint8)
        first[:, :few] = self._named[np.sort(ranks[:, :few], axis=1)]
        return sums, first.view(_PACKED).ravel()

    def probabilities(self, weighed: Weighed, company: Comparison) -> np.ndarray:
        """(m,) what the scorecard makes of pairs, as `Scorecard.probabilities`; ``company`` has the columns that tell of it."""
        total = weighed.sums.copy()
        for added in self._added(company):
            total += added
        return np.round(1 / (1 + np.exp(-(self.card.intercept + total / _UNITS))), DIGITS)

    def first(self, weighed: Weighed, company: Comparison) -> np.ndarray:
        """(m,) as ``Weighed.first``, with the company of the pairs among it."""
        own, others = unpacked(weighed.first), np.column_stack([*self._named_of_company(company), np.full(len(weighed), NOTHING, np.uint8)])
        out = own.copy()
        # what is no weightier than the last of these is not named
        some = np.flatnonzero((others < own[:, -1:]).any(axis=1))
        out[some] = np.sort(np.concatenate([own[some], others[some]], axis=1), axis=1)[:, :NAMED]
        return out.view(_PACKED).ravel()


def unpacked(first: np.ndarray) -> np.ndarray:
    """(m, NAMED) the ranks of ``Weighed.first``, positions in ``Weigher.told``; `NOTHING` for none."""
    return np.ascontiguousarray(first).view(np.uint8).reshape(-1, NAMED)
