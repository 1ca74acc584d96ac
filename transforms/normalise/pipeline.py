"""Raw listings in, typed listings out: an ordered tuple of steps.

To add a step, write ``name_step(frame, priors) -> frame`` beside the function on one value, in the pattern that ``steps.py`` shows, and put it
into ``STEPS`` after what it reads and before what reads it.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from transforms.normalise.steps import Outcome, Priors, fill, finish, intake, made, raw

Step = Callable[[pd.DataFrame, Priors], pd.DataFrame]


def identity_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """record_id and portal, as given."""
    for name in ("record_id", "portal"):
        frame = fill(frame, (name,), raw(frame, name), as_given)
    return frame


def as_given(text: str) -> Outcome:
    """A text taken over as it stands."""
    return made(text, raw=text, rule="given", confidence=1.0)


#: the steps in order: a column keeps the first value it gets
STEPS: tuple[Step, ...] = (identity_step,)


def run(listings: pd.DataFrame, priors: Priors | None = None) -> pd.DataFrame:
    """Typed listings of raw ones, same rows in the same order. Raises ValueError only for a frame without record_id or title."""
    frame = intake(listings)
    for step in STEPS:
        frame = step(frame, priors or {})
    return finish(frame, listings.index)
