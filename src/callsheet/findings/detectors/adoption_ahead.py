"""Adoption ahead of its prediction: good news, said as plainly as bad news."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import short_day
from callsheet.findings.model import Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

FRESH = 45
"""Days after the release during which this is news."""


def headline(found: Sequence[Found]) -> str:
    """`Onboarding checklist is ahead of its prediction`."""
    return f"{found[0].facts['title']} is ahead of its prediction"


@detector(
    "adoption_ahead", title="Adoption ahead of prediction", needs=("usage.adoption",), rank=35, headline=headline,
    threshold="Within 45 days of its release, the lower end of the 95% interval of a feature's adoption lies above the"
    " share that was predicted.",
    try_this="Tell those who built it and those who asked for it.",
)  # fmt: skip
def adoption_ahead(reader: Reader) -> Iterable[Signal]:
    """Recent features whose adoption beats the prediction even at the lower end of its interval."""
    for row in reader.report("usage.adoption").rows:
        predicted, low, days = row.get("predicted_share"), row.get("tried_low"), row.get("days")
        if predicted is None or low is None or days is None or days > FRESH or low <= predicted:
            continue
        key = row["feature"]
        yield Signal(
            subject=f"feature:{key}", title=f"{row['title']}: {row['tried_share']:.0%} of accounts tried it",
            sentence=f"Predicted {predicted:.0%} at its release on {short_day(row['released_at'])}; {row['tried']} of"
            f" {row['could_use']} accounts that could use it did.",
            severity="good", pill="Ahead", weight=0.3, owner=row.get("owner") or "", since=row["released_at"],
            clause=f"{row['title']} is out and [[adoption is ahead of its prediction]]",
            evidence=(Evidence("adoption", f"{row['tried_share']:.0%} against {predicted:.0%}", f"/usage/features/{key}"),
                      Evidence("trace", "from request to told", f"/trace/feature:{key}")),
            facts={"title": row["title"]},
        )  # fmt: skip
