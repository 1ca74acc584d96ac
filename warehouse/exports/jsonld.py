"""JSON-LD for search engines and web developers: one document of a release, schema.org with DCAT, its context inline."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from warehouse.exports import Source
from warehouse.exports._about import About, attributions, authority, days, shipped
from warehouse.exports._lines import prepare, write_lines

NAME = "jsonld"
FORMAT = "application/ld+json"

_QUERIES = Path(__file__).parent / "sql" / "jsonld"
_CONTEXT = Path(__file__).with_name("_context.toml")


def write(source: Source, folder: Path, about: About | None = None) -> list[Path]:
    """One file; a node a line, so that it can be read in pieces too."""
    about = about or shipped()
    prepare(source.con, about)
    context = tomllib.loads(_CONTEXT.read_text(encoding="utf-8")) | {"ea": f"{about.base}def/"}
    path = folder / "eduatlas.jsonld"
    with path.open("wb") as out:
        out.write(f'{{"@context": {_json(context)},\n"@graph": [\n'.encode())
        for query in sorted(_QUERIES.glob("*.sql")):
            write_lines(source.con, query.read_text(encoding="utf-8"), out)
        out.write(f"{_json(_dataset(source, about))}\n]}}\n".encode())
    return [path]


def _dataset(source: Source, about: About) -> dict[str, Any]:
    """The release itself, as search engines want a data set described."""
    first, this = days(source.con)
    sources = attributions(source.con)
    countries = sorted({uri for a in sources if (uri := authority("country", a.country))})
    return {
        "@id": about.release(source),
        "@type": ["Dataset", "dcat:Dataset"],
        "name": about.of(source),
        "description": about.said(source),
        "version": source.version,
        "keywords": list(about.keywords),
        "license": about.licence["url"],
        "isAccessibleForFree": True,
        "datePublished": first.isoformat(),
        "dateModified": this.isoformat(),
        "creator": {"@type": "Organization", "name": about.publisher["name"], "url": about.base},
        "creditText": "; ".join(a.words for a in sources),
        "isBasedOn": [{"@id": f"{about.base}portal/{a.portal}"} for a in sources],
        "spatial": countries,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
