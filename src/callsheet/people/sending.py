"""The sender: takes queued messages and sends them through their channels.

Each message is claimed in one transaction and settled in another, so a message that went out is never sent
again, and one that was under way when the process was killed is sent at the next run: at least once.
"""

from __future__ import annotations

import logging
from urllib.parse import quote

from sqlalchemy import select, update

from callsheet.base.errors import CallsheetError
from callsheet.base.parts import walk
from callsheet.people import actions, rules
from callsheet.people.channel import CHANNELS, Message, Post, Refused, Unreachable, channel_named
from callsheet.people.records import Delivery, Subscription
from callsheet.store.book import Book
from callsheet.store.workspace import Workspace

log = logging.getLogger("callsheet.sending")
FEED = "feed"


def send_queued(workspace: Workspace) -> dict[str, int]:
    """Send everything that is queued; returns how many were `sent`, `failed` and `bounced`.

    One process sends at a time (the worker). A channel that cannot be reached is not tried again in this
    run: its messages are failed with the reason, to be sent again by a person.
    """
    if not CHANNELS:
        list(walk("callsheet.people.channels"))
    counts = {"sent": 0, "failed": 0, "bounced": 0}
    down: dict[str, str] = {}
    post = Post(workspace.config, workspace.state / "outbox")
    for message, channel in _claimed(workspace):
        state, error = _send(message, channel, post, down)
        counts[state] += 1
        _settle(workspace, message.id, state, error)
    return counts


def _claimed(workspace: Workspace) -> list[tuple[Message, str]]:
    with workspace.books.read() as book:
        if not book.count(select(Delivery.id).where(Delivery.state.in_(("queued", "sending")))):
            return []
    with workspace.books.change(workspace.now()) as book:
        book.session.execute(update(Delivery).where(Delivery.state == "sending").values(state="queued"))
        waiting = book.all(
            select(Delivery).where(Delivery.state == "queued").order_by(Delivery.created_at, Delivery.id)
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
    if channel in down:
        return "failed", down[channel]
    try:
        channel_named(channel)(message, post)
    except Unreachable as why:
        down[channel] = str(why)
        return "failed", str(why)
    except Refused as why:
        return ("bounced" if why.bounced else "failed"), str(why)
    except CallsheetError as why:
        return "failed", str(why)
    except Exception as why:  # a plug-in channel must not stop the others
        log.exception("channel %s broke", channel)
        return "failed", f"The channel {channel} broke: {type(why).__name__}."
    return "sent", ""


def _settle(workspace: Workspace, delivery_id: str, state: str, error: str) -> None:
    with workspace.books.change(workspace.now()) as book:
        if state == "sent":
            actions.mark_sent(book, delivery_id)
        else:
            actions.mark_failed(book, delivery_id, error, bounced=state == "bounced")
