"""The sender: takes queued messages and sends them through their channels.

Each message is claimed in one transaction and settled in another, so a message that went out is never sent
again, and one that was under way when the process was killed is sent at the next run: at least once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from sqlalchemy import or_, select, update

from callsheet.base.errors import CallsheetError
from callsheet.base.parts import walk
from callsheet.base.time import utc_now
from callsheet.people import actions, rules
from callsheet.people.channel import CHANNELS, Message, NotNow, Post, Refused, Unreachable, channel_named
from callsheet.people.records import Delivery, Subscription
from callsheet.store.book import Book
from callsheet.store.workspace import Workspace

log = logging.getLogger("callsheet.sending")
FEED = "feed"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long a message that could not be sent waits: after its first try, its second, and so on."""


def send_queued(workspace: Workspace) -> dict[str, int]:
    """Send everything that is queued; returns how many were `sent`, `failed`, `bounced` and put off (`waiting`).

    One process sends at a time (the worker). A channel, or a webhook's host, that cannot be reached is not
    tried again in this run. What could not be sent is tried again after WAITS, then it is failed.
    """
    if not CHANNELS:
        list(walk("callsheet.people.channels"))
    counts = {"sent": 0, "failed": 0, "bounced": 0, "waiting": 0}
    down: dict[str, str] = {}
    post = Post(workspace.config, workspace.state / "outbox")
    for message, channel in _claimed(workspace):
        state, error = _send(message, channel, post, down)
        counts[_settle(workspace, message.id, state, error)] += 1
    return counts


def _claimed(workspace: Workspace) -> list[tuple[Message, str]]:
    with workspace.books.read() as book:
        due = or_(Delivery.next_try_at.is_(None), Delivery.next_try_at <= utc_now())
        if not book.count(select(Delivery.id).where(Delivery.state.in_(("queued", "sending")), due)):
            return []
    with workspace.books.change(workspace.now()) as book:
        book.session.execute(update(Delivery).where(Delivery.state == "sending").values(state="queued"))
        waiting = book.all(
            select(Delivery).where(Delivery.state == "queued", due).order_by(Delivery.created_at, Delivery.id)
        )
        return [(_message(workspace, book, actions.mark_sending(book, one.id)), one.channel) for one in waiting]


def _message(workspace: Workspace, book: Book, one: Delivery) -> Message:
    return Message(
        id=one.id, ref=one.ref, name=one.name, email=one.email, target=one.target, subject=one.subject,
        text=one.body_text, html=one.body_html, leave=_leave(workspace, book, one),
    )  # fmt: skip


def _leave(workspace: Workspace, book: Book, one: Delivery) -> str:
    """The unsubscribe link of the subscription that this message answers, if any."""
    kind, _, key = one.ref.partition(":")
    topics = (one.ref, kind, key.replace("-", ":", 1))  # the sheet is told as workspace:sheet-weekly
    query = select(Subscription).where(
        Subscription.email == one.email, Subscription.topic.in_(topics), Subscription.unsubscribed_at.is_(None)
    )
    found = book.all(query) if one.email else []
    if not found:
        return ""
    base = workspace.config.workspace.base_url.rstrip("/")
    return f"{base}/unsubscribe?token={quote(rules.token(workspace.key, found[0].id))}"


def _send(message: Message, channel: str, post: Post, down: dict[str, str]) -> tuple[str, str]:
    if channel == FEED:
        return "sent", ""  # the feed shows it; nothing goes out
    host = f"{channel} {_host(message.target)}"
    if channel in down or host in down:
        return "skipped", down.get(channel) or down[host]
    try:
        channel_named(channel)(message, post)
    except Unreachable as why:
        down[channel] = str(why)
        return "waiting", str(why)
    except NotNow as why:
        if why.where:
            down[f"{channel} {why.where}"] = str(why)
        return "waiting", str(why)
    except Refused as why:
        return ("bounced" if why.bounced else "failed"), str(why)
    except CallsheetError as why:
        return "failed", str(why)
    except Exception as why:  # a plug-in channel must not stop the others
        log.exception("channel %s broke", channel)
        return "failed", f"The channel {channel} broke: {type(why).__name__}."
    return "sent", ""


def _host(target: str) -> str:
    try:
        return urlsplit(target).hostname or ""
    except ValueError:  # not an address; the channel says so
        return ""


def _settle(workspace: Workspace, delivery_id: str, state: str, error: str) -> str:
    """Write down how it went; returns what became of the message."""
    with workspace.books.change(workspace.now()) as book:
        if state == "sent":
            actions.mark_sent(book, delivery_id)
            return state
        again = _next_try(book, delivery_id, state)
        if again is not None:
            actions.put_off(book, delivery_id, error, again, tried=state == "waiting")
            return "waiting"
        actions.mark_failed(book, delivery_id, error, bounced=state == "bounced")
        return "bounced" if state == "bounced" else "failed"


def _next_try(book: Book, delivery_id: str, state: str) -> datetime | None:
    """When to try again, if ever; what was skipped has not been tried and keeps its turn."""
    if state not in ("waiting", "skipped"):
        return None
    tries = book.get(Delivery, delivery_id).tries
    if state == "skipped":
        return utc_now() + WAITS[0]
    return utc_now() + WAITS[tries - 1] if tries <= len(WAITS) else None
