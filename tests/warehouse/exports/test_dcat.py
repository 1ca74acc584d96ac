"""The dcat export: the DCAT-AP 3 shapes pass, every file is a distribution as it stands on the disk, and the quality score is full."""

import functools
import hashlib
import http.server
import importlib.util
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, Graph, Literal, Namespace, URIRef

SPDX = Namespace("http://spdx.org/rdf/terms#")
BASE = "https://eduatlas.example/"
ATLAS = URIRef(f"{BASE}dataset/atlas")


def helper(name: str) -> ModuleType:
    """A module beside this one; tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


mqa, shapes = helper("mqa"), helper("shapes")


@pytest.fixture
def graph(release: Path) -> Graph:
    return Graph().parse(release / "dcat/catalog.ttl")


@pytest.fixture(scope="session")
def reference() -> Path:
    folder = Path(__file__).resolve().parents[3].parent / "shared/refs/dcat-ap-3.0.1"
    if not folder.is_dir():
        pytest.skip("the DCAT-AP shapes are not beside the repository (../shared/refs/dcat-ap-3.0.1)")
    return folder


@pytest.fixture
def served(release: Path) -> Iterator[str]:
    """The release on loopback, as its base address would serve it."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *args: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(release)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


def reaches(served: str, address: str) -> bool:
    for start in (f"{BASE}releases/2025-03-01.1/", f"{BASE}releases/latest/"):
        if address.startswith(start):
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(served + address.removeprefix(start), method="HEAD"), timeout=5
                ) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False
    return False


def test_turtle_and_jsonld_say_the_same(graph: Graph, release: Path) -> None:
    other = Graph().parse(release / "dcat/catalog.jsonld", format="json-ld")
    assert len(graph) > 500 and not graph - other and not other - graph


@pytest.mark.parametrize("name", ["dcat-ap-SHACL", "shapes", "range", "mdr-vocabularies.shape"])
def test_the_shapes_pass(graph: Graph, reference: Path, name: str) -> None:
    found = shapes.results(graph, reference, name)
    # that publishers are no corporate bodies of the EU is a warning of the shapes, and the truth
    assert {path for severity, path in found} <= {str(DCTERMS.publisher)}
    assert not [severity for severity, path in found if severity == "Violation"]


def test_what_is_recommended_is_there(graph: Graph, reference: Path) -> None:
    warned = {path for severity, path in shapes.results(graph, reference, "shapes_recommended")}
    ours = Graph()
    mine = {s for s in graph.subjects() if str(s).startswith((f"{BASE}dataset/", f"{BASE}catalog", f"{BASE}#", f"{BASE}releases/"))}
    for triple in graph:
        if triple[0] in mine:
            ours.add(triple)
    left = {path for severity, path in shapes.results(ours, reference, "shapes_recommended")}
    # of places the authority tables tell no coordinates
    assert left <= {str(DCAT.bbox), str(DCAT.centroid), str(DCTERMS.type)} and left <= warned


def test_a_wrong_catalogue_does_not_pass(graph: Graph, reference: Path) -> None:
    graph.remove((ATLAS, DCTERMS.title, None))
    graph.add((ATLAS, DCTERMS.language, URIRef("http://publications.europa.eu/resource/authority/language/XYZ")))
    assert ("Violation", str(DCTERMS.title)) in shapes.results(graph, reference, "shapes")
    assert ("Violation", str(DCTERMS.language)) in shapes.results(graph, reference, "mdr-vocabularies.shape")


def test_every_file_is_a_distribution_as_it_stands(graph: Graph, release: Path) -> None:
    told = {}
    for d in graph.subjects(RDF.type, DCAT.Distribution):
        name = str(graph.value(d, DCAT.downloadURL)).removeprefix(f"{BASE}releases/").partition("/")[2]
        told[name] = d
    skipped = {"ATTRIBUTION.txt", "CITATION.cff", "feeds/index.opml"}
    there = {p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()}
    there = {n for n in there if not n.startswith("dcat/") and (not n.startswith("feeds/") or n.startswith("feeds/all."))} - skipped
    assert set(told) == there and {"csv/initiatives.csv", "eduatlas.duckdb", "rdf/concepts.nt", "datapackage.json"} <= there
    for name, d in told.items():
        content = (release / name).read_bytes()
        checksum = graph.value(d, SPDX.checksum)
        if name.endswith(".duckdb"):
            assert checksum is None and graph.value(d, DCAT.byteSize) is None
            continue
        assert str(graph.value(checksum, SPDX.checksumValue)).lower() == hashlib.sha256(content).hexdigest()
        assert int(str(graph.value(d, DCAT.byteSize))) == len(content)
        assert (d, DCTERMS.license, URIRef(f"{shapes.EU}licence/CC_BY_4_0")) in graph


