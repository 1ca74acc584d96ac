"""Feeds of new and changed entries, Atom and RSS: overall, per country, per region (NUTS 1) and per topic, for portals to republish.

An entry is what one run changed in one initiative; its id never changes. A feed holds the newest entries only: ``changes`` has all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from transforms.normalise import codes
from warehouse.exports import Source
from warehouse.exports._about import About, days, shipped, sql

NAME = "feeds"
FORMAT = "application/atom+xml"

#: entries of a feed
MOST = 100
_BATCH = 1_000
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
#: what XML text or an attribute does not hold as it is: most text has none
_SPECIAL = re.compile(f"[&<>\"'\t\n\r]|{_ILLEGAL.pattern}")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_WORDS = {
    "added": "New",
    "changed": "Changed",
    "merged": "Merged",
    "removed": "Removed",
    "retired": "No longer listed",
    "returned": "Listed again",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one run changed in one initiative, as both kinds of a feed tell it."""

    at: datetime
    atom: str
    rss: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's place in the folder, its title and its newest entries."""

    path: str
    title: str
    entries: Sequence[Entry]


def write(source: Source, folder: Path, about: About | None = None, *, most: int = MOST) -> list[Path]:
    """``all``, ``country/<code>``, ``region/<code>`` and ``topic/<code>``, each as .atom and .rss, and ``index.opml`` that lists them."""
    about = about or shipped()
    this = datetime.combine(days(source.con)[1], datetime.min.time(), UTC)
    files, listed = [], []
    for feed in _feeds(source, about, most):
        updated = max((e.at for e in feed.entries), default=this)
        for suffix, render in (("atom", _atom), ("rss", _rss)):
            path = folder / f"{feed.path}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(feed, about, source, updated), encoding="utf-8", newline="\n")
            files.append(path)
        listed.append((feed.path, feed.title))
    index = folder / "index.opml"
    index.write_text(_opml(listed, about, source, this), encoding="utf-8", newline="\n")
    return [*files, index]


def _feeds(source: Source, about: About, most: int) -> Iterator[Feed]:
    """A feed at a time; the overall one is there even where nothing changed."""
    cursor = source.con.execute(sql("feeds"), {"most": most})
    rows = chain.from_iterable(iter(lambda: cursor.fetchmany(_BATCH), []))
    seen = False
    for (kind, code), group in groupby(rows, key=lambda row: (row[0], row[1])):
        if kind != "all" and not _CODE.fullmatch(code):
            continue
        seen = seen or kind == "all"
        entries = [_entry(about, *row[2:]) for row in group]
        yield Feed("all" if kind == "all" else f"{kind}/{code.lower()}", _title(source, about, kind, code), entries)
    if not seen:
        yield Feed("all", _title(source, about, "all", ""), [])


def _title(source: Source, about: About, kind: str, code: str) -> str:
    start = f"{about.name} (sample)" if source.world == "sample" else about.name
    if kind == "all":
        return f"{start}: new and changed initiatives"
    if kind == "topic":
        known = codes.code_list("topics").codes.get(code)
        return f"{start}: {known.labels['en'] if known else code}"
    return f"{start}: {code}"


def _text(said: str) -> str:
    return escape(_ILLEGAL.sub("", said)) if _SPECIAL.search(said) else said


def _attribute(said: str) -> str:
    return quoteattr(_ILLEGAL.sub("", said)) if _SPECIAL.search(said) else f'"{said}"'


def _entry(
    about: About,
    run_id: str,
    initiative_id: str,
    moment: datetime,
    change: str,
    title: str,
    language: str | None,
    words: str,
    url: str | None,
    country: str | None,
    kind: str | None,
) -> Entry:
    at = moment.replace(tzinfo=UTC)
    # the page of the initiative; its id where nothing links it
    address = url if url and url.startswith(("http://", "https://")) else f"{about.base}id/{quote(initiative_id)}"
    identity = _text(f"{about.base}changes/{_quoted(run_id)}/{quote(initiative_id)}")
    headline, summary = _text(f"{_WORDS.get(change, change)}: {title}"), _text(words)
    tag = f" xml:lang={_attribute(language)}" if language and _TAG.fullmatch(language) and language != "und" else ""
    terms = [term for term in (change, country, kind) if term]
    atom = (
        f"<entry>\n<id>{identity}</id>\n<title{tag}>{headline}</title>\n<updated>{_stamp(at)}</updated>\n"
        f'<link rel="alternate" href={_attribute(address)}/>\n<summary>{summary}</summary>\n'
        f"{''.join(f'<category term={_attribute(term)}/>' + chr(10) for term in terms)}</entry>"
    )
    rss = (
        f'<item>\n<title>{headline}</title>\n<link>{_text(address)}</link>\n<guid isPermaLink="false">{identity}</guid>\n'
        f"<pubDate>{_mail_stamp(at)}</pubDate>\n<description>{summary}</description>\n"
        f"{''.join(f'<category>{_text(term)}</category>' + chr(10) for term in terms)}</item>"
    )
    return Entry(at, atom, rss)


def _atom(feed: Feed, about: About, source: Source, updated: datetime) -> str:
    here = f"{about.latest}feeds/{feed.path}.atom"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<id>{_text(here)}</id>",
        f"<title>{_text(feed.title)}</title>",
        f"<updated>{_stamp(updated)}</updated>",
        f"<author><name>{_text(about.publisher['name'])}</name></author>",
        f"<rights>{_text(about.licence['name'])}</rights>",
        f'<link rel="self" type="application/atom+xml" href={_attribute(here)}/>',
        f'<link rel="alternate" href={_attribute(about.base)}/>',
        f"<generator uri={_attribute(about.base)} version={_attribute(source.version)}>{_text(about.name)}</generator>",
    ]
    lines += [entry.atom for entry in feed.entries]
    return "\n".join([*lines, "</feed>"]) + "\n"


def _rss(feed: Feed, about: About, source: Source, updated: datetime) -> str:
    here = f"{about.latest}feeds/{feed.path}.rss"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">',
        "<channel>",
        f"<title>{_text(feed.title)}</title>",
        f"<link>{_text(about.base)}</link>",
        f"<description>{_text(about.said(source))}</description>",
        "<language>en</language>",
        f"<copyright>{_text(about.licence['name'])}</copyright>",
        f"<lastBuildDate>{_mail_stamp(updated)}</lastBuildDate>",
        f'<atom:link rel="self" type="application/rss+xml" href={_attribute(here)}/>',
    ]
    lines += [entry.rss for entry in feed.entries]
    return "\n".join([*lines, "</channel>", "</rss>"]) + "\n"


def _opml(listed: Sequence[tuple[str, str]], about: About, source: Source, updated: datetime) -> str:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<opml version="2.0">',
        f"<head><title>{_text(about.of(source))}</title><dateModified>{_mail_stamp(updated)}</dateModified></head>",
        "<body>",
        *(
            f'<outline type="rss" text={_attribute(title)} xmlUrl={_attribute(f"{about.latest}feeds/{path}.atom")}/>'
            for path, title in listed
        ),
        "</body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


# all entries of a run have one time
@lru_cache(maxsize=1_000)
def _quoted(name: str) -> str:
    return quote(name)


@lru_cache(maxsize=1_000)
def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=1_000)
def _mail_stamp(at: datetime) -> str:
    return format_datetime(at)
