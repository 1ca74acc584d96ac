"""Small value types that every normaliser shares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that was not read, and why. It is falsy: ``if (found := parse_period(text)):`` keeps only what was read.

    ``reason`` is a short stable word or phrase ("empty", "duration", "ambiguous day and month"): it is counted in reports.
    """

    reason: str

    def __bool__(self) -> bool:
        return False


#: nothing was written at all; not an issue worth a report
EMPTY = Refusal("empty")
