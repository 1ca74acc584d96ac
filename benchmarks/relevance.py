"""Train and check the relevance model.

usage: python benchmarks/relevance.py [--write] [--gold PATH] [--bulk PATH]

Positives: the gold records, and the funding records judged relevant in ``tests/truth/relevance.jsonl`` (part ``training``). Negatives: the
judged ones that are not, and a sample of funding records that name nothing digital. Prints weights, cross-validated figures and what the
part ``check`` says; ``--write`` replaces ``transforms/normalise/lookups/relevance-model.toml``. Needs scikit-learn and the two data sets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
TRUTH = ROOT / "tests" / "truth" / "relevance.jsonl"

#: how much one record of each source counts
WEIGHTS = {"gold": 0.4, "judged": 1.5, "background": 0.3}
BACKGROUND = 4000

#: how many of them name something digital, but neither learning nor training
DIGITAL_ONLY = 800
THRESHOLD = 0.6

#: languages as the funding records write them, where they are no codes
LANGUAGES = {"gr": "el", "dk": "da", "fr / nl": "fr"}


def found_in(record: dict[str, Any], names: tuple[str, str, str, str]) -> frozenset[str]:
    """The features of a record whose title, description, organisation and language stand under ``names``."""
    from transforms.normalise.classify import LEAD
    from transforms.normalise.cues import lexicon
    from transforms.normalise.relevance import features

    title, description, organisation, language = (str(record.get(name) or "") for name in names)
    description = "" if description == title else description[:LEAD]
    code = LANGUAGES.get(language.lower(), language.lower())
    words = lexicon()
    return features(words.concepts(title, code), words.concepts(description, code), words.concepts(organisation, code))


def funding(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The funding records with their ids."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            yield f"{record['source_file']}#{record['row']}", record


def samples(gold: Path, bulk: Path) -> dict[str, list[tuple[frozenset[str], bool, float]]]:
    """Features, truth and weight of every sample, by part: training, check and gold."""
    judged = {row["record_id"]: row for row in map(json.loads, TRUTH.read_text(encoding="utf-8").splitlines())}
    parts: dict[str, list[tuple[frozenset[str], bool, float]]] = {"training": [], "check": [], "gold": []}
    names = ("project_name", "project_description", "beneficiary_name", "language")
    background: dict[bool, list[frozenset[str]]] = {True: [], False: []}
    for record_id, record in funding(bulk):
        row = judged.get(record_id)
        if row is not None:
            parts[row["part"]].append((found_in(record, names), row["relevant"], WEIGHTS["judged"]))
        elif hash_of(record_id) % 10 == 0:
            found = found_in(record, names)
            digital = {"title digital", "title near", "text digital", "text near"} & found
            learning = {"title education", "text education", "title training", "text training", "organisation teaches"} & found
            # a record that names both sides may well be relevant: unjudged, it says nothing
            if not {"title both", "text both"} & found and not (digital and learning):
                background[bool(digital)].append(found)
    rng = random.Random(1)
    for named, size in ((True, DIGITAL_ONLY), (False, BACKGROUND)):
        pool = background[named]
        parts["training"] += [(found, False, WEIGHTS["background"]) for found in rng.sample(pool, min(size, len(pool)))]
    for line in gold.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        record["owner"] = record["stated"].get("owner_body")
        parts["gold"].append((found_in(record, ("title", "description", "owner", "language")), True, WEIGHTS["gold"]))
    return parts


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    import zlib

    return zlib.crc32(text.encode())


def train(rows: list[tuple[frozenset[str], bool, float]]) -> tuple[float, dict[str, float]]:
    """Intercept and weights by feature, of a logistic regression with weights drawn to zero."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for found, _, _ in rows for name in found})
    matrix = np.array([[name in found for name in names] for found, _, _ in rows], dtype=float)
    fitted = LogisticRegression(C=0.7, max_iter=2000).fit(matrix, [truth for _, truth, _ in rows], sample_weight=[w for _, _, w in rows])
    return float(fitted.intercept_[0]), dict(zip(names, map(float, fitted.coef_[0]), strict=True))


def figures(rows: list[tuple[frozenset[str], bool, float]], model: Any) -> str:
    """Precision and recall at the threshold."""
    said = [(model.score(found) >= model.threshold, truth) for found, truth, _ in rows]
    right = sum(1 for yes, truth in said if yes and truth)
    positive, true = sum(yes for yes, _ in said), sum(truth for _, truth in said)
    return f"{len(rows)} records, precision {right / max(positive, 1):.3f}, recall {right / max(true, 1):.3f}, said yes {positive}"


def main() -> int:
    """Train, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--gold", type=Path, default=SHARED / "gold" / "records.jsonl")
    parser.add_argument("--bulk", type=Path, default=SHARED / "bulk" / "funding_operations.jsonl.gz")
    args = parser.parse_args()
    for path in (args.gold, args.bulk):
        if not path.exists():
            print(f"skipped: {path} is not there")
            return 0
    sys.path.insert(0, str(ROOT))
    from transforms.normalise.relevance import FILE, Model

    parts = samples(args.gold, args.bulk)
    everything = parts["training"] + parts["gold"]
    order = random.Random(2).sample(range(len(everything)), len(everything))
    held: list[str] = []
    for fold in range(5):
        inside = [everything[i] for k, i in enumerate(order) if k % 5 != fold]
        outside = [everything[i] for k, i in enumerate(order) if k % 5 == fold and everything[i][2] == WEIGHTS["judged"]]
        held.append(figures(outside, Model(*_put(train(inside)))))
    intercept, weights = train(everything)
    model = Model(intercept, THRESHOLD, weights)
    for name, weight in sorted(weights.items(), key=lambda item: -item[1]):
        print(f"{weight:+.2f}  {name}")
    print(f"{intercept:+.2f}  intercept")
    print("judged, held out of five:", *held, sep="\n  ")
    for name, rows in parts.items():
        print(f"{name}: {figures(rows, model)}")
    if args.write:
        FILE.write_text(_toml(intercept, weights), encoding="utf-8")
        print(f"written: {FILE}")
    return 0


def _put(fitted: tuple[float, dict[str, float]]) -> tuple[float, float, dict[str, float]]:
    return fitted[0], THRESHOLD, fitted[1]


def _toml(intercept: float, weights: dict[str, float]) -> str:
    lines = [f'"{name}" = {weight:.3f}' for name, weight in sorted(weights.items(), key=lambda item: -item[1])]
    head = [
        "# The relevance model, written by benchmarks/relevance.py from judged records. A feature that holds adds its weight;",
        "# 1 / (1 + exp(-sum)) is the relevance. `threshold` is the one setting of what is published: from this relevance upwards.",
        f"threshold = {THRESHOLD}",
        f"intercept = {intercept:.3f}",
        "",
        "[weights]",
    ]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
