"""CKAN over real HTTP: packages, paging, a second harvest, refusals, and answers recorded from a real portal."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from portal_server import HOST, Answer, make_card

from spiders.rawzone import versions

JSON = {"Content-Type": "application/json"}
API = "/api/3/action/package_search"


def package(number: int, **more):
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "name": f"digital-school-{number}",
        "title": f"Digital school {number}",
        "notes": "Tablets for every school.",
        "author": "A Person",
        "organization": {"name": "edu", "title": "Ministry of Education"},
        "tags": [{"display_name": "schools"}, {"name": "tablets"}],
        "groups": [{"title": "Education"}],
        "metadata_created": "2023-01-01T00:00:00",
        "metadata_modified": f"2024-01-01T00:00:00.{number:02}0456",
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "url": "https://school.example/",
        "extras": [
            {"key": "Budget", "value": "3 Mio. EUR"},
            {"key": "Laufzeit", "value": "2020-2024"},
            {"key": "Kontaktperson", "value": "Q"},
        ],
        **more,
    }


def ckan(site, packages, rows=100):
    """A CKAN that pages, filters by id and gives the fields asked for, times from its index in milliseconds and with a Z."""

    def answer(hit):
        query = {k: v[0] for k, v in parse_qs(urlsplit(hit.path).query).items()}
        chosen = [p for p in packages if "id:(" not in query.get("fq", "") or p["id"] in query["fq"]]
        start, number = int(query.get("start", 0)), min(int(query["rows"]), rows)
        shown = chosen[start : start + number]
        if "fl" in query:
            shown = [{k: f"{p[k][:23]}Z" if k == "metadata_modified" else p[k] for k in query["fl"].split(",")} for p in shown]
        return Answer(json.dumps({"success": True, "result": {"count": len(chosen), "results": shown}}), headers=JSON)

    site.routes[API] = answer


def card(**options):
    return make_card({"platform": "ckan", "url": f"http://{HOST}/", **options})


def test_a_package_becomes_a_listing(site, run, tmp_path):
    ckan(site, [package(1)])
    report = run(card(labels={"Laufzeit": "period"}))
    assert report.errors == [] and report.claimed == 1
    (row,) = versions(tmp_path / "raw", "at-test")
    assert row["record_id"] == "at-test:00000000-0000-4000-8000-000000000001"
    assert row["url"] == f"http://{HOST}/dataset/digital-school-1"
    assert (row["title"], row["organisation"], row["topic"]) == ("Digital school 1", "Ministry of Education", "Education; schools; tablets")
    assert (row["budget"], row["period"], row["licence"]) == ("3 Mio. EUR", "2020-2024", "https://creativecommons.org/licenses/by/4.0/")
    assert row["official_url"] == "https://school.example/"
    assert "Kontaktperson" not in row["labels"] and "A Person" not in json.dumps(row)


def test_titles_in_several_languages(site, run, tmp_path):
    ckan(site, [package(1, title={"fr": "École", "de": "Schule", "en": ""}, notes={"de": "Text", "fr": "Texte"})])
    run(card())
    (row,) = versions(tmp_path / "raw", "at-test")
    assert (row["title"], row["language"], row["description"]) == ("Schule", "de", "Text")


def test_paging_and_filters(site, run):
    ckan(site, [package(n) for n in range(1, 8)], rows=3)
    report = run(card(organisations=["edu", "gov"], filter="tags:bildung", query="digital"))
    assert (report.counts["found"], report.claimed, report.run["coverage"]) == (7, 7, 1.0)
    queries = [parse_qs(urlsplit(p).query) for p in site.paths()]
    assert [q["start"] for q in queries] == [["0"], ["3"], ["6"]]
    assert {q["fq"][0] for q in queries} == {"organization:(edu OR gov) AND tags:bildung"}
    assert {q["q"][0] for q in queries} == {"digital"}


def test_second_harvest_reads_ids_only(site, run):
    packages = [package(n) for n in range(1, 41)]
    ckan(site, packages)
    first = run(card(), 1)
    site.hits.clear()
    second = run(card(), 2)
    assert (second.counts["found"], second.counts["unchanged"]) == (40, 40)
    assert (second.folder / "listings.jsonl").read_text() == ""
    assert len(site.paths()) == 1 and second.counts["bytes"] < 0.25 * first.counts["bytes"]
    packages[3] = package(4, title="New name", metadata_modified="2024-06-01T00:00:00")
    del packages[39]
    site.hits.clear()
    third = run(card(), 3)
    assert (third.counts["changed"], third.counts["unchanged"], third.counts["gone"]) == (1, 38, 1)
    assert [json.loads(line)["title"] for line in (third.folder / "listings.jsonl").read_text().splitlines()] == ["New name"]


def test_an_old_ckan_that_ignores_the_field_list(site, run):
    site.routes[API] = Answer(json.dumps({"success": True, "result": {"count": 1, "results": [package(1)]}}), headers=JSON)
    run(card(), 1)
    second = run(card(), 2)
    assert (second.counts["unchanged"], second.errors) == (1, [])


BROKEN = [
    (
        Answer('{"success": false, "error": {"message": "Access denied", "__type": "Auth"}}', 403),
        "CKAN refuses: Access denied",
    ),
    (Answer('{"success": false, "error": {"fq": ["bad syntax"], "__type": "Validation Error"}}', 409), "CKAN refuses: fq: bad syntax"),
    (Answer("<html>Maintenance</html>"), "the answer (200) is none of CKAN's action API"),
    (Answer('{"success": true, "result": {"count": 2'), "the answer is no JSON"),
    (Answer('{"success": true, "result": {"count": 2, "results": []}}'), "the answer holds no packages, though 2 are still claimed"),
    (Answer('{"success": true, "result": {"count": 2, "results": "none"}}'), "the answer holds no list of packages"),
]


def test_broken_answers_have_a_reason(site, run):
    """Six broken doors beside a good one: each says why, and the good one is read."""
    doors = []
    for number, (answer, _) in enumerate(BROKEN):
        site.routes[f"/{number}{API}"] = answer
        doors.append({"platform": "ckan", "url": f"http://{HOST}/{number}/api/3/action"})
    ckan(site, [package(1)])
    report = run(make_card({"platform": "ckan", "url": f"http://{HOST}"}, *doors))
    assert report.counts["found"] == 1
    reasons = {e["url"].split("/")[3]: e["reason"] for e in report.errors}
    assert [reasons[str(n)].startswith(reason) for n, (_, reason) in enumerate(BROKEN)] == [True] * 6, reasons
    assert len(report.run["short"]) == 6


def test_recorded_answer(site, run, tmp_path, recorded):
    body = json.loads((recorded / "ckan" / "package_search.json").read_text())
    answered = body["result"]["results"]
    body["result"]["count"] = len(answered)
    site.routes[API] = Answer(json.dumps(body), headers=JSON)
    report = run(card())
    assert report.errors == [] and report.counts["found"] == len(answered)
    rows = versions(tmp_path / "raw", "at-test")
    assert {r["record_id"].partition(":")[2] for r in rows} == {p["id"] for p in answered}
    assert all(r["organisation"] and r["description"] and r["modified"] for r in rows)
    assert "@meteoswiss" not in json.dumps(rows)


def test_its_own_door(site, run):
    site.routes["/"] = "<html><head><meta name='generator' content='ckan 2.10.1'></head><body data-site-root='/'>Catalogue</body></html>"
    ckan(site, [package(1), package(2)])
    report = run(make_card({"platform": "auto", "url": f"http://{HOST}/"}))
    assert report.run["notes"]["harvest"]["platform"] == "ckan" and report.counts["found"] == 2
