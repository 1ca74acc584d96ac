"""Robots.txt, text-and-data-mining reservations, crawl delay and Retry-After."""

from __future__ import annotations

import asyncio
import email.utils
import hashlib
import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from spiders.errors import HarvestError

#: seconds: no portal makes a harvest wait longer between two requests
MAX_DELAY = 60.0
#: seconds: a longer Retry-After ends the harvest of this host instead
MAX_RETRY_AFTER = 300.0
#: bytes of robots.txt that are read (RFC 9309 asks for at least 500 KiB)
_ROBOTS_MAX = 512_000
_META = re.compile(rb"<meta\b[^>]{0,200}\btdm-reservation\b[^>]{0,200}>", re.I)
_META_ON = re.compile(rb"content\s*=\s*[\"']?\s*1", re.I)


class Disallowed(IgnoreRequest):
    """robots.txt forbids the request, or could not be read although the host has trouble."""


def now() -> str:
    """The time as ISO text in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Rights:
    """What one host says about being read: robots.txt and tdmrep.json, with the date on which it said so."""

    def __init__(self) -> None:
        self.evidence: dict[str, Any] = {}
        self._robots: Protego | None = None
        self._closed: str | None = None
        self._reserved: list[tuple[re.Pattern[str], bool]] = []

    def read_robots(self, status: int, body: bytes, url: str) -> None:
        """RFC 9309: 4xx allows everything, 5xx nothing."""
        said = {"url": url, "status": status, "read": now(), "sha256": hashlib.sha256(body).hexdigest()}
        if status >= 500:
            self._closed = f"robots.txt answered {status}"
        text = body[:_ROBOTS_MAX].decode("utf-8", "replace") if status < 300 else ""
        self._robots = Protego.parse("" if "<html" in text[:2000].lower() else text)
        self.evidence["robots"] = said

    def robots_failed(self, reason: str, url: str) -> None:
        """No answer at all: nothing may be fetched."""
        self._closed = f"robots.txt could not be read: {reason}"
        self.evidence["robots"] = {"url": url, "status": None, "read": now(), "error": reason}

    def read_tdm(self, status: int, body: bytes, url: str) -> None:
        """The TDM reservation protocol's ``/.well-known/tdmrep.json``."""
        if status != 200:
            return
        try:
            rules = json.loads(body)
        except ValueError:
            return
        self.evidence["tdmrep"] = {"url": url, "status": status, "read": now(), "sha256": hashlib.sha256(body).hexdigest()}
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, dict) and isinstance(rule.get("location"), str):
                self._reserved.append((_location(rule["location"]), str(rule.get("tdm-reservation")) == "1"))

    def refusal(self, url: str, agent: str) -> str | None:
        """Why ``url`` may not be fetched, or None."""
        if self._closed:
            return self._closed
        if self._robots is not None and not self._robots.can_fetch(url, agent):
            return "robots.txt disallows it"
        return None

    def delay(self, agent: str) -> float | None:
        """Seconds between two requests that robots.txt asks for (Crawl-delay or Request-rate)."""
        if self._robots is None:
            return None
        delay = self._robots.crawl_delay(agent)
        rate = self._robots.request_rate(agent)
        waits = [float(delay)] if delay else []
        if rate and rate.requests:
            waits.append(rate.seconds / rate.requests)
        return min(max(waits), MAX_DELAY) if waits else None

    def reserved(self, path: str) -> bool:
        """Does tdmrep.json reserve the text at ``path``? The first matching rule counts."""
        return next((on for pattern, on in self._reserved if pattern.match(path)), False)


def _location(pattern: str) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\*", ".*")
    return re.compile(text.removesuffix(r"\$") + ("$" if pattern.endswith("$") else ""))


def reservation(headers: Any, body: bytes) -> str | None:
    """How a response itself reserves its text (header or meta), or None. ``headers``: name -> value, lower case."""
    if str(headers.get("tdm-reservation", "")).strip() == "1":
        return "header tdm-reservation"
    for m in _META.finditer(body[:65536]):
        if _META_ON.search(m[0]):
            return "meta tdm-reservation"
    return None


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, or None."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, when.timestamp() - time.time())


