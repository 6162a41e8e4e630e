"""Figures and reports against tables worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from callsheet.base.time import Period
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.roadmap import actions
from callsheet.roadmap.metrics import evidence, promises
from callsheet.store.book import Book
from callsheet.store.workspace import Workspace
from tests.roadmap.conftest import BOB, NOW, ago

MONTH = Period(ago(28), NOW + timedelta(hours=8))
AHEAD = {
    "import": {
        "initiative": "import", "left": 12, "done": 3, "p50_days": 10, "p85_days": 15, "p95_days": 20,
        "finish_days": list(range(1, 100)), "coverage85": 0.8, "origins": 14, "why_not": "", "scope_added_28": 4,
        "review_share": 0.61, "sample_days": 180,
    },
}  # fmt: skip
WANTED = {
    "import": {"accounts": 20, "requesters": 23, "revenue": 9000.0, "requests": 2, "waiting_accounts": 5,
               "waiting_revenue": 4000.0},
    "alerts": {"accounts": 8, "requesters": 8, "revenue": 100.0, "requests": 1, "waiting_accounts": 0,
               "waiting_revenue": 0.0},
}  # fmt: skip


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What delivery and feedback would say."""
    for module in (promises, evidence):
        monkeypatch.setattr(module, "forecasts", lambda _facts: AHEAD)
        monkeypatch.setattr(module, "demands", lambda _facts, _period: WANTED)


def plan(
    book: Book, title: str, stage: str = "now", promised: datetime | None = None, done: datetime | None = None
) -> str:
    then = Book(book.session, ago(200))
    key = actions.add_initiative(then, title, BOB, stage=stage, team="data").id
    if promised:
        actions.promise(then, key, promised, BOB)
    if done:
        actions.move(Book(book.session, done), key, "done", BOB)
    return key


def test_promises_kept(workspace: Workspace) -> None:
    """Due in the last 90 days: kept on its very day, a day late, never done, dropped (left out).
    Not due: 91 days ago, and tomorrow. One of three is 33.3%."""
    with workspace.books.change(NOW) as book:
        plan(book, "kept", promised=ago(10), done=ago(10) + timedelta(hours=5))
        plan(book, "late", promised=ago(20), done=ago(19))
        plan(book, "never", promised=ago(5))
        actions.move(book, plan(book, "dropped", promised=ago(6)), "dropped", BOB)
        plan(book, "long ago", promised=ago(92), done=ago(93))
        plan(book, "tomorrow", promised=ago(-1))
    with reading(workspace) as reader:
        value = reader.value("roadmap.promises_kept", MONTH)
        rows = {row["initiative"]: row["kept"] for row in reader.rows("roadmap.promises_kept", MONTH)}
    assert value.amount == pytest.approx(100 / 3)
    assert (value.sample, value.left_out) == (3, 1)
    assert rows == {"kept": True, "late": False, "never": False}
    assert value.interval is not None
    assert value.interval[0] < 100 / 3 < value.interval[1]


def test_nothing_promised_is_no_data(workspace: Workspace) -> None:
    with reading(workspace) as reader:
        for name in ("promises_kept", "at_risk", "initiatives", "slipped"):
            assert reader.value(f"roadmap.{name}", MONTH).amount is None, name
        for name in ("promises", "scores", "slips", "goals", "portfolio", "decisions"):
            assert reader.report(f"roadmap.{name}", MONTH).rows == [], name


@pytest.mark.usefixtures("known")
def test_chance_of_a_promise(workspace: Workspace) -> None:
    """Outcomes of 1 to 99 days are equally likely. The end of 4 December is 12 days and 8 hours away: 12 of 99."""
    with workspace.books.change(NOW) as book:
        plan(book, "Import", promised=datetime(2026, 12, 4, 10))
        plan(book, "Alerts", promised=datetime(2026, 12, 31))
        plan(book, "Idea", stage="later")
    with reading(workspace) as reader:
        found = reader.report("roadmap.promises", MONTH)
        risk = reader.value("roadmap.at_risk", MONTH)
        past = reader.value("roadmap.at_risk", Period(ago(60), ago(30)))
    first, second = found.rows
    assert (first["initiative"], second["initiative"]) == ("import", "alerts")
    assert first["chance"] == pytest.approx(12 / 99)
    assert first["p85_at"] == NOW + timedelta(days=15)
    assert first["why"] == "review wait 61%; scope +4 this month"
    assert (first["accounts"], first["revenue"], first["left"]) == (5, 4000.0, 12)
    assert second["chance"] is None
    assert second["why_not"]
    assert (found.sample, found.left_out) == (1, 1)
    assert (risk.amount, risk.sample, risk.left_out) == (1, 1, 1)
    assert past.amount is None


@pytest.mark.usefixtures("known")
def test_scores_from_evidence(workspace: Workspace) -> None:
    """Import: 20 accounts, so confidence 100%; no items of the team are done, so effort is the stand-in 4 weeks."""
    with workspace.books.change(NOW) as book:
        plan(book, "Import")
        plan(book, "Alerts", stage="next")
        plan(book, "Unasked", stage="later")
        plan(book, "Old", done=ago(3))
        actions.override_input(book, "alerts", "reach", 500, BOB, "A partner brings them.")
    with reading(workspace) as reader:
        found = reader.report("roadmap.scores", MONTH)
    rows = {row["initiative"]: row for row in found.rows}
    assert list(rows) == ["alerts", "import", "unasked"]
    assert found.left_out == 1
    inputs = {one["input"]: one for one in rows["import"]["inputs"]}
    assert (inputs["reach"]["amount"], inputs["confidence"]["amount"], inputs["effort"]["amount"]) == (20, 1.0, 4.0)
    assert inputs["effort"]["sample"] == 0
    assert rows["import"]["demand"] == 9000.0
    reach = next(one for one in rows["alerts"]["inputs"] if one["input"] == "reach")
    assert (reach["amount"], reach["override"]["amount"]) == (8, 500)  # both stay visible
    assert rows["alerts"]["overrides"] == "reach"
    assert rows["unasked"]["score"] == 0
    assert rows["import"]["above_next"] == 1.0
    assert rows["unasked"]["above_next"] is None


