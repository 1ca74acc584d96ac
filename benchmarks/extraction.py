"""Extraction without a card on pages that nobody here wrote, against trafilatura alone: precision and recall.

    python benchmarks/extraction.py CHECKOUT... [--half looked|held] [--json FILE] [--misses PART]

CHECKOUT: a checkout of a public extraction benchmark (see ``_corpora.py``); the pages stay there. ``extraction-truth.jsonl`` beside this
file adds what labels on some of those pages say: facts noted by hand. Titles are right where they are the noted one but for case and
marks; dates where the day is (that of the last change where a page states no other); pieces of text where they are in, or not in, the
text found. ``--half`` takes the pages that were looked at while rules were written, or those held back.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import logging
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import trafilatura  # noqa: E402
from _corpora import Noted, read  # noqa: E402

from spiders.extract.generic import extract_page  # noqa: E402
from transforms.normalise.dates import Period, parse_period  # noqa: E402

TRUTH = HERE / "extraction-truth.jsonl"


@dataclass
class Found:
    """What one way of reading found on a page."""

    title: str = ""
    date: str = ""
    text: str = ""
    facts: dict[str, str] = field(default_factory=dict)


@dataclass
class Score:
    """Counts of right values, given values and wanted values; sums of shares where a value may be right in part."""

    right: float = 0
    given: float = 0
    wanted: float = 0
    in_part: float = 0

    def __str__(self) -> str:
        precision = self.right / self.given if self.given else 0.0
        recall = (self.in_part or self.right) / self.wanted if self.wanted else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"{precision:.3f} | {recall:.3f} | {f1:.3f}"


def ours(page: Noted) -> Found:
    listings = extract_page(page.html, page.url)
    if not listings:
        return Found()
    listing = listings[0]
    facts = {k: v for k, v in listing.as_dict().items() if str(listing.sources.get(k, "")).startswith("label ")}
    date = day(listing.published, listing.language) or day(listing.modified, listing.language)
    return Found(listing.title, date, listing.description or "", facts)


def theirs(page: Noted) -> Found:
    document: Any = trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True, include_comments=False)
    if document is None:
        return Found()
    topic = "; ".join([*(document.categories or []), *(document.tags or [])])
    return Found(document.title or "", (document.date or "")[:10], document.text or "", {"topic": topic} if topic else {})


WAYS: dict[str, Callable[[Noted], Found]] = {"extract_page": ours, "trafilatura": theirs}


def day(text: str | None, language: str | None) -> str:
    """The day that a raw date means, ISO; empty where it means none."""
    period = parse_period(text, language=language) if text else None
    return period.start.isoformat() if isinstance(period, Period) and period.start and period.start_precision == "day" else ""


def plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def running(text: str) -> str:
    """Text or markup as plain text with single blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def add_title(score: Score, page: Noted, found: Found) -> bool:
    score.wanted += 1
    score.given += bool(found.title)
    right = plain(found.title) == plain(page.title)
    score.right += right
    return right


def add_date(score: Score, page: Noted, found: Found) -> bool:
    score.wanted += 1
    score.given += bool(found.date)
    score.right += found.date == page.date
    return found.date == page.date


def add_pieces(score: Score, page: Noted, found: Found) -> bool:
    text = found.text
    inside, outside = sum(p in text for p in page.within), sum(p in text for p in page.without)
    score.right += inside
    score.given += inside + outside
    score.wanted += len(page.within)
    return inside == len(page.within) and not outside


def add_text(score: Score, page: Noted, found: Found) -> bool:
    """Runs of four words of the noted text: the share of the found ones that are right, the share of the noted ones that are found."""
    wanted, given = (_runs(running(t)) for t in (page.text, found.text))
    both = (wanted & given).total()
    score.given += 1
    score.wanted += 1
    score.right += both / given.total() if given else 0.0
    score.in_part += both / wanted.total() if wanted else 0.0
    return wanted == given


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def add_facts(score: Score, page: Noted, found: Found) -> bool:
    """A noted value counts as found where its field holds it; a given field is right where it holds little but noted values."""
    noted = page.facts or {}
    right = 0
    for name, values in noted.items():
        rest = plain(found.facts.get(name, ""))
        held = [v for v in map(plain, values) if v in rest]
        for value in sorted(held, key=len, reverse=True):
            rest = rest.replace(value, " ")
        right += bool(held) and len(rest.split()) <= 2
        score.wanted += 1
        score.in_part += len(held) / len(values)
    score.right += right
    score.given += len(found.facts)
    return right == len(noted) == len(found.facts)


