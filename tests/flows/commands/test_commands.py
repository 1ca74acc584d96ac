"""Each command does what it says, on the published sample atlas."""

from __future__ import annotations

import csv
import io
import json

import pytest

from flows import cli


@pytest.fixture
def call(sample_atlas, capsys):
    """Call a command on the shared atlas; returns (exit code, output, errors)."""

    def run(*args, data=sample_atlas):
        code = cli.run(["--data", str(data), *map(str, args)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def initiative(call):
    """An initiative with several listings."""
    _, out, _ = call(
        "query",
        "select initiative_id, min(record_id) as record from listings where is_included group by 1 having count(*) > 1 order by 1",
        "--format",
        "json",
    )
    return json.loads(out)[0]


@pytest.mark.parametrize("shape", ["raw", "input", "typed", "published"])
def test_schema(call, shape):
    code, out, _ = call("--json", "schema", shape)
    rows = json.loads(out)
    assert code == 0 and len(rows) >= 10 and all(row["about"] for row in rows)


def test_portals_list_and_show(call):
    code, out, _ = call("portals", "list", "--json")
    cards = json.loads(out)
    assert code == 0 and len(cards) >= 12 and len({c["country"] for c in cards}) >= 10
    code, out, _ = call("portals", "show", cards[0]["id"])
    assert code == 0 and f'title = "{cards[0]["title"]}"' in out
    code, _, err = call("portals", "show", cards[0]["id"] + "x")
    assert code == 2 and cards[0]["id"] in err


def test_portals_probe_new_and_check(call, tmp_path):
    _, out, _ = call("portals", "list", "--json")
    wordpress = next(c for c in json.loads(out) if c["harvest"][0]["platform"] == "wordpress")
    code, _, err = call("portals", "check", wordpress["id"])
    assert code == 0, err
    code, out, err = call("portals", "probe", wordpress["homepage"])
    assert "[[harvest]]" in out, err
    code, out, err = call("portals", "new", wordpress["homepage"], "--id", "xx-new", "--into", tmp_path)
    assert (tmp_path / "xx-new.toml").exists(), err
    code, _, err = call("portals", "new", wordpress["homepage"], "--id", "xx-new", "--into", tmp_path)
    assert code == 2 and "there is a card" in err


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_query(call, form):
    code, out, _ = call("query", "select 'å,ß' as word, 1.5 as number", "--format", form)
    assert code == 0 and "word" in out and "å,ß" in out and "1.5" in out


@pytest.mark.parametrize(
    "sql", ["select * from nowhere", "create table x (i int)", "select * from read_csv('/etc/passwd')", "copy initiatives to '/tmp/x.csv'"]
)
def test_query_reads_the_atlas_and_nothing_else(call, sql):
    code, out, err = call("query", sql)
    assert code == 2 and not out and "eduatlas:" in err


def test_status(call):
    code, out, _ = call("status", "--json")
    assert code == 0 and {row["state"] for row in json.loads(out)} == {"ok"}
    code, out, _ = call("status")
    assert out.splitlines()[0].startswith("portal\t"), "plain lines in a pipe"


def test_explain(call, initiative):
    code, out, _ = call("explain", initiative["initiative_id"])
    assert code == 0 and "listings" in out and initiative["record"] in out
    _, rows, _ = call(
        "query",
        f"select record_id from listings where initiative_id = '{initiative['initiative_id']}' order by 1 limit 2",
        "--format",
        "json",
    )
    a, b = (row["record_id"] for row in json.loads(rows))
    code, out, _ = call("explain", a, b)
    assert code == 0 and out.startswith("one initiative")
    assert call("explain", "ea-nowhere222")[0] == 2


def test_replay_gives_the_same_listings(call):
    code, out, _ = call("replay", "--json")
    rows = json.loads(out)
    assert code == 0 and rows and all(row["listings"] == row["same"] and not row["different"] for row in rows)


def test_deploy_plan(call):
    code, out, _ = call("deploy", "--plan", "--json")
    assert code == 0 and all(len(row["cron"].split()) == 5 for row in json.loads(out))


def test_normalise_dedupe_and_match(call, tmp_path):
    mine = tmp_path / "mine.csv"
    _, out, _ = call(
        "query",
        "select record_id, title, country, url from listings where initiative_id is not null order by 1 limit 5",
        "--format",
        "json",
    )
    with mine.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["record_id", "title", "country", "ours"])
        writer.writeheader()
        for row in json.loads(out):
            writer.writerow({"record_id": row["record_id"], "title": row["title"], "country": row["country"], "ours": "kept"})
        writer.writerow({"record_id": "new", "title": "Quantum Beekeeping for Lighthouses", "country": "IE", "ours": "kept"})
    assert call("normalise", mine, "--out", tmp_path / "typed.jsonl")[0] == 0
    assert len((tmp_path / "typed.jsonl").read_text(encoding="utf-8").splitlines()) == 6
    assert call("dedupe", mine, "--out", tmp_path / "deduped")[0] == 0
    assert {p.name for p in (tmp_path / "deduped").iterdir()} >= {"clusters.csv", "relations.csv", "doubtful.csv", "evidence.jsonl"}
    assert call("match", mine, "--out", tmp_path / "matched.csv")[0] == 0
    rows = {row["record_id"]: row for row in csv.DictReader(io.StringIO((tmp_path / "matched.csv").read_text(encoding="utf-8")))}
    assert rows["new"]["verdict"] == "apart" and not rows["new"]["initiative_id"] and rows["new"]["ours"] == "kept"
    assert sum(row["verdict"] == "join" for row in rows.values()) >= 4


def test_extract(call, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<html lang=de><title>x</title><main><h1>Digitale Schule</h1><dl><dt>Laufzeit<dd>2021 bis 2024</dl></main>", encoding="utf-8"
    )
    code, out, _ = call("extract", page, "--url", "https://portal.invalid/a")
    listing = json.loads(out)[0]
    assert code == 0 and listing["title"] == "Digitale Schule" and listing["period"] == "2021 bis 2024" and listing["sources"]["period"]


def test_review_round_trip(call, atlas_copy, tmp_path):
    code, out, _ = call("review", "list", "--json", data=atlas_copy)
    pair = json.loads(out)[0]
    code, out, err = call(
        "review", "decide", pair["record_a"], pair["record_b"], "--verdict", "apart", "--by", "cze", "--json", data=atlas_copy
    )
    assert code == 0, err
    decision = json.loads(out)["id"]
    _, out, _ = call("review", "list", "--json", data=atlas_copy)
    assert [pair["record_a"], pair["record_b"]] not in [[p["record_a"], p["record_b"]] for p in json.loads(out)]
    assert call("review", "undo", decision, "--by", "cze", data=atlas_copy)[0] == 0
    assert call("review", "undo", decision, "--by", "cze", data=atlas_copy)[0] == 2
    sheet = tmp_path / "queue.csv"
    assert call("review", "export", sheet, data=atlas_copy)[0] == 0
    rows = list(csv.DictReader(sheet.open(encoding="utf-8")))
    rows[0]["verdict"], rows[1]["verdict"] = "join", "perhaps"
    with sheet.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    code, out, err = call("review", "import", sheet, "--by", "sk", data=atlas_copy)
    assert code == 1 and out.startswith("1 decisions") and "perhaps" in err
    code, out, _ = call("review", "import", sheet, "--by", "sk", data=atlas_copy)
    assert out.startswith("0 decisions"), "what stands is not decided twice"


def test_a_join_and_its_undoing_restore_the_former_state(call, atlas_copy):
    sql = "select record_id, initiative_id from listings where initiative_id is not null order by 1"
    _, before, _ = call("query", sql, "--format", "csv", data=atlas_copy)
    a, b = (line.split(",")[0] for line in before.splitlines()[1::40][:2])
    _, out, _ = call("review", "decide", a, b, "--verdict", "join", "--by", "cze", "--json", data=atlas_copy)
    assert call("publish", "--rebuild", data=atlas_copy)[0] == 0
    _, joined, _ = call("query", sql, "--format", "csv", data=atlas_copy)
    owner = dict(line.rsplit(",", 1) for line in joined.splitlines()[1:])
    assert owner[a] == owner[b]
    assert call("review", "undo", json.loads(out)["id"], "--by", "cze", data=atlas_copy)[0] == 0
    assert call("publish", "--rebuild", data=atlas_copy)[0] == 0
    assert call("query", sql, "--format", "csv", data=atlas_copy)[1] == before


def test_a_correction_becomes_a_claim_of_the_curator(call, atlas_copy, initiative):
    name = initiative["initiative_id"]
    args = ["--verdict", "correct", "--field", "start_date", "--value", "1999-09-01", "--source", "https://law.invalid/1", "--by", "cze"]
    assert call("review", "decide", name, *args, data=atlas_copy)[0] == 0
    assert call("publish", "--rebuild", data=atlas_copy)[0] == 0
    _, out, _ = call("query", f"select start_date from initiatives where initiative_id = '{name}'", "--format", "csv", data=atlas_copy)
    assert out.splitlines()[1] == "1999-09-01"
    assert "curator" in call("explain", name, data=atlas_copy)[1]


def test_a_rejected_initiative_leaves_the_atlas_and_its_listings_stay(call, atlas_copy, initiative):
    name = initiative["initiative_id"]
    assert call("review", "decide", name, "--verdict", "reject", "--reason", "a shop", "--by", "cze", data=atlas_copy)[0] == 0
    assert call("publish", "--rebuild", data=atlas_copy)[0] == 0
    _, out, _ = call("query", f"select count(*) as n from initiatives where initiative_id = '{name}'", "--format", "json", data=atlas_copy)
    assert json.loads(out) == [{"n": 0}]
    _, out, _ = call(
        "query", f"select exclusion_reason from listings where record_id = '{initiative['record']}'", "--format", "json", data=atlas_copy
    )
    assert "a shop" in json.loads(out)[0]["exclusion_reason"]


def test_harvest_refine_and_publish_as_stages(call, tmp_path):
    data = tmp_path / "stages"
    portal = json.loads(call("portals", "list", "--json")[1])[0]["id"]
    assert call("harvest", "--sample", portal, data=data)[0] == 0
    assert call("publish", data=data)[0] == 2, "nothing refined yet"
    assert call("refine", data=data)[0] == 0
    assert call("publish", data=data)[0] == 0
    assert call("query", "select 1 from initiatives limit 1", data=data)[0] == 0
    version = (data / "releases/latest").resolve().name
    assert call("publish", "--rollback", version, data=data)[0] == 0
    assert call("publish", "--rollback", "1999-01-01.1", data=data)[0] == 2
    assert call("publish", "--keep", "1", data=data) == (0, "", "")
    assert call("publish", "--keep", "1", "--rebuild", data=data)[0] == 2


def test_export_sends_only_what_changed(call, tmp_path):
    target = tmp_path / "open-data"
    code, out, err = call("export", "--to", target, "--json")
    assert code == 0, err
    assert "manifest.json" in json.loads(out)["sent"] and (target / "manifest.json").exists()
    report = json.loads(call("export", "--to", target, "--json")[1])
    assert report["sent"] == [] and report["unchanged"] > 5
