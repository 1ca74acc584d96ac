"""Web pages with declared selectors: a listing page whose links lead to details, or whose blocks are the listings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.card import Harvest
from spiders.errors import CardError
from spiders.extract.head import head_of, language_of
from spiders.extract.labels import fill
from spiders.extract.nodes import NEXT, facts, selector, squeeze
from spiders.listing import Listing
from spiders.page import public_url
from spiders.platforms._pages import listing_of, next_page

_KINDS = {"dl", "table", "pairs", "colon"}
#: a portal with more listing pages than this is walking in circles
MAX_PAGES = 2000
#: links side by side that make a listing page, and the shortest text of a link that may be a title
FEWEST_LINKS, SHORTEST_TITLE = 4, 8


class Html(Platform):
    """Listing page -> details by ``links``, or listings on the page itself by ``items``."""

    name = "html"
    rank = 90
    about = "web pages read by declared CSS selectors"
    options = {
        "links": Option(str, "CSS of the links on the listing page that lead to one listing each"),
        "items": Option(str, "CSS of the blocks on the listing page that are one listing each"),
        "next": Option(str, "CSS of the link to the next listing page"),
        "key": Option(str, "selector inside a block for its stable key, such as '::self@id'"),
        "total": Option(str, "CSS of the text that says how many listings there are"),
        "fields": Option(dict, "raw field -> selector (CSS, with @attribute at its end where one is meant)"),
        "facts": Option(list, "boxes of labelled values: { box, kind = dl | table | pairs | colon, label, value }"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        for prefix, urls in link_groups(page)[:1]:
            options = {"links": f'a[href*="{prefix}"]', "next": NEXT}
            yield Door(page.url, page.url, f"{len(urls)} links to pages under {prefix}", options)

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        return door.options if link_groups(answer) or answer.tree.css_first(door.options["links"]) else None

    @classmethod
    def check(cls, harvest: Harvest, error: Callable[..., CardError]) -> None:
        super().check(harvest, error)
        options = harvest.options
        if ("links" in options) == ("items" in options):
            raise error("links", "give either links or items", "links lead to detail pages; items are listings on the page itself.")
        texts: dict[str, str] = {k: options[k] for k in ("links", "items", "next", "key", "total") if k in options}
        texts |= {f"fields.{k}": v for k, v in options.get("fields", {}).items()}
        for i, box in enumerate(options.get("facts", [])):
            needs = {"box", "kind"} | ({"label", "value"} if box.get("kind") == "pairs" else set())
            if set(box) != needs or box["kind"] not in _KINDS:
                raise error(f"facts[{i}]", f"must hold {', '.join(sorted(needs))}; kind is one of {', '.join(sorted(_KINDS))}")
            texts |= {f"facts[{i}].{k}": v for k, v in box.items() if k != "kind"}
        for key, text in texts.items():
            try:
                selector(text)
            except ValueError as e:
                raise error(key, str(e), "Write CSS, with @attribute at its end where an attribute is meant.") from e

    def parse(self, page: Page) -> Iterator[Yield]:
        """A listing page."""
        if total := self.option("total"):
            yield from claimed(page, selector(total).values(page.tree))
        if css := self.option("links"):
            urls = [url for url in dict.fromkeys(self._links(page, css)) if self.wants(url)]
            number = len(urls)
            for url in urls:
                yield Fetch(url, "parse_detail")
        else:
            blocks = page.tree.css(self.option("items"))
            number = len(blocks)
            yield from self._items(page, blocks)
        if not number:
            yield Problem("no listing found by the card's selectors", page.url, short=True)
        yield from self._next(page)

    def _links(self, page: Page, css: str) -> Iterator[str]:
        for node in page.tree.css(css):
            link = node if node.tag == "a" else node.css_first("a[href]")
            if link and (href := link.attributes.get("href")) and not href.startswith(("#", "mailto:", "javascript:", "tel:")):
                yield page.join(href)

    def _next(self, page: Page) -> Iterator[Fetch]:
        depth = page.context.get("depth", 1)
        css = self.option("next")
        if css == NEXT and depth < MAX_PAGES:  # nobody declared it: by the usual marks, else by the counter in the address
            if url := next_page(page):
                yield Fetch(url, "parse", {"depth": depth + 1}, first=True)
        elif css and depth < MAX_PAGES:
            for node in page.tree.css(css)[:1]:
                link = node if node.tag == "a" or node.attributes.get("href") else node.css_first("a[href]")
                if link and (href := link.attributes.get("href")):
                    yield Fetch(page.join(href), "parse", {"depth": depth + 1}, first=True)

    def parse_detail(self, page: Page) -> Iterator[Yield]:
        """A page that is one listing; where the card declares nothing about it, rules that fit any page read it."""
        declared = any(self.option(k) for k in ("fields", "facts"))
        listing = self._listing(page, page.tree) if declared else listing_of(self, page)
        yield listing if listing else Problem("no title found by the card's selectors", page.url)

    def _items(self, page: Page, nodes: list[LexborNode]) -> Iterator[Listing | Problem]:
        for node in nodes:
            key = next(iter(selector(self.option("key")).values(node)), None) if self.option("key") else None
            listing = self._listing(page, node, key=key, shared=True)
            if listing is None:
                yield Problem("a block without title", page.url)
            elif key is None and listing.url == page.url:
                yield Problem(f"the block {listing.title!r} has neither key nor address of its own", page.url)
            else:
                yield listing

    def _listing(self, page: Page, root: LexborHTMLParser | LexborNode, *, key: str | None = None, shared: bool = False) -> Listing | None:
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for field, text in {"title": "h1", **self.option("fields", {})}.items():
            found = selector(text).values(root, html=field == "description")
            if found:
                values[field] = found[0] if field in ("title", "url", "official_url") else "; ".join(dict.fromkeys(found))
                sources[field] = text
        pairs = [f for box in self.option("facts", []) for f in facts(root, box)]
        language = language_of(page)
        fields, from_labels, labels = fill(pairs, self.option("labels"), language or self.card.languages[0])
        values = {**fields, **values}
        if not values.get("title"):
            return None
        for field in ("url", "official_url"):
            if field in values:
                values[field] = page.join(values[field])
        own_url = values.pop("url", None)
        head = {} if shared else head_of(page)
        values.setdefault("language", language)
        return self.listing(
            page,
            url=own_url or page.url,
            key=None if own_url else key,
            sources={**from_labels, **sources},
            labels=labels,
            shared_page=shared and not own_url,
            **head,
            **{k: v for k, v in values.items() if v},
        )


def claimed(page: Page, texts: list[str]) -> Iterator[Yield]:
    """The number in the text that says how many listings there are."""
    for text in texts[:1]:
        numbers = [int(n) for n in squeeze(text).replace(".", "").replace("\u00a0", "").split() if n.isdigit()]
        if numbers:
            yield Claimed(max(numbers), f"{page.url}: {text}")


def link_groups(page: Page) -> list[tuple[str, list[str]]]:
    """(path prefix, addresses) of links in the page's own part that lead to pages side by side, the largest group first."""
    groups: dict[str, dict[str, None]] = {}
    host = urlsplit(page.url).hostname
    for node in page.tree.css("a[href]"):
        url = page.join(node.attributes.get("href") or "")
        parts = urlsplit(url)
        folder, _, leaf = parts.path.rstrip("/").rpartition("/")
        if parts.hostname != host or not leaf or not folder or parts.path.rstrip("/") == urlsplit(page.url).path.rstrip("/"):
            continue
        if len(squeeze(node.text())) >= SHORTEST_TITLE and not _in_navigation(node):
            groups.setdefault(f"{folder}/", {})[public_url(url)] = None
    sizable = [(prefix, list(urls)) for prefix, urls in groups.items() if len(urls) >= FEWEST_LINKS]
    return sorted(sizable, key=lambda group: -len(group[1]))


def _in_navigation(node: LexborNode) -> bool:
    parent: LexborNode | None = node
    while parent is not None:
        if parent.tag in ("nav", "footer", "header") or parent.attributes.get("role") in ("navigation", "contentinfo"):
            return True
        parent = parent.parent
    return False