class RobotsGuard:
    """Downloader middleware: asks each host for its rules once, obeys them, and keeps them as evidence.

    Scrapy's own robots middleware takes a host with a server error for one that allows everything, and knows no Crawl-delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = str(crawler.settings["USER_AGENT"])
        self._asked: dict[str, asyncio.Task[Rights]] = {}
        self.obey = crawler.settings.getbool("ROBOTSTXT_OBEY")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsGuard:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("rights") == "asking":
            return
        rights = await self._of(request)
        if self.obey and (reason := rights.refusal(request.url, self.agent)):
            raise Disallowed(reason)
        request.meta["tdm"] = rights.reserved(urlparse_cached(request).path or "/")

    async def _of(self, request: Request) -> Rights:
        parts = urlparse_cached(request)
        key = f"{parts.scheme}://{parts.netloc}"
        if key not in self._asked:  # one task a host: later requests wait for the same answer
            self._asked[key] = asyncio.ensure_future(self._ask(key, parts.hostname or ""))
        return await self._asked[key]

    async def _ask(self, key: str, host: str) -> Rights:
        rights = Rights()
        self.crawler.spider.rights[key] = rights  # type: ignore[union-attr]
        url = f"{key}/robots.txt"
        try:
            response = await self._get(url)
            rights.read_robots(response.status, response.body, url)
        except Exception as e:  # any failure to read it closes the host
            rights.robots_failed(reason_of(e), url)
            return rights
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot and (delay := rights.delay(self.agent)):
            slot.delay = max(slot.delay, delay)
            self.crawler.engine.downloader.per_slot_settings.setdefault(host, {})["delay"] = slot.delay
            rights.evidence["robots"]["delay"] = slot.delay
        url = f"{key}/.well-known/tdmrep.json"
        if rights.refusal(url, self.agent):
            return rights
        try:
            response = await self._get(url)
        except Exception as e:
            rights.evidence["tdmrep"] = {"url": url, "status": None, "read": now(), "error": reason_of(e)}
            return rights
        rights.read_tdm(response.status, response.body, url)
        return rights

    async def _get(self, url: str) -> Response:
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta={"rights": "asking", "max_retry_times": 1})
        return await self.crawler.engine.download_async(request)


class RetryAfter:
    """Downloader middleware: a host that answers 429 or 503 with Retry-After is left alone for so long."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfter:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in (429, 503):
            header = response.headers.get("Retry-After")
            wait = retry_after(header.decode("latin-1") if header else None)
            if wait and wait > MAX_RETRY_AFTER:
                raise Disallowed(f"the host asks to come back in {wait:.0f} s")
            if wait:
                self._pause(request, wait)
        return response

    def _pause(self, request: Request, wait: float) -> None:
        from twisted.internet import reactor

        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is None:
            return
        usual = slot.delay
        slot.lastseen = time.monotonic()
        slot.delay = max(usual, wait)

        def resume() -> None:
            slot.delay = usual

        reactor.callLater(wait, resume)  # type: ignore[attr-defined,arg-type]


def reason_of(error: BaseException) -> str:
    """What went wrong, in a few plain words."""
    if isinstance(error, HarvestError):
        return error.what
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return "the answer is too large once unpacked"
    if isinstance(error, IgnoreRequest):
        return str(error) or "refused"
    names = {
        "DownloadConnectionRefusedError": "connection refused",
        "CannotResolveHostError": "the host name does not resolve",
        "DownloadTimeoutError": "no complete answer in time",
        "ResponseDataLossError": "the answer broke off",
        "DownloadCancelledError": "the answer is too large",
        "DownloadFailedError": "the download failed",
        "UnsupportedURLSchemeError": "no web address",
    }
    name = type(error).__name__
    text = " ".join(str(error).split())[:200]
    return f"{names[name]}" if name in names and name != "DownloadFailedError" else f"{names.get(name, name)}: {text}"
