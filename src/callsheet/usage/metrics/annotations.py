"""Notes for charts over time: those that people wrote, and those that come from releases and experiments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select

from callsheet.base.time import Period, day_start, local_date
from callsheet.charts.annotated import annotated
from callsheet.metrics import Facts, Reader
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.common import Asked
from callsheet.usage.records import Annotation

MOST = 500
LABELLED = 8
"""Marks of a chart up to which each carries its words; of more, only those that people wrote do."""
NAMED_AXES = ("trends", "lifecycle")
"""Kinds whose charts may have intervals by name on their axis."""


class Note(BaseModel):
    """Something to remember at a local day. `kind` says where it comes from; only `own` ones can be changed."""

    id: str
    kind: Literal["own", "release", "experiment"]
    day: date
    text: str
    href: str = ""
    scope: str = ""
    made_by: str = ""


def notes(reader: Reader, since: date, until: date, scope: str = "", archived: bool = False) -> list[Note]:
    """Return the notes of the days from `since` to `until`, both included, by day. At most MOST of each kind.

    With a scope, those of every chart and those of it; without, all.
    """
    query = select(Annotation).where(Annotation.day >= since, Annotation.day <= until)
    query = query.where(Annotation.archived_at.is_not(None) if archived else Annotation.archived_at.is_(None))
    if scope:
        query = query.where(Annotation.scope.in_(("", scope)))
    rows = reader.book.all(query.order_by(Annotation.day, Annotation.made_at).limit(MOST))
    own = [
        Note(id=one.id, kind="own", day=one.day, text=one.text, scope=one.scope, made_by=one.made_by) for one in rows
    ]
    if archived:
        return own
    period = Period(day_start(since, reader.zone), day_start(until + timedelta(days=1), reader.zone))
    return sorted([*own, *_releases(reader, period), *_experiments(reader, period)], key=lambda one: one.day)


def _releases(reader: Reader, period: Period) -> list[Note]:
    facts = Facts(reader.workspace, reader, {})
    table = facts.releases
    wanted = table.filter(period.holds(table.released_at) & (table.prerelease.isnull() | ~table.prerelease))
    rows = facts.records(wanted.select("release_id", "version", "released_at").order_by("released_at"), MOST)
    return [
        Note(
            id=f"release:{row['release_id']}", kind="release", day=local_date(row["released_at"], reader.zone),
            text=row["version"] or row["release_id"], href=f"/releases/{row['release_id']}",
        )
        for row in rows
    ]  # fmt: skip


def _experiments(reader: Reader, period: Period) -> list[Note]:
    if not reader.has("experiments.course"):
        return []
    found = []
    for row in reader.report("experiments.course", period).rows[:MOST]:
        for key, word in (("started_at", "starts"), ("ended_at", "ends")):
            moment: datetime | None = row[key]
            if moment is not None and period.since <= moment < period.until:
                found.append(_experiment(row, local_date(moment, reader.zone), word))
    return found


def _experiment(row: dict[str, Any], day: date, word: str) -> Note:
    key = row["experiment"]
    return Note(
        id=f"experiment:{key}:{word}", kind="experiment", day=day, text=f"{row['title']} {word}",
        href=f"/experiments/{key}",
    )  # fmt: skip


def chart_with_notes(asking: Asking, question: Asked, scope: str = "") -> dict[str, Any]:
    """Return the chart of an answer, with the notes of its days if it is over time."""
    found = asking.answer(question)
    reader = asking.reader
    first, last = local_date(found.since, reader.zone), local_date(found.until - timedelta(seconds=1), reader.zone)
    shown = notes(reader, first, last, scope)
    crowded = len({one.day for one in shown}) > LABELLED
    marks = [(one.day.isoformat(), "" if crowded and one.kind != "own" else _short(one.text)) for one in shown]
    kind = kinds.kind_of(question)
    starts = [one.since for one in getattr(found, "buckets", ())] if kind in NAMED_AXES else []
    own = {one.day.isoformat() for one in shown if one.kind == "own"}
    return annotated(kinds.chart(question, found), marks, starts, own)


def _short(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:23]}…"
