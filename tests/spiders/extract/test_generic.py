"""Extraction without selectors: titles, facts boxes of every markup and language, metadata; navigation left out."""

from __future__ import annotations

import pytest

from spiders.errors import HarvestError
from spiders.extract.generic import extract_page
from spiders.extract.labels import dictionary, field_for
from spiders.extract.nodes import clean_label, selector

URL = "https://www.portal.test/projekty/digi"
TEXT = "<p>" + "The programme equips schools with devices and trains teachers in digital pedagogy. " * 8 + "</p>"


def page(body, *, head="<title>Digital School Plan | Ministry</title>", lang="en"):
    return (
        f"<!doctype html><html lang='{lang}'><head>{head}</head><body><header><h1>Ministry</h1></header>"
        "<nav><ul><li><a href='/'>Duration</a>: never</li><li><b>Budget:</b> menu</li></ul></nav>"
        f"<main>{body}{TEXT}</main><footer><p>Contact: x</p><p>Status: footer</p></footer></body></html>"
    )


def one(html):
    (listing,) = extract_page(html, URL)
    return listing


@pytest.mark.parametrize(
    "markup",
    [
        "<dl><dt>Duration:</dt><dd>2020–2024</dd><dt>Budget</dt><dd>EUR 3 million</dd></dl>",
        "<table><tr><th>Duration</th><td>2020–2024</td></tr><tr><th>Budget</th><td>EUR 3 million</td></tr></table>",
        "<table><tr><td>Duration</td><td>2020–2024</td></tr><tr><td>Budget</td><td>EUR 3 million</td></tr></table>",
        "<p><strong>Duration:</strong> 2020–2024<br><strong>Budget:</strong> EUR 3 million</p>",
        "<ul><li>Duration: 2020–2024</li><li>Budget: EUR 3 million</li></ul>",
        "<div class='field'><div class='field__label'>Duration</div><div class='field__item'>2020–2024</div></div>"
        "<div class='field'><div class='field__label'>Budget</div><div class='field__item'>EUR 3 million</div></div>",
        "<div><span class='key'>Duration</span><span>2020–2024</span></div>"
        "<div><span class='key'>Budget</span><span>EUR 3 million</span></div>",
        "<h3>Duration</h3><p>2020–2024</p><h3>Budget</h3><p>EUR 3 million</p>",
        "<aside><h4>Duration</h4><div>2020–2024</div><h4>Budget</h4><div>EUR 3 million</div></aside>",
        "<div><p><b>Duration</b></p><p>2020–2024</p><p><b>Budget</b></p><p>EUR 3 million</p></div>",
        "<p>Duration: 2020–2024</p><p>Budget: EUR 3 million</p>",
    ],
)
def test_facts_of_every_markup(markup):
    listing = one(page(f"<h1>Digital School Plan</h1>{markup}"))
    assert (listing.title, listing.period, listing.budget) == ("Digital School Plan", "2020–2024", "EUR 3 million")
    assert listing.state is None
    assert listing.sources["period"] == "label Duration"
    assert "trains teachers" in listing.description


LABELS = """
bg Период Бюджет; cs Období Rozpočet; da Projektperiode Budget; de Laufzeit Fördersumme; el Διάρκεια Προϋπολογισμός; en Period Funding
es Duración Presupuesto; et Kestus Eelarve; fi Kesto Budjetti; fr Durée Montant; ga Tréimhse Buiséad; hr Trajanje Proračun
hu Időtartam Költségvetés; it Durata Finanziamento; lt Trukmė Biudžetas; lv Ilgums Finansējums; mt Perjodu Baġit; nl Looptijd Begroting
pl Okres Budżet; pt Duração Orçamento; ro Durata Buget; sk Trvanie Rozpočet; sl Trajanje Sredstva; sv Löptid Finansiering
ca Durada Pressupost; eu Iraupena Aurrekontua; gl Duración Orzamento; nb Varighet Budsjett; is Tímabil Fjárhagsáætlun
"""


@pytest.mark.parametrize("row", [row.strip() for line in LABELS.strip().splitlines() for row in line.split(";")])
def test_labels_of_every_language(row):
    lang, first, second = row.split()
    listing = one(page(f"<h1>Name</h1><dl><dt>{first}</dt><dd>2021</dd><dt>{second.upper()}:</dt><dd>5 mil.</dd></dl>", lang=lang))
    assert (listing.period, listing.budget, listing.language) == ("2021", "5 mil.", lang)


