"""What is compared of two listings."""

import numpy as np
import pandas as pd

from benchmarks._listings import generated
from transforms.normalise import normalise
from transforms.resolve.compare import Comparer, vectorise
from transforms.resolve.comparison import Comparison
from transforms.resolve.prepare import prepare


def compared(one, other):
    rows = [{"record_id": record, "country": "AT"} | row for record, row in (("a", one), ("b", other))]
    records = prepare(normalise(pd.DataFrame(rows)))
    return Comparer(records, vectorise(records))(np.array([0]), np.array([1]))


def test_listings_without_address_are_not_of_one_site():
    at = lambda url: {"title": "Lesen am Schirm", "url": url}  # noqa: E731
    assert compared(at(None), at(None))["same_site"] == 0
    assert compared(at("https://x.example/a"), at(None))["same_site"] == 0
    assert compared(at("https://x.example/a"), at("https://www.x.example/b"))["same_site"] == 1
    assert compared(at("https://x.example/a"), at("https://y.example/a"))["same_site"] == 0


def test_pairs_are_compared_alike_in_any_lots():
    records = prepare(generated(60, seed=2)[0])
    i, j = np.triu_indices(len(records), 1)
    compare = Comparer(records, vectorise(records))
    whole, lots = compare(i, j), Comparison.joined([compare(i[k : k + 400], j[k : k + 400]) for k in range(0, len(i), 400)])
    assert lots.names == whole.names
    for name in (*whole.names, *whole.aside):
        np.testing.assert_array_equal(lots[name], whole[name], err_msg=name)


def test_acronyms_are_looked_for_in_all_that_the_other_says():
    at = lambda title, description="": {"title": title, "description": description}  # noqa: E731
    assert np.isnan(compared(at("Lesen am Schirm"), at("Schule am Netz"))["acronym_unknown"])
    assert compared(at("Schule am Netz (SchaN)"), at("Lesen am Schirm"))["acronym_unknown"] == 1
    assert compared(at("Schule am Netz (SchaN)"), at("Lesen am Schirm", "Teil von SchaN"))["acronym_unknown"] == 0
    assert compared(at("Schule am Netz (SchaN)"), at("Lesen am Schirm (LaSch)"))["acronym_unknown"] == 2
    assert compared(at("Schule am Netz (SchaN)"), at("Lesen am Schirm"))["acronym"] == 0
    assert compared(at("Schule am Netz (SchaN)"), at("SchaN"))["acronym"] == 3
    assert compared(at("Schule am Netz (SchaN)"), at("Lesen am Schirm (LaSch)"))["acronym"] == -1


def test_bodies_are_alike_by_their_words_and_say_nothing_where_one_is_unnamed():
    at = lambda body: {"title": "Lesen am Schirm", "organisation": body}  # noqa: E731
    assert compared(at("Stiftung Lesen"), at("Lesen Stiftung"))["organisation"] == 1
    assert compared(at("Stiftung Lesen"), at("Stadt Linz"))["organisation"] == 0
    assert np.isnan(compared(at("Stiftung Lesen"), at(None))["organisation"])
