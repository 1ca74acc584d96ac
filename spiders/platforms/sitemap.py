"""Sitemaps: index files, gzip, dates of change; each page is read by rules that fit any page."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from spiders.base import Claimed, Door, Fetch, Known, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.page import public_url
from spiders.platforms._pages import listing_of
from spiders.xml import parse_xml

#: a sitemap may hold 50 MB by its standard
MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 4
_FILES = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|svg|mp[34]|ics)$", re.I)


class Sitemap(Platform):
    """``url`` is the sitemap or its index; ``entries`` say which of its pages are listings.

    A page whose ``lastmod`` is that of the last run is sighted, not fetched.
    """

    name = "sitemap"
    rank = 97
    about = "sitemaps, with generic extraction of the pages they name"

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        # a sitemap names every page of a site: only a card's entries make listings of them, so auto adds its door itself
        if b"sitemaps.org/schemas/sitemap" in page.body[:2000]:
            yield Door(page.url, page.url, "the address itself")

    @classmethod
    def site_door(cls, page: Page) -> Door:
        """Where the sitemap of a page's site usually lies."""
        parts = urlsplit(page.url)
        url = f"{parts.scheme}://{parts.netloc}/sitemap.xml"
        return Door(url, url, "the usual address of a sitemap")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            root = parse_xml(unpacked(answer), answer.url)
        except HarvestError:
            return None
        return {} if etree.QName(root).localname in ("urlset", "sitemapindex") else None

    def start(self) -> Iterator[Yield]:
        yield Fetch(self.harvest.url, "parse", {"depth": 1}, first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """A sitemap, an index of sitemaps, or a plain list of addresses."""
        body = unpacked(page)
        depth = page.context.get("depth", 1)
        if body.lstrip()[:1] != b"<":
            yield from self._pages(page, [(line.strip(), None) for line in body.decode("utf-8", "replace").splitlines()])
            return
        root = parse_xml(body, page.url)
        kind = etree.QName(root).localname
        found = [(_text(node, "loc"), _text(node, "lastmod")) for node in root if isinstance(node.tag, str)]
        if kind == "sitemapindex":
            if depth >= MAX_DEPTH:
                yield Problem("indexes of sitemaps within each other without end", page.url, short=True)
                return
            for loc, _ in found:
                if loc:
                    yield Fetch(page.join(loc), "parse", {"depth": depth + 1}, first=True)
        elif kind == "urlset":
            yield from self._pages(page, found)
        else:
            yield Problem(f"the answer is no sitemap but {kind!r}", page.url, short=True)

    def _pages(self, page: Page, found: list[tuple[str | None, str | None]]) -> Iterator[Yield]:
        wanted = {url: stamp for loc, stamp in found if loc and self.wants(url := public_url(page.join(loc))) and not _FILES.search(url)}
        if wanted:
            yield Claimed(len(wanted), page.url)
        for url, stamp in wanted.items():
            record_id = self.address_id(url) or self.record_id(url)
            if stamp and self.memory.tokens.get(record_id) == stamp:
                yield Known(record_id, stamp)
            else:
                yield Fetch(url, "parse_page", {"lastmod": stamp})

    def parse_page(self, page: Page) -> Iterator[Yield]:
        """A page that the sitemap names."""
        listing = listing_of(self, page)
        if listing is None:
            yield Problem("a page without title", page.url)
            return
        if stamp := page.context.get("lastmod"):
            listing.modified, listing.sources["modified"] = stamp, "lastmod of the sitemap"
        yield listing


def unpacked(page: Page) -> bytes:
    """The body, decompressed where it is a gzip file. Raises HarvestError where it is too large or damaged."""
    if page.body[:2] != b"\x1f\x8b":
        return page.body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(page.body, MAX_BYTES)
    except zlib.error as e:
        raise HarvestError(f"the gzip file is damaged: {e}", where=page.url) from e
    if unpacker.unconsumed_tail:
        raise HarvestError(f"the gzip file holds more than {MAX_BYTES} bytes", where=page.url)
    return body


def _text(node: etree._Element, name: str) -> str | None:
    child = next((c for c in node if isinstance(c.tag, str) and etree.QName(c).localname == name), None)
    return (child.text or "").strip() or None if child is not None else None
