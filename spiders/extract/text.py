"""The main text of a page: paragraphs without navigation and boilerplate."""

from __future__ import annotations

import logging

from spiders.page import Page

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

#: a text that holds less than this share of the page's paragraphs is read again, slowly
_SHARE = 0.3


def main_text(page: Page) -> str | None:
    """The running text, paragraphs parted by line breaks; None where there is none."""
    text = _extract(page, fast=True)
    if len(text) < _SHARE * sum(len(node.text().strip()) for node in page.tree.css("p")):
        text = max(text, _extract(page, fast=False), key=len)
    return text or None


def _extract(page: Page, *, fast: bool) -> str:
    import trafilatura  # as slow to load as a whole small crawl, and needed by few

    return trafilatura.extract(page.text, fast=fast, include_comments=False, include_tables=True, deduplicate=False) or ""
