"""Usage alert: a series that somebody watches did what it should not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import joined, number
from callsheet.base.time import parse_moment
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader


def headline(found: Sequence[Found]) -> str:
    """`an alert fires: Sign-ups`."""
    names = joined([str(one.facts["name"]) for one in found])
    return f"{'an alert fires' if len(found) == 1 else 'alerts fire'}: {names}"


@detector(
    "usage_alert", title="Alert on usage", needs=("usage.alerts",), rank=45, headline=headline,
    threshold="The last interval that is over is beyond the bound that the alert sets, or outside of what the same"
    " weekday (and hour) of the last weeks and their trend make one expect.",
    try_this="Open the alert and look at the days before; then ask who is behind the change.",
)  # fmt: skip
def usage_alert(reader: Reader) -> Iterable[Signal]:
    """Alerts of `usage.alerts` that fire and are not snoozed."""
    for row in reader.report("usage.alerts").rows:
        if row["state"] != "firing" or row["snoozed_until"] is not None:
            continue
        place = f"/explore/alerts/{row['alert']}"
        yield Signal(
            subject=f"alert:{row['alert']}", title=row["words"].rstrip("."), sentence=row["words"],
            severity="warn", pill="Alert", decide=True, weight=0.5, owner=row["owner"],
            since=parse_moment(row["firing_since"], reader.zone), clause=f"[[{row['name']}]] is at {number(row['amount'])}",
            evidence=(Evidence("amount", number(row["amount"]), place), Evidence("expected", _bounds(row), place)),
            answers=(Answer("Open the alert", place, primary=True),), facts={"name": row["name"]},
        )  # fmt: skip


def _bounds(row: dict[str, float | None]) -> str:
    """The bounds that there are, as words."""
    if row["low"] is None:
        return f"at most {number(row['high'])}"
    return (
        f"{number(row['low'])} to {number(row['high'])}"
        if row["high"] is not None
        else f"at least {number(row['low'])}"
    )
