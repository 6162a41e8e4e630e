"""Weekly activity with the releases in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from callsheet.base.time import Period, day_start, local_date, local_day
from callsheet.charts import Option, line
from callsheet.metrics import Column, Facts, Report, report
from callsheet.usage.metrics.shared import entries, events_of

WEEKS = 12


def activity_chart(found: Report) -> Option:
    """Accounts and people a week; features released are marked."""
    series = {
        name: [{"since": row["week"], "amount": row[key], "partial": row["partial"]} for row in found.rows]
        for name, key in (("accounts", "accounts"), ("people", "persons"))
    }
    notes = [(row["week"], row["released"]) for row in found.rows if row["released"]]
    return line(series, title="Active accounts and people by week", notes=notes)


@report(
    "usage.activity", title="Weekly activity", chart=activity_chart, scopes=("product", "segment"),
    source="Distinct accounts and persons by ISO week of the organisation's time zone",
    columns=(
        Column("week", "Week of", unit="date"), Column("accounts", "Accounts", unit="accounts"),
        Column("persons", "People", unit="people"), Column("events", "Events", unit="events"),
        Column("partial", "Not over yet"), Column("released", "Features released"),
    ),
)  # fmt: skip
def activity(facts: Facts, period: Period) -> Report:
    """Active accounts and people by ISO week over the period, at least the last 12 weeks of it. A week that is
    not over is marked. Weeks before the first event known are not shown; a week without events shows 0.
    """
    until = min(period.until, facts.now)
    span = _weeks(period, until, facts.zone)
    events = events_of(facts)
    known = events.filter((events.occurred_at >= span.since) & (events.occurred_at < until))
    known = known.mutate(week=local_day(known.occurred_at, facts.zone, span.since, span.until).truncate("W"))
    counts = known.group_by("week").agg(
        accounts=known.account_id.nunique(), persons=known.person_id.nunique(), events=known.count()
    )
    found = {local_date(row["week"], "UTC") if isinstance(row["week"], datetime) else row["week"]: row
             for row in facts.records(counts)}  # fmt: skip
    released: dict[str, list[str]] = {}
    for feature in entries(facts, until, None):
        day = local_date(feature.released_at, facts.zone)
        released.setdefault((day - timedelta(days=day.weekday())).isoformat(), []).append(feature.name)
    rows = []
    monday = min(found, default=None)
    while monday is not None and day_start(monday, facts.zone) < until:
        row = found.get(monday, {"accounts": 0, "persons": 0, "events": 0})
        rows.append({
            "week": monday.isoformat(), "accounts": row["accounts"], "persons": row["persons"], "events": row["events"],
            "partial": day_start(monday + timedelta(days=7), facts.zone) > until,
            "released": ", ".join(sorted(released.get(monday.isoformat(), []))),
        })  # fmt: skip
        monday += timedelta(days=7)
    return facts.report(rows, sample=sum(row["events"] for row in rows))


def _weeks(period: Period, until: datetime, zone: str) -> Period:
    first = local_date(period.since, zone)
    newest = local_date(until - timedelta(seconds=1), zone)
    newest -= timedelta(days=newest.weekday())
    monday = min(first - timedelta(days=first.weekday()), newest - timedelta(days=7 * (WEEKS - 1)))
    return Period(day_start(monday, zone), day_start(newest + timedelta(days=7), zone))
