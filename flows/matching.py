"""A ministry's own list against the published atlas, file in, file out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd

from flows.config import Settings
from spiders.errors import UsageError
from transforms.listing_files import read_listings
from transforms.resolve.dedupe import read_typed
from transforms.resolve.match import match
from warehouse.query import connect

QUERY = Path(__file__).parent / "queries" / "published_listings.sql"


def match_file(settings: Settings, source: Path, out: Path) -> Counter[str]:
    """Write the rows of ``source`` with initiative_id, score and verdict; returns how many rows have each verdict.

    Raises UsageError for an extension that cannot be written.
    """
    if out.suffix.lower() not in (".csv", ".jsonl", ".xlsx"):
        raise UsageError(f"cannot write {out.suffix or 'a file without extension'}", where=str(out), hint="Name it .csv, .jsonl or .xlsx.")
    typed, refused = read_typed(source)
    with connect(settings.database) as con:
        published = con.execute(QUERY.read_text(encoding="utf-8")).df()
    found = match(typed, published)
    rows = _as_given(source).merge(found, on="record_id", how="inner")
    if out.suffix.lower() == ".csv":
        rows.to_csv(out, index=False)
    elif out.suffix.lower() == ".xlsx":
        rows.to_excel(out, index=False, engine="xlsxwriter")
    else:
        rows.to_json(out, orient="records", lines=True, force_ascii=False)
    return Counter(found["verdict"]) + Counter(refused=len(refused))


def _as_given(source: Path) -> pd.DataFrame:
    """The rows as they were brought, their own columns included."""
    rows = pd.concat(list(read_listings(source)), ignore_index=True)
    if "extra" in rows:
        own = pd.DataFrame([json.loads(text) if isinstance(text, str) else {} for text in rows["extra"]], index=rows.index)
        rows = pd.concat([rows.drop(columns="extra"), own], axis="columns")
    return rows.dropna(axis="columns", how="all")
