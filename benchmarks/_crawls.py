"""What ``harvest.py`` measures, each in a process of its own: ``python benchmarks/_crawls.py WHAT JOB`` with the job as JSON.

``harvest``: this harvest, archive and raw zone on. ``scrapy``: a bare Scrapy + parsel spider of the same pages and fields, its items
written as JSON lines. ``aiohttp``: aiohttp + selectolax, likewise. ``check``: what a crawl wrote. ``replay``: the archive read again.
``parse``: its pages parsed and no more. ``extract``: pages read without selectors. Each prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

HOST = "portal.test"
#: the fields that every crawl reads; from the fourth on in the order of the labels in ``_portal.toml``
FIELDS = ("title", "description", "language", "period", "organisation", "budget", "target_group", "place")


def card() -> Any:
    """The card of the benchmark's portal."""
    from spiders.card import card_from

    harvest = {
        "platform": "html",
        "url": f"http://{HOST}/list?page=1",
        "links": "a.entry",
        "next": "a.next",
        "fields": {"title": "h1", "description": "div.text"},
        "facts": [{"box": "dl.facts", "kind": "dl"}],
    }
    table = {
        "title": "Portal", "publisher": "Office", "country": "EU", "level": "supranational",
        "languages": ["en", "de", "fr", "cs", "pl", "el"],
        "homepage": f"http://{HOST}/", "authority": "owner", "licence": "unknown", "schedule": "weekly", "status": "drafted", "delay": 0,
        "evidence": [{"url": f"http://{HOST}/", "seen": "2025-01-01", "what": "the listing page"}], "harvest": [harvest],
    }  # fmt: skip
    return card_from(table, "eu-benchmark")


def harvest(job: dict[str, Any]) -> dict[str, Any]:
    from spiders.crawl import HarvestOptions
    from spiders.crawl import harvest as run

    options = HarvestOptions(
        resolve={HOST: ("127.0.0.1", job["port"])}, concurrency=job["concurrency"], timeout=3600, full=job.get("full", False)
    )
    report = run(card(), data=Path(job["folder"]), run_id=job["run_id"], options=options)
    return {"counts": report.counts, "errors": len(report.errors)}


def bare_scrapy(job: dict[str, Any]) -> dict[str, Any]:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    labels = _labels()

    class Bare(scrapy.Spider):
        name = "bare"
        start_urls = [f"http://127.0.0.1:{job['port']}/list?page=1"]

        def parse(self, response: Any, **kwargs: Any) -> Any:
            for href in response.css("a.entry::attr(href)").getall():
                yield response.follow(href, self.parse_detail)
            if following := response.css("a.next::attr(href)").get():
                yield response.follow(following, self.parse)

        def parse_detail(self, response: Any) -> Any:
            item = {
                "url": response.url,
                "title": " ".join(response.css("h1 ::text").getall()).strip(),
                "description": "".join(response.css("div.text").xpath("node()").getall()).strip(),
                "language": response.css("html::attr(lang)").get(),
            }
            box = response.css("dl.facts")
            for dt, dd in zip(box.css("dt"), box.css("dd"), strict=True):
                label = "".join(dt.css("::text").getall()).strip().rstrip(":")
                item[labels[label]] = " ".join(dd.css("::text").getall()).strip()
            yield item

    process = CrawlerProcess(
        {
            "LOG_LEVEL": "WARNING",
            "CONCURRENT_REQUESTS_PER_DOMAIN": job["concurrency"],
            "CONCURRENT_REQUESTS": max(job["concurrency"], 1),
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "TELNETCONSOLE_ENABLED": False,
            "FEEDS": {str(Path(job["folder"]) / "items.jsonl"): {"format": "jsonlines", "encoding": "utf-8"}},
        }
    )
    process.crawl(Bare)
    process.start()
    return {}


