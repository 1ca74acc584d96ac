"""Looking at portals without harvesting them: probe, new card, check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.cards import SAMPLES, chosen
from flows.config import Settings
from flows.harvesting import accepted_runs, options_of
from flows.pipeline import world
from spiders.card import PORTALS, load_card
from spiders.errors import CardError, HarvestError, UsageError
from spiders.probe import Drift, Probe, check, probe
from warehouse.ledger import Ledger


def survey(settings: Settings, url: str) -> Probe:
    """What a portal offers; a few requests, nothing kept."""
    with world(settings) as addresses:
        return probe(url, options_of(settings, addresses))


def new_card(settings: Settings, url: str, *, name: str | None, into: Path | None) -> tuple[Path, Probe]:
    """Probe ``url`` and write its card. Raises UsageError where the card exists, CardError where the name is no card id."""
    found = survey(settings, url)
    folder = into or (SAMPLES if settings.world == "sample" else PORTALS)
    path = folder / f"{name or found.card_id}.toml"
    if path.exists():
        raise UsageError("there is a card of that name", where=str(path), hint="Choose another with --id, or edit the card.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(found.as_card_toml(), encoding="utf-8")
    try:
        load_card(path)
    except CardError:
        path.unlink()
        raise
    return path, found


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
