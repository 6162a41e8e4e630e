"""Experiments that need a call: broken ones, whose groups are not comparable, and those that are ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader


def _count(found: Sequence[Found]) -> str:
    return "one experiment" if len(found) == 1 else f"{len(found)} experiments"


@detector(
    "broken_experiment", title="Broken experiment", needs=("experiments.running",), rank=30,
    headline=lambda found: f"{_count(found)} must be stopped",
    lead=lambda found: f"[[{_count(found)}|{found[0].id}]] must be stopped, its assignment is broken",
    threshold="Sample-ratio mismatch: the assignment is less likely than `thresholds.srm_p` (0.001) under the plan.",
    try_this="Stop it, mend the assignment where the gap is, start again; read nothing from it.",
)  # fmt: skip
def broken_experiment(reader: Reader) -> Iterable[Signal]:
    """Running experiments whose arms are not the size they were planned to be."""
    for row in reader.report("experiments.running").rows:
        p = row.get("srm_p")
        if row.get("state") != "running" or p is None or p >= reader.thresholds.srm_p:
            continue
        key, arms = row["experiment"], row.get("arms") or []
        sizes = " against ".join(f"{int(arm['units']):,}" for arm in arms)
        cause = f" {row['cause']}" if row.get("cause") else ""
        yield Signal(
            subject=f"experiment:{key}", title=f"Stop “{row['title']}”: its groups are not comparable",
            sentence=f"{sizes} people where the plan was {_plan(arms)} ({_small(p)}).{cause} No winner can be named.",
            severity="bad", pill="Broken", decide=True, weight=1.0, owner=row.get("owner") or "", team=row.get("team") or "",
            since=row.get("started_at"), clause=f"[[{row['title']}]] must be stopped, its assignment is broken",
            evidence=(Evidence("assignment by day and segment", sizes, f"/experiments/{key}?tab=assignment"),),
            answers=(
                Answer("Stop", f"/api/experiments/{key}/stop", "POST", {}, primary=True, needs_reason=True,
                       confirm="Stop the experiment? Its data are kept."),
                Answer("Open", f"/experiments/{key}"),
            ),
            facts={"title": row["title"]},
        )  # fmt: skip


def _plan(arms: list[dict[str, Any]]) -> str:
    shares = [arm.get("planned") for arm in arms]
    if len(set(shares)) == 1:
        return {2: "half each", 3: "a third each"}.get(len(arms), "the same for each")
    return " / ".join(f"{share:.0%}" for share in shares if share is not None)


def _small(p: float) -> str:
    return f"p = {p:.4f}" if p >= 0.0001 else "p < 0.0001"


@detector(
    "ready_experiment", title="Experiment ready to call", needs=("experiments.running",), rank=31,
    headline=lambda found: f"{_count(found)} is ready to call" if len(found) == 1 else f"{_count(found)} are ready to call",
    lead=lambda found: f"[[{_count(found)}|{found[0].id}]] {'is' if len(found) == 1 else 'are'} ready to call",
    threshold="The planned days are over and the decision rule says ship or roll back.",
    try_this="Decide; the evidence is kept with the decision.",
)  # fmt: skip
def ready_experiment(reader: Reader) -> Iterable[Signal]:
    """Running experiments whose planned time is over and whose rule gives a verdict."""
    for row in reader.report("experiments.running").rows:
        verdict, day, planned = row.get("verdict"), row.get("day"), row.get("planned_days")
        if row.get("state") != "running" or verdict not in ("ship", "roll_back") or not day or day < planned:
            continue
        if row.get("srm_p") is not None and row["srm_p"] < reader.thresholds.srm_p:
            continue
        yield _ready(row, str(verdict))


def _ready(row: dict[str, Any], verdict: str) -> Signal:
    key, scale = row["experiment"], 100 if row.get("unit") == "points" else 1
    effect = " ".join((
        f"{row['difference'] * scale:+.1f}{' points' if scale == 100 else ''}",
        f"[{row['low'] * scale:+.1f}, {row['high'] * scale:+.1f}]",
    ))  # fmt: skip
    words = {"ship": "Ship", "roll_back": "Roll back"}[verdict]
    predicted = ", ".join(
        f"{one['effect'] * scale:+.1f} by {str(one['by']).title()}" for one in row.get("predicted") or []
    )
    return Signal(
        subject=f"experiment:{key}", title=f"{words} “{row['title']}”? The rule says yes",
        sentence=f"Effect {effect}, smallest worthwhile {row['worthwhile'] * scale:+.1f}."
        + (f" Predicted {predicted}." if predicted else ""),
        severity="good", pill="Ready", decide=True, weight=0.8, owner=row.get("owner") or "", team=row.get("team") or "",
        since=row.get("started_at"), clause=f"[[{row['title']}]] is ready to call",
        evidence=(Evidence("readout", effect, f"/experiments/{key}"),),
        answers=(
            Answer(words, f"/api/experiments/{key}/decision", "POST", {"verdict": verdict}, primary=True),
            Answer("Against the rule…", f"/experiments/{key}?tab=decision"),
        ),
        facts={"title": row["title"]},
    )  # fmt: skip
