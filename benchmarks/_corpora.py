"""Readers of public extraction benchmarks, each a checkout of its repository: pages that nobody here wrote, with what people noted of them.

A folder is recognised by its file of annotations. None of these pages is part of this repository.
"""

from __future__ import annotations

import datetime
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

_LANG = re.compile(rb"<html[^>]{0,400}?\b(?:xml:)?lang\s*=\s*[\"']?([a-zA-Z]{2})", re.I)


@dataclass(frozen=True)
class Noted:
    """A page and what people noted of it; empty where they noted nothing.

    ``date`` is ISO; ``within``/``without`` are pieces of text that belong or do not belong to the main text; ``text`` is the whole main
    text where that was noted; ``facts`` are raw field -> strings of labelled values, None where nobody looked for them.
    """

    corpus: str
    file: str
    url: str
    html: bytes
    language: str
    title: str = ""
    date: str = ""
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    text: str = ""
    facts: dict[str, list[str]] | None = None


def read(folder: Path) -> Iterator[Noted]:
    """The pages of a checkout. Raises SystemExit where it is none of the known ones."""
    for mark, reader in READERS.items():
        if (folder / mark).exists():
            yield from reader(folder)
            return
    raise SystemExit(f"{folder}: none of {', '.join(READERS)} is there")


def _page(corpus: str, path: Path, url: str, html: bytes | None = None, **noted: object) -> Noted:
    html = path.read_bytes() if html is None else html
    m = _LANG.search(html[:20000])
    return Noted(corpus, path.name, url, html, m[1].decode().lower() if m else "", **noted)  # type: ignore[arg-type]


def _first(folder: Path, names: tuple[str, ...], file: str) -> Path | None:
    return next((p for n in names if (p := folder / n / file).exists()), None)


def _dated(date: object) -> str:
    """A noted date; empty where it is none ("nan", "2022-25-10")."""
    try:
        return datetime.date.fromisoformat(str(date)).isoformat()
    except ValueError:
        return ""


def trafilatura(folder: Path) -> Iterator[Noted]:
    """github.com/adbar/trafilatura: pieces of the main text, titles, dates."""
    for url, said in json.loads((folder / "tests/evaldata.json").read_text(encoding="utf-8")).items():
        if path := _first(folder / "tests", ("cache", "eval"), said["file"]):
            yield _page(
                "trafilatura", path, url, title=said.get("title", ""), date=_dated(said.get("date", "")),
                within=tuple(said["with"]), without=tuple(said["without"]),
            )  # fmt: skip


def htmldate(folder: Path) -> Iterator[Noted]:
    """github.com/adbar/htmldate, its set of news pages in some thirty languages: dates of publication."""
    for url, said in json.loads((folder / "tests/eval_mediacloud_2020.json").read_text(encoding="utf-8")).items():
        if path := _first(folder / "tests", ("test_set",), said["file"]):
            yield _page("htmldate", path, url, date=_dated(said["date"]))


def readability(folder: Path) -> Iterator[Noted]:
    """github.com/mozilla/readability: times of publication, the main text as markup. Its titles are what that program makes of them."""
    for path in sorted((folder / "test/test-pages").glob("*/source.html")):
        said = json.loads((path.parent / "expected-metadata.json").read_text(encoding="utf-8"))
        body = LexborHTMLParser((path.parent / "expected.html").read_text(encoding="utf-8")).body
        text = body.text(separator=" ") if body else ""
        date = str(said.get("publishedTime") or "")[:10]
        page = _page("readability", path, "https://page.test/", date=date, text=text)
        yield replace(page, file=path.parent.name, language=(said.get("lang") or page.language)[:2].lower())


def articles(folder: Path) -> Iterator[Noted]:
    """github.com/scrapinghub/article-extraction-benchmark: the main text."""
    for name, said in json.loads((folder / "ground-truth.json").read_text(encoding="utf-8")).items():
        path = folder / "html" / f"{name}.html.gz"
        if path.exists():
            yield _page("article-extraction", path, said.get("url", ""), gzip.decompress(path.read_bytes()), text=said["articleBody"])


def recipes(folder: Path) -> Iterator[Noted]:
    """github.com/hhursev/recipe-scrapers: titles, by a scraper written for each site, on pages in some twenty languages."""
    for path in sorted((folder / "tests/test_data").glob("*/*.json")):
        page = path.with_suffix(".testhtml")
        said = json.loads(path.read_text(encoding="utf-8"))
        if page.exists() and isinstance(said, dict):
            noted = _page("recipe-scrapers", page, said["canonical_url"] or "https://page.test/", title=said["title"])
            yield replace(noted, language=(said.get("language") or noted.language)[:2].lower())


#: file of annotations -> its reader
READERS = {
    "tests/test_data": recipes,
    "tests/evaldata.json": trafilatura,
    "tests/eval_mediacloud_2020.json": htmldate,
    "test/test-pages": readability,
    "ground-truth.json": articles,
}
