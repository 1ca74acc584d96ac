"""hreflang variants: which addresses are the same page in another language, and which are only a language switch."""

from __future__ import annotations

import json

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from transforms.normalise import normalise
from transforms.normalise.urls import canonical
from transforms.normalise.variants import variants_of

HOME = "https://portal.example"
URL = f"{HOME}/cs/strategie"


def test_other_languages_of_the_page_are_kept_in_canonical_form():
    stated = {"en": f"{HOME}/en/strategy/?utm_source=x", "de-AT": "//portal.example/de/strategie", "cs": URL + "/"}
    assert variants_of(stated, URL) == {"de-at": f"{HOME}/de/strategie", "en": f"{HOME}/en/strategy"}


def test_what_a_language_switch_writes_is_left_out():
    assert variants_of({"x-default": f"{HOME}/en/strategy"}, URL) == {}
    assert variants_of({"en": f"{HOME}/", "fr": "no address at all", "not a language": f"{HOME}/de/x"}, URL) == {}
    one_page = f"{HOME}/international"
    assert variants_of({"en": one_page, "fr": one_page}, URL) == {}


def test_one_address_for_two_regions_of_a_language_stays():
    assert set(variants_of({"en-gb": f"{HOME}/en/a", "en-ie": f"{HOME}/en/a"}, URL)) == {"en-gb", "en-ie"}


@given(
    st.dictionaries(st.sampled_from(["en", "de", "fr", "sr-Latn", "x", "??"]), st.text(max_size=40).map(lambda t: f"https://a.example/{t}"))
)
def test_variants_are_canonical_and_never_the_page_itself(stated):
    found = variants_of(stated, "https://a.example/own")
    assert all(canonical(address) == address != "https://a.example/own" for address in found.values())


def test_the_pipeline_types_them():
    def row(number: int, **more) -> dict:
        return {"record_id": str(number), "title": f"Strategie {number}", "url": f"{HOME}/cs/{number}", **more}

    typed = normalise(
        pd.DataFrame(
            [
                row(1, alternates={"en": f"{HOME}/en/1"}),
                row(2, alternates=json.dumps({"en": f"{HOME}/en/2"})),
                row(3, alternates={"en": f"{HOME}/en/news"}),
                row(4, alternates={"en": f"{HOME}/en/news"}),
                row(5, alternates={"en": f"{HOME}/en/5"}, shared_page="true"),
                row(6),
            ]
        )
    )
    assert typed["url_variants"].tolist() == [f'{{"en":"{HOME}/en/1"}}', f'{{"en":"{HOME}/en/2"}}', None, None, None, None]
    assert json.loads(typed["provenance"][0])["url_variants"]["rule"] == "urls.hreflang"
    assert "several listings name them" in typed["issues"][2]
