"""Routes of feedback: inbox, items and requests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from callsheet.base.errors import BadInput, NotFound
from callsheet.base.time import to_utc
from callsheet.feedback import actions
from callsheet.feedback.metrics.asked import asked
from callsheet.feedback.metrics.asking import item_shown, items_listed, people_asking
from callsheet.feedback.records import Request
from callsheet.http.context import Context, Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.metrics.facts import Facts
from callsheet.metrics.reader import Reader

router = APIRouter(prefix="/api/feedback", tags=["feedback"])
Text = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=200)]


class Suggestion(BaseModel):
    """A request that an item is like; `score` from 0 to 1."""

    request: str
    title: str
    score: float


class Item(BaseModel):
    """An item of feedback."""

    feedback_id: str
    given_at: datetime | None = None
    title: str | None = None
    body: str | None = None
    person_id: str | None = None
    person: str | None = None
    account_id: str | None = None
    account: str | None = None
    revenue: float | None = None
    channel: str | None = None
    kind: str | None = None
    segment: str | None = None
    url: str | None = None
    source: str | None = None
    requests: list[str] = []
    triaged: bool = False
    suggestions: list[Suggestion] = []


class NewItem(BaseModel):
    """Feedback entered by hand."""

    body: Text
    title: Short = ""
    account_id: Short = ""
    person_id: Short = ""
    channel: Short = "call"
    kind: Short = "idea"
    product: Short = ""
    given_at: datetime | None = None
    requests: list[str] = []


class Filing(BaseModel):
    """The requests that an item is put to."""

    requests: Annotated[list[str], Field(min_length=1, max_length=50)]


class Why(BaseModel):
    """A reason."""

    reason: Text = ""


class RequestOut(BaseModel):
    """A request with the demand behind it."""

    request: str
    title: str
    body: str = ""
    status: str
    reason: str = ""
    owner: str = ""
    product: str = ""
    created_at: datetime
    requesters: int = 0
    accounts: int = 0
    revenue: float = 0.0
    messages: int = 0
    segments: dict[str, int] = {}
    first_at: datetime | None = None
    last_at: datetime | None = None
    initiative: str | None = None
    initiatives: list[str] = []
    stage: str | None = None
    merged_into: str = ""


class NewRequest(BaseModel):
    """A request to open; `feedback` is filed to it at once."""

    title: Short
    body: Text = ""
    product: Short = ""
    owner: Short = ""
    feedback: list[str] = []


class RequestChange(BaseModel):
    """What to change; what is not given stays."""

    title: Short | None = None
    body: Text | None = None
    product: Short | None = None
    owner: Short | None = None


class Status(BaseModel):
    """The status to move to, and why."""

    status: Short
    reason: Text = ""


class Merge(BaseModel):
    """The request to merge into."""

    into: Short


class Answering(BaseModel):
    """The initiative that answers."""

    initiative: Short


class Asking(BaseModel):
    """Somebody who asked, once, with the account behind."""

    person: str | None
    name: str
    account: str | None
    account_name: str | None
    account_owner: str | None
    segment: str | None
    revenue: float | None
    channel: str | None
    asked_at: datetime | None
    messages: int
    feedback: list[str]
    words: str | None


@router.get("/inbox", response_model=Page[Item])
def feedback_inbox(ctx: Ctx, paged: Paged) -> Any:
    """Return the feedback that is filed to no request, each with requests that it is like."""
    return paged.of(ctx.reader.report("feedback.inbox").rows, _words)


@router.get("/items", response_model=Page[Item])
def feedback_items(ctx: Ctx, paged: Paged, request: str = "", channel: str = "") -> Any:
    """Return all feedback, newest first; of one request or one channel where asked."""
    return paged.of(items_listed(_facts(ctx), request, channel), _words)


@router.post("/items", response_model=Item, status_code=201)
def record_feedback_item(ctx: Ctx, new: NewItem) -> Any:
    """Record feedback that somebody gave in a call or a meeting; it lands as a fact of the source `callsheet`."""
    with ctx.ws.facts.landing(), ctx.change() as book:
        given = new.model_dump(exclude={"requests", "given_at"})
        moment = to_utc(new.given_at, ctx.ws.config.workspace.time_zone) if new.given_at else None
        row = actions.record_feedback(book, given.pop("body"), ctx.actor, given_at=moment, **given)
        if new.account_id:
            row["segment"] = _account(ctx, new.account_id).get("segment")
        if new.requests:
            actions.file_feedback(book, row["feedback_id"], new.requests, ctx.actor)
        with ctx.ws.facts.batch(actions.ENTERED, "feedback", actor=ctx.actor.id) as batch:
            batch.merge("feedback", [row])
    return row | {"requests": new.requests, "triaged": bool(new.requests)}


@router.get("/items/{feedback_id}", response_model=Item)
def feedback_item(ctx: Ctx, feedback_id: str) -> Any:
    """Return one item of feedback."""
    return _item(ctx, feedback_id)


@router.post("/items/{feedback_id}/filing", response_model=Item)
def file_feedback_item(ctx: Ctx, feedback_id: str, filing: Filing) -> Any:
    """Put the item to one or many requests."""
    with ctx.change() as book:
        actions.file_feedback(book, feedback_id, filing.requests, ctx.actor)
        item = _item(ctx, feedback_id)
    return item | {"requests": sorted({*item["requests"], *filing.requests}), "triaged": True}


@router.delete("/items/{feedback_id}/filing", status_code=204)
def unfile_feedback_item(ctx: Ctx, feedback_id: str, request: Annotated[list[str], Query()] = []) -> Response:  # noqa: B006
    """Take the item from these requests, or from all."""
    with ctx.change() as book:
        actions.unfile(book, feedback_id, ctx.actor, request)
    return Response(status_code=204)


@router.post("/items/{feedback_id}/aside", status_code=204)
def set_feedback_item_aside(ctx: Ctx, feedback_id: str, why: Why) -> Response:
    """Take an item that asks for nothing out of the inbox."""
    with ctx.change() as book:
        actions.set_aside(book, feedback_id, ctx.actor, why.reason)
        _item(ctx, feedback_id)
    return Response(status_code=204)


@router.delete("/items/{feedback_id}/aside", status_code=204)
def bring_feedback_item_back(ctx: Ctx, feedback_id: str) -> Response:
    """Put the item back into the inbox."""
    with ctx.change() as book:
        actions.bring_back(book, feedback_id, ctx.actor)
    return Response(status_code=204)


@router.get("/requests", response_model=Page[RequestOut])
def feedback_requests(ctx: Ctx, paged: Paged, status: str = "") -> Any:
    """Return requests, the one with the most revenue behind it first; only those of a status where asked."""
    rows = ctx.reader.report("feedback.requests").rows
    return paged.of([row for row in rows if not status or row["status"] == status], lambda row: row["title"])


@router.post("/requests", response_model=RequestOut, status_code=201)
def open_feedback_request(ctx: Ctx, new: NewRequest) -> Any:
    """Open a request, and file feedback to it."""
    with ctx.change() as book:
        request = actions.open_request(book, new.title, ctx.actor, body=new.body, product=new.product, owner=new.owner)
        for feedback_id in new.feedback:
            actions.file_feedback(book, feedback_id, [request.id], ctx.actor)
            _item(ctx, feedback_id)
    return _shown(request)


@router.get("/requests/{request_id}", response_model=RequestOut)
def feedback_request(ctx: Ctx, request_id: str) -> Any:
    """Return one request; a merged one says where it went."""
    request = ctx.reader.book.get(Request, request_id)
    rows = ctx.reader.report("feedback.requests").rows
    found = next((row for row in rows if row["request"] == request_id), {})
    return _shown(request) | found


@router.patch("/requests/{request_id}", response_model=RequestOut)
def change_feedback_request(ctx: Ctx, request_id: str, change: RequestChange) -> Any:
    """Change what a request says."""
    with ctx.change() as book:
        return _shown(actions.change_request(book, request_id, ctx.actor, **change.model_dump()))


@router.delete("/requests/{request_id}", status_code=204)
def remove_feedback_request(ctx: Ctx, request_id: str) -> Response:
    """Delete a request that nobody stands behind."""
    with ctx.change() as book:
        actions.remove_request(book, request_id, ctx.actor)
    return Response(status_code=204)


@router.put("/requests/{request_id}/status", response_model=RequestOut)
def set_feedback_request_status(ctx: Ctx, request_id: str, status: Status) -> Any:
    """Move a request to another status, with the reason that its requesters read."""
    with ctx.change() as book:
        return _shown(actions.set_status(book, request_id, status.status, ctx.actor, status.reason))


@router.post("/requests/{request_id}/merge", response_model=RequestOut)
def merge_feedback_request(ctx: Ctx, request_id: str, merge: Merge) -> Any:
    """Merge a request into another; answers with that other."""
    with ctx.change() as book:
        return _shown(actions.merge_requests(book, request_id, merge.into, ctx.actor))


@router.delete("/requests/{request_id}/merge", response_model=RequestOut)
def unmerge_feedback_request(ctx: Ctx, request_id: str) -> Any:
    """Take a merged request out again."""
    with ctx.change() as book:
        return _shown(actions.unmerge(book, request_id, ctx.actor))


@router.put("/requests/{request_id}/answer", response_model=RequestOut)
def answer_feedback_request(ctx: Ctx, request_id: str, answer: Answering) -> Any:
    """Say which initiative answers a request."""
    with ctx.change() as book:
        request = actions.answer_with(book, request_id, answer.initiative, ctx.actor)
        _check_initiative(ctx, answer.initiative)
    return _shown(request) | {"initiative": answer.initiative, "initiatives": [answer.initiative]}


@router.delete("/requests/{request_id}/answer", status_code=204)
def withdraw_feedback_answer(ctx: Ctx, request_id: str, initiative: str) -> Response:
    """Say that an initiative does not answer a request after all."""
    with ctx.change() as book:
        actions.withdraw_answer(book, request_id, initiative, ctx.actor)
    return Response(status_code=204)


@router.get("/requests/{request_id}/requesters", response_model=Page[Asking])
def feedback_requesters(ctx: Ctx, request_id: str, paged: Paged) -> Any:
    """Return who asked, each once, with the account behind and its yearly revenue."""
    ctx.reader.book.get(Request, request_id)
    words = ("name", "account_name", "words")
    return paged.of(people_asking(_facts(ctx), request_id), lambda row: " ".join(str(row[key]) for key in words))


def search(reader: Reader, words: str) -> list[Hit]:
    """Find requests whose title holds all the words."""
    wanted = words.lower().split()
    found = asked(Facts(reader.workspace, reader, {}))
    return [
        Hit(f"request:{request.id}", request.title, "request", f"/feedback/requests/{request.id}", request.status)
        for request in found.requests.values()
        if all(word in request.title.lower() for word in wanted)
    ][:8]


def badge(reader: Reader) -> int | None:
    """Return how much feedback waits in the inbox; None where there is no feedback."""
    amount = reader.value("feedback.untriaged").amount
    return None if amount is None else int(amount)


def _facts(ctx: Context) -> Facts:
    return Facts(ctx.ws, ctx.reader, {})


def _words(row: dict[str, Any]) -> str:
    return " ".join(str(row.get(key) or "") for key in ("title", "body", "account", "person", "channel"))


def _item(ctx: Context, feedback_id: str) -> dict[str, Any]:
    item = item_shown(_facts(ctx), feedback_id)
    if item is None:
        raise NotFound(f"There is no feedback {feedback_id}.")
    return item


def _account(ctx: Context, account_id: str) -> dict[str, Any]:
    account = asked(_facts(ctx)).accounts.get(account_id)
    if account is None:
        raise BadInput(f"There is no account {account_id}.", "Name a known account, or leave it empty.")
    return account


def _check_initiative(ctx: Context, initiative: str) -> None:
    if not ctx.reader.has("roadmap.portfolio"):
        return
    if all(row["initiative"] != initiative for row in ctx.reader.report("roadmap.portfolio").rows):
        raise NotFound(f"There is no initiative {initiative}.", "Add it to the roadmap first.")


def _shown(request: Request) -> dict[str, Any]:
    names = ("title", "body", "status", "reason", "owner", "product", "created_at", "merged_into")
    return {name: getattr(request, name) for name in names} | {"request": request.id}
