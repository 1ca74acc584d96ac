"""Dates and periods: the conventions, what is refused, and that whatever CLDR writes is read back."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date, format_skeleton
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.normalise import dates_words
from transforms.normalise.dates import Period, figure_order, parse_many, parse_period, period_from_title
from transforms.normalise.values import Refusal

LOCALES = (
    "bg cs da de el en_GB es et fi fr ga hr hu it lt lv mt nl pl pt_PT ro sk sl sv nb nn is ca eu gl uk sr sr_Latn bs lb ru".split()  # noqa: SIM905
)


def said(text: str, language: str | None = None, country: str | None = None, role: str = "period") -> str:
    """Start and end as "2021-01-01 year .. 2027-12-31 year"; a refusal as "refused: reason"."""
    found = parse_period(text, language=language, country=country, role=role)  # type: ignore[arg-type]
    if isinstance(found, Refusal):
        return f"refused: {found.reason}"
    start = f"{found.start} {found.start_precision}" if found.start else ""
    end = f"{found.end} {found.end_precision}" if found.end else ""
    return f"{start} .. {end}".strip()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        # one day, month or year: the start only
        ("12 March 2021", "en", "2021-03-12 day .."),
        ("März 2021", "de", "2021-03-01 month .."),
        ("2021", None, "2021-01-01 year .."),
        # worded as until, by, to, or with a plus: the end only
        ("bis 31.12.2024", "de", ".. 2024-12-31 day"),
        ("do roku 2030", "cs", ".. 2030-12-31 year"),
        ("to 2030", "en", ".. 2030-12-31 year"),
        ("2030+", "sk", ".. 2030-12-31 year"),
        ("jusqu'à fin 2026", "fr", ".. 2026-12-31 year"),
        ("2024 végéig", "hu", ".. 2024-12-31 year"),
        # a quarter, half, season, school year, decade or range: both
        ("Q3 2024", "en", "2024-07-01 quarter .. 2024-09-30 quarter"),
        ("2. pololetí 2024", "cs", "2024-07-01 half .. 2024-12-31 half"),
        ("Herbst 2022", "de", "2022-09-01 season .. 2022-11-30 season"),
        ("zima 2023", "pl", "2023-12-01 season .. 2024-02-29 season"),
        ("höstterminen 2021", "sv", "2021-07-01 half .. 2021-12-31 half"),
        ("2025/26", None, "2025-09-01 school_year .. 2026-08-31 school_year"),
        ("2025./2026. mācību gads", "lv", "2025-09-01 school_year .. 2026-08-31 school_year"),
        ("curso 2025-2026", "es", "2025-09-01 school_year .. 2026-08-31 school_year"),
        ("1990s", "en", "1990-01-01 year .. 1999-12-31 year"),
        ("2021–2027", None, "2021-01-01 year .. 2027-12-31 year"),
        ("2014-20", None, "2014-01-01 year .. 2020-12-31 year"),
        ("2020, 2021 et 2022", "fr", "2020-01-01 year .. 2022-12-31 year"),
        ("in den Jahren 2020/2021", "de", "2020-01-01 year .. 2021-12-31 year"),
        # "from" with any of them: the start only
        ("ab Herbst 2022", "de", "2022-09-01 season .."),
        ("à partir de 2023", "fr", "2023-01-01 year .."),
        ("od školního roku 2021/2022", "cs", "2021-09-01 school_year .."),
        ("2023 – ongoing", "en", "2023-01-01 year .."),
        # what one end leaves out it takes from the other
        ("from 1 to 15 March 2022", "en", "2022-03-01 day .. 2022-03-15 day"),
        ("październik – grudzień 2021", "pl", "2021-10-01 month .. 2021-12-31 month"),
        ("November – Februar 2022", "de", "2021-11-01 month .. 2022-02-28 month"),
        ("1.1.-31.12.2022", "de", "2022-01-01 day .. 2022-12-31 day"),
        ("from January 2022 to mid-2025", "en", "2022-01-01 month .. 2025-06-30 half"),
        # from a month, until a year
        ("okt. 2017–2022", "sv", "2017-10-01 month .. 2022-12-31 year"),
        ("May 2018 - 2020", "en", "2018-05-01 month .. 2020-12-31 year"),
        ("1 octobre 2017-2022", "fr", "2017-10-01 day .. 2022-12-31 year"),
        ("2019. október – 2022", "hu", "2019-10-01 month .. 2022-12-31 year"),
        # endings and circumpositions
        ("2020-tól 2025-ig", "hu", "2020-01-01 year .. 2025-12-31 year"),
        ("2021eko irailaren 1etik 2023ko abuztuaren 31ra arte", "eu", "2021-09-01 day .. 2023-08-31 day"),
        ("alates 1. jaanuarist 2022 kuni 31. detsembrini 2023", "et", "2022-01-01 day .. 2023-12-31 day"),
        ("syksystä 2021 kevääseen 2023", "fi", "2021-09-01 season .. 2023-05-31 season"),
        ("nuo 2021 m. sausio 1 d. iki 2023 m. gruodžio 31 d.", "lt", "2021-01-01 day .. 2023-12-31 day"),
        ("mill-1 ta’ Settembru 2021 sal-31 ta’ Awwissu 2023", "mt", "2021-09-01 day .. 2023-08-31 day"),
        # figures
        ("15.IX.2021", "pl", "2021-09-15 day .."),
        ("31-Dec-08", "en", "2008-12-31 day .."),
        ("2017.06.01. – 2023.12.20.", "hu", "2017-06-01 day .. 2023-12-20 day"),
        ("2017-12-31T00:00:00Z", None, "2017-12-31 day .."),
        ("6–10/2017", "sv", "2017-06-01 month .. 2017-10-31 month"),
    ],
)
def test_conventions(text: str, language: str | None, expected: str) -> None:
    assert said(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("Gesetz Nr. 27/2010", "de", "law number"),
        ("Regula Nr. 2021/241", "lv", "law number"),
        ("Ley 40/2015, de 1 de octubre", "es", "law number"),
        ("1614/2009 Errege Dekretuak", "eu", "law number"),
        ("Industrie 4.0", "de", "a number that is no date"),
        ("Agenda 2030", "es", "a year in a name"),
        ("Horizon 2020", "en", "a year in a name"),
        ("Go 2020", "en", "a year in a name"),
        ("3 Jahre", "de", "duration"),
        ("three-year", "en", "duration"),
        ("14-17г.", "bg", "duration"),
        ("€1.470.000", "nl", "amount"),
        ("10,5 mio. kr.", "da", "amount"),
        ("+49 30 12345678", "de", "a number that is no date"),
        ("42736", None, "a number that is no date"),
        ("44197.0", None, "a number that is no date"),
        ("do 15 maja", "pl", "no year"),
        ("Jan.-März 2020-2022", "de", "no year"),
        ("September 2019/2020", "en", "no year"),
        ("31.02.2021", None, "no such day"),
        ("laufend", "de", "open, without a date"),
        ("12. 7. 2023 in 27. 9. 2023", "sl", "several dates"),
        ("von 2027 bis 2021", "de", "ends before it starts"),
        ("FY 2023/24", "en", "a year of another kind"),
        ("før sommeren 2024", "nb", "before a longer time"),
        ("", None, "empty"),
        ("x" * 500 + " 2021", "en", "prose"),
    ],
)
def test_refusals(text: str, language: str | None, reason: str) -> None:
    assert said(text, language) == f"refused: {reason}"


def test_a_month_that_means_two_follows_the_language() -> None:
    assert said("listopad 2022", "pl") == "2022-11-01 month .."
    assert said("listopad 2022", "hr") == "2022-10-01 month .."
    assert said("listopad 2022", None, "CZ") == "2022-11-01 month .."
    assert said("listopad 2022").startswith("refused: means different times")


def test_figures_follow_the_country() -> None:
    assert said("03/04/2021", "en") == "refused: ambiguous day and month"
    assert said("03/04/2021", "en", "IE") == "2021-04-03 day .."
    assert said("03/04/2021", "fr") == "2021-04-03 day .."
    assert said("9/28/2015", "de", "DE") == "2015-09-28 day .."


def test_a_mislabelled_language_does_no_harm() -> None:
    assert said("od 1. rujna 2019. do 31. kolovoza 2021. godine", "en", "HR") == "2019-09-01 day .. 2021-08-31 day"
    assert said("1. tammikuuta 2023", "sv") == "2023-01-01 day .."


def test_the_role_decides_where_the_words_do_not() -> None:
    assert said("2021", role="end") == ".. 2021-12-31 year"
    assert said("Q4 2015", "en", role="end") == ".. 2015-12-31 quarter"
    assert said("automne 2014", "fr", role="start") == "2014-09-01 season .."
    assert said("ab 2021", "de", role="end") == "2021-01-01 year .."


def test_many_learn_how_a_source_writes_figures() -> None:
    american = ["1/2/2010", "6/22/2009"]
    assert figure_order(american) == "mdy"
    found = parse_many(american, countries=["CY", "CY"], role="start")
    assert [period.start for period in found if isinstance(period, Period)] == [date(2010, 1, 2), date(2009, 6, 22)]
    assert figure_order(["1/2/2010", "22/6/2009"]) == "dmy"
    mixed = parse_many(["1/2/2010", "6/22/2009", "22/6/2009"], countries=["DE"] * 3)
    assert mixed[0] == Refusal("ambiguous day and month")
    assert isinstance(mixed[1], Period) and isinstance(mixed[2], Period)


@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        ("Strategie digitálního vzdělávání (2014 – 2020)", "cs", (2014, 2020)),
        ("Strategie digitálního vzdělávání do roku 2020", "cs", (None, 2020)),
        ("Digital Strategy to 2020 (SDV, 2014)", "en", (None, 2020)),
        ("Strategy up to 2030+", "en", (None, 2030)),
        ("Plan 2021 to 2027", "en", (2021, 2027)),
        ("Feuille de route du numérique éducatif 2017 2021", "fr", (2017, 2021)),
        ("Aktionsplan in den Jahren 2019 und 2020", "de", (2019, 2020)),
        ("Pilot im Schuljahr 2023/24", "de", (2023, 2024)),
        ("Agenda 2030", "en", None),
        ("Digital Success Programme 2.0 (2017)", "en", None),
        ("Decision No 1/2011 to 2020", "en", None),
        ("12 schools in 2020 and 13 in 2021", "en", None),
        ("Schools", "en", None),
    ],
)
def test_titles_count_only_ranges_and_horizons(title: str, language: str, expected: tuple | None) -> None:
    found = period_from_title(title, language)
    if expected is None:
        assert not found
    else:
        assert isinstance(found, Period)
        assert (found.start and found.start.year, found.end and found.end.year) == expected


# CLDR's abbreviations for December and June are the words "for" and "summer" there
_WORDS_FIRST = {("cs", "LLL y"): 12, ("cs", "MMM y"): 12, ("fi", "LLL y"): 6, ("fi", "MMM y"): 6}


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(1951, 1, 1), date(2049, 12, 31)), locale=st.sampled_from(LOCALES))
def test_every_day_and_month_that_cldr_writes_is_read_back(day: date, locale: str) -> None:
    language = locale.replace("_", "-")
    for width in ("full", "long", "medium", "short"):
        found = parse_period(format_date(day, width, locale=locale), language=language)
        assert isinstance(found, Period), (width, format_date(day, width, locale=locale), found)
        assert (found.start, found.start_precision, found.end) == (day, "day", None)
    for pattern in ("LLLL y", "LLL y", "MMMM y", "MMM y"):
        if _WORDS_FIRST.get((locale, pattern)) == day.month:
            continue
        text = format_date(day, pattern, locale=locale)
        found = parse_period(text, language=language)
        assert isinstance(found, Period), (text, found)
        assert (found.start, found.start_precision, found.end) == (day.replace(day=1), "month", None), text


@settings(max_examples=40, deadline=None)
@given(day=st.dates(date(1951, 1, 1), date(2049, 12, 31)), locale=st.sampled_from(LOCALES))
def test_every_quarter_that_cldr_writes_is_read_back(day: date, locale: str) -> None:
    for skeleton in ("yQQQQ", "yQQQ"):
        text = format_skeleton(skeleton, day, locale=locale)  # type: ignore[arg-type]
        found = parse_period(text, language=locale.replace("_", "-"))
        assert isinstance(found, Period), (text, found)
        assert (found.start, found.start_precision) == (date(day.year, (day.month - 1) // 3 * 3 + 1, 1), "quarter"), text


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=60), language=st.sampled_from([None, "en", "hu", "sr", "xx"]), role=st.sampled_from(["period", "start", "end"])
)
def test_no_text_is_too_strange(text: str, language: str | None, role: str) -> None:
    found = parse_period(text, language=language, role=role)  # type: ignore[arg-type]
    if isinstance(found, Period):
        assert found.start or found.end
        assert not (found.start and found.end and found.start > found.end)
        assert 0 < found.confidence <= 1
    else:
        assert found.reason
    assert period_from_title(text, language) is not None


_PIECES = st.sampled_from(
    [
        *("2021", "2027", "1.", "31.", "5", "12/2023", "01.09.2021", "–", "-", "/", ",", "to", "do", "bis", "until", "od", "from", "à"),
        *("III", "Q2", "May", "září", "m.", "gada", "School", "Nr", "€", "Jahre", "+"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=9), language=st.sampled_from(["en", "cs", "lt", "lv", "fr", "hu"]))
def test_no_row_of_dates_and_words_is_too_strange(pieces: list[str], language: str) -> None:
    text = " ".join(pieces)
    found = parse_period(text, language=language)
    if isinstance(found, Period) and found.start and found.end:
        assert found.start <= found.end
    period_from_title(text, language)


def test_every_section_has_what_a_period_needs() -> None:
    for key in dates_words.languages():
        lexicon = dates_words.lexicon(key)
        kinds = {word.kind for word in lexicon.words.values()} | {word.kind for found in lexicon.phrases.values() for _, word in found}
        directed = {word.direction for word in lexicon.words.values()} | set(lexicon.suffixes.values())
        assert {"M", "S", "Q", "H", "C", "W", "E", "&", "L", "$"} <= kinds, key
        assert kinds & {"F", "G", "f"} or "f" in directed, key
        assert kinds & {"U", "V"} or "u" in directed, key
        assert {word.number for word in lexicon.words.values() if word.kind == "M"} | {
            word.number for found in lexicon.phrases.values() for _, word in found if word.kind == "M"
        } == set(range(1, 13)), key


def test_a_month_before_a_stroke_says_nothing_of_dots() -> None:
    found = parse_period("31.12.19", language="de", country="DE", role="end", order="mdy")
    assert isinstance(found, Period) and found.end == date(2019, 12, 31)
    assert parse_period("03/04/2021", country="GB", order="mdy").start == date(2021, 3, 4)  # type: ignore[union-attr]
