"""The main text of a page: paragraphs without navigation and boilerplate."""

from __future__ import annotations

import logging

from spiders.page import Page

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def main_text(page: Page) -> str | None:
    """The running text, paragraphs parted by line breaks; None where there is none."""
    import trafilatura  # as slow to load as a whole small crawl, and needed by few

    return trafilatura.extract(page.text, fast=True, include_comments=False, include_tables=True, deduplicate=False) or None
