"""What came in and what became of it: counts by hour, refused events and their second try, the live tail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from callsheet.base.errors import Busy
from callsheet.http.context import Context, Ctx, Services, still_in
from callsheet.http.pages import Page, Paged, asked_period
from callsheet.http.routes.readings import Since, Until, as_csv
from callsheet.metrics import Column
from callsheet.model.link import Ref
from callsheet.store.histories.conditions import decoded
from callsheet.store.permissions import require
from callsheet.store.workspace import Workspace
from callsheet.usage.intake import intake_of
from callsheet.usage.intake.again import MOST, try_again
from callsheet.usage.intake.tail import Wanted
from callsheet.usage.wire.masking import masked

router = APIRouter(prefix="/api/usage", tags=["usage"])
PULSE = 0.5
MOST_SHOWN = 8_000
"""Characters of a refused event in a list."""
MOST_IN_FILE = 10_000
_TAIL_SHOWN = 2_000
_CHECK = 20
"""Pulses after which it is looked whether who watches may still do so."""


class Amounts(BaseModel):
    """What became of events: `received` is the sum of the four after it. `outcomes` tells refusals apart by code and
    what was set aside by rule, such as `refused:no_user` or `blocked:rule_1`."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    set_aside: int = 0
    outcomes: dict[str, int] = Field(default_factory=dict)

    def add(self, outcome: str, amount: int) -> None:
        """Count in."""
        kind = outcome.partition(":")[0]
        name = "set_aside" if kind in ("blocked", "sampled") else kind
        setattr(self, name, getattr(self, name) + amount)
        if ":" in outcome:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + amount


class IntakeHour(Amounts):
    """What one source sent in one hour."""

    source: str
    hour: datetime


class IntakeOut(BaseModel):
    """What came in over a period: in all, by source, and by source and hour. `turned_away` counts requests since the
    server's start of which nothing was taken, by source (empty: unknown key) and reason."""

    total: Amounts
    by_source: dict[str, Amounts]
    hours: list[IntakeHour]
    turned_away: dict[str, dict[str, int]]


class RefusedOut(BaseModel):
    """An event that was not taken, as it came; `retried_at` is when it was taken after all."""

    refused_id: str
    source: str
    received_at: datetime
    code: str
    reason: str
    raw: str
    retried_at: datetime | None


class RefusedReason(BaseModel):
    """Events of one source refused for one reason: how many, how many still wait for a second try, and when."""

    source: str
    code: str
    amount: int
    waiting: int
    first_at: datetime
    last_at: datetime
    reason: str


class RetryIn(BaseModel):
    """Which refused events to try again: these, or all (of one source, of one reason)."""

    ids: list[str] | None = Field(default=None, max_length=MOST)
    source: str = Field(default="", max_length=100)
    code: str = Field(default="", max_length=100)


class RetryOut(BaseModel):
    """What a second try gave. `left` were not tried yet: ask again."""

    tried: int
    taken: int
    refused: int
    left: int


@router.get("/intake")
def intake(ctx: Ctx, source: str = "", since: Since = None, until: Until = None) -> IntakeOut:
    """Return what became of everything that was sent, by source and hour (UTC); the last 28 days unless asked."""
    period = asked_period(ctx.reader, since, until)
    table = ctx.ws.facts.tables()["intake_counts"]
    wanted = table.filter(table.hour >= period.since, table.hour < period.until)
    wanted = wanted.filter(wanted.source == source) if source else wanted
    summed = wanted.group_by("source", "hour", "outcome").agg(amount=wanted.amount.sum()).order_by("hour", "source")
    total, by_source, hours = Amounts(), dict[str, Amounts](), dict[tuple[str, datetime], IntakeHour]()
    for row in ctx.ws.facts.run(summed).to_pylist():
        key = (row["source"], row["hour"])
        hour = hours.setdefault(key, IntakeHour(source=key[0], hour=key[1]))
        for one in (total, by_source.setdefault(key[0], Amounts()), hour):
            one.add(row["outcome"], int(row["amount"]))
    turned: dict[str, dict[str, int]] = {}
    for (name, code), count in intake_of(ctx.services).turned.items():
        if source in ("", name):
            turned.setdefault(name, {})[code] = count
    return IntakeOut(total=total, by_source=by_source, hours=list(hours.values()), turned_away=turned)


def amounts_of(ws: Workspace, since: datetime) -> dict[str, Amounts]:
    """Return what came in from a moment on (from the hour that holds it), by source."""
    table = ws.facts.tables()["intake_counts"]
    wanted = table.filter(table.hour >= since.replace(minute=0, second=0, microsecond=0))
    found: dict[str, Amounts] = {}
    for row in ws.facts.run(wanted.group_by("source", "outcome").agg(amount=wanted.amount.sum())).to_pylist():
        found.setdefault(row["source"], Amounts()).add(row["outcome"], int(row["amount"]))
    return found


@router.get("/refused")
def refused(
    ctx: Ctx, paged: Paged, source: str = "", code: str = "", retried: Annotated[bool | None, Query()] = None
) -> Page[RefusedOut]:
    """Return refused events, the newest first. `q` is looked for in what was sent and in the reason."""
    table = _refused(ctx, source, code, retried, paged.q)
    total = int(ctx.ws.facts.run(table.count().name("n").as_table()).column("n")[0].as_py())
    order = (table.received_at.desc(), table.refused_id)
    rows = ctx.ws.facts.run(table.order_by(*order).limit(paged.size, offset=(paged.page - 1) * paged.size))
    items = [RefusedOut(**{**row, "raw": masked(row["raw"])[:MOST_SHOWN]}) for row in rows.to_pylist()]
    return Page(items=items, total=total, page=paged.page, size=paged.size)


