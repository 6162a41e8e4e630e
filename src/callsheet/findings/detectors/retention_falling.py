"""Retention falling: fewer of those who are new come back than of those before them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

CERTAIN = 0.005
FALL = 0.1
LEAST, LEAST_BEFORE = 50, 100
WORDS = {"account": "new accounts", "person": "new people"}


def headline(found: Sequence[Found]) -> str:
    """`fewer new accounts come back`."""
    return f"fewer {WORDS[str(found[0].facts['unit'])]} come back"


@detector(
    "retention_falling", title="Retention of new cohorts falling", needs=("usage.new_cohorts_change",), rank=65,
    headline=headline,
    threshold="The share of those who are new that is active on a day from the 7th to the 27th fell by at least a tenth,"
    " the last four complete weekly cohorts against up to twelve before (p < 0.005, one-sided, widened by their own spread;"
    " accounts and people are two tests), with at least 50 new now and 100 before.",
    try_this="Look at where the new ones come from, and at the first hour they have with the product.",
)  # fmt: skip
def retention_falling(reader: Reader) -> Iterable[Signal]:
    """New accounts, or people, of whom surely fewer come back than of those before."""
    for row in reader.report("usage.new_cohorts_change").rows:
        p, rate, before = row["p"], row["rate"], row["before"]
        if (
            p is None
            or p >= CERTAIN
            or row["n"] < LEAST
            or row["before_n"] < LEAST_BEFORE
            or rate > before * (1 - FALL)
        ):
            continue
        who = WORDS[row["unit"]]
        yield Signal(
            subject=f"cohorts:{row['unit']}", title=f"{rate:.0%} of {who} come back, before {before:.0%}",
            sentence=f"Of {row['n']} who began since the week of {row['since']}, {rate:.0%} were active on a day from the 7th"
            f" to the 27th after; of {row['before_n']} before them {before:.0%} (p = {p:.2g}).",
            severity="warn", pill="Falling", weight=1 - rate / before,
            clause=f"fewer {who} [[come back]] ({rate:.0%}, before {before:.0%})",
            evidence=(Evidence("weekly cohorts", f"{rate:.0%} against {before:.0%}", "/reports/usage.new_cohorts"),),
            answers=(Answer("Look at the cohorts", "/reports/usage.new_cohorts", primary=True),),
            facts={"unit": row["unit"]},
        )  # fmt: skip
