"""Wagtail through its pages API: pages of given types with the fields that their model publishes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.platforms._records import record_listing, text, texts

#: Wagtail answers 400 to more, unless its administrator allows it
LIMIT = 20
MAX_PAGES = 5000
#: what Wagtail leaves in the pages that it serves: keys of its editor's blocks, names of its scaled images
_MARKS = re.compile(
    rb"data-block-key=|/(?:media|images)/[^\"' ]{1,200}\.(?:original|width-\d+|max-\d+x\d+|fill-\d+x\d+)[.\w-]{0,60}\.\w{3,4}"
)
_OWN = {"id", "meta", "title", "url"}
_MARKUP = re.compile(r"<(p|h\d|ul|ol|div|br)\b")


class Wagtail(Platform):
    """``url`` is the list of pages, as in ``https://example.org/api/v2/pages/``. Its fields are whatever the site's model publishes."""

    name = "wagtail"
    about = "Wagtail pages API"
    rank = 15
    options = {
        "types": Option(list, "types of pages to read, such as ['projects.ProjectPage']", required=True),
        "fields": Option(dict, "raw field -> path in the page's JSON"),
        "language": Option(str, "language of all pages, where the interface does not say"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        if _MARKS.search(page.body):
            parts = urlsplit(page.url)
            root = f"{parts.scheme}://{parts.netloc}/api/v2/pages/"
            yield Door(f"{root}?limit={LIMIT}&order=-id", root, "marks of Wagtail in the page")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        """The types of the newest pages; the start page and lists are one of their kind."""
        try:
            pages = _items(answer)
        except HarvestError:
            return None
        types = Counter(kind for page in pages if (kind := str(page["meta"].get("type") or "")) and kind != "wagtailcore.Page")
        several = [kind for kind, n in types.items() if n > 1]
        return {"types": several or list(types)} if types else None

    def start(self) -> Iterator[Yield]:
        for kind in self.option("types"):
            yield self._list(kind, 0, 1)

    def _list(self, kind: str, offset: int, depth: int) -> Fetch:
        query = urlencode({"type": kind, "fields": "*", "limit": LIMIT, "offset": offset, "order": "id"}, safe="*.")
        context = {"type": kind, "offset": offset, "depth": depth}
        return Fetch(f"{self.harvest.url}?{query}", "parse", context, first=True, accept=(400, 404))

    def parse(self, page: Page) -> Iterator[Yield]:
        """A piece of the list of one type."""
        kind, offset, depth = page.context["type"], page.context["offset"], page.context["depth"]
        entries, total = _items(page), page.json["meta"].get("total_count")
        for entry in entries:
            yield self._entry(page, entry)
        if not isinstance(total, int):
            return
        if depth == 1:
            yield Claimed(total, f"total_count of {kind}")
        reached = offset + len(entries)
        if reached < total and not entries:
            yield Problem(f"the answer holds no pages, though {total - reached} are still claimed", page.url, short=True)
        elif reached < total and depth < MAX_PAGES:
            yield self._list(kind, reached, depth + 1)

    def _entry(self, page: Page, entry: dict[str, Any]) -> Yield:
        meta, title = entry["meta"], text(entry.get("title"))
        if not title:
            return Problem(f"the page {entry.get('id')} has no title", page.url)
        fields = {k: v for k, v in entry.items() if k not in _OWN}
        prose = {k: html for k, v in fields.items() if (html := _prose(v))}
        values: dict[str, str | None] = {
            "description": max(prose.values(), key=len, default=None),
            "language": self.option("language") or text(meta.get("locale")),
            "published": text(meta.get("first_published_at")),
        }
        labels = {k: texts(v) for k, v in fields.items() if k not in prose}
        return record_listing(
            self,
            page,
            title=title,
            values=values,
            labels={k: v for k, v in labels.items() if v},
            record=entry,
            url=text(meta.get("html_url")),
            platform_id=f"wagtail:{meta.get('type')}:{entry['id']}",
        )


def _items(page: Page) -> list[dict[str, Any]]:
    answer = page.json
    items = answer.get("items") if isinstance(answer, dict) and isinstance(answer.get("meta"), dict) else None
    if isinstance(items, list):
        return [e for e in items if isinstance(e, dict) and isinstance(e.get("meta"), dict) and "id" in e]
    said = f": {answer['message']}" if isinstance(answer, dict) and answer.get("message") else ""
    raise HarvestError(f"the answer ({page.status}) is no list of pages of Wagtail{said}", where=page.url)


def _prose(value: Any) -> str | None:
    """The running text of a field: rich text as it is, of a stream of blocks the rich texts in their order."""
    if isinstance(value, str):
        return value if _MARKUP.search(value) else None
    if isinstance(value, list):
        blocks = [b.get("value") for b in value if isinstance(b, dict) and "type" in b and "value" in b]
        return "".join(html for b in blocks if (html := _prose(b))) or None
    if isinstance(value, dict):
        return "".join(html for v in value.values() if (html := _prose(v))) or None
    return None
