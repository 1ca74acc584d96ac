"""Recorded examples of live-checked cards: a few real pages without their prose, and the listings that they must give.

    record(card, run) -> Path                  pages of a harvest into <folder of cards>/examples/<card>/
    read(card) -> list[Recorded]               the pages of an example, in order
    extract(card, pages) -> list[dict]         what the card's platform makes of them, without network

An example is a folder: ``pages.json`` says what was fetched and by which method it is read, the bodies lie beside it, and
``expected.json`` holds what comes out. The golden test (``tests/spiders/portals/test_examples.py``) writes a missing expectation
and fails until a person has set its ``reviewed`` to a date.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lxml import etree

from spiders.archive import Archive
from spiders.base import Fetch, Page, Problem
from spiders.card import Card
from spiders.errors import HarvestError, InputError, StorageError
from spiders.filler import anonymous
from spiders.listing import Listing
from spiders.page import decode
from spiders.platforms.auto import platform_named
from spiders.rawzone import RunReport
from spiders.sightings import clean

EXAMPLES, PAGES, EXPECTED = "examples", "pages.json", "expected.json"
#: pages with listings and pages in all that an example holds; entries that are kept of a long answer; bytes of a page
LISTINGS, MOST, FEW, LARGEST = 3, 8, 3, 300_000
#: headers that platforms read
_HEADERS = ("content-type", "content-language", "link", "x-wp-total", "x-wp-totalpages", "x-generator")
_ENDINGS = {"application/json": "json", "text/html": "html", "application/xhtml+xml": "html", "text/csv": "csv", "text/turtle": "ttl"}
_ENCODING = re.compile(r"""(<\?xml[^>]{0,80}encoding=["'])[\w-]+(["'])""")
#: JSON keys whose lists hold what other lists refer to
_REFERRED = ("included", "@graph", "graph")


@dataclass(frozen=True)
class Recorded:
    """One page of an example: ``file`` holds its body, ``harvest`` is the door of the card, ``parse`` the method that reads it."""

    file: str
    url: str
    asked: str
    status: int
    headers: dict[str, str]
    harvest: int
    parse: str
    context: dict[str, Any]
    body: bytes = b""

    def page(self, card: Card) -> Page:
        """The page as a platform gets it."""
        context = json.loads(json.dumps(self.context))
        return Page(self.url, self.status, self.headers, self.body, self.asked, context, languages=card.languages)

    @property
    def fetch(self) -> Fetch:
        """How the page is asked for again."""
        return Fetch(self.asked, self.parse, self.context, conditional=False, again=True)


def folder_of(card: Card) -> Path:
    """Where the example of ``card`` lies: beside its file."""
    if card.path is None:
        raise InputError("a card without a file has no example", where=card.id)
    return card.path.parent / EXAMPLES / card.id


def record(card: Card, run: RunReport) -> Path:
    """Takes a few pages of a complete run as the example of ``card``; what was recorded before is replaced.

    Raises InputError where no page of it can be kept: text that is reserved, or answers that are no text.
    """
    folder = folder_of(card)
    kept, refused = [], []
    for page in pages_of(card, run):
        try:
            body = anonymous(shortened(in_utf8(page, card)), page.headers.get("content-type", ""))
        except ValueError as e:
            refused.append(f"{page.url}: {e}")
            continue
        if len(body) > LARGEST:
            refused.append(f"{page.url}: {len(body)} bytes are too many")
            continue
        kept.append((page, body))
    if not any(found["listings"] for found in extract(card, [replace(page, body=body) for page, body in kept])):
        why = "; ".join(refused) or "no page with listings is in the archive; text that is reserved never is"
        raise InputError("nothing to record", where=card.id, hint=why)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = []
    for number, (page, body) in enumerate(kept, 1):
        kind = page.headers.get("content-type", "").split(";")[0].strip().lower()
        name = f"{number}.{_ENDINGS.get(kind, 'xml' if 'xml' in kind else 'json' if 'json' in kind else 'txt')}"
        (folder / name).write_bytes(body)
        rows.append({k: v for k, v in {**vars(page), "file": name}.items() if k != "body" and v != {}})
    (folder / PAGES).write_text(_dump(rows), encoding="utf-8")
    return folder


def in_utf8(page: Recorded, card: Card) -> bytes:
    """The body as UTF-8, whatever the portal wrote. Raises ValueError for what is no text."""
    if b"\0" in page.body[:2000]:
        raise ValueError("it is no text")
    try:
        page.body.decode("utf-8")
        return page.body
    except UnicodeDecodeError:
        text = decode(page.body, page.headers.get("content-type"), card.languages)
        return _ENCODING.sub(r"\1utf-8\2", text, count=1).encode()


def pages_of(card: Card, run: RunReport) -> list[Recorded]:
    """The pages of a run that make an example: the first of every kind, and the first few with listings."""
    archive = Archive(run.folder.parent)
    found: list[Recorded] = []
    kinds: set[tuple[Any, ...]] = set()
    with_listings = 0
    for _, row in sorted(archive.rows(run.run_id).items()):
        context = row.get("context") or {}
        kind = (row.get("harvest", 0), row["parse"], context.get("parse"))
        listed = bool(row.get("records"))
        if not row.get("body") or row.get("harvest", 0) < 0 or not (listed and with_listings < LISTINGS or kind not in kinds):
            continue
        if not listed and card.harvest[row.get("harvest", 0)].platform == "auto" and row["parse"] != "through":
            continue  # the search for a door
        try:
            page = archive.page(*row["body"])
        except StorageError:
            continue
        kinds.add(kind)
        with_listings += listed
        headers = {k: v for k, v in page.headers.items() if k in _HEADERS}
        found.append(
            Recorded(
                "", page.url, row.get("asked", page.url), page.status, headers, row.get("harvest", 0), row["parse"], context, page.body
            )
        )
    return found[:MOST]


def live(card: Card, run: RunReport, pages: Sequence[Recorded]) -> list[Recorded]:
    """The recorded pages as ``run`` fetched them again, without their prose, so that they compare with what was recorded."""
    archive = Archive(run.folder.parent)
    asked = {(page.asked, page.parse): page for page in pages}
    found = []
    for row in archive.rows(run.run_id).values():
        before = asked.get((row.get("asked", ""), row["parse"]))
        if before is None or not row.get("body"):
            continue
        page = archive.page(*row["body"])
        headers = {k: v for k, v in page.headers.items() if k in _HEADERS}
        today = replace(before, url=page.url, status=page.status, headers=headers, body=page.body)
        try:
            found.append(replace(today, body=anonymous(in_utf8(today, card), headers.get("content-type", ""))))
        except ValueError:
            continue
    return found


def shortened(body: bytes) -> bytes:
    """``body`` with only the first few of the many entries that an interface puts into one answer. HTML stays whole."""
    head = body[:500].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        try:
            return json.dumps(_few(json.loads(body.decode("utf-8-sig"))), ensure_ascii=False).encode()
        except ValueError:
            return body
    if head.startswith(b"<?xml") and b"<html" not in head:
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
        except etree.XMLSyntaxError:
            return body
        if _fewer(root):
            return etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _few(value: Any, key: str = "") -> Any:
    if isinstance(value, list):
        entries = sum(isinstance(v, dict) for v in value)
        return [_few(v) for v in (value[:FEW] if entries > FEW and key not in _REFERRED else value)]
    return {k: _few(v, k) for k, v in value.items()} if isinstance(value, dict) else value


def _fewer(root: Any) -> bool:
    cut = False
    for parent in list(root.iter()):
        for tag in {child.tag for child in parent if isinstance(child.tag, str) and len(child)}:
            for child in parent.findall(tag)[FEW:]:
                parent.remove(child)
                cut = True
    return cut


def read(card: Card) -> list[Recorded]:
    """The recorded pages of ``card``; empty where it has no example. Raises InputError for one that cannot be read."""
    folder = folder_of(card)
    path = folder / PAGES
    if not path.is_file():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Recorded(**{"headers": {}, "context": {}, **row}, body=(folder / row["file"]).read_bytes()) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as e:
        raise InputError(
            f"the example cannot be read: {e}", where=str(path), hint="`eduatlas portals check --record` writes it anew."
        ) from e


def extract(card: Card, pages: Sequence[Recorded]) -> list[dict[str, Any]]:
    """What each page gives: ``listings`` (as the raw zone would hold them), ``follows`` (addresses it leads to), ``problems``."""
    doors = [platform_named(h.platform)(card, h) for h in card.harvest]
    found = []
    for recorded in pages:
        result: dict[str, Any] = {"file": recorded.file, "url": recorded.asked, "follows": 0, "problems": [], "listings": []}
        found.append(result)
        if recorded.harvest >= len(doors):
            result["problems"].append("the card has fewer doors than when this page was recorded")
            continue
        door = doors[recorded.harvest]
        try:
            for item in getattr(door, recorded.parse)(recorded.page(card)):
                if isinstance(item, Listing) and door.wants(item.url):
                    row = clean(item, reserved=False).as_dict()
                    result["listings"].append({k: v for k, v in row.items() if k != "sources"})
                elif isinstance(item, Fetch):
                    result["follows"] += 1
                elif isinstance(item, Problem):
                    result["problems"].append(item.reason)
        except HarvestError as e:
            result["problems"].append(e.what)
    return found


def expected(card: Card) -> dict[str, Any] | None:
    """``reviewed`` (a date or None) and ``pages`` as ``extract`` gave them, or None where nobody has written it yet."""
    path = folder_of(card) / EXPECTED
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def expect(card: Card, pages: Sequence[dict[str, Any]]) -> Path:
    """Writes what the example gives today as the expectation, not reviewed yet."""
    path = folder_of(card) / EXPECTED
    path.write_text(_dump({"reviewed": None, "pages": list(pages)}), encoding="utf-8")
    return path


def differences(before: Iterable[dict[str, Any]], now: Iterable[dict[str, Any]]) -> list[tuple[str, str, Any, Any]]:
    """(record id, field, then, now) of every value that differs between the listings of two extractions; ``*``: the listing."""
    rows = [{row["record_id"]: row for page in pages for row in page["listings"]} for pages in (before, now)]
    found: list[tuple[str, str, Any, Any]] = []
    for record_id in dict.fromkeys([*rows[0], *rows[1]]):
        then, today = rows[0].get(record_id), rows[1].get(record_id)
        if then is None or today is None:
            found.append((record_id, "*", then and then["title"], today and today["title"]))
            continue
        found += [(record_id, k, then.get(k), today.get(k)) for k in sorted({*then, *today}) if then.get(k) != today.get(k)]
    return found


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
