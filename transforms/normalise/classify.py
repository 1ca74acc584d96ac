"""Steps that label a listing with codes: kind, status, education levels, target groups, topics and what follows from them.

A label comes from the field that is meant for it (surest), the title, or the description. Each label of a list keeps its own rule,
confidence and the words it rests on in the column's provenance under ``labels``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from transforms.normalise import grades, relevance
from transforms.normalise.codes import code_list, wordings
from transforms.normalise.cues import folded, lexicon
from transforms.normalise.steps import (
    NOTHING,
    Outcome,
    Prior,
    Priors,
    fill,
    homes,
    labelled,
    made,
    prior_of,
    raw,
    record,
    refused,
    typed,
    write,
)

#: how sure a label is by where its words stand
SURE = {"field": 0.95, "title": 0.85, "text": 0.65}

#: below this relevance a listing gets no topics and groups: nobody will ask for them
FLOOR = 0.05

#: listings of one portal from which on they speak for each other
PORTAL_SIZE = 8

#: letters of a text that are read: what it is about stands first, and a long text names everything in the end
LEAD = 500

#: code -> (rule, confidence, words)
Labels = dict[str, tuple[str, float, str]]
Concepts = Mapping[str, str]
_NONE: Concepts = {}
_SEPARATORS = re.compile(r"\s*[;|]\s*|\s*,\s+")


def cues_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """The concepts that title, description and organisation name, for the steps that follow."""
    words = lexicon()
    languages = frame["cues.language"].tolist()
    titles, texts = typed(frame, "title"), typed(frame, "description")
    # a description that repeats the title says nothing more
    texts = [None if text == title else text for title, text in zip(titles, texts, strict=True)]
    known: dict[tuple[str | None, str | None], Concepts] = {}

    def read(values: list[str | None]) -> list[Concepts]:
        found = []
        for key in zip(values, languages, strict=True):
            concepts = known.get(key)
            if concepts is None:
                text, language = key
                concepts = known[key] = words.concepts(text[:LEAD], language) if text else _NONE
            found.append(concepts)
        return found

    return write(frame, {"cues.title": read(titles), "cues.text": read(texts), "cues.owner": read(raw(frame, "organisation"))})


def relevance_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """relevance, included and exclusion_reason."""
    model = relevance.model()
    cues = zip(frame["cues.title"], frame["cues.text"], frame["cues.owner"], topics_stated(frame), strict=True)
    found = [relevance.features(title, {**text, **topic} if topic else text, owner) for title, text, owner, topic in cues]
    shifts = _shifts([model.score(one) for one in found], raw(frame, "portal"), prior_of(frame, priors))

    def one(key: tuple[frozenset[str], float]) -> Outcome:
        names, shift = key
        score = model.score(names, shift)
        inside = score >= model.threshold
        reason = None if inside else f"relevance below {model.threshold}"
        said = "; ".join([*sorted(names), *(["portal"] if shift else [])])
        return made(score, inside, reason, raw=said, rule="relevance.model", confidence=max(score, 1 - score))

    known: dict[tuple[frozenset[str], float], Outcome] = {}
    outcomes = []
    for title, key in zip(typed(frame, "title"), zip(found, shifts, strict=True), strict=True):
        if title is None:
            outcomes.append(made(0.0, False, "no title", raw="", rule="relevance.no-title", confidence=1.0))
        else:
            outcomes.append(known.get(key) or known.setdefault(key, one(key)))
    return record(frame, ("relevance", "included", "exclusion_reason"), outcomes)


def _shifts(scores: list[float], portals: list[str | None], cards: list[Prior]) -> list[float]:
    """What the portal adds to the log-odds of each listing: its card's word, else what its other listings are about."""
    seen: dict[str, list[float]] = {}
    for portal, score in zip(portals, scores, strict=True):
        if portal:
            seen.setdefault(portal, []).append(score)
    shares = {portal: sum(found) / len(found) for portal, found in seen.items() if len(found) >= PORTAL_SIZE}
    return [
        relevance.DEDICATED if card.dedicated else relevance.portal_shift(shares.get(portal or ""))
        for portal, card in zip(portals, cards, strict=True)
    ]


def topics_stated(frame: pd.DataFrame) -> list[Concepts]:
    """The concepts that the field ``topic`` names."""
    words = lexicon()
    keys = zip(raw(frame, "topic"), frame["cues.language"], strict=True)
    return [words.concepts(text, language) if text else _NONE for text, language in keys]


