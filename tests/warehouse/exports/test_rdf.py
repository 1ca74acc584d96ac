"""The rdf and jsonld exports: rdflib reads every file, the counts are those of the tables, and text survives."""

import json
from pathlib import Path

import duckdb
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import DCTERMS, FOAF, OWL, PROV, RDF, SKOS, Literal, Namespace, URIRef

from transforms.normalise import codes
from warehouse import exports
from warehouse.exports import _about, _graph, _lines, jsonld, rdf

EA = Namespace("https://eduatlas.example/def/")
ID = Namespace("https://eduatlas.example/id/")
BASE = "https://eduatlas.example/"
A = ID["ea-000000000a"]


def graph_of(folder: Path) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in sorted(folder.glob("*.nt")):
        graph.parse(path, format="nt")
    return graph


@pytest.fixture
def graph(release: Path, shelf: dict) -> rdflib.Graph:  # type: ignore[type-arg]
    return shelf.setdefault("rdf", graph_of(release / "rdf"))


@pytest.fixture
def linked(release: Path, shelf: dict) -> rdflib.Graph:  # type: ignore[type-arg]
    if "jsonld" not in shelf:
        shelf["jsonld"] = rdflib.Graph().parse(release / "jsonld/eduatlas.jsonld", format="json-ld")
    return shelf["jsonld"]


def counts(release: Path) -> dict[str, int]:
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        return {
            name: con.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0]
            for name in ("initiatives", "organisations", "portals", "relations", "redirects")
        }


def test_both_say_as_many_things_as_the_tables_hold(graph: rdflib.Graph, linked: rdflib.Graph, release: Path) -> None:
    rows = counts(release)
    assert rows == {"initiatives": 7, "organisations": 1, "portals": 3, "relations": 3, "redirects": 1}
    for said in (graph, linked):
        assert len(set(said.subjects(RDF.type, EA.Initiative))) == rows["initiatives"]
    schema = Namespace("https://schema.org/")
    assert len(set(graph.subjects(RDF.type, schema.WebSite))) == len(set(linked.subjects(RDF.type, schema.WebSite))) == rows["portals"]
    assert len(set(graph.subjects(RDF.type, FOAF.Organization))) == rows["organisations"]
    assert len(set(graph.subjects(RDF.type, PROV.Influence))) == rows["relations"]
    assert len(set(graph.subjects(OWL.deprecated, None))) == rows["redirects"]
    # the pages that every initiative was derived from are the same in both
    assert {(s, o) for s, o in graph.subject_objects(PROV.wasDerivedFrom)} == {
        (s, o) for s, o in linked.subject_objects(schema.isBasedOn) if str(s).startswith(str(ID))
    }


def test_every_line_is_one_statement(release: Path) -> None:
    for path in (release / "rdf").glob("*.nt"):
        text = path.read_text(encoding="utf-8")
        assert not text or text.endswith(" .\n")
        assert all(line.startswith("<") and line.endswith(" .") for line in text.split("\n")[:-1]), path


def test_text_survives_and_is_tagged(graph: rdflib.Graph, linked: rdflib.Graph) -> None:
    [title] = graph.objects(A, DCTERMS.title)
    assert title.language == "de" and title.startswith('=HYPERLINK("http://x.example","a") & <b>"q"</b>\\') and "\u0007" not in title  # type: ignore[attr-defined,operator]
    assert [title] == list(linked.objects(A, URIRef("https://schema.org/name")))
    titles = {o.language: str(o) for o in graph.objects(ID["ea-0000000001"], DCTERMS.title)}  # type: ignore[attr-defined]
    assert titles == {"cs": "Strategie 2030+", "en": "Strategy 2030+"}
    # a language that is not known is no tag
    assert list(graph.objects(ID["ea-000000000c"], DCTERMS.title)) == [Literal("Umsetzung")]


def test_addresses_are_made_fit(graph: rdflib.Graph, linked: rdflib.Graph) -> None:
    fit = URIRef("https://example.org/a%20b%3Cc%3E?q=%221%22%7C2")
    assert list(graph.objects(A, FOAF.page)) == [fit] == list(linked.objects(A, URIRef("https://schema.org/url")))
    [lead] = graph.objects(A, EA.leadOrganisation)
    assert " " not in str(lead) and list(graph.objects(lead, FOAF.name))


def test_places_are_authority_uris(graph: rdflib.Graph, linked: rdflib.Graph) -> None:
    country = "http://publications.europa.eu/resource/authority/country/"
    nuts = "http://data.europa.eu/nuts/code/"
    wanted = {URIRef(f"{country}DEU"), URIRef(f"{nuts}DE3"), URIRef(f"{nuts}DEA11")}
    assert set(graph.objects(A, DCTERMS.spatial)) == wanted == set(linked.objects(A, DCTERMS.spatial))
    assert list(graph.objects(ID["ea-000000000c"], DCTERMS.spatial)) == [URIRef(f"{country}GRC")]
    assert list(graph.objects(ID["ea-000000000d"], DCTERMS.spatial)) == [URIRef(f"{country}EUR")]


