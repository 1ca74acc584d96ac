"""schema.org on any page: JSON-LD and microdata, with OpenGraph for what they leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.extract.head import json_ld, language_of
from spiders.extract.labels import field_for
from spiders.page import url_key
from spiders.platforms._pages import listing_of, next_page
from spiders.platforms._records import in_language, text

MAX_PAGES = 2000
#: types of schema.org that may be an initiative
_TYPES = frozenset(
    ["Project", "ResearchProject", "FundingScheme", "Grant", "MonetaryGrant", "GovernmentService", "Service", "Event", "EducationEvent"]
    + [
        "Course",
        "CourseInstance",
        "EducationalOccupationalProgram",
        "CreativeWork",
        "Article",
        "NewsArticle",
        "Report",
        "Dataset",
        "Product",
    ]
    + ["Legislation", "SpecialAnnouncement", "LearningResource"]
)
#: schema.org property -> raw field
_FIELDS = {
    "description": "description", "abstract": "description", "articleBody": "description", "startDate": "start", "endDate": "end",
    "foundingDate": "start", "dissolutionDate": "end", "temporalCoverage": "period", "datePublished": "published",
    "dateModified": "modified", "inLanguage": "language", "location": "place", "areaServed": "place", "spatialCoverage": "place",
    "contentLocation": "place", "organizer": "organisation", "funder": "organisation", "sponsor": "organisation",
    "provider": "organisation", "parentOrganization": "organisation", "publisher": "organisation", "sourceOrganization": "organisation",
    "keywords": "topic", "about": "topic", "audience": "target_group", "educationalLevel": "education_level",
    "additionalType": "kind", "license": "licence", "amount": "budget", "eventStatus": "state", "sameAs": "official_url",
}  # fmt: skip


class Structured(Platform):
    """The objects that a page describes, or the pages that its ``ItemList`` names."""

    name = "structured"
    rank = 60
    about = "schema.org as JSON-LD or microdata"
    options = {
        "types": Option(list, "types of schema.org that are listings, such as ['Project']"),
        "fields": Option(dict, "raw field -> property of schema.org, such as 'funding'"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        objects = [o for o in objects_of(page) if _types(o) & _TYPES]
        listed = [o for o in objects_of(page) if "ItemList" in _types(o) and o.get("itemListElement")]
        if len(objects) >= 2 or listed:
            yield Door(page.url, page.url, "a list in schema.org")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        return {} if any(cls.doors(answer)) else None

    def start(self) -> Iterator[Yield]:
        yield Fetch(self.harvest.url, "parse", {"depth": 1}, first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page with a list, or with the objects themselves."""
        objects = list(objects_of(page))
        lists = [o for o in objects if "ItemList" in _types(o)]
        depth, number = page.context.get("depth", 1), 0
        total = next((o["numberOfItems"] for o in lists if str(o.get("numberOfItems", "")).isdigit()), None)
        if depth == 1 and total is not None:
            yield Claimed(int(total), "numberOfItems")
        for entry in (e for o in lists for e in _entries(o)):
            number += 1
            if isinstance(entry, str):
                yield Fetch(page.join(entry), "parse_page")
            else:
                yield self._object(page, entry)
        if not lists:
            for thing in (o for o in objects if _types(o) & self._wanted()):
                number += 1
                yield self._object(page, thing)
        if not number:
            yield Problem("the page describes no listing in schema.org", page.url, short=True)
        elif depth < MAX_PAGES and (following := next_page(page)):
            yield Fetch(following, "parse", {"depth": depth + 1}, first=True)

    def parse_page(self, page: Page) -> Iterator[Yield]:
        """A page that the list names: its object, else what rules that fit any page make of it."""
        thing = next((o for o in objects_of(page) if _types(o) & self._wanted() and _name(o)), None)
        listing = self._object(page, {**thing, "url": page.url}) if thing else listing_of(self, page)
        yield listing or Problem("a page without title", page.url)

    def _wanted(self) -> frozenset[str]:
        return frozenset(self.option("types", _TYPES))

    def _object(self, page: Page, thing: Mapping[str, Any]) -> Yield:
        title = in_language(_plain(_name(thing)), self.card.languages)[0]
        if not title:
            return Problem("an object without name", page.url)
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for prop, value in thing.items():
            own = field_for(prop, self.option("labels")) if self.option("labels") else None
            field = own or _FIELDS.get(prop)
            said = text(_plain(value)) if field else None
            if field and said and field not in values:
                values[field], sources[field] = said, f"schema.org {prop}"
        for declared, prop in self.option("fields", {}).items():
            if said := text(_plain(thing.get(prop))):
                values[declared], sources[declared] = said, f"schema.org {prop}"
        values.setdefault("language", language_of(page))
        address = next((str(thing[k]) for k in ("url", "@id", "mainEntityOfPage") if isinstance(thing.get(k), str) and thing[k]), "")
        url = page.join(address) if address and not address.startswith("_:") else page.url
        key: str | None = None
        if not address:
            key = str(thing.get("identifier") or title)
        elif "#" in address and url_key(url) == url_key(page.url):
            key = address.rpartition("#")[2]
        return self.listing(page, title=title, url=url, key=key, sources=sources, shared_page=key is not None, **values)


def objects_of(page: Page) -> Iterator[dict[str, Any]]:
    """Every object of schema.org on a page: JSON-LD, then microdata as JSON-LD would say it."""
    yield from json_ld(page)
    if b"itemscope" in page.body:
        import extruct  # slow to load

        found = extruct.extract(page.text, base_url=page.url, syntaxes=["microdata"], uniform=True, errors="ignore")
        for thing in found.get("microdata", []):
            yield from _nested(thing)


def _nested(thing: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(thing, list):
        for item in thing:
            yield from _nested(item, depth + 1)
    elif isinstance(thing, dict):
        if "@type" in thing:
            yield thing
        for value in thing.values():
            if isinstance(value, (dict, list)):
                yield from _nested(value, depth + 1)


def _types(thing: Mapping[str, Any]) -> set[str]:
    kinds = thing.get("@type")
    return {str(k).rpartition("/")[2] for k in (kinds if isinstance(kinds, list) else [kinds])}


def _name(thing: Mapping[str, Any]) -> Any:
    return thing.get("name") or thing.get("headline") or thing.get("title")


def _entries(thing: Mapping[str, Any]) -> Iterator[str | dict[str, Any]]:
    """The members of an ItemList: objects where they are described, else their addresses."""
    members = thing.get("itemListElement")
    for member in members if isinstance(members, list) else [members]:
        inner = member.get("item", member) if isinstance(member, dict) else member
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, dict):
            address = inner.get("url") or inner.get("@id")
            described = _name(inner) and set(inner) - {"@type", "@id", "url", "name", "position", "image"}
            if described:
                yield inner
            elif isinstance(address, str):
                yield address
            elif _name(inner):
                yield inner


def _plain(value: Any) -> Any:
    """A value without people, quantities as "amount currency"."""
    if isinstance(value, dict):
        if "Person" in _types(value):
            return None
        if value.get("value") is not None and value.get("currency"):
            return f"{value['value']} {value['currency']}"
        for key in ("name", "audienceType", "educationalRole", "@value", "address", "addressLocality", "value"):
            if value.get(key):
                return _plain(value[key])
        return None
    if isinstance(value, list):
        return [p for v in value if (p := _plain(v))]
    return value
