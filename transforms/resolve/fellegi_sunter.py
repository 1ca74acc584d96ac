"""The scorecard as a Fellegi-Sunter model that Splink runs, on DuckDB or Spark.

Each feature is a comparison, each of its steps a level whose Bayes factor is the step's weight. A pair's columns are computed once, in
numpy; to Splink a pair is one row, met by a single empty row behind all others, so that only the levels are left to compare and
both engines see the same numbers.
"""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
import pandas as pd

from spiders.errors import UsageError
from transforms.resolve.comparison import Comparison
from transforms.resolve.judge import Scorecard, Step

ENGINES = ("duckdb", "spark")

_DIGITS = 4
#: pairs handed over at a time
_CHUNK = 500_000
#: stands for a missing value, below all others: NaN is null to DuckDB, and to Spark a number above all others
_MISSING = -1e9
_KEY = "pair"


def settings(card: Scorecard) -> dict[str, Any]:
    """The scorecard as Splink settings: one comparison a feature, one level a step, the last the lowest step."""
    return {
        # of one table the keys are numbers; of two, Splink would join them as texts, which takes twice as long as all else
        "link_type": "dedupe_only",
        "unique_id_column_name": _KEY,
        "probability_two_random_records_match": _probability(card.intercept),
        "blocking_rules_to_generate_predictions": [f"l.{_KEY} = r.{_KEY}"],
        "comparisons": [_comparison(name, step) for name, step in card.steps.items()],
        "retain_intermediate_calculation_columns": False,
        "retain_matching_columns": False,
    }


def _comparison(name: str, step: Step) -> dict[str, Any]:
    edges, weights = step.edges.tolist(), step.weights.tolist()
    levels = [_level(f"{name}_l <= {_MISSING!r}", step.missing, "one side says nothing")]
    levels += [_level(f"{name}_l > {edge!r}", weights[k + 1], f"over {edge:g}") for k, edge in reversed(list(enumerate(edges)))]
    levels.append(_level("ELSE", weights[0], f"up to {edges[0]:g}" if edges else "any"))
    return {"output_column_name": name, "comparison_levels": levels}


def _level(condition: str, weight: float, label: str) -> dict[str, Any]:
    likely = _probability(weight)
    return {"sql_condition": condition, "label_for_charts": label, "m_probability": likely, "u_probability": 1 - likely}


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def known_engine(engine: str) -> None:
    """UsageError for an engine that is none of ``ENGINES``."""
    if engine not in ENGINES:
        raise UsageError(f"unknown engine {engine!r}", hint=f"engines: {', '.join(ENGINES)}")


def probabilities(card: Scorecard, comparison: Comparison, engine: str = "duckdb") -> np.ndarray:
    """(m,) what Splink makes of the pairs, rounded; equal to ``card.probabilities``. UsageError for an engine that is not there."""
    known_engine(engine)
    out = np.empty(len(comparison))
    for start in range(0, len(out), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(out)))
        out[rows] = _scored(card, comparison.at(rows), engine)
    return np.round(out, _DIGITS)


def _scored(card: Scorecard, comparison: Comparison, engine: str) -> np.ndarray:
    from splink import Linker

    rows = len(comparison)
    values = {name: np.append(np.nan_to_num(comparison[name].astype(np.float64), nan=_MISSING), _MISSING) for name in card.steps}
    table = pd.DataFrame({_KEY: np.arange(rows + 1)} | values, copy=False)
    met = pd.DataFrame({"match_key": np.zeros(rows, dtype=np.int64), "join_key_l": np.arange(rows), "join_key_r": np.full(rows, rows)})
    database = _database(engine)
    # it would warn of every level that reads a missing value as evidence, which is meant here
    linker = Linker(database.register(table), settings(card), log_level=logging.ERROR, validate_settings=False)
    linker.table_management.register_blocked_pairs_for_predict(database.register(met))
    found = linker.inference.predict().as_pandas_dataframe()
    out = np.empty(rows)
    out[found[f"{_KEY}_l"].to_numpy()] = found["match_probability"].to_numpy()
    return out


def _database(engine: str) -> Any:
    if engine == "duckdb":
        from splink import DuckDBAPI

        return DuckDBAPI()
    try:
        from pyspark.sql import SparkSession
        from splink import SparkAPI
    except ImportError as error:
        raise UsageError("the Spark engine is not installed", hint='Install "eduatlas[spark]" and Java, or use --engine duckdb.') from error
    try:
        session = SparkSession.builder.appName("eduatlas").config("spark.sql.execution.arrow.pyspark.enabled", "true").getOrCreate()
    except Exception as error:  # whatever Java says, a person needs to hear that it is Java
        raise UsageError(f"Spark does not start: {error}", hint="Spark asks for Java 17 or later on this machine.") from error
    # the other ways write to a folder that all workers share
    return SparkAPI(spark_session=session, break_lineage_method="persist")
