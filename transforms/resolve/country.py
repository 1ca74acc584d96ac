"""One country's listings up to the comparison of all candidate pairs, of which only what no earlier run did is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from transforms.resolve.candidates import meet
from transforms.resolve.cluster_pairs import OF_LISTINGS
from transforms.resolve.compare import MERIT, Comparer, Texts, vectorise, with_company
from transforms.resolve.comparison import Comparison
from transforms.resolve.constraints import ruled
from transforms.resolve.facts import facts_of
from transforms.resolve.lines import Lines
from transforms.resolve.memory import Country, Memory
from transforms.resolve.outline import Outline
from transforms.resolve.prepare import PREPARED, Records, prepare, tells_of_variants
from transforms.resolve.ragged import among, distinct
from transforms.resolve.rows import from_lines, to_lines
from transforms.resolve.similarity import unpacked
from transforms.resolve.weighed import Weigher

#: what is asked of the comparison of a pair once it is weighed, beside what is aside
_ASKED = tuple(dict.fromkeys((*MERIT, *OF_LISTINGS, "same_page")))
#: comparisons done at a time
_CHUNK = 500_000


@dataclass(frozen=True, slots=True)
class Listings:
    """A country's listings: hashes of all their rows, and, of the rows at these ``places`` among them, a typed frame: of all, or of those
    that no earlier run seems to have met. These are sorted by record_id."""

    digests: np.ndarray
    places: np.ndarray
    typed: pd.DataFrame

    def __len__(self) -> int:
        return len(self.digests)

    @classmethod
    def of(cls, digests: np.ndarray, typed: pd.DataFrame, rows: np.ndarray, met: np.ndarray) -> Listings:
        """Of some ``rows`` (n,) of a typed frame, of which those go along that were not ``met`` (n,) before."""
        places = np.flatnonzero(~met)
        places = places[np.argsort(typed["record_id"].to_numpy(dtype=object)[rows[places]], kind="stable")]
        return cls(digests, places, typed.iloc[rows[places]][list(PREPARED)])

    def new(self) -> int:
        """Of how many the rows are there."""
        return len(self.places)

    def only(self, wanted: np.ndarray) -> tuple[pd.DataFrame, np.ndarray] | None:
        """The rows of some listings (a mask) and their hashes, sorted by record_id; None where not all of these are there."""
        rows = np.flatnonzero(wanted[self.places])
        return (self.typed.iloc[rows], self.digests[self.places[rows]]) if len(rows) == np.count_nonzero(wanted) else None


def compared_country(listings: Listings, weigher: Weigher, memory: Memory, *, keep: bool) -> Country | None:
    """The pairs of a country's listings, compared and weighed; None where ``memory``, what an earlier run left, cannot be used and rows
    are wanted that are not there. ``keep`` is whether what is found is to be kept; only then can ``memory`` hold anything."""
    known = memory.places(listings.digests)
    new = listings.only(known < 0)
    if new and tells_of_variants(new[0]) and not memory.variants:
        # its pages have no keys
        memory, known = Memory.nothing(), np.full(len(known), -1)
        new = listings.only(known < 0)
    if new is None:
        return None
    held = np.sort(known[known >= 0])
    variants = memory.variants if len(held) else tells_of_variants(new[0])
    records = prepare(new[0], variants=variants)
    texts = vectorise(records)
    facts, order = memory.all_facts(held, facts_of(records))
    places = np.r_[held, np.full(len(records), -1)][order]
    digests = np.concatenate([memory.digests[held], new[1]])[order]
    fresh = np.flatnonzero(places < 0)
    outline = memory.outlines(places, Outline.of(records, texts))
    met = meet(outline, memory.before(places))
    known = memory.pairs(places, met.i, met.j)
    unmet = np.flatnonzero(known < 0)
    i, j = met.i[unmet], met.j[unmet]
    partners = distinct(np.concatenate([i, j]))
    partners = partners[~among(partners, fresh)]
    rows = np.sort(np.r_[fresh, partners])
    place = np.zeros(len(facts), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    lines = Lines.of([])
    if keep:
        try:
            lines = memory.lines.at(held).with_more(to_lines(records)).at(order).renewed()
            read = lines.read(rows) if len(partners) else []
        except (OSError, ValueError):
            # of what was kept of these listings something was damaged
            return None
    if len(partners):
        records = from_lines(read)
        texts = vectorise(records, titles=(unpacked(outline.vectors[rows]), outline.bits[rows]))
    more = compared_pairs(records, texts, place[i], place[j])
    weighed = memory.all_weighed(known, weigher.of(more))
    comparison = memory.compared(known, more.only(_ASKED, aside=True))
    comparison = with_company(comparison, np.full(len(facts), len(facts)), met.i, met.j)
    return Country(digests, variants, lines, outline, facts, met, comparison, weighed, unmet, weigher.asked(more))


def ready() -> None:
    """Load what all listings need, with one of no content."""
    nothing = dict.fromkeys(PREPARED) | {"record_id": "", "title": "a title", "country": "AT", "shared_page": False}
    vectorise(prepare(pd.DataFrame([nothing])))


def compared_pairs(records: Records, texts: Texts, i: np.ndarray, j: np.ndarray) -> Comparison:
    """The comparison of pairs, but for their company."""
    compare = Comparer(records, texts)
    return Comparison.joined([ruled(compare(i[k : k + _CHUNK], j[k : k + _CHUNK])) for k in range(0, max(1, len(i)), _CHUNK)])
