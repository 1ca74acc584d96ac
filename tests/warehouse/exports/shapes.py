"""DCAT-AP's SHACL shapes applied to a catalogue, with the authority tables' concepts as background.

The background comes from babel and from the lists here, never from the catalogue: a code that no table has is no concept.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from babel.core import get_global
from pyshacl import validate
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, Namespace, URIRef

EU = "http://publications.europa.eu/resource/authority/"
SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPES = ("dcat-ap-SHACL", "shapes", "range", "mdr-vocabularies.shape", "shapes_recommended")

#: authority table -> what its concepts are besides, and their codes
TABLES: dict[str, tuple[str | None, set[str]]] = {
    "access-right": ("RightsStatement", {"PUBLIC", "RESTRICTED", "NON_PUBLIC"}),
    "data-theme": (None, {"AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN"}),
    "distribution-status": (None, {"COMPLETED", "DEPRECATED", "DEVELOP", "DISCONT", "WITHDRAWN"}),
    "file-type": (
        "MediaTypeOrExtent",
        {
            "ATOM",
            "CSV",
            "HTML",
            "JSON",
            "JSON_LD",
            "OCTET",
            "PARQUET",
            "RDF_N_TRIPLES",
            "RDF_TURTLE",
            "RDF_XML",
            "RSS",
            "TXT",
            "XLSX",
            "XML",
            "ZIP",
        },
    ),
    "frequency": ("Frequency", {"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL", "IRREG", "UNKNOWN", "CONT"}),
    "licence": ("LicenseDocument", {"CC_BY_4_0", "CC_BYSA_4_0", "CC0", "EUPL_1_2"}),
    "planned-availability": (None, {"AVAILABLE", "EXPERIMENTAL", "STABLE", "TEMPORARY"}),
    "country": ("Location", {code for code in get_global("territory_aliases") if len(code) == 3 and code.isalpha()} | {"EUR"}),
    "language": ("LinguisticSystem", {code.upper() for code in get_global("language_aliases") if len(code) == 3}),
}
PUBLISHERS: tuple[str, ...] = ("NonProfitOrganisation", "NationalAuthority", "Academia-ScientificOrganisation")
MEDIA: tuple[str, ...] = (
    "text/csv",
    "text/turtle",
    "application/json",
    "application/ld+json",
    "application/n-triples",
    "application/vnd.apache.parquet",
)
MEDIA += ("application/octet-stream", "application/atom+xml", "application/xml")
MEDIA += ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)


def background() -> Graph:
    """The concepts that a validator loads beside the catalogue."""
    graph = Graph()

    def concept(uri: URIRef, scheme: URIRef) -> None:
        graph.add((uri, RDF.type, SKOS.Concept))
        graph.add((uri, SKOS.inScheme, scheme))
        graph.add((uri, SKOS.prefLabel, Literal(str(uri))))
        graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        graph.add((scheme, DCTERMS.title, Literal(str(scheme))))

    for table, (kind, codes) in TABLES.items():
        for code in codes:
            concept(URIRef(f"{EU}{table}/{code}"), URIRef(EU + table))
            if kind:
                graph.add((URIRef(f"{EU}{table}/{code}"), RDF.type, DCTERMS[kind]))
    for name in PUBLISHERS:
        concept(URIRef(f"http://purl.org/adms/publishertype/{name}"), URIRef("http://purl.org/adms/publishertype/1.0"))
    for name in MEDIA:
        graph.add((URIRef(f"https://www.iana.org/assignments/media-types/{name}"), RDF.type, DCTERMS.MediaType))
    spdx = Namespace("http://spdx.org/rdf/terms#")
    graph.add((URIRef("https://spdx.org/rdf/terms#checksumAlgorithm_sha256"), RDF.type, spdx.ChecksumAlgorithm))
    return graph


def results(graph: Graph, folder: Path, name: str) -> Counter[tuple[str, str]]:
    """(severity, path) -> how often, of the results of one shapes file; what they consist of in turn is not counted."""
    _, report, _ = validate(graph + background(), shacl_graph=Graph().parse(folder / f"{name}.ttl"), advanced=True, inference="none")
    found: Counter[tuple[str, str]] = Counter()
    for top in report.objects(None, SH.result):
        found[str(report.value(top, SH.resultSeverity)).rpartition("#")[2], str(report.value(top, SH.resultPath))] += 1
    return found
