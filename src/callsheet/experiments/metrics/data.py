"""An experiment's sufficient statistics: one aggregate query; everything after it is closed form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from callsheet.base.time import local_date, local_day, local_midnight
from callsheet.experiments.records import Experiment
from callsheet.metrics import Facts


@dataclass(frozen=True, slots=True)
class Cell:
    """Units of one arm, segment and local day of first exposure; for each metric its sum and sum of squares,
    both of (x - centre)."""

    arm: str
    segment: str
    day: date | None
    n: int
    totals: tuple[float, ...]
    squares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """The cells of complete days, the centre of each metric, and how many units were left out and why."""

    cells: tuple[Cell, ...]
    centres: tuple[float, ...]
    left_out: int
    why: str


def metrics_of(experiment: Experiment) -> list[tuple[str, str]]:
    """Return (metric, kind) of the primary metric and the guardrails."""
    guardrails = [(one["metric"], one.get("kind", "proportion")) for one in experiment.guardrails]
    return [(experiment.metric, experiment.metric_kind), *guardrails]


def read_until(experiment: Experiment, now: datetime, zone: str) -> datetime:
    """Return the local midnight up to which days are complete: of today, or of the day it ended."""
    return local_midnight(min(now, experiment.ended_at or now), zone)


def sums_of(facts: Facts, experiment: Experiment, now: datetime) -> Sums:
    """Return the sums per arm, segment and day of units first exposed since the start.

    Every exposed unit counts; one without an outcome has 0 (intention to treat). Units of today, of arms that
    are not in the plan, and without an arm are left out. Experiments that arrive added up, with no exposures,
    are read from their arms' sums; those have no days.
    """
    if experiment.started_at is None:
        return Sums((), (0.0,) * len(metrics_of(experiment)), 0, "")
    until = read_until(experiment, now, facts.zone)
    rows = facts.records(_exposed(facts, experiment, min(now, experiment.ended_at or now)))
    if not rows:
        return _added_up(facts, experiment)
    known = {str(arm["name"]) for arm in experiment.arms}
    last_day = local_date(until, facts.zone)
    fine = [row for row in rows if row["arm"] in known and row["day"] < last_day]
    strange = sum(row["n"] for row in rows if row["arm"] not in known)
    late = sum(row["n"] for row in rows if row["arm"] in known and row["day"] >= last_day)
    why = [f"{late:,} on a day that is not over"] * bool(late) + [f"{strange:,} in arms not in the plan"] * bool(
        strange
    )
    size = len(metrics_of(experiment))
    centres = tuple(float(rows[0][f"centre{i}"] or 0.0) for i in range(size))
    cells = tuple(
        Cell(
            row["arm"], row["segment"] or "", row["day"], row["n"],
            tuple(float(row[f"total{i}"]) for i in range(size)), tuple(float(row[f"squares{i}"]) for i in range(size)),
        )
        for row in fine
    )  # fmt: skip
    return Sums(cells, centres, late + strange, ", ".join(why))


def _exposed(facts: Facts, experiment: Experiment, until: datetime) -> Any:
    """Return the one aggregate query: n, sum and sum of squares by arm, segment and day of exposure."""
    exposures, outcomes = facts.exposures, facts.outcomes
    begin = experiment.started_at
    units = exposures.filter(
        (exposures.experiment == experiment.exposure_key)
        & (exposures.exposed_at >= begin) & (exposures.exposed_at < until)
    )  # fmt: skip
    own = outcomes.filter(outcomes.experiment == experiment.exposure_key)
    metrics = metrics_of(experiment)
    sums = {f"m{i}": own.amount.sum(where=own.metric == name) for i, (name, _) in enumerate(metrics)}
    by_unit = own.group_by("unit_id").agg(**sums)
    joined = units.left_join(by_unit, "unit_id").select(units, *(by_unit[name] for name in sums))
    day = local_day(joined.exposed_at, facts.zone, begin or until, until)
    prepared = joined.mutate(
        day=day, **{f"x{i}": _amount(joined[f"m{i}"], kind) for i, (_, kind) in enumerate(metrics)}
    )
    means = {f"centre{i}": _centre(prepared[f"x{i}"], kind) for i, (_, kind) in enumerate(metrics)}
    centred = prepared.cross_join(prepared.aggregate(**means))
    away = {i: centred[f"x{i}"] - centred[f"centre{i}"] for i in range(len(metrics))}
    return centred.group_by(["arm", "segment", "day"]).agg(
        n=centred.count(),
        **{f"total{i}": one.sum() for i, one in away.items()},
        **{f"squares{i}": (one * one).sum() for i, one in away.items()},
        **{name: centred[name].max() for name in means},
    )


def _amount(column: Any, kind: str) -> Any:
    filled = column.fill_null(0.0)
    return (filled > 0).cast("float64") if kind == "proportion" else filled


def _centre(column: Any, kind: str) -> Any:
    """The mean, for means: squares of large amounts would lose their digits. Shares are counted as they are."""
    return column.mean() if kind == "mean" else column.min() * 0.0


def _added_up(facts: Facts, experiment: Experiment) -> Sums:
    table = facts.outcomes
    own = table.filter((table.experiment == experiment.exposure_key) & (table.units.fill_null(1) >= 1))
    rows = facts.records(
        own.group_by(["arm", "metric"]).agg(
            n=own.units.fill_null(1).sum(), total=own.amount.sum(), squares=own.squares.fill_null(own.amount).sum()
        )
    )  # fmt: skip
    found = {(row["arm"], row["metric"]): row for row in rows}
    metrics, cells = metrics_of(experiment), []
    for arm in (str(one["name"]) for one in experiment.arms):
        primary = found.get((arm, experiment.metric))
        if primary is None:
            continue
        own_rows = [found.get((arm, name)) or {"total": 0.0, "squares": 0.0} for name, _ in metrics]
        totals = tuple(float(row["total"] or 0.0) for row in own_rows)
        squares = tuple(float(row["squares"] or 0.0) for row in own_rows)
        cells.append(Cell(arm, "", None, int(primary["n"]), totals, squares))
    return Sums(tuple(cells), (0.0,) * len(metrics), 0, "")
