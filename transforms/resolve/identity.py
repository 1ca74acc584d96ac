"""Identity: which initiative id each cluster of listings carries, over all runs.

Ids are minted once and never reused. The ledger's events are the only state; folding them gives, for every record, the id that owns it
now and its *home*: the id it was minted for, attached or moved to. A merge changes owners and leaves homes alone, so that a merge that is
undone gives every part its former id back.

    mint     a new id for records that had none              {event, at, initiative_id, records}
    attach   new records join a living id                    {event, at, initiative_id, records}
    move     records leave one living id for another         {event, at, initiative_id, records}
    merge    an id redirects to another                      {event, at, initiative_id, into}
    restore  a merged id lives again with its records        {event, at, initiative_id, records}
    gone     none of an id's records is there any more       {event, at, initiative_id}
    return   a gone id's records are there again             {event, at, initiative_id}
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from spiders.errors import StorageError

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one run decided.

    ids: record_id, initiative_id. events: to be appended to the ledger, in order.
    redirects: old_id, new_id, at, reason; only those that end at a living id. gone: ids without any record.
    """

    ids: pd.DataFrame
    events: list[Event]
    redirects: pd.DataFrame
    gone: frozenset[str]


@dataclass(slots=True)
class State:
    """The ledger's events, folded."""

    owner: dict[str, str] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    #: the first id that a record ever had: breaks ties after moves are undone
    origin: dict[str, str] = field(default_factory=dict)
    age: dict[str, int] = field(default_factory=dict)
    redirect: dict[str, tuple[str, str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def apply(self, event: Event) -> None:
        """Take one event in. Raises StorageError for an event that makes no sense after those before it."""
        kind, identity = event.get("event"), event.get("initiative_id", "")
        if kind == "mint":
            if identity in self.age:
                raise StorageError(f"the ledger mints {identity} twice", where="identities", hint="Restore the ledger from its history.")
            self.age[identity] = len(self.age)
        elif identity not in self.age:
            raise StorageError(f"the ledger knows no {identity}", where="identities", hint="Restore the ledger from its history.")
        if kind in ("mint", "attach", "move", "restore"):
            for record in event["records"]:
                self.owner[record] = self.home[record] = identity
                self.origin.setdefault(record, identity)
            if kind == "restore":
                del self.redirect[identity]
        elif kind == "merge":
            self.redirect[identity] = (event["into"], event["at"])
            self.gone.discard(identity)
        elif kind == "gone":
            self.gone.add(identity)
        elif kind == "return":
            self.gone.discard(identity)
        else:
            raise StorageError(f"unknown event {kind!r}", where="identities", hint="Was it written by a newer version?")

    def living(self, identity: str) -> str:
        """Where an id ends when all redirects are followed."""
        while identity in self.redirect:
            identity = self.redirect[identity][0]
        return identity


def fold(events: Iterable[Event]) -> State:
    """All events of the ledger as one state."""
    state = State()
    for event in events:
        state.apply(event)
    return state


def assign(clusters: pd.DataFrame, events: Sequence[Event], *, at: str) -> Assignment:
    """Give every cluster its id.

    clusters: record_id, cluster_id, one row per record. A cluster keeps the id that most of its records have; a split keeps the id
    with the larger, then the older part; a merge redirects the younger or smaller id. The result does not depend on row order.
    """
    state = fold(events)
    groups = _groups(clusters)
    new: list[Event] = []

    def emit(kind: str, identity: str, **rest: Any) -> None:
        event = {"event": kind, "at": at, "initiative_id": identity, **rest}
        state.apply(event)
        new.append(event)

    owners = [Counter(state.living(state.owner[r]) for r in records if r in state.owner) for records in groups]
    homes = [Counter(state.home[r] for r in records if r in state.home) for records in groups]
    origins = [Counter(state.origin[r] for r in records if r in state.origin) for records in groups]
    chosen, losers = _claims(owners, homes, origins, state)

    former = [dict.fromkeys(r for r in records if r in state.owner) for records in groups]
    before = {r: state.living(state.owner[r]) for known in former for r in known}
    for index, records in enumerate(groups):
        identity = chosen.get(index) or _former(homes[index], set(chosen.values()), state)
        if identity is None:
            emit("mint", _mint(records[0], state.age), records=list(records))
        elif identity in state.redirect:
            emit("restore", identity, records=list(records))
        elif identity in state.gone:
            emit("return", identity)
        chosen[index] = identity or new[-1]["initiative_id"]

    for loser, index in losers:
        emit("merge", loser, into=chosen[index])
    _settle(groups, chosen, state, emit)
    _depart(chosen, before, state, emit)

    ids = pd.DataFrame(
        [(record, chosen[index]) for index, records in enumerate(groups) for record in records], columns=["record_id", "initiative_id"]
    )
    return Assignment(ids.sort_values("record_id", ignore_index=True), new, _redirects(state), frozenset(state.gone))


def _groups(clusters: pd.DataFrame) -> list[list[str]]:
    by_cluster: dict[Any, list[str]] = defaultdict(list)
    for record, cluster in zip(clusters["record_id"], clusters["cluster_id"], strict=True):
        by_cluster[cluster].append(record)
    return sorted(sorted(records) for records in by_cluster.values())


def _claims(
    owners: list[Counter[str]], homes: list[Counter[str]], origins: list[Counter[str]], state: State
) -> tuple[dict[int, str], list[tuple[str, int]]]:
    """Every living id claims one cluster; a cluster claimed by several keeps one. Returns cluster -> id, and (losing id, cluster)."""
    parts: dict[str, list[int]] = defaultdict(list)
    for index, votes in enumerate(owners):
        for identity in votes:
            parts[identity].append(index)
    claimed: dict[int, list[str]] = defaultdict(list)
    for identity, indexes in parts.items():
        # groups are sorted, so the lower index holds the record that sorts first: a stable stand-in for the older part
        best = max(indexes, key=lambda i: (homes[i][identity], origins[i][identity], owners[i][identity], -i))
        claimed[best].append(identity)
    chosen: dict[int, str] = {}
    losers: list[tuple[str, int]] = []
    for index in sorted(claimed):
        ranked = sorted(claimed[index], key=lambda identity: (-owners[index][identity], state.age[identity]))
        chosen[index] = ranked[0]
        losers += [(identity, index) for identity in ranked[1:]]
    return chosen, losers


def _former(homes: Counter[str], taken: set[str], state: State) -> str | None:
    """The merged id that most records of an unclaimed cluster call home, if it can live again."""
    ranked = sorted(homes, key=lambda identity: (-homes[identity], state.age[identity]))
    return next((identity for identity in ranked if identity in state.redirect and identity not in taken), None)


def _settle(groups: list[list[str]], chosen: Mapping[int, str], state: State, emit: Any) -> None:
    """Attach new records and move those that no merge has brought along."""
    for index, records in enumerate(groups):
        identity = chosen[index]
        fresh = [r for r in records if r not in state.owner]
        moved = [r for r in records if r in state.owner and state.living(state.owner[r]) != identity]
        if fresh:
            emit("attach", identity, records=fresh)
        if moved:
            emit("move", identity, records=moved)


def _depart(chosen: Mapping[int, str], before: Mapping[str, str], state: State, emit: Any) -> None:
    """Ids that no cluster carries: redirected to where their records went, or gone with them."""
    carried = set(chosen.values())
    went: dict[str, Counter[str]] = defaultdict(Counter)
    for record, old in before.items():
        went[old][state.living(state.owner[record])] += 1
    for identity in sorted(state.age, key=state.age.__getitem__):
        if identity in carried or identity in state.redirect or identity in state.gone:
            continue
        targets = went.get(identity)
        if targets:
            emit("merge", identity, into=min(targets, key=lambda t: (-targets[t], state.age[t])))
        else:
            emit("gone", identity)


def _redirects(state: State) -> pd.DataFrame:
    rows = [
        (old, state.living(old), at, f"merged into {into}")
        for old, (into, at) in sorted(state.redirect.items())
        if state.living(old) not in state.gone
    ]
    return pd.DataFrame(rows, columns=["old_id", "new_id", "at", "reason"])


def _mint(founder: str, taken: Mapping[str, int]) -> str:
    """``ea-`` and ten base-32 characters from the founding record, so that a lost ledger would mint the same again."""
    attempt = 0
    while True:
        text = founder if attempt == 0 else f"{founder}\x00{attempt}"
        identity = "ea-" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower()[:10]
        if identity not in taken:
            return identity
        attempt += 1
