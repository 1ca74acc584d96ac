"""The comparison of candidate pairs: one column of numbers for each way in which two listings can be alike.

A `Comparer` returns a `Comparison`, NaN where one side says nothing. Columns named ``*_lo`` and ``*_hi`` hold the lesser and the greater of
both directions, so that a pair has no left and right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from transforms.resolve.answers import Answers
from transforms.resolve.comparison import Comparison
from transforms.resolve.editions import edition_columns
from transforms.resolve.embedding import WordVectors, word_vectors
from transforms.resolve.prepare import Records
from transforms.resolve.similarity import (
    Vocabulary,
    Weights,
    Words,
    align,
    align_titles,
    cosine,
    domain_weights,
    means,
    padded,
    signatures,
    trigrams,
)

#: units kept of descriptions and addresses
_MOST_DESCRIPTION, _MOST_SLUG = 24, 24

#: units of a short title
_SHORT = 5

#: concepts that make another thing of the same name when only one side has them
TELLING: tuple[str, ...] = (
    "pilot",
    "action",
    "platform",
    "national",
    "phase",
    "law",
    "call",
    "operational",
    "strategy",
    "programme",
    "plan",
    "project",
    "initiative",
)

#: concepts that say what kind of undertaking it is or for whom, hardly which one
GENERIC = frozenset(
    [
        *("#programme", "#project", "#initiative", "#plan", "#strategy", "#action", "#national", "#regional", "#development", "#system"),
        *("#implementation", "#improvement"),
    ]
)


@dataclass(slots=True)
class Texts:
    """The vectors of all listings' texts: made once, used for candidates, comparison and relations."""

    title: Words
    title_means: np.ndarray
    title_full: Words
    specific: Words
    specific_means: np.ndarray
    names: Words
    description: Words
    description_means: np.ndarray
    slug: Words
    bits: np.ndarray


def vectorise(
    records: Records,
    vectors: WordVectors | None = None,
    weights: Mapping[str, Weights] | None = None,
    *,
    titles: tuple[np.ndarray, np.ndarray] | None = None,
) -> Texts:
    """The texts of all records as arrays. A record's own do not depend on the others; ``weights`` default to the shipped ones; ``titles``
    are ``title_means`` and ``bits`` where they are known."""
    weights = weights or domain_weights()
    known = Vocabulary(records.core, records.described, records.address, vectors=vectors or word_vectors())
    titles_say, texts_say = known.weigh(weights["titles"]), known.weigh(weights["texts"])
    core = known.read(records.core)
    title = padded(core, titles_say, known)
    title_means, bits = titles or (means(title), signatures(records.core))
    description = padded(known.read(records.described), texts_say, known, _MOST_DESCRIPTION)
    specific = padded(core.only(known.which(lambda unit: unit not in GENERIC)[core.values]), titles_say, known)
    return Texts(
        title,
        title_means,
        padded(core, texts_say, known),
        specific,
        means(specific),
        padded(core.only(known.which(lambda unit: not unit.startswith("#"))[core.values]), titles_say, known),
        description,
        means(description),
        padded(known.read(records.address), known.weigh(replace(weights["texts"], unseen=None)), known, _MOST_SLUG),
        bits,
    )


def _lo_hi(out: dict[str, np.ndarray], name: str, a: np.ndarray, b: np.ndarray) -> None:
    out[f"{name}_lo"], out[f"{name}_hi"] = np.minimum(a, b), np.maximum(a, b)


class Comparer:
    """Compares pairs of some listings. What each listing says for itself is made ready once, for however many pairs."""

    def __init__(self, records: Records, texts: Texts) -> None:
        self.records, self.texts = records, texts
        self._answers = Answers(records)
        self._named = np.array([bool(regions) for regions in records.named], dtype=bool)
        self._generic = np.array([GENERIC.issuperset(core) for core in records.core], dtype=bool)
        self._tells = _tells(records)

    def __call__(self, i: np.ndarray, j: np.ndarray) -> Comparison:
        """Every comparison of the pairs (i, j) that needs no other pairs."""
        out: dict[str, np.ndarray] = {}
        aside: dict[str, np.ndarray] = {}
        self._titles(out, aside, i, j)
        _other_texts(out, aside, self.texts, i, j)
        out |= self._answers.columns(i, j)
        nation, region = self._tells["national"], self._named
        out["nation_region"] = (nation[i] & ~nation[j] & region[j]) | (nation[j] & ~nation[i] & region[i])
        out |= {f"only_{concept}": told[i] != told[j] for concept, told in self._tells.items()}
        _numbers(out, self.records, i, j)
        out |= edition_columns(self.records, i, j, out["same_site"])
        return Comparison.of(out, aside).narrowed()

    def _titles(self, out: dict[str, np.ndarray], aside: dict[str, np.ndarray], i: np.ndarray, j: np.ndarray) -> None:
        texts = self.texts
        out["cosine"] = cosine(texts.title_means, i, texts.title_means, j)
        aligned, specific, lacks_a, lacks_b = align_titles(texts.title, texts.specific, texts.names, i, j)
        for name, column in (("inside", "cover"), ("more", "rest")):
            aside[f"{name}_a"], aside[f"{name}_b"] = aligned[f"{column}_a"], aligned[f"{column}_b"]
        _lo_hi(out, "cover", aligned["cover_a"], aligned["cover_b"])
        _lo_hi(out, "rest", aligned["rest_a"], aligned["rest_b"])
        out["shared"] = aligned["shared"]
        has = texts.specific.sizes > 0
        some = has[i] & has[j]
        _lo_hi(out, "specific", *(np.where(some, specific[side], np.nan) for side in ("cover_a", "cover_b")))
        out["specific_shared"] = np.where(some, specific["shared"], np.nan)
        out["specific_cosine"] = np.where(some, cosine(texts.specific_means, i, texts.specific_means, j), np.nan)
        out["specific_rest"] = np.where(some, np.maximum(specific["rest_a"], specific["rest_b"]), np.nan)
        out["trigrams"] = trigrams(texts.bits, i, j)
        sizes, weight = texts.title.sizes, texts.title.weights.sum(axis=1)
        _lo_hi(out, "length", sizes[i], sizes[j])
        _lo_hi(out, "nameless", lacks_a, lacks_b)
        # a name added to an otherwise equal short title mostly names a part of it
        part = (out["cover_hi"] >= 0.9) & (out["length_hi"] <= _SHORT) & (out["length_hi"] > out["length_lo"])
        out["addition"] = np.where(part, out["rest_hi"], 0)
        out["only_kind"] = self._generic[i] | self._generic[j]
        _lo_hi(out, "weight", weight[i], weight[j])


