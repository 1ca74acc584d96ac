"""Canonical addresses: one form, never changed again, never an exception."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.normalise.steps import intake
from transforms.normalise.urls import canonical, canonical_many, page_key, urls_step
from transforms.normalise.values import Refusal

SAME = [
    ("HTTP://Www.Example.ORG:80/a/../b/./c/index.html?utm_source=x&b=2&a=1#top", "https://www.example.org/b/c?a=1&b=2"),
    ("https://example.org", "https://example.org/"),
    ("//example.org/x/", "https://example.org/x"),
    ("example.org/x?fbclid=abc", "https://example.org/x"),
    ("https://m.example.org/x", "https://example.org/x"),
    ("https://example.org/news/amp/", "https://example.org/news"),
    ("https://example.org/artikel.amp.html", "https://example.org/artikel.html"),
    ("https://example.org/x?print=1&id=3", "https://example.org/x?id=3"),
    ("https://example.org/x;jsessionid=1A2B?id=3", "https://example.org/x?id=3"),
    ("https://example.org/app/#!/plans/7", "https://example.org/app#!/plans/7"),
    ("https://example.org/?PHPSESSID=12&page=2", "https://example.org/?page=2"),
    ("https://example.org/%7euser/%c3%bc", "https://example.org/~user/%C3%BC"),
    ("https://example.org/~user/ü", "https://example.org/~user/%C3%BC"),
    ("https://münchen.example.org/", "https://xn--mnchen-3ya.example.org/"),
    ("https://digital-skills-jobs.ec.europa.eu/en/x", "https://digital-skills-jobs.europa.eu/en/x"),
    ("https://youtu.be/abc", "https://www.youtube.com/watch?v=abc"),
    ("<https://example.org/a b>", "https://example.org/a%20b"),
    ("https://example.org/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2"),
    ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
    ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
    ("https://example.org/old?q=%e4", "https://example.org/old?q=%E4"),
]


@pytest.mark.parametrize(("url", "wanted"), SAME)
def test_one_form(url, wanted):
    assert canonical(url) == wanted


@pytest.mark.parametrize(
    "url",
    ["", "  ", None, "mailto:contact@example.org", "javascript:void(0)", "n/a", "http://",
     "https://[bad", "http://x.org:99999/", "http://exa mple.org",
     "siehe Webseite", "https://" + "a" * 5000 + ".org", "https://-.org/", "ftp://example.org/x", "http:///path"],
)  # fmt: skip
def test_dirt_is_refused(url):
    found = canonical(url)
    assert isinstance(found, Refusal)
    assert found.reason


def test_key_joins_what_may_differ():
    assert page_key("http://www.Example.org/Plan/") == page_key("https://example.org/plan")
    assert page_key("https://example.org/plan?id=1") != page_key("https://example.org/plan?id=2")


HOSTS = st.sampled_from(
    [
        "example.org",
        "WWW.Example.org:443",
        "m.bücher.example",
        "a.b.example.org:8080",
        "127.0.0.1",
        "[::1]:80",
        "youtu.be",
        "amp.m.example.org",
    ]
)
SEGMENTS = st.sampled_from(
    [
        "a",
        "..",
        ".",
        "",
        "%2e%2E",
        "ü",
        "%fc",
        "b c",
        "%2F",
        "index.html",
        "INDEX.PHP",
        "amp",
        "x.amp.html",
        "%",
        "x;sid=3",
        "~",
        "%25",
        "+",
        "&amp;",
        "print",
    ]
)
PARAMETERS = st.sampled_from(
    [
        "a=1",
        "utm_source=x",
        "b",
        "=",
        "",
        "a=%26",
        "a=ü",
        "a=%FF",
        "print=1",
        "q=a+b",
        "view=print",
        "view=list",
        "c=d=e",
        "?",
        "%",
        "a=%2525",
    ]
)


@st.composite
def urls(draw):
    path = "/".join(draw(st.lists(SEGMENTS, max_size=5)))
    query = "&".join(draw(st.lists(PARAMETERS, max_size=4)))
    fragment = draw(st.sampled_from(["", "#top", "#/route/x", "#!/a b/", "#%2F", "#!/%ff?x"]))
    return f"{draw(st.sampled_from(['http://', 'HTTPS://', '//']))}{draw(HOSTS)}/{path}{'?' + query if query else ''}{fragment}"


@given(urls())
@settings(max_examples=400, deadline=None)
def test_fixed_point(url):
    once = canonical(url)
    assert isinstance(once, str), once
    assert canonical(once) == once
    assert "utm_" not in once and " " not in once and once.isascii()


@given(st.text(max_size=60) | st.text(alphabet="htps:/.?#&=%2eF[]@;-_ax ", max_size=40).map(lambda t: "http://" + t))
@settings(max_examples=400, deadline=None)
@example("http://a.b/\udcff")
@example("http://a.b/%")
@example("https://xn--/")
def test_never_raises_and_never_drifts(text):
    once = canonical(text)
    if isinstance(once, str):
        assert canonical(once) == once


def test_many_keeps_order():
    assert canonical_many(["example.org/b", None, "example.org/b"])[0::2] == ["https://example.org/b"] * 2


def test_step():
    rows = [
        {"record_id": "1", "title": "t", "url": "http://example.org/a?utm_source=x", "canonical_url": "https://example.org/b",
         "official_url": "http://plan.example.org/"},
        {"record_id": "2", "title": "t", "url": "http://example.org/a", "canonical_url": "https://example.org/",
         "official_url": "see there"},
        {"record_id": "3", "title": "t", "url": "http://example.org/c", "canonical_url": "https://other.example.org/b",
         "official_url": "https://example.org/c/"},
    ]  # fmt: skip
    out = urls_step(intake(pd.DataFrame(rows)), {})
    assert out["url"].tolist() == ["https://example.org/b", "https://example.org/a", "https://example.org/c"]
    assert out["official_url"].tolist() == ["https://plan.example.org/", None, None]
    assert "no web address" in out["issues"].tolist()[1]
