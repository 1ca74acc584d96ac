"""The language a text is written in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

#: the languages that are told apart
LANGUAGES = tuple(
    "bg bs ca cs da de el en es et eu fi fr ga gl hr hu is it lb lt lv mk mt nb nl nn pl pt ro ru sk sl sq sr sv tr uk".split()  # noqa: SIM905
)


@cache
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([code for code in found.nb_classes if code in LANGUAGES])
    return found


def detect(text: str, prior: Sequence[str] = ()) -> tuple[str | None, float]:
    """BCP 47 code of the language of ``text`` and how sure that is (0 to 1); (None, 0.0) where nothing speaks.

    ``prior`` are the languages that the portal publishes in, the likeliest first.
    """
    if not any(c.isalpha() for c in text):
        return None, 0.0
    code, probability = _identifier().classify(text)
    return str(code), float(probability)
