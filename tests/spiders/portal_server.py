"""A small portal over real HTTP on loopback, and the card that harvests it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spiders.card import Card, card_from
from spiders.crawl import HarvestOptions, harvest
from spiders.rawzone import RunReport

HOST = "portal.test"


@dataclass
class Answer:
    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    #: seconds before the answer
    wait: float = 0.0
    #: (bytes, seconds): drips so many bytes at a time
    drip: tuple[int, float] | None = None


@dataclass
class Hit:
    path: str
    headers: dict[str, str]
    at: float


Route = Answer | str | bytes | Callable[[Hit], "Answer | str | bytes"]


class Site:
    """Routes: path with query (or without) -> answer. ``hits`` holds every request."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.fallback: Route = Answer("nothing here", 404)
        self.hits: list[Hit] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = self.server.server_address[:2]
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        hit = Hit(handler.path, {k.lower(): v for k, v in handler.headers.items()}, time.monotonic())
        self.hits.append(hit)
        route = self.routes.get(handler.path, self.routes.get(handler.path.partition("?")[0], self.fallback))
        answer = route(hit) if callable(route) else route
        if not isinstance(answer, Answer):
            answer = Answer(answer)
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        time.sleep(answer.wait)
        try:
            handler.send_response(answer.status)
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **answer.headers}
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            if answer.status == 304:
                return
            if answer.drip:
                size, pause = answer.drip
                for i in range(0, len(body), size):
                    handler.wfile.write(body[i : i + size])
                    handler.wfile.flush()
                    time.sleep(pause)
            else:
                handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt and tdmrep.json."""
        return [h.path for h in self.hits if h.path not in ("/robots.txt", "/.well-known/tdmrep.json")]

    def etags(self, path: str, body: str, tag: str) -> None:
        """A page that answers conditional requests."""

        def answer(hit: Hit) -> Answer:
            if hit.headers.get("if-none-match") == f'"{tag}"':
                return Answer(b"", 304, {"ETag": f'"{tag}"'})
            return Answer(body, headers={"ETag": f'"{tag}"'})

        self.routes[path] = answer

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def make_card(*harvests: dict[str, Any], portal: str = "at-test", **more: Any) -> Card:
    table = {
        "title": "Test portal",
        "publisher": "Test office",
        "country": "AT",
        "level": "national",
        "languages": ["de", "en"],
        "homepage": f"http://{HOST}/",
        "authority": "owner",
        "licence": "unknown",
        "schedule": "weekly",
        "status": "drafted",
        "evidence": [{"url": f"http://{HOST}/", "seen": "2025-01-01", "what": "the listing page"}],
        "delay": 0,
        "harvest": list(harvests),
        **more,
    }
    return card_from(table, portal)


@pytest.fixture
def run(site: Site, tmp_path: Path) -> Callable[..., RunReport]:
    """``run(card, n=1, **options)``: harvests ``card`` from ``site`` into ``tmp_path`` as run ``2025-01-0n.1``."""

    def go(card: Card, n: int = 1, **options: Any) -> RunReport:
        options.setdefault("resolve", {HOST: site.address, f"www.{HOST}": site.address})
        options.setdefault("timeout", 60)
        return harvest(card, data=tmp_path, run_id=f"2025-01-{n:02}.1", options=HarvestOptions(**options))

    return go


def detail(title: str, *, facts: dict[str, str] | None = None, text: str = "About it.", lang: str = "de", head: str = "") -> str:
    rows = "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in (facts or {}).items())
    return (
        f"<!doctype html><html lang='{lang}'><head><title>{title} - Portal</title>{head}</head>"
        f"<body><h1>{title}</h1><div class='text'><p>{text}</p></div><dl class='facts'>{rows}</dl></body></html>"
    )


def links(*paths: str, more: str = "") -> str:
    return "<html lang='de'><body>" + "".join(f"<a class='entry' href='{p}'>x</a>" for p in paths) + more + "</body></html>"
