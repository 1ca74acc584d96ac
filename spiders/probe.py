"""Look at a portal that nobody has described yet, and at one that may have changed.

    probe(url)            -> Probe    platform, doors, total, languages, rights, three sample listings, and a ready card
    check(card, data=...) -> Drift    a few pages fetched live, compared field by field: with the card's recorded example, and with the
                                      last accepted run
    remember(card)        -> Path     a few pages fetched live become the card's recorded example

All are small harvests in a folder of their own; the raw zone is not touched.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spiders import examples
from spiders.card import Card, Harvest, card_from
from spiders.crawl import HarvestOptions, harvest
from spiders.errors import InputError
from spiders.page import Fetch
from spiders.rawzone import RunReport, complete_runs

#: answers that a look at a portal may ask for
PAGES = 15
_RUN = "2000-01-01.1"
#: a field is drifting when its share of filled listings fell by more than this
DRIFT = 0.3
_COUNTRIES = frozenset(
    ["at", "be", "bg", "ch", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "is", "it", "li", "lt", "lu"]
    + ["lv", "mt", "nl", "no", "pl", "pt", "ro", "se", "si", "sk"]
)


@dataclass
class Probe:
    """What a look at a portal found. ``harvest`` is None where no door opened; ``errors`` then says why."""

    url: str
    title: str
    harvest: Harvest | None
    why: str = ""
    found: int = 0
    claimed: int | None = None
    languages: tuple[str, ...] = ()
    licence: str | None = None
    generator: str | None = None
    rights: dict[str, Any] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def card_id(self) -> str:
        """A proposal for the card's id, from country and host."""
        labels = (urlsplit(self.url).hostname or "portal").removeprefix("www.").split(".")
        name = re.sub(r"[^a-z0-9]+", "-", labels[-2 if len(labels) > 1 else 0].lower()).strip("-") or "portal"
        return f"{self._country().lower()}-{name}"

    def _country(self) -> str:
        last = (urlsplit(self.url).hostname or "").rpartition(".")[2]
        return last.upper() if last in _COUNTRIES else "EU"

    def as_card_toml(self) -> str:
        """A portal card that loads as it is; what a person must look at is marked."""
        country = self._country()
        parts = urlsplit(self.url)
        door = self.harvest or Harvest("auto", self.url)
        lines = [
            _pair("title", self.title or parts.hostname or self.url),
            _pair("publisher", self.title or parts.hostname or self.url) + "  # look: who answers for the portal",
            _pair("country", country) + ("" if country != "EU" else "  # look: EU is a guess"),
            _pair("level", "national" if country != "EU" else "supranational") + "  # look",
            _pair("languages", list(self.languages or ("en",))),
            _pair("homepage", f"{parts.scheme}://{parts.netloc}/"),
            _pair("authority", "owner") + "  # look: owner | national | supranational | third-party",
            _pair("licence", self.licence or "unknown"),
            _pair("schedule", "weekly"),
            _pair("status", "drafted"),
            "",
            "[[evidence]]",
            _pair("url", self.url),
            _pair("seen", datetime.now(UTC).date().isoformat()),
            _pair("what", f"looked at by eduatlas: {self.why or 'no door opened'}; {self.found} listings read, {self.claimed} claimed"),
            "",
            "[[harvest]]",
            _pair("platform", door.platform),
            _pair("url", door.url),
            *(_pair(k, v) for k, v in door.options.items()),
        ]
        return "\n".join(lines) + "\n"


def _pair(key: str, value: Any) -> str:
    return f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_pair(k, v) for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def probe(url: str, options: HarvestOptions | None = None) -> Probe:
    """Looks at the portal at ``url`` with at most ``PAGES`` requests. Raises InputError for what is no web address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{url!r} is no web address", hint="Begin it with https:// and a host.")
    today = datetime.now(UTC).date().isoformat()
    table = {
        "title": url, "publisher": "-", "country": "EU", "level": "supranational", "languages": ["en"], "homepage": url,
        "authority": "third-party", "licence": "unknown", "schedule": "weekly", "status": "drafted",
        "evidence": [{"url": url, "seen": today, "what": "probe"}], "harvest": [{"platform": "auto", "url": url}],
    }  # fmt: skip
    with _small(card_from(table, "int-probe"), options or HarvestOptions()) as report:
        rows = [json.loads(line) for line in (report.folder / "listings.jsonl").read_text(encoding="utf-8").splitlines()]
    notes = report.run.get("notes", {})
    door = notes.get("harvest")
    said = [lang.split("-")[0] for lang, n in Counter(report.run["languages"]).most_common() if lang]
    return Probe(
        url=url,
        title=notes.get("title", ""),
        harvest=Harvest(door["platform"], door["url"], None, door["options"]) if door else None,
        why=door["why"] if door else "",
        found=report.counts["found"],
        claimed=report.claimed,
        languages=tuple(dict.fromkeys([*said, *notes.get("languages", [])])),
        licence=notes.get("licence"),
        generator=notes.get("generator"),
        rights=report.run["rights"],
        samples=rows[:3],
        errors=[e for e in report.errors if "budget" not in e["reason"]],
    )


@contextmanager
def _small(card: Card, options: HarvestOptions, only: Sequence[tuple[int, Fetch]] = ()) -> Iterator[RunReport]:
    """A harvest of a few pages, in a folder that lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="eduatlas-probe-") as folder:
        few = replace(options, full=True, accepted=(), max_pages=PAGES, seconds=min(options.seconds, 300.0), only=only)
        yield harvest(card, data=Path(folder), run_id=_RUN, options=few)


