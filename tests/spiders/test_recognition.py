"""A listing is recognised wherever it is shown, linked or repeated, and its neighbours are not taken for it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.recognition import Recognition

TITLE = "Škola pro 21. století & dál"
TEXT = "<p>První věta o škole, která je dost dlouhá.</p><p>Druhá věta o učitelích i žácích napříč kraji.</p>"
SEEN = Recognition(["cz-a:post-12"], ["portal.cz/projekty/skola-21", "portal.cz/entry?id=12&lang=cs"], [TITLE, TEXT])


@pytest.mark.parametrize(
    "text",
    [
        f"<h1>{TITLE}</h1>",
        "<title>Škola pro 21. století &amp;amp; dál - portál</title>",
        '<meta property="og:title" content="ŠKOLA  PRO\n21. století &amp; dál">',
        "Škola <b>pro 21.</b> století &amp; <i>dál</i>",
        json.dumps({"title": {"rendered": TITLE}}),
        "druhá věta o učitelích&nbsp;i žácích napříč kraji",
        '<a href="/projekty/skola-21">dále</a>',
        '<a href="http://www.portal.cz/projekty/skola-21/">dále</a>',
        json.dumps({"link": "https://portal.cz/projekty/skola-21"}).replace("/", "\\/"),
        '<loc>https://portal.cz/projekty/skola%2D21</loc>',
        '<a href="/entry?lang=cs&amp;utm_source=x&amp;id=12">',
        '{"record_id": "cz-a:post-12"}',
        "HTTP/1.1 301 Moved\r\nLocation: /projekty/skola-21",
    ],
)  # fmt: skip
def test_it_is_seen(text):
    assert SEEN.mentioned(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '<a href="/projekty/skola-210">jiná</a>',
        '<a href="/projekty/skola-21/dalsi">jiná</a>',
        '<a href="/stare/projekty/skola-21">jiná</a>',
        '<a href="/entry?id=120&lang=cs">',
        "Škola pro 20. století",
        "První věta.",
        '<a href="/">domů</a>',
    ],
)
def test_its_neighbours_are_not(text):
    assert not SEEN.mentioned(text)


def test_the_top_of_a_host_and_short_words_prove_nothing():
    seen = Recognition([], ["portal.cz"], ["Digi"])
    assert not seen.mentioned('<a href="https://portal.cz/">Digi</a>')


@given(st.text(alphabet=st.characters(categories=("L", "N", "Zs", "P")), min_size=30), st.sampled_from(["html", "json", "url", "case"]))
def test_no_writing_hides_a_text(text, way):
    import html
    from urllib.parse import quote

    seen = Recognition([], [], [text])
    written = {"html": html.escape(text), "json": json.dumps(text), "url": quote(text), "case": text.upper().lower()}[way]
    if seen.words and way != "case":
        assert seen.mentioned(f"<p>{written}</p>")
