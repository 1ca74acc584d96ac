"""Every answer on its way from the network to a platform: redacted, archived, and turned into a Page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Request, Response

from spiders.archive import Archive, Archived, digest
from spiders.base import Fetch, Page
from spiders.net import GuardedResolver
from spiders.page import url_key
from spiders.politeness import now, reason_of, reservation
from spiders.rawzone import History, RawWriter
from spiders.redact import redact_body

#: bytes of an error page that are kept
_ERROR_BODY = 65536


class Recorder:
    """Archives exchanges and builds pages. ``private_hosts``: hosts whose peer address must not be written (samples)."""

    def __init__(
        self,
        writer: RawWriter,
        archive: Archive,
        known: History,
        run_id: str,
        *,
        full: bool,
        languages: tuple[str, ...],
        private_hosts: frozenset[str],
    ) -> None:
        self.writer, self.archive, self.known, self.run_id = writer, archive, known, run_id
        self.full, self.languages, self.private_hosts = full, languages, private_hosts
        self.reserved: dict[str, str] = {}
        self._n = 0

    def validators(self, url: str) -> dict[str, str]:
        """Headers of a conditional request: what the last full response of ``url`` said of its version."""
        row = None if self.full else self.known.pages.get(url_key(url))
        if row is None or url_key(row["url"]) != url_key(url) or not self.archive.has(*row["body"]):
            return {}
        found = {"If-None-Match": row.get("etag"), "If-Modified-Since": row.get("last_modified")}
        return {k: v for k, v in found.items() if v}

    def record(self, response: Response, door: int, fetch: Fetch) -> tuple[Page | None, dict[str, Any]]:
        """The page for the platform (None where the answer is none) and its row for ``pages.jsonl``, still to be completed."""
        headers = _pairs(response.headers)
        named = {k.lower(): v for k, v in headers}
        earlier = self.known.pages.get(url_key(fetch.url))
        body = redact_body(response.body, named.get("content-type", ""))
        reserved = self._reserved(response, named, body)
        usable = response.status == 200 or response.status in fetch.accept
        sent = _pairs(response.request.headers) if response.request else []
        archived = Archived(response.url, response.status, _phrase(response.status), headers, sent, body, digest(body), now())
        archived.ip = self._peer(response)
        archived.reserved = bool(reserved)
        row: dict[str, Any] = {
            "n": self._next(), "url": response.url, "asked": fetch.url, "status": response.status, "at": archived.at, "harvest": door,
            "parse": fetch.parse, "context": fetch.context, "etag": named.get("etag"), "last_modified": named.get("last-modified"),
            "digest": archived.digest, "body": None, "records": [], "reserved": reserved,
        }  # fmt: skip
        page = None
        if response.status == 304 and earlier:
            page = self._unchanged(response, fetch, archived, row, earlier)
        elif usable:
            if earlier and earlier.get("digest") == archived.digest and not reserved:
                archived.same_as = (earlier["url"], earlier["at"])
                row["body"] = earlier["body"]
            elif not reserved:
                row["body"] = [self.run_id, row["n"]]
            page = Page(response.url, response.status, dict(headers), body, fetch.url, dict(fetch.context), bool(reserved), self.languages)
        else:
            archived.body = body[:_ERROR_BODY]
        row["offset"] = self.writer.archive.add(archived)
        self._last = archived
        return page, row

    def withhold(self, row: dict[str, Any]) -> None:
        """Takes the body of the page just recorded out of the archive again; that it was asked for stays."""
        self.writer.archive.take_back(row["offset"])
        self._last.reserved, self._last.same_as = True, None
        row["offset"] = self.writer.archive.add(self._last)
        for name in ("body", "digest", "etag", "last_modified"):
            row[name] = None

    def _unchanged(self, response: Response, fetch: Fetch, archived: Archived, row: dict[str, Any], earlier: dict[str, Any]) -> Page:
        archived.same_as, archived.digest = (earlier["url"], earlier["at"]), earlier["digest"]
        row |= {"body": earlier["body"], "digest": earlier["digest"]}
        row["etag"] = row["etag"] or earlier.get("etag")
        row["last_modified"] = row["last_modified"] or earlier.get("last_modified")
        page = self.archive.page(*earlier["body"])
        page.url, page.asked, page.context, page.languages = response.url, fetch.url, dict(fetch.context), self.languages
        return page

    def done(self, row: dict[str, Any]) -> None:
        """The page is read: its row is complete."""
        self.writer.page({k: v for k, v in row.items() if v not in (None, [], {})})

    def passing(self, response: Response, request: Request) -> None:
        """Archives what no platform sees: redirects (without body), robots.txt and tdmrep.json."""
        asking = request.meta.get("rights") == "asking"
        if not asking and response.status not in (301, 302, 303, 307, 308):
            return
        plain = asking and not response.headers.get("Content-Encoding")
        body = response.body[:_ERROR_BODY] if plain else b""
        self.writer.archive.add(
            Archived(
                response.url,
                response.status,
                _phrase(response.status),
                _pairs(response.headers),
                _pairs(request.headers),
                body,
                digest(body),
                now(),
            )
        )

    def reason(self, error: BaseException, url: str) -> str:
        """Why there was no answer, in plain words."""
        host = urlsplit(url).hostname or ""
        if private := GuardedResolver.refused.get(host):
            return f"refused: {host} is at the private address {private}"
        return reason_of(error)

    def _reserved(self, response: Response, headers: dict[str, str], body: bytes) -> str | None:
        how = reservation(headers, body) or ("tdmrep.json" if response.meta.get("tdm") else None)
        if how:
            self.reserved[response.url] = how
        return how

    def _peer(self, response: Response) -> str | None:
        host = urlsplit(response.url).hostname or ""
        return None if response.ip_address is None or host in self.private_hosts else str(response.ip_address)

    def _next(self) -> int:
        self._n += 1
        return self._n


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return [(k.decode("latin-1"), v.decode("latin-1")) for k, values in headers.items() for v in values]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
