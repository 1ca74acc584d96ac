"""Plone through its REST interface: the entries of a site or of one of its folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from spiders.base import Claimed, Door, Fetch, Known, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.platforms._records import record_listing, text, texts

#: whole entries and index rows a page
SIZE, INDEX_SIZE = 50, 500
#: a search with more pages than this is a circle
MAX_PAGES = 5000
#: what Plone writes where a date is not set
_UNSET = ("1969-12-31", "1969-12-30", "2499-12-31", "None")
#: keys of Plone itself; every other key that holds text is a label
# fmt: off
_OWN = frozenset({
    "@components", "@id", "@static_behaviors", "@type", "allow_discussion", "attendees", "blocks", "blocks_layout", "changeNote",
    "contact_email", "contact_name", "contact_phone", "contributors", "created", "creators", "description", "effective", "end",
    "event_url", "exclude_from_nav", "expires", "getObjSize", "getRemoteUrl", "id", "image", "image_caption", "image_field",
    "image_scales", "is_folderish", "items", "items_total", "language", "layout", "location", "lock", "mime_type", "modified",
    "next_item", "nextPreviousEnabled", "open_end", "parent", "preview_caption", "preview_image", "previous_item", "recurrence",
    "relatedItems", "remoteUrl", "review_state", "rights", "start", "subjects", "sync_uid", "table_of_contents", "text", "title",
    "type_title", "UID", "version", "versioning_enabled", "whole_day", "working_copy", "working_copy_of",
})
# fmt: on


class Plone(Platform):
    """``url`` is the site or a folder, or its search: ``https://example.org/++api++/@search``.

    A first run reads whole entries; later runs read UIDs and times of change, then the entries that changed.
    """

    name = "plone"
    rank = 14
    about = "Plone REST interface"
    options = {
        "types": Option(list, "portal types to read, such as ['initiative']; without it pages and events"),
        "fields": Option(dict, "raw field -> path in the entry, such as 'funding.budget'"),
        "path": Option(str, "only entries under this path of the site, such as '/en/programmes'"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        generator = page.tree.css_first('meta[name="generator"]')
        marked = generator is not None and "plone" in (generator.attributes.get("content") or "").lower()
        if marked or b"++plone++" in page.body or b"++theme++" in page.body or b"++resource++" in page.body or b"/++api++" in page.body:
            parts = urlsplit(page.url)
            home = f"{parts.scheme}://{parts.netloc}"
            folder = parts.path.rstrip("/")
            for path in dict.fromkeys((folder, "")):
                yield Door(f"{home}/++api++{path}/@search?b_size=1", f"{home}/++api++{path}/@search", "marks of Plone in the page")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            found = answer.json
        except HarvestError:
            return None
        return {} if isinstance(found, dict) and isinstance(found.get("items"), list) and found.get("items_total") else None

    def start(self) -> Iterator[Yield]:
        yield self._index() if self.memory.tokens else self._full()

    @property
    def _search(self) -> str:
        url = self.harvest.url.rstrip("/")
        return url if url.endswith("@search") else f"{url}/@search"

    def _query(self, **more: Any) -> str:
        query = [("portal_type", t) for t in self.option("types", ("Document", "Event"))]
        query += [("path", self.option("path"))] if self.option("path") else []
        return f"{self._search}?{urlencode([*query, *more.items()], safe='+@/')}"

    def _full(self) -> Fetch:
        return self._ask(self._query(fullobjects=1, b_size=SIZE), "parse", {"depth": 1})

    def _index(self) -> Fetch:
        query = [("metadata_fields", "modified"), ("metadata_fields", "UID")]
        url = f"{self._query(b_size=INDEX_SIZE)}&{urlencode(query)}"
        return self._ask(url, "parse_index", {"depth": 1})

    def _ask(self, url: str, parse: str, context: dict[str, Any], *, first: bool = True) -> Fetch:
        return Fetch(url, parse, context, {"Accept": "application/json"}, first=first, accept=(400, 401, 404, 500) if first else ())

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page of whole entries."""
        for entry in _items(page):
            if "UID" not in entry and "text" not in entry and "created" not in entry:
                # a search that gives summaries whatever is asked
                yield self._ask(self._entry_url(page, entry), "parse_entry", {}, first=False)
            else:
                yield self._entry(page, entry)
        yield from self._more(page, "parse")

    def parse_index(self, page: Page) -> Iterator[Yield]:
        """A page of UIDs and times of change: what changed is fetched, the rest is sighted."""
        for entry in _items(page):
            record_id, token = self.record_id("", platform_id=str(entry.get("UID"))), _date(entry.get("modified"))
            if entry.get("UID") and token and self.memory.tokens.get(record_id) == token:
                yield Known(record_id, token)
            else:
                yield self._ask(self._entry_url(page, entry), "parse_entry", {}, first=False)
        yield from self._more(page, "parse_index")

    def parse_entry(self, page: Page) -> Iterator[Yield]:
        """One whole entry."""
        if not isinstance(page.json, dict) or "@id" not in page.json:
            raise HarvestError("the answer is no entry of Plone", where=page.url)
        yield self._entry(page, page.json)

    def _entry_url(self, page: Page, entry: dict[str, Any]) -> str:
        """The interface's address of an entry: where the search goes through ``++api++``, so does the entry."""
        parts = urlsplit(page.join(str(entry["@id"])))
        prefix = "/++api++" if "/++api++" in self._search and "/++api++" not in parts.path else ""
        return f"{parts.scheme}://{parts.netloc}{prefix}{parts.path}"

    def _more(self, page: Page, method: str) -> Iterator[Yield]:
        answer, depth = page.json, page.context["depth"]
        if depth == 1 and isinstance(answer.get("items_total"), int):
            yield Claimed(answer["items_total"], "items_total of @search")
        batching = answer.get("batching")
        following = batching.get("next") if isinstance(batching, dict) else None
        if isinstance(following, str) and following and depth < MAX_PAGES:
            yield self._ask(self._through(page.join(following)), method, {"depth": depth + 1})

    def _through(self, url: str) -> str:
        """A batch's address as the search was asked: Plone leaves ``++api++`` out of it behind some servers."""
        if "/++api++" in self._search and "/++api++" not in url:
            return f"{self._search}?{url.partition('?')[2]}"
        return url

    def _entry(self, page: Page, entry: dict[str, Any]) -> Yield:
        title = text(entry.get("title"))
        if not title:
            return Problem(f"the entry {entry.get('@id')} has no title", page.url)
        language = entry.get("language")
        language = text(language.get("token") if isinstance(language, dict) else language)
        values: dict[str, str | None] = {
            "description": _html(entry.get("text")) or _blocks(entry) or text(entry.get("description")),
            "language": language,
            "topic": text(entry.get("subjects") or entry.get("Subject")),
            "published": _date(entry.get("effective")) or _date(entry.get("created")),
            "modified": _date(entry.get("modified")),
            "start": _date(entry.get("start")),
            "end": None if entry.get("open_end") else _date(entry.get("end")),
            "place": text(entry.get("location")),
            "licence": text(entry.get("rights")),
            "official_url": text(entry.get("event_url") or entry.get("remoteUrl")),
        }
        labels = {k: _values(v) for k, v in entry.items() if k not in _OWN and not k.startswith("@")}
        uid = entry.get("UID")
        return record_listing(
            self,
            page,
            title=title,
            values=values,
            labels={k: v for k, v in labels.items() if v},
            record=entry,
            url=page.join(str(entry["@id"])).replace("/++api++", ""),
            platform_id=str(uid) if uid else None,
        )


