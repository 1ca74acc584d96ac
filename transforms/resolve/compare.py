"""The comparison of candidate pairs: one column of numbers for each way in which two listings can be alike.

``compare`` returns a `Comparison`, NaN where one side says nothing. Columns named ``*_lo`` and ``*_hi`` hold the lesser and the greater of
both directions, so that a pair has no left and right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from transforms.resolve.comparison import Comparison
from transforms.resolve.editions import edition_columns
from transforms.resolve.embedding import WordVectors, word_vectors
from transforms.resolve.prepare import Records
from transforms.resolve.ragged import coded, codes_of, pair_codes
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
from transforms.resolve.units import units
from transforms.resolve.words import plain

#: units kept of descriptions and addresses
_MOST_DESCRIPTION, _MOST_SLUG = 24, 24

#: a word as acronyms are written
_SPELLED = re.compile(r"\w[\w&@+]*")

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

#: concepts of tools: a thing of which only one side speaks is a part of the other
TOOLS = ("#messenger", "#app", "#lms")

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
    title_means, bits = titles or (means(title), signatures([" ".join(core) for core in records.core]))
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


def relate(keys: Sequence[Hashable], i: np.ndarray, j: np.ndarray, judge: Callable[[Any, Any], float]) -> np.ndarray:
    """``judge`` of the keys of every pair, called once for each distinct pair of keys."""
    return relate_coded(*codes_of(keys), i, j, judge)


def relate_coded(codes: np.ndarray, held: Sequence[Any], i: np.ndarray, j: np.ndarray, judge: Callable[[Any, Any], float]) -> np.ndarray:
    """`relate` where the keys are already coded."""
    a, b, n = codes[i], codes[j], len(held)
    combined, back = coded(pair_codes(a, b, n), n * n)
    judged = [judge(held[c // n], held[c % n]) for c in combined.tolist()]
    return np.array(judged, dtype=np.float32)[back]


def _years(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    if not a or not b:
        return 0.0 if not a and not b else 1.0
    if a == b:
        return 3.0
    return 2.0 if a[-1] == b[-1] or set(a) & set(b) else -1.0


def _sets(a: frozenset, b: frozenset) -> float:
    """2 common, -1 both but nothing common, 1 one alone, 0 neither."""
    if a and b:
        return 2.0 if a & b else -1.0
    return 1.0 if a or b else 0.0


def nested(a: Iterable[str], b: Collection[str]) -> bool:
    """Whether some region of one lies in, or is, a region of the other."""
    return any(x.startswith(y) or y.startswith(x) for x in a for y in b)


def scope(a: tuple[tuple[str, ...], tuple[str, ...]], b: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
    """How the places of two listings relate; each is (stated NUTS codes, regions named in the text).

    3 same region, 2 one states what the other names, 1 both name the same, 0 nothing said, -1 one names a region,
    -2 one states a region and the other none, -3 different regions
    """
    (own_a, named_a), (own_b, named_b) = a, b
    if own_a and own_b:
        return 3.0 if set(own_a) == set(own_b) or (nested(own_a, own_b) and len(own_a) == len(own_b)) else -3.0
    if own_a or own_b:
        stated, named = (own_a, named_b) if own_a else (own_b, named_a)
        if named:
            return 2.0 if nested(stated, named) else -3.0
        return -2.0
    if named_a and named_b:
        return 1.0 if nested(named_a, named_b) else -2.0
    return -1.0 if named_a or named_b else 0.0


def _acronyms(a: tuple[frozenset, frozenset, frozenset], b: tuple[frozenset, frozenset, frozenset]) -> float:
    """3 a common acronym, 2 one's acronym among the other's words, 1 among its initials, -1 different ones, 0 nothing."""
    if a[0] & b[0]:
        return 3.0
    if a[0] & b[1] or b[0] & a[1]:
        return 2.0
    if a[0] & b[2] or b[0] & a[2]:
        return 1.0
    return -1.0 if a[0] and b[0] else 0.0


def _unknown(records: Records, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """(m,) of how many listings of a pair the acronyms stand nowhere in the other's texts; NaN where neither has any."""
    has = np.array([bool(a) for a in records.acronyms], dtype=bool)
    out = np.full(len(i), np.nan, dtype=np.float32)
    known: dict[int, frozenset[str]] = {}
    for pair in np.flatnonzero(has[i] | has[j]).tolist():
        count = 0
        for row, other in ((int(i[pair]), int(j[pair])), (int(j[pair]), int(i[pair]))):
            if has[row]:
                if other not in known:
                    known[other] = _spelled(records, other)
                count += not records.acronyms[row] & known[other]
        out[pair] = count
    return out


