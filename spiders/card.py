"""Portal cards: one TOML file says where a portal is, whose word it is, and how to harvest it.

    load_card(path)    -> Card            one card, or CardError naming the key and the nearest right one
    load_cards(folder) -> {id: Card}      every card of a folder

The options of a ``[[harvest]]`` block are declared by its platform (``spiders/platforms``), so a card is checked
against what the platform really reads.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spiders.errors import CardError

PORTALS = Path(__file__).parent / "portals"

LEVELS = ("supranational", "national", "regional", "local")
AUTHORITIES = ("owner", "national", "supranational", "third-party")
REQUIRED = [
    "title",
    "publisher",
    "country",
    "level",
    "languages",
    "homepage",
    "authority",
    "licence",
    "schedule",
    "evidence",
    "harvest",
    "status",
]
OPTIONAL = ["nuts", "expect", "replaces", "mirrors", "delay", "hosts", "note", "reuse", "scope"]
#: how the evidence of a card says that a page of one initiative was seen, but none that lists them
NOT_SEEN = "the list was not seen"
REUSE = ("open", "facts")
SCOPES = ("digital-education", "broad")
EXPECT = ["min", "max", "fill", "languages", "warn", "hold", "quiet_days"]
#: shares of the previous count under which a harvest is warned about or held back
WARN, HOLD = 0.8, 0.5

_ID = re.compile(r"[a-z]{2,3}-[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
_STATUS = re.compile(r"drafted|checked \d{4}-\d{2}-\d{2}")
_OPEN_LICENCE = re.compile(
    r"creativecommons\.org/(licenses/by(-sa)?/|publicdomain/)|/dl-de/|etalab|data\.europa\.eu/eli/dec/2011/833|/nlod", re.I
)


@dataclass(frozen=True)
class Harvest:
    """One door of a portal: platform name, address, what the listings are called there, the platform's options."""

    platform: str
    url: str
    kind: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """The public page in which a listing, a platform or an entry was seen."""

    url: str
    seen: str
    what: str


@dataclass(frozen=True)
class Expect:
    """What a healthy harvest looks like.

    ``min``/``max`` count of listings; ``fill``: field -> least share of listings that must have it; ``languages`` that most
    listings must be in; ``warn``/``hold``: shares of the previous count; ``quiet_days``: days without any change that are
    normal for this portal.
    """

    min: int = 1
    max: int | None = None
    fill: dict[str, float] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    warn: float = WARN
    hold: float = HOLD
    quiet_days: int | None = None


@dataclass(frozen=True)
class Card:
    """What is declared about one portal. ``id`` is the stem of its file."""

    id: str
    title: str
    publisher: str
    country: str
    level: str
    languages: tuple[str, ...]
    homepage: str
    authority: str
    licence: str
    schedule: str
    status: str
    evidence: tuple[Evidence, ...]
    harvest: tuple[Harvest, ...]
    nuts: tuple[str, ...] = ()
    expect: Expect = field(default_factory=Expect)
    replaces: tuple[str, ...] = ()
    #: portals that publish the same records under another host
    mirrors: tuple[str, ...] = ()
    #: seconds between two requests to one host
    delay: float = 1.0
    #: further hosts that may be followed
    extra_hosts: tuple[str, ...] = ()
    note: str | None = None
    declared_reuse: str | None = None
    #: digital-education where everything that the harvest addresses list is about it; broad where it must be told listing by listing
    scope: str = "broad"
    path: Path | None = field(default=None, compare=False)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Every host that a harvest may talk to; ``www.`` before a host makes no difference."""
        urls = [self.homepage, *(h.url for h in self.harvest)]
        named = {urlsplit(u).hostname or "" for u in urls} | set(self.extra_hosts)
        bare = {h.removeprefix("www.") for h in named if h}
        return frozenset(bare | {f"www.{h}" for h in bare})

    @property
    def reuse(self) -> str:
        """``open`` where the portal's text may be passed on, else ``facts``: only facts and the link."""
        return self.declared_reuse or ("open" if _OPEN_LICENCE.search(self.licence) else "facts")

    @property
    def drafted(self) -> bool:
        """True until a live harvest has confirmed the card."""
        return self.status == "drafted"

    @property
    def list_seen(self) -> bool:
        """True where the evidence shows a page that lists initiatives; false where only an entry was seen, as its ``what`` says."""
        return not any(NOT_SEEN in e.what for e in self.evidence)

    @cached_property
    def hash(self) -> str:
        """16 hex digits over everything the card says."""
        said = asdict(self)
        del said["path"]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def load_cards(folder: Path | None = None) -> dict[str, Card]:
    """Every card of ``folder`` (default: the portals that ship here), by id in alphabetical order."""
    folder = folder or PORTALS
    if not folder.is_dir():
        raise CardError("no such folder of portal cards", where=str(folder), hint="Give a folder that holds <cc>-<name>.toml files.")
    cards = {path.stem: load_card(path) for path in sorted(folder.glob("*.toml"))}
    for card in cards.values():
        for other in card.mirrors:
            if other not in cards:
                raise CardError(f"names the portal {other!r}, which has no card", where=f"{card.path}: mirrors", hint=nearest(other, cards))
    return cards


