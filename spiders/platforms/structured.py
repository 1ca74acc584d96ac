"""Pages that say what they are in schema.org terms (JSON-LD, microdata) or OpenGraph, whatever software made them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.card import Harvest
from spiders.errors import CardError
from spiders.extract.generic import generic_fields
from spiders.extract.head import head_of, json_ld, language_of, metadata
from spiders.extract.nodes import NEXT, selector, squeeze
from spiders.page import url_key
from spiders.platforms._records import record_listing, text, texts

#: a list in more pages than this walks in circles
MAX_PAGES = 2000
#: fewer objects make no list
FEWEST = 3
#: what may be a listing where the card names no types
TYPES = (
    "Event", "EducationEvent", "BusinessEvent", "Course", "CourseInstance", "Project", "ResearchProject", "EducationalOccupationalProgram",
    "WorkBasedProgram", "GovernmentService", "Service", "Grant", "MonetaryGrant", "FundingScheme", "LearningResource", "Report",
    "Legislation",
)  # fmt: skip
#: raw field -> properties, best first
_FIELDS = {
    "description": ("articleBody", "text", "description", "abstract"),
    "start": ("startDate", "foundingDate", "legislationDate"),
    "end": ("endDate", "dissolutionDate"),
    "period": ("temporalCoverage", "duration"),
    "published": ("datePublished", "dateCreated"),
    "modified": ("dateModified",),
    "organisation": (
        "organizer",
        "provider",
        "serviceOperator",
        "parentOrganization",
        "sponsor",
        "funder",
        "sourceOrganization",
        "publisher",
    ),
    "place": ("location", "areaServed", "spatialCoverage", "spatial"),
    "target_group": ("audience", "educationalRole"),
    "education_level": ("educationalLevel",),
    "topic": ("keywords", "about", "serviceType"),
    "budget": ("amount", "funding", "budget"),
    "state": ("eventStatus", "creativeWorkStatus", "status"),
    "licence": ("license",),
    "language": ("inLanguage",),
}
_USED = frozenset(n for names in _FIELDS.values() for n in names) | {
    "name", "headline", "url", "image", "logo", "author", "creator", "contributor", "performer", "email", "telephone", "contactPoint",
    "mainEntityOfPage", "sameAs", "identifier", "potentialAction", "offers", "review", "comment", "isPartOf", "hasPart", "breadcrumb",
}  # fmt: skip


class Structured(Platform):
    """``url`` is a page whose objects are the listings, or, with ``links``, a page that links one page for each.

    An ``ItemList`` that only names addresses is followed to them.
    """

    name = "structured"
    rank = 60
    about = "schema.org JSON-LD or microdata, or OpenGraph, on any page"
    options = {
        "types": Option(list, "schema.org types that are listings, such as ['Course']"),
        "links": Option(str, "CSS of the links that lead to one page for each listing"),
        "next": Option(str, "CSS of the link to the next page of the list; without it the usual marks"),
        "fields": Option(dict, "raw field -> path in the object, such as 'organizer.name'"),
    }

    @classmethod
    def check(cls, harvest: Harvest, error: Callable[..., CardError]) -> None:
        super().check(harvest, error)
        for key in ("links", "next"):
            try:
                selector(harvest.options.get(key, "a"))
            except ValueError as e:
                raise error(key, str(e), "Write CSS, such as a.entry.") from e

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        if b"schema.org" in page.body and cls._is_list(page):
            yield Door(page.url, page.url, "a list in schema.org terms")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        return {} if cls._is_list(answer) else None

    @classmethod
    def _is_list(cls, page: Page) -> bool:
        objects = objects_of(page)
        return max(len(_named(objects, TYPES)), len(_listed(page, objects))) >= FEWEST

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page with a list, or one that is itself a listing."""
        objects = objects_of(page)
        things = _named(objects, self.option("types", TYPES))
        urls = self._links(page, objects)
        depth = page.context.get("depth", 1)
        if depth == 1 and (total := _total(objects)):
            yield Claimed(total, "numberOfItems")
        for url in urls:
            yield Fetch(url, "parse_entry")
        if not urls and len(things) > 1:
            for thing in things:
                yield self._thing(page, thing, shared=True)
        elif not urls:
            yield from self.parse_entry(page)
        if (urls or len(things) > 1) and depth < MAX_PAGES:
            for node in page.tree.css(self.option("next") or NEXT)[:1]:
                if (href := node.attributes.get("href")) and url_key(page.join(href)) != url_key(page.url):
                    yield Fetch(page.join(href), "parse", {"depth": depth + 1}, first=True)

    def _links(self, page: Page, objects: list[dict[str, Any]]) -> list[str]:
        if css := self.option("links"):
            hrefs = [n.attributes.get("href") for n in page.tree.css(css)]
            return [
                u for u in dict.fromkeys(page.join(h) for h in hrefs if h and not h.startswith(("#", "mailto:", "tel:"))) if self.wants(u)
            ]
        return [u for u in _listed(page, objects) if self.wants(u)]

    def parse_entry(self, page: Page) -> Iterator[Yield]:
        """A page that is one listing: its object, else its OpenGraph card."""
        objects = objects_of(page)
        wanted = self.option("types")
        things = _named(objects, wanted or TYPES) or (
            [] if wanted else _named(objects, ("Article", "WebPage", "CreativeWork", "NewsArticle"))
        )
        here = [t for t in things if url_key(page.join(str(t.get("url") or t.get("@id") or page.url))) == url_key(page.url)]
        if things:
            yield self._thing(page, (here or things)[0], shared=False)
        elif wanted:
            yield Problem(f"no object of the types {', '.join(wanted)}", page.url)
        else:
            yield self._graph(page)

    def _thing(self, page: Page, thing: dict[str, Any], *, shared: bool) -> Yield:
        title = squeeze(text(thing.get("name")) or text(thing.get("headline")) or "")
        values: dict[str, str | None] = {f: next((v for n in names if (v := _said(thing.get(n)))), None) for f, names in _FIELDS.items()}
        values["language"] = values["language"] or language_of(page)
        address = next((u for k in ("url", "@id") if (u := text(thing.get(k))) and u.startswith(("http://", "https://", "/"))), None)
        own = page.join(address) if address and not address.partition("#")[2] else None
        if shared:
            name = text(thing.get("@id")) or text(thing.get("identifier")) or title
            where: dict[str, Any] = {"url": own} if own else {"key": name}
        else:
            where = {"url": page.url}
            values = self._completed(page, values)
            if own and urlsplit(own).hostname != urlsplit(page.url).hostname:
                values["official_url"] = own
        labels = {k: [t for v in _many(thing[k]) if (t := _said(v))] for k in thing if k not in _USED and not k.startswith("@")}
        sources = {f: f"schema.org {n}" for f, names in _FIELDS.items() for n in reversed(names) if values.get(f) and _said(thing.get(n))}
        head = {} if shared else head_of(page)
        return record_listing(
            self,
            page,
            title=title,
            values=values,
            labels=labels,
            record=thing,
            sources=sources,
            shared_page=shared and not own,
            **where,
            **head,
        )

    def _completed(self, page: Page, values: dict[str, str | None]) -> dict[str, str | None]:
        """What the object leaves open is read from the page."""
        fields, _, _ = generic_fields(page)
        fields.pop("title", None)
        return {**fields, **{k: v for k, v in values.items() if v}}

    def _graph(self, page: Page) -> Yield:
        meta = metadata(page)
        title = meta.get("og:title")
        if not title:
            return Problem("the page says nothing of itself in schema.org or OpenGraph terms", page.url)
        values: dict[str, str | None] = {
            "description": meta.get("og:description"),
            "language": language_of(page) or meta.get("og:locale"),
            "published": meta.get("article:published_time"),
            "modified": meta.get("article:modified_time") or meta.get("og:updated_time"),
            "topic": meta.get("article:section") or meta.get("article:tag"),
        }
        return record_listing(self, page, title=title, values=self._completed(page, values), labels={}, record=meta, **head_of(page))


