"""Raw listings in about thirty languages in, one clean typed listing out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from transforms.normalise.steps import Prior

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Prior", "normalise"]


def normalise(listings: pd.DataFrame, priors: Mapping[str, Prior] | None = None) -> pd.DataFrame:
    """Typed listings of raw or input ones: the columns of ``transforms/columns.toml``, same rows in the same order.

    ``priors`` maps a portal id to the word of its card. Rows that are typed already pass through. A value that cannot be read stays
    empty and stands in ``issues``; a listing without title or identity is returned with ``included`` false and its reason.
    """
    from transforms.normalise import pipeline  # loads every table of names: only when there is something to normalise

    return pipeline.run(listings, priors)
