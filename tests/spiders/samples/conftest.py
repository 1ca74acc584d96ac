"""The sample server, and a reader that lets the platforms read the samples over real HTTP without a crawl."""

from __future__ import annotations

import http.client
import json
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from spiders.base import Fetch, Page
from spiders.card import Card, load_cards
from spiders.listing import Listing
from spiders.platforms import platforms
from spiders.samples.server import CARDS, SampleServer, serve

EXPECTED = Path(__file__).parents[2] / "expected" / "sample-world.json"

Get = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def cards() -> dict[str, Card]:
    return load_cards(CARDS)


@pytest.fixture(scope="session")
def expected() -> dict[str, list[dict]]:
    return json.loads(EXPECTED.read_text(encoding="utf-8"))


@pytest.fixture
def get(server: SampleServer) -> Get:
    """One request, redirects not followed: status, headers in lower case, body."""

    def one(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(*server.hosts[parts.hostname], timeout=20)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            named = {k.replace("_", "-"): v for k, v in headers.items()}
            connection.request(method, target, headers={"Host": parts.hostname, **named})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    return one


@pytest.fixture
def read(get: Get) -> Callable[[Card], list[Listing]]:
    """Every listing that the platforms of a card find."""

    def all_of(card: Card) -> list[Listing]:
        found: list[Listing] = []
        for harvest in card.harvest:
            platform = platforms()[harvest.platform](card, harvest)
            waiting = deque(platform.start())
            seen: set[str] = set()
            while waiting:
                item = waiting.popleft()
                if isinstance(item, Listing):
                    found.append(item)
                elif isinstance(item, Fetch) and item.url not in seen:
                    seen.add(item.url)
                    if page := follow(get, card, item):
                        waiting.extend(getattr(platform, item.parse)(page))
        return found

    return all_of


def follow(get: Get, card: Card, fetch: Fetch) -> Page | None:
    """The page behind a fetch after its redirects; None where it answers no 200."""
    url = fetch.url
    for _ in range(4):
        status, headers, body = get(url)
        if status in (301, 302, 308):
            url = urljoin(url, headers["location"])
        elif status == 200:
            return Page(url, status, headers, body, asked=fetch.url, context=fetch.context, languages=card.languages)
        else:
            return None
    raise AssertionError(f"{fetch.url} redirects for ever")
