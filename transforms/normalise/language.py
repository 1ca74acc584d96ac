"""The language a text is written in, short titles included.

A letter model (py3langid, restricted to Europe's languages) is one voice among several: the script, letters that few languages write, small
words and words of education, pieces of words that tell near relatives apart, and the languages that the portal publishes in. Their weights
were set on made-up and gold titles; docs/normalise-dates.md gives what they reach.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

#: the languages that are told apart (BCP 47)
LANGUAGES = (
    *("bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "is", "it", "lb", "lt", "lv"),
    *("mk", "mt", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk"),
)
_CYRILLIC = frozenset({"bg", "mk", "ru", "sr", "uk"})
#: seldom met in Europe's education portals, or nearly the same as a commoner relative: they need more proof
_RARE = {"bs": 2.5, "sq": 1.0, "tr": 1.0, "mk": 1.0, "nn": 1.5, "ga": 0.3, "eu": 0.3, "gl": 1.0, "lb": 1.0, "ca": 0.4}
_ALIASES = {"no": "nb", "hbs": "hr", "sh": "sr", "srl": "sr", "iw": "he", "mo": "ro", "cnr": "sr"}

#: weight of the letter model, of a word, a letter, a piece; of the first and the other languages of the portal
MODEL, WORD, LETTER, PIECE, FIRST_PRIOR, OTHER_PRIOR = 0.9, 1.0, 1.6, 0.8, 2.2, 1.5
#: longest text that is looked at, in characters
LONGEST = 600

_NOISE = re.compile(r"https?://\S+|\S+@\S+|\d+")
_LETTER = re.compile(r"[^\W\d_]")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]*)?-?")


@cache
def _identifier() -> LanguageIdentifier:
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    wanted = {*LANGUAGES, "no"}
    found.set_languages([code for code in found.nb_classes if code in wanted])
    return found


class _Cues(NamedTuple):
    """What words, letters and pieces of words add to the score of each language, in the order of LANGUAGES."""

    words: dict[str, np.ndarray]
    letters: dict[str, np.ndarray]
    pieces: dict[str, np.ndarray]
    piece: re.Pattern[str]


def _vector(values: Mapping[str, float], rest: float = 0.0) -> np.ndarray:
    return np.array([values.get(code, rest) for code in LANGUAGES])


@cache
def _cues() -> _Cues:
    tables: dict[str, Any] = tomllib.loads((Path(__file__).with_name("lookups") / "text-language.toml").read_text(encoding="utf-8"))
    owners: dict[str, list[str]] = {}
    for language, words in tables["words"].items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(language)
    weigh = {word: WORD * (1.6 if len(word) > 5 else 1.0) / len(found) ** 0.5 for word, found in owners.items()}
    words = {word: _vector(dict.fromkeys(found, weigh[word])) for word, found in owners.items()}
    letters = {letter: _vector(dict.fromkeys(found.split(), 0.0), -LETTER) for letter, found in tables["letters"].items()}
    pieces = {piece: _vector(dict.fromkeys(found.split(), PIECE)) for piece, found in tables["pieces"].items()}
    longest_first = sorted(pieces, key=len, reverse=True)
    return _Cues(words, letters, pieces, re.compile(f"(?=({'|'.join(map(re.escape, longest_first))}))"))


@cache
def _scripts() -> tuple[np.ndarray, np.ndarray]:
    """What rules out languages of the other script: for Latin and for Cyrillic letters."""
    latin = _vector({code: -99.0 for code in (*_CYRILLIC, "el") if code != "sr"})
    return latin, _vector(dict.fromkeys(_CYRILLIC, 0.0), -99.0)


def primary(code: str | None) -> str | None:
    """The primary code of a BCP 47 tag as used here ("pt-PT" is pt, "no" is nb); None for what is no code."""
    if not code:
        return None
    found = code.strip().replace("_", "-").split("-")[0].lower()
    found = _ALIASES.get(found, found)
    return found if re.fullmatch("[a-z]{2,3}", found) else None


def detect(text: str, prior: Sequence[str] = ()) -> tuple[str | None, float]:
    """BCP 47 code of the language of ``text`` and how sure that is (0 to 1); (None, 0.0) where nothing speaks.

    ``prior`` are the languages that the listing or its portal states, the likeliest first.
    """
    return _detect(text[:LONGEST], tuple(prior))


@lru_cache(maxsize=1 << 14)
def _detect(text: str, prior: tuple[str, ...]) -> tuple[str | None, float]:
    text = _NOISE.sub(" ", text.lower())
    usual = [code for code in dict.fromkeys(primary(code) for code in prior) if code]
    if not _LETTER.search(text):
        return (usual[0], 0.3) if usual else (None, 0.0)
    cyrillic = False
    if not text.isascii():
        size = len(_LETTER.findall(text)) / 2
        if len(_GREEK.findall(text)) > size:
            return "el", 0.99
        cyrillic = len(_CYRILLIC_LETTER.findall(text)) > size
    scores = _scores(text, usual) + _scripts()[cyrillic]
    best = int(scores.argmax())
    return LANGUAGES[best], round(1 / float(np.exp(scores - scores[best]).sum()), 4)


def _scores(text: str, usual: list[str]) -> np.ndarray:
    """A score for each of LANGUAGES: log-odds of the letter model plus what the cues and the portal say."""
    cues = _cues()
    model = np.full(len(LANGUAGES), 1e-6)
    for code, probability in _identifier().rank(text):
        if probability > 1e-6:
            model[_PLACE[_ALIASES.get(code, code)]] = probability
    scores = MODEL * np.log(model) - _RARITY
    words = _WORDS.findall(text)
    for word in words:
        if word in cues.words:
            scores += cues.words[word]
    if not text.isascii():
        for letter in set(text) & cues.letters.keys():
            scores += cues.letters[letter]
    for piece in set(cues.piece.findall(text)):
        scores += cues.pieces[piece]
    # what the portal states weighs more where the text says little
    trust = 1.0 + 1.5 / max(len(words), 1)
    for place, code in enumerate(usual):
        if code in _PLACE:
            scores[_PLACE[code]] += (FIRST_PRIOR if place == 0 else OTHER_PRIOR) * trust + _RARITY[_PLACE[code]]
    return scores


_RARITY = _vector(_RARE)
_PLACE = {code: place for place, code in enumerate(LANGUAGES)}