def _refused(ctx: Context, source: str, code: str, retried: bool | None, q: str) -> Any:
    table = ctx.ws.facts.tables()["refused"]
    table = table.filter(table.source == source) if source else table
    table = table.filter(table.code == code) if code else table
    if retried is not None:
        table = table.filter(table.retried_at.notnull() if retried else table.retried_at.isnull())
    if q:
        words = q.lower()
        table = table.filter(table.raw.lower().contains(words) | table.reason.lower().contains(words))
    return table


@router.get("/refused/reasons")
def refused_reasons(ctx: Ctx, source: str = "") -> list[RefusedReason]:
    """Return how many events were refused by source and reason, the most frequent first."""
    table = _refused(ctx, source, "", None, "")
    counted = table.group_by("source", "code").agg(
        amount=table.count(), waiting=table.retried_at.isnull().sum(), first_at=table.received_at.min(),
        last_at=table.received_at.max(), reason=table.reason.argmax(table.received_at),
    )  # fmt: skip
    rows = ctx.ws.facts.run(counted.order_by(counted.amount.desc(), "source", "code")).to_pylist()
    return [RefusedReason(**row) for row in rows]


@router.get("/refused/csv", response_class=Response)
def refused_csv(
    ctx: Ctx, source: str = "", code: str = "", retried: Annotated[bool | None, Query()] = None, q: str = ""
) -> Response:
    """Return refused events with what was sent as CSV, the newest MOST_IN_FILE."""
    table = _refused(ctx, source, code, retried, q)
    rows = ctx.ws.facts.run(table.order_by(table.received_at.desc(), table.refused_id), MOST_IN_FILE).to_pylist()
    told = [{**row, "raw": masked(row["raw"])} for row in rows]
    return as_csv("refused", tuple(Column(name, name) for name in RefusedOut.model_fields), told)


@router.post("/refused/retries")
def retry_refused(ctx: Ctx, given: RetryIn) -> RetryOut:
    """Try refused events again, after a rule, a limit or the source was changed."""
    require(ctx.actor, "retry_refused", Ref("source", given.source or "all"))
    done = try_again(ctx.ws, intake_of(ctx.services).known, given.ids, given.source, given.code)
    with ctx.change() as book:
        ref = Ref("source", given.source or "all")
        book.log("event.retried", ref, ctx.actor, tried=done.tried, taken=done.taken, refused=done.refused)
    return RetryOut(tried=done.tried, taken=done.taken, refused=done.refused, left=done.left)


class TailRow(BaseModel):
    """Something that came in: a stored event, or a refused one with what was sent."""

    state: Literal["stored", "refused"]
    source: str
    received_at: datetime
    event: str = ""
    event_id: str = ""
    distinct_id: str = ""
    account_id: str = ""
    occurred_at: datetime | None = None
    properties: dict[str, Any] = Field(default_factory=dict)
    code: str = ""
    reason: str = ""
    raw: str = ""


@router.get("/tail/newest")
def newest(
    ctx: Ctx, source: str = "", event: str = "", person: str = "", size: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[TailRow]:
    """Return what came in last, the newest first: where the live tail begins. Words as in the tail."""
    tables = ctx.ws.facts.tables()
    if "refused" not in tables or "seq" not in tables["events"].columns:
        return []
    stored = tables["events"]
    stored = stored.filter(stored.received_at.notnull())
    for column, wanted in ((stored.source, source), (stored.distinct_id, person)):
        stored = stored.filter(column == wanted) if wanted else stored
    stored = stored.filter(stored.event.lower().contains(event.lower())) if event else stored
    rows = ctx.ws.facts.run(stored.order_by(stored.seq.desc()).limit(size)).to_pylist()
    found = [_stored(row) for row in rows]
    turned = _refused(ctx, source, "", None, "")
    for words in filter(None, (event, person)):
        turned = turned.filter(turned.raw.lower().contains(words.lower()))
    for row in ctx.ws.facts.run(turned.order_by(turned.received_at.desc()).limit(size)).to_pylist():
        told = {name: row[name] for name in ("source", "received_at", "code", "reason")}
        found.append(TailRow(state="refused", raw=row["raw"][:_TAIL_SHOWN], **told))
    return sorted(found, key=lambda row: row.received_at, reverse=True)[:size]


def _stored(row: dict[str, Any]) -> TailRow:
    told = {name: row[name] or "" for name in ("source", "event", "event_id", "distinct_id", "account_id")}
    said = decoded(row["properties"])
    return TailRow(
        state="stored", received_at=row["received_at"], occurred_at=row["occurred_at"],
        properties=said if isinstance(said, dict) else {}, **told,
    )  # fmt: skip


@router.get("/tail")
async def tail(ctx: Ctx, request: Request, source: str = "", event: str = "", person: str = "") -> StreamingResponse:
    """Send what comes in as it does: `event` (stored, refused or set aside), and `lost` when it was too much to show."""
    if intake_of(ctx.services).tail.full:
        raise Busy("Too many watch the events already.", 30)
    return StreamingResponse(
        _told(ctx.services, request, Wanted(source, event, person)), media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip


async def _told(services: Services, request: Request, wanted: Wanted) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    pulse = 0
    with intake_of(services).tail.watch(wanted) as watcher:
        while not await request.is_disconnected():
            pulse += 1
            if pulse % _CHECK == 0 and not await asyncio.to_thread(still_in, services, request):
                return
            news, lost = watcher.news()
            if lost:
                yield _event({"type": "lost", "amount": lost})
            for one in news:
                yield _event({"type": "event", **one})
            await asyncio.sleep(PULSE)


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
