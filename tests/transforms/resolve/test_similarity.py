"""Similarities of texts: vectors that depend on nothing else, words aligned both ways."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.errors import ModelError
from transforms.resolve import similarity
from transforms.resolve.embedding import word_vectors
from transforms.resolve.similarity import Vocabulary, Weights, align, domain_weights, means, on_grid, padded, signatures, trigrams
from transforms.resolve.training.labelled import frequencies
from transforms.resolve.units import units

GOLD = Path(__file__).parents[3] / "benchmarks" / "gold" / "records.jsonl"
TITLES = ["Digital Education Strategy 2030", "Strategie digitálního vzdělávání", "Tablets für Schulen", "", "Zzyx", "the of and"]


def words_of(titles):
    found = [units(title) for title in titles]
    known = Vocabulary(found, vectors=word_vectors())
    return padded(known.read(found), known.weigh(domain_weights()["titles"]), known)


def test_the_shipped_frequencies_are_those_of_the_gold_records():
    # concepts that were added without counting them would weigh like names: `python -m transforms.resolve.training.train` counts
    assert json.loads(similarity.FREQUENCIES.read_text(encoding="utf-8")) == json.loads(frequencies(GOLD))


def test_damaged_frequencies_are_a_model_error(tmp_path, monkeypatch):
    broken = tmp_path / "frequencies.json"
    broken.write_text("{}")
    monkeypatch.setattr(similarity, "FREQUENCIES", broken)
    with pytest.raises(ModelError, match="frequencies"):
        domain_weights.__wrapped__()


def test_rare_units_weigh_more_and_numbers_half():
    weigh = Weights.of([["#digital", "#school"], ["#digital", "zzyx"], ["#digital", "7"]])
    zipf = np.zeros(4, dtype=np.float32)
    digital, school, unseen, number = weigh(["#digital", "#school", "nowhere", "7"], zipf).tolist()
    assert digital < school == unseen == pytest.approx(2 * number)
    assert Weights(weigh.texts, weigh.counts, unseen=None)(["nowhere"], zipf[:1])[0] == pytest.approx(1, abs=1e-3)


def test_a_title_has_the_same_vector_in_any_company():
    whole = means(words_of(TITLES))
    for k, title in enumerate(TITLES):
        assert np.array_equal(means(words_of([title]))[0], whole[k]), "to the last bit"
    # on the grid, which costs less than a thousandth of the length
    assert np.allclose(np.linalg.norm(whole, axis=1), [1, 1, 1, 0, 1, 1], atol=1e-3)
    assert np.array_equal(on_grid(whole), whole)


@given(st.lists(st.lists(st.sampled_from(["#digital", "#school", "the", "of", "zzyx", "7", "tablet", "LOGINEO"]), max_size=9), max_size=9))
def test_a_text_keeps_its_weightiest_units_in_order(texts):
    known = Vocabulary(texts, vectors=word_vectors())
    weight = known.weigh(domain_weights()["titles"])
    found = padded(known.read(texts), weight, known, most=3)
    for text, rows, weights in zip(texts, found.rows.tolist(), found.weights.tolist(), strict=True):
        places = list(dict.fromkeys(known.place[unit] for unit in text))
        places = [place for place in places if weight[place] > 0.02] or places
        if len(places) > 3:
            places = sorted(places, key=lambda place: (-weight[place], place))[:3]
        assert rows == [*places, *[-1] * (3 - len(places))]
        assert weights == [*weight[places].tolist(), *[0.0] * (3 - len(places))]


def test_alignment_finds_the_same_words_in_two_languages_and_turns_with_its_sides():
    found = words_of(TITLES)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(len(TITLES)), np.arange(len(TITLES))))
    there, back = align(found, i, found, j), align(found, j, found, i)
    for one, other in (("cover_a", "cover_b"), ("rest_a", "rest_b"), ("shared", "shared")):
        assert np.allclose(there[one], back[other], atol=1e-5)
    pair = lambda a, b: there["cover_a"][(i == a) & (j == b)][0]  # noqa: E731
    assert pair(1, 0) > 0.95 > 0.6 > pair(2, 0)
    # nothing covers, and is covered by, nothing
    assert pair(0, 3) == pair(3, 0) == 0


def test_of_a_long_title_the_weightiest_words_stay():
    long = [f"the of and word{'abcdefghijklmnopqrstuvwxyz'[k]}" for k in range(26)]
    found = words_of([" ".join(long)])
    assert found.sizes[0] == similarity.MOST_WORDS
    assert found.weights[0].min() > 0.1


def test_trigrams_compare_letters():
    bits = signatures([["digital", "school"], ["digital", "schools"], ["tablets"]])
    i, j = np.array([0, 0, 1]), np.array([1, 2, 0])
    alike = trigrams(bits, i, j)
    assert alike[0] == alike[2] > 0.8 > 0.2 > alike[1]
