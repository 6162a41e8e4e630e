"""Silos: two teams that block each other and never work in each other's code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

LINKS = 8
SHARE = 0.3


def headline(found: Sequence[Found]) -> str:
    """`Data and Platform work in silos`."""
    return f"{found[0].facts['team']} and {found[0].facts['other']} work in silos"


@detector(
    "silos", title="Teams in silos", needs=("delivery.silos",), rank=80, headline=headline,
    threshold="At least 8 blocking links between two teams, at least 30% of all their blocking links, and nobody who"
    " contributes across the border.",
    try_this="A shared reviewer or a pairing week between the two, as a process experiment.",
)  # fmt: skip
def silos(reader: Reader) -> Iterable[Signal]:
    """Pairs of teams that wait for each other without contributing across the border."""
    for row in reader.report("delivery.silos").rows:
        if (row.get("crossing") or 0) < LINKS or (row.get("share") or 0) < SHARE or row.get("contributors"):
            continue
        team, other = (str(row[key]).capitalize() for key in ("team", "other"))
        yield Signal(
            subject=f"team:{row['team']}+{row['other']}", title=f"{team} and {other} wait for each other",
            sentence=f"{row['crossing']} of their {row['links']} blocking links cross the border between them, and nobody of"
            " one contributed to the other's code in the period.",
            severity="info", pill="Silos", weight=row["share"], team=str(row["team"]),
            clause=f"[[{team} and {other}]] wait for each other without working together",
            evidence=(Evidence("links and contributions", str(row["crossing"]), "/reports/delivery.silos"),),
            answers=(Answer("Plan an experiment", "/experiments?new=process", primary=True),),
            facts={"team": team, "other": other},
        )  # fmt: skip
