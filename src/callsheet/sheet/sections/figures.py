"""The row of figures below the lead."""

from __future__ import annotations

from callsheet.metrics.figure import Figure, figure
from callsheet.sheet.model import Ask, Section, section

WANTED = (
    "delivery.cycle_time", "roadmap.promises_kept", "usage.active_accounts", "feedback.revenue_waiting",
    "loop.requesters_told", "delivery.throughput", "delivery.merge_time", "delivery.commits", "delivery.contributors",
    "releases.lead", "delivery.off_hours", "people.owned_share", "stack.fresh_sources",
)  # fmt: skip
MOST = 5


@section("figures", place=10)
def figures(ask: Ask) -> Section:
    """The first five of the usual figures that have data, with their change and course."""
    found: list[Figure] = []
    for name in WANTED:
        if len(found) == MOST or not ask.reader.has(name):
            continue
        if ask.reader.value(name, ask.period).amount is not None:
            found.append(figure(ask.reader, name, ask.period, ask.before))
    return Section("figures", "", "figures", figures=found)
