"""What the readers make of the gold records' own wordings: budgets, regions and periods, free text apart from values that were plain.

usage: python benchmarks/normalise_gold.py [--gold PATH] [--list]

``stated`` of a record is what its page says; the record's own amount, regions and years are what is known of the initiative, which is not
always the same. "equal" counts readings that agree with what is known; "other" ones that differ from it, and ``--list`` names them, so
that a reader can tell a wrong reading from a page that says something else. Kinds by the title and by the description are counted too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from transforms.normalise.classify import LEAD, named_kind
from transforms.normalise.codes import kind_of
from transforms.normalise.cues import lexicon
from transforms.normalise.dates import Period, parse_period, period_from_title
from transforms.normalise.money import Money, parse_money
from transforms.normalise.places import Place, parse_place, places_in

GOLD = Path(__file__).resolve().parents[2] / "shared" / "gold" / "records.jsonl"
_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?|\d{4}(?:-\d\d){0,2}")

Record = dict[str, Any]
#: what was read, of which sort it was, the verdict, and the text with what came of it
Reading = tuple[str, str, str, str]


def _sort(text: str) -> str:
    return "plain" if _PLAIN.fullmatch(text) else "free text"


def _verdict(read: object, known: object) -> str:
    return "refused" if read is None else "nothing known" if known in (None, [], "") else "equal" if read == known else "other"


def budgets(record: Record) -> Iterator[Reading]:
    stated = record["stated"]
    if "budget" in stated:
        text = str(stated["budget"])
        found = parse_money(text, currency=stated.get("currency"), country=record["country"], language=record["language"])
        got = (found.amount, found.currency) if isinstance(found, Money) else None
        amount = record["budget_amount"]
        yield (
            "budget",
            _sort(text),
            _verdict(got, (float(amount), record["budget_currency"]) if amount else None),
            f"{text!r}: {got or found}",
        )


def regions(record: Record) -> Iterator[Reading]:
    known = sorted(str(record["nuts"]).split(";")) if record["nuts"] else None
    if text := record["stated"].get("region"):
        found = parse_place(text, country=record["country"], language=record["language"])
        got = sorted(found.nuts) if isinstance(found, Place) else None
        yield "region", "free text", _verdict(got, known), f"{text!r}: {got}, known {known}"
    if known:
        named = sorted({code for place in places_in(record["title"], record["country"]) for code in place.nuts})
        yield "region in the title", "free text", _verdict(named or None, known), f"{record['title']!r}: {named}, known {known}"


def periods(record: Record) -> Iterator[Reading]:
    for field in ("start", "end"):
        if (value := record["stated"].get(field)) is not None:
            found = parse_period(str(value), language=record["language"], country=record["country"], role=field)  # type: ignore[arg-type]
            day = getattr(found, field) if isinstance(found, Period) else None
            yield field, _sort(str(value)), _verdict(day and day.year, record[f"{field}_year"]), f"{value!r}: {day or found}"
    named = period_from_title(record["title"], record["language"])
    if isinstance(named, Period):
        for field in ("start", "end"):
            if day := getattr(named, field):
                yield f"{field} in the title", "free text", _verdict(day.year, record[f"{field}_year"]), f"{record['title']!r}: {day.year}"


def kinds(record: Record) -> Iterator[Reading]:
    words = lexicon()
    by_title = named_kind(words.concepts(record["title"], record["language"]))
    by_text = named_kind(words.concepts(record["description"][:LEAD], record["language"]), text=True)
    found, where = (by_title, "kind by the title") if by_title else (by_text, "kind by the description")
    yield where, "free text", _verdict(found and found[0], kind_of(record["kind"])), f"{record['title']!r}: {found}, known {record['kind']}"


@click.command()
@click.option("--gold", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=GOLD, show_default=True)
@click.option("--list", "listed", is_flag=True, help="Name what is refused or differs.")
def main(gold: Path, listed: bool) -> None:
    records = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    counts: dict[tuple[str, str], Counter[str]] = {}
    named: list[str] = []
    for record in records:
        for read in (budgets, regions, periods, kinds):
            for field, sort, verdict, text in read(record):
                counts.setdefault((field, sort), Counter())[verdict] += 1
                if verdict in ("refused", "other"):
                    named.append(f"{verdict}: {field}: {record['country']} {text}")
    click.echo("| field | sort | values | equal | other | nothing known | refused |\n|---|---|--:|--:|--:|--:|--:|")
    for (field, sort), count in sorted(counts.items()):
        verdicts = [count[name] for name in ("equal", "other", "nothing known", "refused")]
        click.echo("| " + " | ".join(map(str, (field, sort, count.total(), *verdicts))) + " |")
    for line in named if listed else ():
        click.echo(line)


if __name__ == "__main__":
    main()