@pytest.mark.parametrize("which", ["graph", "linked"])
def test_relations_point_the_right_way(which: str, request: pytest.FixtureRequest) -> None:
    said = request.getfixturevalue(which)
    assert (A, DCTERMS.replaces, ID["ea-000000000b"]) in said
    assert (ID["ea-0000000003"], DCTERMS.isPartOf, ID["ea-0000000002"]) in said
    assert (ID["ea-000000000c"], EA.implements, A) in said
    assert (ID["ea-00000000zz"], DCTERMS.isReplacedBy, A) in said


def test_relations_tell_how_sure_they_are(graph: rdflib.Graph) -> None:
    [influence] = graph.objects(A, PROV.qualifiedInfluence)
    assert graph.value(influence, EA.score).toPython() == 0.9 and graph.value(influence, PROV.influencer) == ID["ea-000000000b"]  # type: ignore[union-attr]
    assert (ID["ea-000000000b"], DCTERMS.isReplacedBy, A) in graph


def test_every_concept_that_is_used_is_explained(graph: rdflib.Graph) -> None:
    used = {o for o in graph.objects() if str(o).startswith((f"{BASE}concept/", f"{BASE}def/"))}
    used |= {p for p in graph.predicates() if str(p).startswith(BASE)}
    defined = set(graph.subjects())
    assert used and not used - defined
    topics = URIRef(f"{BASE}concept/topics")
    assert len(set(graph.subjects(SKOS.inScheme, topics))) == len(codes.code_list("topics").codes)
    labels = {o.language for o in graph.objects(URIRef(f"{topics}/devices"), SKOS.prefLabel)}  # type: ignore[attr-defined]
    assert len(labels) == 24


def test_the_document_stands_on_its_own(release: Path, linked: rdflib.Graph) -> None:
    text = (release / "jsonld/eduatlas.jsonld").read_text(encoding="utf-8")
    document = json.loads(text)
    assert isinstance(document["@context"], dict) and ":null" not in text
    # a node a line: readable in pieces
    assert all(json.loads(line.rstrip(",")) for line in text.split("\n")[2:-2])
    data = document["@graph"][-1]
    assert data["@type"] == ["Dataset", "dcat:Dataset"] and data["version"] == "2025-03-01.1" and data["dateModified"] == "2025-03-01"
    # every key of a node means something
    assert not [p for p in linked.predicates() if "://" not in str(p)]


def test_the_base_is_a_parameter(release: Path, tmp_path: Path) -> None:
    about = _about.About.load()
    mine = _about.About(**{f: getattr(about, f) for f in about.__dataclass_fields__} | {"base": "http://atlas.example.org/x/"})
    with duckdb.connect(str(release / "eduatlas.duckdb"), read_only=True) as con:
        source = exports.Source(con, "2025-03-01.1", "1.0.0")
        for path in [*rdf.write(source, tmp_path, mine), *jsonld.write(source, tmp_path, mine)]:
            text = path.read_text()
            assert "eduatlas.example" not in text and ("http://atlas.example.org/x/" in text)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=5))
def test_any_text_can_be_read_back(tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> None:
    """The macros and the small graph write the same literals, and rdflib reads them."""
    path = tmp_path_factory.getbasetemp() / "any.nt"
    with duckdb.connect() as con:
        _lines.prepare(con, _about.shipped())
        con.execute("CREATE TEMP TABLE said AS SELECT unnest(?) AS t", [said])
        query = "SELECT '<http://x.example/s> <http://x.example/p> ' || literal_text(t) || ' .' || chr(10) AS line FROM said"
        with path.open("wb") as out:
            _lines.write_lines(con, query, out)
    graph = _graph.Graph()
    graph.add("http://x.example/s", **{"http://x.example/p": []})
    for text in said:
        graph.statements.add((_graph.Iri("http://x.example/s"), _graph.Iri("http://x.example/p"), _graph.Text(text)))
    read = {str(o) for o in rdflib.Graph().parse(path, format="nt").objects()}
    assert read == {str(o) for o in rdflib.Graph().parse(data=graph.ntriples(), format="nt").objects()}
    assert read == {str(o) for o in rdflib.Graph().parse(data=graph.turtle(), format="turtle").objects()}
    assert read == {str(o) for o in rdflib.Graph().parse(data=graph.jsonld(), format="json-ld").objects()}
    kept = {"".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and ord(c) != 127)) for text in said}
    assert read == kept


def test_the_order_of_adding_does_not_show() -> None:
    one, two = _graph.Graph(), _graph.Graph()
    things = [(f"http://x.example/{i}", _graph.Text(str(i), "en")) for i in range(20)]
    for subject, text in things:
        one.add(subject, a="dcat:Dataset", dct_title=text)
    for subject, text in reversed(things):
        two.add(subject, dct_title=text)
        two.add(subject, a="dcat:Dataset")
    assert (one.turtle(), one.jsonld(), one.ntriples()) == (two.turtle(), two.jsonld(), two.ntriples())
