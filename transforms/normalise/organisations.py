"""Organisations as people write them: several in one field, acronyms, legal forms, ministries under changing names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import pandas as pd

from transforms.normalise.folding import fold, plain
from transforms.normalise.steps import Outcome, Priors, fill, made, prior_of, raw, refused, typed
from transforms.normalise.values import EMPTY, Refusal

#: longest text that is read as organisations
MAX_LENGTH = 600
#: longest name of one organisation
MAX_NAME = 250


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisations that a text names, the leading one first. ``organisation_id`` and ``ids`` belong to the leading one.

    ``organisation_id`` is a key of ``lookups/organisations-public.toml``, else country and folded name; ``ids`` maps wikidata, ror and pic
    to what the text or the lookup states. ``confidence`` is in (0, 1].
    """

    names: tuple[str, ...]
    organisation_id: str
    ids: dict[str, str] = field(default_factory=dict)
    rule: str = "name"
    confidence: float = 0.8


def _table(name: str) -> dict:
    path = files("transforms.normalise") / "lookups" / f"organisations-{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


_FORMS = _table("forms")
_PUBLIC = _table("public")

_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=1 << 15)
def _key(name: str) -> str:
    return _NOT_WORD.sub(" ", fold(name)).strip()


_NOTHING = frozenset(fold(word) for word in _FORMS["nothing"])
_HEADS = frozenset(_key(word) for word in _FORMS["heads"])
_ROLE = re.compile(rf"^(?:{'|'.join(map(re.escape, _FORMS['roles']))})\s*:\s*", re.I)
_FORM_KEYS = sorted({_key(form) for form in _FORMS["forms"]}, key=len, reverse=True)
_FORM = re.compile(rf"^(?:(?:uab|sia|as|ab|oü|ou|stichting|тов) )|(?: (?:{'|'.join(map(re.escape, _FORM_KEYS))}))+$")

_LISTED = re.compile(r"\s*[;|\n\r•]+\s*|\s+[/+]\s+")
_JOINED = re.compile(r"\s*,\s*|\s+(?:and|und|et|y|e|en|og|och|ja|a|oraz|és|și|ir|un|in|и|та|і|και|i|&)\s+")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_ACRONYM = re.compile(r"[^\W\d_][\w.\-&+]{1,14}$")
_IDS = {
    "ror": re.compile(r"(?:https?://)?(?:www\.)?ror\.org/(0[a-hj-km-np-tv-z0-9]{8})\b", re.I),
    "wikidata": re.compile(r"(?:https?://)?(?:www\.)?wikidata\.org/(?:wiki|entity)/(Q\d+)\b", re.I),
    "pic": re.compile(r"\bPIC(?:\s*(?:code|number|no\.?))?\s*[:#]?\s*(\d{9})\b", re.I),
}
#: an identifier or an address may stand in the text
_STATED = re.compile(r"ror\.org|wikidata|\bPIC\b|@|https?:|www\.", re.I)
_QUOTES = {('"', '"'), ("'", "'"), ("«", "»"), ("„", "“"), ("„", "”"), ("“", "”"), ("»", "«")}
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")


@lru_cache(maxsize=1)
def _index() -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """(country, name key) -> lookup key, and name key -> lookup key for names that only one body has."""
    local: dict[tuple[str, str], str] = {}
    owners: dict[str, set[str]] = {}
    for body, entry in _PUBLIC.items():
        for name in entry["names"]:
            local[entry["country"], _key(name)] = body
            owners.setdefault(_key(name), set()).add(body)
    # a short acronym or "Ministry of Education" names a body only within its country
    everywhere = {name: next(iter(found)) for name, found in owners.items() if len(found) == 1 and len(name) > 12 and " " in name}
    beyond = {
        name: next(iter(found)) for name, found in owners.items() if len(found) == 1 and next(iter(found)).startswith(("eu-", "int-"))
    }
    everywhere |= beyond
    return local, everywhere


@lru_cache(maxsize=1 << 15)
def _known(name: str, country: str | None) -> str | None:
    """The lookup key of a name, or None."""
    local, everywhere = _index()
    word = _key(name)
    bare = _FORM.sub("", word)
    for form in dict.fromkeys((word, bare, word.removeprefix("the "))):
        found = local.get((country or "", form))
        if found is None and (country is None or _speaks(everywhere.get(form), country)):
            found = everywhere.get(form)
        if found:
            return found
    return None


def _speaks(body: str | None, country: str) -> bool:
    """True for a body whose name counts in another country: one beyond countries, or any on a portal beyond countries."""
    return body is not None and (country == "EU" or body.startswith(("eu-", "int-")))


def parse_organisation(text: str | None, *, country: str | None = None) -> Organisation | Refusal:
    """The organisations that ``text`` names, or why it was not read. ``country`` (ISO) decides which ministry of education is meant."""
    if text is None or not text.strip():
        return EMPTY
    return _parse(text, country or None)


