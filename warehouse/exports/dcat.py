"""DCAT-AP 3: the catalogue of the release for data.europa.eu and national data portals, as Turtle and JSON-LD.

A data set for the atlas as a whole and one for every table; each file is a distribution with its format, size, checksum and licence.
The DuckDB file has no checksum here: its bytes differ between two builds that say the same; the manifest has its content digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from warehouse.exports import Source
from warehouse.exports._about import About, Attribution, attributions, authorities, authority, concept, days, shipped, sql
from warehouse.exports._graph import Graph, Iri, Text
from warehouse.exports._release import ReleaseFile, files_in, root_of

NAME = "dcat"
FORMAT = "text/turtle"
#: written after the files that it describes
LAST = True

#: exports with one file per table; the others belong to the atlas as a whole
_PER_TABLE = frozenset({"csv", "jsonl", "parquet"})
_PROFILE = "http://data.europa.eu/r5r/"


def write(source: Source, folder: Path, about: About | None = None) -> list[Path]:
    """``catalog.ttl`` and ``catalog.jsonld``, which say the same."""
    graph = catalogue(source, files_in(root_of(folder, NAME)), about or shipped())
    files = {folder / "catalog.ttl": graph.turtle(), folder / "catalog.jsonld": graph.jsonld()}
    for path, text in files.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)


def catalogue(source: Source, files: Sequence[ReleaseFile], about: About) -> Graph:
    """All statements about the release with these files."""
    return _Catalogue(source, about).of(files)


class _Catalogue:
    """Collects the statements; every thing has a URI, so that the bytes depend on nothing but what is said."""

    def __init__(self, source: Source, about: About) -> None:
        self.source = source
        self.about = about
        self.graph = Graph()
        self.release = about.release(source)
        self.catalog = f"{about.base}catalog"
        self.publisher = f"{about.base}#publisher"
        self.contact = f"{about.base}#contact"
        self.first, self.this = days(source.con)
        self.began, self.ends, self.countries, self.languages = source.con.execute(sql("coverage_dates")).fetchall()[0]
        self.sources = attributions(source.con)

    def of(self, files: Sequence[ReleaseFile]) -> Graph:
        tables = {d.name: d.comment for d in self.source.datasets()}
        mine: dict[str, list[ReleaseFile]] = {name: [] for name in tables}
        whole = []
        for file in files:
            if file.suffix not in authorities()["file"] or (file.export == "feeds" and file.stem != "all"):
                continue
            if file.export == "feeds":
                mine["changes"].append(file)
            elif file.export in _PER_TABLE and file.stem in tables:
                mine[file.stem].append(file)
            else:
                whole.append(file)
        described = {name: found for name, found in mine.items() if found}
        self._agents()
        self._catalog(["", *described])
        for portal in self.sources:
            self._source(portal)
        self._dataset("", self.about.of(self.source), self.about.said(self.source), whole, parts=list(described))
        for name, found in described.items():
            self._dataset(name, f"{self.about.name}: {name}", tables[name], found)
        return self.graph

    def _agents(self) -> None:
        about = self.about
        self.graph.add(
            self.publisher,
            a="foaf:Agent",
            foaf_name=Text(about.publisher["name"], about.language),
            foaf_homepage=about.base,
            dct_type=f"http://purl.org/adms/publishertype/{about.publisher['type']}",
        )
        self.graph.add(about.base, a="foaf:Document")
        self.graph.add(
            self.contact,
            a=["vcard:Kind", "vcard:Organization"],
            vcard_fn=Text(about.contact["name"], about.language),
            vcard_hasEmail=f"mailto:{about.contact['email']}",
        )

    def _catalog(self, names: Iterable[str]) -> None:
        about = self.about
        self.graph.add(
            self.catalog,
            a="dcat:Catalog",
            dct_title=Text(about.of(self.source), about.language),
            dct_description=Text(about.said(self.source), about.language),
            dct_publisher=self.publisher,
            dct_language=authority("language", about.language),
            dct_license=concept("licence", about.licence["authority"]),
            dct_issued=_day(self.first),
            dct_modified=_day(self.this),
            dct_spatial=self._places(),
            dct_conformsTo=_PROFILE,
            dcat_themeTaxonomy=f"{authorities()['base']}data-theme",
            dcat_contactPoint=self.contact,
            foaf_homepage=about.base,
            dcat_dataset=[self._uri(name) for name in names],
        )
        self.graph.add(_PROFILE, a="dct:Standard", dct_title=Text("DCAT-AP 3", "en"))

    def _uri(self, name: str) -> str:
        return f"{self.about.base}dataset/{name or 'atlas'}"

    def _places(self) -> list[str]:
        return _known("country", self.countries)

    def _frequency(self) -> str:
        words = {row[0] for row in self.source.con.execute(sql("schedules")).fetchall()}
        known = [word for word in authorities()["frequency"] if word in words]
        return str(authority("frequency", known[0])) if known else concept("frequency", "IRREG")

    def _dataset(self, name: str, title: str, description: str, files: Sequence[ReleaseFile], parts: Sequence[str] = ()) -> None:
        about, uri = self.about, self._uri(name)
        temporal, provenance, rights = f"{uri}#temporal", f"{self.release}#provenance", f"{self.release}#rights"
        schema = f"{about.base}schema/{self.source.schema_version}"
        self.graph.add(
            uri,
            a="dcat:Dataset",
            dct_title=Text(title, about.language),
            dct_description=Text(description, about.language),
            dct_identifier=Text(uri),
            dcat_version=Text(self.source.version),
            adms_versionNotes=Text(f"Schema version {self.source.schema_version}.", about.language),
            dcat_keyword=[Text(word, about.language) for word in about.keywords],
            dcat_theme=[concept("data-theme", "EDUC"), concept("data-theme", "TECH")],
            dct_publisher=self.publisher,
            dct_creator=self.publisher,
            dcat_contactPoint=self.contact,
            dct_issued=_day(self.first),
            dct_modified=_day(self.this),
            dct_language=_known("language", self.languages),
            dct_spatial=self._places(),
            dct_temporal=temporal,
            dct_accrualPeriodicity=self._frequency(),
            dct_accessRights=concept("access-right", "PUBLIC"),
            dct_provenance=provenance,
            dct_conformsTo=schema,
            dct_source=[self._portal(a) for a in self.sources],
            dcat_landingPage=about.base,
            dct_hasPart=[self._uri(part) for part in parts],
            dct_isPartOf=self._uri("") if name else None,
            dcat_distribution=[self._distribution(uri, title, file, rights) for file in files],
        )
        self.graph.add(
            temporal, a="dct:PeriodOfTime", dcat_startDate=_day(self.began or self.first), dcat_endDate=_day(self.ends or self.this)
        )
        self.graph.add(schema, a="dct:Standard", dct_title=Text(f"Columns of eduatlas, version {self.source.schema_version}", "en"))
        self.graph.add(provenance, a="dct:ProvenanceStatement", rdfs_label=Text(about.notes["provenance"], "en"))
        self.graph.add(rights, a="dct:RightsStatement", rdfs_label=Text(about.notes["rights"], "en"))

    def _distribution(self, dataset: str, title: str, file: ReleaseFile, rights: str) -> str:
        kind = authorities()["file"][file.suffix]
        uri = f"{dataset}/{file.name}"
        # feeds are subscribed to at the address that stays
        address = f"{self.about.latest if file.export == 'feeds' else self.release}{file.name}"
        standard = kind.get("standard")
        self.graph.add(
            uri,
            a="dcat:Distribution",
            dct_title=Text(f"{title}, {kind['title']}" if file.stem in dataset else f"{title}, {kind['title']}: {file.stem}", "en"),
            dct_description=Text(f"{kind['title']} file {file.name} of release {self.source.version}.", "en"),
            dcat_accessURL=Iri(address),
            dcat_downloadURL=Iri(address),
            dct_format=concept("file-type", kind["type"]),
            dcat_mediaType=f"https://www.iana.org/assignments/media-types/{kind['media']}",
            dct_license=concept("licence", self.about.licence["authority"]),
            dct_rights=rights,
            dct_issued=_day(self.this),
            dct_modified=_day(self.this),
            dct_conformsTo=standard,
            dcatap_availability=concept("planned-availability", "STABLE"),
            adms_status=concept("distribution-status", "COMPLETED"),
            dcat_byteSize=Text(str(file.size), datatype="xsd:nonNegativeInteger") if file.size is not None else None,
        )
        if standard:
            self.graph.add(standard, a="dct:Standard")
        if file.sha256:
            self.graph.add(uri, spdx_checksum=f"{uri}#checksum")
            self.graph.add(
                f"{uri}#checksum",
                a="spdx:Checksum",
                spdx_algorithm="https://spdx.org/rdf/terms#checksumAlgorithm_sha256",
                spdx_checksumValue=Text(file.sha256, datatype="xsd:hexBinary"),
            )
        return uri

    def _portal(self, a: Attribution) -> str:
        return f"{self.about.base}portal/{a.portal}"

    def _source(self, a: Attribution) -> None:
        """A portal as the data set that its listings are."""
        uri, agent, rights = self._portal(a), f"{self._portal(a)}#publisher", f"{self._portal(a)}#rights"
        licence = a.licence if a.licence and a.licence.startswith(("http://", "https://")) else None
        self.graph.add(
            uri,
            a="dcat:Dataset",
            dct_title=Text(a.title, a.languages[0] if a.languages else ""),
            dct_description=Text(f"Listings on the portal {a.title}; {a.listings} of them are known to the atlas.", "en"),
            dct_publisher=agent,
            dct_language=_known("language", a.languages),
            dct_spatial=authority("country", a.country),
            dct_rights=rights,
            dct_license=licence,
            dcat_landingPage=Iri(a.homepage) if a.homepage else None,
        )
        self.graph.add(agent, a="foaf:Agent", foaf_name=Text(a.publisher or a.title))
        self.graph.add(rights, a="dct:RightsStatement", rdfs_label=Text(f"{a.words}; reuse in this release: {a.reuse}", "en"))
        if licence:
            self.graph.add(licence, a="dct:LicenseDocument")
        if a.homepage:
            self.graph.add(a.homepage, a="foaf:Document")


def _known(table: str, codes: Iterable[str]) -> list[str]:
    """URIs of the codes that an authority table has."""
    return [uri for code in codes if (uri := authority(table, code))]


def _day(day: date) -> Text:
    return Text(day.isoformat(), datatype="xsd:date")
