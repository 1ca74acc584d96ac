"""The scorecard says the same in numpy, in Splink on DuckDB and in Splink on Spark."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from spiders.errors import UsageError
from transforms.resolve.comparison import Comparison
from transforms.resolve.fellegi_sunter import probabilities, settings
from transforms.resolve.judge import Scorecard, Step, scorecard


def pairs(card, n=400, seed=0):
    """Values about all edges of a card, on them, and missing ones."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name, step in card.steps.items():
        edges = np.r_[step.edges, -1, 0.5, 3]
        values = rng.choice(np.r_[edges, edges + 0.0001, edges - 0.0001], n)
        columns[name] = np.where(rng.random(n) < 0.2, np.nan, values).astype(np.float32)
    return Comparison(columns)


def test_splink_says_what_numpy_says():
    card = scorecard()
    compared = pairs(card)
    assert probabilities(card, compared).tolist() == card.probabilities(compared).tolist()


@pytest.mark.timeout(900)  # Java alone takes its time to start
def test_spark_says_what_numpy_says(request):
    pytest.importorskip("pyspark", reason="the optional Spark engine is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession

    local = {"spark.master": "local[1]", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.driver.host": "127.0.0.1"}
    session = SparkSession.builder.config(map=local).getOrCreate()
    request.addfinalizer(session.stop)
    # a few features: Spark takes minutes to plan all of them
    card = replace(scorecard(), steps=dict(list(scorecard().steps.items())[:4]))
    compared = pairs(card, 100)
    assert probabilities(card, compared, "spark").tolist() == card.probabilities(compared).tolist()


def test_every_step_is_a_level_and_missing_values_are_evidence():
    card = Scorecard(-1.0, {"title": Step(np.array([0.2, 0.7]), np.array([-2.0, 0.0, 3.0]), 0.5)}, 0.5, 0.2)
    levels = settings(card)["comparisons"][0]["comparison_levels"]
    assert [level["sql_condition"] for level in levels] == ["title_l <= -1000000000.0", "title_l > 0.7", "title_l > 0.2", "ELSE"]
    compared = Comparison({"title": np.array([0.1, 0.19, 0.69, 0.8, np.nan], dtype=np.float32)})
    expected = np.round(1 / (1 + np.exp(-(-1.0 + np.array([-2.0, -2.0, 0.0, 3.0, 0.5])))), 4)
    assert card.probabilities(compared).tolist() == expected.tolist()


def test_levels_of_single_precision_are_those_of_double():
    edges = np.sort(np.random.default_rng(0).random(40))
    step = Step(edges, np.zeros(41), 0.0)
    near = edges.astype(np.float32)
    values = np.r_[near, np.nextafter(near, np.float32(-1)), np.nextafter(near, np.float32(2)), np.float32([-1, 2, np.nan])]
    assert step.levels(values).tolist() == [*np.searchsorted(edges, values[:-1].astype(np.float64)).tolist(), 41]
    assert step.levels(values.astype(np.float64)).tolist() == step.levels(values).tolist()


def test_an_unknown_engine_is_refused_by_name():
    with pytest.raises(UsageError, match="abacus"):
        probabilities(scorecard(), pairs(scorecard(), 2), "abacus")
