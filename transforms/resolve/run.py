"""The order of resolve: prepare, candidates, comparison, decision, clusters, relations."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from spiders.memory import shared_pool, uncollected
from transforms.resolve.candidates import candidates
from transforms.resolve.cluster import cluster
from transforms.resolve.compare import COMPANY, Texts, with_company
from transforms.resolve.comparison import Comparison
from transforms.resolve.constraints import contested
from transforms.resolve.country import compared_country, compared_pairs, ready
from transforms.resolve.evidence import WORDS, spoken
from transforms.resolve.facts import Facts
from transforms.resolve.fellegi_sunter import known_engine, probabilities
from transforms.resolve.judge import Scorecard, scorecard
from transforms.resolve.kept import Kept
from transforms.resolve.memory import Country, Memory
from transforms.resolve.prepare import Records
from transforms.resolve.relate import Relations, Relator, relator
from transforms.resolve.resolution import RELATIONS, VERDICTS, Found, Resolution, joined
from transforms.resolve.sentences import Sentences, present
from transforms.resolve.shards import at_once, others, worth
from transforms.resolve.weighed import Weighed, Weigher
from transforms.resolve.work import KNOWN, Group, How, Job, Work, work_in

_LOG = logging.getLogger(__name__)

#: pairs less likely than this leave no evidence
_WORTH_A_LINE = 0.05
#: listings above which only joined and doubtful pairs leave evidence, and the full sentence model is not asked
MANY = 50_000
#: what a contested or questionable pair is worth at most: a curator sees it, nothing joins on it
_CONTESTED = 0.45
#: what two listings are worth at least that are one page in two languages, as its hreflang says
_ONE_PAGE = 0.95
#: new pairs up to which the scorecard is read here, with the same result, in a tenth of the time that an engine takes to start
_FEW = 200_000

#: positions i < j of pairs, and their comparison
Compared = tuple[np.ndarray, np.ndarray, Comparison]


@dataclass(slots=True)
class Pairs:
    """All candidate pairs with what was found: positions i < j, comparison, what the scorecard made of it but for their company,
    probability (0 where a reason keeps them apart), the probability without that (``raw``), code of the reason."""

    i: np.ndarray
    j: np.ndarray
    comparison: Comparison
    weighed: Weighed
    probability: np.ndarray
    raw: np.ndarray
    reason: np.ndarray


@shared_pool()
def resolve(
    typed: pd.DataFrame,
    decisions: Sequence[Mapping[str, Any]] = (),
    *,
    engine: str = "duckdb",
    precise: bool = False,
    processes: int | None = None,
    kept: Path | None = None,
) -> Resolution:
    """Which listings of a typed frame speak of the same initiative, and how initiatives relate.

    ``decisions`` are the binding pairs: {"verdict": join | apart | successor_of | part_of | implements, "records": [a, b]}.
    ``engine`` is where Splink compares the pairs: duckdb, or spark. With ``precise`` the full sentence model is asked which initiatives are
    related, of up to `MANY` listings. ``processes`` work at once at most, by default one for each processor.
    ``kept`` is a folder for what was found, which is not sought again: results of countries of which nothing changed, and of the others
    what their unchanged listings and pairs gave.
    The result depends on none of them but ``precise``, nor on the order of the rows. Raises UsageError for an engine that is unknown or not
    there, and for a sentence model that is not installed.
    """
    known_engine(engine)
    if precise:
        present()
    many = len(typed) > MANY
    if precise and many:
        # told to whoever started it: nothing else about the result would show it
        _LOG.warning("the full sentence model is not asked: %d listings, and it reads up to %d", len(typed), MANY)
    work = Work(typed, How(decisions, engine, many=many, precise=precise and not many, kept=kept))
    # so many listings are worth other processes even if earlier runs met all of them; no group is divided
    early = min(worth(len(typed) // KNOWN, processes), len(work)) if engine == "duckdb" else 1
    with others(early, ready) as pool:
        found = work.found(lambda jobs: _done(jobs, processes) if pool is None else at_once(resolved, jobs, early, pool))
        with ThreadPoolExecutor() as aside:
            # the others end, and what is of no use any more goes, while the result is put together
            ending = [aside.submit(end) for end in (work.forget, *([pool.shutdown] if pool else []))]
            result = joined(found)
            for end in ending:
                end.result()
    return result


def _done(jobs: Iterable[Job], processes: int | None) -> list[list[Found | None]]:
    """All jobs done, in as many processes as they are worth together."""
    held = list(jobs)
    return at_once(resolved, held, worth(work_in(held), processes))


@uncollected()
@shared_pool()
def resolved(job: Job) -> list[Found | None]:
    """The result of each group, None where rows are wanted that the job lacks. It is kept as soon as it is there, so that a run that is
    stopped has not worked for nothing."""
    how, weigher = job.how, Weigher(scorecard())
    store = Kept(how.kept) if how.kept is not None else None
    memories: dict[str, Memory] = {}
    found: dict[str, Country | None] = {}
    for group in job.groups:
        for name, listings in group.countries.items():
            memories[name] = store.memory(name) if store else Memory.nothing()
            found[name] = compared_country(listings, weigher, memories[name], keep=store is not None)
            if store and found[name] is None:
                store.drop(name)
    _score([country for country in found.values() if country is not None], weigher, how.engine)
    out: list[Found | None] = []
    for group in job.groups:
        known, parts = [memories.pop(name) for name in group.countries], [found.pop(name) for name in group.countries]
        there = [part for part in parts if part is not None]
        out.append(_decided_group(group, known, there, how, store) if len(there) == len(parts) else None)
    return out


def _decided_group(group: Group, known: list[Memory], parts: list[Country], how: How, store: Kept | None) -> Found:
    """What is found of the listings of a group, whose countries' pairs are compared; it is kept."""
    read = {digest: vector for memory in known for digest, vector in memory.sentences.items()}
    sentences = Sentences.of(pd.concat([listings.typed for listings in group.countries.values()]), read) if how.precise else None
    facts, pairs, raw, weighed = side_by_side(parts)
    out = decide(facts, judged(pairs, raw, weighed), how.decisions, scorecard(), relator(), many=how.many, sentences=sentences)
    if store:
        for k, (name, part) in enumerate(zip(group.countries, parts, strict=True)):
            # what countries that decisions link have in common is kept with the first
            store.remember(name, part, sentences.read if sentences and k == 0 else {})
        return store.put(group.key, out)
    return out


