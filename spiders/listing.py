"""The raw listing: what one portal says of one initiative, as strings the portal wrote.

Declared once here. ``FIELDS`` are the fields a person may also bring in (the *input* shape); the rest is added by a harvest.
Extraction finds and copies; nothing is parsed or translated before ``transforms``.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson

#: input shape: name -> what it holds. All are raw text; only the first two are required.
FIELDS: dict[str, str] = {
    "record_id": "stable name of the listing: portal + the platform's own id, or the URL plus an item key",
    "title": "the name as the page shows it",
    "description": "the describing text or HTML fragment",
    "language": "language of the listing as the page or its API states it",
    "country": "country in any wording or code",
    "nuts": "NUTS codes joined by ;",
    "place": "any wording of a place",
    "organisation": "who leads or owns it",
    "start": "when it starts, in any wording",
    "end": "when it ends, in any wording",
    "period": "any wording of when",
    "budget": "any wording of money",
    "currency": "currency where it stands apart from the amount",
    "url": "address of the page that shows the listing",
    "kind": "what it is called there: strategy, Programm, projet ...",
    "portal": "id of the portal card",
}

REQUIRED = ("record_id", "title")

#: further raw text that a harvest may find; people may bring these columns too.
HARVEST_FIELDS: dict[str, str] = {
    "level": "supranational, national, regional or local, in any wording",
    "target_group": "for whom, in any wording",
    "education_level": "which part of education, in any wording",
    "topic": "what it is about, in any wording; several joined by ;",
    "state": "running, planned, finished ... in any wording",
    "official_url": "address of the initiative itself, where the page links it",
    "published": "when the listing was published, as written",
    "modified": "when the listing was last changed, as written",
    "licence": "licence of this listing where it states one",
}

#: raw fields that a label of a facts box or a taxonomy of an API may fill.
LABELLED = tuple(k for k in (*FIELDS, *HARVEST_FIELDS) if k not in {"record_id", "portal", "url"})


@dataclass(slots=True)
class Listing:
    """One raw listing. Every field of ``FIELDS`` and ``HARVEST_FIELDS`` is a string or None."""

    record_id: str
    portal: str
    url: str
    title: str
    description: str | None = None
    language: str | None = None
    country: str | None = None
    nuts: str | None = None
    place: str | None = None
    organisation: str | None = None
    start: str | None = None
    end: str | None = None
    period: str | None = None
    budget: str | None = None
    currency: str | None = None
    kind: str | None = None
    level: str | None = None
    target_group: str | None = None
    education_level: str | None = None
    topic: str | None = None
    state: str | None = None
    official_url: str | None = None
    published: str | None = None
    modified: str | None = None
    licence: str | None = None
    canonical_url: str | None = None
    alternates: dict[str, str] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    shared_page: bool = False
    sources: dict[str, str] = field(default_factory=dict)

    #: what the fields that no person brings hold
    EXTRA: ClassVar[dict[str, str]] = {
        "canonical_url": "rel=canonical of the page, where it states one",
        "alternates": "hreflang alternates of the page: language -> URL",
        "labels": "every labelled value found: label -> strings, used or not",
        "shared_page": "true where the page shows several listings: then equal URLs say nothing about a pair",
        "sources": "where each field was taken from: field -> selector, JSON path or label",
    }

    def as_dict(self) -> dict[str, Any]:
        """The listing as JSON-ready values, empty ones left out."""
        return {name: value for name in _NAMES if (value := getattr(self, name)) or value == ""}

    @property
    def content_hash(self) -> str:
        """`hash_of` the listing."""
        return hash_of(self.as_dict())


_NAMES = tuple(f.name for f in dataclasses.fields(Listing))


def hash_of(row: Mapping[str, Any]) -> str:
    """32 hex digits over everything that the portal said of a listing; where it was found in the page does not count."""
    said = {k: v for k, v in row.items() if k not in ("sources", "content_hash")}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
