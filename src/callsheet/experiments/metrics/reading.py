"""Reading an experiment: its arms, its effect, its guardrails, and what its rule says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from callsheet.base.time import local_date
from callsheet.experiments.metrics.data import Cell, Sums, metrics_of, read_until, sums_of
from callsheet.experiments.metrics.split import Split, split_of
from callsheet.experiments.records import Experiment
from callsheet.experiments.rules import WORDS
from callsheet.metrics import Facts
from callsheet.stats.intervals import Difference
from callsheet.stats.readout import Arm, Comparison, Readout, decide, read_means, read_proportions

METHOD = {
    "proportion": "difference of shares by Newcombe (1998), pooled z test; relative effect by the delta method",
    "mean": "difference of means by Welch (1947); relative effect by the delta method on the ratio of means",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A guardrail for one arm: `kept` when harm above the margin is ruled out, `broken` when it does harm and
    that is not ruled out, else `unclear`."""

    metric: str
    arm: str
    margin: float
    state: Literal["kept", "broken", "unclear"]
    difference: float | None
    low: float | None
    high: float | None
    value: float | None
    control_value: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of an experiment by the end of its last complete day. `arm` is the treatment that `verdict`
    is about; `verdict` is one of `rules.VERDICTS`, `broken` (the split failed) or `waiting` (no data)."""

    experiment: Experiment
    sums: Sums
    split: Split
    readout: Readout
    guards: tuple[Guard, ...]
    arm: str
    verdict: str
    words: str
    day: int
    until: datetime

    @property
    def units(self) -> int:
        """Units read."""
        return sum(cell.n for cell in self.sums.cells)

    @property
    def comparison(self) -> Comparison:
        """The comparison that the verdict is about."""
        return self.readout.of(self.arm)

    @property
    def measured(self) -> dict[str, Any]:
        """What is kept with a decision."""
        gap = self.comparison.difference
        return {
            "arm": self.arm, "difference": gap.amount, "low": gap.low, "high": gap.high, "p": gap.p,
            "units": self.units, "verdict": self.verdict, "srm_p": self.split.overall.p, "srm_ok": self.split.overall.ok,
            "until": self.until.isoformat(),
        }  # fmt: skip


def read(facts: Facts, experiment: Experiment, now: datetime | None = None) -> Reading:
    """Read an experiment as of `now` (default: the workspace's), from complete local days."""
    moment = min(now or facts.now, experiment.ended_at or facts.now)
    sums = sums_of(facts, experiment, moment)
    names, weights = _names(experiment), [float(arm.get("allocation", 1)) for arm in experiment.arms]
    split = split_of(sums.cells, names, weights, facts.thresholds.srm_p)
    kind = experiment.metric_kind
    readout = read_cells(sums, 0, kind, names, weights, facts.thresholds.srm_p)
    guards = tuple(_guards(experiment, sums, names, weights, facts.thresholds.srm_p))
    start = experiment.started_at
    day = (local_date(moment, facts.zone) - local_date(start, facts.zone)).days if start else 0
    arm, verdict, words = _verdict(experiment, sums, split, readout, guards, day)
    until = read_until(experiment, moment, facts.zone)
    return Reading(experiment, sums, split, readout, guards, arm, verdict, words, day, until)


def read_cells(
    sums: Sums, index: int, kind: str, names: Sequence[str], weights: Sequence[float], limit: float,
    cells: Sequence[Cell] | None = None,
) -> Readout:  # fmt: skip
    """Read one metric (by its place) over all cells, or over some of them."""
    some = sums.cells if cells is None else cells
    arms = [_arm(name, [cell for cell in some if cell.arm == name], index, sums.centres[index]) for name in names]
    if kind == "proportion":
        return read_proportions(arms[0], arms[1:], allocation=weights, srm_limit=limit)
    return read_means(arms[0], arms[1:], allocation=weights, srm_limit=limit)


def by_day(reading: Reading) -> list[dict[str, Any]]:
    """Return the effect of each day's units, and of all units up to that day, with its interval."""
    one, sums = reading.experiment, reading.sums
    names, weights = _names(one), [float(arm.get("allocation", 1)) for arm in one.arms]
    rows, limit = [], reading.split.overall.limit
    days: list[date] = sorted({cell.day for cell in sums.cells if cell.day is not None})
    for day in days:
        gaps = []
        for some in (
            [cell for cell in sums.cells if cell.day == day],
            [cell for cell in sums.cells if cell.day is not None and cell.day <= day],
        ):
            gaps.append(read_cells(sums, 0, one.metric_kind, names, weights, limit, some).of(reading.arm).difference)
        own, all_so_far = gaps
        rows.append({
            "day": day.isoformat(), "units": sum(cell.n for cell in sums.cells if cell.day == day),
            "difference": own.amount, "so_far": all_so_far.amount, "low": all_so_far.low, "high": all_so_far.high,
        })  # fmt: skip
    return rows


def _names(experiment: Experiment) -> list[str]:
    return [str(arm["name"]) for arm in experiment.arms]


def _arm(name: str, cells: Sequence[Cell], index: int, centre: float) -> Arm:
    total, squares = sum(cell.totals[index] for cell in cells), sum(cell.squares[index] for cell in cells)
    return Arm(name, sum(cell.n for cell in cells), total, squares, centre)


def _guards(
    experiment: Experiment, sums: Sums, names: Sequence[str], weights: Sequence[float], limit: float
) -> list[Guard]:
    found = []
    for index, (name, kind) in enumerate(metrics_of(experiment)[1:], start=1):
        rule = experiment.guardrails[index - 1]
        margin, better = float(rule.get("margin", 0)), rule.get("better", "lower")
        readout = read_cells(sums, index, kind, names, weights, limit)
        for one in readout.comparisons:
            gap = one.difference
            harm = (gap.low, gap.high) if better == "lower" else (_minus(gap.high), _minus(gap.low))
            state = _guard_state(harm, margin)
            found.append(
                Guard(name, one.arm, margin, state, gap.amount, gap.low, gap.high, one.value, readout.control_value)
            )
    return found


def _guard_state(harm: tuple[float | None, float | None], margin: float) -> Literal["kept", "broken", "unclear"]:
    low, high = harm
    if low is None or high is None:
        return "unclear"
    if high <= margin:
        return "kept"
    return "broken" if low > 0 else "unclear"


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _verdict(
    experiment: Experiment, sums: Sums, split: Split, readout: Readout, guards: Sequence[Guard], day: int
) -> tuple[str, str, str]:
    """Return the arm, the verdict and its words: the gate of the split first, then the primary metric, then the
    guardrails, which can only hold a ship back."""
    complete = day >= experiment.planned_days
    better: Literal["higher", "lower"] = "lower" if experiment.better == "lower" else "higher"
    sign = 1 if better == "higher" else -1
    first = readout.comparisons[0].arm
    if not sums.cells:
        return first, "waiting", "There are no units of a complete day yet."
    if not split.overall.ok:
        return first, "broken", f"The split is not the planned one: {split.overall.sentence}. {split.cause}"
    rank = {"ship": 0, "keep running": 1, "inconclusive": 2, "roll back": 3}
    calls = []
    for one in readout.comparisons:
        call = decide(readout, one.arm, smallest=experiment.worthwhile, better=better, complete=complete)
        calls.append((rank[call.verdict or "inconclusive"], -sign * (one.difference.amount or 0.0), one.arm, call))
    _, _, arm, call = min(calls, key=lambda item: item[:3])
    verdict = (call.verdict or "inconclusive").replace(" ", "_")
    gap, scale = readout.of(arm).difference, 100 if experiment.metric_kind == "proportion" else 1
    words = _words(verdict, gap, sign * scale, experiment.worthwhile * scale)
    held = [guard for guard in guards if guard.arm == arm and guard.state != "kept"]
    if verdict == "ship" and held:
        broken = [guard.metric for guard in held if guard.state == "broken"]
        if broken:
            return arm, "roll_back", f"{words} But it harms the guardrail {broken[0]}."
        verdict = "inconclusive" if complete else "keep_running"
        words = f"{words} But harm to the guardrail {held[0].metric} above its margin is not ruled out."
    return arm, verdict, words


def _words(verdict: str, gap: Difference, scale: int, worthwhile: float) -> str:
    """Say the verdict with its numbers; shares in points, a gain always upwards."""
    if gap.low is None or gap.high is None:
        return f"There is no interval yet: {gap.why}."
    low, high = sorted((gap.low * scale, gap.high * scale))
    unit = " points" if abs(scale) == 100 else ""
    form = "+.1f" if unit else "+.3g"
    span = f"The gain is between {low:{form}} and {high:{form}}{unit}"
    worth = f"{worthwhile:.3g}{unit.removesuffix('s') if worthwhile == 1 else unit} worth having"
    harm = "it does harm" if high < 0 else f"the {worth} is ruled out"
    return {
        "ship": f"{span}: at least the {worth}.",
        "roll_back": f"{span}: {harm}.",
        "keep_running": f"{span}: it may or may not reach the {worth}, and more units are to come.",
    }.get(verdict, f"{span}, and the planned days are over: it cannot tell whether it reaches the {worth}.")


def summary(reading: Reading) -> dict[str, Any]:
    """Return the row of `experiments.running`; effects are in the metric's own unit (shares for proportions)."""
    one, gap = reading.experiment, reading.comparison.difference
    weights = [float(arm.get("allocation", 1)) for arm in one.arms]
    values = {reading.readout.control: reading.readout.control_value}
    values |= {comparison.arm: comparison.value for comparison in reading.readout.comparisons}
    return {
        "experiment": one.id, "title": one.title, "owner": one.owner, "team": one.team, "initiative": one.initiative,
        "state": one.state, "started_at": one.started_at, "day": reading.day, "planned_days": one.planned_days,
        "units": reading.units, "left_out": reading.sums.left_out,
        "arms": [
            {"name": name, "units": size, "planned": weight / sum(weights), "value": values[name]}
            for name, size, weight in zip(_names(one), reading.split.overall.observed, weights, strict=True)
        ],
        "srm_p": reading.split.overall.p if reading.units else None, "srm_ok": reading.split.overall.ok,
        "cause": reading.split.cause, "arm": reading.arm, "metric": one.metric, "better": one.better,
        "difference": gap.amount, "low": gap.low, "high": gap.high, "relative": reading.comparison.relative.amount,
        "p": gap.p, "worthwhile": one.worthwhile, "verdict": reading.verdict, "verdict_words": reading.words,
        "verdict_label": WORDS[reading.verdict],
        "unit": "points" if one.metric_kind == "proportion" else "", "predicted": predicted(one, gap.amount),
    }  # fmt: skip


def predicted(experiment: Experiment, effect: float | None) -> list[dict[str, Any]]:
    """Return the predictions, each with whether its range holds the effect (None while there is none)."""
    return [
        {**said, "held": None if effect is None else said["low"] <= effect <= said["high"]}
        for said in experiment.predictions
    ]
