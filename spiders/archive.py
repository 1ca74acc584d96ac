"""The archive of a run: ``pages.warc.gz`` (WARC 1.1) and ``pages.jsonl``, which says where each page lies in it.

A row of ``pages.jsonl``: ``n`` (number within the run), ``url``, ``asked``, ``status``, ``at``, ``harvest`` (which door), ``parse``
and ``context`` (how it was read), ``etag``, ``last_modified``, ``digest``, ``body`` ([run, n] of the full response, earlier ones
included), ``offset`` (where its record begins), ``warc`` (the file, where it is not ``pages.warc.gz``), ``records`` (record ids found in
it), ``reserved``, ``withheld`` (archived without body, as it shows what is to be forgotten).
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from spiders.errors import StorageError
from spiders.page import Page

WARC = "pages.warc.gz"
PAGES = "pages.jsonl"
_REVISIT_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_REVISIT_304 = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
#: headers of the transport, which say nothing of the archived body, and cookies
_DROPPED = {"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive", "set-cookie", "set-cookie2"}
#: level 4 costs half of level 6 at a tenth more bytes
_LEVEL = 4
#: bytes of an archive read at a time: most pages are smaller when packed
_READ = 16384
#: what ends the headers of a record, and those of the answer in it
_BLANK = b"\r\n\r\n"


def digest(body: bytes) -> str:
    """``sha256:`` and base 32, as WARC writes digests."""
    return "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode().rstrip("=")


@dataclass
class Archived:
    """What is to be archived of one exchange. ``same_as``: (url, date) of the full response where the body is the same."""

    url: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    request_headers: list[tuple[str, str]]
    body: bytes
    digest: str
    at: str
    ip: str | None = None
    reserved: bool = False
    same_as: tuple[str, str] | None = None


class ArchiveWriter:
    """Appends exchanges to ``pages.warc.gz``; every record is a gzip member of its own."""

    def __init__(self, folder: Path, about: Mapping[str, str]) -> None:
        from warcio.statusandheaders import StatusAndHeaders  # half of what a process loads, and no reader needs it
        from warcio.warcwriter import BufferWARCWriter

        self._head = StatusAndHeaders
        self._file = (folder / WARC).open("wb")
        self._warc = BufferWARCWriter(gzip=False, warc_version="1.1")
        self.offset = 0
        self._append(self._warc.create_warcinfo_record(WARC, dict(about)))

    def add(self, page: Archived) -> int:
        """Writes request and response (or revisit); returns the offset of the response."""
        path = "/" + page.url.split("://", 1)[-1].partition("/")[2]
        request = self._head(f"GET {path} HTTP/1.1", page.request_headers, is_http_request=True)
        extra = {"WARC-Date": page.at}
        if page.ip:
            extra["WARC-IP-Address"] = page.ip
        response, offset = self._response(page, extra), self.offset
        self._append(response)
        concurrent = {"WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"), "WARC-Date": page.at}
        self._append(self._record("request", page.url, request, b"", concurrent))
        return offset

    def _response(self, page: Archived, extra: dict[str, str]) -> Any:
        headers = [(k, v) for k, v in page.headers if k.lower() not in _DROPPED]
        head = self._head(f"{page.status} {page.reason}".strip(), headers, protocol="HTTP/1.1")
        if not page.reserved or page.same_as:
            extra["WARC-Payload-Digest"] = page.digest
        if page.same_as:
            extra["WARC-Refers-To-Target-URI"], extra["WARC-Refers-To-Date"] = page.same_as
            extra["WARC-Profile"] = _REVISIT_304 if page.status == 304 else _REVISIT_SAME
            return self._record("revisit", page.url, head, b"", extra)
        if page.reserved:
            extra["WARC-Truncated"] = "unspecified"
            return self._record("response", page.url, head, b"", extra)
        return self._record("response", page.url, head, page.body, extra)

    def _record(self, kind: str, url: str, head: Any, body: bytes, extra: dict[str, str]) -> Any:
        return self._warc.create_warc_record(url, kind, http_headers=head, payload=io.BytesIO(body), warc_headers_dict=extra)

    def _append(self, record: Any) -> None:
        self._warc.out.seek(0)
        self._warc.out.truncate()
        self._warc.write_record(record)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
        data = packer.compress(self._warc.get_contents()) + packer.flush()
        self._file.write(data)
        self.offset += len(data)

    def take_back(self, offset: int) -> None:
        """Removes what was added from ``offset`` on."""
        self._file.flush()
        self._file.seek(offset)
        self._file.truncate()
        self.offset = offset

    def close(self) -> Any:
        """Flushes; returns the file, still open, for its fsync."""
        self._file.flush()
        return self._file


class Archive:
    """Reads archived pages of one portal, in whichever run their full response lies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, dict[int, dict[str, Any]]] = {}

    def rows(self, run_id: str) -> dict[int, dict[str, Any]]:
        """The rows of a run's ``pages.jsonl`` by number; corrupt lines are left out."""
        if run_id not in self._rows:
            path = self._folder / run_id / PAGES
            self._rows[run_id] = {row["n"]: row for row, _ in read_lines(path) if row is not None and "n" in row} if path.exists() else {}
        return self._rows[run_id]

    def has(self, run_id: str, n: int) -> bool:
        """Is the full response number ``n`` of ``run_id`` still there?"""
        return self.rows(run_id).get(n, {}).get("offset") is not None

    def page(self, run_id: str, n: int) -> Page:
        """The full response number ``n`` of ``run_id``. Raises StorageError where it is not there any more."""
        row = self.rows(run_id).get(n)
        path = os.path.join(self._folder, run_id, (row or {}).get("warc") or WARC)  # noqa: PTH118 - a Path takes ten times as long
        if row is None or row.get("offset") is None:
            raise StorageError("the page is not in the archive", where=f"{path} page {n}", hint="Retention may have removed it.")
        url, status, headers, body = read_response(path, row["offset"])
        context = row.get("context") or {}
        return Page(url, status, headers, body, asked=row.get("asked", url), context=context, reserved=bool(row.get("reserved")))