def test_a_word_means_what_it_means_in_the_page_s_language():
    assert field_for("Kraj", None, "cs") == "place"
    assert field_for("Kraj", None, "hr") == "end"
    assert field_for("kraj", None, "pl-PL") == "country"
    assert field_for("Země", None, "en") == "country"
    assert field_for("Frobnication") is None
    assert field_for("Frobnication", {"frobnication:": "budget"}) == "budget"
    assert len(dictionary()) > 3000


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Plan A | Ministry</title>", "<h1>Plan A</h1>", "Plan A"),
        ("<title>Ministry - Plan A for all schools</title><meta property='og:site_name' content='Ministry'>", "", "Plan A for all schools"),
        ("<title>Plan A for all schools – Ministry</title>", "", "Plan A for all schools"),
        ("<title>x</title><meta property='og:title' content='Plan A'>", "<h1></h1>", "Plan A"),
        ("<title>Plan A 2020-30: e | Ministry</title>", "<h1>News</h1><h1>Plan A 2020-30: e</h1>", "Plan A 2020-30: e"),
        ("", "<article><header><h1>Plan A</h1></header></article>", "Plan A"),
        ("", "<h2>Plan A</h2>", "Plan A"),
        ('<script type="application/ld+json">{"@type":"Project","name":"Plan A"}</script>', "", "Plan A"),
    ],
)  # fmt: skip
def test_titles(head, body, title):
    html = f"<html><head>{head}</head><body>{body}{TEXT}</body></html>"
    assert one(html).title == title


def test_metadata_and_json_ld():
    head = """<title>T</title><link rel=canonical href="/p/1"><link rel=alternate hreflang=cs href="/cs/1">
    <meta property="article:published_time" content="2024-01-02"><meta name="keywords" content="AI, schools">
    <script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Site"},
    {"@type": "ResearchProject", "name": "T", "startDate": "2021-05", "endDate": "2023",
    "funder": [{"@type": "Organization", "name": "Agency"}],
    "author": {"@type": "Person", "name": "E M"}}]}</script>
    <script type="application/ld+json">{ broken</script>"""
    listing = one(page("<h1>T</h1>", head=head))
    assert (listing.start, listing.end, listing.organisation, listing.topic) == ("2021-05", "2023", "Agency", "AI, schools")
    assert (listing.published, listing.canonical_url) == ("2024-01-02", "https://www.portal.test/p/1")
    assert listing.alternates == {"cs": "https://www.portal.test/cs/1"}
    assert "E M" not in str(listing.as_dict())


def test_personal_data_and_empty_pages():
    listing = one(page("<h1>T</h1><dl><dt>Contact person</dt><dd>Erika M</dd><dt>Budget</dt><dd>ask e@example.org</dd></dl>"))
    assert listing.labels == {"Budget": ["ask [redacted]"]}
    assert extract_page("", URL) == []
    assert extract_page(b"\x00\xff" * 50, URL) == []
    assert extract_page("<div>" * 300, URL) == []


PIECES = [" ", "\n", "> ", "<", "</", "@", "a@", "a@a.", "+1", "+1 ", "tel ", "Tel:", "&#", "(at) ", ">Kontakt: ", "<b>", "<b><i>", "<div>"]
PIECES += [
    "<dt>Budget",
    "<li>Budget: ",
    "|",
    "<meta name=author ",
    '{"a":',
    "<h1>a",
    "<time datetime=1>",
    "<table><tr><td>",
    "<dl><dt>Budget<dd>",
]


@pytest.mark.timeout(100)
@pytest.mark.parametrize("piece", PIECES)
def test_hostile_pages_take_time_that_grows_with_their_length_only(piece):
    """A quarter of a megabyte of one piece: patterns that try every pair of places would need hours, recursion would end the process."""
    many = piece * (250_000 // len(piece))
    for html in (many, f"<html><body><h1>Plan</h1><p>{many}</p></body></html>"):
        try:
            extract_page(html, URL)
        except HarvestError as e:
            assert "nests deeper" in str(e) or "never closes" in str(e)


@pytest.mark.parametrize(
    ("text", "css", "attr"),
    [
        ("h1", "h1", None),
        ("a.x@href", "a.x", "href"),
        ("::self@id", "::self", "id"),
        ("@id", "::self", "id"),
        ('a[href*="@"]', 'a[href*="@"]', None),
    ],
)
def test_selectors(text, css, attr):
    assert (selector(text).css, selector(text).attr) == (css, attr)


def test_clean_label():
    assert clean_label(" Laufzeit :\n") == "Laufzeit"
