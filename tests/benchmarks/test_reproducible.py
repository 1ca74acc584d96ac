"""The comparison of two builds: a small one is identical, and a difference would show."""

from __future__ import annotations

import importlib.util
import shutil

import pytest


@pytest.fixture(scope="module")
def bench(root):
    spec = importlib.util.spec_from_file_location("bench_reproducible", root / "benchmarks" / "reproducible.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_builds_in_two_folders_are_identical_and_a_difference_shows(bench, tmp_path):
    found, files = bench.compared(bench.refined_files(tmp_path / "refined", 2000), tmp_path)
    assert found == [] and files > 100
    one = tmp_path / "one" / "releases" / bench.VERSION
    other = tmp_path / "other"
    shutil.copytree(one, other)
    (other / "manifest.json").chmod(0o644)
    text = (other / "manifest.json").read_text(encoding="utf-8")
    (other / "manifest.json").write_text(text.replace('"content_digest": "', '"content_digest": "0'), encoding="utf-8")
    (other / "csv" / "extra.csv").write_text("x", encoding="utf-8")
    assert bench.differences(one, other) == ["eduatlas.duckdb", "csv/extra.csv"]
