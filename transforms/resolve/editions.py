"""What sets two things of one name apart, in columns of pairs: years, ordinals, a trial that came before, the plan for a strategy.

A title seldom says which edition it is in the same way on two pages: one names its period, the other states a start, or the number of the
edition stands in the first words of the text or in the address. Here these are held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transforms.resolve.prepare import Records

_PILOT = "#pilot"
_CARRYING_OUT = frozenset({"#action", "#operational"})
_PLANNING = _CARRYING_OUT | {"#plan", "#strategy"}

#: the columns. Rules are made of them (`constraints`); the scorecard is not to learn them as well: there are too few of each to learn from
COLUMNS = ("titled_end", "horizon", "begun_apart", "address_years", "told_edition", "earlier_trial", "pilot_beside", "plan_of")


def edition_columns(records: Records, i: np.ndarray, j: np.ndarray, one_site: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of the pairs (i, j), NaN where they say nothing; ``one_site`` (m,) is whether both are of one site:

    ``titled_end``     years between the end of the period that only one title names and the end that the other states
    ``horizon``        years from the start of one to the only year that the other's title names, where that states no start itself
    ``begun_apart``    years between two starts of which the later is not within the other's period
    ``address_years``  -1 where the titles or addresses of two pages of one site name different years
    ``told_edition``   1 where the first words of both, or the title of one, count different editions
    ``earlier_trial``  1 where only one begins by saying that it was an earlier trial
    ``pilot_beside``   1 where of two pages of one site only one names a pilot, in its title or address
    ``plan_of``        1 where one title names an action or operational plan, the other a strategy and no plan
    """
    first, last = _span([m.years for m in records.marks])
    starts, ends = records.starts, records.ends
    return {
        # of both directions at most one says something
        "titled_end": np.fmin(_titled_end(first, last, ends, i, j), _titled_end(first, last, ends, j, i)),
        "horizon": np.fmin(_horizon(first, last, starts, i, j), _horizon(first, last, starts, j, i)),
        "begun_apart": _begun_apart(starts, ends, i, j),
        "address_years": _address_years(records, one_site, i, j),
        "told_edition": _told_edition(records, i, j),
        "earlier_trial": _only_one(records.trial, i, j),
        "pilot_beside": _pilot_beside(records, one_site, i, j),
        "plan_of": _plan_of(records, i, j),
    }


def _span(years: Sequence[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    """(n,) the first and the last of some years, 0 where there are none."""
    first, last = np.array([(y[0], y[-1]) if y else (0, 0) for y in years], dtype=np.int32).reshape(-1, 2).T
    return first, last


def _titled_end(first: np.ndarray, last: np.ndarray, ends: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    told = (last[i] > first[i]) & (last[j] == 0) & (ends[j] > 0)
    return np.where(told, np.abs(last[i] - ends[j]), np.nan)


def _horizon(first: np.ndarray, last: np.ndarray, starts: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    told = (last[i] > 0) & (last[i] == first[i]) & (starts[i] == 0) & (last[j] == 0) & (starts[j] > 0)
    return np.where(told, last[i] - starts[j], np.nan)


def _begun_apart(starts: np.ndarray, ends: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    one, other = starts[i], starts[j]
    end = np.where(one < other, ends[i], ends[j])
    within = np.maximum(one, other) <= end
    return np.where((one > 0) & (other > 0), np.where(within, 0, np.abs(one - other)), np.nan)


def _address_years(records: Records, one_site: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    first, last = _span([m.years or dated for dated, m in zip(records.dated, records.marks, strict=True)])
    common = (first[i] == first[j]) | (last[i] == last[j]) | (first[i] == last[j]) | (last[i] == first[j])
    return np.where(one_site & (last[i] > 0) & (last[j] > 0) & ~common, -1.0, 0.0)


def _told_edition(records: Records, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    told = records.editions()
    return ((told[i] > 0) & (told[j] > 0) & (told[i] != told[j])).astype(np.float32)


def _only_one(told: Sequence[bool], i: np.ndarray, j: np.ndarray) -> np.ndarray:
    held = np.array(told, dtype=bool)
    return (held[i] != held[j]).astype(np.float32)


def _pilot_beside(records: Records, one_site: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    named = [_PILOT in core or _PILOT in address for core, address in zip(records.core, records.address, strict=True)]
    return np.where(one_site, _only_one(named, i, j), 0)


def _plan_of(records: Records, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    held = [_PLANNING.intersection(core) for core in records.core]
    plan = np.array(["#plan" in units and not _CARRYING_OUT.isdisjoint(units) for units in held], dtype=bool)
    strategy = np.array([units == {"#strategy"} for units in held], dtype=bool)
    return ((plan[i] & strategy[j]) | (plan[j] & strategy[i])).astype(np.float32)
