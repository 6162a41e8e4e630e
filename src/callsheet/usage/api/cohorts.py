"""Cohorts over HTTP: listed or described, their members, their size over time."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select

from callsheet.base.errors import BadInput
from callsheet.charts import line
from callsheet.http.context import Ctx
from callsheet.http.pages import Page, Paged
from callsheet.http.routes.readings import Theme, drawn
from callsheet.model.link import Ref
from callsheet.store.permissions import require
from callsheet.usage.actions import cohorts as actions
from callsheet.usage.actions import shelf
from callsheet.usage.api.answers import PeopleIn, in_turn
from callsheet.usage.api.reports import Archived
from callsheet.usage.api.units import Behind, behind
from callsheet.usage.metrics.cohorts import Size, sizes
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.cohort_shapes import Condition, Described
from callsheet.usage.questions.common import Unit, plural
from callsheet.usage.questions.limits import Ask
from callsheet.usage.records import Cohort

router = APIRouter(prefix="/api/usage/cohorts", tags=["usage"])
Points = Annotated[int, Query(ge=2, le=60)]
COLUMNS = ("unit_id", "person_id", "account_id", "distinct_id", "user_id", "id")
"""Names of a column of ids in a CSV file, the best first."""


class NewCohort(BaseModel):
    """A cohort: dynamic with a `condition`; else static, with `ids`, with the rows of a `csv` (its column of ids, or
    its first), or with those behind a cell (`of`) of an answer."""

    name: str = Field(max_length=200)
    line: str = Field(default="", max_length=500)
    unit: Unit = "person"
    condition: Condition | None = None
    ids: list[str] = Field(default_factory=list, max_length=actions.MOST_MEMBERS)
    csv: str = ""
    of: PeopleIn | None = None

    @model_validator(mode="after")
    def _one_way(self) -> NewCohort:
        if sum((self.condition is not None, bool(self.ids), bool(self.csv.strip()), self.of is not None)) > 1:
            raise ValueError("give a condition, ids, a csv or a cell of an answer, not several of them")
        return self


class CohortIn(BaseModel):
    """What may be said of a cohort; what is left out stays as it is."""

    name: str = Field(default="", max_length=200)
    line: str = Field(default="", max_length=500)
    owner: str = Field(default="", max_length=100, description="Member id")
    condition: Condition | None = None


class CohortOut(BaseModel):
    """A cohort. In lists `size` is null for a dynamic one: it is counted when it is opened."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    line: str
    kind: Literal["static", "dynamic"]
    unit: Unit
    condition: dict[str, Any]
    origin: str
    owner: str
    size: int | None = None
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None


class Ids(BaseModel):
    """Ids of persons or accounts."""

    ids: list[str] = Field(max_length=actions.MOST_MEMBERS)


class Counted(BaseModel):
    """How many satisfy a condition."""

    size: int


class Added(BaseModel):
    """How many were not in the cohort before."""

    added: int


@router.get("")
def cohorts(ctx: Ctx, paged: Paged, archived: Archived = False) -> Page[CohortOut]:
    """Return the cohorts."""
    shelved = Cohort.archived_at.is_not(None) if archived else Cohort.archived_at.is_(None)
    with ctx.read() as book:
        rows = book.all(select(Cohort).where(shelved).order_by(Cohort.name))
        found = [_out(row, actions.count_members(book, row.id) if row.kind == "static" else None) for row in rows]
    return paged.of(found, lambda one: f"{one.name} {one.line} {one.kind} {one.owner}")


@router.post("", status_code=201)
async def add_cohort(ctx: Ctx, request: Request, given: NewCohort) -> CohortOut:
    """Make a cohort."""
    require(ctx.actor, "add_cohort", Ref("cohort", given.name))

    def work(_: Ask, asking: Asking) -> CohortOut:
        unit, ids, origin = _listed(asking, given)
        condition = given.condition.model_dump(mode="json") if given.condition is not None else None
        with ctx.change() as book:
            row = actions.add_cohort(
                book, given.name, ctx.actor, unit=unit, line=given.line, condition=condition, ids=ids, origin=origin
            )
            return _out(row, actions.count_members(book, row.id) if row.kind == "static" else None)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.post("/sizes")
