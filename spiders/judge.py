"""May a run's word be published? A pure function of the card, the run and the last accepted run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from spiders.card import Card
from spiders.rawzone import RunReport

#: a run with more than this share of failed pages is held back
ERROR_SHARE = 0.2
#: of what the portal claims to have, less than this is warned about / held back
COVERAGE_WARN, COVERAGE_HOLD = 0.95, 0.5
#: share of listings that must have a title in one of the card's languages, where the portal states a language
LANGUAGE_SHARE = 0.5
#: so many listings with fewer distinct titles than this share were read by something that takes the site's name for a title
FEWEST_FOR_TITLES, TITLE_SHARE = 4, 0.5
#: a portal that never changed for so many times its own longest pause is frozen
FROZEN_FACTOR = 3
FROZEN_DAYS = 90


@dataclass(frozen=True)
class Verdict:
    """``ok``, ``held`` (the last good state stays) or ``failed`` (nothing usable came). ``warnings`` hold nothing back."""

    verdict: Literal["ok", "held", "failed"]
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def judge(card: Card, run: RunReport, previous: RunReport | None = None) -> Verdict:
    """The verdict on ``run``. ``previous``: the last accepted run of the same portal."""
    counts = run.counts
    found, expect = counts["found"], card.expect
    if not found:
        return Verdict("failed" if run.errors else "held", _nothing(run))
    held: list[str] = []
    warned: list[str] = []

    def limit(share: float | None, hold: float, warn: float, text: str) -> None:
        if share is not None and share < hold:
            held.append(f"{text} (held back under {hold:.0%})")
        elif share is not None and share < warn:
            warned.append(f"{text} (warned under {warn:.0%})")

    if previous and (before := previous.counts["found"]):
        limit(found / before, expect.hold, expect.warn, f"{found} listings, {before} in the run before")
    if found < expect.min:
        held.append(f"{found} listings, at least {expect.min} are expected")
    if expect.max is not None and found > expect.max:
        held.append(f"{found} listings, at most {expect.max} are expected")
    limit(run.run.get("coverage"), COVERAGE_HOLD, COVERAGE_WARN, f"{found} of {run.claimed} listings that the portal claims")
    _fill(card, run, limit)
    _language(card, run, previous, held)
    read = sum(run.run.get("languages", {}).values())
    if read >= FEWEST_FOR_TITLES and (distinct := run.run.get("distinct_titles", read)) < TITLE_SHARE * read:
        held.append(f"{read} listings share {distinct} titles")
    if counts["errors"] > max(2, ERROR_SHARE * (found + counts["errors"])):
        held.append(f"{counts['errors']} errors beside {found} listings: {_common(run.errors)}")
    elif counts["errors"]:
        warned.append(f"{counts['errors']} errors: {_common(run.errors)}")
    warned.extend(run.short[:3])
    return Verdict("held" if held else "ok", tuple(held), tuple(warned))


def _nothing(run: RunReport) -> tuple[str, ...]:
    if run.errors:
        return (f"no listing: {_common(run.errors)}",)
    return ("no listing was found",)


def _common(errors: list[dict[str, Any]]) -> str:
    """The commonest reasons with an address each."""
    reasons = Counter(e["reason"] for e in errors)
    first = {e["reason"]: e["url"] for e in reversed(errors)}
    return "; ".join(f"{reason} ({first[reason]}{f' and {n - 1} more' if n > 1 else ''})" for reason, n in reasons.most_common(3))


def _fill(card: Card, run: RunReport, limit: Any) -> None:
    read = sum(run.run.get("languages", {}).values())
    if not read:
        return
    for field, least in card.expect.fill.items():
        share = run.run["fill"].get(field, 0.0)
        limit(share, least * card.expect.hold, least, f"{field} is filled in {share:.0%} of the listings")


def _language(card: Card, run: RunReport, previous: RunReport | None, held: list[str]) -> None:
    """Expected languages hold back; a drafted card's own ones do at its first harvest, where not one listing fits."""
    stated = {lang.split("-")[0].split("_")[0]: n for lang, n in run.run.get("languages", {}).items() if lang}
    wanted = {lang.split("-")[0] for lang in card.expect.languages or card.languages}
    total = sum(stated.values())
    fits = sum(n for lang, n in stated.items() if lang in wanted)
    checked = bool(card.expect.languages) and fits < LANGUAGE_SHARE * total
    first = card.drafted and previous is None and not fits
    if total and (checked or first):
        held.append(f"{fits} of {total} listings are in {', '.join(sorted(wanted))}")


def frozen(card: Card, runs: list[RunReport], now: datetime) -> str | None:
    """Why the portal looks frozen: no change for far longer than its own rhythm, or than the card's ``quiet_days``."""
    changes = [datetime.fromisoformat(r.started) for r in runs if r.counts["new"] or r.counts["changed"] or r.counts["gone"]]
    if not changes:
        return None
    quiet = (now - changes[-1]).days
    pauses = [(b - a).days for a, b in zip(changes, changes[1:], strict=False)]
    patience = card.expect.quiet_days or max(FROZEN_DAYS, FROZEN_FACTOR * max(pauses, default=0))
    return f"nothing changed for {quiet} days; its longest pause was {max(pauses, default=0)} days" if quiet > patience else None
