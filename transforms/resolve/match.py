"""Somebody's own list held against the published atlas."""

from __future__ import annotations

import pandas as pd

from transforms.columns import COLUMNS, conform
from transforms.resolve import resolve

#: keeps the ids of the list apart from those of the atlas
PREFIX = "list\x1f"

#: published column -> typed column, where they differ
RENAMED = {"is_included": "included", "is_shared_page": "shared_page"}


def as_typed(published: pd.DataFrame) -> pd.DataFrame:
    """The rows of the published table `listings` as typed listings; what a release does not carry is empty."""
    frame = published.rename(columns=RENAMED).drop(columns=["issues"], errors="ignore")
    return conform(frame[[name for name in frame.columns if name in COLUMNS]])


def match(listings: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """For every typed listing the initiative it most likely is: record_id, initiative_id (None where none comes near), score, verdict.

    published: rows of the table `listings` that belong to an initiative. verdict: join, doubtful or apart (then it is new to the atlas).
    """
    atlas = as_typed(published)
    owner = dict(zip(published["record_id"], published["initiative_id"], strict=True))
    mine = listings.assign(record_id=PREFIX + listings["record_id"])
    pairs = resolve(pd.concat([atlas, mine], ignore_index=True)).matches
    left = pairs["record_a"].str.startswith(PREFIX)
    right = pairs["record_b"].str.startswith(PREFIX)
    across = pairs[left != right].copy()
    flipped = across["record_b"].str.startswith(PREFIX)
    across["record_id"] = across["record_a"].where(~flipped, across["record_b"]).str.removeprefix(PREFIX)
    across["initiative_id"] = across["record_b"].where(~flipped, across["record_a"]).map(owner)
    # a join beats a doubtful pair whatever the score; ties fall to the smaller id, so that the answer does not depend on row order
    across["rank"] = across["verdict"].map({"join": 0, "doubtful": 1, "apart": 2})
    best = across.sort_values(["rank", "score", "initiative_id"], ascending=[True, False, True]).drop_duplicates("record_id")
    best = best[best["verdict"] != "apart"]
    frame = listings[["record_id"]].merge(best[["record_id", "initiative_id", "score", "verdict"]], on="record_id", how="left")
    frame["initiative_id"] = frame["initiative_id"].astype(object).where(frame["initiative_id"].notna(), None)
    return frame.fillna({"score": 0.0, "verdict": "apart"})
