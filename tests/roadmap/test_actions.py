"""Goals, the board, promises, overrides, decisions and adoption, by role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict, NotAllowed, NotFound
from callsheet.model.actor import SYSTEM, Actor
from callsheet.roadmap import actions
from callsheet.roadmap.records import Initiative, PromiseChange, ScoreInput
from callsheet.store.book import Book, LinkRow, LogEntry
from callsheet.store.workspace import Workspace
from tests.roadmap.conftest import BOB, CAROL, NOW, ago

DAY = datetime(2026, 12, 4)
VERBS: dict[str, Callable[[Book, Actor], Any]] = {
    "add_goal": lambda book, who: actions.add_goal(book, "x", who),
    "change_goal": lambda book, who: actions.change_goal(book, "x", who, title="y"),
    "remove_goal": lambda book, who: actions.remove_goal(book, "x", who),
    "add_initiative": lambda book, who: actions.add_initiative(book, "x", who),
    "change_initiative": lambda book, who: actions.change_initiative(book, "x", who, title="y"),
    "remove_initiative": lambda book, who: actions.remove_initiative(book, "x", who),
    "move": lambda book, who: actions.move(book, "x", "now", who),
    "promise": lambda book, who: actions.promise(book, "x", DAY, who),
    "override_input": lambda book, who: actions.override_input(book, "x", "reach", 1, who, "y"),
    "clear_override": lambda book, who: actions.clear_override(book, "x", "reach", who),
    "predict": lambda book, who: actions.predict(book, "x", "m", 1, who),
    "decide": lambda book, who: actions.decide(book, "x", who),
    "review_decision": lambda book, who: actions.review_decision(book, "x", "y", who),
    "adopt": lambda book, who: actions.adopt(book, [], who),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_viewer_may_do_nothing(workspace: Workspace, verb: Callable[[Book, Actor], Any]) -> None:
    with workspace.books.change() as book, pytest.raises(NotAllowed):
        verb(book, CAROL)


def column(book: Book, stage: str) -> list[str]:
    query = select(Initiative).where(Initiative.stage == stage).order_by(Initiative.position)
    return [row.id for row in book.all(query)]


def test_cards_move_within_and_between_columns_and_back(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        for title in ("a", "b", "c"):
            actions.add_initiative(book, title, BOB, stage="next")
        assert actions.move(book, "c", "next", BOB, 0) == ("next", 2)
        assert column(book, "next") == ["c", "a", "b"]
        before = actions.move(book, "a", "now", BOB)
        assert (column(book, "next"), column(book, "now")) == (["c", "b"], ["a"])
        assert book.get(Initiative, "a").started_at == NOW
        actions.move(book, "a", before[0], BOB, before[1])
        assert column(book, "next") == ["c", "a", "b"]
        actions.move(book, "b", "done", BOB)
        assert book.get(Initiative, "b").done_at == NOW
        actions.move(book, "b", "now", BOB)
        assert book.get(Initiative, "b").done_at is None
        with pytest.raises(BadInput, match="stage"):
            actions.move(book, "b", "soon", BOB)
        verbs = [entry.verb for entry in book.all(select(LogEntry).order_by(LogEntry.id))]
        assert verbs.count("initiative.moved") == 4
        assert verbs.count("initiative.reordered") == 1


def test_a_promise_keeps_its_history(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        actions.add_initiative(book, "Import", BOB)
        actions.promise(book, "import", datetime(2026, 11, 1), BOB)
        with pytest.raises(BadInput, match="reason"):
            actions.promise(book, "import", DAY, BOB)
        actions.promise(book, "import", DAY, BOB, "Review takes long.")
        actions.promise(book, "import", DAY, BOB, "Said again.")  # the same day: nothing happened
        actions.promise(book, "import", None, BOB, "Not this year.")
        with pytest.raises(Conflict):
            actions.promise(book, "import", None, BOB, "Again.")
        changes = book.all(select(PromiseChange).order_by(PromiseChange.id))
        assert [(row.before_at, row.after_at) for row in changes] == [
            (None, datetime(2026, 11, 1)), (datetime(2026, 11, 1), DAY), (DAY, None)
        ]  # fmt: skip
        moved = book.all(select(LogEntry).where(LogEntry.verb == "initiative.promised"))[-1]
        assert moved.details["days"] == 33  # 1 November to 4 December


def test_a_goal_and_what_serves_it(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        with pytest.raises(BadInput, match="baseline"):
            actions.add_goal(book, "Grow", BOB, metric="usage.active_accounts", target=3)
        first = actions.add_goal(book, "Grow", BOB, metric="usage.active_accounts", baseline=1, target=3)
        second = actions.add_goal(book, "Keep", BOB)
        actions.add_initiative(book, "Import", BOB, goal=first.id)
        actions.change_initiative(book, "import", BOB, goal=second.id)
        served = [row.to_ref for row in book.all(select(LinkRow).where(LinkRow.kind == "serves"))]
        assert served == ["goal:keep"]
        with pytest.raises(Conflict):
            actions.remove_goal(book, second.id, BOB)
        actions.remove_goal(book, first.id, BOB)
        with pytest.raises(NotFound):
            actions.change_initiative(book, "import", BOB, goal="none-such")
        with pytest.raises(BadInput):
            actions.change_goal(book, second.id, BOB, metric="m", baseline=2.0, target=2.0)


INPUTS = {
    "unknown input": ("speed", None, 1, None, "why"),
    "outside its range": ("reach", 5, 1, 9, "why"),
    "effort 0": ("effort", None, 0, None, "why"),
    "confidence in per cent": ("confidence", None, 80, None, "why"),
    "negative": ("reach", None, -1, None, "why"),
    "no number": ("reach", None, float("nan"), None, "why"),
    "no reason": ("reach", None, 1, None, " "),
}


@pytest.mark.parametrize(("name", "low", "amount", "high", "reason"), INPUTS.values(), ids=INPUTS)
def test_an_override_is_checked(
    workspace: Workspace, name: str, low: float | None, amount: float, high: float | None, reason: str
) -> None:
    with workspace.books.change() as book:
        actions.add_initiative(book, "Import", BOB)
        with pytest.raises(BadInput) as told:
            actions.override_input(book, "import", name, amount, BOB, reason, low=low, high=high)
        assert told.value.mend


def test_an_override_is_replaced_and_cleared(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        actions.add_initiative(book, "Import", BOB)
        actions.override_input(book, "import", "impact", 2, BOB, "Seen before.")
        actions.override_input(book, "import", "impact", 3, BOB, "Seen twice.")
        assert book.get(ScoreInput, ("import", "impact")).amount == 3
        actions.clear_override(book, "import", "impact", BOB)
        assert not book.exists(ScoreInput, ("import", "impact"))


def test_a_decision_is_made_and_reviewed(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        two = [{"title": "a", "chosen": True}, {"title": "b", "chosen": True}]
        with pytest.raises(BadInput, match="chosen"):
            actions.decide(book, "Which", BOB, options=two)
        with pytest.raises(BadInput):
            actions.decide(book, "Which", BOB, ref="nonsense")
        key = actions.decide(book, "Which one?", BOB, options=two[:1], dissent="Eve: neither.").id
        with pytest.raises(BadInput, match="outcome"):
            actions.review_decision(book, key, " ", BOB)
        assert actions.review_decision(book, key, "It was right.", BOB).reviewed_at == NOW


def test_a_prediction_lies_in_its_range(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        actions.add_initiative(book, "Import", BOB)
        with pytest.raises(BadInput):
            actions.predict(book, "import", "usage.adoption", 5, BOB, low=6, high=9)
        assert actions.predict(book, "import", "usage.adoption", 5, BOB, low=2, high=9).predicted_by == "Bob"


def from_tool(key: str, title: str, state: str, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("team", "product", "category", "started_at", "done_at", "due_at", "owner"))
    return {"item_id": key, "title": title, "state": state, "created_at": ago(100), **empty, **more}


def test_a_roadmap_is_adopted_once_and_followed(workspace: Workspace) -> None:
    items = [
        from_tool("R1", "Operator", "near-term", team="ops"),
        from_tool("R2", "Images", "released", done_at=ago(9)),
    ]
    with workspace.books.change(NOW) as book:
        assert actions.adopt(book, items, SYSTEM) == {"added": 2, "changed": 0}
        assert actions.adopt(book, items, SYSTEM) == {"added": 0, "changed": 0}
        rows = {row.id: row for row in book.all(select(Initiative))}
        assert {key: (row.stage, row.source_ref) for key, row in rows.items()} == {
            "operator": ("next", "work:R1"), "images": ("done", "work:R2")
        }  # fmt: skip
        assert rows["images"].done_at == ago(9)
        assert book.find(LinkRow, ("initiative:operator", "built_by", "work:R1")) is not None


def test_what_people_changed_here_is_not_overwritten(workspace: Workspace) -> None:
    with workspace.books.change(NOW) as book:
        actions.adopt(book, [from_tool("R1", "Operator", "near-term")], SYSTEM)
        actions.change_initiative(book, "operator", BOB, title="The operator")
        later = [from_tool("R1", "Operator 2", "current", due_at=DAY)]
        assert actions.adopt(book, later, SYSTEM)["changed"] == 1
        row = book.get(Initiative, "operator")
        assert (row.title, row.stage, row.promised_at) == ("The operator", "now", DAY)
        actions.move(book, "operator", "later", BOB)
        actions.adopt(book, [from_tool("R1", "Operator 2", "released", due_at=DAY)], SYSTEM)
        assert book.get(Initiative, "operator").stage == "later"