def kind_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """kind: from its field, else from the words of the title, else of the description."""
    words, known = lexicon(), wordings("kinds")

    def stated(key: tuple[str, str | None]) -> Outcome:
        text, language = key
        code = known.get(folded(text.strip()))
        if code:
            return made(code, raw=text, rule="kind.wording", confidence=0.97)
        found = named_kind(words.concepts(text, language))
        return made(found[0], raw=text, rule="kind.field-words", confidence=0.9) if found else refused("kind", text, "unknown kind")

    frame = fill(frame, ("kind",), zip(raw(frame, "kind"), typed(frame, "language"), strict=True), stated)
    for source, rule, confidence in (("cues.title", "kind.title-words", 0.75), ("cues.text", "kind.text-words", 0.45)):
        outcomes = []
        for concepts in frame[source]:
            found = named_kind(concepts, text=source == "cues.text")
            outcomes.append(made(found[0], raw=found[1], rule=rule, confidence=confidence) if found else NOTHING)
        frame = record(frame, ("kind",), outcomes)
    return frame


@cache
def _kind_cues(text: bool) -> tuple[tuple[str, str], ...]:
    codes = sorted(code_list("kinds").codes.values(), key=lambda c: c.entry["rank"])
    return tuple((c.entry["cue"], c.code) for c in codes if not text or c.entry.get("text", True))


def named_kind(concepts: Concepts, text: bool = False) -> tuple[str, str] | None:
    """The kind that the concepts name, and the words; of several the one that says most ("pilot project" is a pilot).

    ``text``: the concepts are those of a description, which names other things besides.
    """
    for cue, code in _kind_cues(text):
        if cue in concepts:
            return code, concepts[cue]
    return None


def status_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """status: what the field ``state`` says."""
    words, known = lexicon(), wordings("statuses")
    cues = [(c.entry["cue"], c.code) for c in code_list("statuses").codes.values()]

    def one(key: tuple[str, str | None]) -> Outcome:
        text, language = key
        code = known.get(folded(text.strip()))
        if code:
            return made(code, raw=text, rule="status.wording", confidence=0.97)
        for tongue in (language, None):
            concepts = words.concepts(text, tongue)
            found = [code for cue, code in cues if cue in concepts]
            if len(found) == 1:
                return made(found[0], raw=text, rule="status.words", confidence=0.9 if tongue else 0.8)
        return refused("status", text, "unknown state")

    return fill(frame, ("status",), zip(raw(frame, "state"), typed(frame, "language"), strict=True), one)


class Rules:
    """Which codes follow from which concepts: rules written as ``teacher & training``, indexed by their first concept."""

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for code, rule in rules:
            first, *rest = (part.strip() for part in rule.split("&"))
            self._by_first.setdefault(first, []).append((code, tuple(rest)))

    def label(self, concepts: Concepts, where: str, labels: Labels, scale: float = 1.0) -> None:
        """Add the codes that follow from ``concepts``; a code that is there already keeps its surer label."""
        for concept in concepts:
            for code, rest in self._by_first.get(concept, ()):
                if code not in labels and all(name in concepts for name in rest):
                    said = " + ".join(dict.fromkeys(concepts[name] for name in (concept, *rest)))
                    labels[code] = (f"words.{where}", SURE[where] * scale, said)


@cache
def rules_of(name: str, key: str = "rules") -> Rules:
    """The rules of a code list."""
    return Rules(
        (code.code, rule) for code in code_list(name).codes.values() for rule in code.entry.get(key, ()) if code.entry.get("only") is None
    )


@cache
def _field_rules(name: str) -> Rules:
    return Rules((code.code, rule) for code in code_list(name).codes.values() for rule in code.entry.get("cues", ()))


def lists_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """topics, deap_priorities, digcomp_areas, eurovoc, target_groups and education_levels."""
    rows = zip(
        frame["cues.language"],
        homes(frame, priors),
        typed(frame, "relevance"),
        raw(frame, "topic"),
        raw(frame, "target_group"),
        raw(frame, "education_level"),
        frame["cues.title"],
        frame["cues.text"],
        strict=True,
    )
    found: list[tuple[Labels, ...]] = [_lists(*row) for row in rows]
    columns = ("topics", "deap_priorities", "digcomp_areas", "eurovoc", "target_groups", "education_levels")
    for position, column in enumerate(columns):
        frame = record(frame, (column,), [labelled(labels[position]) for labels in found])
    unread = [_unread(*key) for key in zip(raw(frame, "target_group"), raw(frame, "education_level"), found, strict=True)]
    return record(frame, (), unread) if any(outcome is not NOTHING for outcome in unread) else frame


_EMPTY: tuple[Labels, ...] = ({}, {}, {}, {}, {}, {})


