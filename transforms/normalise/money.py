"""Amounts of money as people write them, in all of Europe's languages and number formats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from transforms.normalise import money_words as words
from transforms.normalise.folding import fold, plain
from transforms.normalise.money_grammar import UNCLEAR, Context, Quantity, Reader, Token, parted, tokenise
from transforms.normalise.money_rates import to_eur
from transforms.normalise.money_relate import relate
from transforms.normalise.steps import Outcome, Priors, fill, made, prior_of, raw, refused, typed
from transforms.normalise.values import EMPTY, Refusal

__all__ = ["Money", "money_step", "parse_many", "parse_money", "to_eur"]

#: longest text in which an amount is looked for
MAX_LENGTH = 600
#: no budget of a measure in education is larger
MAX_AMOUNT = 1e14


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of ``currency`` (ISO 4217); of a range, the upper end, with ``low`` its lower one. ``confidence`` is in (0, 1].

    ``rule`` is the shape (plain, number, amount, range, sum, total), with ``.about``, ``.at-least`` or ``.at-most`` where the text says so.
    """

    amount: float
    currency: str
    low: float | None
    rule: str
    confidence: float


_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?")
_US_DOLLAR = re.compile(r"US ?\$")
_PER_UNIT = re.compile("|".join(words.PER_UNIT))
_CONFIDENCE = {"amount": 0.97, "number": 0.93, "range": 0.9, "sum": 0.9, "total": 0.85}


def parse_money(
    text: str | None, *, currency: str | None = None, country: str | None = None, language: str | None = None
) -> Money | Refusal:
    """The amount that ``text`` states, or why it was not read.

    ``currency`` is what a column of its own says, in any wording; ``country`` (ISO) and ``language`` decide what ``kr`` means and whether
    a comma marks decimals.
    """
    if text is None or not text.strip():
        return EMPTY
    return _parse(text, currency or None, country or None, language or None)


@lru_cache(maxsize=1 << 16)
def _parse(text: str, currency: str | None, country: str | None, language: str | None) -> Money | Refusal:
    stated = words.currency_code(currency, country)
    if stated and _PLAIN.fullmatch(text):
        return Money(float(text), stated, None, "plain", 0.99) if float(text) else Refusal("zero")
    if len(text) > MAX_LENGTH:
        return Refusal("too long for an amount")
    tokens = parted(tokenise(_written_out(plain(text))), language)
    context = Context(stated, country, language)
    found = Reader(tokens, context).quantities()
    if not found:
        return Refusal("a share, not an amount" if "%" in text else "no amount")
    related = relate(found, tokens)
    if isinstance(related, Refusal):
        return related
    shape, quantity, low = related
    if reason := _doubt(text, tokens, quantity, shape, stated):
        return Refusal(reason)
    code = quantity.currency or stated
    if code is None:
        return Refusal("no currency")
    confidence = _CONFIDENCE[shape] * (1.0 if quantity.sure else 0.8) * (0.9 if stated and code != stated else 1.0)
    return Money(quantity.amount, code, low, shape + _qualifier(tokens, quantity), round(confidence, 3))


_FRACTION = re.compile(r"(\d?) ?([½¼¾])")
_FRACTIONS = {"½": "5", "¼": "25", "¾": "75"}
_MILLION_EUROS = re.compile(r"\bM ?/ ?€")


def _written_out(text: str) -> str:
    """Signs that the grammar does not read, in figures and letters: 1½, M/€, US$."""
    if text.isascii() and "$" not in text:
        return text
    text = _FRACTION.sub(lambda m: f"{m[1] or '0'},{_FRACTIONS[m[2]]}", text)
    return _MILLION_EUROS.sub("M€", _US_DOLLAR.sub("USD", text))


def _doubt(text: str, tokens: list[Token], quantity: Quantity, shape: str, stated: str | None) -> str | None:
    """Why a quantity is no amount of money that counts, or None."""
    if quantity.trouble:
        return quantity.trouble
    if quantity.currency == UNCLEAR:
        return "currency unclear"
    if _share_of(tokens, quantity):
        return "a share of an amount"
    if _by_unit(tokens, quantity) or _PER_UNIT.search(re.sub(r"\([^)]*\)", " ", fold(text))):
        return "an amount per unit"
    if not quantity.amount:
        return "zero"
    if quantity.amount > MAX_AMOUNT:
        return "beyond any budget"
    if quantity.currency is None:
        if shape == "number" and stated is None:
            return "no currency"
        if _counts(tokens, quantity):
            return "a count, not an amount"
    return None


