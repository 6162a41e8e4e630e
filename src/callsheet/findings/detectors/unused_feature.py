"""Unused feature: it has been out for a while and hardly anyone tried it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import joined, short_day
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

ENOUGH = 50
"""Accounts that could have used it, below which nothing is said."""


def headline(found: Sequence[Found]) -> str:
    """`nobody uses Quick reactions`."""
    return f"hardly anyone uses {joined([str(one.facts['title']) for one in found])}"


@detector(
    "unused_feature", title="Feature unused after launch", needs=("usage.adoption",), rank=60, headline=headline,
    threshold="`thresholds.unused_after_days` (14) days after release, the upper end of the 95% interval of the share of"
    " accounts that tried it is below `thresholds.unused_adoption` (5%), with at least 50 that could.",
    try_this="Ask five accounts that saw it, make it easier to find as an experiment, or take it out.",
)  # fmt: skip
def unused_feature(reader: Reader) -> Iterable[Signal]:
    """Features whose adoption stays below the threshold even at the upper end of its interval."""
    limits = reader.thresholds
    for row in reader.report("usage.adoption").rows:
        share, high = row.get("tried_share"), row.get("tried_high")
        if share is None or row.get("days") is None or row["days"] < limits.unused_after_days:
            continue
        if (row.get("could_use") or 0) < ENOUGH or (high if high is not None else share) >= limits.unused_adoption:
            continue
        key = row["feature"]
        yield Signal(
            subject=f"feature:{key}", title=f"{row['title']}: {share:.1%} of accounts tried it",
            sentence=f"Released {short_day(row['released_at'])}; {row['tried']} of {row['could_use']} accounts that could use"
            f" it tried it, {row.get('kept') or 0} kept it.",
            severity="warn", pill="Unused", decide=True, weight=0.6, owner=row.get("owner") or "", since=row["released_at"],
            clause=f"hardly anyone uses [[{row['title']}]] ({row['tried']} of {row['could_use']} accounts)",
            evidence=(
                Evidence("adoption", f"{share:.1%}", f"/usage/features/{key}"),
                Evidence("trace", "who asked", f"/trace/feature:{key}"),
            ),
            answers=(Answer("Plan an experiment", f"/experiments?new=product&feature={key}", primary=True),
                     Answer("Retire…", f"/usage/features/{key}?tab=stage")),
            facts={"title": row["title"]},
        )  # fmt: skip
