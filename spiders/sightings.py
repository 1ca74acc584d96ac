"""What a run sees of each listing: new, changed, unchanged, missing or gone, with the evidence."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import Any

from spiders.base import Page
from spiders.listing import FIELDS, HARVEST_FIELDS, Listing, hash_of
from spiders.page import public_url, url_key
from spiders.rawzone import GONE_AFTER, History, RawWriter
from spiders.redact import redact_text

#: how many listings that vanished from the portal's lists are looked up at their own address in one run
MAX_CHECKS = 100
#: the same where the portal shows its newest listings only, so that most are out of sight for good reasons
FEW_CHECKS = 20
#: a page whose text is reserved gives facts and the link only
_TEXT_FIELDS = ("description",)


class Sightings:
    """Collects the listings of one run and compares them with the accepted runs before it."""

    def __init__(self, writer: RawWriter, known: History) -> None:
        self.writer, self.known = writer, known
        self.addresses = known.addresses
        #: record id -> sighting row
        self.found: dict[str, dict[str, Any]] = {}
        self.evidence: dict[str, dict[str, Any]] = {}
        self.claimed: list[tuple[int, str]] = []
        self.errors: list[dict[str, Any]] = []
        self.short: list[str] = []
        self.notes: dict[str, Any] = {}
        self.filled: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.read = self.repeated = self.passed_over = 0
        self._gone: dict[str, dict[str, Any]] = {}
        self._unsure: set[str] = set()
        self._moved: dict[str, str] = {}
        self._canonical: Counter[str] = Counter()

    def listing(self, listing: Listing, page: Page | None, row: dict[str, Any] | None) -> None:
        """A listing read from a page."""
        listing = self._unique(clean(listing, reserved=bool(page and page.reserved)))
        if listing.record_id in self.found:
            self.repeated += 1
            return
        self.read += 1
        said = listing.as_dict()
        said["content_hash"] = content_hash = hash_of(said)
        self.filled.update(k for k in said if k in _COUNTED)
        self.languages[(listing.language or "").lower()] += 1
        self.titles[listing.title.casefold()] += 1
        status = self._status(listing.record_id, content_hash)
        if status != "unchanged":
            self.writer.listing(said)
        also = [listing.url, *([page.asked, page.url] if page and not listing.shared_page and public_url(page.url) == listing.url else [])]
        if listing.canonical_url:
            self._canonical[url_key(listing.canonical_url)] += 1
            also.append(listing.canonical_url)
        evidence = {k: row[k] for k in ("status", "etag", "last_modified") if row and row.get(k)}
        self.found[listing.record_id] = {
            "record_id": listing.record_id, "content_hash": content_hash, "status": status, "url": listing.url,
            "also": [public_url(u) for u in dict.fromkeys(also)], "token": listing.modified,
            "body": row.get("body") if row else None, "evidence": evidence,
        }  # fmt: skip
        if row is not None:
            row["records"].append(listing.record_id)

    def _status(self, record_id: str, content_hash: str) -> str:
        before = self.known.records.get(record_id)
        if before is None or before.status == "gone" or before.content_hash is None:
            return "new"
        return "unchanged" if before.content_hash == content_hash else "changed"

    def _unique(self, listing: Listing) -> Listing:
        """A second page that claims a known record's address (a careless rel=canonical) keeps its own name."""
        other = self.found.get(listing.record_id)
        if other is None or other["url"] == listing.url or not listing.record_id.startswith(f"{listing.portal}:http"):
            return listing
        item = listing.record_id.rpartition("#")[2] if "#" in listing.record_id else ""
        return replace(listing, record_id=f"{listing.portal}:{listing.url}{f'#{item}' if item else ''}")

    def unarchived(self, record_ids: list[str]) -> None:
        """Listings whose page is not in the archive."""
        for record_id in record_ids:
            self.found[record_id]["body"] = None

    def sighted(self, record_id: str, token: str | None) -> None:
        """A listing that the portal shows unchanged, by its own mark of the last change."""
        record = self.known.records.get(record_id)
        if record is not None and record_id not in self.found:
            self.found[record_id] = {
                "record_id": record_id, "content_hash": record.content_hash, "status": "unchanged", "url": record.url,
                "token": token or record.token, "body": record.body, "evidence": {"token": token},
            }  # fmt: skip

    def at(self, url: str) -> str | None:
        """The known record at an address."""
        return self.addresses.get(url_key(url))

    def deleted(self, record_id: str, evidence: dict[str, Any]) -> None:
        """The portal itself says that a listing is no more."""
        if record_id in self.known.records:
            self._gone[record_id] = evidence

    def unsure(self, url: str) -> None:
        """A page that could not be read now: nothing is said about its listings in this run."""
        key = url_key(url)
        self._unsure.update(rid for address, rid in self.addresses.items() if address == key or address.startswith(f"{key}#"))

    def to_check(self) -> list[tuple[str, str]]:
        """(record id, address) of what was there before and is not now; nothing after a short harvest."""
        shared = Counter(url_key(r.url) for r in self.known.records.values() if r.url)
        unseen = [(r.record_id, r.url) for r in self._unseen() if r.url and shared[url_key(r.url)] == 1]
        turn = str(len(self.known.runs))  # others have their turn in other runs
        unseen.sort(key=lambda pair: hashlib.sha256(f"{turn} {pair[0]}".encode()).digest())
        return unseen[: FEW_CHECKS if self.partial else MAX_CHECKS]

    @property
    def partial(self) -> bool:
        """True where a platform notes that it sees the newest listings only: then absence says nothing."""
        return bool(self.notes.get("partial"))

    def _unseen(self) -> list[Any]:
        if self.short:
            return []
        skip = self.found.keys() | self._unsure | self._gone.keys()
        return [r for r in self.known.records.values() if r.status != "gone" and r.record_id not in skip]

    def looked_up(self, record_id: str, status: int, url: str) -> None:
        """The answer at the address of a missing listing."""
        evidence = {"status": status, "url": url}
        if status in (404, 410):
            self._gone[record_id] = evidence
            return
        self.evidence[record_id] = evidence
        key = url_key(url)
        if status == 200 and key != url_key(self.known.records[record_id].url):
            for other, row in self.found.items():
                if row["status"] == "new" and url_key(row["url"]) == key and other.endswith(row["url"]):
                    self._moved[other] = record_id

    def finish(self) -> dict[str, int]:
        """Writes the sightings; returns the counts."""
        for new_id, old_id in self._moved.items():
            row = self.found.pop(new_id)
            old = self.known.records[old_id]
            evidence = {**row["evidence"], "moved_from": old.url}
            self.found[old_id] = {**row, "record_id": old_id, "status": "changed", "also": [*row["also"], old.url], "evidence": evidence}
        if self._moved:
            hashes = self.writer.rename(self._moved)
            for record_id, content_hash in hashes.items():
                self.found[record_id]["content_hash"] = content_hash
        counts = Counter(row["status"] for row in self.found.values())
        rows = [*map(self._trim, self.found.values()), *self._absent()]
        counts.update(r["status"] for r in rows if r["status"] in ("missing", "gone"))
        for row in sorted(rows, key=lambda r: r["record_id"]):
            self.writer.sighting(row)
        names = ("new", "changed", "unchanged", "missing", "gone")
        return {"found": len(self.found), **{n: counts[n] for n in names}, "repeated": self.repeated, "passed_over": self.passed_over}

    def _trim(self, row: dict[str, Any]) -> dict[str, Any]:
        """Without empty values, and without a canonical address that several listings state: it names none of them."""
        also = [u for u in row.get("also", []) if self._canonical[url_key(u)] <= 1]
        return {k: v for k, v in {**row, "also": also}.items() if v not in (None, [], {})}

    def _absent(self) -> list[dict[str, Any]]:
        gone = [(self.known.records[rid], "gone", ev) for rid, ev in self._gone.items() if rid not in self.found]
        missing = []
        for record in () if self.partial else self._unseen():
            runs = record.misses + 1
            status = "gone" if runs >= GONE_AFTER else "missing"
            missing.append((record, status, {"missing_runs": runs, **self.evidence.get(record.record_id, {})}))
        return [
            {"record_id": r.record_id, "content_hash": r.content_hash or "", "status": status, "url": r.url, "evidence": evidence}
            for r, status, evidence in [*gone, *missing]
            if r.status != "gone"
        ]

    def fill(self) -> dict[str, float]:
        """Field -> share of the listings read in this run that have it."""
        return {k: round(n / self.read, 4) for k, n in sorted(self.filled.items())} if self.read else {}


_COUNTED = frozenset({*FIELDS, *HARVEST_FIELDS}) - {"record_id", "portal"}


def clean(listing: Listing, *, reserved: bool) -> Listing:
    """Once more without personal data, for what an encoding hid in the body; without sentences where they are reserved."""
    changes: dict[str, Any] = {}
    for name in _TEXTS:
        value = getattr(listing, name)
        if value and ("@" in value or "+" in value):
            changes[name] = redact_text(value)
    if any("@" in v or "+" in v for values in listing.labels.values() for v in values):
        changes["labels"] = {k: [redact_text(v) for v in values] for k, values in listing.labels.items()}
    if reserved:
        changes |= dict.fromkeys(_TEXT_FIELDS) | {"labels": {}}
    return replace(listing, **changes) if changes else listing


_TEXTS = tuple(k for k in (*FIELDS, *HARVEST_FIELDS) if k not in ("record_id", "portal", "url", "official_url"))
