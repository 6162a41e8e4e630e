"""How large cohorts are, and were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pydantic import BaseModel
from sqlalchemy import func, select

from callsheet.base.time import day_start, local_date
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.cohort_shapes import Described
from callsheet.usage.records import Cohort, CohortMember


class Size(BaseModel):
    """How large a cohort was at the end of a local day, or is now (the last)."""

    day: date
    size: int


def sizes(asking: Asking, cohort_id: str, points: int) -> list[Size]:
    """Return the size of a cohort now and at the end of the same weekday of the weeks before, oldest first.

    Events are those known today; traits, and the cohorts that a condition rests on, are as they are today.
    """
    row, zone, now = asking.reader.book.get(Cohort, cohort_id), asking.reader.zone, asking.reader.now
    today = local_date(now, zone)
    days = [today - timedelta(weeks=back) for back in range(points - 1, 0, -1)]
    if row.kind == "static":
        added = asking.reader.book.rows(
            select(CohortMember.added_at, func.count())
            .where(CohortMember.cohort_id == cohort_id)
            .group_by(CohortMember.added_at)
        )
        ends = [(day, day_start(day + timedelta(days=1), zone)) for day in days]
        past = [Size(day=day, size=sum(n for moment, n in added if moment < end)) for day, end in ends]
        return [*past, Size(day=today, size=sum(n for _, n in added))]
    described = Described.model_validate({"unit": row.unit, "condition": row.condition})
    past = []
    for day in days:
        desk = replace(asking.desk(), now=day_start(day + timedelta(days=1), zone) - timedelta(microseconds=1))
        past.append(Size(day=day, size=len(asking.described(described, desk))))
    return [*past, Size(day=today, size=len(asking.cohort(cohort_id)))]
