"""The one Scrapy spider: fetches what the platforms of a card ask for, keeps the evidence, and sights every listing."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.dupefilters import BaseDupeFilter
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response
from scrapy.utils.defer import deferred_from_coro

from spiders.base import Claimed, Deleted, Fetch, Known, Note, Page, Platform, Problem
from spiders.errors import HarvestError, StorageError
from spiders.fetched import Recorder
from spiders.forgetting import mark
from spiders.listing import Listing
from spiders.page import url_key
from spiders.politeness import reason_of
from spiders.sightings import Sightings

log = logging.getLogger(__name__)


class VisitedFilter(BaseDupeFilter):
    """Each address once: tracking parameters, session ids and a last slash make no other page."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> VisitedFilter:
        return cls()

    def request_seen(self, request: Request) -> bool:
        key = f"{request.cb_kwargs.get('door', '')} {url_key(request.url)}"
        seen = key in self._seen
        self._seen.add(key)
        # a redirect to a page already read still tells under which other address that page is known; loops end by their number
        return seen and not request.meta.get("redirect_times")


class PortalSpider(scrapy.Spider):
    """Drives the platforms of one card. Every answer goes through ``handle``, every failure through ``failed``."""

    name = "portal"

    def __init__(
        self,
        *,
        platforms: list[Platform],
        recorder: Recorder,
        sightings: Sightings,
        budget: Budget,
        only: Sequence[tuple[int, Fetch]] = (),
        barred: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.only = only
        #: marks (``spiders.forgetting``) of record ids and addresses that must not come back
        self.barred = barred
        self.platforms = platforms
        self.recorder = recorder
        self.sightings = sightings
        self.budget = budget
        #: origin -> spiders.politeness.Rights
        self.rights: dict[str, Any] = {}
        #: why the data folder cannot be written
        self.fatal: str | None = None
        self._checked = False
        self._parent = os.getppid()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signals.spider_idle)
        crawler.signals.connect(spider.downloaded, signals.response_downloaded)
        crawler.signals.connect(spider.bytes_received, signals.bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        from twisted.internet import reactor

        reactor.callLater(self.budget.max_seconds + 1, self._check_budget)  # type: ignore[attr-defined,arg-type]
        for door, fetch in self.only:
            yield self.request(door, fetch)
        for door, platform in enumerate(self.platforms if not self.only else ()):
            for request in self._follow(door, platform.start(), self.platforms[door].harvest.url):
                yield request

    def request(self, door: int, fetch: Fetch) -> Request:
        """The Scrapy request for a Fetch, with the validators of the last run where there are any."""
        headers = dict(fetch.headers)
        if fetch.conditional:
            headers |= self.recorder.validators(fetch.url)
        return Request(
            fetch.url,
            callback=self.handle,
            errback=self.failed,
            headers=headers,
            priority=10 if fetch.first else 0,
            dont_filter=fetch.again,
            cb_kwargs={"door": door, "fetch": fetch},
        )

    def handle(self, response: Response, door: int, fetch: Fetch) -> list[Request]:
        """An answer: archived, then read by the platform's method that the Fetch names."""
        try:
            return self._handle(response, door, fetch)
        except (StorageError, OSError) as e:  # a data folder that cannot be written ends the harvest
            self._give_up(e.what if isinstance(e, StorageError) else str(e))
            return []

    def _handle(self, response: Response, door: int, fetch: Fetch) -> list[Request]:
        if self._is_barred(url_key(response.url)):  # a redirect led here
            return []
        page, row = self.recorder.record(response, door, fetch)
        if page is None:
            self._unusable(response, fetch)
            self.recorder.done(row)
            return []
        requests = self._read(door, fetch, page, row)
        if row.get("withheld"):
            self.recorder.withhold(row)
            self.sightings.unarchived(row["records"])
        self.recorder.done(row)
        return requests

    def _is_barred(self, *names: str) -> bool:
        return bool(self.barred) and any(mark(name) in self.barred for name in names)

    def _read(self, door: int, fetch: Fetch, page: Page, row: dict[str, Any] | None) -> list[Request]:
        """Calls the platform's method on a page. Whatever a hostile page does to a parser stays this page's trouble."""
        requests: list[Request] = []
        try:
            results = getattr(self.platforms[door], fetch.parse)(page)
            for request in self._follow(door, results, page.url, page, row):
                requests.append(request)
        except (StorageError, OSError):
            raise
        except HarvestError as e:
            self._problem(e.what, page.url, short=fetch.first)
        except Exception as e:
            log.exception("cannot read %s", page.url)
            self._problem(f"cannot be read: {type(e).__name__}: {e}", page.url, short=fetch.first)
        return requests

    def _follow(
        self, door: int, results: Any, where: str, page: Page | None = None, row: dict[str, Any] | None = None
    ) -> Iterator[Request]:
        for result in results:
            match result:
                case Fetch() if self._is_barred(url_key(result.url)):
                    self._withhold(row)
                case Listing() if self._is_barred(result.record_id, url_key(result.url)):
                    self._withhold(row)
                    self.sightings.passed_over += 1
                case Fetch() if self.only:
                    pass
                case Fetch():
                    yield self.request(door, result)
                case Listing() if self.platforms[door].wants(result.url):
                    self.sightings.listing(result, page, row)
                case Listing():
                    self.sightings.passed_over += 1
                case Known():
                    self.sightings.sighted(result.record_id, result.token)
                case Claimed():
                    self.sightings.claimed.append((result.total, result.source))
                case Deleted():
                    self.sightings.deleted(result.record_id, {"portal": result.evidence})
                case Note():
                    self.sightings.notes.setdefault(result.key, result.value)
                case Problem():
                    self._problem(result.reason, result.url, short=result.short)
                case _:
                    self._problem(f"a platform yielded {type(result).__name__}", where)

    def _withhold(self, row: dict[str, Any] | None) -> None:
        """The page shows or links what is to be forgotten: its body is not archived."""
        if row is not None:
            row["withheld"] = True

    def _unusable(self, response: Response, fetch: Fetch) -> None:
        """An answer that is no page: 404 and 410 are evidence, anything else is trouble."""
        if response.status in (404, 410) and not fetch.first:
            record_id = self.sightings.at(fetch.url)
            if record_id:
                self.sightings.deleted(record_id, {"status": response.status, "url": fetch.url})
                return
        self.sightings.unsure(fetch.url)
        self._problem(f"answered {response.status}", fetch.url, short=fetch.first)

    def failed(self, failure: Any) -> list[Request]:
        """No answer at all."""
        request = failure.request
        fetch: Fetch = request.cb_kwargs["fetch"]
        reason = self.recorder.reason(failure.value, request.url)
        if 0 in fetch.accept:
            page = Page(request.url, 0, {}, reason.encode(), fetch.url, dict(fetch.context))
            return self._read(request.cb_kwargs["door"], fetch, page, None)
        self.sightings.unsure(fetch.url)
        self._problem(reason, request.url, short=fetch.first)
        return []

    def _problem(self, reason: str, url: str, *, short: bool = False) -> None:
        self.sightings.errors.append({"reason": reason, "url": url})
        if short:
            self.sightings.short.append(f"{reason}: {url}")

    def downloaded(self, response: Response, request: Request) -> None:
        """Counts every answer, redirects and robots.txt included, against the budget."""
        self.budget.pages += 1
        self.recorder.passing(response, request)
        self._check_budget()

    def bytes_received(self, data: bytes, request: Request, spider: Any) -> None:
        self.budget.bytes += len(data)
        self._check_budget()

    def _check_budget(self) -> None:
        if os.getppid() != self._parent:  # the run that wants this harvest was killed
            self._close("orphaned")
        if (reason := self.budget.used_up()) and not self.budget.ended:
            self.budget.ended = reason
            self.sightings.short.append(reason)
            self.sightings.errors.append({"reason": reason, "url": self.platforms[0].harvest.url})
            self._close("budget")

    def _give_up(self, reason: str) -> None:
        if self.fatal is None:
            self.fatal = reason
            self._close("storage")

    def _close(self, reason: str) -> None:
        from twisted.internet import reactor

        reactor.callLater(0, lambda: deferred_from_coro(self.crawler.engine.close_spider_async(reason=reason)))  # type: ignore[attr-defined,arg-type]

    def idle(self) -> None:
        """When everything is fetched: what was listed before and is not now is looked at once."""
        if self._checked or self.budget.ended:
            return
        self._checked = True
        urls = self.sightings.to_check()
        for record_id, url in urls:
            fetch = Fetch(url, context={"record_id": record_id}, conditional=False)
            request = Request(
                url, callback=self.checked, errback=self.not_checked, dont_filter=True, cb_kwargs={"door": -1, "fetch": fetch}
            )
            self.crawler.engine.crawl(request)
        if urls:
            raise DontCloseSpider

    def checked(self, response: Response, door: int, fetch: Fetch) -> None:
        """What the address of a missing listing answers."""
        self.sightings.looked_up(fetch.context["record_id"], response.status, response.url)

    def not_checked(self, failure: Any) -> None:
        fetch: Fetch = failure.request.cb_kwargs["fetch"]
        self.sightings.evidence[fetch.context["record_id"]] = {"error": reason_of(failure.value)}


class Budget:
    """What one harvest may use. ``seconds`` counts from the start of the crawl."""

    def __init__(self, pages: int, max_bytes: int, seconds: float) -> None:
        self.max_pages, self.max_bytes, self.max_seconds = pages, max_bytes, seconds
        self.pages = self.bytes = 0
        self.begun = time.monotonic()
        self.ended: str | None = None

    def used_up(self) -> str | None:
        """Which budget is used up, in words, or None."""
        if self.pages > self.max_pages:
            return f"the budget of {self.max_pages} pages is used up"
        if self.bytes > self.max_bytes:
            return f"the budget of {self.max_bytes} bytes is used up"
        if time.monotonic() - self.begun > self.max_seconds:
            return f"the budget of {self.max_seconds:.0f} seconds is used up"
        return None
