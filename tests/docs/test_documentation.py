"""The documentation is true: its examples run and print what it says, and its links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs/refresh.py")
refresh = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refresh)

PAGES = refresh.pages()
EXAMPLES = [(page, *example) for page in PAGES for example in refresh.examples(page.read_text(encoding="utf-8"))]


def test_there_are_examples():
    assert any(page.name == "README.md" for page, _, _ in EXAMPLES)


@pytest.mark.parametrize(("page", "command", "output"), EXAMPLES, ids=[f"{p.name}: {c[:60]}" for p, c, _ in EXAMPLES])
def test_examples_print_what_the_page_says(page, command, output, sample_atlas):
    assert refresh.run(command, sample_atlas) == output, f"run: python docs/refresh.py on a fresh sample atlas ({page.name})"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("name", ["make run", "make test"])
def test_the_readme_names_the_two_commands(name):
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")
