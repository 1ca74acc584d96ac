"""The metadata quality score of data.europa.eu (MQA), per dimension: 405 points; 351 and more are "excellent".

What the metrics and points are follows the portal's published methodology. Of a data set's distributions the one with the most points
counts; ``every`` tells the mean over all of them as well. Addresses are asked through ``reach``, so that a test can serve them itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rdflib import DCAT, DCTERMS, Graph, URIRef
from rdflib.term import Node

EU = "http://publications.europa.eu/resource/authority/"
#: file types that the portal counts as open and as machine-readable
OPEN = {
    "CSV",
    "GEOJSON",
    "HTML",
    "JSON",
    "JSON_LD",
    "ODS",
    "RDF_N_QUADS",
    "RDF_N_TRIPLES",
    "RDF_TRIG",
    "RDF_TURTLE",
    "RDF_XML",
    "RSS",
    "TSV",
}
OPEN |= {"TXT", "XML", "ZIP"}
READABLE = {"CSV", "GEOJSON", "JSON", "JSON_LD", "ODS", "RDFA", "RDF_N_QUADS", "RDF_N_TRIPLES", "RDF_TRIG", "RDF_TURTLE", "RDF_XML", "RSS"}
READABLE |= {"XLS", "XLSX", "XML"}
DIMENSIONS = {"findability": 100, "accessibility": 100, "interoperability": 110, "reusability": 75, "contextuality": 20}
BYTES = DCAT.byteSize


@dataclass(frozen=True)
class Score:
    """Points per dimension; ``every``: the same where all distributions count alike."""

    points: dict[str, int]
    every: dict[str, float]

    @property
    def total(self) -> int:
        return sum(self.points.values())


def score(graph: Graph, dataset: URIRef, *, compliant: bool, reach: Callable[[str], bool]) -> Score:
    """The score of one data set. ``compliant``: whether the DCAT-AP shapes pass."""

    def has(subject: Node, *predicates: URIRef) -> bool:
        return any((subject, p, None) in graph for p in predicates)

    def code(subject: Node, predicate: URIRef, table: str) -> str:
        found = [str(o).removeprefix(f"{EU}{table}/") for o in graph.objects(subject, predicate) if str(o).startswith(f"{EU}{table}/")]
        return found[0] if found else ""

    def of(d: Node) -> dict[str, int]:
        kind = code(d, DCTERMS.format, "file-type")
        media = str(graph.value(d, DCAT.mediaType) or "")
        return {
            "accessibility": 50 * all(reach(str(u)) for u in graph.objects(d, DCAT.accessURL))
            + 20 * has(d, DCAT.downloadURL)
            + 30 * (has(d, DCAT.downloadURL) and all(reach(str(u)) for u in graph.objects(d, DCAT.downloadURL))),
            "interoperability": 20 * has(d, DCTERMS.format)
            + 10 * has(d, DCAT.mediaType)
            + 10 * bool(kind and re.match(r"https?://www\.iana\.org/assignments/media-types/\w+/[\w.+-]+$", media))
            + 20 * (kind in OPEN)
            + 20 * (kind in READABLE)
            + 30 * compliant,
            "reusability": 20 * has(d, DCTERMS.license)
            + 10 * bool(code(d, DCTERMS.license, "licence"))
            + 10 * has(dataset, DCTERMS.accessRights)
            + 5 * bool(code(dataset, DCTERMS.accessRights, "access-right"))
            + 20 * has(dataset, DCAT.contactPoint)
            + 10 * has(dataset, DCTERMS.publisher),
            "contextuality": 5 * has(d, DCTERMS.rights) + 5 * has(d, BYTES) + 5 * has(d, DCTERMS.issued) + 5 * has(d, DCTERMS.modified),
        }

    found = (
        30 * has(dataset, DCAT.keyword)
        + 30 * has(dataset, DCAT.theme)
        + 20 * has(dataset, DCTERMS.spatial)
        + 20 * has(dataset, DCTERMS.temporal)
    )
    each = [of(d) for d in sorted(graph.objects(dataset, DCAT.distribution), key=str)]
    best = max(each, key=lambda points: sum(points.values()))
    mean = {name: sum(points[name] for points in each) / len(each) for name in best}
    return Score({"findability": found, **best}, {"findability": found, **mean})
