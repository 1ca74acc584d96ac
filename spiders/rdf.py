"""RDF from strangers: no network, no entities; and the data sets of a DCAT catalogue in it.

rdflib is slow to load: import this module where it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urldefrag

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, RDF, RDFS, SDO, SKOS, Namespace
from rdflib.term import Node

from spiders.errors import HarvestError
from spiders.extract.nodes import squeeze
from spiders.page import Page
from spiders.xml import refuse_entities

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
#: media type -> rdflib's name of the format
FORMATS = {
    "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml", "text/turtle": "turtle", "application/x-turtle": "turtle",
    "application/n-triples": "nt", "text/n3": "n3", "application/ld+json": "json-ld", "application/json": "json-ld",
}  # fmt: skip
#: what a thing is called
_NAMES = (FOAF.name, VCARD.fn, SKOS.prefLabel, RDFS.label, DCTERMS.title, SDO.name, VCARD["organization-name"])
#: raw field -> properties that hold it, the first that is filled counts
_FIELDS = {
    "organisation": (DCTERMS.publisher, DCTERMS.creator),
    "topic": (DCAT.keyword, DCAT.theme),
    "place": (DCTERMS.spatial,),
    "language": (DCTERMS.language,),
    "published": (DCTERMS.issued, DCTERMS.created),
    "modified": (DCTERMS.modified,),
    "licence": (DCTERMS.license, DCTERMS.rights),
    "kind": (DCTERMS.type,),
    "target_group": (DCTERMS.audience,),
}
_WHEN = ((DCAT.startDate, DCAT.endDate), (SDO.startDate, SDO.endDate))
_TERMS = ("title", "description", "identifier", "issued", "modified", "publisher", "spatial", "temporal", "language", "license")
#: remote contexts are never fetched; catalogues that name one mean these words
_CONTEXT: dict[str, Any] = {
    "@vocab": str(DCAT), "dcat": str(DCAT), "dct": str(DCTERMS), "dcterms": str(DCTERMS), "foaf": str(FOAF), "vcard": str(VCARD),
    "org": str(ORG), "skos": str(SKOS), "rdfs": str(RDFS), "schema": str(SDO), "hydra": str(HYDRA),
    **{name: f"dct:{name}" for name in _TERMS}, "name": "foaf:name", "fn": "vcard:fn", "prefLabel": "skos:prefLabel",
    "landingPage": {"@id": "dcat:landingPage", "@type": "@id"}, "accessURL": {"@id": "dcat:accessURL", "@type": "@id"},
}  # fmt: skip


def is_catalogue(page: Page) -> bool:
    """True where the page is RDF that holds a data set."""
    try:
        return (None, RDF.type, DCAT.Dataset) in graph_of(page)
    except HarvestError:
        return False


class Catalogue:
    """The data sets on one page of a catalogue, as raw strings.

    ``languages``: which literals are wanted first; ``classes``: local names of DCAT classes; ``fields``: raw field -> property.
    """

    def __init__(self, page: Page, languages: Sequence[str], classes: Sequence[str], fields: Mapping[str, str]) -> None:
        self.graph = graph_of(page)
        self.languages, self.classes, self.fields = languages, classes, fields

    def total(self) -> int | None:
        """``hydra:totalItems``."""
        return max((int(str(o)) for o in self.graph.objects(None, HYDRA.totalItems) if str(o).isdigit()), default=None)

    def following(self) -> list[str]:
        """Addresses of a next page that hydra names."""
        return [str(o) for name in ("next", "nextPage") for o in self.graph.objects(None, HYDRA[name])]

    def subjects(self) -> list[Node]:
        """The listings, each once."""
        found = [s for kind in self.classes for s in sorted(self.graph.subjects(RDF.type, DCAT[kind]), key=str)]
        return list(dict.fromkeys(found))

    def name_of(self, subject: Node) -> str | None:
        """Its address, or, of a blank node, its identifier."""
        return (
            str(subject) if isinstance(subject, URIRef) else next((str(o) for o in self.graph.objects(subject, DCTERMS.identifier)), None)
        )

    def title(self, subject: Node) -> str | None:
        """Its title."""
        return self._text(subject, DCTERMS.title)

    def address(self, subject: Node) -> str | None:
        """The page about it: the landing page, else its own address where that is one of the web."""
        own = urldefrag(str(subject))[0] if isinstance(subject, URIRef) else ""
        return self._landing(subject) or (own if own.startswith("http") else None)

    def values(self, subject: Node) -> tuple[dict[str, str], dict[str, str]]:
        """(raw fields, sources) of a data set, without title and address."""
        values: dict[str, str | None] = {"description": self._text(subject, DCTERMS.description)}
        for field, properties in _FIELDS.items():
            values[field] = next((t for p in properties if (t := self._texts(subject, p))), None)
        values |= self._period(subject)
        values["official_url"] = self._landing(subject)
        found = {k: v for k, v in values.items() if v}
        sources = {k: k for k in found}
        for field, address in self.fields.items():
            if text := self._texts(subject, URIRef(address)):
                found[field], sources[field] = text, address
        return found, sources

    def _landing(self, subject: Node) -> str | None:
        return next((str(o) for o in self.graph.objects(subject, DCAT.landingPage) if str(o).startswith("http")), None)

    def _period(self, subject: Node) -> dict[str, str]:
        for period in self.graph.objects(subject, DCTERMS.temporal):
            for begin, finish in _WHEN:
                start, end = self.graph.value(period, begin), self.graph.value(period, finish)
                if start or end:
                    return {k: str(v) for k, v in (("start", start), ("end", end)) if v}
            text = self._text(period, *_NAMES) or _local(period)
            if text and not text.startswith(("http", "file:", "urn:")):
                return {"period": text}
        return {}

    def _text(self, subject: Node, *properties: Node) -> str | None:
        """The literal in the first wanted language that has one, else any."""
        found = [o for p in properties for o in self.graph.objects(subject, p) if isinstance(o, Literal) and str(o).strip()]
        for wanted in self.languages:
            for literal in found:
                if (literal.language or "").split("-")[0] == wanted.split("-")[0]:
                    return str(literal).strip()
        plain = [str(o).strip() for o in found if not o.language]
        return min(plain or (str(o).strip() for o in found), default=None)

    def _texts(self, subject: Node, prop: Node) -> str | None:
        """Every value of a property: literals in one language, names of what it points to, else the end of its address."""
        literals = [o for o in self.graph.objects(subject, prop) if isinstance(o, Literal)]
        spoken = {o.language for o in literals if o.language}
        wanted = next((w for w in self.languages if w in spoken), None)
        texts = [str(o) for o in literals if wanted is None or not o.language or o.language == wanted]
        for o in self.graph.objects(subject, prop):
            if not isinstance(o, Literal) and not self._person(o) and (text := self._text(o, *_NAMES) or _local(o)):
                texts.append(text)
        return "; ".join(sorted({squeeze(t) for t in texts if t.strip()})) or None

    def _person(self, node: Node) -> bool:
        return bool(set(self.graph.objects(node, RDF.type)) & {FOAF.Person, VCARD.Individual})


def _local(node: Node) -> str:
    """A literal as it is; of the address of a code its last part; nothing of a blank node."""
    if isinstance(node, Literal):
        return str(node).strip()
    if not isinstance(node, URIRef):
        return ""
    text = str(node)
    if any(mark in text for mark in ("/authority/", "/nuts/", "/def/", "/licences/")):
        return text.rstrip("/").rpartition("/")[2].rpartition("#")[2]
    return text


def graph_of(page: Page) -> Graph:
    """The statements of an RDF document. Raises HarvestError with the reason where it cannot be read."""
    kind = FORMATS.get(page.content_type) or _guess(page.body)
    graph = Graph()
    try:
        if kind == "json-ld":
            graph.parse(data=json.dumps(_closed(page.json)), format="json-ld", publicID=page.url)
        elif kind == "xml":
            refuse_entities(page.body, page.url)
            graph.parse(data=page.body, format="xml", publicID=page.url)
        else:
            graph.parse(data=page.text, format=kind, publicID=page.url)
    except HarvestError:
        raise
    except Exception as e:  # each of rdflib's parsers raises classes of its own
        raise HarvestError(f"the answer is no RDF that can be read: {type(e).__name__}: {e}", where=page.url) from e
    return graph


def _guess(body: bytes) -> str:
    head = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return {b"<": "xml", b"{": "json-ld", b"[": "json-ld"}.get(head, "turtle")


def _closed(document: Any) -> Any:
    """The document with every remote context replaced by our own words, so that nothing is fetched."""
    if isinstance(document, list):
        return [_closed(d) for d in document]
    if not isinstance(document, dict):
        return document
    closed = {k: _closed(v) for k, v in document.items() if k != "@context"}
    if "@context" in document:
        contexts = document["@context"] if isinstance(document["@context"], list) else [document["@context"]]
        closed["@context"] = [_local_context(c) for c in contexts]
    return closed


def _local_context(context: Any) -> Any:
    if isinstance(context, str):
        return _CONTEXT
    return {k: v for k, v in context.items() if k != "@import"} if isinstance(context, dict) else context
