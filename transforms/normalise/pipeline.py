"""Raw listings in, typed listings out: an ordered tuple of steps.

To add a step, write ``name_step(frame, priors) -> frame`` beside the function on one value, in the pattern that ``steps.py`` shows, and put
it into ``STEPS`` after what it reads and before what reads it.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from transforms.normalise import fields
from transforms.normalise.steps import Priors, finish, intake

Step = Callable[[pd.DataFrame, Priors], pd.DataFrame]

#: the steps in order: a column keeps the first value it gets
STEPS: tuple[Step, ...] = (
    fields.identity_step,
    fields.text_step,
    fields.language_step,
    fields.period_step,
    fields.title_period_step,
    fields.day_step,
)


def run(listings: pd.DataFrame, priors: Priors | None = None) -> pd.DataFrame:
    """Typed listings of raw ones, same rows in the same order."""
    frame = intake(listings)
    for step in STEPS:
        frame = step(frame, priors or {})
    return finish(frame, listings.index)
