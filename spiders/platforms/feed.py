"""RSS and Atom feeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spiders.base import Door, Fetch, Note, Option, Page, Platform, Problem, Yield
from spiders.xml import refuse_entities

#: WordPress and others page their feeds with ?paged=; a feed never needs more
MAX_PAGES = 200


class Feed(Platform):
    """Entries of a feed are listings; their guid names them. ``rel=next`` is followed."""

    name = "feed"
    rank = 70
    about = "RSS and Atom feeds"
    options = {"fields": Option(dict, "raw field -> key of the entry, such as 'dc_publisher' or 'tags'")}

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        for node in page.tree.css('link[rel="alternate"][href]'):
            kind, title = node.attributes.get("type") or "", (node.attributes.get("title") or "").lower()
            if kind in ("application/rss+xml", "application/atom+xml") and "comment" not in title:
                url = page.join(node.attributes.get("href") or "")
                if "/comments/" not in url:
                    yield Door(url, url, f"link element of type {kind}")
        if page.body[:200].lstrip().startswith((b"<?xml", b"<rss", b"<feed")):
            yield Door(page.url, page.url, "the address itself")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        head = answer.body[:2000]
        return {} if any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:RDF")) else None

    def parse(self, page: Page) -> Iterator[Yield]:
        """A feed document."""
        import feedparser  # slow to load

        refuse_entities(page.body, page.url)
        feed = feedparser.parse(page.body, response_headers={"content-type": page.header("content-type") or ""})
        if feed.bozo and not feed.entries and not feed.version:
            yield Problem(f"the answer is no feed: {feed.get('bozo_exception')}", page.url, short=True)
            return
        yield Note("partial", "a feed shows the newest entries only")
        language = feed.feed.get("language")
        for entry in feed.entries:
            yield self._entry(page, entry, language)
        depth = page.context.get("depth", 1)
        for link in feed.feed.get("links", []):
            if link.get("rel") == "next" and link.get("href") and depth < MAX_PAGES:
                yield Fetch(page.join(link["href"]), "parse", {"depth": depth + 1}, first=True)

    def _entry(self, page: Page, entry: Any, language: str | None) -> Yield:
        link, guid = entry.get("link"), entry.get("id")
        if not entry.get("title") or not (link or guid):
            return Problem("an entry without title or address", page.url)
        content = entry.get("content") or [{}]
        values: dict[str, Any] = {
            "title": entry["title"],
            "description": content[0].get("value") or entry.get("summary"),
            "language": content[0].get("language") or entry.get("title_detail", {}).get("language") or language,
            "published": entry.get("published"),
            "modified": entry["updated"] if dict.__contains__(entry, "updated") else None,
            "topic": "; ".join(t["term"] for t in entry.get("tags", []) if t.get("term")) or None,
            "official_url": next((x["href"] for x in entry.get("links", []) if x.get("rel") == "related"), None),
        }
        sources = {k: k for k, v in values.items() if v}
        for field, key in self.option("fields", {}).items():
            if value := _value(entry.get(key)):
                values[field], sources[field] = value, key
        url = values.pop("url", None) or link or page.url
        return self.listing(page, url=page.join(url), platform_id=guid or None, sources=sources, **values)


def _value(value: Any) -> str | None:
    if isinstance(value, list):
        return "; ".join(v.get("term") or v.get("name") or v.get("value") or "" if isinstance(v, dict) else str(v) for v in value) or None
    if isinstance(value, dict):
        return value.get("value") or value.get("name") or None
    return str(value) if value else None
