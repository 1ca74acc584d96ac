"""DCAT catalogues in RDF: RDF/XML, Turtle, JSON-LD and N-Triples, plain or in pages (hydra, ``Link: rel=next``).

A document is read without any network: remote JSON-LD contexts are replaced by the terms in ``dcat.toml``, XML that declares
entities is refused. Each data set (or thing of another class that the card names) is a listing.
"""

from __future__ import annotations

import json
import logging
import re
import tomllib
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from spiders.base import Claimed, Door, Fetch, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError, ModelError
from spiders.extract.nodes import squeeze
from spiders.page import url_key
from spiders.platforms._records import record_listing
from spiders.xml import refuse_entities

if TYPE_CHECKING:
    from rdflib import Graph

_FILE = Path(__file__).with_suffix(".toml")
#: a catalogue with more pages, or deeper in others, is a circle
MAX_PAGES, MAX_DEPTH = 2000, 3
_ACCEPT = "application/ld+json, text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8, application/json;q=0.5"
_TYPES = {
    "application/ld+json": "json-ld",
    "application/json": "json-ld",
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "text/n3": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
#: raw field -> properties, best first; of several values one is taken …
_ONE = {
    "description": ("dct:description", "dct:abstract", "schema:description", "rdfs:comment"),
    "published": ("dct:issued", "schema:datePublished", "dct:created"),
    "modified": ("dct:modified", "schema:dateModified"),
    "start": ("schema:startDate", "dcat:startDate"),
    "end": ("schema:endDate", "dcat:endDate"),
}
#: … or all: the labels of the things meant, else their addresses
_ALL = {
    "organisation": ("dct:publisher", "dct:creator", "schema:publisher", "schema:funder"),
    "target_group": ("dct:audience", "schema:audience"),
    "licence": ("dct:license", "schema:license"),
}
_TITLE = ("dct:title", "schema:name", "skos:prefLabel", "rdfs:label", "foaf:name")
_NAMES = ("foaf:name", "skos:prefLabel", "rdfs:label", "dct:title", "schema:name", "vcard:fn", "dct:description")
_PERIOD = {
    "start": ("dcat:startDate", "schema:startDate", "time:hasBeginning"),
    "end": ("dcat:endDate", "schema:endDate", "time:hasEnd"),
}
_TOPICS = ("dcat:keyword", "dcat:theme", "schema:keywords", "dct:subject")
_PLACES = ("dct:spatial", "schema:spatialCoverage")
_PAGES = ("dcat:landingPage", "foaf:page", "schema:url")
_NEXT = ("hydra:next", "hydra:nextPage")
_NUTS = re.compile(r"/nuts/(?:code/)?([A-Z]{2}[0-9A-Z]{0,3})/?$")
_CODE = re.compile(r"/authority/(?:language|country)/([A-Z]{2,3})/?$")


class Dcat(Platform):
    """``url`` is the catalogue's document; data sets named by their own address, else by their identifier."""

    name = "dcat"
    rank = 25
    about = "DCAT catalogues and other RDF documents"
    options = {
        "types": Option(list, "classes whose members are listings, such as ['foaf:Project']; dcat:Dataset without it"),
        "fields": Option(dict, "raw field -> property, such as 'dct:spatial'"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        found: dict[str, str] = {}
        if page.content_type in ("text/turtle", "application/rdf+xml", "application/ld+json") or b"ns/dcat#" in page.body[:20000]:
            found[page.url] = "the address itself"
        for node in page.tree.css("link[rel][href][type], a[href][type]"):
            if node.attributes.get("type") in ("text/turtle", "application/rdf+xml", "application/ld+json"):
                found.setdefault(page.join(node.attributes.get("href") or ""), f"a link of type {node.attributes.get('type')}")
        for url, why in list(found.items())[:2]:
            yield Door(url, url, why)

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            return {} if next(iter(_members(graph_of(answer), ["dcat:Dataset"])), None) else None
        except HarvestError:
            return None

    def start(self) -> Iterator[Yield]:
        yield Fetch(self.harvest.url, "parse", {"depth": 1}, {"Accept": _ACCEPT}, first=True)

    def parse(self, page: Page) -> Iterator[Yield]:
        """A catalogue, or a page of one."""
        graph = graph_of(page)
        depth, inside = page.context.get("depth", 1), page.context.get("inside", 0)
        members = _members(graph, self.option("types", ["dcat:Dataset"]))
        for node in members:
            yield from self._thing(page, graph, node)
        totals = [int(n) for t in graph.objects(None, _iri("hydra:totalItems")) if (n := str(t)).isdigit()]
        if depth == 1 and not inside and totals:
            yield Claimed(max(totals), "hydra:totalItems")
        following = self._next(page, graph)
        if following and depth < MAX_PAGES:
            yield Fetch(following, "parse", {**page.context, "depth": depth + 1}, {"Accept": _ACCEPT}, first=True)
        nested = self._nested(page, graph) if inside < MAX_DEPTH else []
        for url in nested:
            yield Fetch(url, "parse", {"depth": 1, "inside": inside + 1}, {"Accept": _ACCEPT}, first=True)
        if not members and not nested and depth == 1 and not following:
            yield Problem("the document describes no data set", page.url, short=True)

    def _next(self, page: Page, graph: Graph) -> str | None:
        for name in _NEXT:
            for node in sorted(graph.objects(None, _iri(name)), key=str):
                if url_key(page.join(str(node))) != url_key(page.url):
                    return page.join(str(node))
        if m := re.search(r'<([^>]+)>\s*;[^,]*\brel="?next"?', page.header("link") or ""):
            return page.join(m[1])
        return None

    def _nested(self, page: Page, graph: Graph) -> list[str]:
        """Addresses of catalogues that this one names and does not describe, on the same host."""
        described = set(graph.subjects(_iri("dcat:dataset"), None))
        named = set(graph.objects(None, _iri("dcat:catalog"))) - described
        host = urlsplit(page.url).hostname
        return sorted(str(n) for n in named if urlsplit(str(n)).hostname == host and url_key(str(n)) != url_key(page.url))

    def _thing(self, page: Page, graph: Graph, node: Any) -> Iterator[Yield]:
        from rdflib import URIRef

        title, language = self._literal(graph, node, _TITLE)
        address = str(node) if isinstance(node, URIRef) else None
        identifier = next((str(v) for v in _values(graph, node, ("dct:identifier", "schema:identifier", "adms:identifier"))), None)
        if not title:
            yield Problem(f"{address or identifier or 'a blank node'} has no title", page.url)
            return
        landing = next((u for v in _values(graph, node, _PAGES) if (u := str(v)).startswith(("http://", "https://"))), None)
        name = address if address and not address.startswith("file:") else identifier
        web = address if address and address.startswith(("http://", "https://")) else None
        values, sources = self._values(graph, node)
        values["language"] = language or values.get("language")
        yield record_listing(
            self,
            page,
            title=title,
            values=values,
            sources=sources,
            labels=self._labels(graph, node),
            record=dict(self._declared(graph, node)),
            url=landing or web or page.url,
            platform_id=name,
            key=None if name or landing else title,
            shared_page=not (landing or web),
        )

    def _values(self, graph: Graph, node: Any) -> tuple[dict[str, str | None], dict[str, str]]:
        found: dict[str, str | None] = {}
        sources: dict[str, str] = {}
        for field, names in _ONE.items():
            found[field] = self._literal(graph, node, names)[0]
        for field, names in _ALL.items():
            for name in names:
                if texts := self._texts(graph, node, (name,)):
                    found[field], sources[field] = "; ".join(texts), name
                    break
        topics = [t for name in _TOPICS for t in self._texts(graph, node, (name,)) if not t.startswith("http")]
        found["topic"] = "; ".join(dict.fromkeys(topics)) or None
        for period in _values(graph, node, ("dct:temporal", "schema:temporalCoverage")):
            for field, names in _PERIOD.items():
                found[field] = found[field] or self._literal(graph, period, names)[0]
            if not found["start"] and not found["end"] and _is_text(period):
                found["period"] = str(period)
        places = list(dict.fromkeys([str(v) for v in _values(graph, node, _PLACES)]))
        codes = [m[1] for place in places if (m := _NUTS.search(place))]
        found["nuts"] = "; ".join(sorted(codes)) or None
        found["place"] = "; ".join(self._texts(graph, node, _PLACES)) or None
        licences = [t for d in _values(graph, node, ("dcat:distribution",)) for t in self._texts(graph, d, ("dct:license",))]
        found["licence"] = found.get("licence") or next(iter(sorted(licences)), None)
        found["official_url"] = next((str(v) for v in _values(graph, node, ("foaf:homepage",)) if str(v).startswith("http")), None)
        found["language"] = "; ".join(self._texts(graph, node, ("dct:language", "schema:inLanguage"))) or None
        found["kind"] = "; ".join(t for t in self._texts(graph, node, ("dct:type",)) if not t.startswith("http")) or None
        return found, sources

    def _labels(self, graph: Graph, node: Any) -> dict[str, list[str]]:
        """Properties that no raw field stands for, by their last word, and titles in other languages."""
        used = {_iri(n) for names in (*_ONE.values(), *_ALL.values(), _TITLE, _TOPICS, _PLACES, _PAGES) for n in names}
        used |= {_iri(n) for n in ("rdf:type", "dcat:distribution", "dcat:contactPoint", "dct:temporal", "dct:identifier", "foaf:homepage")}
        found: dict[str, list[str]] = {}
        for predicate in sorted(set(graph.predicates(node, None)) - used, key=str):
            texts = [
                t
                for t in self._objects(graph, sorted(graph.objects(node, predicate), key=str))
                if not t.startswith(("http://", "https://"))
            ]
            if texts:
                found[re.split(r"[/#]", str(predicate))[-1]] = texts
        for value in sorted(graph.objects(node, _iri("dct:title")), key=str):
            if code := getattr(value, "language", None):
                found[f"title {code}"] = [squeeze(str(value))]
        return found

    def _declared(self, graph: Graph, node: Any) -> Iterator[tuple[str, list[str]]]:
        for name in self.option("fields", {}).values():
            yield name, self._texts(graph, node, (name,))

    def _texts(self, graph: Graph, node: Any, names: Iterable[str]) -> list[str]:
        return self._objects(graph, _values(graph, node, names))

    def _objects(self, graph: Graph, objects: Iterable[Any]) -> list[str]:
        """Literals as they are (in the portal's languages where they have some), things by their label, code or address."""
        found: list[str] = []
        literals = [o for o in objects if _is_text(o)]
        wanted = {o.language for o in literals if o.language}
        language = next((w for code in self.card.languages for w in wanted if w.split("-")[0] == code.split("-")[0]), None)
        for value in objects:
            if _is_text(value):
                if not value.language or language in (None, value.language):
                    found.append(squeeze(str(value)))
            elif label := self._literal(graph, value, _NAMES)[0]:
                found.append(label)
            elif str(value).startswith(("http://", "https://")):
                m = _CODE.search(str(value))
                found.append(m[1] if m else str(value))
        return [t for t in dict.fromkeys(found) if t]

    def _literal(self, graph: Graph, node: Any, names: Iterable[str]) -> tuple[str | None, str | None]:
        """(text, language) of the first property that has one, in the portal's first language that it has."""
        for name in names:
            literals = [v for v in _values(graph, node, (name,)) if _is_text(v) and squeeze(str(v))]
            for code in self.card.languages:
                for value in literals:
                    if value.language and value.language.split("-")[0].lower() == code.split("-")[0]:
                        return str(value).strip(), value.language
            if literals:
                return str(literals[0]).strip(), literals[0].language
        return None, None


@cache
def _terms() -> dict[str, Any]:
    try:
        return tomllib.loads(_FILE.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as e:
        raise ModelError(f"cannot be read: {e}", where=str(_FILE), hint="Reinstall eduatlas.") from e


@cache
def _context() -> dict[str, Any]:
    """The JSON-LD context that stands in for remote ones."""
    tables = _terms()
    links = {term: {"@id": iri, "@type": "@id"} for term, iri in tables["links"].items()}
    return {**tables["prefixes"], **tables["terms"], **links, "id": "@id"}


@cache
def _iri(name: str) -> Any:
    """``dct:title`` as a node; a whole address stays."""
    from rdflib import URIRef

    prefix, _, local = name.partition(":")
    return URIRef(f"{_terms()['prefixes'][prefix]}{local}" if prefix in _terms()["prefixes"] else name)


def _is_text(node: Any) -> bool:
    from rdflib import Literal

    return isinstance(node, Literal)


def _values(graph: Graph, node: Any, names: Iterable[str]) -> list[Any]:
    """Objects of the first of the properties that has any, in a fixed order."""
    for name in names:
        if found := sorted(graph.objects(node, _iri(name)), key=lambda o: (not _is_text(o), str(o))):
            return found
    return []


def _members(graph: Graph, types: Iterable[str]) -> list[Any]:
    """Everything of the classes, and what catalogues name as data sets, in a fixed order."""
    kind = _iri("rdf:type")
    found = {node for name in types for node in graph.subjects(kind, _iri(name))}
    if "dcat:Dataset" in types:
        found |= {node for node in graph.objects(None, _iri("dcat:dataset")) if not _is_text(node) and (node, None, None) in graph}
    title = _iri("dct:title")
    return sorted(found, key=lambda node: (str(graph.value(node, title) or ""), str(node)))


def graph_of(page: Page) -> Graph:
    """The graph of an RDF answer. Raises HarvestError where it is none; nothing is fetched."""
    from rdflib import Graph

    head = page.body[:500].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head[:1] in (b"{", b"["):
        form = "json-ld"
    elif head[:1] == b"<" and (head[:5] == b"<?xml" or b"<rdf:RDF" in page.body[:5000]):
        form = "xml"
    elif head[:9].lower() in (b"<!doctype", b"<html lan") or head[:6].lower() == b"<html>":
        raise HarvestError("the answer is a web page and no RDF", where=page.url)
    else:
        form = _TYPES.get(page.content_type, "turtle")
        form = "turtle" if form in ("json-ld", "xml") else form
    data: bytes | str = page.body
    if form == "xml":
        refuse_entities(page.body, page.url)
    elif form == "json-ld":
        data = json.dumps(_offline(page.json))
    graph = Graph(bind_namespaces="none")
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            graph.parse(data=data, format=form, publicID=page.url)
    except RecursionError as e:
        raise HarvestError("the RDF is nested too deeply", where=page.url) from e
    except Exception as e:  # rdflib's parsers raise errors of many classes
        raise HarvestError(f"the answer is no {form} RDF: {squeeze(str(e))[:200]}", where=page.url) from e
    return graph


def _offline(value: Any) -> Any:
    """A JSON-LD document in which every remote context is replaced by our own terms."""
    if isinstance(value, list):
        return [_offline(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {k: _own_context(v) if k == "@context" else _offline(v) for k, v in value.items() if k != "@import"}


def _own_context(value: Any) -> Any:
    if isinstance(value, str):
        return _context()
    if isinstance(value, list):
        return [_own_context(v) for v in value]
    if isinstance(value, dict):
        return {
            k: {kk: _own_context(vv) if kk == "@context" else vv for kk, vv in v.items()} if isinstance(v, dict) else v
            for k, v in value.items()
            if k not in ("@import", "@propagate")
        }
    return value