def load_card(path: Path) -> Card:
    """The card in ``path``. Raises CardError with file, key and the nearest right key."""
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        near = nearest(path.name, [p.name for p in path.parent.glob("*.toml")]) if path.parent.is_dir() else ""
        raise CardError("no such portal card", where=str(path), hint=near or "eduatlas portals list shows the cards.") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise CardError(f"is not TOML: {e}", where=str(path), hint="Mend the line that the message names.") from e
    return card_from(table, path.stem, path)


def card_from(table: Mapping[str, Any], portal: str, path: Path | None = None) -> Card:
    """A card from an already parsed table; ``portal`` becomes its id."""
    reader = _Reader(table, str(path or portal))
    if not _ID.fullmatch(portal):
        raise CardError(f"{portal!r} is no portal id", where=reader.where, hint="Name the file <cc>-<name>.toml, as in at-digi.toml.")
    reader.known((*REQUIRED, *OPTIONAL))
    for key in REQUIRED:
        if key not in table:
            raise reader.error(key, "is missing", f"A card needs: {', '.join(REQUIRED)}.")
    level = reader.choice("level", LEVELS)
    nuts = reader.texts("nuts", (), pattern=_NUTS, example='["DE2"]')
    if level in ("regional", "local") and not nuts:
        raise reader.error("nuts", "is missing", "A regional or local portal names its NUTS codes.")
    return Card(
        id=portal,
        title=reader.text("title"),
        publisher=reader.text("publisher"),
        country=reader.text("country", pattern=re.compile(r"[A-Z]{2}"), example='"AT", or "EU"'),
        level=level,
        languages=reader.texts("languages", pattern=_LANGUAGE, example='["de", "en"]'),
        homepage=reader.url("homepage"),
        authority=reader.choice("authority", AUTHORITIES),
        licence=reader.text("licence"),
        schedule=reader.text("schedule"),
        status=reader.text("status", pattern=_STATUS, example='"drafted" or "checked 2025-01-31"'),
        evidence=tuple(_evidence(r) for r in reader.tables("evidence")),
        harvest=tuple(_harvest(r) for r in reader.tables("harvest")),
        nuts=nuts,
        expect=_expect(reader.table("expect")),
        replaces=reader.texts("replaces", ()),
        mirrors=reader.texts("mirrors", ()),
        delay=reader.number("delay", 1.0, least=0),
        extra_hosts=reader.texts("hosts", ()),
        note=reader.text("note", default=None),
        declared_reuse=reader.choice("reuse", REUSE, default=None),
        scope=reader.choice("scope", SCOPES, default="broad"),
        path=path,
    )