def remember(card: Card, options: HarvestOptions | None = None) -> Path:
    """Records an example of ``card`` from a few live pages; its expectation is written by the golden test.

    Raises InputError where nothing can be recorded.
    """
    with _small(card, options or HarvestOptions()) as report:
        return examples.record(card, report)


@dataclass
class Drift:
    """How a portal differs from its recorded example and from its last accepted run.

    ``fields``: field -> (share then, share now) of what fell. ``changed``: (record id, field, recorded, live) of every value of the
    example that is another today; ``*`` stands for a listing that its page shows no more. Values change with the world: what
    makes a portal unhealthy is ``fields`` and ``reasons``.
    """

    portal: str
    found: int
    fields: dict[str, tuple[float, float]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        """True where nothing drifted."""
        return not self.fields and not self.reasons


def check(card: Card, *, data: Path, options: HarvestOptions | None = None, accepted: list[str] | None = None) -> Drift:
    """Fetches a few pages of ``card`` and compares them with its recorded example and with the last accepted run.

    Without a run the card's own expectations are what they are compared with.
    """
    options = options or HarvestOptions()
    with _small(card, options) as report:
        drift = Drift(card.id, report.counts["found"])
    runs = [r for r in complete_runs(Path(data) / "raw", card.id) if accepted is None or r.run_id in accepted]
    before = {k: v for r in reversed(runs) if (v_all := r.run.get("fill")) for k, v in v_all.items()} if runs else dict(card.expect.fill)
    if not drift.found:
        drift.reasons = [f"no listing was found: {e['reason']} ({e['url']})" for e in report.errors[:3]] or ["no listing was found"]
    else:
        drift.fields = _fallen(before, report.run["fill"])
    if card.path is not None and (pages := examples.read(card)):
        _against(card, pages, options, drift)
    return drift


def _fallen(before: dict[str, float], now: dict[str, float]) -> dict[str, tuple[float, float]]:
    return {k: (share, now.get(k, 0.0)) for k, share in before.items() if share - now.get(k, 0.0) > DRIFT}


def _against(card: Card, pages: list[examples.Recorded], options: HarvestOptions, drift: Drift) -> None:
    """The pages of the recorded example as they are today."""
    with _small(card, options, [(p.harvest, p.fetch) for p in pages]) as report:
        live = {(p.asked, p.parse): p for p in examples.live(card, report, pages)}
    then = examples.extract(card, pages)
    now = examples.extract(card, [live[p.asked, p.parse] for p in pages if (p.asked, p.parse) in live])
    answered = {page["url"] for page in now}
    drift.reasons += [f"a recorded page is gone: {e['reason']} ({e['url']})" for e in report.errors if e["url"] not in answered][:3]
    for page in then:
        today = next((p for p in now if p["url"] == page["url"]), None)
        if today and page["follows"] and not today["follows"] and not today["listings"]:
            drift.reasons.append(f"a list leads nowhere any more ({page['url']})")
    recorded = {row["record_id"] for page in then for row in page["listings"]}
    drift.changed = [d for d in examples.differences(then, now) if d[0] in recorded]
    kept = [recorded_row for page in then for recorded_row in page["listings"]]
    rows = {row["record_id"]: row for page in now for row in page["listings"]}
    pairs = [(row, rows[row["record_id"]]) for row in kept if row["record_id"] in rows]
    if kept and not pairs and now:
        drift.reasons.append("none of the recorded listings is found on its page any more")
    for name in dict.fromkeys(k for row, _ in pairs for k in row):
        had = [today for row, today in pairs if name in row]
        share = sum(name in today for today in had) / len(had)
        if 1.0 - share > DRIFT:
            drift.fields.setdefault(name, (1.0, share))
