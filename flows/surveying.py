"""Looking at portals without harvesting them: probe, new card, recorded example, check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.cards import SAMPLES, chosen
from flows.config import Settings
from flows.harvesting import accepted_runs, options_of
from flows.pipeline import world
from spiders.card import PORTALS, Card, load_card
from spiders.errors import CardError, HarvestError, InputError, UsageError
from spiders.probe import Drift, Probe, check, probe, remember
from warehouse.ledger import Ledger


def survey(settings: Settings, url: str) -> Probe:
    """What a portal offers; a few requests, nothing kept."""
    with world(settings) as addresses:
        return probe(url, options_of(settings, addresses))


def new_card(settings: Settings, url: str, *, name: str | None, into: Path | None) -> tuple[Path, Path | str | None, Probe]:
    """Probe ``url``, write its card and, where listings were read, its recorded example.

    Returns the card's file, the example's folder (or why there is none, or None where nothing was read), and the probe.
    Raises UsageError where the card exists, CardError where the name is no card id.
    """
    found = survey(settings, url)
    folder = into or (SAMPLES if settings.world == "sample" else PORTALS)
    path = folder / f"{name or found.card_id}.toml"
    if path.exists():
        raise UsageError("there is a card of that name", where=str(path), hint="Choose another with --id, or edit the card.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(found.as_card_toml(), encoding="utf-8")
    try:
        card = load_card(path)
    except CardError:
        path.unlink()
        raise
    return path, _example(settings, card) if found.found else None, found


def record_examples(settings: Settings, names: Sequence[str]) -> list[tuple[str, Path | str]]:
    """Record the example of each named portal anew: (portal, its folder or why there is none)."""
    return [(card.id, _example(settings, card)) for card in chosen(settings, names).values()]


def _example(settings: Settings, card: Card) -> Path | str:
    with world(settings) as addresses:
        try:
            return remember(card, options_of(settings, addresses))
        except (InputError, HarvestError) as error:
            return " ".join(f"{error.what}: {error.hint or ''}".split())


def check_portals(settings: Settings, names: Sequence[str]) -> list[Drift]:
    """A few pages of each portal against its last accepted run or its card's expectations."""
    runs = Ledger(settings.ledger).read("runs")
    drifts = []
    with world(settings) as addresses:
        options = options_of(settings, addresses)
        for card in chosen(settings, names).values():
            try:
                drifts.append(check(card, data=settings.data, options=options, accepted=accepted_runs(runs, card.id)))
            except HarvestError as error:
                drifts.append(Drift(card.id, 0, reasons=[error.what]))
    return drifts
