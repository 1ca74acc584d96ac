"""What every platform shares: how it is declared, and how it names and builds its listings.

A platform is one module in ``spiders/platforms`` with one class:

    class Feed(Platform):
        name = "feed"                                   # the word in a card
        about = "RSS and Atom feeds"
        options = {"fields": Option(dict, "raw field -> entry key")}

        def start(self):                                # first addresses
            yield Fetch(self.harvest.url)

        def parse(self, page):                          # what a page holds: listings and further addresses
            yield self.listing(page, title=..., platform_id=...)

It knows nothing of Scrapy, robots.txt, archive or raw zone: the spider (``spiders/spider.py``) fetches politely, keeps the
evidence and calls the method named by each ``Fetch``. The same class therefore serves harvest, replay and probe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

from spiders.card import Card, Harvest, nearest
from spiders.errors import CardError
from spiders.listing import LABELLED, Listing
from spiders.page import Claimed, Deleted, Fetch, Known, Note, Page, Problem, public_url, url_key

__all__ = ["Claimed", "Deleted", "Door", "Fetch", "Known", "Memory", "Note", "Option", "Page", "Platform", "Problem"]

Yield = Fetch | Listing | Claimed | Known | Deleted | Note | Problem


@dataclass(frozen=True)
class Option:
    """An option that a card may give a platform: its type and what it does."""

    type: type | tuple[type, ...]
    about: str
    required: bool = False


@dataclass(frozen=True)
class Door:
    """An address at which a platform may answer, the harvest address and options it would get, and why it was thought of."""

    url: str
    harvest_url: str
    why: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Memory:
    """What earlier accepted runs know of a portal, as far as a platform may use it.

    ``tokens``: record id -> the portal's own mark of the last change (a date, an ETag); ``since``: start of the last accepted
    run (ISO, UTC); ``addresses``: key of an address -> record id, for listings that moved; ``doors``: notes that a platform
    left for its next run. Empty on a first or full run, but for ``addresses``.
    """

    tokens: dict[str, str] = field(default_factory=dict)
    since: str | None = None
    addresses: dict[str, str] = field(default_factory=dict)
    doors: dict[str, Any] = field(default_factory=dict)


class Platform:
    """Base of all platforms. ``start`` and the ``parse`` methods yield Fetch, Listing, Claimed, Known, Deleted, Note or Problem."""

    name: ClassVar[str] = ""
    about: ClassVar[str] = ""
    options: ClassVar[dict[str, Option]] = {}
    #: options of every platform
    common: ClassVar[dict[str, Option]] = {
        "entries": Option(list, "beginnings of the paths of listings' addresses; listings elsewhere are passed over"),
        "labels": Option(dict, "label as written -> raw field, where the shared dictionary lacks it"),
    }
    #: the order in which ``auto`` tries platforms; lower ones first, the richer interface before the poorer
    rank: ClassVar[int] = 50

    def __init__(self, card: Card, harvest: Harvest, memory: Memory | None = None) -> None:
        self.card = card
        self.harvest = harvest
        self.memory = memory or Memory()

    def start(self) -> Iterator[Yield]:
        """The first addresses; by default the harvest address, read by ``parse``."""
        yield Fetch(self.harvest.url, first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """Reads the answer to ``start``."""
        raise NotImplementedError

    @classmethod
    def known_options(cls) -> dict[str, Option]:
        """Every option that a card may give this platform."""
        return {**cls.common, **cls.options}

    def wants(self, url: str) -> bool:
        """May the page at ``url`` be a listing, by the card's ``entries``?"""
        entries = self.option("entries")
        return not entries or urlsplit(url).path.startswith(tuple(entries))

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        """Where this platform may answer, judged from any page of the portal. ``auto`` and ``probe`` ask them in turn."""
        yield from ()

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        """The options with which a card uses ``door``, or None where ``answer`` (status 200) is not this platform's."""
        return None

    @classmethod
    def check(cls, harvest: Harvest, error: Callable[..., CardError]) -> None:
        """Checks the options of ``harvest``; raises ``error(key, what, hint)``. Extend it where options depend on each other."""
        for key, option in cls.options.items():
            if option.required and key not in harvest.options:
                raise error(key, "is missing", f"The platform {cls.name!r} needs it: {option.about}.")
        for key, value in harvest.options.items():
            option = cls.known_options()[key]
            if not isinstance(value, option.type):
                raise error(key, f"has the wrong type: {value!r}", f"{key}: {option.about}.")
        for table in ("fields", "labels"):
            names = harvest.options.get(table, {})
            for raw_field in names if table == "fields" else names.values():
                if raw_field not in FIELD_NAMES:
                    raise error(f"{table}.{raw_field}", "is no raw field", nearest(raw_field, FIELD_NAMES))

    def option(self, key: str, default: Any = None) -> Any:
        """The card's value of an option."""
        return self.harvest.options.get(key, default)

    def record_id(self, url: str, *, platform_id: str | None = None, key: str | None = None) -> str:
        """The stable name of a listing: the platform's own id, else its address with the item key."""
        name = platform_id or public_url(url)
        return f"{self.card.id}:{name}{f'#{key}' if key else ''}"

    def address_id(self, *urls: str | None, key: str | None = None) -> str | None:
        """The record that earlier runs knew under one of these addresses."""
        suffix = f"#{key}" if key else ""
        for url in urls:
            if url and (known := self.memory.addresses.get(url_key(url) + suffix)):
                return known
        return None

    def listing(
        self,
        page: Page,
        *,
        title: str,
        url: str | None = None,
        platform_id: str | None = None,
        key: str | None = None,
        sources: Mapping[str, str] | None = None,
        labels: Mapping[str, list[str]] | None = None,
        alternates: Mapping[str, str] | None = None,
        canonical_url: str | None = None,
        shared_page: bool = False,
        **fields: Any,
    ) -> Listing:
        """A raw listing found on ``page``.

        ``platform_id`` is the platform's own name of it (``wp:initiative:12``, a UUID, an OAI identifier). Without one its
        address names it, with ``key`` where a page holds several; a listing that moved keeps the name it had.
        """
        asked = None if url and url != page.url else page.asked
        url = public_url(url or page.url)
        record_id = None
        if platform_id is None:
            record_id = self.address_id(url, asked, canonical_url, key=key)
        fields.setdefault("kind", self.harvest.kind)
        return Listing(
            record_id=record_id or self.record_id(url, platform_id=platform_id, key=key),
            portal=self.card.id,
            url=url,
            title=title,
            canonical_url=canonical_url,
            alternates=dict(alternates or {}),
            labels={k: list(v) for k, v in (labels or {}).items()},
            shared_page=shared_page,
            sources=dict(sources or {}),
            **{k: v for k, v in fields.items() if v},  # type: ignore[arg-type]
        )


#: raw fields that a card's ``[harvest.fields]`` may fill
FIELD_NAMES = (*LABELLED, "url")
