"""What a listing's row holds: the core of its title, its pages."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalise import normalise
from transforms.resolve.prepare import core_of, prepare
from transforms.resolve.words import words


def test_the_core_is_the_same_in_every_language_and_without_the_country():
    assert core_of("Digital Education Strategy", "CZ", []) == core_of("Strategie digitálního vzdělávání", "CZ", [])[1:] + ["#strategy"]
    assert core_of("Digital strategy of Estonia 2030", "EE", []) == core_of("Digital strategy", "EE", []) + ["of"]


def test_only_pages_that_variants_are_told_of_count():
    rows = [
        {
            "record_id": "a",
            "title": "Eins",
            "country": "AT",
            "url": "https://x.example/de/a",
            "alternates": {"en": "https://x.example/en/a"},
        },
        {"record_id": "b", "title": "One", "country": "AT", "url": "https://x.example/en/a"},
        {"record_id": "c", "title": "Two", "country": "AT", "url": "https://x.example/en/c"},
    ]
    records = prepare(normalise(pd.DataFrame(rows)))
    assert records.page[1] in records.variants[0] and records.page[0] in records.variants[0]
    assert not records.variants[1] and not records.variants[2] and records.page[2] not in records.variants[0]
    assert prepare(normalise(pd.DataFrame(rows[1:]))).page == ["", ""], "nobody asks"


@given(st.text(), st.text())
def test_a_title_and_a_description_side_by_side_have_the_words_of_both(title, description):
    assert words(f"{title}. {description}") == [*words(title), *words(description)]
