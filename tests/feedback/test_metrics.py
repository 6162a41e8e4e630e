"""Figures and reports on the six items of conftest, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callsheet.base.time import Period
from callsheet.feedback import actions
from callsheet.metrics.reader import Reader, reading
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Link, Ref
from callsheet.store.book import Book
from callsheet.store.workspace import Workspace
from tests.feedback.conftest import NOW, ago

MONTH = Period(ago(28), NOW + timedelta(hours=8))


@pytest.fixture
def filed(workspace: Workspace) -> Workspace:
    """`Import` (f1, f2, f3, opened 20 days ago) and `Slow board` (f4, f5; released 30 days ago); f6 unfiled."""
    with workspace.books.change(NOW) as book:
        for title, keys, days in (("Import", ("f1", "f2", "f3"), 20), ("Slow board", ("f4", "f5"), 60)):
            then = Book(book.session, ago(days))
            key = actions.open_request(then, title, SYSTEM).id
            for feedback in keys:
                actions.file_feedback(Book(book.session, ago(1)), feedback, [key], SYSTEM)
        actions.set_status(Book(book.session, ago(30)), "slow-board", "released", SYSTEM)
    return workspace


@pytest.fixture
def reader(filed: Workspace) -> Iterator[Reader]:
    with reading(filed) as opened:
        yield opened


def test_revenue_counts_each_account_once(reader: Reader) -> None:
    """Import waits: a1 (1,000, two messages) and a2 (500). The released board does not."""
    value = reader.value("feedback.revenue_waiting", MONTH)
    assert (value.amount, value.sample, value.left_out, value.unit) == (1500.0, 2, 0, "money")
    assert [row["account_id"] for row in reader.rows("feedback.revenue_waiting", MONTH)] == ["a1", "a2"]


def test_revenue_at_an_earlier_moment(reader: Reader) -> None:
    """35 days ago only the board waited: a2 (500) and a3, whose revenue is not known."""
    value = reader.value("feedback.revenue_waiting", Period(ago(50), ago(35)))
    assert (value.amount, value.sample, value.left_out) == (500.0, 1, 1)


def test_nothing_asked_is_no_data(workspace: Workspace) -> None:
    with reading(workspace) as reader:
        assert reader.value("feedback.revenue_waiting", MONTH).amount is None
        assert reader.value("feedback.open_requests", MONTH).amount is None
        assert reader.value("feedback.requesters", Period(ago(400), ago(300))).amount is None


def test_open_requests_at_the_end_of_the_period(reader: Reader) -> None:
    assert reader.value("feedback.open_requests", MONTH).amount == 1
    assert reader.value("feedback.open_requests", Period(ago(50), ago(35))).amount == 1
    assert reader.value("feedback.open_requests", Period(ago(29), ago(25))).amount == 0


def test_untriaged_now_and_before_anyone_looked(reader: Reader) -> None:
    """Everything was filed one day ago: two days ago all six of six waited, now only f6."""
    assert reader.value("feedback.untriaged", MONTH).amount == 1
    before = reader.value("feedback.untriaged", Period(ago(30), ago(1.5)))
    assert (before.amount, before.sample) == (6, 6)


def test_requesters_are_people_not_messages(reader: Reader) -> None:
    """In 28 days: u1 twice, u2 once, and one note that nobody signed."""
    value = reader.value("feedback.requesters", MONTH)
    assert (value.amount, value.sample, value.left_out) == (2, 3, 1)


def test_requests_with_the_demand_behind_them(reader: Reader) -> None:
    rows = {row["request"]: row for row in reader.report("feedback.requests", MONTH).rows}
    assert list(rows) == ["import", "slow-board"]  # most revenue first
    found = rows["import"]
    assert (found["requesters"], found["accounts"], found["revenue"], found["messages"]) == (2, 2, 1500.0, 3)
    assert (found["first_at"], found["last_at"]) == (ago(10), ago(2))
    assert found["segments"] == {"mid": 2}


def test_rising_counts_accounts(reader: Reader) -> None:
    """Import: a1 and a2 in the last 28 days, none in the 28 before. Board: a2 and a3 before (40, 45 days)."""
    rows = {row["request"]: row for row in reader.report("feedback.rising", MONTH).rows}
    assert (rows["import"]["customers"], rows["import"]["before"], rows["import"]["change"]) == (2, 0, 2)
    assert rows["import"]["new"] is True
    assert rows["import"]["revenue"] == 1500.0
    assert (rows["slow-board"]["customers"], rows["slow-board"]["before"]) == (0, 2)
    assert list(rows) == ["import", "slow-board"]


def test_the_inbox_suggests_what_is_like_it(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        for title, key in (("Import of files", "f3"), ("Slow board", "f5")):
            actions.file_feedback(book, key, [actions.open_request(book, title, SYSTEM).id], SYSTEM)
    with reading(workspace) as reader:
        rows = {row["feedback_id"]: row for row in reader.report("feedback.inbox", MONTH).rows}
    assert set(rows) == {"f1", "f2", "f4", "f6"}
    assert rows["f1"]["suggestions"][0]["request"] == "import-of-files"
    assert rows["f4"]["suggestions"][0]["request"] == "slow-board"
    assert rows["f6"]["suggestions"] == []
    assert rows["f1"]["account"] == "Account a1"
    assert rows["f1"]["person"] == "User 1"


def test_channels(reader: Reader) -> None:
    assert reader.report("feedback.channels", MONTH).rows == [
        {"channel": "support", "requesters": 2, "accounts": 2, "messages": 4, "untriaged": 1}
    ]


def test_demand_counts_an_account_once_over_requests(filed: Workspace) -> None:
    """a2 stands behind both requests that the initiative answers: a1 + a2 + a3 = 3 accounts, 1,500."""
    with filed.books.change(NOW) as book:
        actions.answer_with(book, "import", "imports", SYSTEM)
        book.link(Link(Ref("request", "slow-board"), "answered_by", Ref("initiative", "imports")), SYSTEM)
    with reading(filed) as reader:
        (row,) = reader.report("feedback.demand", MONTH).rows
    assert (row["requests"], row["requesters"], row["accounts"], row["revenue"]) == (2, 4, 3, 1500.0)
    assert (row["waiting_accounts"], row["waiting_revenue"]) == (2, 1500.0)


def test_a_merged_request_stands_under_the_other(filed: Workspace) -> None:
    with filed.books.change(NOW) as book:
        actions.merge_requests(book, "slow-board", "import", SYSTEM)
    with reading(filed) as reader:
        (row,) = reader.report("feedback.requests", MONTH).rows
    assert (row["request"], row["requesters"], row["accounts"]) == ("import", 4, 3)


def test_links_that_tools_know_of_count_too(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        actions.open_request(Book(book.session, ago(90)), "Import", SYSTEM)
    link = {"from_ref": "feedback:f1", "kind": "asks_for", "to_ref": "request:import", "confidence": 1.0, "why": ""}
    with workspace.facts.batch("portal", "test") as batch:
        batch.merge("links", [link])
    with reading(workspace) as reader:
        assert reader.report("feedback.requests", MONTH).rows[0]["requesters"] == 1
        assert reader.value("feedback.untriaged", MONTH).amount == 5
