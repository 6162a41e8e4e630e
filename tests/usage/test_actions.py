"""Decisions on features: who may take them, what is kept, what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict, NotAllowed, NotFound
from callsheet.model.actor import Actor
from callsheet.store.book import LogEntry
from callsheet.store.workspace import Workspace
from callsheet.usage import actions
from callsheet.usage.records import Feature

OUT = datetime(2026, 11, 1)


def verbs(workspace: Workspace) -> list[str]:
    """The log's verbs about features."""
    with workspace.books.read() as book:
        query = select(LogEntry).where(LogEntry.ref.like("feature:%")).order_by(LogEntry.id)
        return [entry.verb for entry in book.all(query)]


def test_a_feature_lives_and_its_log_says_how(workspace: Workspace, people: dict[str, Actor]) -> None:
    bob = people["bob"]
    with workspace.books.change(workspace.now()) as book:
        feature = actions.add_feature(book, "Bulk Import", bob, events=["rows_imported"], released_at=OUT)
        assert (feature.id, feature.stage) == ("bulk-import", "released")
        assert actions.add_feature(book, "Bulk import", bob).id == "bulk-import-2"
    with workspace.books.change(workspace.now()) as book:
        actions.change_feature(book, "bulk-import", bob, owner="ada")
        actions.change_feature(book, "bulk-import", bob, owner="ada")
        actions.retire_feature(book, "bulk-import", bob, "nobody used it")
    with workspace.books.change(workspace.now()) as book:
        retired = book.get(Feature, "bulk-import")
        assert (retired.stage, retired.retired_why, retired.retired_at) == (
            "retired",
            "nobody used it",
            workspace.now(),
        )
        restored = actions.restore_feature(book, "bulk-import", bob)
        assert (restored.stage, restored.retired_at) == ("released", None)
    told = ["feature.added", "feature.added", "feature.changed", "feature.retired", "feature.restored"]
    assert verbs(workspace) == told


def test_a_viewer_may_change_nothing(workspace: Workspace, people: dict[str, Actor]) -> None:
    carol = people["carol"]
    with workspace.books.change() as book:
        for attempt in (
            lambda: actions.add_feature(book, "X", carol),
            lambda: actions.change_feature(book, "none", carol, name="Y"),
            lambda: actions.retire_feature(book, "none", carol, "why"),
            lambda: actions.restore_feature(book, "none", carol),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert verbs(workspace) == []


REFUSED = {
    "no name": ({"name": " "}, BadInput),
    "unknown stage": ({"stage": "launched"}, BadInput),
    "retired without a reason": ({"stage": "retired"}, BadInput),
    "unknown field": ({"colour": "red"}, BadInput),
    "a share written as per cent": ({"predicted_share": 30.0}, BadInput),
    "an event that is another's": ({"events": ["opened"]}, Conflict),
    "an event that means both seeing and using": ({"events": ["found"], "exposed_by": ["found"]}, BadInput),
    "a condition on nothing known": ({"could_use": [{"field": "account.shoes", "values": ["red"]}]}, BadInput),
    "a condition that is none": ({"could_use": [{"field": "account.plan", "like": "b"}]}, BadInput),
    "a condition without a value": ({"could_use": [{"field": "account.plan"}]}, BadInput),
    "an unknown operator": ({"could_use": [{"field": "account.plan", "op": "like", "values": ["b"]}]}, BadInput),
    "a prediction for no day": ({"predicted_days": 0}, BadInput),
    "no step of any way": ({"activation": 99}, BadInput),
}


@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(
    workspace: Workspace, people: dict[str, Actor], changes: dict[str, object], error: type[Exception]
) -> None:
    with workspace.books.change() as book:
        actions.add_feature(book, "Board", people["bob"], events=["opened"])
        actions.add_feature(book, "Search", people["bob"])
        with pytest.raises(error):
            actions.change_feature(book, "search", people["bob"], **changes)


def test_retirement_asks_for_a_reason_and_happens_once(workspace: Workspace, people: dict[str, Actor]) -> None:
    bob = people["bob"]
    with workspace.books.change() as book:
        actions.add_feature(book, "Board", bob)
        with pytest.raises(BadInput):
            actions.retire_feature(book, "board", bob, "  ")
        with pytest.raises(Conflict):
            actions.restore_feature(book, "board", bob)
        actions.retire_feature(book, "board", bob, "old")
        with pytest.raises(Conflict):
            actions.retire_feature(book, "board", bob, "again")
        with pytest.raises(NotFound):
            actions.change_feature(book, "nothing", bob, name="X")
