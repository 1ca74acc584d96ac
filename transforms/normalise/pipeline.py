"""Raw listings in, typed listings out: an ordered tuple of steps.

To add a step, write ``name_step(frame, priors) -> frame`` beside the function on one value, in the pattern that ``steps.py`` shows, and put
it into ``STEPS`` after what it reads and before what reads it.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from transforms import columns
from transforms.normalise import classify, fields, money, organisations, places, urls, variants
from transforms.normalise.steps import Priors, finish, intake

Step = Callable[[pd.DataFrame, Priors], pd.DataFrame]

#: the steps in order: a column keeps the first value it gets
STEPS: tuple[Step, ...] = (
    fields.identity_step,
    fields.page_step,
    fields.text_step,
    fields.language_step,
    urls.urls_step,
    variants.variants_step,
    places.places_step,
    fields.period_step,
    fields.title_period_step,
    fields.order_step,
    fields.day_step,
    money.money_step,
    organisations.organisations_step,
    classify.cues_step,
    classify.relevance_step,
    classify.kind_step,
    classify.status_step,
    classify.lists_step,
    fields.rights_step,
)

#: a row that has these is typed already
TYPED = ("provenance", "relevance")


def run(listings: pd.DataFrame, priors: Priors | None = None) -> pd.DataFrame:
    """Typed listings of raw ones, same rows in the same order; rows that are typed already come back as they are."""
    if not all(name in listings.columns for name in TYPED):
        return _type(listings, priors or {})
    done = listings[list(TYPED)].notna().all(axis=1).to_numpy()
    if done.all():
        return columns.conform(listings)
    # positions, not labels: the index may hold a label twice
    fresh = _type(listings[~done], priors or {})
    both = pd.concat([columns.conform(listings[done]), fresh])
    order = [*(i for i, typed in enumerate(done) if typed), *(i for i, typed in enumerate(done) if not typed)]
    return both.iloc[sorted(range(len(order)), key=order.__getitem__)]


def _type(listings: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    frame = intake(listings)
    for step in STEPS:
        frame = step(frame, priors)
    return finish(frame, listings.index)