@pytest.mark.usefixtures("known")
def test_effort_from_the_pace_of_the_team(workspace: Workspace) -> None:
    """24 items in 12 weeks are 2 a week; 12 items left are 6 weeks."""
    work = [
        {"item_id": f"w{n}", "kind": "task", "team": "data", "created_at": ago(90), "done_at": ago(n * 3 + 1)}
        for n in range(24)
    ]
    with workspace.facts.batch("tracker", "test") as batch:
        batch.merge("work", work)
    with workspace.books.change(NOW) as book:
        plan(book, "Import")
    with reading(workspace) as reader:
        effort = {one["input"]: one for one in reader.report("roadmap.scores", MONTH).rows[0]["inputs"]}["effort"]
    assert (effort["amount"], effort["sample"]) == (6.0, 24)
    assert effort["low"] < 6 < effort["high"]


def imported(workspace: Workspace) -> None:
    steps = [
        ("R1", 20, "current", "near-term"), ("R1", 10, "near-term", "current"), ("R2", 15, "preview", "released"),
        ("R3", 5, "future", "REMOVED"), ("R1", 60, "preview", "current"),
    ]  # fmt: skip
    with workspace.facts.batch("roadmap", "test") as batch:
        batch.merge("work", [{"item_id": f"R{n}", "kind": "initiative", "title": f"Plan {n}", "state": "current",
                              "created_at": ago(99)} for n in (1, 2, 3)])  # fmt: skip
        batch.merge("transitions", [{"item_id": key, "occurred_at": ago(days), "from_state": before, "to_state": after}
                                    for key, days, before, after in steps])  # fmt: skip


def test_slips_of_an_imported_roadmap(workspace: Workspace) -> None:
    """In 28 days R1 went back once and on once, R2 on, R3 was dropped. 60 days ago R1 had gone back too."""
    imported(workspace)
    with reading(workspace) as reader:
        found = reader.report("roadmap.slips", MONTH)
        value = reader.value("roadmap.slipped", MONTH)
    assert [(row["initiative"], row["turn"]) for row in found.rows] == [("R3", "dropped"), ("R1", "back")]
    assert (found.sample, found.left_out) == (4, 2)
    assert value.amount == 1


def test_slips_of_promises_and_of_the_board(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        key = plan(book, "Import", promised=datetime(2026, 11, 1))
        actions.promise(Book(book.session, ago(9)), key, datetime(2026, 11, 15), BOB, "Review.")
        actions.promise(Book(book.session, ago(8)), key, datetime(2026, 11, 10), BOB, "Cut.")
        actions.move(Book(book.session, ago(7)), key, "next", BOB)
    with reading(workspace) as reader:
        found = reader.report("roadmap.slips", MONTH)
        assert reader.value("roadmap.slipped", MONTH).amount == 1  # one initiative, though it slipped twice
    assert [(row["turn"], row["words"]) for row in found.rows] == [
        ("back", "went back"), ("earlier", "5 days earlier"), ("later", "14 days later")
    ]  # fmt: skip


def test_goals_are_measured(workspace: Workspace) -> None:
    """Three initiatives on the board; from 1 to 5 that is half of the way. A goal without a metric is left out."""
    with workspace.books.change(NOW) as book:
        actions.add_goal(book, "More", BOB, metric="roadmap.initiatives", baseline=1, target=5)
        actions.add_goal(book, "Words", BOB)
        actions.add_goal(book, "Gone", BOB, metric="none.such", baseline=1, target=5)
        for title in ("a", "b", "c"):
            actions.change_initiative(book, plan(book, title), BOB, goal="more")
    with reading(workspace) as reader:
        found = reader.report("roadmap.goals", MONTH)
    rows = {row["goal"]: row for row in found.rows}
    assert (rows["more"]["now"], rows["more"]["share"], rows["more"]["initiatives"]) == (3.0, 0.5, 3)
    assert rows["words"]["share"] is None
    assert rows["gone"]["now"] is None
    assert (found.sample, found.left_out) == (1, 2)


def test_decisions_due_for_review_come_first(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        actions.decide(Book(book.session, ago(50)), "Old", SYSTEM, review_at=ago(1))
        actions.decide(Book(book.session, ago(10)), "New", SYSTEM, review_at=ago(-30))
    with reading(workspace) as reader:
        rows = reader.report("roadmap.decisions", MONTH).rows
    assert [(row["decision"], row["due"]) for row in rows] == [("old", True), ("new", False)]


SCOPED: dict[str, Any] = {"team": "data"}


def test_a_scope_narrows(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        plan(book, "Import")
        actions.add_initiative(Book(book.session, ago(9)), "Other", BOB, team="web")
    with reading(workspace) as reader:
        assert reader.value("roadmap.initiatives", MONTH).amount == 2
        assert reader.value("roadmap.initiatives", MONTH, **SCOPED).amount == 1
