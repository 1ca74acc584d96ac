"""Extraction from pages that nobody wrote selectors for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from spiders.card import Card
from spiders.extract.dates import dates_of
from spiders.extract.days import has_day
from spiders.extract.facts import labelled
from spiders.extract.head import head_of, json_ld, language_of, metadata
from spiders.extract.labels import fill as fill_labels
from spiders.extract.text import main_text
from spiders.extract.title import title_of
from spiders.listing import Listing
from spiders.page import Page, public_url
from spiders.redact import redact_body

#: JSON-LD types that describe a thing rather than the site or its navigation
_SITE_TYPES = frozenset(
    {
        "WebSite",
        "BreadcrumbList",
        "ListItem",
        "Organization",
        "Person",
        "ImageObject",
        "SearchAction",
        "SiteNavigationElement",
        "EntryPoint",
    }
)
#: raw field -> names of metadata that hold it, best first
_META = {
    "published": (
        *("article:published_time", "og:article:published_time", "dcterms.issued", "dc.date.issued", "datepublished", "pubdate"),
        *("publication_date", "publication-date", "publishdate", "publish_date", "parsely-pub-date", "prism.publicationdate"),
        *("citation_online_date", "citation_publication_date", "sailthru.date", "bt:pubdate", "dcterms.created", "dc.date.created"),
        *("dc.date", "dc:date", "date", "datecreated", "uploaddate"),
    ),
    "modified": ("article:modified_time", "dcterms.modified", "og:updated_time", "datemodified", "last-modified"),
    "organisation": ("dcterms.publisher", "dc.publisher"),
    "topic": ("keywords", "news_keywords", "dcterms.subject", "dc.subject"),
}
_DATES = ("published", "modified")
_JSON_LD: dict[str, str | tuple[str, ...]] = {
    "start": "startDate",
    "end": "endDate",
    "published": "datePublished",
    "modified": "dateModified",
    "organisation": ("organizer", "provider", "funder", "sponsor", "publisher"),
    "topic": "keywords",
    "place": ("location", "areaServed", "spatialCoverage"),
    "target_group": "audience",
}
#: taken where neither JSON-LD nor metadata say better
_JSON_LD_ELSE = {"published": ("dateCreated", "uploadDate")}


def extract_page(html: bytes | str, url: str, card: Card | None = None) -> list[Listing]:
    """The raw listings of a page; ``sources`` says what each value was taken from.

    With a card that has declared selectors for pages of this kind they are used; otherwise rules that fit any page.
    An empty list where the page shows no title.
    """
    body = html.encode() if isinstance(html, str) else html
    page = Page(
        url, 200, {"content-type": "text/html; charset=utf-8" if isinstance(html, str) else "text/html"}, body=redact_body(body), asked=url
    )
    if card is not None:
        page.languages = card.languages
        if declared := _declared(page, card):
            return declared
    fields, sources, labels = generic_fields(page)
    title = fields.pop("title", None)
    if not title:
        return []
    address = public_url(url)
    portal = card.id if card else ""
    return [
        Listing(
            record_id=f"{portal}:{address}" if portal else address,
            portal=portal,
            url=address,
            title=title,
            labels=labels,
            sources=sources,
            **head_of(page),
            **fields,  # type: ignore[arg-type]
        )
    ]


def _declared(page: Page, card: Card) -> list[Listing]:
    from spiders.platforms.html import Html

    for harvest in card.harvest:
        if harvest.platform == Html.name:
            platform = Html(card, harvest)
            read = platform.parse_detail if "links" in harvest.options else platform.parse
            found = [item for item in read(page) if isinstance(item, Listing)]
            if found:
                return found
    return []


def generic_fields(page: Page) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
    """Raw fields (title and description among them), what each was taken from, and every label with its values."""
    meta = metadata(page)
    objects = [o for o in json_ld(page) if not _types(o) <= _SITE_TYPES]
    language = language_of(page)
    fields, sources, labels = fill_labels(labelled(page.tree, language), language=language)
    fields.pop("title", None)
    if "official_url" in fields and _within(page, fields["official_url"]):
        fields.pop("official_url", None)
        sources.pop("official_url", None)

    def put(field: str, value: str | None, source: str) -> None:
        if value and field not in fields:
            fields[field], sources[field] = value, source

    title, source = title_of(page, meta, objects)
    put("title", title, source)
    _from_json_ld(objects, _JSON_LD, put)
    for field, names in _META.items():
        held = [n for n in names if n in meta]
        # of several dates one that names a day says most
        if name := next((n for n in held if field in _DATES and has_day(meta[n])), next(iter(held), None)):
            put(field, meta[name], f"meta {name}")
    _from_json_ld(objects, _JSON_LD_ELSE, put)
    if "published" not in fields:
        for field, said in dates_of(page, title or "").items():
            put(field, said.text, said.source)
    put("language", language, "html lang")
    text = None if page.reserved else main_text(page)
    if text:
        fields["description"], sources["description"] = text, "main text"
    else:
        name = next((n for n in ("description", "og:description", "dcterms.description") if n in meta), "")
        put("description", meta.get(name), f"meta {name}")
    return fields, sources, labels


def _from_json_ld(objects: list[dict[str, Any]], table: Mapping[str, str | tuple[str, ...]], put: Any) -> None:
    for thing in objects:
        for field, names in table.items():
            for name in (names,) if isinstance(names, str) else names:
                put(field, _plain(thing.get(name)), f"JSON-LD {name}")


def _within(page: Page, address: str) -> bool:
    """Is ``address`` but a way through the page's own site?"""
    try:
        hosts = [urlsplit(url).hostname or "" for url in (page.join(address), page.url)]
    except ValueError:  # no address at all
        return False
    return hosts[0].removeprefix("www.") == hosts[1].removeprefix("www.")


def _types(thing: dict[str, Any]) -> set[str]:
    kinds = thing.get("@type")
    return set(kinds) if isinstance(kinds, list) else {str(kinds)}


def _plain(value: Any) -> str | None:
    """The text of a JSON-LD value: a name, a list of names, or the text itself."""
    if isinstance(value, dict):
        if value.get("@type") == "Person":
            return None
        value = value.get("name") or value.get("audienceType") or value.get("@value") or value.get("address")
        return _plain(value)
    if isinstance(value, list):
        return "; ".join(t for v in value if (t := _plain(v))) or None
    return str(value).strip() or None if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
