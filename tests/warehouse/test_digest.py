"""The same inputs say the same, whatever the threads; and what differs shows."""

import hashlib

import duckdb
import pytest

from warehouse import exports
from warehouse.build import build
from warehouse.digest import digest

BIG = 2500


@pytest.fixture(scope="module")
def big(tmp_path_factory, make_world):
    """Several thousand listings, many of them contested, so that work is spread over threads."""
    world = make_world().portal("cz-a").portal("cz-x", authority="third-party").run("2025-01-10.1").run("2025-03-01.1")
    for n in range(BIG):
        owner = f"ea-{n % (BIG // 2):010}"
        said = {"title": f"Název {n % 700}", "topics": ["vet", "devices"][: n % 3], "budget_amount": n / 3, "organisation": f"Org {n % 50}"}
        said |= {"organisation_id": f"org-{n % 50}", "portal": ["cz-a", "cz-x"][n % 2], "description": f"Slova {n} " * 9}
        changes = n % 10 == 0
        world.listing(owner, f"r:{n}", "2025-01-10.1", until="2025-03-01.1" if changes else None, **said)
        if changes:
            world.listing(owner, f"r:{n}", "2025-03-01.1", **(said | {"title": f"Nový {n}"}))
    return world.write(tmp_path_factory.mktemp("big") / "refined")


def files(db, folder):
    folder.mkdir()
    with duckdb.connect(str(db), read_only=True) as con:
        source = exports.Source(con, "v", "1")
        paths = [p for e in exports.chosen(["csv", "jsonl", "parquet"]) for p in e.write(source, folder)]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def test_one_and_two_threads_make_the_same_release(big, tmp_path):
    one = build(tmp_path / "one.duckdb", big, version="v", threads=1)
    two = build(tmp_path / "two.duckdb", big, version="v", threads=2, memory_limit="500MB")
    assert one.digest == two.digest and one.rows["initiatives"] == BIG // 2
    assert files(one.path, tmp_path / "f1") == files(two.path, tmp_path / "f2")


def test_a_digest_holds_every_row_comment_and_declaration(built, world, tmp_path):
    built(world).close()
    path = str(tmp_path / "w0" / "atlas.duckdb")
    with duckdb.connect(path) as con:
        seen = [digest(con)]
        for change in (
            "UPDATE claims SET value = value || '!' WHERE field = 'kind' AND record_id = 'cz-a:2'",
            "COMMENT ON COLUMN claims.value IS 'Else.'",
            "CREATE OR REPLACE VIEW strategies AS SELECT * FROM initiatives",
            "CREATE OR REPLACE MACRO fold(said) AS said",
            "ALTER TABLE relations ADD COLUMN more INTEGER",
            "DELETE FROM listings WHERE record_id = 'cz-a:3'",
        ):
            con.execute(change)
            seen.append(digest(con))
    assert len({d.content for d in seen}) == len({d.identity for d in seen}) == 7


def test_the_order_of_rows_counts(built, world, tmp_path):
    built(world).close()
    with duckdb.connect(str(tmp_path / "w0" / "atlas.duckdb")) as con:
        before = digest(con)
        con.execute(
            "CREATE TABLE r AS FROM relations WITH NO DATA; INSERT INTO r VALUES ('a', 'b', 'c', 1, NULL), ('d', 'e', 'f', 1, NULL)"
        )
        one = digest(con)
        con.execute("DELETE FROM r; INSERT INTO r VALUES ('d', 'e', 'f', 1, NULL), ('a', 'b', 'c', 1, NULL)")
        two = digest(con)
    assert before.content != one.content != two.content


def test_what_is_known_of_another_number_of_rows_is_read_again(built, world, tmp_path):
    built(world).close()
    with duckdb.connect(str(tmp_path / "w0" / "atlas.duckdb"), read_only=True) as con:
        full, count = digest(con), con.execute("SELECT count(*) FROM claims").fetchall()[0][0]
        assert digest(con, {"claims": (count - 1, 7)}) == full
        assert digest(con, {"claims": (count, 7)}).content != full.content


def test_another_look_changes_the_content_but_not_the_identity(built, world, tmp_path):
    first = build(tmp_path / "a.duckdb", world.write(tmp_path / "one"), version="v").digest
    second = build(tmp_path / "b.duckdb", world.run("2025-04-01.1").write(tmp_path / "two"), version="v").digest
    assert first.identity == second.identity and first.content != second.content


def test_a_file_declares_only_what_the_sql_files_declare(built, world):
    con = built(world)
    names = {n for (n,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary").fetchall()}
    assert names == {"coverage", "initiatives_wide", "strategies"}
    assert "staged" not in str(con.execute("SELECT sql FROM duckdb_tables()").fetchall())
