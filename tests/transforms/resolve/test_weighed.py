"""What is kept of a scorecard's reading says the same as the scorecard."""

from dataclasses import replace

import numpy as np
import pytest

from spiders.errors import ModelError
from transforms.resolve.compare import COMPANY
from transforms.resolve.comparison import Comparison
from transforms.resolve.judge import Scorecard, Step, scorecard
from transforms.resolve.weighed import NAMED, NOTHING, Weigher, unpacked


def pairs_of(card, rows, seed):
    """Pairs whose features lie below, on and between the edges, or are missing."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name, step in card.steps.items():
        around = [*step.edges.tolist(), *(step.edges + 0.001).tolist(), -1.0, 50.0, np.nan]
        columns[name] = rng.choice(np.array(around), rows)
    return Comparison.of(columns).narrowed()


@pytest.mark.parametrize("seed", range(5))
def test_it_judges_and_names_as_the_scorecard_does(seed):
    card = scorecard()
    pairs = pairs_of(card, 5_000, seed)
    weigher = Weigher(card)
    weighed = weigher.of(pairs)
    assert weigher.probabilities(weighed, pairs).tolist() == card.probabilities(pairs).tolist()
    levels = {name: step.levels(pairs[name]) for name, step in card.steps.items()}
    for row, ranks in enumerate(unpacked(weigher.first(weighed, pairs))[:200].tolist()):
        added = [(name, round(float(step.of_level[levels[name][row]]), 2)) for name, step in card.steps.items()]
        plainly = sorted(added, key=lambda told: -abs(told[1]))[:NAMED]
        assert [weigher.told[rank] for rank in ranks if rank != NOTHING] == [told for told in plainly if told[1]]


def test_their_company_is_not_looked_at_until_it_is_told():
    card = scorecard()
    some, others = pairs_of(card, 500, 1), pairs_of(card, 500, 2)
    moved = some.beside(others.only(COMPANY))
    weigher = Weigher(card)
    weighed = weigher.of(some)
    again = weigher.of(moved)
    assert (weighed.sums.tolist(), weighed.first.tolist()) == (again.sums.tolist(), again.first.tolist())
    assert weigher.probabilities(weighed, moved).tolist() == card.probabilities(moved).tolist()
    assert weigher.probabilities(weighed, moved).tolist() != card.probabilities(some).tolist()


def test_a_short_scorecard_names_what_it_has():
    card = replace(scorecard(), steps=dict(list(scorecard().steps.items())[:3]))
    weigher, pairs = Weigher(card), pairs_of(card, 50, 3)
    named = unpacked(weigher.first(weigher.of(pairs), pairs))
    assert (named[:, 3:] == NOTHING).all()
    assert (named[:, 0] != NOTHING).any()


def test_a_scorecard_of_too_many_levels_is_refused():
    step = Step(np.arange(300.0), np.linspace(1, 2, 301), 0.5)
    with pytest.raises(ModelError, match="302 levels"):
        Weigher(Scorecard(0.0, {"cosine": step}, 0.6, 0.1))
