"""Drupal: its JSON:API where it is open, else a view's pages, which any visitor sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spiders.base import Claimed, Door, Fetch, Known, Note, Option, Page, Platform, Problem, Yield
from spiders.card import Harvest
from spiders.errors import CardError, HarvestError
from spiders.extract.head import language_of
from spiders.extract.labels import PERSON, field_for
from spiders.listing import Listing
from spiders.platforms._pages import links_under, listing_of, next_page, stated_total
from spiders.platforms._records import at, texts

PER_PAGE = 50
#: a view with more pages than this walks in circles
MAX_PAGES = 2000
_MARKS = (b'"Drupal', b"Drupal ", b"drupal-settings-json", b"/sites/default/files/")
#: bundles that hold a site's own pages
_BUILT_IN = re.compile(r"(basic_?)?page|landing_?page|webform|article|blog|news|event|person|staff|faq|slide.*|banner|homepage|block.*")
_NODE = re.compile(r"(?:^|/)node/(\d+)(?:\D|$)")
_SUFFIX = re.compile(r"_(?P<lang>[a-z]{2})$")
_PREFIX = re.compile(r"^/(?P<lang>[a-z]{2})(?=/|$)")


class Drupal(Platform):
    """With ``types`` the JSON:API at ``url`` is read, with ``entries`` the view at ``url`` and the pages that it links.

    A listing is named by node number and language in both cases, so that a card may change from one to the other.
    """

    name = "drupal"
    rank = 12
    about = "Drupal: JSON:API, or the pages of a view"
    options = {
        "types": Option(list, "resource types of the JSON:API, such as ['node/initiative']; url is its root"),
        "include": Option(list, "relationships whose names are wanted, such as ['field_country']; without it every one to a term"),
        "languages": Option(
            list, "further languages of each entry to read, by prefix (/de/) or suffix (_de), or of the JSON:API by prefix"
        ),
        "fields": Option(dict, "raw field -> attribute of the JSON:API, such as 'field_budget' or 'body.value'"),
    }

    @classmethod
    def check(cls, harvest: Harvest, error: Callable[..., CardError]) -> None:
        super().check(harvest, error)
        if not harvest.options.get("types") and not harvest.options.get("entries"):
            raise error("types", "give types or entries", "types are read from the JSON:API; entries are paths of pages that a view links.")

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        generator = page.header("x-generator") or ""
        if "Drupal" in generator or page.header("x-drupal-cache") or any(mark in page.body for mark in _MARKS):
            parts = urlsplit(page.url)
            root = f"{parts.scheme}://{parts.netloc}/jsonapi"
            yield Door(root, root, "marks of Drupal in the page")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            links = answer.json.get("links", {}) if isinstance(answer.json, dict) else {}
        except HarvestError:
            return None
        bundles = [name.removeprefix("node--") for name in links if name.startswith("node--")]
        own = [b for b in bundles if not _BUILT_IN.fullmatch(b)] or [b for b in bundles if b in ("article", "news")]
        return {"types": [f"node/{b}" for b in own]} if own else None

    def start(self) -> Iterator[Yield]:
        if types := self.option("types"):
            for kind in types:
                for language in ("", *self.option("languages", ())):
                    include = self.option("include") or self.memory.doors.get(self._note(kind))
                    context = {"kind": kind, "language": language, "include": include}
                    yield self._index(context) if self.memory.tokens else self._full(context)
        else:
            yield Fetch(self.harvest.url, "parse_view", {"depth": 1}, first=True)

    def wants(self, url: str) -> bool:
        """As the card's ``entries`` say, whatever the language of the address where the card wants several."""
        spoken = self.card.languages if self.option("languages") else ()
        return super().wants(url) or any(super(Drupal, self).wants(same) for code in spoken if (same := in_language(url, code)))

    # -- JSON:API

    def _note(self, kind: str) -> str:
        return f"drupal include {self.harvest.url} {kind}"

    def _resource(self, context: Mapping[str, Any], query: Mapping[str, Any], *, uuid: str = "") -> str:
        """The address of a collection, or of one resource of it, in the language of ``context``."""
        parts = urlsplit(self.harvest.url.rstrip("/"))
        root = parts.path
        if context.get("language"):
            at_root = max(root.find("/jsonapi"), 0)
            root = f"{root[:at_root]}/{context['language']}{root[at_root:]}"
        path = "/".join(p for p in (root, context["kind"].strip("/"), uuid) if p)
        query = {**query, "include": ",".join(context["include"])} if context.get("include") else query
        return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query, safe="[],"), ""))

    def _full(self, context: dict[str, Any]) -> Fetch:
        url = self._resource(context, {"page[limit]": PER_PAGE, "sort": "drupal_internal__nid"})
        # what may not be included is refused with 400: then the collection is read without
        accept = (400, 403) if context.get("include") and not self.option("include") else ()
        return Fetch(url, "parse", {**context, "depth": 1}, first=True, accept=accept)

    def _index(self, context: dict[str, Any]) -> Fetch:
        fields = {f"fields[{context['kind'].replace('/', '--')}]": "changed,drupal_internal__nid,langcode"}
        url = self._resource({**context, "include": None}, {"page[limit]": PER_PAGE, "sort": "drupal_internal__nid"} | fields)
        return Fetch(url, "parse_index", {**context, "depth": 1}, first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page of whole resources, or one resource."""
        context = page.context
        if page.status != 200:
            yield replace(self._full({**context, "include": []}), again=True)
            return
        resources = self._data(page)
        included = {(r["type"], r["id"]): r for r in _resources(page.json, "included")}
        if context["depth"] == 1 and context.get("include") is None and (names := _terms(resources, included)):
            yield Note(self._note(context["kind"]), names)
            yield self._full({**context, "include": names})
            return
        for resource in resources:
            yield self._resource_listing(page, resource, included)
        yield from self._more(page, "parse")

    def parse_index(self, page: Page) -> Iterator[Yield]:
        """A page of ids and times of change: what changed is fetched, the rest is sighted."""
        context = page.context
        if context.get("include"):
            yield Note(self._note(context["kind"]), context["include"])
        for resource in self._data(page):
            record_id, token = self.record_id("", platform_id=_name(resource)), _attributes(resource).get("changed")
            if token and self.memory.tokens.get(record_id) == token:
                yield Known(record_id, token)
            else:
                yield Fetch(self._resource(context, {}, uuid=resource["id"]), "parse", {**context, "depth": MAX_PAGES})
        yield from self._more(page, "parse_index")

    def _data(self, page: Page) -> list[dict[str, Any]]:
        document = page.json
        if not isinstance(document, dict) or "data" not in document:
            raise HarvestError("the answer is no JSON:API document", where=page.url)
        return _resources(document, "data")

    def _more(self, page: Page, method: str) -> Iterator[Yield]:
        document, depth = page.json, page.context["depth"]
        count = (document.get("meta") or {}).get("count")
        if depth == 1 and not page.context.get("language") and isinstance(count, (int, str)) and str(count).isdigit():
            yield Claimed(int(count), f"meta.count of {page.context['kind']}")
        following = (document.get("links") or {}).get("next")
        href = following.get("href") if isinstance(following, dict) else following
        if href and depth < MAX_PAGES:
            yield Fetch(page.join(href), method, {**page.context, "depth": depth + 1}, first=True)

    def _resource_listing(self, page: Page, resource: dict[str, Any], included: Mapping[tuple[Any, Any], Any]) -> Yield:
        attributes = _attributes(resource)
        title = attributes.get("title") or attributes.get("name")
        if not title:
            return Problem(f"resource {resource['id']} has no title", page.url)
        language = attributes.get("langcode")
        body = attributes.get("body")
        values: dict[str, Any] = {
            "description": _html(body) or _html(attributes.get("field_description")),
            "language": language,
            "published": attributes.get("created"),
            "modified": attributes.get("changed"),
        }
        sources = {k: k for k, v in values.items() if v} | {"title": "title"}
        labels = self._labels(resource, included)
        for label, found in labels.items():
            field = field_for(label, self.option("labels"), language)
            if field and field not in values:
                values[field], sources[field] = "; ".join(found), f"label {label}"
        for field, path in self.option("fields", {}).items():
            name, _, inner = path.partition(".")
            declared = texts(at(attributes.get(name), inner)) if inner else labels.get(_plain_name(name))
            if declared:
                values[field], sources[field] = "; ".join(declared), path
        url = values.pop("url", None) or self._address(resource, attributes)
        return self.listing(
            page, title=str(title), url=page.join(url), platform_id=_name(resource), sources=sources, labels=labels, **values
        )

    def _address(self, resource: dict[str, Any], attributes: Mapping[str, Any]) -> str:
        parts = urlsplit(self.harvest.url)
        base = parts.path.rpartition("/jsonapi")[0]
        path = attributes.get("path") or {}
        alias, language = path.get("alias"), path.get("langcode") or ""
        if alias and language and language not in self.card.languages[:1]:
            alias = f"/{language}{alias}"
        number = attributes.get("drupal_internal__nid")
        inner = alias or (f"/node/{number}" if number else f"/jsonapi/{resource['type'].replace('--', '/')}/{resource['id']}")
        return f"{parts.scheme}://{parts.netloc}{base}{inner}"

    def _labels(self, resource: dict[str, Any], included: Mapping[tuple[Any, Any], Any]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in _attributes(resource).items():
            if name.startswith("field_") and (values := _texts(value)):
                found[_plain_name(name)] = values
        for name, relation in (resource.get("relationships") or {}).items():
            if not name.startswith("field_") or not isinstance(relation, dict):
                continue
            data = relation.get("data")
            targets = data if isinstance(data, list) else [data] if isinstance(data, dict) else []
            names = [
                _attributes(r).get("name") or _attributes(r).get("title")
                for t in targets
                if (r := included.get((t.get("type"), t.get("id"))))
            ]
            if values := [str(n) for n in names if n]:
                found[_plain_name(name)] = values
        return {k: v for k, v in found.items() if field_for(k, self.option("labels")) != PERSON}

    # -- pages of a view

    def parse_view(self, page: Page) -> Iterator[Yield]:
        """A page of the view: its entries, and the next page until one brings nothing new."""
        urls = links_under(page, self.option("entries"))
        depth, total = page.context.get("depth", 1), stated_total(page)
        if depth == 1 and total:
            yield Claimed(total, page.url)
        if not urls and depth == 1:
            yield Problem("no link to an entry found", page.url, short=True)
        for url in urls:
            yield Fetch(url, "parse_entry")
        known = page.context.get("found", 0) + len(urls)
        if urls and urls[0] != page.context.get("first") and depth < MAX_PAGES:
            following = next_page(page) or (_page_number(page.url, depth) if total and known < total else None)
            if following:
                yield Fetch(following, "parse_view", {"depth": depth + 1, "first": urls[0], "found": known}, first=True)

    def parse_entry(self, page: Page) -> Iterator[Yield]:
        """The page of one entry, and its other languages where the card wants them."""
        listing = self._entry(page)
        if listing is None:
            if not page.context.get("translation"):
                yield Problem("a page without title", page.url)
            return
        yield listing
        if not page.context.get("translation"):
            for language in self.option("languages", ()):
                url = listing.alternates.get(language) or (None if listing.alternates else in_language(page.url, language))
                if url and url != page.url:
                    yield Fetch(url, "parse_entry", {"translation": language}, accept=(404,))

    def _entry(self, page: Page) -> Listing | None:
        if page.status != 200:
            return None
        number, language = node_of(page)
        platform_id = f"drupal:node:{number}:{language or 'und'}" if number else None
        return listing_of(self, page, platform_id=platform_id, language=language)


def node_of(page: Page) -> tuple[str | None, str | None]:
    """(node number, language) that a Drupal page states in its settings, its short link or its address."""
    language = language_of(page)
    node = page.tree.css_first('script[data-drupal-selector="drupal-settings-json"]')
    if node is not None:
        try:
            settings = json.loads(node.text())
        except ValueError:
            settings = None
        if m := _NODE.search(str(at(settings, "path.currentPath"))):
            return m[1], at(settings, "path.currentLanguage") or language
    links = [n.attributes.get("href") or "" for n in page.tree.css('link[rel="shortlink"], link[rel="canonical"]')]
    m = next((m for href in [*links, page.url] if (m := _NODE.search(urlsplit(href).path))), None)
    return (m[1] if m else None), language


def in_language(url: str, language: str) -> str | None:
    """``url`` with its language prefix (``/en/…``) or suffix (``…_en``) exchanged; None where it has neither."""
    parts = urlsplit(url)
    if m := _SUFFIX.search(parts.path.rstrip("/")):
        path = parts.path.rstrip("/")[: m.start()] + f"_{language}"
    elif _PREFIX.match(parts.path):
        path = _PREFIX.sub(f"/{language}", parts.path, count=1)
    else:
        return None
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _page_number(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "page"]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*query, ("page", str(number))], safe="[]:/"), ""))


def _resources(document: Any, key: str) -> list[dict[str, Any]]:
    data = document.get(key) if isinstance(document, dict) else None
    data = [data] if isinstance(data, dict) else data
    return [r for r in data if isinstance(r, dict) and r.get("id") and r.get("type")] if isinstance(data, list) else []


def _terms(resources: list[dict[str, Any]], included: Mapping[tuple[Any, Any], Any]) -> list[str]:
    """The fields that point to terms or other nodes whose names are not in the answer."""
    found: dict[str, None] = {}
    for resource in resources:
        for name, relation in (resource.get("relationships") or {}).items():
            data = relation.get("data") if isinstance(relation, dict) else None
            for target in data if isinstance(data, list) else [data]:
                if not isinstance(target, dict) or (target.get("type"), target.get("id")) in included:
                    continue
                if name.startswith("field_") and str(target.get("type")).startswith(("taxonomy_term--", "node--")):
                    found[name] = None
    return sorted(found)


def _attributes(resource: Mapping[str, Any]) -> dict[str, Any]:
    value = resource.get("attributes")
    return value if isinstance(value, dict) else {}


def _name(resource: Mapping[str, Any]) -> str:
    attributes = _attributes(resource)
    number, language = attributes.get("drupal_internal__nid"), attributes.get("langcode") or "und"
    return f"drupal:node:{number}:{language}" if number else f"drupal:{resource['id']}:{language}"


def _plain_name(name: str) -> str:
    return name.removeprefix("field_").replace("_", " ")


def _html(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("processed") or value.get("value")
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    """The texts in an attribute: a date range is one text, a formatted text its value, a link its address."""
    if isinstance(value, dict):
        if value.get("value") and value.get("end_value"):
            return [f"{value['value']} - {value['end_value']}"]
        value = value.get("processed") or value.get("value") or value.get("uri") or value.get("title")
    if isinstance(value, list):
        return [t for v in value for t in _texts(v)]
    if value is None or isinstance(value, bool):
        return []
    return [str(value).strip()] if str(value).strip() else []
