"""Stands in for Solr behind a real CKAN on loopback: ``python solr.py PORT``. No package registry has Solr.

Keeps documents in memory and answers what CKAN asks: its schema's version, adding, deleting and searching by clauses ``field:value``,
``field:"value"`` and ``field:(one OR two)``, joined by AND; sorted by one field. Words without a field are looked for in titles and texts.
"""

from __future__ import annotations

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

SCHEMA = '<schema name="ckan-2.12" version="1.6"></schema>'
_CLAUSE = re.compile(r'([+-]?)(?:(\w+):)?("(?:[^"\\]|\\.)*"|\((?:"(?:[^"\\]|\\.)*"|[^()"])*\)|[^\s()]+)')
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s()"]+)')

#: fields that Solr holds as dates
DATES = ("metadata_created", "metadata_modified")

documents: dict[str, dict[str, Any]] = {}


def instant(stated: str) -> str:
    """A time as Solr gives it back: in milliseconds, with a Z."""
    return re.sub(r"(?:\.(?:000|(\d{3}))\d*)?Z", lambda m: f".{m[1]}Z" if m[1] else "Z", stated)


def fits(document: dict[str, Any], query: str) -> bool:
    """Does a document meet every clause of a query?"""
    return all(_meets(document, *m.groups()) for m in _CLAUSE.finditer(query) if m[3] not in ("AND", "*:*"))


def _meets(document: dict[str, Any], sign: str, field: str | None, value: str) -> bool:
    if field is None and value.startswith("(") and ":" in value:  # (id:"x" OR name:"x")
        return any(fits(document, part) for part in value[1:-1].split(" OR "))
    wanted = [re.sub(r"\\(.)", r"\1", quoted or bare) for quoted, bare in _VALUE.findall(value) if bare != "OR"]
    if field is None:
        text = f"{document.get('title')} {document.get('notes')}".casefold()
        found = all(word.casefold() in text for word in wanted)
    else:
        held = document.get(field)
        found = bool({str(v) for v in (held if isinstance(held, list) else [held])} & set(wanted))
    return found != (sign == "-")


class Solr(BaseHTTPRequestHandler):
    """One core, whatever its name."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.endswith("/schema"):
            self._send(SCHEMA, "text/xml")
        else:
            self._select(parse_qs(parts.query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if not urlsplit(self.path).path.rstrip("/").endswith("/update"):
            self._select(parse_qs(body))
            return
        if body.lstrip().startswith("["):
            documents.update((row["index_id"], row | {k: instant(row[k]) for k in DATES}) for row in json.loads(body))
        elif body.lstrip().startswith("<delete"):
            query = "".join(ElementTree.fromstring(body).itertext())
            for key in [k for k, row in documents.items() if fits(row, query)]:
                del documents[key]
        self._send({"responseHeader": {"status": 0, "QTime": 0}})

    def _select(self, asked: dict[str, list[str]]) -> None:
        queries = [*asked.get("q", []), *asked.get("fq", [])]
        found = [row for row in documents.values() if all(fits(row, query) for query in queries)]
        field, _, order = asked.get("sort", ["index_id asc"])[0].split(",")[-1].strip().partition(" ")
        found.sort(key=lambda row: str(row.get(field)), reverse=order == "desc")
        start, rows = (int(asked.get(name, [default])[0]) for name, default in (("start", "0"), ("rows", "10")))
        names = [n for n in re.split("[, ]", asked.get("fl", [""])[0]) if n not in ("", "*")]
        page = [{k: v for k, v in row.items() if not names or k in names} for row in found[start : start + rows]]
        facets = {"facet_fields": {}, "facet_queries": {}, "facet_dates": {}, "facet_ranges": {}}
        response = {"numFound": len(found), "start": start, "docs": page}
        self._send({"responseHeader": {"status": 0, "QTime": 0}, "response": response, "facet_counts": facets})

    def _send(self, what: Any, kind: str = "application/json") -> None:
        body = (what if isinstance(what, str) else json.dumps(what)).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Solr).serve_forever()
