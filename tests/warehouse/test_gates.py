"""Every gate finds what it is for, and nothing in a sound world."""

import duckdb
import pytest

from spiders.errors import GateError
from warehouse import sqlfiles
from warehouse.gates import GateResult, check, enforce

A, B, C = "ea-0000000001", "ea-0000000002", "ea-0000000003"

#: gate -> what breaks it, done to a built file
BREAKS = {
    "claims_behind_values": f"UPDATE initiatives SET end_date = DATE '1999-01-01' WHERE initiative_id = '{B}'",
    "country_shape": f"UPDATE initiatives SET country = 'Czechia' WHERE initiative_id = '{A}'",
    "dangling_references": f"INSERT INTO relations VALUES ('{A}', 'ea-none', 'part_of', 1, NULL)",
    "ends_before_start": f"UPDATE initiatives SET end_date = DATE '1999-01-01' WHERE initiative_id = '{A}'",
    "initiative_without_listing": f"UPDATE listings SET initiative_id = NULL WHERE initiative_id = '{C}'",
    "redirects_to_living": f"INSERT INTO redirects VALUES ('{A}', 'ea-none', TIMESTAMP '2025-01-01', NULL)",
    "relations_to_self": f"INSERT INTO relations VALUES ('{A}', '{A}', 'part_of', 1, NULL)",
    "rights": "UPDATE listings SET description = 'A sentence.' WHERE record_id = 'eu-b:9'",
    "titles_empty": f"UPDATE initiatives SET title = ' ' WHERE initiative_id = '{A}'",
    "unique_ids": f"CREATE OR REPLACE TABLE initiatives AS FROM initiatives UNION ALL FROM initiatives WHERE initiative_id = '{A}'",
    "unknown_codes": f"UPDATE initiatives SET topics = ['magic'] WHERE initiative_id = '{A}'",
}


@pytest.fixture
def editable(built, world, tmp_path):
    """A copy of the built file that a test may spoil."""
    built(world).close()
    with duckdb.connect(str(tmp_path / "w0" / "atlas.duckdb")) as con:
        yield con


def test_a_sound_world_offends_no_gate(editable):
    assert [str(r) for r in check(editable) if not r.ok] == []


def test_every_gate_is_tried_here():
    assert set(BREAKS) == {file.name for file in sqlfiles.load("gates")}


@pytest.mark.parametrize("name", BREAKS)
def test_a_gate_finds_what_it_is_for(editable, name):
    editable.execute(BREAKS[name])
    result = next(r for r in check(editable) if r.name == name)
    assert result.count >= 1 and result.rows and result.columns and result.sentence.endswith(".")
    if result.blocking:
        with pytest.raises(GateError, match=f"(?s)nothing was published.*{name}"):
            enforce([result])
    else:
        enforce([result])


def test_a_result_shows_the_first_rows_and_counts_all():
    rows = tuple((f"ea-{n}",) for n in range(4))
    assert str(GateResult("ids", True, "Ids stand once.", 9, ("id",), rows)) == (
        "ids (blocking): Ids stand once. 9 rows: id=ea-0; id=ea-1; id=ea-2 and 6 more"
    )
