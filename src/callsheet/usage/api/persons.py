"""HTTP of persons: who uses the product, what they did, and the merges that made them one."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from callsheet.base.errors import CallsheetError
from callsheet.http.context import Context, Ctx
from callsheet.http.pages import Page, Paged
from callsheet.metrics import Facts
from callsheet.model.history import Seen
from callsheet.model.link import Ref
from callsheet.store.permissions import require
from callsheet.store.persons import people_of, split
from callsheet.usage.actions import persons as actions
from callsheet.usage.api.answers import in_turn
from callsheet.usage.metrics import persons as found_of
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.limits import Ask
from callsheet.usage.records import Cohort, SavedReport

router = APIRouter(prefix="/api/usage", tags=["usage"])
MOST_AT_ONE_MOMENT = 5000
_LOG = logging.getLogger(__name__)
Id = Annotated[str, Field(min_length=1, max_length=1000)]


class Person(BaseModel):
    """Somebody who uses the product; `ids` is how many distinct ids are theirs. An account without a name has its id."""

    person_id: str
    name: str | None
    email: str | None
    account_id: str | None
    account_name: str | None
    first_at: datetime | None
    last_at: datetime | None
    events: int
    ids: int


class PersonCard(BaseModel):
    """What is known of a person, from imports and from traits."""

    model_config = ConfigDict(extra="allow")
    person_id: str
    name: str | None
    email: str | None
    account_id: str | None
    team: str | None


class DistinctId(BaseModel):
    """An id that clients sent, when it was seen and how often."""

    distinct_id: str
    first_at: datetime | None
    last_at: datetime | None
    events: int


class TraitOut(BaseModel):
    """A trait as it stands: since when, and which source said so."""

    name: str
    value: Any
    since_at: datetime
    source: str


class FeatureUsed(BaseModel):
    """A feature that a person used."""

    title: str
    used: str
    uses: int
    first_at: datetime
    last_at: datetime


class MergeOut(BaseModel):
    """Two ids that are one person: when, how (identify, alias, manual) and by which source. `refused` is a code and
    `why` its words where the merge was not taken."""

    merge_id: str
    from_id: str
    into_id: str
    how: str
    source: str | None
    event_id: str | None
    merged_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    refused: str
    why: str


class CohortOf(BaseModel):
    """A cohort that a person is in."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str


class PersonPage(BaseModel):
    """A person: what is known, ids, traits, features used, and merges."""

    person: PersonCard
    account_name: str | None
    ids: list[DistinctId]
    first_at: datetime | None
    last_at: datetime | None
    events: int
    traits: list[TraitOut]
    features: list[FeatureUsed]
    merges: list[MergeOut]


class Moment(BaseModel):
    """Something a person did."""

    event_id: str
    occurred_at: datetime
    event: str
    distinct_id: str
    account_id: str
    source: str
    properties: dict[str, Any]


class Timeline(BaseModel):
    """What a person did, newest first; `before` asks for what came earlier, null at the beginning."""

    items: list[Moment]
    before: datetime | None


class Together(BaseModel):
    """Two ids that belong to one person."""

    one: Id
    other: Id


class PartOut(BaseModel):
    """A person that a split leaves: its ids and their events."""

    model_config = ConfigDict(from_attributes=True)
    person_id: str
    ids: list[str]
    events: int


class SplitOut(BaseModel):
    """What undoing a merge does: the persons there are then, the events that leave the person (those of the part
    without the id that names it now), and the saved reports that count people and so may change. One person: other
    merges hold the ids together, nothing splits."""

    merge: MergeOut
    persons: list[PartOut]
    events: int
    reports: int


def facts_of(ctx: Context) -> Facts:
    """Return the facts for a request."""
    return Facts(ctx.ws, ctx.reader, {})


@router.get("/persons")
def persons(ctx: Ctx, paged: Paged) -> Page[Person]:
    """Return the people who use the product, the last active first."""
    people_of(ctx.ws)
    rows, total = found_of.persons(facts_of(ctx), paged.q, paged.sort, (paged.page - 1) * paged.size, paged.size)
    return Page(items=[Person(**row) for row in rows], total=total, page=paged.page, size=paged.size)


@router.get("/persons/{person_id:path}/timeline")
def person_timeline(
    ctx: Ctx, person_id: str, before: datetime | None = None, size: Annotated[int, Query(ge=1, le=500)] = 100
) -> Timeline:
    """Return what a person did. Events of one moment are never torn apart."""
    key = people_of(ctx.ws).person_of(person_id)
    until = before.replace(tzinfo=None) if before is not None else None
    rows = ctx.ws.histories.timeline("person", key, until, size + 1)
    if len(rows) <= size:
        return Timeline(items=[_moment(row) for row in rows], before=None)
    last = rows[-1].moment
    whole = [row for row in rows if row.moment > last]
    if not whole:  # more events of one moment than a page holds
        rows = ctx.ws.histories.timeline("person", key, until, MOST_AT_ONE_MOMENT)
        whole = [row for row in rows if row.moment == last]
        last -= timedelta(microseconds=1)
    return Timeline(items=[_moment(row) for row in whole], before=last + timedelta(microseconds=1))


