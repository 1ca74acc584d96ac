"""Relations: what cannot be, editions in a row, and the shipped weights on plain cases."""

import json

import numpy as np
import pandas as pd
import pytest

from spiders.errors import ModelError
from transforms.normalise import normalise
from transforms.resolve import relate, resolve
from transforms.resolve.cluster_pairs import AGAINST
from transforms.resolve.comparison import Comparison
from transforms.resolve.relate import SPEAKS_FOR, Relations, Typing, chances_of, nearest_editions, one_whole, possible, relator
from transforms.resolve.resolution import RELATIONS


def seen(**columns):
    found = dict.fromkeys(("region_of", "region_has", "later", *AGAINST), 0) | columns
    return Comparison.of({name: np.array([value]) for name, value in found.items()})


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        ({}, set(RELATIONS)),
        ({"later": -1}, {"part_of", "implements"}),
        ({"region_of": 1}, {"part_of", "implements"}),
        ({"region_has": 1}, set()),
        ({"costs_more": 1}, {"successor_of"}),
        ({"counted": 1}, {"successor_of"}),
        ({"counted": -1}, set()),
        ({"of_trial": 1}, {"successor_of"}),
        ({"was_trial": 1}, set()),
    ],
)
def test_what_cannot_be_is_left_out(columns, left):
    merit = possible(np.zeros((1, len(RELATIONS))), seen(**columns))[0]
    assert {kind for kind, value in zip(RELATIONS, merit, strict=True) if np.isfinite(value)} == left


def test_what_speaks_for_a_relation_never_speaks_against_it():
    shipped = relator().typing
    assert set(shipped.weights) == set(RELATIONS)
    assert all(weight >= 0 for weights in shipped.weights.values() for weight in weights.values())


def test_merits_add_up_and_the_strongest_evidence_is_told():
    typing = Typing(dict.fromkeys(RELATIONS, 0.5), {kind: dict.fromkeys(SPEAKS_FOR[kind], 1.0) for kind in RELATIONS})
    columns = dict.fromkeys((name for names in SPEAKS_FOR.values() for name in names), 0.0)
    described = seen(**columns | {"begins_later": 3, "of_pilot": 1, "carries_out": 2})
    assert typing(described).tolist() == [[4.5, 0.5, 2.5]]
    names, much = typing.told("successor_of", described)
    assert names[0, :2].tolist() == ["begins_later", "of_pilot"] and much.tolist() == [[3, 1, 0]]
    assert Typing.from_dict(typing.as_dict()) == typing


def test_an_edition_succeeds_only_the_one_before():
    chain = [(3, 2, "successor_of", 0.5, ""), (2, 1, "successor_of", 0.4, ""), (3, 1, "successor_of", 0.9, "")]
    left = nearest_editions(Relations.of([*chain, (3, 1, "part_of", 0.9, "")]))
    assert list(zip(left.source.tolist(), left.target.tolist(), left.score.tolist(), strict=True)) == [
        (3, 2, 0.5),
        (2, 1, 0.4),
        (3, 1, 0.9),
    ]
    assert [RELATIONS[kind] for kind in left.kind.tolist()] == ["successor_of", "successor_of", "part_of"]


def test_what_belongs_to_two_belongs_to_the_likelier():
    several = [(5, 2, "part_of", 0.3, ""), (5, 1, "implements", 0.4, ""), (5, 3, "part_of", 0.4, ""), (4, 2, "part_of", 0.2, "")]
    left = one_whole(Relations.of([*several, (5, 0, "successor_of", 0.1, ""), (5, 4, "successor_of", 0.2, "")]))
    assert [(s, t) for s, t in zip(left.source.tolist(), left.target.tolist(), strict=True)] == [(5, 1), (4, 2), (5, 0), (5, 4)]
    assert not len(one_whole(Relations.of()).source)


def test_chances_of_exclusive_answers_add_up_but_where_nothing_can_be():
    merit = np.array([[1.0, -np.inf, 1.0], [-np.inf, -np.inf, -np.inf], [-900.0, -901.0, -np.inf]])
    chances = chances_of(merit)
    assert chances[0].tolist() == [0.5, 0, 0.5] and not chances[1].any()
    assert chances[2] == pytest.approx([0.731, 0.269, 0], abs=0.001)


def test_a_regions_share_implements_and_a_later_edition_succeeds():
    rows = [
        {"record_id": "de", "title": "DigitalPakt Schule", "start": "2019", "end": "2024"},
        {"record_id": "by", "title": "DigitalPakt Schule Bayern", "nuts": "DE2", "start": "2019", "end": "2024"},
        {"record_id": "nrw", "title": "DigitalPakt Schule Nordrhein-Westfalen", "nuts": "DEA", "start": "2019", "end": "2024"},
        {"record_id": "two", "title": "DigitalPakt Schule 2.0", "start": "2026", "end": "2030"},
    ]
    found = resolve(normalise(pd.DataFrame([row | {"country": "DE", "portal": "p"} for row in rows])))
    assert found.clusters["cluster_id"].nunique() == 4
    told = {(r.source_cluster, r.target_cluster): r.relation for r in found.relations.itertuples()}
    assert told[("by", "de")] == told[("nrw", "de")] == "implements"
    assert told[("two", "de")] == "successor_of"
    evidence = [json.loads(r.evidence) for r in found.relations.itertuples() if (r.source_cluster, r.target_cluster) == ("by", "de")]
    assert evidence[0]["region_of"] > 0, "the evidence says what spoke for the kind"
    assert not {("by", "nrw"), ("nrw", "by")} & set(told), "neighbouring regions are no relatives"


def test_a_damaged_model_is_a_model_error(tmp_path, monkeypatch):
    broken = tmp_path / "relations.json"
    broken.write_text(json.dumps({"least": 0.2}))
    monkeypatch.setattr(relate, "FILE", broken)
    with pytest.raises(ModelError, match="relations"):
        relate.relator.__wrapped__()
