"""Forgetting: the one exception to an append-only raw zone.

    marks_of    hashes that stay behind in place of what was forgotten
    Traces      by what it is recognised: record ids, addresses, its own words, the archived pages that showed it
    find        gathers the traces of some records of a portal
    erase       takes them out of every run of the portal

An archived page that shows the forgotten listing, links to it or repeats its words goes whole, as no page can be cut without falsifying
it; its neighbours on that page keep their listings and are fetched in full again at the next harvest. Erasing can be killed at any
moment and begun again with the same traces.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spiders.archive import PAGES, WARC, Archive, Member, members, read_lines
from spiders.files import sync, write_atomic
from spiders.page import url_key
from spiders.rawzone import LISTINGS, RUN, SIGHTINGS
from spiders.recognition import Recognition

Row = dict[str, Any]


def mark(text: str) -> str:
    """What stays of a record id, a portal or an address (by ``url_key``): its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Traces:
    """By what the forgotten is recognised in one portal. ``addresses``: url keys. ``pages``: (run, n) of full responses that showed it."""

    portal: str
    records: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    pages: frozenset[tuple[str, int]] = frozenset()
    #: everything of the portal
    whole: bool = False

    def as_dict(self) -> Row:
        """JSON-ready."""
        return {
            "portal": self.portal, "records": sorted(self.records), "addresses": sorted(self.addresses), "texts": list(self.texts),
            "pages": sorted(self.pages), "whole": self.whole,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, row: Row) -> Traces:
        """The opposite of ``as_dict``."""
        pages = frozenset((run, n) for run, n in row["pages"])
        return cls(row["portal"], frozenset(row["records"]), frozenset(row["addresses"]), tuple(row["texts"]), pages, row["whole"])

    def holds(self, record_id: str) -> bool:
        """Is this record to be forgotten?"""
        return record_id in self.records or (self.whole and record_id.startswith(f"{self.portal}:"))

    @property
    def marks(self) -> set[str]:
        """The hashes that stay."""
        return {mark(self.portal)} if self.whole else {mark(text) for text in (*self.records, *self.addresses)}

    @property
    def recognition(self) -> Recognition:
        """Finds mentions in text."""
        return Recognition(self.records, self.addresses, self.texts)


@dataclass
class Erased:
    """How many lines and archived pages went."""

    listings: int = 0
    sightings: int = 0
    pages: int = 0
    runs: set[str] = field(default_factory=set)

    def plus(self, other: Erased, portal: str) -> Erased:
        """The sum, with the runs of ``other`` as portal/run."""
        runs = self.runs | {f"{portal}/{run}" for run in other.runs}
        return Erased(self.listings + other.listings, self.sightings + other.sightings, self.pages + other.pages, runs)


def records_at(raw: Path, portal: str, url: str) -> set[str]:
    """Records that any run saw at an address."""
    key = url_key(url)
    rows = ((row, _addresses(row)) for folder in _runs(raw / portal) for row in _rows(folder, LISTINGS, SIGHTINGS))
    return {row["record_id"] for row, addresses in rows if key in addresses and "record_id" in row}


def visited(raw: Path, portal: str, url: str) -> bool:
    """Was a page at this address ever asked for?"""
    key = url_key(url)
    return any(key in _addresses(row) for folder in _runs(raw / portal) for row in _rows(folder, PAGES))


def find(raw: Path, portal: str, records: Iterable[str], urls: Iterable[str] = ()) -> Traces:
    """The traces of ``records`` in all runs, interrupted ones included. An address that other records share is no trace of these."""
    wanted = frozenset(records)
    mine, others = {url_key(u) for u in urls}, set[str]()
    texts: dict[str, None] = {}
    pages: set[tuple[str, int]] = set()
    for folder in _runs(raw / portal):
        for row in _rows(folder, LISTINGS, SIGHTINGS):
            if row.get("record_id") not in wanted:
                others |= _addresses(row)
                continue
            mine |= _addresses(row)
            texts |= dict.fromkeys(row[k] for k in ("title", "description") if row.get(k))
            pages |= {tuple(row["body"])} if row.get("body") else set()
        for row in _rows(folder, PAGES):
            if wanted & set(row.get("records", ())):
                pages |= {tuple(row["body"]), (folder.name, row["n"])} if row.get("body") else {(folder.name, row["n"])}
    return Traces(portal, wanted, frozenset(mine - others), tuple(texts), frozenset(pages))