def objects_of(page: Page) -> list[dict[str, Any]]:
    """Every schema.org object of a page, microdata in the form of JSON-LD; outer ones before inner ones."""
    found = list(json_ld(page))
    if b"itemscope" in page.body:
        import extruct  # slow to load, and needed by few

        items = extruct.extract(page.text, base_url=page.base, syntaxes=["microdata"], errors="ignore")["microdata"]
        for item in items:
            found += _flat(_as_json_ld(item))
    return [{**thing, "@type": [t.rpartition("/")[2] for t in texts(thing.get("@type"))]} for thing in found]


def _as_json_ld(item: Any) -> Any:
    if isinstance(item, list):
        return [_as_json_ld(v) for v in item]
    if not isinstance(item, dict):
        return item
    properties = item.get("properties") or {}
    kind = item.get("type") or []
    named = {"@id": item["id"]} if item.get("id") else {}
    return {"@type": kind if isinstance(kind, list) else [kind], **named, **{k: _as_json_ld(v) for k, v in properties.items()}}


def _flat(thing: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(thing, list):
        for item in thing:
            yield from _flat(item, depth)
    elif isinstance(thing, dict) and depth < 8:
        yield thing
        for value in thing.values():
            if isinstance(value, (dict, list)):
                yield from _flat(value, depth + 1)


def _named(objects: list[dict[str, Any]], types: Any) -> list[dict[str, Any]]:
    """Objects of the types that have a name; of two with one ``@id`` the fuller one."""
    found: dict[str, dict[str, Any]] = {}
    for number, thing in enumerate(objects):
        if set(thing["@type"]) & set(types) and (text(thing.get("name")) or text(thing.get("headline"))):
            name = text(thing.get("@id")) or text(thing.get("url")) or str(number)
            if len(thing) > len(found.get(name, {})):
                found[name] = thing
    return list(found.values())


def _listed(page: Page, objects: list[dict[str, Any]]) -> list[str]:
    """Addresses on this host that an ``ItemList`` names without saying more of them."""
    host = urlsplit(page.url).hostname
    found: dict[str, None] = {}
    for thing in objects:
        for item in _many(thing.get("itemListElement")) if "ItemList" in thing["@type"] else ():
            inner = item.get("item") if isinstance(item, dict) and item.get("item") else item
            url = inner if isinstance(inner, str) else (inner.get("url") or inner.get("@id")) if isinstance(inner, dict) else None
            full = isinstance(inner, dict) and len(inner) > 5
            if (
                isinstance(url, str)
                and not full
                and urlsplit(page.join(url)).hostname == host
                and url_key(page.join(url)) != url_key(page.url)
            ):
                found[page.join(url)] = None
    return list(found)


def _total(objects: list[dict[str, Any]]) -> int | None:
    totals = [str(t.get("numberOfItems")) for t in objects if "ItemList" in t["@type"]]
    return max((int(n) for n in totals if n.isdigit()), default=None)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _said(value: Any) -> str | None:
    """The text of a property: of things their name, of places and amounts what they hold; nothing of persons."""
    if isinstance(value, list):
        return "; ".join(dict.fromkeys(t for v in value if (t := _said(v)))) or None
    if not isinstance(value, dict):
        found = text(value)
        return found.rpartition("/")[2] if found and found.startswith(("http://schema.org/", "https://schema.org/")) else found
    if "Person" in texts(value.get("@type")) or "http://schema.org/Person" in texts(value.get("@type")):
        return None
    if value.get("value") and value.get("currency"):
        return f"{text(value['value'])} {text(value['currency'])}"
    for key in ("name", "audienceType", "@value", "amount", "addressLocality", "addressRegion", "addressCountry"):
        if value.get(key):
            return _said(value[key])
    return _said(value.get("address"))
