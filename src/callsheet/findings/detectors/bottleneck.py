"""Bottleneck: one stage takes most of the time of a change, and more than it used to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import number
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

RISE = 0.05
CERTAIN = 0.05


def headline(found: Sequence[Found]) -> str:
    """`review takes most of the time of a change`."""
    return f"{found[0].facts['label']} takes most of the time of a change"


@detector(
    "bottleneck", title="Bottleneck", needs=("delivery.stages",), rank=20, headline=headline,
    threshold="A stage takes more than `thresholds.bottleneck_share` (half) of a change's time, at least 5 points more"
    " than six weeks before, and the rise is unlikely to be chance (p < 0.05).",
    try_this="Two reviewers on call, smaller changes, or a limit on changes waiting, as a process experiment.",
)  # fmt: skip
def bottleneck(reader: Reader) -> Iterable[Signal]:
    """The stage of a change that takes more than half of its median time, with a real rise."""
    for row in reader.report("delivery.stages").rows:
        share, before = row.get("share"), row.get("before_share")
        if share is None or before is None or share <= reader.thresholds.bottleneck_share:
            continue
        if share - before < RISE or (row.get("p") is not None and row["p"] >= CERTAIN):
            continue
        label = str(row.get("label") or row["stage"]).lower()
        whole = row["median_days"] / share
        gain = ""
        if row.get("gain_days") is not None:
            interval = (
                f" [{number(row['gain_low'])}, {number(row['gain_high'])}]" if row.get("gain_low") is not None else ""
            )
            gain = f" Relieving it would shorten a change by {number(row['gain_days'])} days{interval}."
        yield Signal(
            subject=f"stage:{row['stage']}",
            title=f"{label[:1].upper()}{label[1:]} takes {share:.0%} of the time of a change",
            sentence=f"Median {number(row['median_days'])} of {number(whole)} days, n = {row.get('sample') or 0};"
            f" six weeks before it was {number(row['before_days'])} days, {before:.0%}.{gain}",
            severity="warn", pill="Bottleneck", weight=share,
            clause=f"Changes now wait [[{number(row['median_days'])} of their {number(whole)} days]] for {label},"
            f" up from {number(row['before_days'])}",
            evidence=(
                Evidence("days by stage", f"{number(row['median_days'])} of {number(whole)}", "/reports/delivery.stage_wait"),
                Evidence("stages", "this and six weeks before", "/reports/delivery.stages"),
            ),
            answers=(Answer("Plan an experiment", "/experiments?new=process", primary=True),
                     Answer("Open delivery", "/delivery")),
            facts={"label": label, "stage": row["stage"]},
        )  # fmt: skip
