"""A portal whose software nobody has looked up: tries the doors of every platform in order and remembers what worked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from spiders.base import Door, Fetch, Note, Option, Page, Platform, Problem, Yield
from spiders.card import Harvest
from spiders.errors import CardError
from spiders.extract.head import head_of, language_of, metadata
from spiders.extract.nodes import NEXT
from spiders.platforms._pages import links_under, under

#: platforms that guess which parts of a page are listings
_GUESSING = frozenset(["html", "sections", "sitemap", "structured"])
#: doors that are tried at most
MAX_DOORS = 16
#: answers that say "not here": the next door is tried; 0 is no answer
_CLOSED = (0, 400, 401, 403, 404, 405, 406, 410, 500, 501, 503)


class Auto(Platform):
    """Reads the page at ``url``, asks each platform for doors it sees there, and harvests through the first that opens."""

    name = "auto"
    about = "finds the platform by itself"
    rank = 0
    options = {"sections": Option(bool, "true where each heading of the page begins one listing")}

    def start(self) -> Iterator[Yield]:
        if self.option("sections"):
            yield from self._wrap(inner := self._inner("sections", self.harvest.url, {}), inner.start())
            return
        remembered = self.memory.doors.get(f"door {self.harvest.url}")
        if remembered:
            yield self._knock([{**remembered, "remembered": True}], 0)
        else:
            yield Fetch(self.harvest.url, "parse", first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """The portal's own page: what it says of itself, and the doors seen on it."""
        yield from about(page)
        doors = [{"platform": name, **asdict(door)} for name, door in doors_of(page, self.option("entries", ()))][:MAX_DOORS]
        if doors:
            yield self._knock(doors, 0)
        else:
            yield Problem("no platform is recognised", page.url, short=True)

    def _knock(self, doors: list[dict[str, Any]], number: int) -> Fetch:
        context = {"doors": doors, "number": number}
        return Fetch(doors[number]["url"], "parse_door", context, conditional=False, first=True, accept=_CLOSED, again=True)

    def parse_door(self, page: Page) -> Iterator[Yield]:
        """The answer at a door."""
        doors, number = page.context["doors"], page.context["number"]
        described = dict(doors[number])
        platform, remembered = platform_named(described.pop("platform")), described.pop("remembered", False)
        door = Door(**described)
        options = platform.opens(door, page) if page.status == 200 else None
        if options is not None:
            yield Note(f"door {self.harvest.url}", {"platform": platform.name, **asdict(door)})
            yield Note("harvest", {"platform": platform.name, "url": door.harvest_url, "options": options, "why": door.why})
            inner = self._inner(platform.name, door.harvest_url, options)
            yield from self._wrap(inner, inner.start(), again=True)
            if platform.name == "html" and under(page.url, self.option("entries", ())):  # the address of the card is a listing itself
                yield from self._wrap(inner, inner.parse_detail(page))  # type: ignore[attr-defined]
        elif number + 1 < len(doors):
            yield self._knock(doors, number + 1)
        elif remembered:
            yield Fetch(self.harvest.url, "parse", first=True)
        else:
            tried = ", ".join(f"{d['platform']} at {d['url']}" for d in doors)
            yield Problem(f"no door opens; tried {tried}", self.harvest.url, short=True)

    def through(self, page: Page) -> Iterator[Yield]:
        """A page behind the open door: read by the platform's own method."""
        context = page.context
        inner = self._inner(context["platform"], context["url"], context["options"])
        page.context = context["context"]
        yield from self._wrap(inner, getattr(inner, context["parse"])(page))

    def _inner(self, platform: str, url: str, options: dict[str, Any]) -> Platform:
        shared = {k: v for k, v in self.harvest.options.items() if k in self.common}
        return platform_named(platform)(self.card, Harvest(platform, url, self.harvest.kind, {**options, **shared}), self.memory)

    def _wrap(self, inner: Platform, results: Iterable[Yield], *, again: bool = False) -> Iterator[Yield]:
        where = {"platform": inner.harvest.platform, "url": inner.harvest.url, "options": inner.harvest.options}
        for result in results:
            if isinstance(result, Fetch):
                result = replace(result, parse="through", context={**where, "parse": result.parse, "context": result.context}, again=again)
            yield result


def platform_named(name: str) -> type[Platform]:
    """The platform that cards call ``name``."""
    from spiders.platforms import platform  # which imports this module

    found = platform(name)
    if found is None:
        raise CardError(f"there is no platform {name!r}")
    return found


def doors_of(page: Page, entries: Sequence[str] = ()) -> Iterator[tuple[str, Door]]:
    """(platform, door) seen on a page, each once; ``entries``: what the card says of addresses.

    The order is that of the platforms' ranks, but the feed of a section of a site goes before interfaces that know the whole
    site only. With ``entries`` nobody guesses which links are listings: the card says it, and a sitemap may name them too.
    """
    from spiders.platforms import platforms

    found: list[tuple[str, Door]] = []
    for platform in sorted(platforms().values(), key=lambda p: (p.rank, p.name)):
        if not (entries and platform.name in _GUESSING):
            found += [(platform.name, door) for door in platform.doors(page)]
    if entries:
        if links_under(page, entries):
            links = ", ".join(f'a[href*="{prefix}"]' for prefix in entries)
            found.append(("html", Door(page.url, page.url, "the card's entries", {"links": links, "next": NEXT})))
        sitemap = urljoin(page.url, "/sitemap.xml")
        found.append(("sitemap", Door(sitemap, sitemap, "the usual address of a sitemap")))
    else:
        found.sort(key=lambda pair: not _section_feed(page, *pair))
    seen = set()
    for name, door in found:
        if (name, door.url) not in seen:
            seen.add((name, door.url))
            yield name, door


def _section_feed(page: Page, platform: str, door: Door) -> bool:
    """True for the feed of the section that ``page`` is; a single page's feed holds comments."""
    path = urlsplit(page.url).path.rstrip("/")
    if platform != "feed" or not path or not urlsplit(door.url).path.startswith(f"{path}/"):
        return False
    single = page.tree.css_first('link[rel="alternate"][type="application/json"][href*="/wp/v2/p"]')  # pages/7, posts/7
    return single is None


def about(page: Page) -> Iterator[Note]:
    """What a portal's page says of the portal: name, languages, generator, licence."""
    meta = metadata(page)
    title = page.tree.css_first("title")
    name = meta.get("og:site_name") or (title.text().strip() if title else "")
    languages = [language_of(page), *(code for code in head_of(page)["alternates"] if code != "x-default")]
    licences = [n.attributes.get("href") or "" for n in page.tree.css('[rel~="license"][href], a[href*="creativecommons.org/"]')]
    found = {
        "title": name,
        "languages": list(dict.fromkeys(code.split("-")[0].lower() for code in languages if code)),
        "generator": meta.get("generator"),
        "licence": page.join(licences[0]) if licences else None,
    }
    for key, value in found.items():
        if value:
            yield Note(key, value)
