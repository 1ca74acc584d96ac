"""The notebook runs from top to bottom on a published file, and every cell shows something."""

from __future__ import annotations

import ast
import json

import pytest


@pytest.fixture(scope="module")
def notebook(root):
    return json.loads((root / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))


def run(source: str, names: dict) -> object:
    """Runs a cell as Jupyter does; the value of its last expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def test_every_cell_runs_and_shows_something(notebook, sample_atlas, monkeypatch):
    monkeypatch.setenv("EDUATLAS_FILE", str(sample_atlas / "eduatlas.duckdb"))
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    names: dict = {}
    shown = [run(cell, names) for cell in cells]
    assert len(cells) >= 12 and names["years"].sum() > 50
    for cell, value in zip(cells[:-1], shown[:-1], strict=True):
        assert value is not None and len(value), cell
    here, today = shown[[i for i, cell in enumerate(cells) if "initiatives_at(" in cell][0]]
    assert here == today > 100


def test_it_is_kept_without_output_and_opens_in_jupyter(notebook):
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["language"]) == (4, "python")
    assert len({c["id"] for c in notebook["cells"]}) == len(notebook["cells"])
    assert not [c for c in notebook["cells"] if c.get("outputs") or c.get("execution_count")]
