"""The full sentence model: what is asked of it, how often, and what is kept of its answers."""

import numpy as np
import pandas as pd
import pytest

from benchmarks._listings import generated
from spiders.errors import ModelError, UsageError
from transforms.resolve import resolve, run, sentences
from transforms.resolve.sentences import DIMENSIONS, PACKAGE, Sentences, present, reader

TITLES = ["Digital Education Strategy", "Pilot of the strategy", "A garden festival", "Digital Education Strategy"]
TEXTS = ["For all schools.", "", "Flowers.", "For all schools."]


class Letters:
    """A stand-in that counts letters: quick, and as exact as the real one."""

    def __init__(self):
        self.asked = []

    def query(self, texts):
        self.asked += texts
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text.lower():
                out[row, ord(letter) % DIMENSIONS] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)


@pytest.fixture
def letters(monkeypatch):
    model = Letters()
    monkeypatch.setattr(sentences, "reader", lambda: model)
    monkeypatch.setattr(sentences, "installed", lambda: "stand-in")
    return model


def test_each_text_is_read_once_and_only_if_it_is_asked_for(letters):
    held = Sentences(TITLES, TEXTS)
    i, j = np.array([0, 0, 1]), np.array([1, 3, 3])
    alike = held.alike(i, j)
    assert alike[1] == pytest.approx(1, abs=0.01) and alike[0] == alike[2] < 1
    assert letters.asked == ["Digital Education Strategy. For all schools.", "Pilot of the strategy. "]
    assert held.alike(j, i).tolist() == alike.tolist() and len(letters.asked) == 2
    assert len(held.alike(i[:0], j[:0])) == 0


def test_what_is_known_is_not_read_and_gives_the_same(letters):
    first = Sentences(TITLES, TEXTS)
    i, j = np.triu_indices(4, 1)
    alike = first.alike(i, j)
    letters.asked.clear()
    again = Sentences([*TITLES[::-1], "New"], [*TEXTS[::-1], ""], first.read)
    assert again.alike(3 - i, 3 - j).tolist() == alike.tolist() and not letters.asked
    again.alike(np.array([4]), np.array([0]))
    assert letters.asked == ["New. "] and set(first.read) < set(again.read)


def test_a_missing_model_is_refused_by_name_and_a_broken_one_is_a_model_error(monkeypatch):
    monkeypatch.setattr(sentences, "installed", lambda: "")
    with pytest.raises(UsageError, match="not installed") as refused:
        resolve(generated(4, seed=1)[0], precise=True)
    assert PACKAGE in str(refused.value.hint)
    monkeypatch.setitem(__import__("sys").modules, PACKAGE, None)
    reader.cache_clear()
    with pytest.raises(ModelError, match="sentence model"):
        reader()


def listings(count):
    typed = generated(count, seed=3)[0]
    typed["country"] = ["AT" if k % 2 else "BE" for k in range(count)]
    return typed


def test_asking_it_changes_relations_alone_and_depends_on_nothing_else(letters, tmp_path):
    typed = listings(120)
    plain, precise = resolve(typed), resolve(typed, precise=True, processes=1)
    for name in ("clusters", "doubtful", "matches"):
        pd.testing.assert_frame_equal(getattr(plain, name), getattr(precise, name))
    assert not plain.relations.equals(precise.relations)
    assert any('"sense' in evidence for evidence in precise.relations["evidence"])
    shuffled = resolve(typed.sample(frac=1, random_state=1), precise=True, processes=1, kept=tmp_path)
    pd.testing.assert_frame_equal(precise.relations, shuffled.relations)


def test_a_second_run_reads_only_what_is_new(letters, tmp_path):
    typed = listings(120)
    resolve(typed, precise=True, processes=1, kept=tmp_path)
    before = len(set(letters.asked))
    changed = typed.drop(index=typed.index[5])
    changed["description"] = ["Another text" if k == 9 else text for k, text in enumerate(changed["description"].tolist())]
    letters.asked.clear()
    found = resolve(changed, precise=True, processes=1, kept=tmp_path)
    assert len(letters.asked) < before / 4
    pd.testing.assert_frame_equal(found.relations, resolve(changed, precise=True, processes=1).relations)


def test_of_too_many_listings_it_is_not_asked_which_is_told(letters, monkeypatch, caplog):
    monkeypatch.setattr(run, "MANY", 100)
    resolve(listings(120), precise=True, processes=1)
    assert not letters.asked
    assert "120 listings" in caplog.text
    caplog.clear()
    resolve(listings(120), processes=1)
    assert not caplog.records


def test_the_real_model_says_the_same_of_any_batch():
    if not sentences.installed():
        pytest.skip(f"{PACKAGE} is not installed")
    present()
    vectors = reader().query(["Stratégie numérique pour l'école", "Digitalstrategie für die Schule", "A garden festival"])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.array_equal(vectors[1], reader().query(["Digitalstrategie für die Schule", "x"])[0])
    alike = vectors @ vectors.T
    assert alike[0, 1] > max(alike[0, 2], alike[1, 2])
