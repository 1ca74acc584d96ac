"""OAI-PMH over real HTTP: paging by tokens, deletions, changes only, errors, and answers recorded from a real repository."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from portal_server import HOST, Answer, make_card

from spiders.rawzone import versions

XML = {"Content-Type": "text/xml; charset=utf-8"}
BASE = f"http://{HOST}/oai"


def envelope(inner: str, date: str = "2025-01-01T12:00:00Z") -> Answer:
    head = '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    return Answer(f"{head}<responseDate>{date}</responseDate><request>{BASE}</request>{inner}</OAI-PMH>", headers=XML)


def header(number: int, date: str = "2024-01-01T00:00:00Z", status: str = "") -> str:
    return f"<header{status}><identifier>oai:test:{number}</identifier><datestamp>{date}</datestamp></header>"


def record(number: int, date: str = "2024-01-01T00:00:00Z", title: str = "", more: str = "") -> str:
    dc = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:title xml:lang="en">{title or f"Programme {number}"}</dc:title>'
        f'<dc:title xml:lang="de">{title or f"Programm {number}"}</dc:title>'
        "<dc:creator>A Person</dc:creator><dc:publisher>Ministry</dc:publisher>"
        "<dc:subject>school</dc:subject><dc:subject>tablet</dc:subject>"
        f"<dc:identifier>http://{HOST}/view/{number}</dc:identifier><dc:language>de</dc:language><dc:date>2020</dc:date>{more}</oai_dc:dc>"
    )
    return f"<record>{header(number, date)}<metadata>{dc}</metadata></record>"


def deleted(number: int, date: str = "2024-02-02T00:00:00Z") -> str:
    return f"<record>{header(number, date, ' status=' + chr(34) + 'deleted' + chr(34))}</record>"


class Repository:
    """``records``: number -> (datestamp, title), or (datestamp, None) for a deleted one."""

    def __init__(self, site, records, keeps: str = "persistent", size: int = 2):
        self.records, self.keeps, self.size, self.date = records, keeps, size, "2025-01-01T12:00:00Z"
        self.stale: set[str] = set()
        site.routes["/oai"] = self.answer

    def answer(self, hit):
        query = {k: v[0] for k, v in parse_qs(urlsplit(hit.path).query).items()}
        verb, token = query["verb"], query.get("resumptionToken")
        if verb == "Identify":
            return envelope(
                f"<Identify><deletedRecord>{self.keeps}</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
            )
        if verb == "GetRecord":
            number = int(query["identifier"].rpartition(":")[2])
            return envelope(f"<GetRecord>{record(number, *self.records[number])}</GetRecord>")
        if token in self.stale:
            self.stale.discard(token)
            return envelope('<error code="badResumptionToken">expired</error>')
        start, since = token.split(",") if token else ("0", query.get("from", ""))
        chosen = {n: r for n, r in self.records.items() if r[0] >= since}
        if not chosen:
            return envelope('<error code="noRecordsMatch"/>', self.date)
        shown, begin = list(chosen)[int(start) : int(start) + self.size], int(start)
        parts = [deleted(n, chosen[n][0]) if chosen[n][1] is None else record(n, *chosen[n]) for n in shown]
        if verb == "ListIdentifiers":
            parts = [p.replace("<record>", "").partition("</header>")[0] + "</header>" for p in parts]
        more = f"{begin + self.size},{since}" if begin + self.size < len(chosen) else ""
        parts.append(f'<resumptionToken completeListSize="{len(chosen)}" cursor="{begin}">{more}</resumptionToken>')
        return envelope(f"<{verb}>{''.join(parts)}</{verb}>", self.date)


def card(**options):
    return make_card({"platform": "oai", "url": BASE, **options})


def five():
    return {n: ("2024-01-01T00:00:00Z", f"Programm {n}") for n in range(1, 6)}


def test_tokens_are_followed_and_deleted_records_left_out(site, run, tmp_path):
    Repository(site, five() | {6: ("2024-02-02T00:00:00Z", None)})
    report = run(card())
    assert report.errors == []
    assert (report.counts["found"], report.claimed, report.run["coverage"]) == (5, 5, 1.0)
    row = next(r for r in versions(tmp_path / "raw", "at-test") if r["record_id"] == "at-test:oai:test:3")
    assert (row["title"], row["url"], row["organisation"], row["topic"]) == (
        "Programm 3",
        f"http://{HOST}/view/3",
        "Ministry",
        "school; tablet",
    )
    assert (row["language"], row["published"], row["modified"]) == ("de", "2020", "2024-01-01T00:00:00Z")
    assert "A Person" not in json.dumps(row)


def test_second_harvest_asks_for_changes_only(site, run):
    """A repository that keeps deletions: an unchanged one costs two small answers, a change one record."""
    repository = Repository(site, {n: ("2024-01-01T00:00:00Z", f"Programm {n}") for n in range(1, 61)}, size=20)
    first = run(card(), 1)
    site.hits.clear()
    second = run(card(), 2)
    assert (second.counts["found"], second.counts["unchanged"], second.errors) == (60, 60, [])
    assert [parse_qs(urlsplit(p).query).get("from") for p in site.paths()] == [None, ["2025-01-01T12:00:00Z"]]
    assert second.counts["bytes"] <= 0.05 * first.counts["bytes"]
    assert (second.folder / "listings.jsonl").read_text() == ""
    repository.records[2], repository.records[3] = ("2025-03-01T00:00:00Z", "Neuer Name"), ("2025-03-02T00:00:00Z", None)
    third = run(card(), 3)
    assert {k: third.counts[k] for k in ("found", "changed", "unchanged", "gone", "missing")} == {
        "found": 59,
        "changed": 1,
        "unchanged": 58,
        "gone": 1,
        "missing": 0,
    }


def test_without_kept_deletions_headers_are_read(site, run):
    repository = Repository(site, five(), keeps="no")
    run(card(), 1)
    site.hits.clear()
    repository.records[2] = ("2025-03-01T00:00:00Z", "Neuer Name")
    del repository.records[5]
    second = run(card(), 2)
    assert (second.counts["changed"], second.counts["unchanged"], second.counts["gone"] + second.counts["missing"]) == (1, 3, 1)
    verbs = [parse_qs(urlsplit(p).query)["verb"][0] for p in site.paths() if p.startswith("/oai")]
    assert verbs == ["Identify", "ListIdentifiers", "ListIdentifiers", "GetRecord"]


def test_an_expired_token_starts_the_list_again(site, run):
    repository = Repository(site, five())
    repository.stale = {"2,"}
    report = run(card())
    assert report.counts["found"] == 5 and not report.run["short"]
    assert [e["reason"] for e in report.errors] == ["the resumption token was no longer valid; the list is read again from its beginning"]


BROKEN = {
    "broken": (Answer("broken xml", headers=XML), "the answer is no XML"),
    "html": (Answer("<html><body>Down</body></html>"), "the answer is no OAI-PMH but 'html'"),
    "format": (
        envelope('<error code="cannotDisseminateFormat">no</error>'),
        "OAI-PMH error cannotDisseminateFormat: no (the card's prefix",
    ),
    "nothing": (envelope('<error code="noRecordsMatch"/>'), "OAI-PMH error noRecordsMatch (the repository shows no record"),
    "entity": (Answer('<!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH/>', headers=XML), "the XML declares entities and is not read"),
    "same": (envelope(f"<ListRecords>{record(7)}<resumptionToken>same</resumptionToken></ListRecords>"), "the repository gives the same"),
    "torn": (Answer(envelope(f"<ListRecords>{record(8)}{record(9)}").body[:-90], headers=XML), "the XML is broken"),
    "bare": (envelope(f"<ListRecords><record><header/></record>{record(10)}</ListRecords>"), "a record without identifier"),
    "untitled": (envelope(f"<ListRecords><record>{header(11)}<metadata/></record></ListRecords>"), "record oai:test:11 has no title"),
}


def test_broken_answers_have_a_reason(site, run, tmp_path):
    """Nine repositories in trouble: each says why, and what can be read is read."""
    for name, (answer, _) in BROKEN.items():
        site.routes[f"/{name}"] = answer
    report = run(make_card(*({"platform": "oai", "url": f"http://{HOST}/{name}"} for name in BROKEN)))
    reasons = {urlsplit(e["url"]).path[1:]: e["reason"] for e in report.errors}
    assert {n: reasons.get(n, "")[: len(r)] for n, (_, r) in BROKEN.items()} == {n: r for n, (_, r) in BROKEN.items()}
    assert {r["record_id"][-2:] for r in versions(tmp_path / "raw", "at-test")} >= {":7", ":8", "10"}
    assert len(report.run["short"]) == 7


def test_recorded_answers(site, run, tmp_path, recorded):
    """The list in four pieces with deleted and nameless records; every recorded error gives its code as the reason."""
    folder = recorded / "oai-pmh"
    site.routes |= {f"/{p.name}": Answer(p.read_bytes(), headers=XML) for p in folder.glob("*.xml")}

    def answer(hit):
        query = parse_qs(urlsplit(hit.path).query)
        return Answer((folder / query.get("resumptionToken", ["ListRecords.xml"])[0]).read_bytes(), headers=XML)

    site.routes["/oai"] = answer
    errors = ["badArgument", "cannotDisseminateFormat", "noRecordsMatch", "noSetHierarchy", "undefinedError", "badResumptionToken"]
    files = [*errors, "ListRecordsBroken", "GetRecord_utf8test"]
    report = run(make_card({"platform": "oai", "url": BASE}, *({"platform": "oai", "url": f"http://{HOST}/{n}.xml"} for n in files)))
    rows = {r["record_id"]: r for r in versions(tmp_path / "raw", "at-test")}
    row = rows["at-test:oai:test.example.com:1585322"]
    assert (row["title"], row["url"]) == ("Sample Title", "http://test.example.com/publication/1585322")
    assert "at-test:oai:test.example.com:1996652" in rows
    assert "John Doe" not in json.dumps(list(rows.values())) and "某人" not in json.dumps(list(rows.values()), ensure_ascii=False)
    reasons = [e["reason"] for e in report.errors]
    assert all(any(code in reason for reason in reasons) for code in errors)
    assert any("no XML" in reason for reason in reasons)
    assert report.counts["found"] >= 2