def nearest(word: str, known: Any) -> str:
    """A hint: the known word nearest to ``word``, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."


def _evidence(reader: _Reader) -> Evidence:
    reader.known(("url", "seen", "what"))
    return Evidence(reader.url("url"), str(reader.value("seen")), reader.text("what"))


def _expect(reader: _Reader) -> Expect:
    reader.known(EXPECT)
    most = reader.number("max", None, least=1)
    quiet = reader.number("quiet_days", None, least=1)
    return Expect(
        min=int(reader.number("min", 1, least=0)),
        max=None if most is None else int(most),
        fill={k: float(v) for k, v in reader.value("fill", {}).items()},
        languages=reader.texts("languages", ()),
        warn=reader.number("warn", WARN, least=0),
        hold=reader.number("hold", HOLD, least=0),
        quiet_days=None if quiet is None else int(quiet),
    )


def _harvest(reader: _Reader) -> Harvest:
    from spiders.platforms import platform, platforms  # a platform imports cards for its type hints

    name = reader.text("platform")
    software = platform(name)
    if software is None:
        raise reader.error("platform", f"{name!r} is not known", nearest(name, platforms()))
    options = {k: v for k, v in reader.raw.items() if k not in ("platform", "url", "kind")}
    reader.known(("platform", "url", "kind", *software.known_options()))
    harvest = Harvest(name, reader.url("url"), reader.text("kind", default=None), options)
    software.check(harvest, reader.error)
    return harvest


class _Reader:
    """Reads one table of a card; every complaint names file and key."""

    def __init__(self, raw: Mapping[str, Any], where: str) -> None:
        self.raw = raw
        self.where = where

    def error(self, key: str, what: str, hint: str | None = None) -> CardError:
        return CardError(what, where=f"{self.where}: {key}", hint=hint)

    def known(self, keys: Any) -> None:
        for key in self.raw:
            if key not in keys:
                raise self.error(key, "is no key of a portal card", nearest(key, keys))

    def value(self, key: str, default: Any = ...) -> Any:
        if key in self.raw:
            return self.raw[key]
        if default is ...:
            raise self.error(key, "is missing")
        return default

    def text(self, key: str, *, pattern: re.Pattern[str] | None = None, example: str = "", default: Any = ...) -> Any:
        value = self.value(key, default)
        if key not in self.raw:
            return value
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"must be text, not {value!r}")
        if pattern and not pattern.fullmatch(value):
            raise self.error(key, f"{value!r} is not of the right form", f"Write it as {example}.")
        return value

    def choice(self, key: str, words: Any, default: Any = ...) -> Any:
        value = self.text(key, default=default)
        if key in self.raw and value not in words:
            raise self.error(key, f"{value!r} is not known", nearest(value, words))
        return value

    def url(self, key: str) -> str:
        value = self.text(key)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self.error(key, f"{value!r} is no web address", "Begin it with https:// and a host.")
        return value

    def number(self, key: str, default: Any, *, least: float) -> Any:
        value = self.value(key, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < least:
            raise self.error(key, f"must be a number of at least {least}, not {value!r}")
        return value

    def texts(self, key: str, default: Any = ..., *, pattern: re.Pattern[str] | None = None, example: str = "") -> tuple[str, ...]:
        value = self.value(key, default)
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) and v for v in value):
            raise self.error(key, f"must be a list of texts, not {value!r}", f"Write it as {example}." if example else None)
        for v in value:
            if pattern and not pattern.fullmatch(v):
                raise self.error(key, f"{v!r} is not of the right form", f"Write it as {example}.")
        return tuple(value)

    def table(self, key: str) -> _Reader:
        value = self.value(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "must be a table", f"Begin it with [{key}].")
        return _Reader(value, f"{self.where}: {key}")

    def tables(self, key: str) -> list[_Reader]:
        value = self.value(key)
        if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
            raise self.error(key, "must be one or more tables", f"Begin each with [[{key}]].")
        return [_Reader(v, f"{self.where}: {key}[{i}]") for i, v in enumerate(value)]
