"""Amounts of money: real expressions, every number format and language, and what must be refused."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from babel.numbers import format_compact_currency, format_currency
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.normalise.money import Money, money_step, parse_many, parse_money, to_eur
from transforms.normalise.money_numbers import read_figure
from transforms.normalise.steps import Prior, intake
from transforms.normalise.values import Refusal

#: CLDR locale -> country and local currency
LOCALES = {
    "bg": ("BG", "BGN"), "bs": ("BA", "BAM"), "ca": ("ES", "EUR"), "cs": ("CZ", "CZK"), "cy": ("GB", "GBP"), "da": ("DK", "DKK"),
    "de": ("DE", "EUR"), "de_AT": ("AT", "EUR"), "de_CH": ("CH", "CHF"), "el": ("GR", "EUR"), "en_GB": ("GB", "GBP"),
    "en_IE": ("IE", "EUR"),
    "es": ("ES", "EUR"), "et": ("EE", "EUR"), "eu": ("ES", "EUR"), "fi": ("FI", "EUR"), "fr": ("FR", "EUR"), "fr_CH": ("CH", "CHF"),
    "ga": ("IE", "EUR"), "gl": ("ES", "EUR"), "hr": ("HR", "HRK"), "hu": ("HU", "HUF"), "is": ("IS", "ISK"), "it": ("IT", "EUR"),
    "it_CH": ("CH", "CHF"), "lb": ("LU", "EUR"), "lt": ("LT", "EUR"), "lv": ("LV", "EUR"), "mk": ("MK", "MKD"), "mt": ("MT", "EUR"),
    "nb": ("NO", "NOK"), "nl": ("NL", "EUR"), "nn": ("NO", "NOK"), "pl": ("PL", "PLN"), "pt_PT": ("PT", "EUR"), "rm": ("CH", "CHF"),
    "ro": ("RO", "RON"), "sk": ("SK", "EUR"), "sl": ("SI", "EUR"), "sq": ("AL", "ALL"), "sr": ("RS", "RSD"), "sr_Latn": ("RS", "RSD"),
    "sv": ("SE", "SEK"), "uk": ("UA", "UAH"),
}  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
@given(cents=st.integers(min_value=100, max_value=10**14), place=st.sampled_from(["standard", "accounting", "name"]), foreign=st.booleans())
@settings(max_examples=25, deadline=None)
def test_what_cldr_writes_reads_back(locale, cents, place, foreign):
    country, local = LOCALES[locale]
    currency = "EUR" if foreign else local
    amount = cents / 100 if currency not in ("HUF", "ISK", "RSD", "ALL") else float(cents)
    style = {"format_type": place} if place != "standard" else {}
    text = format_currency(amount, currency, locale=locale, **style)
    found = parse_money(text, country=country, language=locale.split("_")[0])
    assert isinstance(found, Money), (text, found)
    assert (found.amount, found.currency) == (amount, currency), text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("amount", [45_000, 1_230_000, 987_650_000, 11_750_000_000])
def test_compact_forms_of_cldr_are_never_misread(locale, amount):
    country, currency = LOCALES[locale]
    text = format_compact_currency(amount, currency, locale=locale, fraction_digits=2)
    found = parse_money(text, country=country, language=locale.split("_")[0])
    assert isinstance(found, Money), (text, found)
    assert found.currency == currency
    assert found.amount == pytest.approx(amount, rel=0.01), text


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_dirt_never_raises(text):
    found = parse_money(text, country="DE")
    assert isinstance(found, Money | Refusal)
    if isinstance(found, Money):
        assert found.amount > 0 and 0 < found.confidence <= 1


@pytest.mark.parametrize(
    ("figure", "point", "scaled", "value"),
    [
        ("1.234", False, False, 1234.0),
        ("1.234", True, True, 1.234),
        ("1,234", True, False, 1234.0),
        ("1,234", False, True, 1.234),
        ("0.125", None, False, 0.125),
        ("1234.567", False, False, 1234.567),
        ("1 234 567,89", False, False, 1234567.89),
        ("1'234'567.80", True, False, 1234567.8),
        ("996,310,200.00", None, False, 996310200.0),
    ],
)
def test_figures(figure, point, scaled, value):
    assert read_figure(figure, point, scaled)[0] == value


@pytest.mark.parametrize("figure", ["1.2.3", "31.12.2025", "1,23,45", "1.234,567.89", "12 34"])
def test_malformed_figures(figure):
    assert read_figure(figure, None, False) is None


def test_ambiguous_thousands_before_a_scale_are_refused_without_a_country():
    assert read_figure("1.250", None, True) is None


def test_crowns_follow_the_country():
    assert {c: parse_money("500 mkr", country=c).currency for c in ("SE", "NO", "DK", "IS")} == {
        "SE": "SEK",
        "NO": "NOK",
        "DK": "DKK",
        "IS": "ISK",
    }
    assert parse_money("500 mkr").reason == "currency unclear"
    assert parse_money("5 mil. korun", language="cs").currency == "CZK"


def test_stated_currency_decides():
    assert parse_money("500 kr", currency="SEK").currency == "SEK"
    assert parse_money("12000", currency="euro").currency == "EUR"
    assert parse_money("1 200 schools", currency="EUR").reason == "a count, not an amount"
    assert parse_money("2021-2027", currency="EUR").reason == "no amount"
    text_wins = parse_money("300 000 SEK", currency="EUR")
    assert text_wins.currency == "SEK" and text_wins.confidence < 0.9


def test_qualifiers_stand_in_the_rule():
    assert parse_money("ponad 20 mln zł").rule == "amount.at-least"
    assert parse_money("rund 6 Mio. Euro").rule == "amount.about"
    assert parse_money("up to 260 million euros").rule == "amount.at-most"


@pytest.mark.parametrize(
    ("amount", "currency", "on", "euro", "rate_date"),
    [
        (100.0, "EUR", date(2020, 5, 1), 100.0, date(2020, 5, 1)),
        (753450.0, "HRK", date(2024, 5, 1), 100000.0, date(2024, 5, 1)),
        (15646.6, "EEK", date(2015, 1, 1), 1000.0, date(2015, 1, 1)),
        (195583.0, "DEM", date(2003, 1, 1), 100000.0, date(2003, 1, 1)),
    ],
)
def test_fixed_rates(amount, currency, on, euro, rate_date):
    assert to_eur(amount, currency, on) == (pytest.approx(euro), rate_date)


def test_reference_rates():
    value, day = to_eur(1000.0, "PLN", date(2020, 1, 5))  # a Sunday: the rate of the Friday before
    assert day == date(2020, 1, 3)
    assert 200 < value < 260
    kuna, day = to_eur(753.45, "HRK", date(2012, 6, 1))
    assert day == date(2012, 6, 1) and kuna != 100.0
    newest = to_eur(10.0, "SEK")
    assert newest == to_eur(10.0, "SEK", date(2999, 1, 1))


@pytest.mark.parametrize(("currency", "on"), [("RSD", None), ("UAH", date(2022, 1, 3)), ("ISK", date(2012, 5, 5)), ("XXX", None)])
def test_no_reference_rate(currency, on):
    assert to_eur(100.0, currency, on) is None


def test_many_keeps_order_and_reads_equal_inputs_once():
    found = parse_many(["5 Mio. Euro", None, "5 Mio. Euro"], countries=["DE", "DE", "DE"])
    assert found[0] is found[2]
    assert isinstance(found[1], Refusal)


def test_step():
    rows = [
        {"record_id": "1", "title": "a", "budget": "10 mln zł", "portal": "pl-x"},
        {"record_id": "2", "title": "b", "budget": "500 kr", "portal": "pl-x"},
        {"record_id": "3", "title": "c", "budget": "45 милиона динара", "portal": "rs-x"},
        {"record_id": "4", "title": "d", "budget": 1200, "currency": "EUR"},
        {"record_id": "5", "title": "e"},
    ]
    priors = {"pl-x": Prior(country="PL"), "rs-x": Prior(country="RS")}
    frame = intake(pd.DataFrame(rows))
    frame["start_date"] = pd.Series([date(2020, 1, 5)] + [None] * 4, dtype=object)
    out = money_step(frame, priors)
    assert out["budget_amount"].tolist() == [10_000_000.0, None, 45_000_000.0, 1200.0, None]
    assert out["budget_currency"].tolist() == ["PLN", None, "RSD", "EUR", None]
    assert out["budget_eur"].tolist()[0] == pytest.approx(10_000_000 / 4.25, rel=0.05)
    assert out["budget_eur"].tolist()[1:] == [None, None, 1200.0, None]
    assert "money.ecb.2020-01-03" in out["note.budget_eur"].tolist()[0]
    issues = out["issues"].tolist()
    assert "currency unclear" in issues[1]
    assert "no reference rate" in issues[2]
    assert issues[0] is None and issues[4] is None