@lru_cache(maxsize=1 << 16)
def _parse(text: str, country: str | None) -> Organisation | Refusal:
    if len(text) > MAX_LENGTH:
        return Refusal("too long for an organisation")
    rest, ids = _identifiers(text) if _STATED.search(text) else (text, {})
    names: list[tuple[str, str | None]] = []
    for piece in _pieces(rest, country):
        name, body = _one(piece, country)
        if name and (body is None or body not in (b for _, b in names)) and _key(name) not in (_key(n) for n, _ in names):
            names.append((name, body))
    if not names:
        return Refusal("no name")
    leading, body = names[0]
    if len(leading) > MAX_NAME:
        return Refusal("too long for an organisation")
    if body:
        known = {k: v for k, v in _PUBLIC[body].get("ids", {}).items() if k not in ids}
        return Organisation(tuple(n for n, _ in names), body, {**known, **ids}, "lookup", 0.97)
    return Organisation(tuple(n for n, _ in names), slug(leading, country), ids, "name", 0.8)


def slug(name: str, country: str | None) -> str:
    """The key of an organisation that no lookup has: country and folded name without its legal form."""
    word = _key(name)
    word = _FORM.sub("", word) or word
    return "-".join(([country.lower()] if country else []) + word.split())[:120]


def _identifiers(text: str) -> tuple[str, dict[str, str]]:
    ids = {}
    for name, pattern in _IDS.items():
        if found := pattern.search(text):
            ids[name] = found[1].upper() if name == "wikidata" else found[1].lower()
            text = pattern.sub(" ", text)
    return _ADDRESS.sub(" ", text), ids


def _pieces(text: str, country: str | None) -> list[str]:
    """The parts of a text that each name one organisation."""
    if _known(_tidy(text), country):
        return [text]
    pieces = [p for p in _LISTED.split(text) if p.strip()]
    out: list[str] = []
    for piece in pieces:
        out += _joined(piece, country)
    return out


def _joined(piece: str, country: str | None) -> list[str]:
    """Parts joined by a comma or "and": apart only where both sides are bodies of their own."""
    if _known(_tidy(piece), country) or _known(_one(piece, country)[0], country):
        return [piece]
    for joint in _JOINED.finditer(piece):
        left, right = piece[: joint.start()], piece[joint.end() :]
        if left.count("(") == left.count(")") and _is_body(left, country) and _is_body(right, country):
            return [left, *_joined(right, country)]
    return [piece]


def _is_body(text: str, country: str | None) -> bool:
    name = _tidy(text)
    if _known(name, country) or _known(_one(text, country)[0], country):
        return True
    words = _key(name).split()
    return len(words) > 1 and words[0] in _HEADS and name[:1].isupper()


@lru_cache(maxsize=1 << 12)
def _tidy(text: str) -> str:
    name = " ".join(plain(text).split()).strip(" .,;:-–—*|/")
    if len(name) > 2 and (name[0], name[-1]) in _QUOTES:
        name = name[1:-1].strip()
    return _ROLE.sub("", name)


@lru_cache(maxsize=1 << 12)
def _one(piece: str, country: str | None) -> tuple[str, str | None]:
    """The name of one organisation without brackets, and its lookup key."""
    whole = _tidy(piece)
    inside = _BRACKETS.findall(piece) if "(" in piece else []
    name = _tidy(_BRACKETS.sub("", " ".join(piece.split()))) if inside else whole
    if not name and inside:
        name = _tidy(inside[0])
    if fold(name) in _NOTHING or not any(c.isalpha() for c in name):
        return "", None
    body = _known(whole, country) or _known(name, country)
    for word in inside:
        if body is None and _ACRONYM.match(word.strip()):
            body = _known(word, country)
    return name, body


def parse_many(values: Sequence[str | None], countries: Sequence[str | None] | None = None) -> list[Organisation | Refusal]:
    """``parse_organisation`` of every value; equal inputs are read once."""
    return [parse_organisation(text, country=country) for text, country in zip(values, countries or [None] * len(values), strict=True)]


def organisations_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """organisation, organisation_id and organisations; the listing's country, else the portal's, tells ministries apart."""

    def one(key: tuple[str, str | None]) -> Outcome:
        text, country = key
        found = parse_organisation(text, country=country)
        if not isinstance(found, Organisation):
            return refused("organisation", text, found.reason)
        names = list(found.names)
        return made(names[0], found.organisation_id, names, raw=text, rule=f"organisations.{found.rule}", confidence=found.confidence)

    homes = [own or prior.country for own, prior in zip(typed(frame, "country"), prior_of(frame, priors), strict=True)]
    keys = zip(raw(frame, "organisation"), homes, strict=True)
    return fill(frame, ("organisation", "organisation_id", "organisations"), keys, one)
