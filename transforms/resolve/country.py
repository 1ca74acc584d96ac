"""One country's listings up to the comparison of all candidate pairs, of which only what no earlier run did is done."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.resolve.candidates import meet
from transforms.resolve.compare import Comparer, Texts, vectorise, with_company
from transforms.resolve.comparison import Comparison
from transforms.resolve.facts import facts_of
from transforms.resolve.judge import Scorecard
from transforms.resolve.memory import Country, Memory
from transforms.resolve.outline import Outline
from transforms.resolve.prepare import Records, prepare, tells_of_variants
from transforms.resolve.ragged import among, distinct
from transforms.resolve.rows import from_lines, to_lines
from transforms.resolve.similarity import unpacked

#: comparisons done at a time
_CHUNK = 500_000


def compared_country(typed: pd.DataFrame, digests: np.ndarray, card: Scorecard, memory: Memory, *, keep: bool) -> Country:
    """The pairs of a country's listings. ``digests`` are hashes of the rows; ``keep`` is whether what is
    found is to be kept; only then can ``memory``, what an earlier run left, hold anything."""
    order = np.argsort(typed["record_id"].to_numpy(dtype=object), kind="stable")
    typed, digests = typed.iloc[order], digests[order]
    variants = tells_of_variants(typed)
    if variants and not memory.variants:
        memory = Memory.nothing()  # its pages have no keys
    places = memory.places(digests)
    fresh, old = np.flatnonzero(places < 0), np.flatnonzero(places >= 0)
    records = prepare(typed.iloc[fresh], variants=variants)
    texts = vectorise(records)
    lines = _lines(memory, places, to_lines(records)) if keep else []
    back = np.argsort(np.r_[old, fresh])
    outline = memory.outlines(places[old], Outline.of(records, texts)).at(back)
    facts = memory.all_facts(typed[["record_id", "nuts"]].iloc[old], places[old], facts_of(records)).at(back)
    met = meet(outline, memory.before(places))
    known = memory.pairs(places, met.i, met.j)
    i, j = met.i[known < 0], met.j[known < 0]
    partners = distinct(np.concatenate([i, j]))
    partners = partners[~among(partners, fresh)]
    rows = np.sort(np.r_[fresh, partners])
    place = np.zeros(len(typed), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    if len(partners):
        records = from_lines([lines[row] for row in rows.tolist()])
        texts = vectorise(records, titles=(unpacked(outline.vectors[rows]), outline.bits[rows]))
    comparison = memory.compared(known, compared_pairs(records, texts, place[i], place[j]))
    comparison = with_company(comparison, np.full(len(typed), len(typed)), met.i, met.j)
    return Country(digests, variants, lines, outline, facts, met, comparison, memory.scores(known, comparison, card))


def compared_pairs(records: Records, texts: Texts, i: np.ndarray, j: np.ndarray) -> Comparison:
    """The comparison of pairs, but for their company."""
    compare = Comparer(records, texts)
    return Comparison.joined([compare(i[k : k + _CHUNK], j[k : k + _CHUNK]) for k in range(0, max(1, len(i)), _CHUNK)])


def _lines(memory: Memory, places: np.ndarray, fresh: list[bytes]) -> list[bytes]:
    new = iter(fresh)
    return [memory.lines[place] if place >= 0 else next(new) for place in places.tolist()]
