"""How the outcome of a run is told to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flows import console
from flows.config import Settings

if TYPE_CHECKING:
    from flows.pipeline import RunReport
    from warehouse.publish import PublishReport

COUNTS = ("found", "new", "changed", "unchanged", "missing", "gone")


def portal_table(events: Sequence[Mapping[str, Any]]) -> None:
    """One row per portal."""
    rows = []
    for event in events:
        counts = event.get("counts") or {}
        rows.append([event["portal"], event["verdict"], *(counts.get(name) or "" for name in COUNTS), "; ".join(event["reasons"])])
    console.table(rows, ("portal", "verdict", *COUNTS, "reasons"))


def run_summary(settings: Settings, report: RunReport) -> None:
    """What was made, where it is, what to type next."""
    portal_table(report.portals)
    assert report.refined is not None and report.published is not None
    counts = report.refined.counts
    made = f"{counts['listings']} listings on {len(report.portals)} portals are {counts['initiatives']} initiatives"
    print_line()
    print_line(made)
    publish_summary(report.published)
    if report.troubled:
        print_line(f"{len(report.troubled)} portal(s) held back at their last good state; `eduatlas status` says why")
    if settings.world == "sample":
        print_line("these are the sample portals: real names, invented pages; not for reuse")
    print_line()
    print_line("next:")
    for example in EXAMPLES:
        print_line(f"  .venv/bin/eduatlas --data {settings.data} {example}")


EXAMPLES = (
    'query "select country, count(*) as initiatives from initiatives group by country order by 2 desc"',
    """query "from search('digital competence')" """.strip(),
    "status",
)


def publish_summary(report: PublishReport) -> None:
    """Which release stands now."""
    if report.released:
        print_line(f"release {report.version}: {report.path}")
    else:
        print_line(f"nothing changed; release {report.version} stands: {report.path}")


def print_line(text: str = "") -> None:
    """One line on standard output."""
    console.out.print(text, markup=False)
