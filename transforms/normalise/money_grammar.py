"""From the words of a text to the quantities of money in it, and what they are to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from transforms.normalise import money_words as words
from transforms.normalise.folding import fold
from transforms.normalise.money_numbers import FIGURE, read_figure

_TOKEN = re.compile(rf"(?P<figure>{FIGURE})(?P<nocents>[.,](?:--?|–))?(?!\d)|(?P<word>[^\W\d_]+)|(?P<sign>[^\s\w])")


class Token(NamedTuple):
    """A piece of text: kind is figure, word or sign; ``folded`` is a word without case and accents. ``depth`` counts open brackets."""

    kind: str
    text: str
    folded: str
    depth: int


class Context(NamedTuple):
    """What is known beside the text: currency of its own column, country and language."""

    currency: str | None
    country: str | None
    language: str | None

    @property
    def point(self) -> bool | None:
        """True where decimals are written with a point, False with a comma, None where nothing tells."""
        if self.country in words.POINT_COUNTRIES and self.country in ("CH", "LI"):
            return True
        if self.language:
            return self.language.split("-")[0] in words.POINT_LANGUAGES
        return self.country in words.POINT_COUNTRIES if self.country else None


@dataclass(slots=True)
class Quantity:
    """A figure with what belongs to it; ``first`` and ``last`` are the tokens that it covers."""

    number: float
    factor: int
    currency: str | None
    first: int
    last: int
    depth: int
    sure: bool = True
    trouble: str | None = None

    @property
    def amount(self) -> float:
        """The amount in whole units, to the cent."""
        return round(self.number * self.factor, 2)


def tokenise(text: str) -> list[Token]:
    """The tokens of a text in order."""
    tokens, depth = [], 0
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup if found.lastgroup != "nocents" else "figure"
        piece = found[kind or 0]
        if piece in "([":
            depth += 1
        tokens.append(Token(kind or "sign", piece, fold(piece) if kind == "word" else piece, depth))
        if piece in ")]":
            depth = max(0, depth - 1)
    return tokens


def parted(tokens: list[Token], language: str | None) -> list[Token]:
    """Tokens in which a number and a scale written as one word (tízmillió, duecentomila) are two."""
    out = []
    for token in tokens:
        cut = _compound(token.folded, language) if token.kind == "word" and len(token.folded) > 6 else 0
        out += [Token("word", token.folded[:cut], token.folded[:cut], token.depth)] if cut else []
        out.append(Token("word", token.folded[cut:], token.folded[cut:], token.depth) if cut else token)
    return out


def _compound(folded: str, language: str | None) -> int:
    """Where a word falls into a number and a scale; 0 where it does not."""
    if words.SCALES.get(folded) or words.number_word(folded, language) is not None:
        return 0
    for cut in range(len(folded) - 4, 1, -1):
        if words.SCALES.get(folded[cut:]) and words.number_word(folded[:cut], language) is not None:
            return cut
    return 0


class Reader:
    """Reads the quantities of one text."""

    def __init__(self, tokens: list[Token], context: Context) -> None:
        self.tokens = tokens
        self.context = context
        self.used = -1  # last token that a quantity took

    def quantities(self) -> list[Quantity]:
        """Every number of the text with its scale and currency, in order; percentages left out."""
        found, at = [], 0
        while at < len(self.tokens):
            quantity = self._quantity(at)
            if quantity is None:
                at += 1
                continue
            found.append(quantity)
            self.used = quantity.last
            at = quantity.last + 1
        return found

    def _is(self, at: int, kind: str) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].kind == kind

    def _sign(self, at: int, signs: str) -> bool:
        return self._is(at, "sign") and self.tokens[at].text in signs

    def _quantity(self, at: int) -> Quantity | None:
        token = self.tokens[at]
        if token.kind == "figure":
            after = at + 1
        elif token.kind == "word" and (spoken := self._spoken(at)):
            number, after = spoken
        else:
            return None
        if self._sign(after, "%‰") or (self._is(after, "word") and self.tokens[after].folded in words.PERCENT):
            return None
        factor, last, code = self._scale(after)
        before, first = self._currency_before(at)
        lead = 1
        if factor == 1 and first < at:
            lead, first = self._scale_before(first)
        elif before is None and (named := self._glued_before(at)):
            (lead, before), first = named, at - 1
        if token.kind == "figure":
            read = read_figure(token.text, self._point(after, last), factor * lead > 1)
            if read is None:
                # a date or a version number is nobody's amount; a figure with a currency is an amount that is not understood
                money = before or code or self._currency_after(last)[0]
                return Quantity(0, 1, None, first, last, token.depth, trouble="unclear figure") if money else None
            number, sure = read
        else:
            sure = True
        slip = factor >= 10**6 <= number != int(number)
        if factor > 1:
            number, last = self._smaller(number, factor, last)
        after_code, after_last = (code, last) if code else self._currency_after(last)
        if before and after_code and before != after_code and self._is(after_last + 1, "figure"):
            after_code, after_last = None, last  # the second currency leads the next amount
        trouble = "two currencies" if before and after_code and before != after_code else None
        if self._negative(first):
            trouble = "negative"
        if slip:
            trouble = "unclear scale"  # 3 645 601,15 mln: whole units and cents, and a million on top
        if factor == 1 and after_code is None and self._odd_letters(max(last, after - 1) + 1):
            trouble = "unclear scale"
        if self._sign(at - 1, ",.") and self._is(at - 2, "figure") and self.used == at - 2:
            trouble = "unclear figure"  # 7.824.060, 39
        return Quantity(number, factor * lead, after_code or before, first, max(last, after_last), token.depth, sure, trouble)

    def _glued_before(self, at: int) -> tuple[int, str] | None:
        """MEUR 12,5: factor and currency of the word before a figure."""
        glued = words.glued(self.tokens[at - 1].text) if at - 1 > self.used and self._is(at - 1, "word") else None
        code = self._code(words.currencies(glued[1])) if glued else None
        return (glued[0], code) if glued and code else None

    def _odd_letters(self, at: int) -> bool:
        """True for one or two letters after a figure that are no known word: a scale that nobody told of."""
        if not self._is(at, "word") or len(self.tokens[at].folded) > 2 or self._currency_at(at):
            return False
        return not (self.tokens[at].folded in words.FILLERS or self._about(at) or self.tokens[at].folded in words.RANGES)

    def _negative(self, first: int) -> bool:
        return self._sign(first - 1, "-") and (first == 1 or self._sign(first - 2, ":(;")) and self.used < first - 1

    def _point(self, after: int, last: int) -> bool | None:
        """How decimals are written; words of one language beside the figure say more than the language of the page."""
        if self._is(after, "word") and last >= after:
            scale = self.tokens[after].folded
            if scale in ("million", "billion", "bn", "thousand") and self.context.language is None:
                return True
            if scale in ("mio", "mrd", "mld", "mln", "millionen", "milliarden", "millones", "milioni", "miliardi", "millions", "mia", "md"):
                return False if self.context.language in (None, "en") else self.context.point
        return self.context.point

    def _spoken(self, at: int) -> tuple[float, int] | None:
        """A number in words and the token after it; only before a scale word, and only where nothing else multiplies."""
        language = self.context.language
        number = words.number_word(self.tokens[at].folded, language)
        if number is None:
            thousand = self.tokens[at].folded in ("mil", "mila", "mille") and self._million(at + 1)
            return (1.0, at) if thousand or self._bare_scale(at) else None
        after = at + 1
        step = after + 1 if self._is(after, "word") and self.tokens[after].folded in ("y", "e", "a", "of", "an", "i", "und") else after
        if self._sign(after, "-"):
            step = after + 1
        if self._is(step, "word"):
            second = words.number_word(self.tokens[step].folded, language)
            if second is not None and 20 <= number < 100 and 1 <= second < 10:
                number, after = number + second, step + 1
            elif second == 100 and 1 <= number < 10:
                number, after = 100 * number, step + 1
        if number < 1:
            after = self._past(after, ("of", "a", "an"))  # half a million, a quarter of a million
        before = self.tokens[at - 1].folded if self._is(at - 1, "word") else ""
        if before == "of" or before in words.VAGUE or (before != "a" and words.number_word(before, language) is not None):
            return None
        scaled = self._is(after, "word") and self._factor(after) is not None
        return (number, after) if scaled else None

    def _bare_scale(self, at: int) -> bool:
        """True for a singular "million" that nothing counts: "miljon eurot", but not "mitu miljon eurot"."""
        if self.tokens[at].folded not in words.SINGULAR_SCALES or self._currency_after(at)[0] in (None, UNCLEAR):
            return False
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind == "sign":
            return before is None or before.text in "(:"
        return before.kind == "word" and (before.folded in words.FILLERS or self._about(at - 1))

    def _million(self, at: int) -> bool:
        return self._is(at, "word") and (words.SCALES.get(self.tokens[at].folded) or [0])[0] == 10**6

    def _factor(self, at: int) -> int | None:
        if self.tokens[at].text in words.AS_WRITTEN:
            return words.AS_WRITTEN[self.tokens[at].text]
        beside = next((t.folded for t in self.tokens[at + 1 : at + 4] if t.kind == "word" and words.currencies(t.text)), None)
        return words.scale_of(self.tokens[at].folded, self.context.language, self.context.country, beside)

    def _skip(self, at: int, signs: str = ".-'") -> int:
        while self._sign(at, signs):
            at += 1
        return at

    def _scale(self, at: int) -> tuple[int, int, str | None]:
        """Factor of the scale words from ``at`` on, the last token they take, and a currency glued to them."""
        factor, last = 1, at - 1
        joined = self._sign(at, "-")
        at = self._skip(at, "-.")
        if joined and self._is(at, "word") and len(self.tokens[at].text) < 4 and self._is(at + 1, "word") and self._factor(at + 1):
            at += 1  # an ending of the figure: 18-il miljun, 126-те млн
        while self._is(at, "word"):
            token = self.tokens[at]
            glued = words.glued(token.text) if factor == 1 else None
            power = self._factor(at)
            if power is None and glued and (code := self._code(words.currencies(glued[1]))):
                return glued[0], at, code
            if power is None and factor == 1 and self.context.language != "tr" and (near := words.NEAR_SCALES.get(token.folded)):
                power = near[0] if self._currency_after(at)[0] or self._currency_before(at - 1)[0] else None
            if power is None and words.is_ambiguous_scale(token.folded):
                power = 1000 if self._million(self._skip(at + 1)) else None  # mil millones
            if power is None and token.folded in ("hundred", "hundert", "cent", "honderd", "sto", "сто"):
                power = 100 if factor == 1 and self._is(at + 1, "word") and self._factor(at + 1) else None
            if power is None or (factor > 1 and power <= factor and factor != 100):
                break
            factor, last = factor * power, at
            at = self._skip(at + 1, ".-")
        return factor, last, None

    def _past(self, at: int, joints: tuple[str, ...]) -> int:
        while self._is(at, "word") and self.tokens[at].folded in joints:
            at += 1
        return at

    def _smaller(self, number: float, factor: int, last: int) -> tuple[float, int]:
        """19 mln 278 tys.: the smaller part added, as a multiple of ``factor``."""
        at = self._past(self._skip(last + 1, "."), ("i", "y", "e", "et", "and", "und", "og", "och", "si", "ir", "a", "и", "та", "і"))
        if self._is(at, "figure") and self.tokens[at].text.isdecimal() and number == int(number) and len(self.tokens[at].text) <= 3:
            smaller, end, _ = self._scale(at + 1)
            if 1 < smaller < factor:
                return number + int(self.tokens[at].text) * smaller / factor, end
        return number, last

    def _code(self, candidates: tuple[words.CurrencyWord, ...]) -> str | None:
        if not candidates:
            return None
        found = words.resolve_currency(candidates, self.context.country, self.context.language, self.context.currency)
        # a short word that is a currency only at home (den, km) is just a word elsewhere
        return found or (UNCLEAR if len({c.code for c in candidates}) > 1 or not candidates[0].short else None)

    def _currency_at(self, at: int) -> str | None:
        if not 0 <= at < len(self.tokens):
            return None
        token = self.tokens[at]
        if token.kind == "sign":
            return words.SYMBOLS.get(token.text)
        if token.folded in words.RANGES_PLAIN:
            return None  # kuni is "until" in Estonian and a form of kuna in Croatian
        return self._code(words.currencies(token.text)) if token.kind == "word" else None

    def _currency_after(self, last: int) -> tuple[str | None, int]:
        at = self._skip(last + 1)
        if self._sign(at, "([") and self._currency_at(at + 1) and self._sign(at + 2, ")]"):
            return self._currency_at(at + 1), at + 2
        for _ in range(3):
            if code := self._currency_at(at):
                return code, at
            if named := self._named(at):
                return named
            if not (self._is(at, "word") and self.tokens[at].folded in _OF):
                break
            at = self._skip(at + 1)
        return None, last

    def _named(self, at: int) -> tuple[str, int] | None:
        """A currency by its full name (hrvatska kuna, US-Dollar), and its last token."""
        last = at
        spoken: list[str] = []
        while self._is(last, "word") and len(spoken) < 4:
            spoken.append(self.tokens[last].folded)
            if len(spoken) > 1 and (code := words.full_names().get(tuple(spoken))):
                return code, last
            last = self._skip(last + 1, "-")
        return None

    def _currency_before(self, first: int) -> tuple[str | None, int]:
        at = first - 1
        while at > self.used and (self._sign(at, ".:~≈()") or self._about(at)):
            at -= 1
        if at > self.used and (code := self._currency_at(at)):
            if code == "CHF" and self._sign(at - 1, "."):
                at -= 1
            return code, at
        return None, first

    def _about(self, at: int) -> bool:
        return self._is(at, "word") and any(self.tokens[at].folded in kind for kind in words.QUALIFIERS.values())

    def _scale_before(self, first: int) -> tuple[int, int]:
        """Mio. € 5,3 and EUR million 5.3: the scale before the currency of a figure without one."""
        at = first - 1
        while at > self.used and (self._sign(at, ".") or (self._is(at, "word") and self.tokens[at].folded in _OF)):
            at -= 1
        if at > self.used and self._is(at, "word") and (power := self._factor(at)) and not self._is(at - 1, "figure"):
            return power, at
        return 1, first


#: a currency word that could be several currencies
UNCLEAR = "?"
_OF = frozenset({"de", "d", "di", "of", "ta", "des", "da", "na", "do", "w", "in", "i", "a", "en", "os", "dos"})
