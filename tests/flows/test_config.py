"""Settings: what the environment asks for reaches the stage that it is about."""

import pytest

from flows import config, refining
from flows.cards import cards_of
from spiders.errors import UsageError


@pytest.mark.parametrize(("said", "asked"), [("1", True), ("0", False), ("", False), (None, False)])
def test_the_environment_asks_for_the_full_sentence_model(said, asked, tmp_path, monkeypatch):
    monkeypatch.delenv("EDUATLAS_PRECISE", raising=False)
    if said is not None:
        monkeypatch.setenv("EDUATLAS_PRECISE", said)
    assert config.resolve(data=tmp_path).precise is asked


def test_what_is_neither_yes_nor_no_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("EDUATLAS_PRECISE", "perhaps")
    with pytest.raises(UsageError, match="EDUATLAS_PRECISE=perhaps"):
        config.resolve(data=tmp_path)


@pytest.mark.parametrize("asked", [True, False])
def test_a_run_asks_it_as_the_settings_say(asked, tmp_path, monkeypatch, atlas):
    seen = []
    resolve = refining.resolve

    def watched(*args, precise, **named):
        seen.append(precise)
        return resolve(*args, precise=False, **named)

    monkeypatch.setattr(refining, "resolve", watched)
    monkeypatch.setenv("EDUATLAS_PRECISE", "1" if asked else "0")
    settings = config.resolve(data=atlas.settings.data, sample=True, quiet=True)
    atlas.run()
    refining.refine(settings, cards_of(settings))
    assert seen[-1] is asked