def erase(raw: Path, traces: Traces) -> Erased:
    """Takes everything that the traces tell of out of the portal's runs. Raises OSError where the disk refuses."""
    home, erased = raw / traces.portal, Erased()
    if traces.whole:
        erased.runs = {folder.name for folder in _runs(home)}
        erased.listings = sum(1 for folder in _runs(home) for _ in _rows(folder, LISTINGS))
        if home.exists():
            shutil.rmtree(home)
        return erased
    seen = traces.recognition
    for folder in _runs(home):
        if not (folder / RUN).exists():
            _drop_interrupted(folder, seen, erased)
            continue
        pages = _erase_pages(folder, traces, seen)
        sightings, listings = (rewrite(folder / name, lambda r: None if traces.holds(r.get("record_id", "")) else r, seen)
                               for name in (SIGHTINGS, LISTINGS))  # fmt: skip
        _erase_report(folder / RUN, seen)
        erased.pages, erased.sightings, erased.listings = erased.pages + pages, erased.sightings + sightings, erased.listings + listings
        erased.runs |= {folder.name} if pages or sightings or listings else set()
    _cut_pointers(home)
    return erased


def rewrite(path: Path, change: Callable[[Row], Row | None], seen: Recognition | None = None) -> int:
    """Replaces a JSON Lines file by what ``change`` leaves of its rows, atomically; returns how many rows went or changed.

    A line that is no JSON goes where ``seen`` finds something in it. Lines that stay keep their bytes.
    """
    if not path.exists():
        return 0
    touched, beside = 0, path.with_name(f".{path.name}.new")
    with path.open("rb") as lines, beside.open("wb") as out:
        for line in lines:
            left = _changed(line, change, seen)
            touched += left != line
            out.write(left)
        out.flush()
        os.fsync(out.fileno())
    if touched:
        beside.replace(path)
        sync(path.parent)
    else:
        beside.unlink()
    return touched


def _changed(line: bytes, change: Callable[[Row], Row | None], seen: Recognition | None) -> bytes:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        return b"" if seen and seen.mentioned(line.decode("utf-8", "replace")) else line
    left = change(row)
    if left is row or left == row:
        return line
    return b"" if left is None else _line(left).encode()


def _erase_pages(folder: Path, traces: Traces, seen: Recognition) -> int:
    """Writes a new archive without what is to go, then the index that leads into it; then the old one goes: an index always fits."""
    rows = list(_rows(folder, PAGES))
    places = [place for row in rows if (place := _place(row))]
    led = {name for name, _ in places}
    for path in folder.glob("*.warc.gz"):
        if led and path.name not in led:  # left by a killed pass: nothing leads to it
            path.unlink()
    shown = {n for run, n in traces.pages if run == folder.name}
    drop = {_place(row) for row in rows if row["n"] in shown or traces.records & set(row.get("records", ()))}
    old = sorted(folder.glob("*.warc.gz"))
    beside, moved, dropped = folder / f".{WARC}.new", {}, 0
    with beside.open("wb") as out:
        for path in old:
            gone: set[str] = set()
            for member in members(path, [offset for name, offset in places if name == path.name]):
                if (path.name, member.offset) in drop or _tells(member, seen, gone):
                    gone.add(member.head.get("warc-record-id", ""))
                    dropped += member.head.get("warc-type") != "request"
                else:
                    moved[path.name, member.offset] = out.tell()
                    out.write(member.packed)
        out.flush()
        os.fsync(out.fileno())
    name = next(n for i in range(2, 1 << 30) if not (folder / (n := f"pages-{i}.warc.gz")).exists())
    kept = [left for row in rows if (left := _left_of(row, traces, seen, moved, name))]
    if not dropped and len(kept) == len(rows):
        beside.unlink()
        return 0
    beside.replace(folder / name)
    write_atomic(folder / PAGES, "".join(map(_line, kept)))
    for path in old:
        path.unlink()
    return dropped