def _share_of(tokens: list[Token], quantity: Quantity) -> bool:
    """85 % of EUR 5 million, 80 Prozent der Gesamtkosten in Höhe von 450.000 Euro: a share, and nothing parts it from the amount."""
    depth = quantity.depth
    for token in reversed(tokens[max(0, quantity.first - 12) : quantity.first]):
        if token.text in ",;:-=|/" or token.depth != depth:
            return False
        if token.text == "%" or token.folded in words.PERCENT:
            return True
    return False


def _by_unit(tokens: list[Token], quantity: Quantity) -> bool:
    """0,49 Eur/mėn.: a stroke and a word that is no currency right behind the amount."""
    after = tokens[quantity.last + 1 : quantity.last + 4]
    while after and after[0].text == ".":
        after = after[1:]
    return len(after) > 1 and after[0].text == "/" and after[1].kind == "word" and not words.currencies(after[1].text)


def _counts(tokens: list[Token], quantity: Quantity) -> bool:
    """1 200 schools: a word that is none of money's follows the number."""
    after = tokens[quantity.last + 1 :]
    following = next((t for t in after if t.text not in ".-,"), None)
    return following is not None and following.kind == "word" and not _says_nothing(following.folded)


def _says_nothing(folded: str) -> bool:
    return folded in words.FILLERS or folded in words.TOTAL or any(folded in kind for kind in words.QUALIFIERS.values())


def _qualifier(tokens: list[Token], quantity: Quantity) -> str:
    near = [
        t.folded
        for t in tokens[max(0, quantity.first - 3) : quantity.first] + tokens[quantity.last + 1 : quantity.last + 3]
        if t.kind == "word"
    ]
    for name, suffix in (("least", ".at-least"), ("most", ".at-most"), ("about", ".about")):
        if any(w in words.QUALIFIERS[name] and w not in words.FILLERS and w not in words.RANGES for w in near):
            return suffix
    return ""


def parse_many(
    values: Sequence[str | None],
    currencies: Sequence[str | None] | None = None,
    countries: Sequence[str | None] | None = None,
    languages: Sequence[str | None] | None = None,
) -> list[Money | Refusal]:
    """``parse_money`` of every value; equal inputs are read once."""
    none = [None] * len(values)
    known: dict[tuple, Money | Refusal] = {}
    out = []
    for key in zip(values, currencies or none, countries or none, languages or none, strict=True):
        got = known.get(key)
        if got is None:
            got = known[key] = parse_money(key[0], currency=key[1], country=key[2], language=key[3])
        out.append(got)
    return out


def money_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """budget_amount and budget_currency from budget and currency; budget_eur by the rate of the start,
    else of the publication, else the newest."""

    def one(key: tuple) -> Outcome:
        text, currency, country, language = key
        found = parse_money(text, currency=currency, country=country, language=language)
        if not isinstance(found, Money):
            return refused("budget_amount", text, found.reason)
        return made(found.amount, found.currency, raw=text, rule=f"money.{found.rule}", confidence=found.confidence)

    homes = [own or prior.country for own, prior in zip(typed(frame, "country"), prior_of(frame, priors), strict=True)]
    keys = zip(raw(frame, "budget"), raw(frame, "currency"), homes, typed(frame, "language"), strict=True)
    frame = fill(frame, ("budget_amount", "budget_currency"), keys, one)

    def euro(key: tuple) -> Outcome:
        amount, currency, on = key
        shown = f"{amount:.2f} {currency}"
        found = to_eur(amount, currency, on)
        if found is None:
            return refused("budget_eur", shown, "no reference rate")
        rule = "money.euro" if currency == "EUR" else f"money.ecb.{found[1].isoformat()}"
        return made(found[0], raw=shown, rule=rule, confidence=1.0 if currency == "EUR" else 0.95)

    days = [start or published for start, published in zip(typed(frame, "start_date"), typed(frame, "published_date"), strict=True)]
    sums = zip(typed(frame, "budget_amount"), typed(frame, "budget_currency"), days, strict=True)
    asked = ((amount, code, None if code == "EUR" else day) if amount else None for amount, code, day in sums)
    return fill(frame, ("budget_eur",), asked, euro)
