"""Steps that read single raw fields: text, language, addresses, periods."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from transforms.columns import series
from transforms.normalise.dates import Period, figure_order, parse_period, period_from_title
from transforms.normalise.language import detect
from transforms.normalise.steps import (
    NOTHING,
    Outcome,
    Prior,
    Priors,
    clear,
    fill,
    homes,
    made,
    prior_of,
    raw,
    record,
    refused,
    typed,
    write,
)
from transforms.normalise.text import clean, clean_title, split_acronym
from transforms.normalise.values import Refusal


def as_given(text: str) -> Outcome:
    """A text taken over as it stands."""
    return made(text, raw=text, rule="given", confidence=1.0)


def identity_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """record_id and portal, as given."""
    for name in ("record_id", "portal"):
        frame = fill(frame, (name,), raw(frame, name), as_given)
    return frame


def text_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """title, acronym and description without markup."""

    def title(key: tuple[str, str | None]) -> Outcome:
        text, language = key
        name, acronym = split_acronym(clean_title(text, language))
        return made(name, acronym, raw=text, rule="text.clean", confidence=1.0) if name else refused("title", text, "no text")

    def description(text: str) -> Outcome:
        cleaned = clean(text)
        return made(cleaned, raw=text, rule="text.clean", confidence=1.0) if cleaned else NOTHING

    keys = zip(raw(frame, "title"), raw(frame, "language"), strict=True)
    frame = fill(frame, ("title", "acronym"), keys, title)
    return fill(frame, ("description",), raw(frame, "description"), description)


def language_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """language of the title; the stated language and those of the portal are the prior."""

    sure: dict[tuple, str | None] = {}

    def one(key: tuple[str, str | None, tuple[str, ...]]) -> Outcome:
        title, stated, usual = key
        code, confidence = detect(title, ((stated,) if stated else ()) + usual)
        if code is None:
            return refused("language", title, "no words")
        sure[key] = code if confidence >= SURE_LANGUAGE else None
        return made(code, raw=stated or title, rule="language.detect", confidence=confidence)

    usual = (prior.languages for prior in prior_of(frame, priors))
    keys = list(zip(typed(frame, "title"), raw(frame, "language"), usual, strict=True))
    return write(fill(frame, ("language",), keys, one), {"cues.language": [sure.get(key) for key in keys]})


#: from this confidence on, cue words are read in the language found; below it in all languages
SURE_LANGUAGE = 0.6

PERIOD = ("start_date", "start_precision", "end_date", "end_precision")


def period_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """start and end: from their own fields; where both say nothing, from the period."""
    starts, ends, periods = raw(frame, "start"), raw(frame, "end"), raw(frame, "period")
    where = list(zip(typed(frame, "language"), homes(frame, priors), orders(frame, (starts, ends, periods)), strict=True))
    spare = [None if start or end else period for start, end, period in zip(starts, ends, periods, strict=True)]
    for field, texts in (("start", starts), ("end", ends), ("period", spare)):

        def one(key: tuple, field: str = field) -> Outcome:
            text, (language, country, order) = key
            return _period(parse_period(text, language=language, country=country, role=field, order=order), field, text)  # type: ignore[arg-type]

        frame = fill(frame, PERIOD, zip(texts, where, strict=True), one)
    return frame


def orders(frame: pd.DataFrame, columns: Sequence[Sequence[str | None]]) -> list[str | None]:
    """How the source of each row writes 03/04/2021, where its other rows prove it; a source is a portal, else a country."""
    sources = [portal or country for portal, country in zip(raw(frame, "portal"), raw(frame, "country"), strict=True)]
    texts: dict[str | None, set[str]] = {}
    for values in columns:
        for source, value in zip(sources, values, strict=True):
            if value and "/" in value:
                texts.setdefault(source, set()).add(value)
    proved = {source: figure_order(values) for source, values in texts.items()}
    return [proved.get(source) for source in sources]


def order_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """An end before its start is taken back: one of the two is wrong, and which cannot be told."""
    starts, ends = typed(frame, "start_date"), typed(frame, "end_date")
    wrong = [start is not None and end is not None and end < start for start, end in zip(starts, ends, strict=True)]
    if not any(wrong):
        return frame
    outcomes = [
        refused("end_date", end.isoformat(), f"before the start {start}") if bad else NOTHING
        for bad, start, end in zip(wrong, starts, ends, strict=True)
    ]
    return clear(record(frame, (), outcomes), ("end_date", "end_precision"), wrong)


def _period(found: Period | Refusal, field: str, text: str) -> Outcome:
    if not isinstance(found, Period):
        return refused(field, text, found.reason)
    values = (found.start, found.start_precision, found.end, found.end_precision)
    return made(*values, raw=text, rule=f"dates.{found.rule}", confidence=found.confidence)


def title_period_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """The years that a title names, where no field states a period: less sure."""

    def one(key: tuple[str, str | None]) -> Outcome:
        title, language = key
        found = period_from_title(title, language)
        if not isinstance(found, Period):
            return NOTHING
        values = (found.start, found.start_precision, found.end, found.end_precision)
        return made(*values, raw=title, rule=f"title.{found.rule}", confidence=min(found.confidence, 0.8))

    rows = zip(typed(frame, "title"), typed(frame, "language"), typed(frame, "start_date"), typed(frame, "end_date"), strict=True)
    keys = [None if start or end else (title, language) for title, language, start, end in rows]
    return fill(frame, PERIOD, keys, one)


def day_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """published_date and modified_date."""
    places = list(zip(typed(frame, "language"), homes(frame, priors), strict=True))
    for field in ("published", "modified"):

        def one(key: tuple, field: str = field) -> Outcome:
            text, (language, country) = key
            found = parse_period(text, language=language, country=country, role="start")
            if not isinstance(found, Period) or found.start is None:
                return refused(f"{field}_date", text, getattr(found, "reason", "no day"))
            return made(found.start, raw=text, rule=f"dates.{found.rule}", confidence=found.confidence)

        frame = fill(frame, (f"{field}_date",), zip(raw(frame, field), places, strict=True), one)
    return frame


def rights_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """licence and reuse: the listing's own licence, else the portal's word; unknown where neither speaks."""
    frame = fill(frame, ("licence",), raw(frame, "licence"), as_given)

    def card(prior: Prior) -> Outcome:
        return made(prior.licence or "unknown", raw=prior.licence or "", rule="rights.portal", confidence=1.0)

    def reuse(prior: Prior) -> Outcome:
        return made(prior.reuse, raw=prior.licence or "", rule="rights.portal", confidence=1.0) if prior.reuse else NOTHING

    usual = prior_of(frame, priors)
    return fill(fill(frame, ("licence",), usual, card), ("reuse",), usual, reuse)


def page_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """shared_page: what the harvest says."""
    shared = [str(value).lower() in ("true", "1") for value in raw(frame, "shared_page")]
    return frame.assign(shared_page=series("object", shared)) if any(shared) else frame
