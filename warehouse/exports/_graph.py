"""A small set of RDF statements, written in an order that depends on nothing but what they say: N-Triples, Turtle or JSON-LD.

For metadata, which is as large as the number of files and portals; rows are streamed by SQL instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PLAIN_IRI = re.compile(r"[%:/?#\[\]@!$&'()*+,;=\-._~A-Za-z0-9]*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True, order=True)
class Iri:
    """A name of a thing; characters that no IRI may hold are percent-encoded."""

    uri: str

    @property
    def text(self) -> str:
        if _PLAIN_IRI.fullmatch(self.uri):
            return self.uri
        return quote(_CONTROL.sub("", self.uri), safe="%:/?#[]@!$&'()*+,;=-._~" + "".join(c for c in self.uri if ord(c) > 160))


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A literal with a language or a datatype (a prefixed name)."""

    value: str
    language: str = ""
    datatype: str = ""


Term = Iri | Text


def iri(name: str) -> Iri:
    """``dct:title`` or a whole address."""
    prefix, _, rest = name.partition(":")
    return Iri(PREFIXES[prefix] + rest if prefix in PREFIXES and not rest.startswith("//") else name)


@dataclass
class Graph:
    """Statements; adding one twice says it once."""

    statements: set[tuple[Iri, Iri, Term]] = field(default_factory=set)

    def add(self, subject: str, **said: Term | str | Iterable[Term | str] | None) -> None:
        """``add("https://…", dct_title=Text("…"), a="dcat:Dataset")``: the first ``_`` of a name stands for ``:``.

        Strings are IRIs, prefixed or whole; None says nothing.
        """
        for name, values in said.items():
            predicate = iri("rdf:type" if name == "a" else name.replace("_", ":", 1))
            if values is None:
                continue
            for value in [values] if isinstance(values, (str, Iri, Text)) else values:
                self.statements.add((iri(subject), predicate, iri(value) if isinstance(value, str) else value))

    def ordered(self) -> list[tuple[Iri, Iri, Term]]:
        """By subject, then type first, then predicate and object."""
        first = iri("rdf:type")
        return sorted(self.statements, key=lambda s: (s[0], s[1] != first, s[1], isinstance(s[2], Text), str(s[2])))

    def ntriples(self) -> str:
        return "".join(f"{_full(s)} {_full(p)} {_full(o)} .\n" for s, p, o in self.ordered())

    def turtle(self) -> str:
        """Turtle with the prefixes of this module."""
        lines = [f"@prefix {name}: <{uri}> ." for name, uri in PREFIXES.items()]
        before: tuple[Iri | None, Iri | None] = (None, None)
        for s, p, o in self.ordered():
            if s != before[0]:
                lines.extend([lines.pop() + (" ." if before[0] else ""), "", _short(s)])
                lines.append(f"    {_verb(p)} {_short(o)}")
            elif p != before[1]:
                lines[-1] += " ;"
                lines.append(f"    {_verb(p)} {_short(o)}")
            else:
                lines[-1] += ","
                lines.append(f"        {_short(o)}")
            before = (s, p)
        return "\n".join(lines) + (" .\n" if self.statements else "\n")

    def jsonld(self) -> str:
        """Expanded values under prefixed names; lists are in order."""
        nodes: dict[str, dict[str, Any]] = {}
        for s, p, o in self.ordered():
            node = nodes.setdefault(s.text, {"@id": s.text})
            if p == iri("rdf:type"):
                node.setdefault("@type", []).append(_compact(o.text) if isinstance(o, Iri) else "")
            else:
                node.setdefault(_compact(p.text), []).append(_value(o))
        document = {"@context": dict(PREFIXES), "@graph": list(nodes.values())}
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _literal(o: Text) -> str:
    return '"' + _CONTROL.sub("", o.value).translate(_ESCAPES) + '"'


def _full(term: Term) -> str:
    if isinstance(term, Iri):
        return f"<{term.text}>"
    if term.language and _TAG.fullmatch(term.language):
        return f"{_literal(term)}@{term.language}"
    return _literal(term) + (f"^^{_full(iri(term.datatype))}" if term.datatype else "")


def _compact(uri: str) -> str:
    for name, start in PREFIXES.items():
        if uri.startswith(start) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", uri[len(start) :]):
            return f"{name}:{uri[len(start) :]}"
    return uri


def _short(term: Term) -> str:
    if isinstance(term, Iri):
        short = _compact(term.text)
        return f"<{short}>" if short == term.text else short
    if term.datatype:
        return f"{_literal(term)}^^{term.datatype}"
    return _full(term)


def _verb(predicate: Iri) -> str:
    return "a" if predicate == iri("rdf:type") else _short(predicate)


def _value(o: Term) -> Mapping[str, str]:
    if isinstance(o, Iri):
        return {"@id": o.text}
    said = {"@value": _CONTROL.sub("", o.value)}
    if o.language and _TAG.fullmatch(o.language):
        return said | {"@language": o.language}
    return said | ({"@type": o.datatype} if o.datatype else {})