def _moment(row: Seen) -> Moment:
    return Moment(
        event_id=row.event_id, occurred_at=row.moment, event=row.event, distinct_id=row.distinct_id,
        account_id=row.account_id, source=row.source, properties=row.properties,
    )  # fmt: skip


@router.get("/persons/{person_id:path}/cohorts")
async def person_cohorts(ctx: Ctx, request: Request, person_id: str) -> list[CohortOf]:
    """Return the cohorts of people that a person is in: those that list them, and those whose condition they satisfy."""

    def work(_: Ask, asking: Asking) -> list[CohortOf]:
        key = people_of(ctx.ws).person_of(person_id)
        wanted = select(Cohort).where(Cohort.unit == "person", Cohort.archived_at.is_(None)).order_by(Cohort.name)
        return [CohortOf.model_validate(row) for row in asking.reader.book.all(wanted) if _holds(asking, row.id, key)]

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


def _holds(asking: Asking, cohort_id: str, person_id: str) -> bool:
    """Whether somebody is in a cohort; nobody is in one whose condition cannot be answered any more."""
    try:
        return person_id in asking.cohort(cohort_id)
    except CallsheetError as why:
        asking.cancelled()  # what ends the whole question is no matter of one cohort
        _LOG.info("cohort %s cannot be answered: %s", cohort_id, why)
        return False


@router.get("/persons/{person_id:path}/merges")
def person_merges(ctx: Ctx, person_id: str) -> list[MergeOut]:
    """Return the merges of a person, undone and refused ones too, newest first."""
    people = people_of(ctx.ws)
    return [MergeOut(**row) for row in found_of.merges(facts_of(ctx), people, people.ids_of(person_id))]


@router.get("/persons/{person_id:path}")
def person(ctx: Ctx, person_id: str) -> PersonPage:
    """Return a person by any of its ids."""
    return PersonPage(**found_of.one_person(facts_of(ctx), people_of(ctx.ws), person_id))


@router.get("/merges")
def merges(ctx: Ctx, paged: Paged, state: Literal["", "taken", "refused"] = "") -> Page[MergeOut]:
    """Return merges, newest first: all, those taken, or those refused."""
    people = people_of(ctx.ws)
    wanted = None if not state else state == "refused"
    rows = [MergeOut(**row) for row in found_of.merges(facts_of(ctx), people, refused=wanted)]
    return paged.of(rows, lambda one: f"{one.from_id} {one.into_id} {one.how} {one.source} {one.refused}")


@router.post("/merges", status_code=201)
def merge(ctx: Ctx, given: Together) -> MergeOut:
    """Make two ids one person; also how a refused merge is taken all the same."""
    require(ctx.actor, "merge_persons", Ref("person", given.one))
    with ctx.change() as book:
        made = actions.merge_persons(book, ctx.ws, given.one, given.other, ctx.actor)
    return _one(ctx, made)


@router.get("/merges/{merge_id}/split")
def merge_split(ctx: Ctx, merge_id: str) -> SplitOut:
    """Return what undoing a merge would do."""
    parts = [PartOut.model_validate(part) for part in split(ctx.ws, merge_id)]
    whole = people_of(ctx.ws).person_of(_one(ctx, merge_id).into_id)
    moved = sum(part.events for part in parts if whole not in part.ids) if len(parts) > 1 else 0
    with ctx.read() as book:
        live = book.all(select(SavedReport).where(SavedReport.archived_at.is_(None)))
    reports = sum(row.question.get("unit", "person") == "person" for row in live) if len(parts) > 1 else 0
    return SplitOut(merge=_one(ctx, merge_id), persons=parts, events=moved, reports=reports)


@router.delete("/merges/{merge_id}", status_code=204)
def undo_merge(ctx: Ctx, merge_id: str) -> Response:
    """Undo a merge, as if it had never been."""
    require(ctx.actor, "merge_persons", Ref("person", merge_id))
    with ctx.change() as book:
        actions.undo_merge(book, ctx.ws, merge_id, ctx.actor)
    return Response(status_code=204)


def _one(ctx: Context, merge_id: str) -> MergeOut:
    people = people_of(ctx.ws)
    rows = found_of.merges(facts_of(ctx), people, list(people.ends_of(merge_id)))
    return MergeOut(**next(row for row in rows if row["merge_id"] == merge_id))
