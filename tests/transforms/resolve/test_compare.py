"""What is compared of two listings."""

import numpy as np
import pandas as pd

from transforms.normalise import normalise
from transforms.resolve.compare import Comparer, vectorise
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
