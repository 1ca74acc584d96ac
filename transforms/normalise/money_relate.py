"""What several quantities in one text are to each other: a range, a sum, a total, the same twice, or too many."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from transforms.normalise import money_words as words
from transforms.normalise.money_grammar import Quantity, Token
from transforms.normalise.money_rates import fixed_rates
from transforms.normalise.values import Refusal


def relate(quantities: list[Quantity], tokens: list[Token]) -> tuple[str, Quantity, float | None] | Refusal:
    """The one amount that the quantities state: (shape, quantity, low end). Shapes are amount, range, sum and total."""
    if any(_either(one, other, tokens) for one, other in pairwise(quantities)):
        return Refusal("several amounts")
    found = _ranges_joined(quantities, tokens)
    money = [q for q in found if q.quantity.currency or q.quantity.factor > 1]
    outside = [q for q in money if q.quantity.depth == 0]
    money = outside or money
    if len(money) > 1 and (summed := _summed(money, tokens)):
        return summed
    if len(money) > 1:
        totals = [
            q
            for q in money
            if any(t.kind == "word" and t.folded in words.TOTAL for t in tokens[max(0, q.quantity.first - 4) : q.quantity.first])
        ]
        if len(totals) == 1:
            return "total", totals[0].quantity, totals[0].low
        same = {(q.quantity.amount, q.quantity.currency) for q in money}
        if len(same) > 1 and not _twice(money):
            return Refusal("several amounts")
    if money:
        return ("range" if money[0].low is not None else "amount"), money[0].quantity, money[0].low
    if len(found) == 1:
        return "number", found[0].quantity, None
    return Refusal("several numbers without a currency" if found else "no amount")


def _either(one: Quantity, other: Quantity, tokens: list[Token]) -> bool:
    """5 or 10 million: one of two amounts, and nobody says which."""
    between = [t for t in tokens[one.last + 1 : other.first] if t.text not in ".,"]
    return len(between) == 1 and between[0].folded in words.ALTERNATIVES and other.amount > 0 and one.amount != other.amount


@dataclass(slots=True)
class _Range:
    """A quantity and, of a range, its lower end; ``first`` is the token at which the whole begins."""

    quantity: Quantity
    low: float | None = None


def _ranges_joined(found: list[Quantity], tokens: list[Token]) -> list[_Range]:
    joined: list[_Range] = []
    for quantity in found:
        if joined and joined[-1].low is None and _spans(joined[-1].quantity, quantity, tokens):
            low = joined.pop().quantity
            factor = low.factor
            if factor == 1 and quantity.factor > 1 and low.number <= quantity.number:
                factor = quantity.factor
            end = Quantity(quantity.number, quantity.factor, quantity.currency or low.currency, low.first, quantity.last, low.depth,
                           low.sure and quantity.sure, low.trouble or quantity.trouble)  # fmt: skip
            joined.append(_Range(end, round(low.number * factor, 2)))
        else:
            joined.append(_Range(quantity))
    return [q for q in joined if q.low is None or not _years(q)]


def _twice(money: list[_Range]) -> bool:
    """True where one amount stands in euros and in the currency that the euro replaced, at the fixed rate."""
    if len(money) != 2 or any(q.low is not None for q in money):
        return False
    one, other = sorted((q.quantity for q in money), key=lambda q: q.currency != "EUR")
    rate = fixed_rates().get(other.currency or "")
    return one.currency == "EUR" and rate is not None and abs(one.amount * rate - other.amount) <= max(0.001 * other.amount, rate)


def _years(pair: _Range) -> bool:
    q = pair.quantity
    return q.currency is None and q.factor == 1 and pair.low is not None and 1900 <= pair.low <= 2100 and 1900 <= q.amount <= 2100


def _spans(low: Quantity, high: Quantity, tokens: list[Token]) -> bool:
    """True where the two quantities are the ends of a range."""
    if low.currency and high.currency and low.currency != high.currency:
        return False
    between = [t for t in tokens[low.last + 1 : high.first] if t.text != "."]
    if not between or len(between) > 2 or low.depth != high.depth:
        return False
    before = next((t for t in reversed(tokens[max(0, low.first - 2) : low.first]) if t.kind == "word"), None)
    enclosed = before is not None and before.folded in words.BETWEEN
    kind = words.RANGES if enclosed else words.RANGES_PLAIN
    dash = between[0].text == "-" and len(between) == 1
    spoken = between[0].kind == "word" and between[0].folded in kind
    if not (dash or spoken):
        return False
    if low.amount * (high.factor if low.factor == 1 and low.number <= high.number else 1) > high.amount:
        return False
    return enclosed or high.currency is not None or high.factor > 1 or low.currency is not None or dash


def _summed(money: list[_Range], tokens: list[Token]) -> tuple[str, Quantity, float | None] | None:
    """A + B + C in one currency."""
    if any(q.low is not None for q in money) or len({q.quantity.currency for q in money if q.quantity.currency}) != 1:
        return None
    for one, other in pairwise(money):
        between = [t for t in tokens[one.quantity.last + 1 : other.quantity.first] if t.text not in ".:"]
        if not between or not (between[0].text == "+" or between[0].folded in words.SUMS) or len(between) > 2:
            return None
    whole = money[0].quantity
    currency = next(q.quantity.currency for q in money if q.quantity.currency)
    total = round(sum(q.quantity.amount for q in money), 2)
    trouble = next((q.quantity.trouble for q in money if q.quantity.trouble), None)
    sure = all(q.quantity.sure for q in money)
    return "sum", Quantity(total, 1, currency, whole.first, money[-1].quantity.last, whole.depth, sure, trouble), None
