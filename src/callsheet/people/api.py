"""People over HTTP: directory, ownership, subscriptions, deliveries, and the unsubscribe page."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy import func, or_, select

from callsheet.base.errors import BadInput, CallsheetError, NotFound
from callsheet.http.context import Ctx, Hit, services_of
from callsheet.http.pages import Page, Paged
from callsheet.metrics.reader import Reader
from callsheet.model.link import Ref
from callsheet.people import actions
from callsheet.people.metrics.deliveries import ledger_row
from callsheet.people.records import Delivery, OwnershipDecision, Subscription, Team

router = APIRouter(prefix="/api/people", tags=["people"])
public = APIRouter(prefix="/unsubscribe", tags=["people"])


class PersonRow(BaseModel):
    """A colleague in the directory."""

    person: str
    name: str
    email: str
    team: str
    role: str
    objects: int
    deliveries: int


class OwnedRow(BaseModel):
    """An object and who answers for it."""

    ref: str
    kind: str
    title: str
    owner: str | None
    owner_name: str
    owners: list[str]
    owner_names: list[str]
    since: datetime | None
    since_at: datetime | None
    source: str
    state: Literal["owned", "none", "gone", "many"]
    last_owner: str
    team: str


class DeliveryRow(BaseModel):
    """A message in the ledger."""

    delivery: str
    created_at: datetime
    name: str
    person_id: str
    account_id: str
    subject: str
    ref: str
    channel: str
    state: str
    reason: str
    sent_at: datetime | None
    read_at: datetime | None
    tries: int


class DeliveryDetail(DeliveryRow):
    """A message with its text."""

    email: str
    body_text: str


class SubscriptionOut(BaseModel):
    """A subscription."""

    id: str
    topic: str
    cadence: str
    channel: str
    email: str
    target: str
    created_at: datetime


class Held(BaseModel):
    """A role for an object that a person was given here, and when it ended."""

    ref: str
    role: str
    since: datetime | None
    until: datetime | None
    by: str


class PersonDetail(PersonRow):
    """A colleague, what they answer for, and what they were told."""

    team_title: str
    owns: list[OwnedRow]
    history: list[Held]
    told: list[DeliveryRow]


class OwnerIn(BaseModel):
    """Who has a role for an object; an empty person ends it."""

    ref: str
    role: str = "accountable"
    person: str = ""


class SubscriptionIn(BaseModel):
    """What to hear of, how and how often."""

    topic: str = Field(max_length=200)
    cadence: str = "at once"
    channel: str = "mail"
    email: str = Field(default="", max_length=254)
    target: str = Field(default="", max_length=1000)


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=500)


@router.get("", response_model=Page[PersonRow])
def directory(ctx: Ctx, paged: Paged) -> Page[Any]:
    """Return colleagues."""
    rows = ctx.reader.report("people.directory").rows
    return paged.of(rows, lambda row: f"{row['name']} {row['email']} {row['team']} {row['role']}")


@router.get("/ownership", response_model=Page[OwnedRow])
def ownership(ctx: Ctx, paged: Paged, state: str = "", kind: str = "") -> Page[Any]:
    """Return objects with their owners, gaps first. `state=unowned` keeps the gaps."""
    rows = ctx.reader.report("people.ownership").rows
    kept = [
        row for row in rows
        if (not kind or row["kind"] == kind)
        and (not state or row["state"] == state or (state == "unowned" and row["state"] != "owned"))
    ]  # fmt: skip
    return paged.of(kept, lambda row: f"{row['ref']} {row['title']} {row['owner_name']} {row['team']} {row['state']}")


@router.put("/ownership", response_model=OwnedRow | None)
def decide_owner(ctx: Ctx, given: OwnerIn) -> Any:
    """Give someone a role for an object, or end it for everyone with an empty person."""
    ref = Ref.parse(given.ref)
    with ctx.change() as book:
        if given.person:
            actions.assign_owner(book, ref, given.role, given.person, ctx.actor)
            _known_person(ctx.reader, given.person)
        else:
            for person in _owners(ctx.reader, given.ref) or [""]:
                actions.end_ownership(book, ref, given.role, person, ctx.actor)
    rows = Reader(ctx.ws, ctx._stack).report("people.ownership").rows
    return next((row for row in rows if row["ref"] == given.ref), None)


def _known_person(reader: Reader, person: str) -> None:
    if all(row["person"] != person for row in reader.report("people.directory").rows):
        raise BadInput(f"There is no colleague {person}.", "Pick someone from the directory.")


def _owners(reader: Reader, ref: str) -> list[str]:
    rows = reader.report("people.ownership").rows
    return next((row["owners"] for row in rows if row["ref"] == ref), [])


@router.get("/subscriptions", response_model=Page[SubscriptionOut])
def subscriptions(ctx: Ctx, paged: Paged, everyone: bool = False) -> Page[Any]:
    """Return one's own subscriptions; members may ask for everyone's."""
    query = select(Subscription).where(Subscription.unsubscribed_at.is_(None)).order_by(Subscription.topic)
    if everyone:
        actions.require_member(ctx.actor)
    else:
        own = (func.lower(Subscription.email) == ctx.actor.email.lower()) & (Subscription.email != "")
        query = query.where(or_(own, Subscription.person_id == ctx.actor.id))
    with ctx.read() as book:
        found = book.all(query)
    rows = [
        SubscriptionOut(id=one.id, topic=one.topic, cadence=one.cadence, channel=one.channel, email=one.email,
                        target=one.target, created_at=one.created_at)
        for one in found
    ]  # fmt: skip
    return paged.of(rows, lambda row: f"{row.topic} {row.email} {row.target} {row.channel}")


@router.post("/subscriptions", response_model=SubscriptionOut, status_code=201)
def subscribe(ctx: Ctx, given: SubscriptionIn) -> SubscriptionOut:
    """Subscribe oneself, or as a member someone else or a webhook."""
    with ctx.change() as book:
        one = actions.subscribe(
            book, given.topic, ctx.actor, email=given.email, cadence=given.cadence, channel=given.channel,
            target=given.target,
        )  # fmt: skip
        return SubscriptionOut(
            id=one.id, topic=one.topic, cadence=one.cadence, channel=one.channel, email=one.email, target=one.target,
            created_at=one.created_at,
        )  # fmt: skip


@router.delete("/subscriptions/{subscription_id}", status_code=204)
def unsubscribe(ctx: Ctx, subscription_id: str) -> None:
    """End a subscription."""
    with ctx.change() as book:
        actions.unsubscribe(book, subscription_id, ctx.actor)


@router.get("/deliveries", response_model=Page[DeliveryRow])
def deliveries(ctx: Ctx, paged: Paged, ref: str = "", state: Annotated[str, Query(max_length=80)] = "") -> Page[Any]:
    """Return the ledger, newest first; `state` may name several, separated by commas."""
    query = select(Delivery).order_by(Delivery.created_at.desc(), Delivery.id)
    if ref:
        query = query.where(Delivery.ref == ref)
    if state:
        query = query.where(Delivery.state.in_(state.split(",")))
    with ctx.read() as book:
        rows = [ledger_row(one) for one in book.all(query)]
    return paged.of(rows, lambda row: f"{row['name']} {row['subject']} {row['ref']} {row['state']} {row['account_id']}")


@router.get("/deliveries/{delivery_id}", response_model=DeliveryDetail)
def one_delivery(ctx: Ctx, delivery_id: str) -> DeliveryDetail:
    """Return a message with its text."""
    with ctx.read() as book:
        return _detail(book.get(Delivery, delivery_id))


def _detail(one: Delivery) -> DeliveryDetail:
    return DeliveryDetail(**ledger_row(one), email=one.email, body_text=one.body_text)


@router.put("/deliveries/{delivery_id}/hold", response_model=DeliveryDetail)
def hold(ctx: Ctx, delivery_id: str, given: ReasonIn) -> DeliveryDetail:
    """Keep a message back."""
    with ctx.change() as book:
        return _detail(actions.hold(book, delivery_id, given.reason, ctx.actor))


@router.delete("/deliveries/{delivery_id}/hold", response_model=DeliveryDetail)
def release_hold(ctx: Ctx, delivery_id: str) -> DeliveryDetail:
    """Let a held or failed message go out."""
    with ctx.change() as book:
        return _detail(actions.release_hold(book, delivery_id, ctx.actor))


@router.post("/deliveries/{delivery_id}/reading", response_model=DeliveryDetail)
def confirm_read(ctx: Ctx, delivery_id: str) -> DeliveryDetail:
    """Confirm that a message was read."""
    with ctx.change() as book:
        return _detail(actions.confirm_read(book, delivery_id, ctx.actor))


@router.get("/{person_id}", response_model=PersonDetail)
def one_person(ctx: Ctx, person_id: str) -> PersonDetail:
    """Return a colleague, what they answer for, and what they were told."""
    rows = ctx.reader.report("people.directory").rows
    row = next((row for row in rows if row["person"] == person_id), None)
    if row is None:
        raise NotFound(f"There is no colleague {person_id}.", "The directory shows everyone.")
    owns = [one for one in ctx.reader.report("people.ownership").rows if person_id in one["owners"]]
    with ctx.read() as book:
        team = book.find(Team, row["team"])
        told = book.all(
            select(Delivery).where(Delivery.person_id == person_id).order_by(Delivery.created_at.desc()).limit(50)
        )
        decided = book.all(
            select(OwnershipDecision)
            .where(OwnershipDecision.person_id == person_id)
            .order_by(OwnershipDecision.since.desc())
        )
    history = [Held(ref=one.object_ref, role=one.role, since=one.since, until=one.until, by=one.by) for one in decided]
    return PersonDetail(
        **row, team_title=team.title if team else row["team"], owns=owns, history=history,
        told=[DeliveryRow(**ledger_row(one)) for one in told],
    )  # fmt: skip


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Subscription</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 16px/1.5 system-ui, sans-serif; background: #f7f6f3; color: #22201c; display: grid; place-items: center;
min-height: 90vh; margin: 0 }} main {{ background: #fff; border: 1px solid #e5e2dc; padding: 28px 32px; max-width: 420px }}
button {{ font: inherit; padding: 6px 14px }}
@media (prefers-color-scheme: dark) {{ body {{ background: #191816; color: #e8e5df }}
main {{ background: #22211e; border-color: #37342f }} }}</style></head><body><main>{body}</main></body></html>"""


