"""Personal data: what is taken out, and what is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.redact import MARK, redact_body, redact_text


@pytest.mark.parametrize(
    "text",
    [
        "jan.novak@msmt.test", "a (at) b (dot) hu", "info [at] example.org", "info&#64;example.org", "info&#x40;example.org", "x%40y.at",
        "&#105;nf&#111;&#64;exam&#112;le&#46;org", "mailto:someone@example.org?subject=x",
    ],
)  # fmt: skip
def test_addresses(text):
    clean = redact_text(f"<p>Write to {text} soon</p>")
    assert MARK in clean
    assert clean.startswith("<p>Write to ")
    assert clean.endswith(" soon</p>")
    for part in ("novak", "example", "exam", "y.at", " b "):
        assert part not in clean


@pytest.mark.parametrize(
    "text",
    [
        "+43 1 531 20-0", "+32 2 299 11 11", "Tel.: 01/53120-123", "Telefon 0664 1234567", "<th>Telefon</th><td>0664 1234567</td>",
        "<a href='tel:+431234567'>", "Puh. 029 533 1000", "тел. 02 921 7799", "Fax (0) 30 18 57-0", "&#43;49 30 18 57 0",
    ],
)  # fmt: skip
def test_telephone_numbers(text):
    clean = redact_text(text)
    assert MARK in clean
    assert not any(c.isdigit() and c not in "049#" for c in clean), clean


@pytest.mark.parametrize(
    "markup",
    [
        "<dt>Ansprechpartnerin</dt><dd>Dr. {}</dd>", "<dt>Kontaktní osoba:</dt>\n<dd><a href='x'>{}</a></dd>",
        "<p><strong>Autor:</strong> {}</p>",
        "<tr><td>Контакт</td><td>{}</td></tr>", "<span class='l'>Contact person</span>: {}<br>", "<th>YHTEYSHENKILÖ</th><td>{}</td>",
        '<meta name="author" content="{}">',
    ],
)  # fmt: skip
def test_labelled_names(markup):
    clean = redact_text(f"<html><body>{markup.format('Erika Muster')}</body></html>")
    assert "Muster" not in clean
    assert MARK in clean


def test_names_in_json_and_feeds():
    clean = json.loads(redact_body(json.dumps({"contact_person": "Erika M", "title": "Plan", "author": 3}).encode(), "application/json"))
    assert clean == {"contact_person": MARK, "title": "Plan", "author": 3}
    rss = redact_body(
        b"<rss><item><title>T</title><dc:creator><![CDATA[Erika M]]></dc:creator><author>x@y.at (Erika M)</author></item></rss>"
    )
    assert b"Erika" not in rss
    assert b"<title>T</title>" in rss


@pytest.mark.parametrize(
    "text",
    [
        "<li><a href='/k'>Kontakt</a></li></ul></nav><h1>Digitaler Plan 2025</h1>", "Laufzeit 2014-2020, Budget: +1 000 000 Kč",
        "@media (min-width: 100px) { a { b: c } }", "<p>Ziel: 10.000 Geräte bis 31.12.2025</p>", "1 234 567,89 EUR", "hotel 1234567890",
        "<time datetime='2024-01-01T00:00:00+02:00'>",
        "ISBN 978-3-16-148410-0", "Projekt 101087654", "C++ 11 12 13", "EUR 12+34 567 890 123",
    ],
)  # fmt: skip
def test_what_is_no_personal_data_stays(text):
    assert redact_text(text) == text


def test_binary_bodies_are_left_alone():
    body = b"%PDF a@b.at"
    assert redact_body(body, "application/pdf") == body


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(alphabet="abcxyz019._-", min_size=1, max_size=12), st.text(max_size=80))
def test_redaction_is_a_fixed_point_and_finds_every_address(before, name, after):
    text = f"{before} {name}@mail.example.org {after}"
    once = redact_text(text)
    assert f"{name}@mail" not in once
    assert redact_text(once) == once


def test_compressed_bodies_are_left_alone():
    import gzip
    import random

    for seed in range(30):
        body = gzip.compress(random.Random(seed).randbytes(4000), mtime=0)
        assert redact_body(body, "application/gzip") == body
        assert redact_body(body, "text/xml") == body