def test_tables_are_data_sets_of_their_own(graph: Graph) -> None:
    catalog = URIRef(f"{BASE}catalog")
    listed = {str(o).removeprefix(f"{BASE}dataset/") for o in graph.objects(catalog, DCAT.dataset)}
    assert {"atlas", "initiatives", "listings", "changes", "relations", "portals"} <= listed
    assert {str(o).removeprefix(f"{BASE}dataset/") for o in graph.objects(ATLAS, DCTERMS.hasPart)} == listed - {"atlas"}
    kinds = {
        str(graph.value(d, DCTERMS["format"])).rpartition("/")[2]
        for d in graph.objects(URIRef(f"{BASE}dataset/changes"), DCAT.distribution)
    }
    assert kinds == {"CSV", "JSON", "PARQUET", "ATOM", "RSS"}


def test_sources_are_named_with_their_licences(graph: Graph) -> None:
    sources = set(graph.objects(ATLAS, DCTERMS.source))
    assert sources == {URIRef(f"{BASE}portal/{name}") for name in ("cz-a", "de-c", "eu-b")}
    de = URIRef(f"{BASE}portal/de-c")
    assert (de, DCTERMS.license, URIRef("https://creativecommons.org/licenses/by/4.0/")) in graph
    assert str(graph.value(graph.value(de, DCTERMS.publisher), FOAF.name)) == "Amt & Söhne <x>"
    rights = graph.value(URIRef(f"{BASE}portal/eu-b"), DCTERMS.rights)
    assert "facts and links only" in str(graph.value(rights, RDFS.label))


def test_coverage_and_dates(graph: Graph) -> None:
    places = {str(o).rpartition("/")[2] for o in graph.objects(ATLAS, DCTERMS.spatial)}
    assert places == {"CZE", "DEU", "EUR", "GRC"}
    period = graph.value(ATLAS, DCTERMS.temporal)
    assert (str(graph.value(period, DCAT.startDate)), str(graph.value(period, DCAT.endDate))) == ("1850-01-01", "2030-12-31")
    assert (str(graph.value(ATLAS, DCTERMS.issued)), str(graph.value(ATLAS, DCTERMS.modified))) == ("2025-01-10", "2025-03-01")
    assert str(graph.value(ATLAS, DCTERMS.accrualPeriodicity)).endswith("/WEEKLY")
    assert (ATLAS, DCAT.version, Literal("2025-03-01.1")) in graph


def test_the_metadata_quality_score_is_full(graph: Graph, reference: Path, served: str) -> None:
    """405 of 405 for every data set, reachability measured on loopback; at least 255 without it."""
    compliant = not any(severity == "Violation" for name in ("shapes", "range") for severity, _ in shapes.results(graph, reference, name))
    datasets = sorted(graph.objects(URIRef(f"{BASE}catalog"), DCAT.dataset), key=str)
    assert len(datasets) >= 10
    for dataset in datasets:
        reached = mqa.score(graph, dataset, compliant=compliant, reach=functools.partial(reaches, served))
        assert reached.points == mqa.DIMENSIONS and reached.total == 405, dataset
        assert sum(reached.every.values()) >= 351, dataset
        assert mqa.score(graph, dataset, compliant=compliant, reach=lambda address: False).total == 405 - 80


def test_the_score_sees_what_is_missing(graph: Graph) -> None:
    for predicate, dimension, lost in (
        (DCAT.keyword, "findability", 30),
        (DCAT.contactPoint, "reusability", 20),
        (DCTERMS.accessRights, "reusability", 15),
        (DCTERMS.temporal, "findability", 20),
    ):
        graph.remove((ATLAS, predicate, None))
        found = mqa.score(graph, ATLAS, compliant=True, reach=lambda address: True)
        assert found.points[dimension] <= mqa.DIMENSIONS[dimension] - lost
