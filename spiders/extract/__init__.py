"""From a page to raw listings: by a card's selectors, or by rules that fit any page.

``extract_page`` finds and copies; nothing is parsed or translated here.
"""

from spiders.extract.generic import extract_page

__all__ = ["extract_page"]