def _spelled(records: Records, row: int) -> frozenset[str]:
    """All words of a listing as acronyms are written, its initials included."""
    texts = " ".join((records.titles[row], records.descriptions[row], records.slugs[row]))
    return records.acronyms[row] | records.initials[row] | frozenset(plain(w) for w in _SPELLED.findall(texts))


def _lo_hi(out: dict[str, np.ndarray], name: str, a: np.ndarray, b: np.ndarray) -> None:
    out[f"{name}_lo"], out[f"{name}_hi"] = np.minimum(a, b), np.maximum(a, b)


def compare(records: Records, texts: Texts, i: np.ndarray, j: np.ndarray) -> Comparison:
    """Every comparison of the pairs (i, j) that needs no other pairs."""
    out: dict[str, np.ndarray] = {}
    aside: dict[str, np.ndarray] = {}
    _titles(out, aside, records, texts, i, j)
    _other_texts(out, aside, texts, i, j)
    _marks(out, records, i, j)
    _facts(out, records, i, j)
    out |= edition_columns(records, i, j)
    return Comparison.of(out, aside).narrowed()


def _titles(out: dict[str, np.ndarray], aside: dict[str, np.ndarray], records: Records, texts: Texts, i: np.ndarray, j: np.ndarray) -> None:
    out["cosine"] = cosine(texts.title_means, i, texts.title_means, j)
    aligned, specific, lacks_a, lacks_b = align_titles(texts.title, texts.specific, texts.names, i, j)
    for name, column in (("inside", "cover"), ("more", "rest")):
        aside[f"{name}_a"], aside[f"{name}_b"] = aligned[f"{column}_a"], aligned[f"{column}_b"]
    _lo_hi(out, "cover", aligned["cover_a"], aligned["cover_b"])
    _lo_hi(out, "rest", aligned["rest_a"], aligned["rest_b"])
    out["shared"] = aligned["shared"]
    some = ((texts.specific.rows[i] >= 0).any(axis=1)) & ((texts.specific.rows[j] >= 0).any(axis=1))
    _lo_hi(out, "specific", *(np.where(some, specific[side], np.nan) for side in ("cover_a", "cover_b")))
    out["specific_shared"] = np.where(some, specific["shared"], np.nan)
    out["specific_cosine"] = np.where(some, cosine(texts.specific_means, i, texts.specific_means, j), np.nan)
    out["specific_rest"] = np.where(some, np.maximum(specific["rest_a"], specific["rest_b"]), np.nan)
    out["trigrams"] = trigrams(texts.bits, i, j)
    sizes = (texts.title.rows >= 0).sum(axis=1)
    weight = texts.title.weights.sum(axis=1)
    _lo_hi(out, "length", sizes[i], sizes[j])
    _lo_hi(out, "nameless", lacks_a, lacks_b)
    # a name added to an otherwise equal short title mostly names a part of it
    part = (out["cover_hi"] >= 0.9) & (out["length_hi"] <= _SHORT) & (out["length_hi"] > out["length_lo"])
    out["addition"] = np.where(part, out["rest_hi"], 0)
    out["only_kind"] = np.maximum(*((np.array([set(core) <= GENERIC for core in records.core], dtype=np.float32))[side] for side in (i, j)))
    _lo_hi(out, "weight", weight[i], weight[j])
    out["same_units"] = relate([frozenset(core) for core in records.core], i, j, lambda a, b: float(a == b))
    spelled = [
        (ac, frozenset(w for w in core if not w.startswith("#")) | ac, ini)
        for ac, core, ini in zip(records.acronyms, records.core, records.initials, strict=True)
    ]
    out["acronym"] = relate(spelled, i, j, _acronyms)
    out["acronym_alone"] = relate([bool(a) for a in records.acronyms], i, j, lambda a, b: float(a != b))
    out["acronym_unknown"] = _unknown(records, i, j)


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


