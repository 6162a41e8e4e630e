"""Alerts over HTTP: what they say, and said of the intervals before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from callsheet.base.time import to_utc
from callsheet.http.context import Ctx
from callsheet.http.pages import Page, Paged
from callsheet.http.routes.readings import Theme, drawn
from callsheet.metrics import Facts, Reader
from callsheet.usage.actions import alerts as actions
from callsheet.usage.actions import shelf
from callsheet.usage.api.answers import in_turn
from callsheet.usage.api.reports import Archived
from callsheet.usage.metrics.alerts import expected_chart, history, row_of
from callsheet.usage.questions.alerts import Judged, State, Watched
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.kinds import AnyQuestion, plain
from callsheet.usage.questions.limits import Ask
from callsheet.usage.records import Alert

router = APIRouter(prefix="/api/usage/alerts", tags=["usage"])


class AlertIn(BaseModel):
    """What may be said of an alert; what is left out stays as it is."""

    name: str = Field(default="", max_length=200)
    line: str = Field(default="", max_length=500)
    owner: str = Field(default="", max_length=100, description="Member id")
    question: AnyQuestion | None = None
    watched: Watched | None = None

    def given(self) -> dict[str, Any]:
        """Return only what was sent."""
        sent = {name: getattr(self, name) for name in self.model_fields_set if getattr(self, name) is not None}
        sent |= {"question": plain(self.question)} if self.question is not None else {}
        return sent | ({"watched": self.watched.model_dump(mode="json")} if self.watched is not None else {})


class NewAlert(AlertIn):
    """An alert on a line of a trend."""

    name: str = Field(max_length=200)
    question: AnyQuestion
    watched: Watched


class AlertOut(BaseModel):
    """An alert; `state` and what follows are of the last interval that is over, null where they were not asked for."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    line: str
    question: dict[str, Any]
    watched: Watched
    owner: str
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    snoozed_until: datetime | None
    state: State | None = None
    amount: float | None = None
    low: float | None = None
    high: float | None = None
    words: str = ""
    firing_since: str = ""


class AlertPage(AlertOut):
    """An alert with the verdicts on its last intervals, oldest first."""

    history: list[Judged]


class Preview(BaseModel):
    """What an alert would have said."""

    question: AnyQuestion
    watched: Watched


class SnoozeIn(BaseModel):
    """Until when."""

    until: datetime


@router.get("")
def alerts(
    ctx: Ctx, paged: Paged, archived: Archived = False, state: Literal["", "ok", "firing", "no_data"] = ""
) -> Page[AlertOut]:
    """Return the alerts with what they say."""
    shelved = Alert.archived_at.is_not(None) if archived else Alert.archived_at.is_(None)
    says = _says(ctx.reader)
    rows = ctx.reader.book.all(select(Alert).where(shelved).order_by(Alert.name))
    found = [_out(row, says) for row in rows]
    kept = [one for one in found if not state or one.state == state]
    return paged.of(kept, lambda one: f"{one.name} {one.line} {one.owner} {one.state or ''}")


@router.post("", status_code=201)
def add_alert(ctx: Ctx, given: NewAlert) -> AlertOut:
    """Watch a line of a trend."""
    told = given.given()
    with ctx.change() as book:
        row = actions.add_alert(book, given.name, told["question"], told["watched"], ctx.actor, line=given.line)
        return AlertOut.model_validate(row)


@router.post("/history")
async def preview_alert(ctx: Ctx, request: Request, given: Preview) -> list[Judged]:
    """Return what an alert would have said of the last intervals, before it is kept."""
    return await in_turn(
        ctx.ws, request, ctx.actor.id, lambda _, asking: history(asking, plain(given.question), given.watched)
    )


@router.get("/{alert_id}")
async def one_alert(ctx: Ctx, request: Request, alert_id: str) -> AlertPage:
    """Return an alert with its history."""

    def work(_: Ask, asking: Asking) -> AlertPage:
        row = asking.reader.book.get(Alert, alert_id)
        facts = Facts(ctx.ws, asking.reader, {})
        told = _out(row, {} if row.archived_at else {row.id: row_of(facts, row)}).model_dump()
        return AlertPage(**told, history=history(asking, row.question, Watched.model_validate(row.watched)))

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.get("/{alert_id}/chart")
async def alert_chart(ctx: Ctx, request: Request, alert_id: str, format: str = "json", theme: Theme = "light") -> Any:
    """Return the chart of an alert: its last intervals, and what was expected of them."""

    def work(_: Ask, asking: Asking) -> Any:
        row = asking.reader.book.get(Alert, alert_id)
        found = history(asking, row.question, Watched.model_validate(row.watched))
        return drawn(expected_chart(row.name, found), format, theme, 720, 240)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.patch("/{alert_id}")
def change_alert(ctx: Ctx, alert_id: str, given: AlertIn) -> AlertOut:
    """Change an alert."""
    with ctx.change() as book:
        return AlertOut.model_validate(actions.change_alert(book, alert_id, ctx.actor, **given.given()))


@router.delete("/{alert_id}")
def delete_alert(ctx: Ctx, alert_id: str) -> AlertOut:
    """Delete an alert; it can be restored."""
    with ctx.change() as book:
        return AlertOut.model_validate(shelf.archive(book, Alert, alert_id, "alert", ctx.actor))


@router.post("/{alert_id}/restoration")
def restore_alert(ctx: Ctx, alert_id: str) -> AlertOut:
    """Undo the deletion of an alert."""
    with ctx.change() as book:
        return AlertOut.model_validate(shelf.restore(book, Alert, alert_id, "alert", ctx.actor))


@router.post("/{alert_id}/snooze")
def snooze_alert(ctx: Ctx, alert_id: str, given: SnoozeIn) -> AlertOut:
    """Keep an alert quiet until a moment."""
    with ctx.change() as book:
        return AlertOut.model_validate(actions.snooze_alert(book, alert_id, to_utc(given.until), ctx.actor))


@router.delete("/{alert_id}/snooze")
def wake_alert(ctx: Ctx, alert_id: str) -> AlertOut:
    """End a snooze."""
    with ctx.change() as book:
        return AlertOut.model_validate(actions.wake_alert(book, alert_id, ctx.actor))


def _says(reader: Reader) -> dict[str, dict[str, Any]]:
    return {row["alert"]: row for row in reader.report("usage.alerts").rows}


def _out(row: Alert, says: dict[str, dict[str, Any]]) -> AlertOut:
    names = ("state", "amount", "low", "high", "words", "firing_since")
    told = says.get(row.id, {})
    return AlertOut.model_validate(row).model_copy(update={name: told[name] for name in names if name in told})
