"""Relevance to digital education in [0, 1]: which kinds of cue words stand where, weighed by a small logistic model.

The model is ``lookups/relevance-model.toml``: one weight a feature, an intercept, and the publication threshold. A feature is a yes or no
that a person can check: "the title names something digital", "title and description together name education and something digital".
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spiders.errors import ModelError

FILE = Path(__file__).with_name("lookups") / "relevance-model.toml"

#: words that mean digital education by themselves
BOTH = frozenset({"elearning", "online-learning", "digital-skills"})
#: teaching matter or equipment that is digital and often educational
NEAR = frozenset({"coding", "media", "tablet"})
DIGITAL = frozenset({"digital", "ict", "computer", "internet", "software", "ai", "cybersecurity", "multimedia", "data"})
FAINT = frozenset({"technology", "platform", "stem", "governance", "connectivity"})
EDUCATION = frozenset(
    {
        "education",
        "school",
        "pupil",
        "teacher",
        "leaders",
        "student",
        "university",
        "early",
        "primary",
        "lower-secondary",
        "upper-secondary",
        "secondary",
        "learning",
        "content",
        "vocational",
        "adult-learning",
    }
)
TRAINING = frozenset({"training"})
BUSINESS = frozenset({"n-business"})
ELSEWHERE = frozenset({"n-other"})
FIRMS = frozenset({"enterprise"})
#: the title says that it is a policy rather than one beneficiary's project
POLICY = frozenset({"k-strategy", "k-action-plan", "k-programme", "k-initiative", "k-legislation"})
YOUNG = frozenset({"children", "youth", "parents"})

_GROUPS = {
    "both": BOTH,
    "near": NEAR,
    "digital": DIGITAL,
    "faint": FAINT,
    "education": EDUCATION,
    "training": TRAINING,
    "business": BUSINESS,
    "elsewhere": ELSEWHERE,
    "firms": FIRMS,
    "policy": POLICY,
    "young": YOUNG,
}


def _bits(concepts: Iterable[str]) -> frozenset[str]:
    """The groups that a text's concepts fall into."""
    return frozenset(group for group, members in _GROUPS.items() if not members.isdisjoint(concepts))


def features(title: Mapping[str, str], description: Mapping[str, str], organisation: Mapping[str, str]) -> frozenset[str]:
    """The features that hold, from the concepts of title, description and organisation."""
    named, told = _bits(title), _bits(description)
    found = {f"title {group}" for group in named - {"policy"}} | {f"text {group}" for group in told - {"policy", "young"}}
    for where, groups in (("title", named), ("text", told)):
        if "digital" in groups or "near" in groups:
            if "education" in groups:
                found.add(f"{where} digital with education")
            elif "training" in groups:
                found.add(f"{where} digital with training")
    if ({"digital", "near"} & named and "education" in told) or ({"digital", "near"} & told and "education" in named):
        found.add("digital and education apart")
    if "faint" in named | told and "education" in named | told and not {"digital", "near", "both"} & (named | told):
        found.add("faint with education")
    if "policy" in named:
        found |= {f"title policy on {group}" for group in ("digital", "education", "faint") if group in named}
    if {"digital", "near"} & named and not {"education", "training", "both"} & (named | told) and "young" in named | told:
        found.add("title digital, for the young")
    if "faint" in named and "education" in named:
        found.add("title faint with education")
    if not EDUCATION.isdisjoint(organisation):
        found.add("organisation teaches")
        if {"digital", "near"} & named:
            found.add("organisation teaches, title digital")
    if len(DIGITAL.intersection(title)) > 1:
        found.add("title digital twice")
    if len(EDUCATION.intersection(title)) > 1:
        found.add("title education twice")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: weights by feature; ``threshold`` is the relevance from which a listing is published."""

    intercept: float
    threshold: float
    weights: Mapping[str, float]

    def score(self, found: Iterable[str], shift: float = 0.0) -> float:
        """The probability that a listing with these features is about digital education; ``shift`` is what its portal adds."""
        total = self.intercept + shift + sum(self.weights.get(name, 0.0) for name in found)
        return round(1 / (1 + math.exp(-total)), 4)


@cache
def model() -> Model:
    """The model that ships with the project."""
    try:
        table = tomllib.loads(FILE.read_text(encoding="utf-8"))
        return Model(table["intercept"], table["threshold"], table["weights"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot read the relevance model: {error}", where=str(FILE), hint="mend the file or reinstall") from error


#: what a portal that is all about digital education, by its card's word, adds to the log-odds of its listings
DEDICATED = 4.0


def portal_shift(share: float | None) -> float:
    """What a portal adds to the log-odds of its listings, by the share of them that is about digital education.

    In steps, so that one listing more or less does not move all the others.
    """
    if share is None or share < 0.5:
        return 0.0
    return 0.75 if share < 0.7 else 1.5


def threshold() -> float:
    """The relevance from which a listing is published: the one setting, in ``lookups/relevance-model.toml``."""
    return model().threshold
