"""Curators' decisions: what the ledger's events amount to.

A decision stands until it is undone or its author decides the same question again. Where curators disagree about a pair, none of their
decisions counts and the pair returns to the queue as a conflict.

    join, apart                           two records                 binding for clustering
    successor_of, part_of, implements     two records                 a relation between the initiatives that hold them
    skip                                  two records                 out of the queue, binds nothing
    split                                 records, others             the records leave the initiative that holds the others
    correct, kind                         records, field, value       a claim of authority `curator` for their initiative
    accept, reject                        records                     in or out of the atlas, whatever the relevance says
    undo                                  undoes                      an earlier decision never was
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
Pair = tuple[str, str]

RELATIONS = ("successor_of", "part_of", "implements")
PAIR_VERDICTS = ("join", "apart", *RELATIONS, "skip")
VERDICTS = (*PAIR_VERDICTS, "split", "correct", "kind", "accept", "reject", "undo")


@dataclass(slots=True)
class Decided:
    """What stands. Pairs are sorted tuples of record ids; relations keep their direction (source, target)."""

    join: dict[Pair, Event] = field(default_factory=dict)
    apart: dict[Pair, Event] = field(default_factory=dict)
    relations: dict[Pair, Event] = field(default_factory=dict)
    skipped: dict[Pair, Event] = field(default_factory=dict)
    #: (record, field) -> the decision whose value stands
    corrections: dict[tuple[str, str], Event] = field(default_factory=dict)
    #: record -> the accepting or rejecting decision
    admission: dict[str, Event] = field(default_factory=dict)
    #: pairs on which curators disagree, with all their standing decisions
    conflicts: dict[Pair, list[Event]] = field(default_factory=dict)

    def pairs(self) -> list[dict[str, Any]]:
        """The binding pairs as `resolve` takes them: verdict and two records, in a fixed order."""
        rows = [{"verdict": "join", "records": list(pair)} for pair in sorted(self.join)]
        rows += [{"verdict": "apart", "records": list(pair)} for pair in sorted(self.apart)]
        return rows + [{"verdict": e["verdict"], "records": list(pair)} for pair, e in sorted(self.relations.items())]


def effective(events: Iterable[Event]) -> Decided:
    """Fold the ledger's decisions into what stands now. Order of lines does not matter; time does."""
    ordered = sorted(events, key=lambda e: (e["at"], e["id"]))
    undone = {e["undoes"] for e in ordered if e["verdict"] == "undo"}
    standing = [e for e in ordered if e["verdict"] != "undo" and e["id"] not in undone]
    decided = Decided()
    votes: dict[Pair, dict[str, Event]] = defaultdict(dict)
    for event in standing:
        verdict = event["verdict"]
        if verdict in PAIR_VERDICTS:
            votes[_pair(*event["records"])][event["by"]] = event
        elif verdict == "split":
            for one, other in itertools.product(event["records"], event["others"]):
                votes[_pair(one, other)][event["by"]] = event
        elif verdict in ("correct", "kind"):
            name = "kind" if verdict == "kind" else event["field"]
            decided.corrections |= {(record, name): event for record in event["records"]}
        elif verdict in ("accept", "reject"):
            decided.admission |= dict.fromkeys(event["records"], event)
    for pair, by_curator in votes.items():
        _settle(decided, pair, list(by_curator.values()))
    return decided


def _settle(decided: Decided, pair: Pair, events: list[Event]) -> None:
    meanings = {_meaning(event) for event in events}
    if len(meanings) > 1:
        decided.conflicts[pair] = events
        return
    verdict, last = meanings.pop()[0], max(events, key=lambda e: e["at"])
    if verdict == "join":
        decided.join[pair] = last
    elif verdict == "skip":
        decided.skipped[pair] = last
    else:
        # related initiatives are two initiatives
        decided.apart[pair] = last
        if verdict in RELATIONS:
            source, target = last["records"]
            decided.relations[source, target] = last


def _meaning(event: Event) -> tuple[str, ...]:
    if event["verdict"] in RELATIONS:
        return (event["verdict"], *event["records"])
    return ("apart",) if event["verdict"] == "split" else (event["verdict"],)


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
