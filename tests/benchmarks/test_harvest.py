"""The benchmarks of the harvest run: a few pages, every figure there, none of them judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def run(script: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, f"benchmarks/{script}", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_harvest_side_by_side(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    figures = tmp_path / "figures.json"
    run("harvest.py", "--pages", "12", "--rounds", "1", "--json", str(figures))
    rows = json.loads(figures.read_text(encoding="utf-8"))
    assert rows["harvest / scrapy"]["wall"] > 0
    assert rows["harvest"]["peak_mb"] > 10
    again = rows["second harvest, ETag"]
    assert again["share_of_bytes"] < 0.05 and again["rewritten"] == 0 and again["changed"] == 1
    assert rows["second harvest, no validators"]["rewritten"] == 0


def page(title: str, facts: str, date: str) -> str:
    text = "".join(f"<p>Paragraph {n} says at some length what this plan is about and whom it is for.</p>" for n in range(6))
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | Site</title>'
        f'<meta property="article:published_time" content="{date}"></head>'
        f"<body><nav>Menu</nav><article><h1>{title}</h1><dl>{facts}</dl>{text}</article></body></html>"
    )


def test_extraction_scores_pages_of_a_checkout(tmp_path: Path) -> None:
    folder = tmp_path / "checkout" / "tests"
    (folder / "eval").mkdir(parents=True)
    (folder / "eval" / "a.html").write_text(page("A digital plan", "<dt>Duration</dt><dd>2020</dd>", "2020-02-03"), encoding="utf-8")
    (folder / "eval" / "b.html").write_text(page("Something else", "", "2021-01-01"), encoding="utf-8")
    noted = {
        "https://a.test/a": {
            "file": "a.html",
            "title": "A Digital Plan",
            "date": "2020-02-03",
            "with": ["Paragraph 3"],
            "without": ["Menu"],
        },
        "https://a.test/b": {
            "file": "b.html",
            "title": "Another title",
            "date": "2020-02-03",
            "with": ["Paragraph 3"],
            "without": ["Menu"],
        },
        "https://a.test/c": {"file": "absent.html", "with": [], "without": []},
    }
    (folder / "evaldata.json").write_text(json.dumps(noted), encoding="utf-8")
    figures = tmp_path / "figures.json"
    out = run("extraction.py", str(folder.parent), str(tmp_path / "nowhere"), "--json", str(figures), "--misses", "title")
    assert "skipped" in out and "Another title" in out
    rows = {(r["part"], r["way"]): r for r in json.loads(figures.read_text(encoding="utf-8"))}
    title, date, text = (rows[part, "extract_page"] for part in ("title", "date", "pieces of text"))
    assert (title["right"], title["given"], title["wanted"]) == (1, 2, 2)
    assert (date["right"], date["given"], date["wanted"]) == (1, 2, 2)
    assert (text["right"], text["given"], text["wanted"]) == (2, 2, 2)
    halves = [run("extraction.py", str(folder.parent), "--half", half).split(" pages,")[0] for half in ("looked", "held")]
    assert sum(map(int, halves)) == 2


def test_extraction_without_pages_says_why() -> None:
    assert "skipped: give a checkout" in run("extraction.py")


def test_truth_holds_short_facts() -> None:
    from spiders.listing import LABELLED

    rows = [json.loads(line) for line in (ROOT / "benchmarks" / "extraction-truth.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 100
    assert len({(r["corpus"], r["file"]) for r in rows}) == len(rows)
    for row in rows:
        assert set(row["facts"]) <= set(LABELLED), row["file"]
        assert all(0 < len(value) <= 80 for values in row["facts"].values() for value in values), row["file"]