@public.get("", response_class=HTMLResponse)
def unsubscribe_page(request: Request, token: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Ask whether the subscription should end; a link alone ends nothing, since mail scanners follow links."""
    workspace = services_of(request).workspace
    try:
        with workspace.books.read() as book:
            found = actions.by_token(book, workspace.key, token)
    except CallsheetError as why:
        return _page(f"<p>{escape(str(why))} {escape(why.mend)}</p>", why.status)
    if found.unsubscribed_at is not None:
        return _page(f"<p>{escape(found.email)} no longer gets “{escape(found.topic)}”.</p>")
    return _page(
        f"<p>Stop sending “{escape(found.topic)}” to {escape(found.email)}?</p>"
        f'<form method="post" action="/unsubscribe"><input type="hidden" name="token" value="{escape(token)}">'
        "<button>Unsubscribe</button></form>"
    )


@public.post("", response_class=HTMLResponse)
def unsubscribe_by_link(request: Request, token: Annotated[str, Form(max_length=200)] = "") -> HTMLResponse:
    """End the subscription that the link names."""
    workspace = services_of(request).workspace
    try:
        with workspace.books.change(workspace.now()) as book:
            found = actions.unsubscribe_by_token(book, workspace.key, token)
    except CallsheetError as why:
        return _page(f"<p>{escape(str(why))} {escape(why.mend)}</p>", why.status)
    return _page(f"<p>Done. {escape(found.email)} no longer gets “{escape(found.topic)}”.</p>")


def _page(body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(PAGE.format(body=body), status)


def search(reader: Reader, words: str) -> list[Hit]:
    """Find colleagues by name, team or role."""
    wanted = words.lower().split()
    rows = [
        row for row in reader.report("people.directory").rows
        if all(word in f"{row['name']} {row['team']} {row['role']}".lower() for word in wanted)
    ]  # fmt: skip
    return [
        Hit(
            f"person:{row['person']}",
            row["name"],
            "person",
            f"/people/{row['person']}",
            f"{row['role']}, {row['team']}",
        )
        for row in rows[:8]
    ]
