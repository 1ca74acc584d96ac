"""What must not be one initiative, whatever else speaks for it: different regions, editions that exclude each other, a curator's word."""

from __future__ import annotations

import numpy as np

from transforms.resolve.cluster import components
from transforms.resolve.comparison import Comparison
from transforms.resolve.ragged import places_among, runs

#: why a pair is kept apart, by code; 0 is no reason
REASONS = (
    "",
    "different regions",
    "different numbers",
    "different years in titles or addresses",
    "periods that do not meet",
    "different edition",
    "renewed later",
    "a tool of it",
    "one of the nation, one of a region",
    "sums of another order",
    "a plan to carry it out",
)

#: likeness of letters that two titles of one language need if they share no word that says which initiative it is
_LETTERS = 0.75

#: years between two starts, and between two ends, from which on they are two editions
_STARTS, _ENDS, _RENEWED, _TITLED_END = 5, 3, 2, 1

#: years between two starts from which on a curator is asked, and years from a start within which a year in a title may be that of the
#: start or the aim
_BEGUN, _EARLIEST, _LATEST = 2, -1, 6

#: how many times one sum must be the other: partners state up to five times another's, where one counts what is spent so far
_SUMS = np.float32(np.log(10))


def forbidden(comparison: Comparison) -> np.ndarray:
    """(m,) code of the first reason in ``REASONS`` that keeps each pair apart, 0 where none does."""
    column = comparison.__getitem__
    with np.errstate(invalid="ignore"):
        rules = (
            column("scope") <= -2,
            column("numbers") == -1,
            (column("title_years") == -1) | (column("address_years") == -1),
            (column("apart_years") >= 1)
            | (column("end_years") >= _ENDS)
            | (column("start_years") >= _STARTS)
            | (column("titled_end") >= _TITLED_END),
            (column("edition") >= 2) | (column("told_edition") == 1),
            (column("renewed") == 1) & (column("start_years") >= _RENEWED),
            column("only_tool") == 1,
            column("nation_region") == 1,
            column("budget") >= _SUMS,
            column("plan_of") == 1,
        )
    out = np.zeros(len(comparison), dtype=np.int8)
    for code in range(len(rules), 0, -1):
        out[rules[code - 1]] = code
    return out


def ruled(comparison: Comparison) -> Comparison:
    """The comparison with what follows from a pair alone, set aside: ``reason`` as `forbidden` says, and ``questionable``, 1 where
    a curator is to be asked, as `unfounded` and `open_questions` say."""
    questionable = unfounded(comparison) | open_questions(comparison)
    return comparison.beside(Comparison.of({}, {"reason": forbidden(comparison), "questionable": questionable}).narrowed())


#: reasons that set editions against each other
EDITIONS = (2, 3, 4, 5, 6)

#: two probabilities nearer than this do not decide between editions
_MARGIN = 0.15


def contested(i: np.ndarray, j: np.ndarray, probability: np.ndarray, reason: np.ndarray, floor: float) -> np.ndarray:
    """(m,) True for pairs that a listing has with two others which exclude each other as editions: the weaker one, or both where they are
    about as likely. Which of them it belongs to is a question for a curator.
    """
    likely = np.flatnonzero((probability >= floor) & (reason == 0))
    n = int(max(i.max(initial=0), j.max(initial=0))) + 1
    # each likely pair from both of its ends, in order of the end
    end, other, pair = np.r_[i[likely], j[likely]], np.r_[j[likely], i[likely]], np.r_[likely, likely]
    codes = end * n + other
    order = np.argsort(codes)
    codes, other, pair = codes[order], other[order], pair[order]
    partners = np.bincount(end, minlength=n)
    starts = np.cumsum(partners) - partners
    # two with a common partner are linked by it
    linked = components(n, i[likely], j[likely])
    against = np.flatnonzero(np.isin(np.arange(len(REASONS)), EDITIONS)[reason])
    against = against[linked[i[against]] == linked[j[against]]]
    # all likely partners of one edition, the one with fewer, and whether the other has them as well
    a, b = i[against], j[against]
    fewer = partners[a] <= partners[b]
    a, b = np.where(fewer, a, b), np.where(fewer, b, a)
    first = runs(starts[a], partners[a])
    place = places_among(np.repeat(b, partners[a]) * n + other[first], codes)
    both = place >= 0
    one, two = pair[first[both]], pair[place[both]]
    difference = probability[one] - probability[two]
    out = np.zeros(len(i), dtype=bool)
    out[one[difference < _MARGIN]] = True
    out[two[-difference < _MARGIN]] = True
    return out


def open_questions(comparison: Comparison) -> np.ndarray:
    """(m,) True where what the pages state makes it unlikely that they are one, but not impossible: starts some years apart, a year in a
    title that is neither the other's start nor within reach of it, an earlier trial, a pilot that its site lists beside the other."""
    column = comparison.__getitem__
    with np.errstate(invalid="ignore"):
        return (
            (column("begun_apart") >= _BEGUN)
            | (column("horizon") < _EARLIEST)
            | (column("horizon") > _LATEST)
            | (column("earlier_trial") == 1)
            | (column("pilot_beside") == 1)
        )


def unfounded(comparison: Comparison) -> np.ndarray:
    """(m,) True where two titles of one language have no word in common that says which initiative it is: other likeness is not enough."""
    column = comparison.__getitem__
    with np.errstate(invalid="ignore"):
        named = ~(column("specific_shared") <= 0) | (column("acronym") >= 1) | (column("trigrams") >= _LETTERS)
    return (column("same_language") == 1) & ~named
