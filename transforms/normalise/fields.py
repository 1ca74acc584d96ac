"""Steps that read single raw fields: text, language, addresses, periods."""

from __future__ import annotations

import pandas as pd

from transforms.normalise.dates import Period, parse_period, period_from_title
from transforms.normalise.language import detect
from transforms.normalise.steps import NOTHING, Outcome, Priors, fill, made, prior_of, raw, refused, typed
from transforms.normalise.text import clean, split_acronym
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

    def title(text: str) -> Outcome:
        name, acronym = split_acronym(clean(text))
        return made(name, acronym, raw=text, rule="text.clean", confidence=1.0) if name else refused("title", text, "no text")

    def description(text: str) -> Outcome:
        cleaned = clean(text)
        return made(cleaned, raw=text, rule="text.clean", confidence=1.0) if cleaned else NOTHING

    frame = fill(frame, ("title", "acronym"), raw(frame, "title"), title)
    return fill(frame, ("description",), raw(frame, "description"), description)


def language_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """language of the title; the stated language and those of the portal are the prior."""

    def one(key: tuple[str, str | None, tuple[str, ...]]) -> Outcome:
        title, stated, usual = key
        code, confidence = detect(title, ((stated,) if stated else ()) + usual)
        if code is None:
            return refused("language", title, "no words")
        return made(code, raw=stated or title, rule="language.detect", confidence=confidence)

    keys = zip(typed(frame, "title"), raw(frame, "language"), (p.languages for p in prior_of(frame, priors)), strict=True)
    return fill(frame, ("language",), keys, one)


PERIOD = ("start_date", "start_precision", "end_date", "end_precision")


def period_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """start and end: from their own fields, else the period, else the title."""
    places = list(zip(typed(frame, "language"), typed(frame, "country"), strict=True))
    for field in ("start", "end", "period"):

        def one(key: tuple, field: str = field) -> Outcome:
            text, (language, country) = key
            return _period(parse_period(text, language=language, country=country, role=field), field, text)  # type: ignore[arg-type]

        frame = fill(frame, PERIOD, zip(raw(frame, field), places, strict=True), one)
    return frame


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
    places = list(zip(typed(frame, "language"), typed(frame, "country"), strict=True))
    for field in ("published", "modified"):

        def one(key: tuple, field: str = field) -> Outcome:
            text, (language, country) = key
            found = parse_period(text, language=language, country=country, role="start")
            if not isinstance(found, Period) or found.start is None:
                return refused(f"{field}_date", text, getattr(found, "reason", "no day"))
            return made(found.start, raw=text, rule=f"dates.{found.rule}", confidence=found.confidence)

        frame = fill(frame, (f"{field}_date",), zip(raw(frame, field), places, strict=True), one)
    return frame
