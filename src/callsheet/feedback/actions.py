"""What people do with feedback. Each: permission first, then state and log entry in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import new_id, slug_id
from callsheet.feedback.records import Request, SetAside
from callsheet.feedback.rules import CHANNELS, KINDS, STATUSES, WAITING
from callsheet.model.actor import Actor
from callsheet.model.link import Link, Ref
from callsheet.store.book import Book, LinkRow
from callsheet.store.permissions import require

ENTERED = "callsheet"
"""Source of feedback that was entered here by hand."""


def open_request(
    book: Book, title: str, actor: Actor, *, body: str = "", product: str = "", owner: str = ""
) -> Request:
    """Open a request; its id is read from its title."""
    require(actor, "open_request", Ref("request", title.strip() or "new"))
    key = slug_id(_title(title), lambda taken: book.exists(Request, taken))
    request = Request(
        id=key, title=title.strip(), body=body.strip(), status="open", product=product, owner=owner, reason="",
        created_at=book.now, merged_into="", moved={},
    )  # fmt: skip
    book.add(request)
    book.log("request.opened", Ref("request", key), actor, title=request.title)
    return request


def change_request(book: Book, request_id: str, actor: Actor, **changes: str | None) -> Request:
    """Change title, body, product or owner; what is None stays."""
    require(actor, "change_request", Ref("request", request_id))
    given = {name: value.strip() for name, value in changes.items() if value is not None}
    if "title" in given:
        _title(given["title"])
    request = book.update(Request, request_id, **given)
    book.log("request.changed", Ref("request", request_id), actor, **given)
    return request


def remove_request(book: Book, request_id: str, actor: Actor) -> None:
    """Delete a request that nobody stands behind; others are declined or merged, so that nothing is lost."""
    require(actor, "remove_request", Ref("request", request_id))
    request = book.get(Request, request_id)
    if _links(book, request_id):
        raise Conflict(f"{request.title} has feedback filed to it.", "Decline it with a reason, or merge it.")
    book.remove(request)
    book.log("request.removed", Ref("request", request_id), actor, title=request.title)


def set_status(book: Book, request_id: str, status: str, actor: Actor, reason: str = "") -> Request:
    """Move a request to another status; declining needs a reason, for the requesters will read it."""
    require(actor, "set_status", Ref("request", request_id))
    if status not in STATUSES:
        raise BadInput(f"There is no status {status!r}.", f"Use one of {', '.join(STATUSES)}.")
    if status == "declined" and not reason.strip():
        raise BadInput("A declined request needs a reason.", "Say in a sentence why; requesters are told it.")
    request = _live(book, request_id)
    before, request.status, request.reason = request.status, status, reason.strip()
    request.closed_at = None if status in WAITING else book.now
    book.log("request.status_changed", Ref("request", request_id), actor, before=before, status=status, reason=reason)
    return request


def file_feedback(book: Book, feedback_id: str, requests: Sequence[str], actor: Actor) -> list[str]:
    """Put one item of feedback to one or many requests; returns those it was not filed to before."""
    ref = Ref("feedback", feedback_id)
    require(actor, "file_feedback", ref)
    if not requests:
        raise BadInput("No request was named.", "Name at least one request to file the feedback to.")
    fresh = []
    for request_id in dict.fromkeys(requests):
        request = _live(book, request_id)
        if book.find(LinkRow, (str(ref), "asks_for", f"request:{request.id}")) is None:
            book.link(Link(ref, "asks_for", Ref("request", request.id)), actor)
            fresh.append(request.id)
    aside = book.find(SetAside, feedback_id)
    if aside is not None:
        book.remove(aside)
    if fresh:
        book.log("feedback.filed", ref, actor, requests=fresh)
    return fresh


def unfile(book: Book, feedback_id: str, actor: Actor, requests: Sequence[str] = ()) -> list[str]:
    """Take an item of feedback from these requests, or from all it was filed to here; returns which."""
    ref = Ref("feedback", feedback_id)
    require(actor, "unfile_feedback", ref)
    filed = book.all(select(LinkRow).where(LinkRow.from_ref == str(ref), LinkRow.kind == "asks_for"))
    wanted = {f"request:{request}" for request in requests}
    taken = []
    for row in filed:
        if not wanted or row.to_ref in wanted:
            taken.append(row.to_ref.partition(":")[2])
            book.remove(row)
    if not taken:
        raise Conflict(f"{feedback_id} is not filed to that request here.", "Links from tools are undone there.")
    book.log("feedback.unfiled", ref, actor, requests=taken)
    return taken


def set_aside(book: Book, feedback_id: str, actor: Actor, reason: str = "") -> SetAside:
    """Take an item that asks for nothing out of the inbox."""
    ref = Ref("feedback", feedback_id)
    require(actor, "set_aside", ref)
    row = book.find(SetAside, feedback_id) or SetAside(feedback_id=feedback_id)
    row.reason, row.made_at, row.made_by = reason.strip(), book.now, actor.id
    book.session.add(row)
    book.log("feedback.set_aside", ref, actor, reason=reason)
    return row


def bring_back(book: Book, feedback_id: str, actor: Actor) -> None:
    """Put an item that was set aside back into the inbox."""
    ref = Ref("feedback", feedback_id)
    require(actor, "bring_back", ref)
    book.remove(book.get(SetAside, feedback_id))
    book.log("feedback.brought_back", ref, actor)


def merge_requests(book: Book, request_id: str, into: str, actor: Actor) -> Request:
    """Merge one request into another: its feedback and answers move; `unmerge` takes it apart again."""
    require(actor, "merge_requests", Ref("request", request_id))
    request, target = _live(book, request_id), _live(book, into)
    if request.id == target.id:
        raise BadInput("A request cannot be merged into itself.", "Name another request.")
    filed, answers = _links(book, request_id), _answers(book, request_id)
    moved: dict[str, Any] = {"filed": [], "kept": [], "answers": []}
    for row in filed:
        there = book.find(LinkRow, (row.from_ref, "asks_for", f"request:{into}")) is not None
        moved["kept" if there else "filed"].append(row.from_ref)
        _redraw(book, row, Ref.parse(row.from_ref), Ref("request", into), actor)
    for row in answers:
        if book.find(LinkRow, (f"request:{into}", "answered_by", row.to_ref)) is None:
            moved["answers"].append(row.to_ref)
            _redraw(book, row, Ref("request", into), Ref.parse(row.to_ref), actor)
    request.merged_into, request.moved = into, moved
    book.log("request.merged", Ref("request", request_id), actor, into=into, moved=len(filed))
    return target


def unmerge(book: Book, request_id: str, actor: Actor) -> Request:
    """Take a merged request out again, with the feedback and answers that came with it and are still there."""
    require(actor, "unmerge_requests", Ref("request", request_id))
    request = book.get(Request, request_id)
    if not request.merged_into:
        raise Conflict(f"{request.title} is not merged.", "Only a merged request can be taken apart.")
    target, moved = request.merged_into, request.moved
    for name in moved.get("kept", []):
        book.link(Link(Ref.parse(name), "asks_for", Ref("request", request_id)), actor)
    for name in moved.get("filed", []):
        row = book.find(LinkRow, (name, "asks_for", f"request:{target}"))
        if row is not None:
            _redraw(book, row, Ref.parse(name), Ref("request", request_id), actor)
    for name in moved.get("answers", []):
        row = book.find(LinkRow, (f"request:{target}", "answered_by", name))
        if row is not None:
            _redraw(book, row, Ref("request", request_id), Ref.parse(name), actor)
    request.merged_into, request.moved = "", {}
    book.log("request.unmerged", Ref("request", request_id), actor, out_of=target)
    return request


def answer_with(book: Book, request_id: str, initiative: str, actor: Actor) -> Request:
    """Say which initiative answers a request; an open request is planned from then on."""
    require(actor, "answer_request", Ref("request", request_id))
    request = _live(book, request_id)
    book.link(Link(Ref("request", request_id), "answered_by", Ref("initiative", initiative)), actor)
    book.log("request.answered", Ref("request", request_id), actor, initiative=initiative)
    if request.status == "open":
        set_status(book, request_id, "planned", actor)
    return request


def withdraw_answer(book: Book, request_id: str, initiative: str, actor: Actor) -> None:
    """Say that an initiative does not answer a request after all; its status stays for a person to judge."""
    require(actor, "answer_request", Ref("request", request_id))
    if not book.unlink(Ref("request", request_id), "answered_by", Ref("initiative", initiative)):
        raise Conflict(f"{request_id} is not answered by {initiative} here.", "Reload to see its present answers.")
    book.log("request.answer_withdrawn", Ref("request", request_id), actor, initiative=initiative)


def record_feedback(
    book: Book, body: str, actor: Actor, *, title: str = "", person_id: str = "", account_id: str = "",
    segment: str = "", channel: str = "call", kind: str = "idea", product: str = "", given_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Check and log feedback entered by hand; returns the row for the edge to land, for facts come from outside."""
    require(actor, "record_feedback", Ref("feedback", "new"))
    if not body.strip():
        raise BadInput("The feedback has no words.", "Write what was said, as it was said.")
    if channel not in CHANNELS or kind not in KINDS:
        raise BadInput(
            f"{channel!r} or {kind!r} is unknown.", f"Channels: {', '.join(CHANNELS)}. Kinds: {', '.join(KINDS)}."
        )
    if given_at is not None and given_at > book.now:
        raise BadInput("The feedback was given in the future.", "Give the moment at which it was said.")
    key = new_id("fb")
    book.log("feedback.recorded", Ref("feedback", key), actor, channel=channel, account=account_id)
    return {
        "feedback_id": key, "given_at": given_at or book.now, "title": title.strip() or _headline(body),
        "body": body.strip(), "person_id": person_id or None, "account_id": account_id or None, "channel": channel,
        "kind": kind, "product": product or None, "segment": segment or None, "votes": 1,
    }  # fmt: skip


