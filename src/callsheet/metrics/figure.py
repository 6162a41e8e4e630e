"""A metric as a page shows it: the value, its change, its course, and where its rows are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired
from urllib.parse import urlencode

from typing_extensions import TypedDict

from callsheet.base.time import Period, local_date, step_back
from callsheet.metrics.reader import Reader
from callsheet.metrics.registry import metric_named

BUCKETS = 12


@dataclass(frozen=True, slots=True)
class Point:
    """One interval of a metric's course; `partial` when it is not over yet."""

    since: str
    amount: float | None
    partial: bool


class Change(TypedDict):
    """What a figure gained or lost against an earlier span, and how that is called."""

    amount: float
    before: float
    label: str


class Span(TypedDict):
    """A half-open span of time with its name, and a shorter one where there is one."""

    since: str
    until: str
    label: str
    short: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Figure:
    """Everything that `<Figure>` shows; see docs/house.md."""

    name: str
    title: str
    unit: str
    better: str
    amount: float | None
    sample: int
    left_out: int
    left_out_why: str
    interval: tuple[float, float] | None
    note: str
    change: Change | None
    series: list[Point]
    period: Span
    scope: dict[str, str]
    definition: str
    source: str
    rows: str


def figure(
    reader: Reader, name: str, period: Period, before: Period | None = None, *, series: bool = True, **scope: str
) -> Figure:
    """Compose a metric's figure for a period, compared with `before`."""
    spec, value = metric_named(name), reader.value(name, period, **scope)
    change: Change | None = None
    if before is not None:
        before = _alike(period, before, reader)
        earlier = reader.value(name, before, **scope)
        if earlier.amount is not None and value.amount is not None:
            change = {"amount": value.amount - earlier.amount, "before": earlier.amount, "label": before.label}
    asked = {"since": period.since.isoformat(), "until": period.until.isoformat()} | scope
    return Figure(
        name=name, title=spec.title, unit=value.unit, better=spec.better, amount=value.amount, sample=value.sample,
        left_out=value.left_out, left_out_why=value.left_out_why, interval=value.interval, note=value.note,
        change=change, series=_course(reader, name, period, scope) if series else [],
        period={"since": period.since.isoformat(), "until": period.until.isoformat(), "label": period.label},
        scope=scope, definition=spec.definition, source=spec.source,
        rows=f"/api/metrics/{name}/rows?{urlencode(asked)}",
    )  # fmt: skip


def _alike(period: Period, before: Period, reader: Reader) -> Period:
    """Cut the earlier period where this one stands, so that a week to date is compared with as much of a week."""
    if period.until <= reader.now or period.since >= reader.now:
        return before
    until = min(before.until, before.since + (reader.now - period.since))
    return Period(before.since, until, f"{before.label}, up to the same day")


def _course(reader: Reader, name: str, period: Period, scope: dict[str, str]) -> list[Point]:
    points, span = [], period
    for _ in range(BUCKETS):
        amount = reader.value(name, span, **scope).amount
        day = local_date(span.since, reader.zone).isoformat()
        points.append(Point(day, amount, span.until > reader.now))
        span = step_back(span, reader.zone)
    return points[::-1]
