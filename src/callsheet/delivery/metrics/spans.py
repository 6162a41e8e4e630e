"""Shared readings of work: when an item began, how long it took, which items are in progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from callsheet.delivery.rules import CONTAINERS, reasons
from callsheet.metrics import Facts, Period
from callsheet.stats.quantile import quantile_interval


def elapsed(begin: Any, end: Any) -> Any:
    """Return elapsed days between two timestamp columns, fractional, negative when they are the wrong way round."""
    return end.delta(begin, unit="second") / 86400.0


def items(facts: Facts) -> Any:
    """Work items proper: initiatives, proposals and epics hold work and are none themselves."""
    work = facts.work
    return work.filter(work.kind.isnull() | work.kind.notin(CONTAINERS))


def timed(facts: Facts) -> Any:
    """Work items with `begun_at`: the first start after the last time the item was un-started.

    Where the history of an item has neither a start nor an un-start, the source's own `started_at` counts.
    """
    work, steps = items(facts), facts.transitions
    undone = (
        steps.filter((steps.to_category == "todo") & steps.from_category.isin(("doing", "waiting", "done", "dropped")))
        .group_by("item_id").agg(undone_at=lambda t: t.occurred_at.max())
    )  # fmt: skip
    starts = steps.filter(steps.to_category.isin(("doing", "waiting")))
    starts = starts.left_join(undone, "item_id").drop("item_id_right")
    first = (
        starts.filter(starts.undone_at.isnull() | (starts.occurred_at > starts.undone_at))
        .group_by("item_id").agg(first_at=lambda t: t.occurred_at.min())
    )  # fmt: skip
    known = work.left_join(first, "item_id").drop("item_id_right").left_join(undone, "item_id").drop("item_id_right")
    begun = ibis.cases((known.first_at.notnull(), known.first_at), (known.undone_at.notnull(), ibis.null("timestamp(6)")),
                       else_=known.started_at)  # fmt: skip
    return known.mutate(begun_at=begun).drop("first_at", "undone_at")


def finished(facts: Facts, period: Period) -> Any:
    """Items finished in the period, with `begun_at` and `days` (null where the item was never started)."""
    work = timed(facts)
    done = work.filter(period.holds(work.done_at) & (work.category.isnull() | (work.category != "dropped")))
    return done.mutate(days=elapsed(done.begun_at, done.done_at))


def finished_days(facts: Facts, period: Period) -> NDArray[np.float64]:
    """Days of the items finished in the period, NaN where never started.

    All finished items are read once and kept while the data stay the same: the course of a figure asks for
    many periods.
    """

    def read() -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
        ever = Period(datetime.min.replace(year=1900), datetime.max.replace(microsecond=0))
        found = facts.run(finished(facts, ever).select("done_at", "days"))
        return np.array(found["done_at"].to_pylist(), "datetime64[us]"), floats(found["days"])

    done_at, days = facts.once("delivery.finished_days", read)
    inside = (done_at >= np.datetime64(period.since, "us")) & (done_at < np.datetime64(period.until, "us"))
    return days[inside]


def sound(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], int, str]:
    """Return the values of 0 or more, how many are not, and why."""
    known = values[~np.isnan(values)]
    good = known[known >= 0]
    empty, wrong = int(values.size - known.size), int(known.size - good.size)
    return good, empty + wrong, reasons({"never started": empty, "finished before it began": wrong})


def in_progress(facts: Facts, moment: datetime) -> Any:
    """Items begun and not finished at a moment, with their `age` in days then."""
    work = timed(facts)
    open_then = work.done_at.isnull() | (work.done_at >= moment)
    kept = work.category.isnull() | (work.category != "dropped")
    open_now = work.category.isnull() | (work.category != "done") | work.done_at.notnull()
    running = work.filter((work.begun_at < moment) & open_then & kept & open_now)
    return running.mutate(age=elapsed(running.begun_at, ibis.literal(moment, "timestamp(6)")))


def usable(facts: Facts, table: Any, column: str = "days", missing: str = "never started",
           negative: str = "finished before it began") -> tuple[NDArray[np.float64], int, str]:  # fmt: skip
    """Return a column's values of 0 or more, how many rows have none, and why."""
    values = floats(facts.run(table.select(column))[column])
    known = values[~np.isnan(values)]
    good = known[known >= 0]
    empty, wrong = int(values.size - known.size), int(known.size - good.size)
    return good, empty + wrong, reasons({missing: empty, negative: wrong})


def at_quantile(values: NDArray[np.float64], q: float) -> tuple[float | None, tuple[float, float] | None]:
    """Return the quantile (definition 7) and its 95% interval from order statistics, where the sample bounds it."""
    found = quantile_interval(values, q)
    if found.low is None or found.high is None:
        return found.amount, None
    return found.amount, (found.low, found.high)


def until_now(facts: Facts, period: Period) -> datetime:
    """Return the end of the period, or now when it is not over."""
    return min(period.until, facts.now)


def floats(column: Any) -> NDArray[np.float64]:
    """Numbers of an Arrow column, NaN where there is none. (Arrow's own conversion imports pandas, a second.)"""
    return np.array(column.to_pylist(), np.float64)
