"""Sheets go to subscribers once for each span that has ended."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from callsheet.model.actor import Actor
from callsheet.people.actions import subscribe
from callsheet.people.records import Delivery
from callsheet.people.sending import send_queued
from callsheet.sheet.sending import send_due
from callsheet.store.workspace import Workspace
from tests.conftest import Clients

BOB = Actor("bob", "Bob", "member", "bob@example.org")
SUNDAY, MONDAY_EARLY, MONDAY = datetime(2026, 11, 22, 12), datetime(2026, 11, 23, 6, 59), datetime(2026, 11, 23, 7)


@pytest.fixture
def clock(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> object:
    def at(moment: datetime) -> int:
        monkeypatch.setattr(Workspace, "now", lambda _: moment)
        return send_due(workspace)

    return at


def subjects(workspace: Workspace) -> list[str]:
    with workspace.books.read() as book:
        return [row.subject for row in book.all(select(Delivery).order_by(Delivery.created_at))]


def test_the_week_is_sent_once_on_monday_at_seven(workspace: Workspace, clock: object) -> None:
    with workspace.books.change() as book:
        subscribe(book, "sheet:weekly", BOB, email=BOB.email, cadence="weekly")
    assert [clock(moment) for moment in (SUNDAY, MONDAY_EARLY, MONDAY, MONDAY)] == [0, 0, 1, 0]  # type: ignore[operator]
    assert subjects(workspace) == ["My product: Nothing needs a decision today"]
    send_queued(workspace)
    (mail,) = (workspace.state / "outbox").glob("*.eml")
    assert b"List-Unsubscribe: <http" in mail.read_bytes(), "who subscribed can leave"


def test_a_span_before_the_first_start_is_not_sent(workspace: Workspace, clock: object) -> None:
    with workspace.books.change() as book:
        subscribe(book, "sheet:weekly", BOB, email=BOB.email, cadence="weekly")
    assert clock(MONDAY) == 0  # type: ignore[operator]


def test_nobody_subscribed_sends_nothing_later_either(workspace: Workspace, clock: object) -> None:
    assert [clock(SUNDAY), clock(MONDAY)] == [0, 0]  # type: ignore[operator]
    with workspace.books.change() as book:
        subscribe(book, "sheet:weekly", BOB, email=BOB.email, cadence="weekly")
    assert clock(MONDAY) == 0  # type: ignore[operator]


def test_a_viewer_is_refused_before_the_addresses_are_looked_at(clients: Clients) -> None:
    assert clients.carol.post("/api/sheet/deliveries", json={"to": ["nobody"]}).status_code == 403
    assert clients.bob.post("/api/sheet/deliveries", json={"to": ["nobody"]}).status_code == 422
