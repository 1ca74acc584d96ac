"""How many expressions of the truth sets are read right, refused or wrong, by field, language and round.

    python benchmarks/truth_table.py [--field dates] [--round 3] [--list]

A line of ``tests/truth/<field>*.jsonl`` says what was written (text, language, country), what it means or that it must be refused, and
where it was seen (address). ``round`` is 0 for what was seen while the readers were written; 1 to 5 were labelled before the readers ever
read them. "Right" includes refusing what must be refused.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton

from transforms.normalise.dates import Period, parse_period
from transforms.normalise.dates_calendar import date
from transforms.normalise.money import Money, parse_money
from transforms.normalise.places import Place, parse_place

TRUTH = Path(__file__).resolve().parents[1] / "tests" / "truth"
DATES = {"dates.jsonl": 1, "dates-second.jsonl": 2, "dates-third.jsonl": 3, "dates-fourth.jsonl": 4, "dates-fifth.jsonl": 5}
PERIOD = ("start", "start_precision", "end", "end_precision")
#: languages that the project names: the official ones of the Union and those of its neighbours and regions
LANGUAGES = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv nb is ca eu gl uk sr".split()  # noqa: SIM905

Row = dict[str, Any]


def _lines(name: str) -> Iterator[Row]:
    for line in (TRUTH / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def language_of(row: Row) -> str:
    """The language that a row counts for; "none" where none is stated."""
    code = (row["language"] or "none").split("-")[0]
    return {"nn": "nb", "no": "nb"}.get(code, code)


@cache
def rows(field: str) -> tuple[Row, ...]:
    """All rows of a field, each with ``round`` and ``must_refuse``."""
    if field == "dates":
        return tuple(
            {**row, "round": number if row["unseen"] else 0, "must_refuse": bool(row.get("refused"))}
            for name, number in DATES.items()
            for row in _lines(name)
        )
    key = {"money": lambda row: row["code"] is None, "places": lambda row: row["refuse"]}[field]
    return tuple({**row, "round": row["held_out"], "must_refuse": key(row)} for row in _lines(f"{field}.jsonl"))


def _dates(row: Row) -> bool | None:
    found = parse_period(row["text"], language=row["language"], country=row["country"], role=row["role"])
    if not isinstance(found, Period):
        return None
    got = {name: getattr(found, name) for name in PERIOD}
    return not row["must_refuse"] and all((v.isoformat() if isinstance(v, date) else v) == row[name] for name, v in got.items())


def _money(row: Row) -> bool | None:
    found = parse_money(row["text"], currency=row["currency"], country=row["country"], language=row["language"])
    return (found.amount, found.currency, found.low) == (row["amount"], row["code"], row["low"]) if isinstance(found, Money) else None


def _places(row: Row) -> bool | None:
    found = parse_place(row["text"], country=row["country"], language=row["language"])
    if not isinstance(found, Place):
        return None
    if row["must_refuse"]:
        return None if not found.nuts and found.level == "local" else False
    return found.country == row["place_country"] and set(found.nuts) == set(row["nuts"])


READ: dict[str, Callable[[Row], bool | None]] = {"dates": _dates, "money": _money, "places": _places}


def verdict(field: str, row: Row) -> str:
    """right, refused or wrong."""
    got = READ[field](row)
    if got is None:
        return "right" if row["must_refuse"] else "refused"
    return "right" if got and not row["must_refuse"] else "wrong"


@cache
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("-", "_"))
    except UnknownLocaleError:
        return None


def written_by_cldr(row: Row) -> bool:
    """True where a row of dates is letter for letter what CLDR writes for its start, its end or the span between them."""
    locale = _locale(row["language"])
    days = [date.fromisoformat(row[name]) for name in ("start", "end") if row.get(name)]
    if locale is None or not days:
        return False
    known = {f"{day:%Y-%m-%d}" for day in days}
    for day in days:
        known |= {format_date(day, width, locale) for width in ("full", "long", "medium", "short")}
        known |= {format_skeleton(kind, day, locale=locale) for kind in ("y", "yM", "yMMM", "yMMMM", "yMd", "yQQQ", "yQQQQ")}
        known |= {format_date(day, kind, locale) for kind in ("LLLL y", "LLL y")}
    if len(days) == 2:
        known |= {format_interval(days[0], days[1], kind, locale=locale) for kind in ("y", "yM", "yMMM", "yMMMM", "yMd", "yMMMd")}
    return row["text"].strip() in known


def table(field: str, chosen: Iterable[Row]) -> list[tuple[str, int, int, int, int, int, int]]:
    """(language, expressions, must be refused, with address, right, refused, wrong), languages in order, the sum last."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in chosen:
        for name in (language_of(row), "all"):
            counts[name].update([verdict(field, row)])
            counts[name].update({"n": 1, "must": row["must_refuse"], "address": row["address"] is not None})
    names = [*sorted(name for name in counts if name != "all"), *(["all"] if counts else [])]
    return [(name, *(counts[name][key] for key in ("n", "must", "address", "right", "refused", "wrong"))) for name in names]  # type: ignore[misc]


@click.command()
@click.option("--field", "fields", multiple=True, type=click.Choice(list(READ)), help="Only this field (repeatable).")
@click.option("--round", "number", type=int, default=None, help="Only this round; 0 is what was seen from the start.")
@click.option("--list", "listed", is_flag=True, help="Name what is not right.")
def main(fields: tuple[str, ...], number: int | None, listed: bool) -> None:
    for field in fields or tuple(READ):
        chosen = [row for row in rows(field) if number is None or row["round"] == number]
        click.echo(f"\n{field}\n\n| language | expressions | must be refused | with address | right | refused | wrong |")
        click.echo("|---|--:|--:|--:|--:|--:|--:|")
        for line in table(field, chosen):
            click.echo("| " + " | ".join(map(str, line)) + " |")
        for row in chosen if listed else ():
            if (got := verdict(field, row)) != "right":
                click.echo(f"{got}: {row['language']} {row['text']!r}")
        if field == "dates":
            click.echo(f"\nas CLDR writes it: {sum(map(written_by_cldr, chosen))} of {len(chosen)}")


if __name__ == "__main__":
    main()
