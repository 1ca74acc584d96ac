"""What relations between clusters ask of single listings, in columns: when, where, of what sort, and what its text tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.resolve.prepare import Records
from transforms.resolve.ragged import Columns
from transforms.resolve.resolution import texts

#: how far up a thing of its sort stands: strategies above plans above programmes above projects. Of several the lowest counts, as what
#: stands lower names the higher to which it belongs ("action plan of the strategy")
_RANKS = {"#strategy": 4, "#agenda": 4, "#policy": 4, "#plan": 3.2, "#framework": 3, "#programme": 2.5, "#coalition": 2, "#project": 1.5}
_RANKS |= {"#call": 0.5}
#: things that stand low, but that others are named after: they count where none of the above is named
_OTHER_RANKS = {"#initiative": 2.3, "#platform": 1, "#network": 1, "#tablet": 1}
_NO_RANK = 2.0
#: and what each of these takes off
_LOWERING = {"#action": 0.5, "#operational": 0.7, "#pilot": 1, "#phase": 0.7}

#: sorts whose presence on each side tells which relation it is
CARRYING_OUT = ("action", "operational", "call", "project")
SORTS = ("pilot", "strategy", *CARRYING_OUT)


@dataclass(slots=True)
class Facts(Columns):
    """Columns over n listings, 0 for an unknown year or sum. ``trial`` (an earlier one), ``sorts`` (n, SORTS) and ``whole`` (called
    that) are truth values; ``ids``, each once, and ``regions``, NUTS codes joined by blanks, are texts in Arrow's columns."""

    ids: pa.Array
    starts: np.ndarray
    ends: np.ndarray
    titled: np.ndarray
    eras: np.ndarray
    edition: np.ndarray
    budgets: np.ndarray
    trial: np.ndarray
    rank: np.ndarray
    sorts: np.ndarray
    whole: np.ndarray
    regions: pa.Array

    def __len__(self) -> int:
        return len(self.ids)

    def by_id(self) -> np.ndarray:
        """Their positions in order of their ids."""
        # the order of their bytes in UTF-8 is that of their letters
        return pc.sort_indices(self.ids).to_numpy()


def facts_of(records: Records) -> Facts:
    """The facts of all records."""
    held = [frozenset(core) for core in records.core]
    return Facts(
        ids=texts(records.ids),
        starts=records.starts,
        ends=records.ends,
        titled=np.array([m.years[0] if m.years else 0 for m in records.marks], dtype=np.int32),
        eras=np.nan_to_num(records.eras),
        edition=records.editions(),
        budgets=np.nan_to_num(records.budgets),
        trial=np.array(records.trial, dtype=bool),
        rank=np.array([_rank(core) for core in held], dtype=np.float64),
        sorts=np.array([[f"#{sort}" in core for sort in SORTS] for core in held], dtype=bool).reshape(-1, len(SORTS)),
        whole=np.array(records.whole, dtype=bool),
        regions=texts(map(" ".join, records.nuts)),
    )


def _rank(core: frozenset[str]) -> float:
    """How far up what a title names stands."""
    for ranks in (_RANKS, _OTHER_RANKS):
        if found := [rank for unit, rank in ranks.items() if unit in core]:
            return min(found) - sum(less for unit, less in _LOWERING.items() if unit in core)
    return _NO_RANK - 0.5 * ("#pilot" in core)
