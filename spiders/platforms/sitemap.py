"""Sitemaps: the addresses that a portal itself lists for visiting programs, with the time of their last change."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from spiders.base import Claimed, Door, Fetch, Known, Option, Page, Platform, Problem, Yield
from spiders.card import Harvest
from spiders.errors import CardError, HarvestError
from spiders.extract.nodes import selector
from spiders.platforms._pages import listing_of
from spiders.platforms._records import local_name, xml_of

#: limits of the protocol, and of ours: addresses of one file, bytes of one unpacked file, sitemaps within sitemaps
MAX_URLS, MAX_BYTES, MAX_DEPTH = 50_000, 50 * 1024 * 1024, 3
#: so many pages that all changed at one time say when the sitemap was made, not when they changed
SAME = 10
#: addresses of one folder that make it worth a door
FEWEST = 4
_FILES = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|zip|jpe?g|png|gif|webp|svg|mp[34]|ics|css|js)$", re.I)


@dataclass(frozen=True)
class Entry:
    """An address in a sitemap."""

    url: str
    lastmod: str | None = None
    alternates: dict[str, str] = field(default_factory=dict)


class Sitemap(Platform):
    """``url`` is a sitemap, an index of sitemaps (each may be gzipped), or robots.txt, which names them.

    Every address that ``entries`` and ``match`` let pass is one listing, read by rules that fit any page. Where the sitemap
    states when a page changed, an unchanged one is not fetched again.
    """

    name = "sitemap"
    rank = 80
    about = "sitemaps, and the pages that they list"
    options = {
        "match": Option(str, "regular expression; only addresses in which it is found are listings"),
        "sitemaps": Option(str, "regular expression; of an index only sitemaps in whose address it is found are read"),
        "fields": Option(dict, "raw field -> selector (CSS, with @attribute at its end), where the general rules miss it"),
    }

    @classmethod
    def check(cls, harvest: Harvest, error: Callable[..., CardError]) -> None:
        super().check(harvest, error)
        for key in ("match", "sitemaps"):
            try:
                re.compile(harvest.options.get(key, ""))
            except re.error as e:
                raise error(key, f"is no regular expression: {e}", "Write it as /projects/[^/]+$.") from e
        for name, css in harvest.options.get("fields", {}).items():
            try:
                selector(css)
            except ValueError as e:
                raise error(f"fields.{name}", str(e), "Write CSS, with @attribute at its end where an attribute is meant.") from e

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        parts = urlsplit(page.url)
        if b"sitemap" in page.body[:2000] and page.body.lstrip()[:5] == b"<?xml":
            yield Door(page.url, page.url, "the address itself")
        elif folder := parts.path.rstrip("/"):
            url = f"{parts.scheme}://{parts.netloc}/sitemap.xml"
            yield Door(url, url, f"pages under {folder}/ in the sitemap", {"entries": [f"{folder}/"]})

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            found, inner, problem = _read(answer)
        except HarvestError:
            return None
        if "entries" not in door.options:
            return {} if found or inner else None
        below = [e for e in found if urlsplit(e.url).path.startswith(tuple(door.options["entries"]))]
        return door.options if len(below) >= FEWEST and not problem else None

    def parse(self, page: Page) -> Iterator[Yield]:
        """A sitemap, an index of them, or robots.txt."""
        found, inner, problem = _read(page)
        if problem:
            yield problem
        depth = page.context.get("depth", 1)
        wanted = [url for url in inner if re.search(self.option("sitemaps", ""), url)]
        if not wanted and urlsplit(page.url).path == "/robots.txt":  # it names indexes
            wanted = inner
        for url in wanted if depth < MAX_DEPTH else ():
            yield Fetch(url, "parse", {"depth": depth + 1}, first=True)
        if inner and not wanted:
            yield Problem(f"none of {len(inner)} sitemaps fits {self.option('sitemaps')!r}", page.url, short=True)
        if inner and depth >= MAX_DEPTH:
            yield Problem(f"sitemaps are nested more than {MAX_DEPTH} deep", page.url, short=True)
        entries = list({e.url: e for e in found if self._fits(e.url)}.values())
        if found and not entries and depth == 1:
            yield Problem(f"none of {len(found)} addresses is a listing by the card", page.url, short=True)
        if not found and not inner:
            yield Problem("the sitemap is empty", page.url, short=True)
        if entries:
            yield Claimed(len(entries), page.url)
        telling = _telling(found)
        for entry in entries:
            yield self._visit(entry, entry.lastmod if telling else None)

    def _fits(self, url: str) -> bool:
        return self.wants(url) and not _FILES.search(urlsplit(url).path) and bool(re.search(self.option("match", ""), url))

    def _visit(self, entry: Entry, lastmod: str | None) -> Yield:
        record_id = self.address_id(entry.url)
        if record_id and lastmod and self.memory.tokens.get(record_id) == lastmod:
            return Known(record_id, lastmod)
        return Fetch(entry.url, "parse_entry", {"lastmod": lastmod, "alternates": entry.alternates})

    def parse_entry(self, page: Page) -> Iterator[Yield]:
        """A page that the sitemap lists."""
        if page.content_type and "html" not in page.content_type:
            yield Problem(f"is no web page but {page.content_type}", page.url)
            return
        listing = listing_of(self, page)
        if listing is None:
            yield Problem("a page without title", page.url)
            return
        for name, css in self.option("fields", {}).items():
            if values := selector(css).values(page.tree, html=name == "description"):
                value = values[0] if name in ("title", "url", "official_url") else "; ".join(dict.fromkeys(values))
                setattr(listing, name, page.join(value) if name in ("url", "official_url") else value)
                listing.sources[name] = css
        listing.alternates = {**page.context.get("alternates", {}), **listing.alternates}
        if lastmod := page.context.get("lastmod"):
            listing.modified, listing.sources["modified"] = lastmod, "lastmod"
        yield listing


def _read(page: Page) -> tuple[list[Entry], list[str], Problem | None]:
    """(addresses of pages, addresses of sitemaps, what is wrong) of a sitemap in any of its forms."""
    body = _unpacked(page)
    head = body[:1000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head.startswith(b"<"):
        lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
        named = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("sitemap:")]
        found = [Entry(line) for line in lines if line.startswith(("http://", "https://"))]
        if not named and not found:
            raise HarvestError("the answer is no sitemap", where=page.url)
        return found[:MAX_URLS], named, None
    root, problem = xml_of(page, body)
    if local_name(root) not in ("urlset", "sitemapindex"):
        raise HarvestError(f"the answer is no sitemap but {local_name(root)!r}", where=page.url)
    entries: list[Entry] = []
    inner: list[str] = []
    for node in root:
        values = {local_name(child): (child.text or "").strip() for child in node}
        if not values.get("loc"):
            continue
        url = page.join(values["loc"])
        if local_name(root) == "sitemapindex":
            inner.append(url)
        elif len(entries) < MAX_URLS:
            links = {c.get("hreflang"): c.get("href") for c in node if local_name(c) == "link"}
            entries.append(Entry(url, values.get("lastmod") or None, {str(k): page.join(v) for k, v in links.items() if k and v}))
        else:
            problem = problem or Problem(f"the sitemap lists more than {MAX_URLS} addresses", page.url, short=True)
            break
    return entries, inner, problem


def _unpacked(page: Page) -> bytes:
    if page.body[:2] != b"\x1f\x8b":
        return page.body
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(page.body, MAX_BYTES)
    except zlib.error as e:
        raise HarvestError(f"the gzip is broken: {e}", where=page.url) from e
    if unpacker.unconsumed_tail:
        raise HarvestError(f"the sitemap unpacks to more than {MAX_BYTES} bytes", where=page.url)
    if not unpacker.eof:
        raise HarvestError("the gzip is broken: it ends too early", where=page.url)
    return body


def _telling(entries: list[Entry]) -> bool:
    """Do the times of change tell one page from another?"""
    times = [e.lastmod for e in entries if e.lastmod]
    return len(times) < SAME or len(set(times)) > 1
