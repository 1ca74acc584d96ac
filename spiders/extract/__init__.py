"""From a page to raw listings: by a card's selectors, or by rules that fit any page (``generic.extract_page``).

It finds and copies; nothing is parsed or translated here.
"""
