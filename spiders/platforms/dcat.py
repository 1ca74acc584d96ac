"""DCAT and DCAT-AP catalogues: RDF/XML, Turtle, N-Triples, JSON-LD; on one page or on many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.page import url_key

if TYPE_CHECKING:
    from spiders.rdf import Catalogue

MAX_PAGES = 2000
_TYPES = ("application/rdf+xml", "text/turtle", "application/ld+json")
_ACCEPT = {"Accept": "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8"}


class Dcat(Platform):
    """Data sets (or services, series) of a catalogue. Pages are followed by hydra, by ``rel=next`` or by a declared counter."""

    name = "dcat"
    rank = 30
    about = "DCAT-AP catalogues in RDF"
    options = {
        "classes": Option(list, "classes that are listings, by local name; ['Dataset'] if not given"),
        "fields": Option(dict, "raw field -> address of the property that holds it"),
        "counter": Option(str, "parameter that counts the pages from 1, where the catalogue names no next page"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        if b"ns/dcat#" in page.body and not page.content_type.startswith("text/html"):
            yield Door(page.url, page.url, "the address itself")
        for node in page.tree.css('link[rel~="alternate"][href]'):
            kind = (node.attributes.get("type") or "").split(";")[0].strip().lower()
            if kind in _TYPES:
                url = page.join(node.attributes.get("href") or "")
                yield Door(url, url, f"link element of type {kind}")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        from spiders.rdf import is_catalogue

        return {} if is_catalogue(answer) else None

    def start(self) -> Iterator[Yield]:
        yield Fetch(self.harvest.url, "parse", {"depth": 1}, headers=dict(_ACCEPT), first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page of the catalogue."""
        from spiders.rdf import Catalogue

        catalogue = Catalogue(page, self.card.languages, self.option("classes", ["Dataset"]), self.option("fields", {}))
        depth = page.context.get("depth", 1)
        if depth == 1 and (total := catalogue.total()) is not None:
            yield Claimed(total, "hydra:totalItems")
        subjects = catalogue.subjects()
        for subject in subjects:
            yield self._listing(page, catalogue, subject)
        if not subjects and depth == 1:
            yield Problem("the catalogue holds no data set", page.url, short=True)
        if depth < MAX_PAGES and (following := self._next(page, catalogue, bool(subjects))):
            yield Fetch(following, "parse", {"depth": depth + 1}, headers=dict(_ACCEPT), first=True)

    def _next(self, page: Page, catalogue: Catalogue, any_here: bool) -> str | None:
        parts = (page.header("link") or "").split(",")
        by_header = [part.partition(">")[0].strip(" <") for part in parts if 'rel="next"' in part or "rel=next" in part]
        for target in catalogue.following() or by_header:
            if url_key(page.join(target)) != url_key(page.url):
                return page.join(target)
        if (counter := self.option("counter")) and any_here:
            return f"{self.harvest.url}{'&' if '?' in self.harvest.url else '?'}{counter}={page.context.get('depth', 1) + 1}"
        return None

    def _listing(self, page: Page, catalogue: Catalogue, subject: Any) -> Yield:
        title, name, address = catalogue.title(subject), catalogue.name_of(subject), catalogue.address(subject)
        if not title:
            return Problem(f"data set {name or 'without name'} has no title", page.url)
        if not name and not address:
            return Problem(f"data set {title!r} has neither address, identifier nor landing page", page.url)
        values, sources = catalogue.values(subject)
        url = values.pop("url", None) or address or page.url
        platform_id = f"dcat:{name}" if name else None
        fields: dict[str, Any] = {**values}
        return self.listing(page, title=title, url=page.join(url), platform_id=platform_id, sources=sources, **fields)
