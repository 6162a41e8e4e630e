"""Adoption below prediction: fewer tried a feature than were due at its age, and it is not chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callsheet.base.text import joined, short_day
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

ENOUGH = 50
"""Accounts that could have used it, below which nothing is said."""


def headline(found: Sequence[Found]) -> str:
    """`Saved filters is behind its prediction`."""
    verb, whose = ("is", "its") if len(found) == 1 else ("are", "their")
    return f"{joined([str(one.facts['title']) for one in found])} {verb} behind {whose} prediction"


@detector(
    "adoption_behind", title="Adoption below prediction", needs=("usage.adoption",), rank=61, headline=headline,
    threshold="The upper end of the 95% interval of a feature's adoption lies below the low end of what is due at its"
    " age (the predicted range on a straight line up to its day), with at least 50 accounts that could use it. What is"
    " called unused already is not said twice.",
    try_this="Ask those who saw it and did not try it; look whether they saw it at all; note what the prediction missed.",
)  # fmt: skip
def adoption_behind(reader: Reader) -> Iterable[Signal]:
    """Features of the last 90 days whose adoption is surely less than what was predicted for this age."""
    for row in reader.report("usage.adoption").rows:
        if row.get("standing") == "behind" and (row.get("could_use") or 0) >= ENOUGH and not _unused(reader, row):
            yield _signal(row)


def _unused(reader: Reader, row: dict[str, Any]) -> bool:
    limits = reader.thresholds
    return bool(row["days"] >= limits.unused_after_days and row["tried_high"] < limits.unused_adoption)


def _signal(row: dict[str, Any]) -> Signal:
    key, share, due = row["feature"], row["tried_share"], row["due_low"]
    said = f"{row['predicted_share']:.0%} by day {row['predicted_days']}"
    return Signal(
        subject=f"feature:{key}", title=f"{row['title']}: {share:.0%} tried it, at least {due:.0%} were due",
        sentence=f"Released {short_day(row['released_at'])}; {row['tried']} of {row['could_use']} accounts that could use it"
        f" did, 95% between {row['tried_low']:.0%} and {row['tried_high']:.0%}. Predicted were {said}.",
        severity="warn", pill="Behind", weight=due - row["tried_high"], owner=row.get("owner") or "",
        since=row["released_at"], clause=f"[[{row['title']}]] is tried by fewer than predicted ({share:.0%})",
        evidence=(
            Evidence("adoption", f"{share:.0%} against {due:.0%}", f"/usage/features/{key}"),
            Evidence("trace", "who asked", f"/trace/feature:{key}"),
        ),
        answers=(Answer("Plan an experiment", f"/experiments?new=product&feature={key}", primary=True),
                 Answer("Open the feature", f"/usage/features/{key}")),
        facts={"title": row["title"]},
    )  # fmt: skip
