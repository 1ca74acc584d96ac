"""Runs of a few sample portals inside the test process, with a server that a test can make fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import config, pipeline
from flows.cards import cards_of
from flows.publishing import publish
from flows.refining import refine
from spiders.samples.server import SampleServer, serve


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleServer]:
    """The sample server that the pipeline harvests from, while the test holds its switches."""
    with serve() as running:

        @contextmanager
        def world(_: config.Settings) -> Iterator[dict[str, tuple[str, int]]]:
            yield running.hosts

        monkeypatch.setattr(pipeline, "world", world)
        yield running


@pytest.fixture
def few(server: SampleServer) -> list[str]:
    """Three small portals, one per platform, whatever the sample world holds."""
    cards = cards_of(config.resolve(data=Path("nowhere"), sample=True))
    small = {}
    for card in sorted(cards.values(), key=lambda c: (sum(r.startswith(c.id + ":") for r in server.records()), c.id)):
        small.setdefault(card.harvest[0].platform, card.id)
    return sorted(small.values())


@pytest.fixture
def atlas(tmp_path: Path, server: SampleServer, few: list[str]) -> SimpleNamespace:
    """A data folder with its stages as plain calls: `run()` harvests the few, refines and publishes without Prefect."""
    settings = config.resolve(data=tmp_path / "data", sample=True, quiet=True)

    def run(names: list[str] | None = None) -> pipeline.RunReport:
        report = pipeline.harvest(settings, few if names is None else names)
        refined = refine(settings, cards_of(settings))
        return pipeline.RunReport(report.run_id, report.portals, refined, publish(settings, refined))

    host = {name: next(iter(cards_of(settings)[name].hosts)).removeprefix("www.") for name in few}
    return SimpleNamespace(settings=settings, data=settings.data, run=run, few=few, host=host, server=server)