def read_response(path: Path | str, offset: int) -> tuple[str, int, dict[str, str], bytes]:
    """URL, status, headers and body of the response record at ``offset``."""
    try:
        data = _member(path, offset)
        head_end = data.index(_BLANK)
        warc = dict(_header_lines(data[:head_end]))
        begin = head_end + len(_BLANK)
        end = begin + int(warc["content-length"])
        http_end = data.find(_BLANK, begin, end)
        if http_end < 0:
            raise ValueError("the record holds no answer")
        http = data[begin:http_end]
        body = data[http_end + len(_BLANK) : end]
        return warc["warc-target-uri"], int(http.split(b" ", 2)[1]), dict(_header_lines(http)), body
    except (OSError, zlib.error, KeyError, ValueError, IndexError) as e:
        raise StorageError(
            f"the archive cannot be read: {e}", where=f"{path} at {offset}", hint="Harvest the portal again with --full."
        ) from e


def _member(path: Path | str, offset: int) -> bytes:
    """The record at ``offset``, unpacked."""
    unpack = zlib.decompressobj(31)
    parts = []
    with open(path, "rb", buffering=0) as f:  # noqa: PTH123 - Path.open costs a third more
        f.seek(offset)
        while not unpack.eof:
            chunk = f.read(_READ)
            if not chunk:
                raise ValueError("it ends inside a record")
            parts.append(unpack.decompress(chunk))
    return b"".join(parts)


def read_member(path: Path, offset: int) -> bytes:
    """The gzip member at ``offset``, still packed. Raises StorageError where it is torn."""
    unpack = zlib.decompressobj(31)
    parts = []
    try:
        with path.open("rb") as f:
            f.seek(offset)
            while not unpack.eof:
                chunk = f.read(65536)
                if not chunk:
                    raise ValueError("it ends inside a record")
                unpack.decompress(chunk)
                parts.append(chunk[: len(chunk) - len(unpack.unused_data)])
    except (OSError, zlib.error, ValueError) as e:
        raise StorageError(f"the archive cannot be read: {e}", where=f"{path} at {offset}") from e
    return b"".join(parts)


@dataclass(frozen=True)
class Member:
    """One record of an archive: where it begins, its bytes as stored, its WARC headers, and the rest as text."""

    offset: int
    packed: bytes
    head: dict[str, str]
    text: str


def members(path: Path, offsets: Iterable[int]) -> Iterator[Member]:
    """Every record of an archive, in order. After one that cannot be read the next of the known ``offsets`` is tried."""
    at, size, known = 0, path.stat().st_size, sorted(offsets)
    while at < size:
        try:
            packed = read_member(path, at)
        except StorageError:
            at = next((offset for offset in known if offset > at), size)
            continue
        head, _, block = zlib.decompress(packed, 31).partition(b"\r\n\r\n")
        http, _, body = block.partition(b"\r\n\r\n")
        charset = _CHARSET.search(http) or _CHARSET.search(body[:2048])
        yield Member(at, packed, dict(_header_lines(head)), http.decode("utf-8", "replace") + "\n" + _decoded(body, charset))
        at += len(packed)


_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.I)


def _decoded(body: bytes, charset: re.Match[bytes] | None) -> str:
    try:
        return body.decode(charset[1].decode("ascii") if charset else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _header_lines(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("utf-8", "replace").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()


def read_lines(path: Path) -> Iterator[tuple[Any, str]]:
    """(row, "") of every line of a JSON Lines file; (None, reason) for a line that is none."""
    with path.open("rb") as f:
        for line in f:
            try:
                row = orjson.loads(line)
            except ValueError as e:
                yield None, f"no JSON: {e}"
                continue
            yield (row, "") if isinstance(row, dict) else (None, "no JSON object")
