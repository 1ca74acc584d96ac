"""Puts one crawl together: card, history, raw zone, platforms, spider; and writes its ``run.json``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from spiders.archive import Archive
from spiders.base import Memory
from spiders.card import Card
from spiders.crawl import HarvestOptions
from spiders.fetched import Recorder
from spiders.net import ALLOW_PRIVATE, HOSTS, RESOLVE
from spiders.platforms.auto import platform_named
from spiders.politeness import now
from spiders.rawzone import RawWriter, history
from spiders.settings import SETTINGS
from spiders.sightings import Sightings
from spiders.spider import Budget, PortalSpider


class Crawl:
    """One crawl, from the job to ``run.json``."""

    spider_class = PortalSpider

    def __init__(self, card: Card, raw: Path, run_id: str, options: HarvestOptions, agent: str) -> None:
        self.card, self.run_id, self.options = card, run_id, options
        self.fatal: str | None = None
        resolve = {h: a for h, a in (options.resolve or {}).items() if h in card.hosts}
        self.known = history(raw, card.id, options.accepted, contents=False)
        self.writer = RawWriter(raw, card.id, run_id, {"software": agent, "isPartOf": f"{card.id} {run_id}", "robots": "obey"})
        self.sightings = Sightings(self.writer, self.known)
        self.recorder = Recorder(
            self.writer,
            Archive(raw / card.id),
            self.known,
            run_id,
            full=options.full,
            languages=card.languages,
            private_hosts=frozenset(resolve),
        )
        memory = self._memory()
        doors = [platform_named(h.platform)(card, h, memory) for h in card.harvest]
        self.budget = Budget(options.max_pages, options.max_bytes, options.seconds)
        self.spider_arguments = {
            "platforms": doors,
            "recorder": self.recorder,
            "sightings": self.sightings,
            "budget": self.budget,
            "only": options.only,
            "barred": options.barred,
        }
        self.settings = {
            **SETTINGS,
            "USER_AGENT": agent,
            "DOWNLOAD_DELAY": card.delay,
            "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
            "CONCURRENT_REQUESTS": options.concurrency,
            HOSTS: sorted(card.hosts),
            RESOLVE: resolve,
            ALLOW_PRIVATE: options.allow_private,
            **options.settings,
        }

    def _memory(self) -> Memory:
        records = self.known.records.values()
        memory = Memory(addresses=self.sightings.addresses)
        if not self.options.full and self.known.runs:
            memory.tokens = {r.record_id: r.token for r in records if r.token and r.status != "gone"}
            memory.since = self.known.runs[-1].started
            memory.doors = self.known.runs[-1].run.get("notes", {})
        return memory

    def watch(self, crawler: Crawler, ended: list[str]) -> None:
        """Notes how the crawl ended in ``ended``."""

        def closed(reason: str) -> None:
            ended.append(reason)
            self.fatal = crawler.spider.fatal if crawler.spider else None  # type: ignore[attr-defined]

        self._closed = closed  # receivers are held weakly
        crawler.signals.connect(closed, signals.spider_closed)

    def finish(self, started: str, seconds: float, reason: str, crawler: Crawler) -> None:
        """Writes sightings and ``run.json``."""
        spider: Any = crawler.spider
        if reason not in ("finished", "budget"):
            self.sightings.short.append(f"the crawl ended early: {reason}")
            self.sightings.errors.append({"reason": f"the crawl ended early: {reason}", "url": self.card.homepage})
        counts = self.sightings.finish()
        claimed = sum(n for n, _ in self.sightings.claimed) if self.sightings.claimed else None
        found = counts["found"]
        self.writer.finish(
            {
                "portal": self.card.id,
                "run_id": self.run_id,
                "card": self.card.hash,
                "started": started,
                "finished": now(),
                "seconds": round(seconds, 3),
                "full": self.options.full,
                "user_agent": self.settings["USER_AGENT"],
                "counts": {"pages": self.budget.pages, "bytes": self.budget.bytes, **counts, "errors": len(self.sightings.errors)},
                "claimed": claimed,
                "claimed_by": [source for _, source in self.sightings.claimed],
                "coverage": round(found / claimed, 4) if claimed else None,
                "fill": self.sightings.fill(),
                "languages": dict(self.sightings.languages),
                "distinct_titles": len(self.sightings.titles),
                "notes": self.sightings.notes,
                "short": self.sightings.short[:100],
                "errors": self.sightings.errors[:1000],
                "rights": {
                    "licence": {"stated": self.card.licence, "card": self.card.hash, "read": now()},
                    "hosts": {key: rights.evidence for key, rights in sorted(spider.rights.items())},
                    "reserved": dict(sorted(self.recorder.reserved.items())[:1000]),
                },
            }
        )