def _score(countries: Sequence[Country], weigher: Weigher, engine: str) -> None:
    """Ask the scorecard for all pairs. If many are new, the engine reads it for these, of all countries at once."""
    for country in countries:
        country.raw = weigher.probabilities(country.weighed, country.comparison)
    new = [len(country.fresh) for country in countries]
    if sum(new) > _FEW:
        wanted = Comparison.joined([c.asked.beside(c.comparison.only(COMPANY).at(c.fresh)) for c in countries])
        for country, scores in zip(countries, np.split(probabilities(weigher.card, wanted, engine), np.cumsum(new)[:-1]), strict=True):
            country.raw[country.fresh] = scores
    for country in countries:
        country.asked = Comparison({})


def side_by_side(countries: Sequence[Country]) -> tuple[Facts, Compared, np.ndarray, Weighed]:
    """The listings of several countries, their compared pairs and what the scorecard makes of them, in order of record_id."""
    if len(countries) == 1:
        (one,) = countries
        return one.facts, (one.met.i, one.met.j, one.comparison), one.raw, one.weighed
    facts = countries[0].facts
    for country in countries[1:]:
        facts = facts.with_more(country.facts)
    order = facts.by_id()
    place = np.argsort(order)
    first = np.cumsum([0, *(len(country.facts) for country in countries)])
    i, j = (place[np.concatenate([getattr(c.met, side) + k for c, k in zip(countries, first, strict=False)])] for side in "ij")
    by = np.lexsort((j, i))
    comparison = Comparison.joined([country.comparison for country in countries]).at(by)
    weighed = countries[0].weighed
    for country in countries[1:]:
        weighed = weighed.with_more(country.weighed)
    return facts.at(order), (i[by], j[by], comparison), np.concatenate([country.raw for country in countries])[by], weighed.at(by)


def compared(records: Records, texts: Texts) -> Compared:
    """The candidate pairs of all countries and their comparison."""
    i, j = candidates(records, texts)
    counts = Counter(records.countries)
    crowd = np.array([counts[country] for country in records.countries])
    return i, j, with_company(compared_pairs(records, texts, i, j), crowd, i, j)