def bare_aiohttp(job: dict[str, Any]) -> dict[str, Any]:
    import asyncio

    import aiohttp
    from selectolax.lexbor import LexborHTMLParser

    labels, first = _labels(), f"http://127.0.0.1:{job['port']}/list?page=1"

    def read(url: str, body: bytes) -> dict[str, Any]:
        tree = LexborHTMLParser(body.decode())
        item: dict[str, Any] = {
            "url": url,
            "title": tree.css("h1")[0].text().strip(),
            "description": (tree.css("div.text")[0].inner_html or "").strip(),
            "language": tree.css("html")[0].attributes.get("lang"),
        }
        for dt, dd in zip(tree.css("dl.facts dt"), tree.css("dl.facts dd"), strict=True):
            item[labels[dt.text().strip().rstrip(":")]] = dd.text().strip()
        return item

    async def crawl() -> None:
        urls: asyncio.Queue[str | None] = asyncio.Queue()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=job["concurrency"])) as session:

            async def lists() -> None:
                url: str | None = first
                while url:
                    async with session.get(url) as response:
                        tree = LexborHTMLParser((await response.read()).decode())
                    for node in tree.css("a.entry"):
                        urls.put_nowait(urljoin(url, node.attributes["href"] or ""))
                    following = tree.css_first("a.next")
                    url = urljoin(url, following.attributes["href"] or "") if following else None
                for _ in range(job["concurrency"]):
                    urls.put_nowait(None)

            async def details() -> None:
                while url := await urls.get():
                    async with session.get(url) as response:
                        body = await response.read()
                    out.write(json.dumps(read(url, body), ensure_ascii=False) + "\n")

            await asyncio.gather(lists(), *(details() for _ in range(job["concurrency"])))

    with (Path(job["folder"]) / "items.jsonl").open("w", encoding="utf-8") as out:
        asyncio.run(crawl())
    return {}


def check(job: dict[str, Any]) -> dict[str, Any]:
    """Characters of each field over all listings of a crawl, and their number: equal where crawls read the same."""
    paths = Path(job["folder"]).rglob("*.jsonl")
    path = next(p for p in paths if p.name in ("listings.jsonl", "items.jsonl"))
    sums, seen = dict.fromkeys(FIELDS, 0), set()
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            seen.add(row["url"].rpartition("/")[2])
            for name in FIELDS:
                sums[name] += len(" ".join(str(row[name]).split()))
    return {"listings": len(seen), "characters": sums}


def replay(job: dict[str, Any]) -> dict[str, Any]:
    from spiders.replay import replay as run

    begun, spent = time.monotonic(), time.process_time()
    result = run(card(), data=Path(job["folder"]), workers=job["workers"])
    seconds, cpu = time.monotonic() - begun, time.process_time() - spent
    return {"seconds": seconds, "core": cpu / seconds, "same": len(result.same), "listings": len(result.listings)}


def parse(job: dict[str, Any]) -> dict[str, Any]:
    """The least that a replay must do, in one process: every archived page inflated and parsed, nothing read from it."""
    from selectolax.lexbor import LexborHTMLParser

    from spiders.archive import PAGES, WARC, read_lines, read_response

    rows = next(Path(job["folder"]).rglob(PAGES))
    warc, begun, pages = rows.with_name(WARC), time.monotonic(), 0
    for row, _ in read_lines(rows):
        LexborHTMLParser(read_response(warc, row["offset"])[3])
        pages += 1
    return {"seconds": time.monotonic() - begun, "pages": pages}


def extract(job: dict[str, Any]) -> dict[str, Any]:
    """Seconds of processor time of each way of reading the same pages, page by page in turn."""
    pages = [p.read_bytes() for p in sorted(Path(job["pages"]).glob("*.html"))]
    return {"pages": len(pages), **rates(pages, job["rounds"])}


def rates(pages: list[bytes], rounds: int) -> dict[str, Any]:
    """Processor seconds for all ``pages``, one figure a round, of generic extraction and of trafilatura alone.

    ``trafilatura`` is its function as it comes, which gives text alone; with metadata it gives title and date too.
    """
    import trafilatura

    from spiders.extract.generic import extract_page

    ways = {
        "extract_page": lambda body: extract_page(body, "http://portal.test/page"),
        "trafilatura": lambda body: trafilatura.extract(body),
        "trafilatura, with metadata": lambda body: trafilatura.bare_extraction(body, with_metadata=True),
        "trafilatura, text alone, fast": lambda body: trafilatura.extract(body, fast=True, include_comments=False, deduplicate=False),
    }
    for way in ways.values():  # what is loaded once is not counted
        for body in pages[:5]:
            way(body)
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        order = list(ways.items())
        order = order[turn % len(order) :] + order[: turn % len(order)]
        sums = dict.fromkeys(ways, 0.0)
        for body in pages:
            for name, way in order:
                begun = time.process_time()
                way(body)
                sums[name] += time.process_time() - begun
        for name, seconds in sums.items():
            spent[name].append(seconds)
    return {"seconds": spent}


def _labels() -> dict[str, str]:
    from _portal import TEXTS

    return {label: field for said in TEXTS.values() for label, field in zip(said["labels"], FIELDS[3:], strict=True)}


WHAT = {
    "harvest": harvest,
    "scrapy": bare_scrapy,
    "aiohttp": bare_aiohttp,
    "check": check,
    "replay": replay,
    "parse": parse,
    "extract": extract,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    print(json.dumps(WHAT[sys.argv[1]](json.loads(sys.argv[2]))))
