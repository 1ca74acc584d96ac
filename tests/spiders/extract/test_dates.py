"""Dates that stand in a page's text or address alone: found beside the title, copied as written, nothing else taken for one."""

from __future__ import annotations

import pytest

from spiders.extract.days import days_in
from spiders.extract.generic import extract_page

URL = "https://www.portal.test/news/plan"
TEXT = "<p>" + "The programme equips schools with devices and trains teachers in digital pedagogy. " * 8 + "</p>"
OTHERS = "<section class='related'><article><h3>Other</h3><time datetime='2019-09-09'>9.9.2019</time></article></section>"
COMMENTS = "<div id='comments'><p class='date'>1.1.2018</p></div><footer>Copyright 3.3.2017</footer>"


def one(body, *, url=URL, head=""):
    html = f"<html><head><title>Plan</title>{head}</head><body><nav>2.2.2016</nav><main>{body}</main>{OTHERS}{COMMENTS}</body></html>"
    (listing,) = extract_page(html, url)
    return listing


@pytest.mark.parametrize(
    ("body", "day", "source"),
    [
        ("<h1>Plan</h1><p itemprop='datePublished' content='2021-05-12T10:00:00Z'>12.5.</p>", "2021-05-12T10:00:00Z", "p datepublished"),
        ("<h1>Plan</h1><abbr class='published' title='2021-05-12'>May 12</abbr>", "2021-05-12", "abbr published"),
        ("<h1>Plan</h1><p>Veröffentlicht am 12. Mai 2021 von der Redaktion</p>", "12. Mai 2021", "text after Veröffentlicht am"),
        ("<h1>Plan</h1><p>x</p><span>Opublikowano</span> <b>12.05.2021</b>", "12.05.2021", "text after Opublikowano"),
        ("<h1>Plan</h1><time datetime='2021-05-12'>yesterday</time>", "2021-05-12", "time@datetime"),
        ("<h1>Plan</h1><time>12 mai 2021</time>", "12 mai 2021", "time"),
        ("<div class='post-date'>12.5.21</div><h1>Plan</h1>", "12.5.21", "div post-date"),
        ("<h1>Plan</h1><div class='entry-meta'>by the office | May 12th, 2021 | News</div>", "May 12th, 2021", "div entry-meta"),
        ("<p>12 de mayo de 2021</p><h1>Plan</h1>", "12 de mayo de 2021", "text beside the title"),
        ("<h1>Plan</h1><p>(Praha, 12. května 2021) Ministerstvo …</p>", "12. května 2021", "text beside the title"),
        ("<form><h1>Plan</h1><p>12.5.2021</p></form>", "12.5.2021", "text beside the title"),
        ("<h1>Plan</h1><article><p>…</p><footer class='node__meta'><span class='date'>12.5.2021</span></footer></article>",
         "12.5.2021", "footer node__meta"),
    ],
)  # fmt: skip
def test_a_day_in_the_text(body, day, source):
    listing = one(body + TEXT)
    assert (listing.published, listing.sources.get("published")) == (day, source)


def test_of_several_the_most_trusted_and_then_the_nearest():
    body = "<p class='date'>1.1.2020</p><h1>Plan</h1><p>x</p><p class='date'>2.2.2020</p><p>Published on 3.3.2020</p>"
    listing = one(body.replace("<p>Published on 3.3.2020</p>", ""))
    assert listing.published == "2.2.2020"
    assert one(body).published == "3.3.2020"
    assert one("<h1>Plan</h1><p class='date'>1.1.2020</p>", head="<meta name='dc.date' content='2021-05-12'>").published == "2021-05-12"
    head = "<meta name='dcterms.issued' content='2021'><meta name='pubdate' content='2021-05-12'>"
    assert one("<h1>Plan</h1>", head=head).sources["published"] == "meta pubdate"


def test_the_day_of_a_change_is_no_publication():
    listing = one("<h1>Plan</h1><p>Letzte Änderung: 12.5.2021, 10 Uhr</p>")
    assert (listing.published, listing.modified) == (None, "12.5.2021, 10 Uhr")
    listing = one("<h1>Plan</h1><div><p class='updated'>12.5.2021</p></div>")
    assert (listing.published, listing.modified) == (None, "12.5.2021")


def test_the_address():
    listing = one("<h1>Plan</h1>", url="https://www.portal.test/2021/05/12/plan")
    assert (listing.published, listing.sources["published"]) == ("2021/05/12", "address")
    for url in ("https://www.portal.test/2021/13/12/plan", "https://www.portal.test/2021/05/plan", "https://portal.test/a?x=2021/05/12"):
        assert one("<h1>Plan</h1>", url=url).published is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>1.5.2020 – 31.12.2023</p>",
        "<p>12.–14. Mai 2021</p>",
        "<p>from 3 schools 2021</p>",
        "<p>Version 1.2.21</p>",
        f"<div>{'<p>word</p>' * 40}<p>12.5.2021</p></div>",
        f"<p>{'In the valley the schools began to work together, and ' * 3} on 12.5.2021 they met.</p>",
    ],
)
def test_what_is_no_day_of_publication(body):
    assert one(f"<h1>Plan</h1>{body}{TEXT}").published is None


DAYS = """
2021-05-12; 2021/5/12; 2021. 05. 12.; 12.5.2021; 12. 5. 2021; 12/05/2021; 12-05-2021; 12. 5. 21; 2021-05-12T08:00:00+02:00; 20210512T080000Z
12 май 2021; 12. května 2021; 12. maj 2021; 12. Mai 2021; 12 Μαΐου 2021; 12 May 2021; May 12, 2021; 12th of May 2021; 12 de mayo de 2021
12. mai 2021; 12. toukokuuta 2021; 12 mai 2021; 1er mars 2021; 12 Bealtaine 2021; 12. svibnja 2021; 2021. május 12.; 12 maggio 2021
2021 m. gegužės 12 d.; 2021. gada 12. maijs; 12 ta’ Mejju 2021; 12 mei 2021; 12 maja 2021; 12 de maio de 2021; 12. mája 2021; 12. maja 2021
12 maj 2021; 12 de maig de 2021; 12 d’abril de 2021; 2021ko maiatzaren 12a; 12. maí 2021; 12 Sept. 2021; 12-Oct-2021
"""


@pytest.mark.parametrize("day", [d.strip() for line in DAYS.strip().splitlines() for d in line.split(";")])
def test_days_in_every_language(day):
    for text in (day, f"x {day}, y", f"({day})"):
        assert [m[0].rstrip(".") for m in days_in(text)] == [day.rstrip(".")]


@pytest.mark.parametrize(
    "text",
    ["2021", "May 2021", "12.13.2021x", "32.5.2021", "1.5.2020 bis 3.6.2021", "1 May 2020 - 3 June 2021", "Act 12/2021"],
)
def test_no_days(text):
    assert not list(days_in(text))