#: what is scored: name -> (is it noted of a page, how it is counted)
PARTS: dict[str, tuple[Callable[[Noted], bool], Callable[[Score, Noted, Found], bool]]] = {
    "title": (lambda p: bool(p.title), add_title),
    "date": (lambda p: bool(p.date), add_date),
    "pieces of text": (lambda p: bool(p.within or p.without), add_pieces),
    "whole text": (lambda p: bool(p.text), add_text),
    "labelled fields": (lambda p: p.facts is not None, add_facts),
}


def with_truth(pages: Iterable[Noted]) -> list[Noted]:
    """The pages, with the labelled values noted in ``extraction-truth.jsonl``."""
    facts: dict[tuple[str, str], dict[str, list[str]]] = {}
    if TRUTH.exists():
        for row in map(json.loads, TRUTH.read_text(encoding="utf-8").splitlines()):
            facts[row["corpus"], row["file"]] = row["facts"]
    return [replace(p, facts=facts.get((p.corpus, p.file))) for p in pages]


def half_of(page: Noted) -> str:
    """Half of the pages, by a hash of their names, may be looked at when rules are written; the other half is held back."""
    return "held" if hashlib.sha256(page.file.encode()).digest()[0] % 2 else "looked"


def score(pages: list[Noted], show: str | None) -> dict[tuple[str, str, str], tuple[int, Score]]:
    """(part, corpus, way) -> number of pages and score. ``show``: the part whose misses are printed."""
    scores: dict[tuple[str, str, str], Score] = defaultdict(Score)
    counts: Counter[tuple[str, str, str]] = Counter()
    for page in pages:
        for name, way in WAYS.items():
            found = way(page)
            for part, (noted, add) in PARTS.items():
                if noted(page):
                    right = add(scores[part, page.corpus, name], page, found)
                    counts[part, page.corpus, name] += 1
                    if part == show and not right and name == "extract_page":
                        wanted = {"title": page.title, "date": page.date}.get(part, page.facts)
                        given = {"title": found.title, "date": found.date}.get(part, found.facts)
                        print(f"{page.corpus}\t{page.file}\t{wanted}\t{given}")
    return {key: (counts[key], scores[key]) for key in scores}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path, nargs="*")
    parser.add_argument("--half", choices=["looked", "held"], help="the pages that were looked at while rules were written, or the others")
    parser.add_argument("--misses", choices=list(PARTS), help="print the pages on which extract_page is wrong")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    wanted = parser.parse_args()
    folders = [f for f in wanted.checkouts if f.is_dir()]
    for folder in set(wanted.checkouts) - set(folders):
        print(f"skipped: {folder} is not there")
    if not folders:
        print("skipped: give a checkout of a public extraction benchmark, see docs/harvest.md")
        return
    logging.disable(logging.CRITICAL)
    pages = with_truth(page for folder in folders for page in read(folder))
    pages = [p for p in pages if wanted.half in (None, half_of(p))]
    languages = Counter(p.language for p in pages if p.language)
    print(f"{len(pages)} pages, {len(languages)} stated languages: {', '.join(f'{k} {n}' for k, n in languages.most_common())}\n")
    scores = score(pages, wanted.misses)
    print("| | pages of | number | way | precision | recall | F1 |\n|---|---|---|---|---|---|---|")
    for (part, corpus, way), (number, reached) in sorted(scores.items(), key=lambda item: (list(PARTS).index(item[0][0]), item[0][1:])):
        print(f"| {part} | {corpus} | {number} | {way} | {reached} |")
    if wanted.json:
        rows = [{"part": p, "corpus": c, "way": w, "pages": n, **s.__dict__} for (p, c, w), (n, s) in scores.items()]
        wanted.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