def _tells(records: Records) -> dict[str, np.ndarray]:
    """Of every concept that tells, (n,) which titles have it."""
    place = {f"#{concept}": k for k, concept in enumerate(TELLING)}
    told = np.zeros((len(TELLING), len(records)), dtype=bool)
    for row, core in enumerate(records.core):
        for unit in core:
            if unit in place:
                told[place[unit], row] = True
    return dict(zip(TELLING, told, strict=True))


def _other_texts(out: dict[str, np.ndarray], aside: dict[str, np.ndarray], texts: Texts, i: np.ndarray, j: np.ndarray) -> None:
    out["described"] = cosine(texts.description_means, i, texts.description_means, j)
    aligned = align(texts.description, i, texts.description, j)
    out["described_shared"] = aligned["shared"]
    out["described_cover"] = (aligned["cover_a"] + aligned["cover_b"]) / 2
    there, back = align(texts.title_full, i, texts.description, j), align(texts.title_full, j, texts.description, i)
    _lo_hi(out, "told", there["cover_a"], back["cover_a"])
    out["told_shared"] = np.maximum(there["shared"], back["shared"])
    there, back = align(texts.title_full, i, texts.slug, j), align(texts.title_full, j, texts.slug, i)
    _lo_hi(out, "address", there["cover_a"], back["cover_a"])
    aside |= {"leads_a": back["cover_a"], "leads_b": there["cover_a"]}
    aligned = align(texts.slug, i, texts.slug, j)
    out["address_shared"] = aligned["shared"]
    out["address_cover"] = np.minimum(aligned["cover_a"], aligned["cover_b"])


def _numbers(out: dict[str, np.ndarray], records: Records, i: np.ndarray, j: np.ndarray) -> None:
    starts, ends = records.starts, records.ends
    both = (starts[i] > 0) & (starts[j] > 0)
    out["start_years"] = np.where(both, np.abs(starts[i] - starts[j]), np.nan)
    both = (ends[i] > 0) & (ends[j] > 0)
    out["end_years"] = np.where(both, np.abs(ends[i] - ends[j]), np.nan)
    # years between the end of one and the start of the other: what is over before the other begins is not the other
    after = np.where((starts[i] > 0) & (ends[j] > 0), starts[i] - ends[j], -30)
    before = np.where((starts[j] > 0) & (ends[i] > 0), starts[j] - ends[i], -30)
    out["apart_years"] = np.where(np.maximum(after, before) > -30, np.maximum(after, before), np.nan)
    out["era"] = np.abs(records.eras[i] - records.eras[j])
    with np.errstate(all="ignore"):
        out["budget"] = np.abs(np.log(records.budgets[i]) - np.log(records.budgets[j]))


#: columns that depend on the other candidates
COMPANY = ("behind_lo", "behind_hi", "crowd")
#: of which a pair's merit among the others of its two listings is the sum
MERIT = ("cover_lo", "cosine")


def with_company(comparison: Comparison, crowd: np.ndarray, i: np.ndarray, j: np.ndarray) -> Comparison:
    """The comparison with how each pair stands among all other candidates of its two listings. ``crowd`` (n,) is how many listings the
    country of each listing has."""
    out: dict[str, np.ndarray] = {}
    merit = comparison[MERIT[0]] + comparison[MERIT[1]]
    best = np.full(len(crowd), -1.0, dtype=np.float32)
    np.maximum.at(best, i, merit)
    np.maximum.at(best, j, merit)
    _lo_hi(out, "behind", best[i] - merit, best[j] - merit)
    out["crowd"] = np.log(crowd.astype(np.float32))[i]
    return comparison.beside(Comparison.of(out).narrowed())