def _marks(out: dict[str, np.ndarray], records: Records, i: np.ndarray, j: np.ndarray) -> None:
    marks = records.marks
    out["title_years"] = relate([m.years for m in marks], i, j, _years)
    out["edition"] = relate([m.edition for m in marks], i, j, lambda a, b: float(a != b) * max(a, b))
    out["numbers"] = relate([m.numbers for m in marks], i, j, _sets)
    out["kinds"] = relate([m.kinds for m in marks], i, j, _sets)
    for name in ("phase", "renewed"):
        out[name] = relate([getattr(m, name) for m in marks], i, j, lambda a, b: float(a != b))
    out["pilot_told"] = relate(records.tried, i, j, lambda a, b: float(a != b))
    held = [frozenset(core) for core in records.core]
    tools = [core & set(TOOLS) for core in held]
    out["only_tool"] = relate([frozenset(t) for t in tools], i, j, lambda a, b: float(a != b))
    nation, region = np.array(["#national" in core for core in held], dtype=bool), np.array([bool(n) for n in records.named], dtype=bool)
    out["nation_region"] = (nation[i] & ~nation[j] & region[j]) | (nation[j] & ~nation[i] & region[i])
    for concept in TELLING:
        has = np.array([f"#{concept}" in core for core in held], dtype=np.float32)
        out[f"only_{concept}"] = np.abs(has[i] - has[j])


def _facts(out: dict[str, np.ndarray], records: Records, i: np.ndarray, j: np.ndarray) -> None:
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
    out["scope"] = relate(list(zip(records.nuts, records.named, strict=True)), i, j, scope)
    with np.errstate(all="ignore"):
        out["budget"] = np.abs(np.log(records.budgets[i]) - np.log(records.budgets[j]))
    out["organisation"] = relate([frozenset(units(o)) for o in records.organisations], i, j, _overlap)
    out["kind"] = relate(records.kinds, i, j, lambda a, b: np.nan if not a or not b else float(a == b))
    out["same_site"] = relate(records.sites, i, j, lambda a, b: float(bool(a) and a == b))
    out["same_page"] = relate(list(zip(records.page, records.variants, strict=True)), i, j, _one_page)
    out["same_url"] = relate(records.urls, i, j, lambda a, b: float(bool(a) and a == b))
    out["same_language"] = relate(records.languages, i, j, lambda a, b: float(a == b))


def _one_page(a: tuple[str, frozenset[str]], b: tuple[str, frozenset[str]]) -> float:
    """Whether one tells that the other is its page in another language. Equal addresses alone may be a body's home page, given for all that
    it does."""
    return float(bool(a[1] & b[1]) or a[0] in b[1] or b[0] in a[1])


def _overlap(a: frozenset, b: frozenset) -> float:
    return np.nan if not a or not b else len(a & b) / min(len(a), len(b))


#: columns that depend on the other candidates
COMPANY = ("behind_lo", "behind_hi", "crowd")


def with_company(comparison: Comparison, crowd: np.ndarray, i: np.ndarray, j: np.ndarray) -> Comparison:
    """The comparison with how each pair stands among all other candidates of its two listings. ``crowd`` (n,) is how many listings the
    country of each listing has."""
    out: dict[str, np.ndarray] = {}
    merit = comparison["cover_lo"] + comparison["cosine"]
    best = np.full(len(crowd), -1.0, dtype=np.float32)
    np.maximum.at(best, i, merit)
    np.maximum.at(best, j, merit)
    _lo_hi(out, "behind", best[i] - merit, best[j] - merit)
    out["crowd"] = np.log(crowd.astype(np.float32))[i]
    return comparison.beside(Comparison.of(out).narrowed())
