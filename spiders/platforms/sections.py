"""One page whose headings are the listings: programmes and projects that share an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from spiders.base import Door, Option, Page, Platform, Problem, Yield
from spiders.extract.facts import labelled
from spiders.extract.head import language_of
from spiders.extract.labels import fill
from spiders.extract.nodes import selector
from spiders.platforms._pages import Section, own_facts, sections

#: fewer parts make no list
FEWEST = 3
#: a part without text is a heading for others
SHORTEST = 20


class Sections(Platform):
    """Every heading of one level begins a listing; its id (else its wording) is the key within the page."""

    name = "sections"
    rank = 95
    about = "one page whose headings are the listings"
    options = {
        "heading": Option(str, "CSS of the headings; without it the level that most parts share"),
    }

    @classmethod
    def check(cls, harvest: Any, error: Any) -> None:
        super().check(harvest, error)
        if css := harvest.options.get("heading"):
            try:
                selector(css)
            except ValueError as e:
                raise error("heading", str(e), "Write CSS, such as h3.title.") from e

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        found = [s for s in sections(page) if len(s.html) >= SHORTEST]
        if len(found) >= FEWEST:
            yield Door(page.url, page.url, f"{len(found)} parts under headings")

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        return {} if len([s for s in sections(answer) if len(s.html) >= SHORTEST]) >= FEWEST else None

    def parse(self, page: Page) -> Iterator[Yield]:
        """The page."""
        found = [s for s in sections(page, self.option("heading")) if len(s.html) >= SHORTEST]
        if not found:
            yield Problem("no parts under headings found", page.url, short=True)
        seen: set[str] = set()
        for section in found:
            if section.key in seen:
                yield Problem(f"two parts share the key {section.key!r}", page.url)
                continue
            seen.add(section.key)
            yield self._listing(page, section)

    def _listing(self, page: Page, section: Section) -> Yield:
        language = language_of(page)
        tree = LexborHTMLParser(f"<div>{section.html}</div>")
        fields, sources, labels = fill(labelled(tree, language), self.option("labels"), language)
        fields.pop("title", None)
        for field, fact in own_facts(self, tree.body):
            fields[field], sources[field] = "; ".join(fact.values), f"label {fact.label}"
        values: dict[str, Any] = {**fields, "description": section.html, "language": language}
        if section.href and not section.href.startswith(("#", "mailto:", "tel:", "javascript:")):
            values.setdefault("official_url", page.join(section.href))
        sources |= {"title": "heading", "description": "text under the heading"}
        return self.listing(page, title=section.title, key=section.key, sources=sources, labels=labels, shared_page=True, **values)
