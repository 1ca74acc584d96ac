"""Fits the shipped models on labelled records: frequencies of units, both scorecards.

    python -m transforms.resolve.training.train RECORDS.jsonl [--join 0.6] [--related 0.19 0.25]

The thresholds are those that cross-validation chose (see docs/resolution.md).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from transforms.resolve import judge, relate, similarity
from transforms.resolve.sentences import present
from transforms.resolve.training.fit_relations import LEAST, LEAST_PRECISE
from transforms.resolve.training.labelled import frequencies, load, related, trained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--join", type=float, default=0.6)
    parser.add_argument("--doubtful", type=float, default=0.12)
    parser.add_argument("--related", type=float, nargs=2, default=(LEAST, LEAST_PRECISE), metavar=("PLAIN", "PRECISE"))
    args = parser.parse_args()
    present()
    similarity.FREQUENCIES.write_text(frequencies(args.records), encoding="utf-8")
    similarity.domain_weights.cache_clear()
    labelled = load(args.records)
    card = replace(trained(labelled), join=args.join, doubtful=args.doubtful)
    judge.FILE.write_text(json.dumps(card.as_dict(), indent=1) + "\n", encoding="utf-8")
    found = related(labelled, card).with_least(*args.related)
    relate.FILE.write_text(json.dumps(found.as_dict(), indent=1) + "\n", encoding="utf-8")
    print(f"{len(card.steps)} features judge whether, {len(found.precise.linear.columns)} whether related")


if __name__ == "__main__":
    main()
