"""A portal on loopback for benchmarks, in a process of its own: ``python benchmarks/_portal.py PAGES [--kilobytes 30]``.

Prints its port, then serves listing pages of 100 links each (``/list?page=1``) and detail pages (``/initiative/7``) of varied content
in six languages, each with a facts box, a language and structured data in its head. Every page carries an ETag. What the portal does
can be set and read at ``/.control``: ``?etag=0`` leaves the validators out, ``?edition=7:2`` changes page 7, and every call returns
(and sets back) requests and bytes sent so far.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SEED = 20250101
PER_LIST = 100
TEXTS = tomllib.loads(Path(__file__).with_name("_portal.toml").read_text(encoding="utf-8"))
LANGUAGES = tuple(TEXTS)


class Pages:
    """Every page of the portal, made once."""

    def __init__(self, number: int, kilobytes: int) -> None:
        self.number, self.size = number, kilobytes * 1000
        draw = random.Random(SEED)
        self._texts = {lang: [_paragraph(draw, said["words"]) for _ in range(400)] for lang, said in TEXTS.items()}
        self.edition: dict[int, int] = {}
        self._made: dict[str, bytes] = {}
        for n in range(1, number + 1):
            self._made[f"/initiative/{n}"] = self.detail(n)
        for n in range(1, -(-number // PER_LIST) + 1):
            self._made[f"/list?page={n}"] = self.listing(n)

    def get(self, path: str) -> bytes | None:
        return self._made.get(path)

    def change(self, n: int, edition: int) -> None:
        self.edition[n] = edition
        self._made[f"/initiative/{n}"] = self.detail(n)

    def title(self, n: int) -> str:
        words = TEXTS[LANGUAGES[n % len(LANGUAGES)]]["words"]
        return f"{words[n % 7].capitalize()} {words[7 + n % 5]} {n}"

    def listing(self, page: int) -> bytes:
        first, last = (page - 1) * PER_LIST + 1, min(page * PER_LIST, self.number)
        links = "".join(f'<li><a class="entry" href="/initiative/{n}">{self.title(n)}</a></li>\n' for n in range(first, last + 1))
        following = f'<a class="next" rel="next" href="/list?page={page + 1}">»</a>' if last < self.number else ""
        return f'<!doctype html><html lang="en"><head><title>All</title></head><body><ul>{links}</ul>{following}</body></html>'.encode()

    def detail(self, n: int) -> bytes:
        """Page ``n``: head, navigation, title, facts box, some 10 KB of text, related pages, footer; filled up with a script."""
        lang = LANGUAGES[n % len(LANGUAGES)]
        draw = random.Random(SEED * 1000 + n)
        title, start = self.title(n), 2014 + n % 12
        year = f"{start}–{start + 1 + n % 6}"
        if self.edition.get(n):
            year += f" ({self.edition[n]})"
        values = (year, f"Office {n % 97}", f"{draw.randint(10, 900)} 000 EUR", f"Group {n % 31}", f"Region {n % 53}")
        facts = "".join(f"<dt>{k}:</dt><dd>{v}</dd>" for k, v in zip(TEXTS[lang]["labels"], values, strict=True))
        text = "".join(f"<p>{p}</p>\n" for p in draw.sample(self._texts[lang], 14))
        data = json.dumps(
            {"@context": "https://schema.org", "@type": "Project", "name": title, "startDate": str(start)}, ensure_ascii=False
        )
        menu = "".join(f'<li class="menu-item"><a href="/section/{i}?from={n}"><span>Section {i}</span></a></li>\n' for i in range(40))
        near = "".join(
            f'<article class="card teaser"><a href="/initiative/{(n + i) % self.number + 1}"><img src="/files/{n + i}.jpg" alt="">'
            f"<h3>{self.title(n + i)}</h3></a><p>{draw.choice(self._texts[lang])[:120]}</p></article>\n"
            for i in range(1, 13)
        )
        page = (
            f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title} | Portal</title>'
            f'<link rel="canonical" href="/initiative/{n}"><meta property="og:title" content="{title}">'
            f'<meta name="description" content="{draw.choice(self._texts[lang])[:150]}">'
            f'<script type="application/ld+json">{data}</script></head>\n'
            f'<body class="page node-{n}"><header><nav><ul>{menu}</ul></nav></header>\n'
            f'<main><article><h1 class="title">{title}</h1>\n<dl class="facts">{facts}</dl>\n<div class="text">{text}</div></article>\n'
            f'<section class="related">{near}</section></main>\n<footer><p>contact@example.org</p><ul>{menu}</ul></footer>\n<script>var s="'
        )
        rest = max(0, self.size - len(page.encode()) - 30)
        return (page + draw.randbytes(rest // 2).hex() + '";</script></body></html>\n').encode()


def _paragraph(draw: random.Random, words: list[str]) -> str:
    sentences = (" ".join(draw.choices(words, k=draw.randint(6, 16))).capitalize() + "." for _ in range(draw.randint(3, 8)))
    return " ".join(sentences)


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, no more of it than the benchmark needs: the server must not be what is measured."""

    pages: Pages
    etags = True
    sent = {"requests": 0, "bytes": 0}

    def connection_made(self, transport: Any) -> None:
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            answer = self.answer(head)
            Connection.sent["requests"] += 1
            Connection.sent["bytes"] += len(answer)
            self.transport.write(answer)

    def answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode("ascii")
        if path.startswith("/.control"):
            return self.control(path)
        body = self.pages.get(path)
        if body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if not self.etags:
            return _response(body, "")
        tag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if f"if-none-match: {tag}".encode() in head.replace(b"If-None-Match", b"if-none-match"):
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        return _response(body, f"ETag: {tag}\r\n")

    def control(self, path: str) -> bytes:
        said = dict(parse_qsl(urlsplit(path).query))
        if "etag" in said:
            Connection.etags = said["etag"] == "1"
        if "edition" in said:
            n, _, edition = said["edition"].partition(":")
            self.pages.change(int(n), int(edition))
        report = json.dumps(self.sent).encode()
        Connection.sent.update(requests=-1, bytes=-len(_response(report, "")))
        return _response(report, "")


def _response(body: bytes, more: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


async def serve(pages: Pages) -> None:
    Connection.pages = pages
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=int)
    parser.add_argument("--kilobytes", type=int, default=30)
    wanted = parser.parse_args()
    asyncio.run(serve(Pages(wanted.pages, wanted.kilobytes)))