def judged(pairs: Compared, raw: np.ndarray, weighed: Weighed) -> Pairs:
    """The pairs with their probability, ``raw`` being what the scorecard makes of them, ``weighed`` but for their company; what must stay
    apart has none, what is contested between editions too little to join."""
    i, j, comparison = pairs
    reason = comparison["reason"].astype(np.int8)
    open_question = contested(i, j, raw, reason, 0.5) | (comparison["questionable"] > 0)
    probability = np.where(open_question, np.minimum(raw, _CONTESTED), raw)
    probability = np.where(comparison["same_page"] == 1, np.maximum(probability, _ONE_PAGE), probability)
    return Pairs(i, j, comparison, weighed, np.where(reason > 0, 0.0, probability), raw, reason)


def decide(
    records: Facts,
    found: Pairs,
    decisions: Sequence[Mapping[str, Any]],
    card: Scorecard,
    relations: Relator | None,
    *,
    many: bool = False,
    sentences: Sentences | None = None,
) -> Found:
    """Clusters, relations and the queue of compared pairs. With ``many`` only joined and doubtful pairs leave evidence; ``sentences`` are
    asked which clusters are related."""
    place = {record: row for row, record in enumerate(records.ids.to_pylist())} if decisions else {}
    bound = [(d["verdict"], place[d["records"][0]], place[d["records"][1]]) for d in decisions if all(r in place for r in d["records"])]
    together = [(min(a, b), max(a, b)) for verdict, a, b in bound if verdict == "join"]
    apart = {(min(a, b), max(a, b)) for verdict, a, b in bound if verdict != "join"}
    joined = set(together)
    # only pairs that may carry a cluster need to enter the clustering
    some = (found.probability >= card.doubtful / 2) | (found.reason > 0)
    hard = np.flatnonzero((found.reason > 0) & ~_decided(found, joined))
    root = cluster(
        len(records),
        found.i[some],
        found.j[some],
        found.probability[some],
        join=card.join,
        apart=np.concatenate([np.stack([found.i[hard], found.j[hard]], axis=1), np.array(sorted(apart), dtype=np.int64).reshape(-1, 2)]),
        together=sorted(together),
    )
    told = [(verdict, a, b) for verdict, a, b in bound if verdict in RELATIONS]
    related = relations.find(records, found, root, told, sentences) if relations is not None else Relations.of()
    return Found(
        pa.table({"record_id": records.ids, "cluster": _narrow(root)}),
        pa.table(
            {
                "source": _narrow(related.source),
                "target": _narrow(related.target),
                "kind": related.kind.astype(np.int8),
                "score": related.score,
                "evidence": related.evidence,
            }
        ),
        _matches(found, root, card, joined, apart, many),
    )


def _narrow(positions: np.ndarray) -> np.ndarray:
    return positions.astype(np.int32)


def _decided(found: Pairs, pairs: set[tuple[int, int]]) -> np.ndarray:
    """(m,) which of the candidate pairs are among some others."""
    if not pairs:
        return np.zeros(len(found.i), dtype=bool)
    top = int(found.j.max(initial=0)) + 1
    return np.isin(found.i * top + found.j, [a * top + b for a, b in pairs if b < top])


def _matches(
    found: Pairs, root: np.ndarray, card: Scorecard, joined: set[tuple[int, int]], apart: set[tuple[int, int]], many: bool
) -> pa.Table:
    same = root[found.i] == root[found.j]
    shown = np.flatnonzero(same | (found.probability >= (card.doubtful if many else _WORTH_A_LINE)))
    score, reason = found.probability[shown], found.reason[shown]
    told = {word: _decided(found, pairs)[shown] for word, pairs in (("join", joined), ("apart", apart))}
    by_curator = np.select(list(told.values()), [WORDS.index(word) for word in told])
    doubted = (score >= card.doubtful) & ~told["apart"]
    join, doubtful, stay_apart = map(VERDICTS.index, ("join", "doubtful", "apart"))
    verdict = np.select([same[shown], doubted], [join, doubtful], stay_apart)
    features = spoken(Weigher(card), found.weighed.at(shown), found.comparison.only(COMPANY).at(shown), reason, by_curator)
    a, b = _narrow(found.i[shown]), _narrow(found.j[shown])
    return pa.table({"a": a, "b": b, "score": score, "verdict": verdict.astype(np.int8), "features": features})
