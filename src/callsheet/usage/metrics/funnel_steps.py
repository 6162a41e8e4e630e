"""Each step of the kept funnels now and before, for everybody and by segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import select

from callsheet.base.errors import CallsheetError
from callsheet.base.time import day_start, local_date
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.model.history import Ask, History, Mark, Where
from callsheet.stats.rates import dispersion, fall
from callsheet.stats.readout import holm
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.buckets import micros
from callsheet.usage.questions.catalogue import catalogue
from callsheet.usage.questions.common import Breakdown, Span
from callsheet.usage.records import Feature, SavedReport

RECENT, BEFORE = 4, 12
"""Whole weeks of entry that are compared, and those before them."""
MOST_FUNNELS, MOST_STEPS, MOST_SEGMENTS = 12, 8, 5
LEAST_RECENT, LEAST_BEFORE = 50, 100
"""Entries below which a step is not tested."""
WINDOW_DAYS = 14
ACTIVATION = "activation"
US_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """Who entered one step and who took the next, by week of entry (oldest first), in one segment ("": all)."""

    funnel: str
    title: str
    step: int
    name: str
    segment: str
    weeks: tuple[str, ...]
    entered: tuple[int, ...]
    converted: tuple[int, ...]


@report(
    "usage.funnel_steps", title="Steps of funnels",
    source="One-sided pooled z test of the last four whole weeks of entry against the twelve before, widened by the"
    " earlier weeks' own spread (McCullagh & Nelder 1989); corrected over all tested steps by Holm (1979)",
    columns=(
        Column("title", "Funnel", href="{href}"), Column("step", "Step"), Column("name", "From, to"),
        Column("segment", "Segment", doc="Empty: everybody"), Column("entered", "Entered"),
        Column("rate", "Went on", unit="share"), Column("before_entered", "Entered before"),
        Column("before_rate", "Before", unit="share"), Column("p", "p"),
        Column("p_holm", "p, corrected", doc="Empty where too few entered to test"), Column("since", "Since", unit="date"),
    ),
)  # fmt: skip
def funnel_steps(facts: Facts, period: Period) -> Report:
    """Every step of the funnels kept as saved reports, and of the way to value of the feature catalogue: of those
    who entered a step, the share that went on to the next within the funnel's window, by week of entry; the last
    four weeks whose window is over against up to twelve before. For everybody and by account segment. Steps with
    fewer than 50 entries now or 100 before are shown and not tested. Optional steps, and steps after the eighth,
    are left out, as are funnels that cannot be answered.
    """
    asking, steps, missing = Asking(facts.read), list[Taken](), 0
    saved = facts.book.all(
        select(SavedReport).where(SavedReport.archived_at.is_(None)).order_by(SavedReport.changed_at.desc())
    )
    funnels = [one for one in saved if one.question.get("kind") == "funnel"]
    for one in funnels[:MOST_FUNNELS]:
        try:
            steps += _saved(asking, one)
        except CallsheetError:
            missing += 1
    steps += _activation(asking, catalogue(facts), min(period.until, facts.now))
    rows = [row for taken in steps if (row := _row(taken)) is not None]
    tested = [row for row in rows if _enough(row)]
    for row, p in zip(tested, holm([row["p"] for row in tested]), strict=True):
        row["p_holm"] = p
    left_out = missing + max(0, len(funnels) - MOST_FUNNELS)
    return facts.report(rows, left_out=left_out, why="funnels that cannot be answered, or beyond the newest twelve")


def _enough(row: dict[str, Any]) -> bool:
    return row["entered"] >= LEAST_RECENT and row["before_entered"] >= LEAST_BEFORE and row["p"] is not None


def _row(taken: Taken) -> dict[str, Any] | None:
    if len(taken.weeks) <= RECENT:
        return None
    cut = len(taken.weeks) - RECENT
    first = max(0, cut - BEFORE)
    entered, converted = sum(taken.entered[cut:]), sum(taken.converted[cut:])
    before, before_converted = sum(taken.entered[first:cut]), sum(taken.converted[first:cut])
    scale = dispersion(taken.converted[first:cut], taken.entered[first:cut])
    told = fall(converted, entered, before_converted, before, scale)
    href = f"/explore/reports/{taken.funnel}" if taken.funnel != ACTIVATION else "/usage?tab=features"
    return {
        "funnel": taken.funnel, "title": taken.title, "href": href, "step": taken.step, "name": taken.name,
        "segment": taken.segment, "entered": entered, "converted": converted, "rate": told.rate,
        "before_entered": before, "before_converted": before_converted, "before_rate": told.before, "p": told.p,
        "p_holm": None, "dispersion": scale, "since": taken.weeks[cut],
    }  # fmt: skip


def _saved(asking: Asking, one: SavedReport) -> Iterator[Taken]:
    """Ask a kept funnel for the trend of each of its steps, by segment; those of all segments together are everybody."""
    plain = {**one.question, "steps": [step for step in one.question.get("steps", ()) if not step.get("optional")]}
    for name in ("compare", "from_step", "to_step", "breakdown", "attribution", "attribution_step", "show"):
        plain.pop(name, None)
    question: Any = kinds.parse(plain)
    names = [step.label or " or ".join(step.events) or "any event" for step in question.steps]
    weeks = RECENT + BEFORE + 1 + -(-question.window.seconds // 604_800)
    changes = {"show": "trend", "span": Span(last=weeks, week=question.span.week), "interval": "week",
               "breakdown": Breakdown(by="account.segment", limit=MOST_SEGMENTS)}  # fmt: skip
    for step, (here, there) in enumerate(pairwise(names[:MOST_STEPS]), start=1):
        asked = question.model_copy(update={**changes, "from_step": step, "to_step": step + 1})
        found: Any = asking.answer(asked)
        lines = {line.label: line.points for line in found.trends}
        yield from _taken((one.id, one.name, step, f"{here}, {there}"), lines)


def _taken(about: tuple[str, str, int, str], lines: dict[str, Sequence[Any]]) -> Iterator[Taken]:
    over = {label: [one for one in points if not one.partial] for label, points in lines.items()}
    whole: dict[str, tuple[int, int]] = {}
    for points in over.values():
        for one in points:
            entered, converted = whole.get(one.since, (0, 0))
            whole[one.since] = entered + one.entered, converted + one.converted
    weeks = tuple(sorted(whole))
    yield Taken(*about, "", weeks, tuple(whole[week][0] for week in weeks), tuple(whole[week][1] for week in weeks))
    for label, points in over.items() if len(over) > 1 else ():
        yield Taken(
            *about, label, tuple(one.since for one in points), tuple(one.entered for one in points),
            tuple(one.converted for one in points),
        )  # fmt: skip


def _activation(asking: Asking, features: Iterable[Feature], now: datetime) -> Iterator[Taken]:
    """The way to value: from coming into being over the features that stand on it, in their order, within 14 days."""
    way: dict[int, list[Feature]] = {}
    for feature in features:
        if feature.activation is not None and feature.stage in ("beta", "released"):
            way.setdefault(feature.activation, []).append(feature)
    if not way:
        return
    desk = asking.desk()
    stops = [way[step] for step in sorted(way)][: MOST_STEPS - 1]
    today = local_date(now, desk.zone)
    monday = today - timedelta(days=today.weekday() + WINDOW_DAYS)
    mondays = [monday - timedelta(days=7 * back) for back in range(RECENT + BEFORE, -1, -1)]
    bounds = np.array([micros(day_start(day, desk.zone)) for day in mondays], dtype=np.int64)
    marks = tuple(mark for stop in stops for mark in _marks(stop))
    history = desk.histories.read(Ask(marks, day_start(mondays[0], desk.zone), now))
    created = desk.histories.created("person")
    reached = _walked(history, np.asarray(created), len(stops))
    week = np.searchsorted(bounds, created, side="right") - 1
    names = ["new", *(" or ".join(one.name for one in stop) for stop in stops)]
    weeks = tuple(day.isoformat() for day in mondays[:-1])
    for step in range(1, len(names)):
        entered, converted = (
            tuple(int(((week == place) & (reached >= far)).sum()) for place in range(len(weeks)))
            for far in (step - 1, step)
        )
        about = (ACTIVATION, "The way to value", step, f"{names[step - 1]}, {names[step]}")
        yield Taken(*about, "", weeks, entered, converted)


def _marks(stop: list[Feature]) -> tuple[Mark, Mark]:
    """A stop is reached by an event of one of its features' names, or by one that carries a feature's id."""
    names = tuple(name for feature in stop for name in feature.events) or ("\x00none",)
    return Mark(names), Mark((), (Where("feature", "is", tuple(feature.id for feature in stop)),))


def _walked(history: History, created: Any, stops: int) -> Any:
    """How many stops each unit reached, one after another, within the window from when it came into being."""
    reached = np.zeros(len(created), dtype=np.int64)
    since = created.copy()  # the moment of the stop reached last
    for stop in range(stops):
        bits = np.uint64(3 << (2 * stop))
        own = (history.marks & bits) != 0
        unit, moment = history.unit[own], history.moment[own]
        fine = (reached[unit] == stop) & (moment >= since[unit]) & (moment <= created[unit] + WINDOW_DAYS * US_DAY)
        unit, moment = unit[fine], moment[fine]
        first = np.full(len(created), np.iinfo(np.int64).max)
        np.minimum.at(first, unit, moment)
        there = first < np.iinfo(np.int64).max
        reached[there], since[there] = stop + 1, first[there]
    return reached
