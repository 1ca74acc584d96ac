"""An OAI-PMH repository of programmes on pyoai, for ``test_oai.py``. Run by the Python of .venv-oai.

    python oai_server.py PORT RECORDS.json

RECORDS.json: a list of {"id", "title", "changed" (ISO), "deleted"}; it is read anew for every request.
"""

from __future__ import annotations

import cgi
import json
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

cgi.parse_qs = parse_qs  # pyoai asks for what Python moved

from oaipmh.common import Header, Identify, Metadata  # noqa: E402
from oaipmh.error import IdDoesNotExistError, NoRecordsMatchError  # noqa: E402
from oaipmh.metadata import MetadataRegistry  # noqa: E402
from oaipmh.server import BatchingServer, oai_dc_writer  # noqa: E402

PORT, FILE = int(sys.argv[1]), Path(sys.argv[2])
BATCH = 25


class Repository:
    """Answers pyoai's questions from the file."""

    def records(self, from_=None, until=None):
        for row in json.loads(FILE.read_text(encoding="utf-8")):
            changed = datetime.fromisoformat(row["changed"])
            if (from_ is None or changed >= from_) and (until is None or changed <= until):
                header = Header(None, row["id"], changed, [], row.get("deleted", False))
                fields = {
                    "title": [row["title"]],
                    "description": [f"Das Vorhaben {row['title']} fördert den Unterricht mit digitalen Medien."],
                    "publisher": ["Ministerium für Bildung"],
                    "subject": ["Schule", "Digitalisierung"],
                    "identifier": [f"http://oai.test/record/{row['id']}"],
                    "language": ["de"],
                    "date": ["2021"],
                    "creator": ["A Person"],
                }
                yield header, Metadata(None, fields)

    def identify(self):
        return Identify(
            "Programme", "http://oai.test/oai", "2.0", ["contact@example.org"], datetime(2020, 1, 1), "persistent",
            "YYYY-MM-DDThh:mm:ssZ", ["identity"],
        )  # fmt: skip

    def getRecord(self, metadataPrefix, identifier):
        for header, metadata in self.records():
            if header.identifier() == identifier:
                return header, None if header.isDeleted() else metadata, None
        raise IdDoesNotExistError(f"no record {identifier}")

    def _batch(self, cursor, batch_size, from_, until):
        found = list(self.records(from_, until))
        if not found:
            raise NoRecordsMatchError("nothing in that time")
        return found[cursor : cursor + batch_size]

    def listRecords(self, metadataPrefix, set=None, from_=None, until=None, cursor=0, batch_size=10):
        return [(h, None if h.isDeleted() else m, None) for h, m in self._batch(cursor, batch_size, from_, until)]

    def listIdentifiers(self, metadataPrefix, set=None, from_=None, until=None, cursor=0, batch_size=10):
        return [h for h, _ in self._batch(cursor, batch_size, from_, until)]

    def listMetadataFormats(self, identifier=None):
        return [("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/")]

    def listSets(self, cursor=0, batch_size=10):
        return []


registry = MetadataRegistry()
registry.registerWriter("oai_dc", oai_dc_writer)
oai = BatchingServer(Repository(), metadata_registry=registry, resumption_batch_size=BATCH)


def app(environ, start_response):
    if environ["PATH_INFO"] != "/oai":
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"nothing here"]
    query = {k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}
    body = oai.handleRequest(query)
    start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
    return [body]


make_server("127.0.0.1", PORT, app).serve_forever()