def _lists(
    language: str | None,
    country: str | None,
    score: float | None,
    topic: str | None,
    group: str | None,
    level: str | None,
    title: Concepts,
    text: Concepts,
) -> tuple[Labels, ...]:
    if not (topic or group or level) and ((score or 0.0) < FLOOR or not (title or text)):
        return _EMPTY
    topics = _topics(topic, language, title, text)
    both = {**text, **title}
    groups = _labels("target-groups", group, language, title, text)
    levels = _levels(level, group, language, country, title, text)
    return (
        topics,
        _following("deap", topics, both, broader=True),
        _following("digcomp", topics, both),
        _following("eurovoc", topics, both),
        groups,
        levels,
    )


def _topics(stated: str | None, language: str | None, title: Concepts, text: Concepts) -> Labels:
    labels: Labels = {}
    rules = rules_of("topics")
    if stated:
        known = wordings("topics")
        for part in _SEPARATORS.split(stated):
            code = known.get(folded(part))
            if code:
                labels[code] = ("topic.wording", 0.97, part)
        rules.label(_field_concepts(stated, language), "field", labels)
    rules.label(title, "title", labels)
    # words of title and description may speak of one topic together: "tablets" there, "schools" here
    rules.label({**text, **title}, "text", labels)
    return labels


def _field_concepts(text: str, language: str | None) -> Concepts:
    """The concepts that a field names; its parts are short, so what its language does not know is looked up in all."""
    words = lexicon()
    found: dict[str, str] = {}
    for part in _SEPARATORS.split(text):
        found = {**(words.concepts(part, language) or words.concepts(part)), **found}
    return found


def _labels(name: str, stated: str | None, language: str | None, title: Concepts, text: Concepts) -> Labels:
    labels: Labels = {}
    if stated:
        known = wordings(name)
        for part in _SEPARATORS.split(stated):
            code = known.get(folded(part))
            if code:
                labels[code] = (f"{name}.wording", 0.97, part)
        _field_rules(name).label(_field_concepts(stated, language), "field", labels)
    rules = rules_of(name, "cues")
    rules.label(title, "title", labels)
    rules.label(text, "text", labels)
    return labels


def _levels(stated: str | None, group: str | None, language: str | None, country: str | None, title: Concepts, text: Concepts) -> Labels:
    labels: Labels = {}
    rules = _field_rules("isced")
    general = code_list("isced").more["general"]
    for where, said in (("field", stated), ("field", group)):
        if said:
            rules.label(_narrow(_field_concepts(said, language)), where, labels)
            for code in grades.levels(said, country):
                labels.setdefault(code, ("grades", 0.8, said))
    rules.label(_narrow(title), "title", labels)
    rules.label(_narrow(text), "text", labels)
    if not labels:
        for where, concepts in (("title", title), ("text", text)):
            for cue, codes in general.items():
                if cue in concepts:
                    labels |= dict.fromkeys(codes, (f"words.{where}.general", 0.4, concepts[cue]))
                    return labels
    return dict(sorted(labels.items()))


def _narrow(concepts: Concepts) -> Concepts:
    """Without "secondary" where the words say which: upper secondary is not lower secondary too."""
    if "secondary" in concepts and ("upper-secondary" in concepts) != ("lower-secondary" in concepts):
        return {name: said for name, said in concepts.items() if name != "secondary"}
    return concepts


def _following(name: str, topics: Labels, concepts: Concepts, broader: bool = False) -> Labels:
    """Codes of another scheme that follow from the topics, or from concepts that stand together."""
    labels: Labels = {}
    for topic, (_, sure, said) in topics.items():
        for code in _by_topic(name).get(topic, ()):
            if code not in labels or labels[code][1] < sure * 0.9:
                labels[code] = (f"topic.{topic}", sure * 0.9, said)
    rules_of(name).label(concepts, "text", labels)
    if broader:
        codes = code_list(name).codes
        for code, label in list(labels.items()):
            above = codes[code].broader
            if above and (above not in labels or labels[above][1] < label[1]):
                labels[above] = label
    return dict(sorted(labels.items()))


@cache
def _by_topic(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in code_list(name).codes.values():
        for topic in code.entry.get("topics", ()):
            found.setdefault(topic, []).append(code.code)
    return found


def _unread(group: Any, level: Any, labels: tuple[Labels, ...]) -> Outcome:
    """An issue for a field that is filled and gave no label."""
    issues = []
    for field, text, found in (("target_groups", group, labels[4]), ("education_levels", level, labels[5])):
        if text and not any(rule in ("grades",) or rule.endswith((".field", ".wording")) for rule, _, _ in found.values()):
            issues.append(refused(field, text, "no known group" if field == "target_groups" else "no known level").issue)
    return Outcome(None, None, ",".join(i for i in issues if i)) if issues else NOTHING
