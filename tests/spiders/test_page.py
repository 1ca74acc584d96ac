"""Pages: text from any encoding, addresses as names."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.errors import HarvestError
from spiders.page import Page, decode, json_of, public_url, url_key


@pytest.mark.parametrize(
    ("body", "declared", "languages", "text"),
    [
        ("Škola".encode(), None, (), "Škola"),
        ("Škola".encode(), "text/html; charset=iso-8859-1", (), "Škola"),
        ("Škola".encode("cp1250"), "text/html; charset=windows-1250", (), "Škola"),
        ("Škola žáků".encode("cp1250"), None, ("cs",), "Škola žáků"),
        ("Škola žáků".encode("cp1250"), "text/html; charset=utf-8", ("cs",), "Škola žáků"),
        ("Σχολείο".encode("cp1253"), None, ("el",), "Σχολείο"),
        ("Größe".encode("latin-1"), "text/html; charset=iso-8859-1", ("de",), "Größe"),
        ("Größe".encode("latin-1"), None, (), "Größe"),
        (b'<meta charset="iso-8859-2">' + "Škola".encode("iso-8859-2"), None, (), '<meta charset="iso-8859-2">Škola'),
        ("Škola".encode("utf-16"), None, (), "Škola"),
        ("\ufeffŠkola".encode(), "text/html; charset=iso-8859-1", (), "Škola"),
        ("Škola a žáci".encode() + b"\xff tail", "text/html; charset=utf-8", ("cs",), "Škola a žáci\ufffd tail"),
        (b"plain", "text/html; charset=no-such-thing", (), "plain"),
    ],
)
def test_decode(body, declared, languages, text):
    assert decode(body, declared, languages) == text


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([None, "text/html; charset=utf-8", "text/html; charset=windows-1251", "text/html; charset=x"])
)
def test_any_bytes_are_text(body, declared):
    assert isinstance(decode(body, declared, ("cs",)), str)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://x.test/a#part", "http://x.test/a"),
        ("http://x.test/a;jsessionid=1F?x=1", "http://x.test/a?x=1"),
        ("http://x.test/a?PHPSESSID=9&b=2", "http://x.test/a?b=2"),
        ("http://x.test/a?sid=9", "http://x.test/a"),
        ("http://x.test/a?utm_source=n&b=%C5%A1", "http://x.test/a?utm_source=n&b=%C5%A1"),
        ("http://x.test/Á b", "http://x.test/Á b"),
    ],
)
def test_public_url(url, public):
    assert public_url(url) == public
    assert public_url(public) == public


def test_spellings_of_one_address():
    spellings = ["https://www.x.test/a/?b=2&a=1", "http://x.test/a?a=1&b=2&utm_source=n", "http://x.test:80/a?a=1&b=2#top"]
    assert len({url_key(u) for u in spellings}) == 1
    assert url_key("http://x.test:8080/a") != url_key("http://x.test/a")
    assert url_key("http://x.test/a?id=1") != url_key("http://x.test/a?id=2")


def test_json_and_base():
    assert Page("u", 200, {}, b'\xef\xbb\xbf{"a": 1}').json == {"a": 1}
    with pytest.raises(HarvestError, match="is no JSON"):
        _ = Page("http://x.test/a", 200, {}, b"<html>").json
    with pytest.raises(HarvestError, match="is no JSON"):
        _ = Page("http://x.test/a", 200, {}, b"[" * 100_000).json
    page = Page("http://x.test/a/b", 200, {"Content-Type": "Text/HTML; charset=utf-8"}, b"<base href='/deep/'><a href='c'>")
    assert page.join("c#x") == "http://x.test/deep/c"
    assert page.content_type == "text/html"


def test_half_a_character_of_a_json_text_does_no_harm():
    said = json_of(r'{"title": "Learn 😀 more", "cut": "Learn \ud83d", "turned": "\ude00\ud83d!", "plain": "\\ud83d"}')
    assert said == {"title": "Learn 😀 more", "cut": "Learn \ufffd", "turned": "\ufffd\ufffd!", "plain": "\\ud83d"}
    json.dumps(said, ensure_ascii=False).encode()


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_any_json_is_read_as_it_is(value):
    assert json_of(json.dumps(value)) == value
