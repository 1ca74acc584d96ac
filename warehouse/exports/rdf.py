"""RDF for linked-data users: N-Triples, one file per kind of thing, and the concept schemes as SKOS.

Every initiative is a resource under a stable address, with its names per language, topics and other codes as SKOS concepts, places as
NUTS and country URIs of the EU, relations both ways, and the pages that it was derived from.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from transforms.normalise import codes
from warehouse.exports import Source
from warehouse.exports._about import About, shipped
from warehouse.exports._graph import Graph, Iri, Text
from warehouse.exports._lines import prepare, write_lines

NAME = "rdf"
FORMAT = "application/n-triples"

_QUERIES = Path(__file__).parent / "sql" / "rdf"
_VOCABULARY = Path(__file__).with_name("_vocabulary.toml")
#: EuroVoc concepts have URIs of their own
_FOREIGN = frozenset({"eurovoc"})


def write(source: Source, folder: Path, about: About | None = None) -> list[Path]:
    """One file per query of ``sql/rdf``, and the concepts."""
    about = about or shipped()
    prepare(source.con, about)
    files = []
    for query in sorted(_QUERIES.glob("*.sql")):
        path = folder / f"{query.stem}.nt"
        with path.open("wb") as out:
            write_lines(source.con, query.read_text(encoding="utf-8"), out)
        files.append(path)
    concepts = folder / "concepts.nt"
    concepts.write_text(_concepts(about).ntriples(), encoding="utf-8", newline="\n")
    return [*files, concepts]


def _concepts(about: About) -> Graph:
    graph = Graph()
    for name in codes.names():
        if name not in _FOREIGN:
            _scheme(graph, about.base, codes.code_list(name))
    vocabulary = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    for kind, terms in vocabulary.items():
        for term, said in terms.items():
            graph.add(
                f"{about.base}def/{term}",
                a="rdfs:Class" if kind == "class" else "rdf:Property",
                rdfs_label=Text(said["label"], "en"),
                rdfs_comment=Text(said["about"], "en"),
                owl_inverseOf=f"{about.base}def/{said['inverse']}" if "inverse" in said else None,
                **{"rdfs_subClassOf" if kind == "class" else "rdfs_subPropertyOf": said.get("broader")},
            )
    return graph


def _scheme(graph: Graph, base: str, table: codes.CodeList) -> None:
    scheme = f"{base}concept/{table.name}"
    graph.add(
        scheme,
        a="skos:ConceptScheme",
        dct_title=Text(table.title, "en"),
        owl_versionInfo=Text(table.version) if table.version else None,
        dct_source=table.more.get("source"),
    )
    for code in table.codes.values():
        concept = f"{scheme}/{code.code}"
        graph.add(
            concept,
            a="skos:Concept",
            skos_inScheme=scheme,
            skos_notation=Text(code.code),
            skos_prefLabel=[Text(label, language) for language, label in code.labels.items()],
            skos_definition=Text(code.about, "en") if code.about else None,
            skos_exactMatch=Iri(f"http://eurovoc.europa.eu/{code.entry['exact']}") if "exact" in code.entry else None,
        )
        if code.broader:
            graph.add(concept, skos_broader=f"{scheme}/{code.broader}")
            graph.add(f"{scheme}/{code.broader}", skos_narrower=concept)
        else:
            graph.add(scheme, skos_hasTopConcept=concept)
            graph.add(concept, skos_topConceptOf=scheme)