def _headline(body: str) -> str:
    first = body.strip().splitlines()[0]
    return first if len(first) <= 80 else first[:79].rsplit(" ", 1)[0] + "…"


def _title(title: str) -> str:
    if not title.strip():
        raise BadInput("A request needs a title.", "Say in a few words what people ask for.")
    if len(title) > 200:
        raise BadInput("The title is longer than 200 characters.", "Shorten it; the rest goes into the text.")
    return title


def _live(book: Book, request_id: str) -> Request:
    request = book.get(Request, request_id)
    if request.merged_into:
        raise Conflict(f"{request.title} was merged.", f"Use request {request.merged_into}, or take the merge back.")
    return request


def _links(book: Book, request_id: str) -> list[LinkRow]:
    return book.all(select(LinkRow).where(LinkRow.to_ref == f"request:{request_id}", LinkRow.kind == "asks_for"))


def _answers(book: Book, request_id: str) -> list[LinkRow]:
    query = select(LinkRow).where(LinkRow.from_ref == f"request:{request_id}", LinkRow.kind == "answered_by")
    return book.all(query)


def _redraw(book: Book, row: LinkRow, from_ref: Ref, to_ref: Ref, actor: Actor) -> None:
    """Move a joint, keeping when it was first drawn."""
    made_at, kind, confidence, why = row.made_at, row.kind, row.confidence, row.why
    book.remove(row)
    book.link(Link(from_ref, kind, to_ref, confidence, why), actor)
    fresh = book.find(LinkRow, (str(from_ref), kind, str(to_ref)))
    if fresh is not None:
        fresh.made_at = min(made_at, fresh.made_at)
