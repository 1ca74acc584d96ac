"""Data Package v2: the CSV files with a schema of every column, the sources with their licences, and how to cite the release.

The descriptor stands at the top of the release, because its paths must not lead upwards; ``ATTRIBUTION.txt`` and ``CITATION.cff``
stand beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.exports import Dataset, Source
from warehouse.exports._about import About, attributions, days, shipped, sql
from warehouse.exports._flat import Flat, flat
from warehouse.exports._release import ReleaseFile, files_in, root_of

NAME = "datapackage"
FORMAT = "application/json"
#: written after the files that it describes
LAST = True

#: DuckDB's word for a type, without its precision -> Table Schema's
_TYPES = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "number",
    "FLOAT": "number",
    "DECIMAL": "number",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "UBIGINT": "integer",
    "TIMESTAMP": "datetime",
    "VARCHAR": "string",
}


def write(source: Source, folder: Path, about: About | None = None) -> list[Path]:
    """``datapackage.json``, ``ATTRIBUTION.txt`` and ``CITATION.cff`` at the top of the release."""
    about = about or shipped()
    root = root_of(folder, NAME)
    files = {"ATTRIBUTION.txt": _attribution(source, about), "CITATION.cff": _citation(source, about)}
    files["datapackage.json"] = json.dumps(descriptor(source, files_in(root), about), ensure_ascii=False, indent=1) + "\n"
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8", newline="\n")
    if folder != root and not any(folder.iterdir()):
        folder.rmdir()
    return [root / name for name in files]


def descriptor(source: Source, files: Sequence[ReleaseFile], about: About) -> dict[str, Any]:
    """The package with a resource per CSV file."""
    this = days(source.con)[1]
    keys = _keys(source)
    named = {f.stem: f for f in files if f.export == "csv" and f.suffix == "csv"}
    licence = {"name": about.licence["spdx"], "title": about.licence["name"], "path": about.licence["url"]}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": about.name,
        "id": about.release(source),
        "title": about.of(source),
        "description": about.said(source),
        "homepage": about.base,
        "version": source.version,
        "created": f"{this.isoformat()}T00:00:00Z",
        "keywords": [*about.keywords, *(["sample"] if source.world == "sample" else [])],
        "contributors": [{"title": about.publisher["name"], "path": about.base, "email": about.contact["email"], "roles": ["publisher"]}],
        "licenses": [licence],
        "sources": [_source(a.words, a.homepage) for a in attributions(source.con)],
        "resources": [_resource(d, named[d.name], keys.get(d.name, ()), named) for d in source.datasets() if d.name in named],
    }


def _source(title: str, path: str | None) -> dict[str, str]:
    return {"title": title} | ({"path": path} if path and path.startswith(("http://", "https://")) else {})


def _resource(dataset: Dataset, file: ReleaseFile, key: Sequence[str], present: Mapping[str, ReleaseFile]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column, key) for column in flat(dataset)],
    }
    if key:
        schema["primaryKey"] = list(key)
    foreign = [
        {"fields": [name], "reference": {"resource": table, "fields": [column]}}
        for (of, name), (table, column) in _REFERENCES.items()
        if of == dataset.name and table in present
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "name": dataset.name.replace("_", "-"),
        "title": dataset.name,
        "description": dataset.comment,
        "path": file.name,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True, "lineTerminator": "\n"},
        "schema": schema,
    }


#: what points at what: (table, column) -> (table, column)
_REFERENCES = {
    ("listings", "initiative_id"): ("initiatives", "initiative_id"),
    ("listings", "portal"): ("portals", "portal"),
    ("relations", "source_id"): ("initiatives", "initiative_id"),
    ("relations", "target_id"): ("initiatives", "initiative_id"),
}


def _keys(source: Source) -> dict[str, tuple[str, ...]]:
    return {table: tuple(columns) for table, columns in source.con.execute(sql("keys")).fetchall()}


def _field(column: Flat, key: Sequence[str]) -> dict[str, Any]:
    """The field of a CSV column; a list or map has two."""
    name, about = column.name, column.column.comment
    if column.is_json:
        return {"name": name, "type": "object" if column.column.type.startswith(("MAP", "STRUCT")) else "array", "description": about}
    if column.column.nested:
        return {"name": name, "type": "string", "description": f"{about} As text, joined by semicolons."}
    kind = _TYPES.get(column.type.split("(")[0], "any")
    field: dict[str, Any] = {"name": name, "type": kind, "description": about}
    if kind == "datetime":
        field["format"] = "%Y-%m-%dT%H:%M:%SZ"
    if name in key:
        field["constraints"] = {"required": True}
    return field


def _attribution(source: Source, about: About) -> str:
    lines = [
        f"{about.of(source)}, release {source.version}",
        "",
        *([about.notes["sample"], ""] if source.world == "sample" else []),
        f"Licence of the release: {about.licence['name']} ({about.licence['url']})",
        about.notes["rights"],
        "",
        "Sources:",
        *(f"- {a.words}{f' {a.homepage}' if a.homepage else ''}" for a in attributions(source.con)),
    ]
    return "\n".join(lines) + "\n"


def _citation(source: Source, about: About) -> str:
    this = days(source.con)[1]
    said = {
        "cff-version": "1.2.0",
        "message": "If you use this data set, please cite it.",
        "type": "dataset",
        "title": about.of(source),
        "authors": [{"name": about.publisher["name"]}],
        "version": source.version,
        "date-released": this.isoformat(),
        "license": about.licence["spdx"],
        "url": about.release(source),
        "abstract": about.said(source),
        "keywords": list(about.keywords),
    }
    # JSON values are YAML values
    return "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items())