def _place(row: Row) -> tuple[str, int] | None:
    """File and offset of a row's response."""
    return None if row.get("offset") is None else (row.get("warc") or WARC, row["offset"])


def _tells(member: Member, seen: Recognition, gone: set[str]) -> bool:
    head = member.head
    if head.get("warc-concurrent-to", "-") in gone:
        return True
    urls = [head[k] for k in ("warc-target-uri", "warc-refers-to-target-uri") if k in head]
    return any(url_key(url) in seen.addresses for url in urls if "://" in url) or seen.mentioned(member.text)


def _left_of(row: Row, traces: Traces, seen: Recognition, moved: dict[tuple[str, int], int], name: str) -> Row | None:
    """What stays of a row of ``pages.jsonl``: nothing of a forgotten address; of a page that went, that it was asked for."""
    if _addresses(row) & traces.addresses:
        return None
    place = _place(row)
    if place in moved:
        row = row | {"offset": moved[place], "warc": name}
    elif place:
        row = {k: v for k, v in row.items() if k not in _OF_BODY}
    row["records"] = [r for r in row.get("records", ()) if r not in traces.records]
    if seen.mentioned(json.dumps(row.get("context"), ensure_ascii=False)):
        row.pop("context")
    return {k: v for k, v in row.items() if v != []}


#: what a row says of the body that it leads to
_OF_BODY = ("offset", "warc", "body", "digest", "etag", "last_modified", "context")


def _cut_pointers(home: Path) -> None:
    """Nothing points to a page that is not in the archive any more, so that the next harvest fetches it in full."""
    archive = Archive(home)

    def cut(row: Row) -> Row:
        if not row.get("body") or archive.has(*row["body"]):
            return row
        return {k: v for k, v in row.items() if k not in ("body", "digest", "etag", "last_modified", "token")}

    for folder in _runs(home):
        for name in (PAGES, SIGHTINGS):
            rewrite(folder / name, cut)


def _erase_report(path: Path, seen: Recognition) -> None:
    """Errors and notes of ``run.json`` that name the forgotten."""
    run = json.loads(path.read_text(encoding="utf-8"))
    left = _without(run, seen)
    if left != run:
        write_atomic(path, json.dumps(left, ensure_ascii=False, sort_keys=True, indent=1) + "\n")


def _without(value: Any, seen: Recognition) -> Any:
    """Entries of lists and maps in which something is recognised go; numbers stay."""
    if isinstance(value, dict):
        return {k: _without(v, seen) for k, v in value.items() if not seen.mentioned(f"{k} {v if isinstance(v, str) else ''}")}
    if isinstance(value, list):
        return [_without(v, seen) for v in value if not seen.mentioned(json.dumps(v, ensure_ascii=False))]
    return value


def _drop_interrupted(folder: Path, seen: Recognition, erased: Erased) -> None:
    """An interrupted run in which anything is recognised goes whole: no stage ever reads it."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.jsonl")))
    archived = (member.text for path in sorted(folder.glob("*.warc.gz")) for member in members(path, ()))
    if any(map(seen.mentioned, texts)) or any(map(seen.mentioned, archived)):
        shutil.rmtree(folder)
        erased.runs.add(folder.name)


def _runs(home: Path) -> list[Path]:
    return sorted(p for p in home.iterdir() if p.is_dir()) if home.is_dir() else []


def _rows(folder: Path, *names: str) -> Iterator[Row]:
    for name in names:
        if (folder / name).exists():
            yield from (row for row, _ in read_lines(folder / name) if row is not None)


def _addresses(row: Row) -> set[str]:
    """Keys of the addresses that a listing, a sighting or a page has."""
    found = [row.get(k) for k in ("url", "canonical_url", "asked")] + list(row.get("also", ()))
    return {url_key(u) for u in found if u}


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