def _items(page: Page) -> list[dict[str, Any]]:
    answer = page.json if page.body.lstrip()[:1] in (b"{", b"[") else None
    if isinstance(answer, dict) and isinstance(answer.get("items"), list):
        return [e for e in answer["items"] if isinstance(e, dict) and e.get("@id")]
    said = f": {answer.get('message') or answer.get('error')}" if isinstance(answer, dict) else ""
    raise HarvestError(f"the answer ({page.status}) is no search of Plone{said}", where=page.url)


def _date(value: Any) -> str | None:
    """A date as written; None where it is not set."""
    found = text(value)
    return None if not found or found.startswith(_UNSET) else found


def _html(value: Any) -> str | None:
    return text(value.get("data")) if isinstance(value, dict) else text(value)


def _blocks(entry: dict[str, Any]) -> str | None:
    """The running text of an entry that is made of blocks, in the order of its layout."""
    blocks, layout = entry.get("blocks"), entry.get("blocks_layout")
    if not isinstance(blocks, dict) or not isinstance(layout, dict):
        return None
    found = []
    for name in layout.get("items") or ():
        block = blocks.get(name)
        plain = block.get("plaintext") if isinstance(block, dict) and block.get("@type") == "slate" else None
        if plain and str(plain).strip():
            found.append(f"<p>{str(plain).strip()}</p>")
    return "".join(found) or None


def _values(value: Any) -> list[str]:
    """Texts of a field: of a choice its title, of rich text its markup, nothing of files and of structures."""
    if isinstance(value, dict):
        if "data" in value:
            return texts(value.get("data"))
        return texts(value.get("title")) if "token" in value or "@id" in value else []
    if isinstance(value, list):
        return [t for v in value for t in _values(v)]
    return [t for t in texts(value) if not t.startswith(_UNSET)]
