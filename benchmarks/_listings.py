"""Generated listings with known duplicates, made of the titles of the gold records.

An initiative takes a gold cluster of a country, adds an invented name (a town, a network, a project; a name serves several initiatives),
shifts all its years by the same number and states a region in one case of five. Each of its listings takes the wording of one record of
that cluster, in whatever language that is, puts the name before, behind or in brackets, and stands on another portal; some drop a word or
change case, and fields are missing as often as portals leave them out. One initiative in eight has a later edition, which shares name and
wording but not the years, and is another initiative; one in twelve has a sister of the same name in another region.

What this cannot show: mistaken fields, descriptions of several sentences, and the meaning of free names, since the invented ones mean
nothing.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from transforms.columns import COLUMNS, series

GOLD = Path(__file__).with_name("gold") / "records.jsonl"
#: listings of an initiative, and how often
SIZES, SHARES = (1, 2, 3, 4), (0.72, 0.2, 0.06, 0.02)
EDITION, SISTER, REGIONAL = 0.125, 0.08, 0.2
#: names that are handed out
_NAMES = 40_000
_SYLLABLES = re.findall(
    "[a-z]+",
    "ba ce di fo gu ha ji ke lo mu na pe qui ra so ti ve xa zo mar ten lis gor dan vel per kos tur mil san bre dol fen gra hul ima jor kle",
)
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_LAST_YEAR = 2040


@dataclass(slots=True)
class _Initiative:
    number: int
    records: list[dict]
    name: str
    shift: int
    nuts: str | None


def frame_of(columns: dict[str, list]) -> pd.DataFrame:
    """A typed frame of some columns; the others empty."""
    rows = len(columns["record_id"])
    blank = {"texts": [[]] * rows, "boolean": [False] * rows}
    return pd.DataFrame({c.name: series(c.type, columns.get(c.name, blank.get(c.type, [None] * rows))) for c in COLUMNS.values()})


def generated(rows: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Typed listings in random order, and the number of the initiative that each speaks of."""
    rng = random.Random(seed)
    clusters = _clusters()
    names = ["".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 3, 4)))).capitalize() for _ in range(_NAMES)]
    columns: dict[str, list] = defaultdict(list)
    truth: list[int] = []
    taken: set[tuple[int, str]] = set()
    number = 0
    while len(truth) < rows:
        cluster, name = rng.randrange(len(clusters)), rng.choice(names)
        if (cluster, name) in taken:
            continue
        taken.add((cluster, name))
        records = clusters[cluster]
        country = records[0]["country"]
        nuts = records[0]["nuts"] or (f"{country}{rng.randint(1, 6)}" if rng.random() < REGIONAL else None)
        made = [_Initiative(number, records, name, rng.randint(-6, 8), nuts)]
        if rng.random() < EDITION:
            made.append(_Initiative(number + 1, records, name, made[0].shift + rng.randint(5, 7), nuts))
        if nuts and rng.random() < SISTER / REGIONAL:
            made.append(_Initiative(number + len(made), records, name, made[0].shift, f"{nuts[:2]}{rng.randint(7, 9)}"))
        number += len(made)
        for initiative in made:
            for _ in range(rng.choices(SIZES, SHARES)[0]):
                _list(columns, initiative, rng)
                truth.append(initiative.number)
    order = list(range(rows))
    rng.shuffle(order)
    picked = {key: [values[k] for k in order] for key, values in columns.items()}
    picked["record_id"] = [f"g{k:07d}" for k in range(rows)]
    return frame_of(picked), np.array(truth)[order]


def _clusters() -> list[list[dict]]:
    found: dict[str, list[dict]] = defaultdict(list)
    with GOLD.open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            found[record["cluster_id"]].append(record)
    return [found[name] for name in sorted(found)]


def _list(columns: dict[str, list], initiative: _Initiative, rng: random.Random) -> None:
    record = rng.choice(initiative.records)
    draw = [rng.random() for _ in range(8)]

    def shifted(text: str) -> str:
        return _YEAR.sub(lambda year: str(min(int(year[1]) + initiative.shift, _LAST_YEAR)), text)

    title = shifted(record["title"])
    tokens = title.split()
    if draw[0] < 0.15 and len(tokens) > 3:
        del tokens[int(draw[1] * len(tokens))]
        title = " ".join(tokens)
    elif draw[0] < 0.25:
        title = title.upper() if draw[1] < 0.3 else title.lower()
    name = initiative.name
    title = f"{name}: {title}" if draw[2] < 0.4 else f"{title} – {name}" if draw[2] < 0.7 else f"{title} ({name})"
    portal = int(draw[3] * 300)
    start, end = record["start_year"], record["end_year"]
    columns["title"].append(title)
    columns["description"].append(shifted(record["description"]) if record["description"] and draw[4] < 0.5 else None)
    columns["language"].append(record["language"])
    columns["country"].append(record["country"])
    columns["nuts"].append([initiative.nuts] if initiative.nuts and draw[5] < 0.9 else [])
    columns["organisation"].append(record["owner_body"] if draw[6] < 0.4 else None)
    columns["start_date"].append(date(min(start + initiative.shift, _LAST_YEAR), 1, 1) if start and draw[7] < 0.6 else None)
    columns["end_date"].append(date(min(end + initiative.shift, _LAST_YEAR), 12, 31) if end and draw[7] < 0.4 else None)
    columns["portal"].append(f"p{portal:03d}")
    columns["url"].append(f"https://p{portal:03d}.example/{len(columns['url'])}")
