"""Changes of a sample world: listings left out and titles written in another case, the same on every page and in every API answer.

A portal's ``_entries.toml`` names its listings: what record each one becomes, its title, the page that shows it, and the string
(``mark``) that only its block of a listing page or feed holds. ``open`` and ``close`` are the strings around such a block.
"""

from __future__ import annotations

import html
import random
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_TAG = re.compile(r"(<!\[CDATA\[|\]\]>|<[^>]*>)")
#: attributes that repeat a title for machines
_NAMED = re.compile(r'(og:title" content=)"([^"]*)"')
_CASES = (str.upper, str.lower, str.title, str.capitalize)


@dataclass(frozen=True)
class Entry:
    """One listing of a portal. ``record`` is the id that a harvest gives it."""

    record: str
    title: str
    mark: str | None = None
    page: str | None = None
    post: int | None = None
    mojibake: bool = False

    def shown(self, title: str) -> str:
        """``title`` as this portal's broken pages show it."""
        return title.encode().decode("cp1252") if self.mojibake else title


@dataclass(frozen=True)
class Index:
    """What ``_entries.toml`` declares: the listings, and how a listing page or feed encloses each of them."""

    entries: tuple[Entry, ...] = ()
    open: str = ""
    close: str = ""

    @classmethod
    def read(cls, path: Path) -> Index:
        """The index in ``path``."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = tuple(Entry(**row) for row in table["entry"])
        return cls(entries, table.get("open", ""), table.get("close", ""))


@dataclass(frozen=True)
class World:
    """One state of all portals: which records are left out, and the title that the others carry instead of their own."""

    dropped: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    age: int = 0

    @classmethod
    def of(cls, indexes: Mapping[str, Index], *, drop: float, recase: bool, seed: int | str, age: int) -> World:
        """A world without the share ``drop`` (0 to 1) of each portal's listings; the same seed gives the same world."""
        dropped: set[str] = set()
        titles = {}
        for portal, index in sorted(indexes.items()):
            chance = random.Random(f"{seed}:{portal}")
            records = sorted(e.record for e in index.entries)
            dropped.update(chance.sample(records, round(drop * len(records))))
            if recase:
                titles.update({e.record: chance.choice(_CASES)(e.title) for e in index.entries})
        return cls(frozenset(dropped), titles, age)

    @property
    def changed(self) -> bool:
        """True where pages differ from the ones that were authored."""
        return bool(self.dropped or self.titles)

    def gone(self, index: Index, path: str) -> bool:
        """True where ``path`` is the page of listings that are all left out."""
        here = [e for e in index.entries if e.page == path]
        return bool(here) and all(e.record in self.dropped for e in here)

    def page(self, index: Index, path: str, text: str) -> str:
        """``text``, the source of the page or feed at ``path``, as this world shows it."""
        own = [e for e in index.entries if e.page == path]
        if len(own) == 1 and (not index.open or index.open not in text):
            return self.retitled(own[0], text)
        return self._blocks(index, text) if index.open else text

    def retitled(self, entry: Entry, text: str) -> str:
        """``text`` with the title of ``entry`` in its new case: in what is read, not in addresses."""
        new = self.titles.get(entry.record)
        if new is None:
            return text
        old, new = entry.shown(entry.title), entry.shown(new)

        def swap(part: str) -> str:
            once = html.unescape(part)
            if old in once:
                return html.escape(once.replace(old, new), quote=False)
            twice = html.unescape(once)  # HTML inside a feed
            return html.escape(html.escape(twice.replace(old, new), quote=False), quote=False) if old in twice else part

        parts = [_NAMED.sub(lambda m: f'{m[1]}"{swap(m[2])}"', p) if p.startswith("<") else swap(p) for p in _TAG.split(text)]
        return "".join(parts)

    def _blocks(self, index: Index, text: str) -> str:
        pattern = re.compile(re.escape(index.open) + ".*?" + re.escape(index.close) + r"\s*", re.S)
        return pattern.sub(lambda found: self._block(index.entries, found[0]), text)

    def _block(self, entries: Iterable[Entry], block: str) -> str:
        entry = next((e for e in entries if e.mark and e.mark in block), None)
        if entry is None:
            return block
        return "" if entry.record in self.dropped else self.retitled(entry, block)