async def count_cohort(ctx: Ctx, request: Request, given: Described) -> Counted:
    """Count those who satisfy a condition, before it is kept."""

    def work(_: Ask, asking: Asking) -> Counted:
        return Counted(size=len(asking.described(given)))

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.get("/{cohort_id}")
async def one_cohort(ctx: Ctx, request: Request, cohort_id: str) -> CohortOut:
    """Return a cohort with its size."""

    def work(_: Ask, asking: Asking) -> CohortOut:
        row = asking.reader.book.get(Cohort, cohort_id)
        return _out(row, len(asking.cohort(cohort_id)))

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.patch("/{cohort_id}")
def change_cohort(ctx: Ctx, cohort_id: str, given: CohortIn) -> CohortOut:
    """Change a cohort."""
    with ctx.change() as book:
        changes = given.model_dump(mode="json", exclude_unset=True)
        return _out(actions.change_cohort(book, cohort_id, ctx.actor, **changes), None)


@router.delete("/{cohort_id}")
def delete_cohort(ctx: Ctx, cohort_id: str) -> CohortOut:
    """Delete a cohort; it can be restored. Questions that name it go on working."""
    with ctx.change() as book:
        return _out(shelf.archive(book, Cohort, cohort_id, "cohort", ctx.actor), None)


@router.post("/{cohort_id}/restoration")
def restore_cohort(ctx: Ctx, cohort_id: str) -> CohortOut:
    """Undo the deletion of a cohort."""
    with ctx.change() as book:
        return _out(shelf.restore(book, Cohort, cohort_id, "cohort", ctx.actor), None)


@router.get("/{cohort_id}/members")
async def members(ctx: Ctx, request: Request, cohort_id: str, paged: Paged) -> Page[Behind]:
    """Return who is in a cohort."""

    def work(_: Ask, asking: Asking) -> Page[Behind]:
        ids = asking.cohort(cohort_id)
        return behind(asking.reader, asking.cohort_unit(cohort_id), ids, paged)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.post("/{cohort_id}/members")
def add_members(ctx: Ctx, cohort_id: str, given: Ids) -> Added:
    """Put units into a static cohort."""
    with ctx.change() as book:
        return Added(added=actions.add_members(book, cohort_id, given.ids, ctx.actor))


@router.delete("/{cohort_id}/members/{unit_id:path}", status_code=204)
def remove_member(ctx: Ctx, cohort_id: str, unit_id: str) -> None:
    """Take a unit out of a static cohort."""
    with ctx.change() as book:
        actions.remove_member(book, cohort_id, unit_id, ctx.actor)


@router.get("/{cohort_id}/sizes")
async def cohort_sizes(ctx: Ctx, request: Request, cohort_id: str, points: Points = 12) -> list[Size]:
    """Return how large a cohort was at the end of each of the last weeks, and is now."""
    return await in_turn(ctx.ws, request, ctx.actor.id, lambda _, asking: sizes(asking, cohort_id, points))


@router.get("/{cohort_id}/chart")
async def cohort_chart(
    ctx: Ctx, request: Request, cohort_id: str, points: Points = 12, format: str = "json", theme: Theme = "light"
) -> Any:
    """Return the chart of a cohort's size over time."""

    def work(_: Ask, asking: Asking) -> Any:
        found = [(one.day, one.size) for one in sizes(asking, cohort_id, points)]
        unit = plural(asking.cohort_unit(cohort_id))
        return drawn(line({"size": found}, title="Size of the cohort", unit=unit), format, theme, 720, 240)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


def _listed(asking: Asking, given: NewCohort) -> tuple[str, Sequence[str], str]:
    """Return the unit, the ids and the origin of a cohort that is to be made."""
    if given.of is not None:
        found = asking.people(given.of.question, given.of.cell)
        return found.unit, found.ids, "an answer"
    if given.csv.strip():
        return given.unit, _read(given.csv), "a CSV file"
    return given.unit, given.ids, ""


def _read(text: str) -> list[str]:
    """Return the ids of a CSV file: of its column of ids, or of its first, which may have no head."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) if row]
    except csv.Error as why:
        raise BadInput(f"The CSV cannot be read: {why}.") from why
    head = [cell.strip().lower() for cell in rows[0]]
    place = next((head.index(name) for name in COLUMNS if name in head), None)
    return [row[place or 0] for row in (rows if place is None else rows[1:]) if len(row) > (place or 0)]


def _out(row: Cohort, size: int | None) -> CohortOut:
    return CohortOut.model_validate(row).model_copy(update={"size": size})
