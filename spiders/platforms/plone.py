"""Plone through its REST interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from spiders.base import Claimed, Door, Fetch, Known, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.extract.labels import PERSON, field_for
from spiders.platforms._json import at, joined, texts

PER_PAGE = 100
MAX_PAGES = 2000
_JSON = {"Accept": "application/json"}
_API = "/++api++"
#: types that hold others, or no text
_NO_LISTINGS = frozenset(["File", "Image", "Link", "Collection", "Folder", "LRF", "Plone Site", "Large Plone Folder", "Topic", "Comment"])
#: fields that every type has, or that hold people
_USED = frozenset(
    [
        "@id",
        "@type",
        "@components",
        "UID",
        "id",
        "title",
        "description",
        "text",
        "blocks",
        "blocks_layout",
        "effective",
        "expires",
        "created",
    ]
    + ["modified", "language", "subjects", "rights", "parent", "layout", "review_state", "version", "items", "items_total", "is_folderish"]
    + ["creators", "contributors", "allow_discussion", "exclude_from_nav", "next_item", "previous_item", "lock", "working_copy", "id"]
)


class Plone(Platform):
    """``url`` is the address of a folder as visitors know it; its interface lies at ``/++api++/<folder>``.

    The search below the folder gives ids and dates of change; what is new or changed is fetched one by one.
    """

    name = "plone"
    rank = 15
    about = "Plone REST interface"
    options = {
        "types": Option(list, "content types to read, such as ['News Item']; all but folders and files if not given"),
        "fields": Option(dict, "raw field -> path in an item, such as 'period' or 'region.title'"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        generator = page.tree.css_first('meta[name="generator" i][content]')
        named = "plone" in (generator.attributes.get("content") or "").lower() if generator else False
        if named or any(mark in page.body for mark in (b"++plone++", b"++resource++plone", b"b_start:int")):
            yield Door(f"{api_address(page.url)}/@search?b_size=1", public_address(page.url), "marks of Plone in the page")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            found = answer.json
        except HarvestError:
            return None
        return {} if isinstance(found, dict) and isinstance(found.get("items"), list) and "items_total" in found else None

    def start(self) -> Iterator[Yield]:
        query: list[tuple[str, Any]] = [("metadata_fields", name) for name in ("UID", "modified", "effective")]
        query += [("portal_type", kind) for kind in self.option("types", ())]
        query += [("sort_on", "created"), ("b_size", PER_PAGE), ("b_start", 0)]
        url = f"{api_address(self.harvest.url)}/@search?{urlencode(query)}"
        yield Fetch(url, "parse", {"depth": 1}, headers=dict(_JSON), first=True, accept=(404,))

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page of the search."""
        if page.status == 404 and _API in page.url:  # a Plone without the prefix answers by the Accept header
            plain = page.url.replace(_API, "", 1)
            yield Fetch(plain, "parse", page.context, headers=dict(_JSON), first=True)
            return
        found = page.json
        if not isinstance(found, dict) or not isinstance(found.get("items"), list):
            raise HarvestError("the answer is not one of Plone's search", where=page.url)
        depth = page.context.get("depth", 1)
        total, passed = found.get("items_total"), 0
        for item in found["items"]:
            if not isinstance(item, dict) or not item.get("@id"):
                continue
            if item.get("@type") in _NO_LISTINGS and not self.option("types"):
                passed += 1
            else:
                yield self._item(item)
        if depth == 1 and isinstance(total, int):
            yield Claimed(total, "items_total")
        if passed:
            yield Claimed(-passed, "folders and files")
        following = at(found, "batching.next")
        if following and depth < MAX_PAGES:
            yield Fetch(page.join(following), "parse", {"depth": depth + 1}, headers=dict(_JSON), first=True)

    def _item(self, item: dict[str, Any]) -> Yield:
        token = item.get("modified")
        record_id = self.record_id("", platform_id=f"plone:{item['UID']}") if item.get("UID") else None
        if record_id and token and self.memory.tokens.get(record_id) == token:
            return Known(record_id, token)
        return Fetch(api_address(item["@id"]), "parse_item", headers=dict(_JSON), accept=(404,))

    def parse_item(self, page: Page) -> Iterator[Yield]:
        """One item."""
        if page.status == 404:
            if _API in page.url:
                yield Fetch(page.url.replace(_API, "", 1), "parse_item", headers=dict(_JSON))
            return
        item = page.json
        title = item.get("title") if isinstance(item, dict) else None
        if not title:
            yield Problem("an item without title", page.url)
            return
        values: dict[str, Any] = {
            "description": _text(item),
            "language": at(item, "language.token") or (item.get("language") if isinstance(item.get("language"), str) else None),
            "topic": joined(item.get("subjects")),
            "published": _date(item.get("effective")) or _date(item.get("created")),
            "modified": item.get("modified"),
            "licence": item.get("rights") or None,
        }
        sources = {k: k for k, v in values.items() if v} | {"title": "title"}
        labels = self._labels(item)
        for label, found in labels.items():
            field = field_for(label, self.option("labels"), values["language"])
            if field and field not in values and field != "title":
                values[field], sources[field] = "; ".join(found), f"label {label}"
        for field, path in self.option("fields", {}).items():
            if value := joined(at(item, path)):
                values[field], sources[field] = value, path
        uid = item.get("UID")
        url = values.pop("url", None) or public_address(item.get("@id") or page.url)
        yield self.listing(
            page, title=str(title), url=url, platform_id=f"plone:{uid}" if uid else None, sources=sources, labels=labels, **values
        )

    def _labels(self, item: dict[str, Any]) -> dict[str, list[str]]:
        found = {k: texts(v) for k, v in item.items() if k not in _USED and not k.startswith("@") and isinstance(v, (str, list, dict, int))}
        return {k: v for k, v in found.items() if v and field_for(k, self.option("labels")) != PERSON}


def api_address(url: str) -> str:
    """``url`` with Plone's prefix for its interface; kept where it has one."""
    parts = urlsplit(url)
    if _API in parts.path:
        return url.rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{_API}{parts.path}".rstrip("/"), parts.query, ""))


def public_address(url: str) -> str:
    """``url`` without that prefix."""
    return url.replace(_API, "", 1)


def _date(value: Any) -> str | None:
    """A date as written; what Plone writes for "not set" is none."""
    return value if isinstance(value, str) and not value.startswith(("1969-12-31", "1970-01-01", "2499-", "None")) and value else None


def _text(item: dict[str, Any]) -> str | None:
    """The body of an item: its rich text, the texts of its blocks in their order, else its description."""
    body = at(item, "text.data")
    if isinstance(body, str) and body.strip():
        return body.strip()
    blocks: dict[str, Any] = item["blocks"] if isinstance(item.get("blocks"), dict) else {}
    order = at(item, "blocks_layout.items") or list(blocks)
    found = [_block(blocks.get(name)) for name in order if isinstance(name, str)]
    return "\n".join(t for t in found if t) or item.get("description") or None


def _block(block: Any) -> str | None:
    if not isinstance(block, dict) or block.get("@type") in ("title", "image", "listing", "video"):
        return None
    text = block.get("plaintext") or joined(at(block, "text.blocks.text")) or block.get("text")
    return text.strip() or None if isinstance(text, str) else None
