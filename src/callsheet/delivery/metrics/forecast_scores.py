"""How kept forecasts turned out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from callsheet.base.time import Period, day_start, local_date
from callsheet.charts import Option, calibration
from callsheet.delivery.metrics.spans import items
from callsheet.delivery.records import Forecast
from callsheet.metrics import Column, Facts, Report, report
from callsheet.stats.calibration import kept

LEVELS = (50, 85, 95)


def chart(found: Report) -> Option:
    """Promised against kept, for each level."""
    bins = []
    for level in LEVELS:
        judged = [row[f"kept{level}"] for row in found.rows if row[f"kept{level}"] is not None]
        score = kept(judged, level / 100)
        bins.append(
            {"predicted": level / 100, "observed": score.held, "n": score.n, "low": score.low, "high": score.high}
        )
    return calibration(bins, title="How often kept forecasts held")


@report(
    "delivery.forecast_scores", title="Kept forecasts and how they turned out", chart=chart,
    source="Coverage of promised dates, with Wilson intervals",
    columns=(
        Column("subject", "About", ref="any"), Column("made_at", "Made", "time"), Column("made_by", "By"),
        Column("items", "Items"),
        Column("p50", "50%", "date"), Column("p85", "85%", "date"), Column("p95", "95%", "date"),
        Column("finished", "Finished", "date"),
        Column("kept50", "50% kept"), Column("kept85", "85% kept"), Column("kept95", "95% kept"),
    ),
)  # fmt: skip
def forecast_scores(facts: Facts, period: Period) -> Report:
    """Forecasts that were kept, newest first, and which of their dates held; open until the date or the finish comes.

    An initiative is finished when the last of its items that existed when the forecast was made is done. A team's
    forecast is finished on the day on which it had finished that many items since. Forecasts that were taken back are
    left out and counted.
    """
    every = facts.book.all(select(Forecast).order_by(Forecast.made_at.desc()))
    live = [one for one in every if one.withdrawn_at is None]
    rows = [_scored(facts, one) for one in live]
    judged = sum(row["kept85"] is not None for row in rows)
    return facts.report(rows, sample=judged, left_out=len(every) - len(live), why="taken back")


def _scored(facts: Facts, one: Forecast) -> dict[str, Any]:
    finished = _finished(facts, one)
    today = local_date(facts.now, facts.zone)
    return {
        "id": one.id, "subject": one.subject, "made_at": one.made_at, "made_by": one.made_by, "kind": one.kind,
        "items": one.items, **{f"p{level}": getattr(one, f"p{level}").isoformat() for level in LEVELS},
        "finished": finished.isoformat() if finished else None,
        **{f"kept{level}": _kept(getattr(one, f"p{level}"), finished, today) for level in LEVELS},
    }  # fmt: skip


def _kept(promised: date, finished: date | None, today: date) -> bool | None:
    if finished is not None:
        return finished <= promised
    return False if today > promised else None


def _finished(facts: Facts, one: Forecast) -> date | None:
    """Return the local day on which the forecast came true, if it has."""
    kind, _, name = one.subject.partition(":")
    work = items(facts)
    if kind == "initiative" and one.kind == "when":
        own = [link.to_ref.id for link in facts.links.all("built_by") if str(link.from_ref) == one.subject]
        known = work.filter(work.item_id.isin(own) & (work.created_at <= one.made_at) & (work.category != "dropped"))
        rows = facts.records(known.select("done_at"))
        ends = [row["done_at"] for row in rows]
        return local_date(max(ends), facts.zone) if ends and all(ends) else None
    since = work.filter((work.done_at >= one.made_at) & (work.done_at <= facts.now))
    since = since.filter(since.team == name) if kind == "team" else since
    until = facts.records(since.order_by("done_at").select("done_at"), one.items)
    if one.kind == "how many":
        end = day_start(one.p85, facts.zone)
        until = [row for row in until if row["done_at"] < end]
    return local_date(until[-1]["done_at"], facts.zone) if len(until) >= one.items else None
