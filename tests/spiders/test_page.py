"""Pages: text from any encoding, addresses as names."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders import page as addresses
from spiders.errors import HarvestError
from spiders.page import Page, decode, joined, json_of, public_url, url_key


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


#: pieces of addresses, so put together that many are plain and many nearly are
_PIECES = st.lists(
    st.sampled_from(
        ["http://", "https://", "HTTP://", "http://x.test/a", "/a/b", "www.", "x.test", "X.Test", ":80", ":8080", ":x", "%C5%A1"]
    )
    | st.sampled_from(["//", "/.", "/..", "%C5%A1", "jsessionid=1", "PHPSESSID=2", "utm_source=n", *"/.?#;:@[]%&=aBé \u00a0\t\n\x00\x7f"]),
    max_size=7,
).map("".join)


@settings(max_examples=1000, deadline=None)
@given(_PIECES)
def test_the_short_way_with_plain_addresses_is_the_long_one(url):
    for short, long in ((public_url, addresses._public), (url_key, addresses._key)):
        try:
            expected = long(url)
        except ValueError:
            with pytest.raises(ValueError):
                short(url)
        else:
            assert short(url) == expected


@settings(max_examples=1000, deadline=None)
@given(
    st.sampled_from(["http://x.test", "https://X.test/a/b?c=/d", "http://x.test:8080/a/", "http://u:p@x.test/a", "http://é.test/a;b/c?"]),
    _PIECES,
    st.sampled_from([b"", b"<base href='/deep/'>", b"<p><BASE href='http://y.test'>", b"<base target=x>"]),
)
def test_addresses_on_a_page_are_joined_as_the_standard_says(url, href, head):
    page = Page(url, 200, {}, head)
    assert page.join(href) == joined(page.base, href.strip())


def test_base_is_looked_for_in_markup_only():
    assert (
        Page("http://x.test/a", 200, {}, b"<p><!-- <base href='/no/'> --><BASE target=x><Base Href='/yes/'>").join("c")
        == "http://x.test/yes/c"
    )
    assert Page("http://x.test/a", 200, {}, b'{"html": "a basement"}').join("c") == "http://x.test/c"


@pytest.mark.parametrize("level", ["<div>", "<p></p><div>", "text<!-- note --><b></b><div>", "<div></div>and<div>"])
def test_deep_pages_are_refused(level):
    assert Page("http://x.test/", 200, {}, level.encode() * 490).tree.body is not None
    with pytest.raises(HarvestError, match="nests deeper"):
        _ = Page("http://x.test/", 200, {}, level.encode() * 510).tree


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
