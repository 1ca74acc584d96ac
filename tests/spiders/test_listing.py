"""Raw listings and their hashes."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.listing import Listing, hash_of

#: what can stand in a file: text without halves of characters
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        TEXT, TEXT | st.none() | st.booleans() | st.dictionaries(TEXT, TEXT | st.lists(TEXT, max_size=3), max_size=3), max_size=6
    )
)
def test_the_hash_is_that_of_sorted_compact_json(row):
    said = {k: v for k, v in row.items() if k not in ("sources", "content_hash")}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hash_of(row) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_where_a_value_was_found_does_not_count():
    listing = Listing("p:1", "p", "https://p.test/1", "Title", labels={"Budget": ["5"]}, sources={"title": "h1"})
    moved = Listing("p:1", "p", "https://p.test/1", "Title", labels={"Budget": ["5"]}, sources={"title": "h2"})
    assert listing.content_hash == moved.content_hash != Listing("p:1", "p", "https://p.test/1", "Title").content_hash
