"""Key person: most of a living repository's work comes from one head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import count, joined
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

COMMITS, PEOPLE, SHARE = 100, 3, 60.0
MOST = 5


def headline(found: Sequence[Found]) -> str:
    """`web depends on one person`."""
    names = joined([str(one.facts["repo"]) for one in found])
    return f"{names} {'depends' if len(found) == 1 else 'depend'} on one person"


@detector(
    "key_person", title="Knowledge in one head", needs=("people.absence_factor",), rank=55, headline=headline,
    threshold="A repository with at least 100 commits by at least three people in the last year, of which one person made"
    " more than 60%.",
    try_this="Pair on the next change there, or ask a second person to review all of it for a month.",
)  # fmt: skip
def key_person(reader: Reader) -> Iterable[Signal]:
    """Living repositories that would stand still without one person; the five largest."""
    rows = [
        row for row in reader.report("people.absence_factor").rows
        if (row.get("commits") or 0) >= COMMITS and (row.get("contributors") or 0) >= PEOPLE
        and (row.get("top_share") or 0) > SHARE
    ]  # fmt: skip
    for row in sorted(rows, key=lambda row: -row["commits"])[:MOST]:
        repo, share = str(row["repo"]), row["top_share"]
        yield Signal(
            subject=f"component:{repo}", title=f"{repo} depends on one person",
            sentence=f"One of {count(row['contributors'], 'contributor')} made {share:.0f}% of its"
            f" {row['commits']:,} commits in the last year.",
            severity="info", pill="One head", weight=share / 100, clause=f"[[{repo}]] depends on one person",
            evidence=(Evidence("contributions", f"{share:.0f}%", "/reports/people.absence_factor"),),
            answers=(Answer("Open ownership", "/people?tab=ownership", primary=True),), facts={"repo": repo},
        )  # fmt: skip
