"""Prose becomes filler of the same length and script; markup, names, dates and amounts stay."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.filler import anonymous, filler, in_html, is_prose

PROSE = "Das Programm unterstützt alle Schulen des Landes bei der Arbeit mit digitalen Medien."
LETTERS = st.text(st.sampled_from("abzÄßøčžşαβψωжщяё ,.-'0123456789€&;:[]()\n"), max_size=200)


def shape(text: str) -> list[tuple[str, bool]]:
    return [(unicodedata.name(c, "?").split()[0] if c.isalpha() else c, c.isupper()) for c in text]


@given(LETTERS)
def test_length_script_and_case_stay(text):
    assert shape(filler(text)) == shape(text)


@given(LETTERS)
def test_markup_around_any_text_stays(text):
    page = f"<p class='x'>{text} <b>{text}</b></p><!-- more --><h2>{text}</h2>"
    assert re.findall(r"<[^>]*>", in_html(page)) == re.findall(r"<[^>]*>", page)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Der Plan gilt vom 1. März 2020 bis Ende 2024 in allen Schulen.", "1. März 2020 bis Ende 2024"),
        ("Dafür stehen insgesamt 5 Mio. Euro bereit, also viel Geld.", "5 Mio. Euro"),
        ("Το πρόγραμμα διαρκεί έως τον Ιούνιο 2026 σε όλα τα σχολεία.", "έως τον Ιούνιο 2026".partition(" ")[2]),
        ("Mehr davon steht unter https://example.org/programm zum Lesen bereit.", "https://example.org/programm"),
        ("Wer fragen will, schreibt an [redacted] und wartet.", "[redacted]"),
    ],
)
def test_dates_amounts_and_addresses_stay(text, kept):
    assert kept in filler(text)
    assert filler(text) != text


def test_the_same_word_is_always_the_same_word():
    assert filler("Schule und Schule") == " ".join([*filler("Schule und").split(), filler("Schule")])


def test_prose_is_told_from_names():
    assert is_prose("Das Programm unterstützt alle Schulen.")
    assert is_prose("Inhalt: Das Programm unterstützt alle Schulen.")
    assert not is_prose("Träger: Ministerium für Bildung und Kultur des Landes")
    assert not is_prose("Strategie zur Digitalisierung der Schulen")


def test_a_page_keeps_what_is_read_from_it():
    page = f"""<html><head><title>Strategie</title><meta name="description" content="{PROSE}"><style>p{{}}</style>
<script>track("{PROSE}")</script><script type="application/ld+json">{{"name": "Plan", "description": "{PROSE}"}}</script>
</head><body><!-- {PROSE} --><h1>Ein langer Name, der stehen bleibt, weil eine Überschrift ein Name und kein Satz ist</h1>
<p>Das <b>Programm</b> hilft allen Schulen.</p><dl><dt>Laufzeit</dt><dd>2020 bis 2024</dd><dt>Träger</dt><dd>Ministerium</dd></dl>
<ul><li><a href="/a">Ein Eintrag der Liste mit sehr vielen Wörtern in seinem langen Titel, wie es vorkommt</a></li></ul></body></html>"""
    made = anonymous(page.encode(), "text/html").decode()
    assert len(re.findall(r"<", made)) == len(re.findall(r"<", page))
    for kept in ("<title>Strategie</title>", "weil eine Überschrift ein Name", "<dd>2020 bis 2024</dd>", "Liste mit sehr vielen", '"Plan"'):
        assert kept in made, kept
    for gone in ("unterstützt", "hilft", "<b>Programm</b>", "track"):
        assert gone not in made, gone
    assert re.search(rf'name="description" content="[^"]{{{len(PROSE)}}}"', made)


@pytest.mark.parametrize("kind", ["application/json", ""])
def test_json_keeps_titles(kind):
    entry = {"title": {"rendered": "Plan"}, "content": {"rendered": f"<p>{PROSE}</p>"}, "date": "2025-01-01T00:00:00", "n": 3, "t": True}
    made = json.loads(anonymous(json.dumps([entry]).encode(), kind))[0]
    assert (made["title"], made["date"], made["n"], made["t"]) == ({"rendered": "Plan"}, entry["date"], 3, True)
    assert made["content"]["rendered"].startswith("<p>") and "unterstützt" not in made["content"]["rendered"]


def test_feeds_in_any_packing():
    feed = f"""<?xml version="1.0"?><rss><channel><item><title>Plan 2030</title><pubDate>Wed, 12 Nov 2025 10:00:00 GMT</pubDate>
<description>&lt;p&gt;{PROSE}&lt;/p&gt;</description><content:encoded><![CDATA[<p>{PROSE}</p>]]></content:encoded></item></channel></rss>"""
    made = anonymous(feed.encode(), "application/rss+xml").decode()
    assert "unterstützt" not in made
    assert "<title>Plan 2030</title>" in made and "Wed, 12 Nov 2025 10:00:00 GMT" in made
    assert "&lt;p&gt;" in made and "<![CDATA[<p>" in made
    assert len(made) == len(feed)


def test_lines_of_a_table_and_of_turtle():
    table = f'id;title;text\n1;Plan;"{PROSE}"\n2;Programm;{PROSE}\n'
    made = anonymous(table.encode(), "text/csv").decode()
    assert made.startswith('id;title;text\n1;Plan;"') and "\n2;Programm;" in made and "unterstützt" not in made
    turtle = f'<http://x.test/1> dct:title "Plan"@de ; dct:description """{PROSE}"""@de .'
    made = anonymous(turtle.encode(), "text/turtle").decode()
    assert '"Plan"@de' in made and made.endswith('"""@de .') and "unterstützt" not in made


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"PK\x03\x04\x00\x00"])
def test_what_is_no_text_is_refused(body):
    with pytest.raises(ValueError):
        anonymous(body, "application/octet-stream")
