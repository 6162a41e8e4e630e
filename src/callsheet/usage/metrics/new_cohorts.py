"""Whether those who are new come back, week by week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from callsheet.base.time import day_start, local_date
from callsheet.charts import Option, line
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.model.history import Mark, Moments
from callsheet.stats.intervals import wilson
from callsheet.stats.rates import dispersion, fall
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.buckets import day_number, micros, moment_of

FROM_DAY, TO_DAY = 7, 28
"""Came back: active on a day from the 7th to the 27th after the first."""
SHOWN, RECENT = 16, 4
"""Weekly cohorts shown, and those of them that are compared with the ones before."""
SETTLE = 28
"""Days at the beginning of all that is known, in which anybody looks new."""


def cohorts_chart(found: Report) -> Option:
    """The share of each week's new units that came back, with its interval."""
    series: dict[str, list[dict[str, Any]]] = {}
    for row in found.rows:
        if row["size"]:
            interval = (row["low"], row["high"])
            series.setdefault(f"{row['unit']}s", []).append(
                {"since": row["week"], "amount": row["share"], "interval": interval}
            )
    return line(series, title="Share of new accounts and people who came back", unit="share")


@report(
    "usage.new_cohorts", title="Return of who is new", chart=cohorts_chart,
    source="First-time retention, any day of 7 to 27 after the first; one-sided pooled z test of the last four cohorts"
    " against those before, widened by their own spread (McCullagh & Nelder 1989)",
    columns=(
        Column("unit", "Who"), Column("week", "Week of", unit="date"), Column("size", "New"),
        Column("kept", "Came back"), Column("share", "Share", unit="share"), Column("low", "Low", unit="share"),
        Column("high", "High", unit="share"), Column("recent", "Compared"),
    ),
)  # fmt: skip
def new_cohorts(facts: Facts, period: Period) -> Report:
    """By week and for accounts and people: how many came into being (created, or first seen), and how many of
    them were active on some day from the 7th to the 27th after that day. Only weeks of which everybody has had 28
    days. The first four weeks of all that is known are left out, since everybody looks new in them.
    """
    now = min(period.until, facts.now)
    rows = [row for unit in ("account", "person") for row in _rows(facts, unit, now)]
    return facts.report(rows, sample=sum(row["size"] for row in rows))


@report(
    "usage.new_cohorts_change", title="Change in the return of who is new",
    source="One-sided pooled z test, widened by the spread of the earlier cohorts (McCullagh & Nelder 1989)",
    columns=(
        Column("unit", "Who"), Column("rate", "Came back", unit="share"), Column("n", "New"),
        Column("before", "Before", unit="share"), Column("before_n", "New before"), Column("p", "p"),
        Column("dispersion", "Spread"), Column("since", "Since", unit="date"),
    ),
)  # fmt: skip
def new_cohorts_change(facts: Facts, period: Period) -> Report:
    """The last four complete weekly cohorts together against up to twelve before them, for accounts and people."""
    found, rows = facts.read.report("usage.new_cohorts", period, **facts.scope), []
    for unit in ("account", "person"):
        own = [row for row in found.rows if row["unit"] == unit]
        late, early = [row for row in own if row["recent"]], [row for row in own if not row["recent"]]
        if not late or not early:
            continue
        scale = dispersion([row["kept"] for row in early], [row["size"] for row in early])
        kept, n, before_kept, before_n = (
            sum(row[key] for row in part) for part in (late, early) for key in ("kept", "size")
        )
        told = fall(kept, n, before_kept, before_n, scale)
        rows.append({
            "unit": unit, "rate": told.rate, "n": n, "before": told.before, "before_n": before_n, "p": told.p,
            "dispersion": scale, "since": late[0]["week"],
        })  # fmt: skip
    return facts.report(rows)


def _rows(facts: Facts, unit: str, now: datetime) -> list[dict[str, Any]]:
    begins = facts.scalar(facts.events.occurred_at.min())
    if begins is None:
        return []
    today = local_date(now, facts.zone)
    settled = local_date(begins, facts.zone) + timedelta(days=SETTLE)
    weeks = [week for week in _weeks(today) if week >= settled]
    if not weeks:
        return []
    since, until = (day_start(one, facts.zone) for one in (weeks[0], today))
    histories = Asking(facts.read).desk().histories
    activity = histories.activity(Mark(), since, until, facts.zone, unit)
    created = histories.created(unit)
    first = _days_of(created, facts.zone, since, until)
    age = activity.day.astype(np.int64) - first[activity.unit]
    back = np.zeros(activity.size, dtype=bool)
    back[activity.unit[(age >= FROM_DAY) & (age < TO_DAY)]] = True
    rows = []
    for place, week in enumerate(weeks):
        new = (first >= day_number(week)) & (first < day_number(week) + 7)
        size, kept = int(new.sum()), int(back[new[: back.size].nonzero()].sum())
        share = wilson(kept, size)
        rows.append({
            "unit": unit, "week": week.isoformat(), "size": size, "kept": kept, "share": share.amount,
            "low": share.low, "high": share.high, "recent": place >= len(weeks) - RECENT,
        })  # fmt: skip
    return rows


def _weeks(today: date) -> list[date]:
    """Mondays of the weeks whose last day is TO_DAY days ago at least, oldest first."""
    end = today - timedelta(days=TO_DAY + 6)
    newest = end - timedelta(days=end.weekday())
    return [newest - timedelta(days=7 * back) for back in range(SHOWN - 1, -1, -1)]


def _days_of(moments: Moments, zone: str, since: datetime, until: datetime) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Local day numbers of moments in the span; a day far away for those outside."""
    days = np.full(len(moments), -(10**6), dtype=np.int64)
    inside = (moments >= micros(since)) & (moments < micros(until))
    days[inside] = [day_number(local_date(moment_of(one), zone)) for one in moments[inside]]
    return days
