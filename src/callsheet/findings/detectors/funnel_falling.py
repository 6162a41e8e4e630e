"""Funnel falling: fewer go on from a step than used to, for everybody or in one segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callsheet.base.text import joined
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

CERTAIN = 0.01
FALL = 0.1
"""The least fall that is told, of the earlier rate."""


def headline(found: Sequence[Found]) -> str:
    """`fewer get through Sign-up`."""
    return f"fewer get through {joined(list(dict.fromkeys(str(one.facts['title']) for one in found)), 2)}"


@detector(
    "funnel_falling", title="Funnel step falling", needs=("usage.funnel_steps",), rank=64, headline=headline,
    threshold="The share that goes on from a step fell by at least a tenth, the last four whole weeks of entry against up to"
    " twelve before (p < 0.01, one-sided, widened by the spread of the earlier weeks, corrected over all steps and segments"
    " tested), with at least 50 entries now and 100 before.",
    try_this="Look at what was released in those weeks, and at who stops there.",
)  # fmt: skip
def funnel_falling(reader: Reader) -> Iterable[Signal]:
    """Steps of kept funnels, and of the way to value, that fell for everybody; else the segment that fell most surely."""
    fell = [row for row in reader.report("usage.funnel_steps").rows if _fell(row)]
    steps: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in fell:
        steps.setdefault((row["funnel"], row["step"]), []).append(row)
    for rows in steps.values():
        yield _signal(min(rows, key=lambda row: (row["segment"] != "", row["p_holm"])))


def _fell(row: dict[str, Any]) -> bool:
    p, rate, before = row["p_holm"], row["rate"], row["before_rate"]
    return p is not None and p < CERTAIN and before > 0 and rate <= before * (1 - FALL)


def _signal(row: dict[str, Any]) -> Signal:
    here, _, there = str(row["name"]).partition(", ")
    among = f" among {row['segment']} accounts" if row["segment"] else ""
    title = f"{row['title']}: {row['rate']:.0%} go on from {here} to {there}{among}, before {row['before_rate']:.0%}"
    return Signal(
        subject=f"funnel:{row['funnel']}:{row['step']}", title=title,
        sentence=f"{row['converted']} of {row['entered']} who entered in the last four whole weeks, against"
        f" {row['before_converted']} of {row['before_entered']} before (p = {row['p_holm']:.2g}, corrected for all steps).",
        severity="warn", pill="Falling", weight=1 - row["rate"] / row["before_rate"],
        clause=f"[[fewer go on from {here} to {there}]]{among} ({row['rate']:.0%}, before {row['before_rate']:.0%})",
        evidence=(Evidence("steps", f"{row['rate']:.0%} against {row['before_rate']:.0%}", "/reports/usage.funnel_steps"),
                  Evidence("funnel", str(row["title"]), str(row["href"]))),
        answers=(Answer("Open the funnel", str(row["href"]), primary=True),),
        facts={"title": row["title"]},
    )  # fmt: skip
