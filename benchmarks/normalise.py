"""How fast listings are normalised, and what could not be read.

usage: python benchmarks/normalise.py [--rows N] [--workers N] [--out FILE] [--quick]

Runs the funding records beside this checkout (``../shared/bulk``) through `transforms.io.normalise_file` in a process of its own and prints
listings a second, peak memory, the share of dates, amounts and languages read by country, what failed by frequency, and single-value
anchors measured in the same run on the same machine: dateparser, py3langid, lingua, BeautifulSoup. Skips with a reason where the records or
an anchor are absent.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BULK = ROOT.parent / "shared" / "bulk" / "funding_operations.jsonl.gz"

#: their column or template -> raw field
MAPPING = {
    "{source_file}#{row}": "record_id",
    "project_name": "title",
    "project_description": "description",
    "beneficiary_name": "organisation",
    "total_amount": "budget",
    "starting_date": "start",
    "completion_date": "end",
    "beneficiary_city": "place",
}


def run(source: Path, target: Path, workers: int) -> dict[str, Any]:
    """Normalise ``source`` here and now; report, seconds and peak memory in MB of this process and of its largest worker."""
    sys.path.insert(0, str(ROOT))
    from transforms.io import normalise_file

    began = time.perf_counter()
    report = normalise_file(source, target, workers=workers, mapping=MAPPING)
    seconds = time.perf_counter() - began
    own, workers_ = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        **report.as_dict(),
        "seconds": seconds,
        "cpu_seconds": own.ru_utime + own.ru_stime + workers_.ru_utime + workers_.ru_stime,
        "peak_mb": [round(own.ru_maxrss / 1024), round(workers_.ru_maxrss / 1024)],
    }


def by_country(target: Path) -> list[tuple[str, int, str, str, str, int]]:
    """Per country: records, share of stated dates and amounts that were read, share with a language, and how many are included."""
    import pyarrow.parquet as pq

    counts: dict[str, list[int]] = {}
    names = ["record_id", "language", "start_date", "end_date", "budget_amount", "included", "issues"]
    for batch in pq.ParquetFile(target).iter_batches(50_000, columns=names):
        for row in batch.to_pylist():
            found = counts.setdefault(row["record_id"][:2], [0] * 7)
            failed = {issue["field"] for issue in json.loads(row["issues"])} if row["issues"] != "[]" else set()
            dated = row["start_date"] is not None or row["end_date"] is not None
            found[0] += 1
            found[1] += dated
            found[2] += not dated and bool(failed & {"start", "end", "period"})
            found[3] += row["budget_amount"] is not None
            found[4] += row["budget_amount"] is None and "budget_amount" in failed
            found[5] += row["language"] is not None
            found[6] += row["included"]

    def share(yes: int, no: int) -> str:
        return f"{yes / (yes + no):.3f}" if yes + no else "-"

    rows = sorted(counts.items(), key=lambda item: -item[1][0])
    return [(c, n[0], share(n[1], n[2]), share(n[3], n[4]), share(n[5], n[0] - n[5]), n[6]) for c, n in rows]


def anchors(titles: Sequence[str], dates: Sequence[str], texts: Sequence[str]) -> list[tuple[str, str]]:
    """Microseconds a value of this project's functions and of others, one after the other in this process."""
    sys.path.insert(0, str(ROOT))
    from transforms.normalise import dates as ours_dates
    from transforms.normalise import language as ours_language
    from transforms.normalise.cues import lexicon
    from transforms.normalise.text import clean

    rows: list[tuple[str, str]] = []

    def timed(name: str, one: Callable[[str], object], values: Sequence[str]) -> None:
        one(values[0])
        began = time.perf_counter()
        for value in values:
            one(value)
        rows.append((name, f"{(time.perf_counter() - began) / len(values) * 1e6:,.1f} µs"))

    timed("a date, here", ours_dates.parse_period, dates)
    if _there("dateparser"):
        import dateparser

        timed("a date, dateparser", dateparser.parse, dates[:60])
    timed("a language, here", ours_language.detect, titles)
    if _there("py3langid"):
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        timed("a language, py3langid", LanguageIdentifier.from_model_file(MODEL_FILE).classify, titles)
    if _there("lingua"):
        from lingua import LanguageDetectorBuilder

        timed("a language, lingua", LanguageDetectorBuilder.from_all_languages().build().detect_language_of, titles[:200])
    timed("cue words of a title, here", lexicon().concepts, titles)
    timed("a text with markup, here", clean, texts)
    if _there("bs4"):
        from bs4 import BeautifulSoup

        timed("a text with markup, BeautifulSoup", lambda text: BeautifulSoup(text, "html.parser").get_text(" "), texts[:300])
    return rows


def _there(name: str) -> bool:
    found = importlib.util.find_spec(name) is not None
    if not found:
        print(f"anchor skipped: {name} is not installed")
    return found


def _samples(size: int = 2000) -> tuple[list[str], list[str], list[str]]:
    titles, dates, texts = [], [], []
    with gzip.open(BULK, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % 100 == 0:
                row = json.loads(line)
                titles.append(row["project_name"])
                dates += [row["starting_date"]] if row.get("starting_date") else []
                if row.get("project_description"):
                    texts.append(f"<p>{row['project_description']}</p><ul><li>{row['project_name']}</li></ul>")
    return titles[:size], list(dict.fromkeys(dates))[:size], texts[:size]


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=0, help="only so many records, taken evenly from the whole")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="keep the typed listings here (.parquet, .jsonl or .csv)")
    parser.add_argument("--quick", action="store_true", help="no anchors")
    parser.add_argument("--inner", nargs=2, type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inner:
        source, target = args.inner
        print(json.dumps(run(source, target, args.workers)))
        return 0
    if not BULK.exists():
        print(f"skipped: {BULK} is not there")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        source = BULK if not args.rows else _thinned(Path(folder) / "some.jsonl", args.rows)
        target = args.out or Path(folder) / "typed.parquet"
        inner = [sys.executable, str(Path(__file__)), "--inner", str(source), str(target), "--workers", str(args.workers)]
        found = json.loads(subprocess.run(inner, check=True, capture_output=True, text=True).stdout)
        _print(found, args.workers)
        if target.suffix == ".parquet":
            print("\ncountry  records  dates  amounts  languages  included")
            for country, records, dated, paid, spoken, included in by_country(target):
                print(f"{country:7s} {records:8d} {dated:>6s} {paid:>8s} {spoken:>10s} {included:9d}")
    if not args.quick:
        print()
        for name, cost in anchors(*_samples()):
            print(f"{name:40s} {cost:>12s}")
    return 0


def _thinned(path: Path, rows: int) -> Path:
    with gzip.open(BULK, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    path.write_text("".join(lines[:: max(1, len(lines) // rows)][:rows]), encoding="utf-8")
    return path


def _print(found: dict[str, Any], workers: int) -> None:
    speed, steady = found["rows"] / found["seconds"], found["rows"] / found["cpu_seconds"]
    print(f"{found['rows']} listings, {found['quarantined']} quarantined, {found['included']} included")
    print(
        f"{speed:,.0f} listings/s with {workers} workers in {found['seconds']:.1f} s; {steady:,.0f} listings per second of processor time"
    )
    print(f"peak memory {found['peak_mb'][0]} MB here, {found['peak_mb'][1]} MB in the largest worker")
    print("\nwhat could not be read, most frequent first")
    for row in found["failures"][:20]:
        print(f"{row['count']:8d}  {row['field']}: {row['reason']}  {[text[:40] for text in row['examples'][:3]]}")


if __name__ == "__main__":
    raise SystemExit(main())
