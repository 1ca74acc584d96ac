"""The sample portals over real HTTP on loopback.

    with serve() as server:
        harvest(card, …, options=HarvestOptions(resolve=server.hosts))
        server.fail("bildungscloud.test", how="500")
        server.world(drop=0.3, recase=True, seed=7)

One threaded server on 127.0.0.1 and an ephemeral port answers for every portal; the Host header decides whose page is meant.
"""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from spiders.errors import FileError, UsageError
from spiders.samples.site import Answer, Site, unchanged
from spiders.samples.world import World

PORTALS = Path(__file__).parent / "portals"
CARDS = Path(__file__).parent / "cards"
FAILURES = ("stop", "500", "garbage", "slow", "interrupt")
#: answers that a portal still gives before an interrupted harvest loses it
BEFORE_INTERRUPT = 4


class Request(NamedTuple):
    """One answered request."""

    host: str
    target: str
    status: int


class SampleServer:
    """The running server. ``requests`` holds every answered request in order."""

    def __init__(self, folder: Path = PORTALS) -> None:
        self.sites = {site.host: site for site in _sites(folder)}
        self.requests: list[Request] = []
        self._world = World()
        self._ages = 0
        self._failing: dict[str, str] = {}
        self._answered: Counter[str] = Counter()
        self._slow = threading.Event()
        self._http = _Http(self)
        self._closed = socket.socket()
        self._closed.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def hosts(self) -> dict[str, tuple[str, int]]:
        """Host name -> loopback address and port; a stopped host leads to a port where nobody listens."""
        closed = self._closed.getsockname()[:2]
        return {host: closed if self._failing.get(host) == "stop" else self.address for host in self.sites}

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the server."""
        return self._http.server_address[0], self._http.server_address[1]  # type: ignore[return-value]

    def fail(self, host: str, how: str) -> None:
        """Make one portal fail until ``mend``.

        ``stop``: nothing listens any more; ``500``: every request is an internal error; ``garbage``: pages are noise; ``slow``:
        answers take a minute; ``interrupt``: after a few answers the connection breaks off in the middle of a body.
        """
        if host not in self.sites or how not in FAILURES:
            raise UsageError(f"cannot make {host!r} fail by {how!r}", hint=f"Hosts: {', '.join(self.sites)}. Ways: {', '.join(FAILURES)}.")
        self._failing[host] = how
        self._answered[host] = 0

    def mend(self, host: str | None = None) -> None:
        """Let ``host``, or every host, answer again."""
        for name in [host] if host else list(self._failing):
            self._failing.pop(name, None)

    def world(self, *, drop: float = 0.0, recase: bool = False, seed: int | str = 0) -> World:
        """Serve another world from now on and return it: the share ``drop`` of each portal's listings left out, titles re-cased.

        Without arguments the authored world comes back.
        """
        self._ages += 1
        indexes = {site.id: site.index for site in self.sites.values()}
        self._world = World.of(indexes, drop=drop, recase=recase, seed=seed, age=self._ages)
        return self._world

    def records(self) -> dict[str, str]:
        """Record id -> title of every listing that the present world shows."""
        entries = [e for site in self.sites.values() for e in site.index.entries]
        return {e.record: self._world.titles.get(e.record, e.title) for e in entries if e.record not in self._world.dropped}

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the ports."""
        self._slow.set()
        self._http.shutdown()
        self._http.server_close()
        self._closed.close()

    def answer(self, host: str, target: str, validators: tuple[str | None, str | None]) -> tuple[Answer | None, bool]:
        """What ``host`` says to a GET of ``target``, and whether the body breaks off. None: hang up without a word."""
        site = self.sites.get(host)
        if site is None:
            return Answer(421, b"no such host here\n", {"Content-Type": "text/plain"}), False
        failure = self._failing.get(host)
        if failure == "stop":
            return None, False
        if failure == "500":
            return Answer(500, b"<h1>Internal Server Error</h1>", {"Content-Type": "text/html"}), False
        if failure == "slow":
            self._slow.wait(60)
        if failure == "garbage" and target != "/robots.txt":
            return Answer(200, random.Random(target).randbytes(4096), {"Content-Type": "text/html"}), False
        answer = site.answer(target, self._world)
        if unchanged(answer, *validators):
            kept = {k: v for k, v in answer.headers.items() if k in ("ETag", "Last-Modified")}
            answer = Answer(304, b"", kept)
        self._answered[host] += 1
        return answer, failure == "interrupt" and self._answered[host] > BEFORE_INTERRUPT


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, samples: SampleServer) -> None:
        self.samples = samples
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def version_string(self) -> str:
        """The Server header."""
        return "Apache"

    def do_GET(self) -> None:
        """Answer a GET."""
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        """Answer a HEAD: the headers of the GET."""
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        samples = self.server.samples
        host = self.headers.get("Host", "").rsplit(":", 1)[0].lower()
        validators = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        answer, broken = samples.answer(host, self.path, validators)
        if answer is None:
            self.close_connection = True
            return
        samples.requests.append(Request(host, self.path, answer.status))
        self._send(answer, with_body=with_body, broken=broken)

    def _send(self, answer: Answer, *, with_body: bool, broken: bool) -> None:
        self.send_response(answer.status, HTTPStatus(answer.status).phrase)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body) + (64 if broken else 0)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body[: len(answer.body) // 2] if broken else answer.body)
        if broken:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept in ``SampleServer.requests``, not printed."""


def _sites(folder: Path) -> Iterator[Site]:
    if not folder.is_dir():
        raise FileError("no such folder of sample portals", where=str(folder), hint="Install the package with its data files.")
    for path in sorted(folder.iterdir()):
        if (path / "_routes.toml").is_file():
            yield Site(path)


@contextmanager
def serve(folder: Path = PORTALS) -> Iterator[SampleServer]:
    """Run the sample portals on 127.0.0.1 for the time of a ``with`` block."""
    server = SampleServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.close()
