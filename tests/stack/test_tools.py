"""The inventory: actions by role, and its reports against tables worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.base.errors import BadInput, Conflict, NotAllowed
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.sample import Company
from callsheet.stack import actions, demo
from callsheet.stack.api import badge
from callsheet.stack.rules import freshness, overlaps
from callsheet.store.book import LogEntry
from callsheet.store.workspace import Workspace

NOW = datetime(2026, 11, 22, 16)


def pinned(workspace: Workspace) -> None:
    workspace.config = Config(folder=workspace.folder, workspace=WorkspaceSettings(as_of="2026-11-22T16:00:00"))


def sample(workspace: Workspace, stories: frozenset[str] | None = None) -> None:
    pinned(workspace)
    company = Company(NOW) if stories is None else Company(NOW, stories=stories)
    with workspace.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with workspace.books.change(NOW) as book:
        demo.decide(book, company, SYSTEM)


def hours(count: float) -> datetime:
    return NOW - timedelta(hours=count)


STANDINGS: dict[str, tuple[datetime | None, datetime | None, str]] = {
    "an hour ago": (hours(1), None, "fresh"),
    "on the limit": (hours(48), None, "fresh"),
    "over the limit": (hours(48.1), None, "stale"),
    "failed after a good sync": (hours(3), hours(1), "failed"),
    "mended after a failure": (hours(1), hours(3), "fresh"),
    "failed at once": (None, hours(1), "failed"),
    "never": (None, None, "never"),
}


@pytest.mark.parametrize(("synced", "failed", "state"), STANDINGS.values(), ids=STANDINGS)
def test_where_a_source_stands(synced: datetime | None, failed: datetime | None, state: str) -> None:
    assert freshness(synced, failed, "", NOW, 2.0).state == state


def tool(key: str, capability: str, active: int, seats: int = 20, cost: float = 100.0) -> dict[str, Any]:
    return {"id": key, "title": key.upper(), "capability": capability, "active": active, "seats": seats, "cost": cost,
            "owner": "", "renewal_at": None, "notice_at": None}  # fmt: skip


OVERLAPS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "one is hardly used, the other well": ([tool("a", "x", 4), tool("b", "x", 18)], ["a"]),
    "both are used": ([tool("a", "x", 15), tool("b", "x", 18)], []),
    "just a quarter": ([tool("a", "x", 5), tool("b", "x", 18)], []),
    "neither is used": ([tool("a", "x", 1), tool("b", "x", 2)], []),
    "other capabilities": ([tool("a", "x", 1), tool("b", "y", 18)], []),
    "a free one costs nothing to keep": ([tool("a", "x", 1, cost=0), tool("b", "x", 18)], []),
}


@pytest.mark.parametrize(("tools", "wanted"), OVERLAPS.values(), ids=OVERLAPS)
def test_which_tools_overlap(tools: list[dict[str, Any]], wanted: list[str]) -> None:
    assert [row["tool"] for row in overlaps(tools)] == wanted


def test_the_sample_company_has_one_stale_source_and_one_overlap(workspace: Workspace) -> None:
    sample(workspace)
    with reading(workspace) as reader:
        stale = [row for row in reader.report("stack.freshness").rows if row["state"] != "fresh"]
        assert [(row["tool"], row["state"], round(row["days"], 1)) for row in stale] == [("desk", "stale", 3.1)]
        (overlap,) = reader.report("stack.overlap").rows
        assert (overlap["title"], overlap["other_title"], overlap["active"], overlap["seats"]) == (
            "Pollstone",
            "Askwall",
            4,
            25,
        )
        assert badge(reader) == "1 stale"
        # The ten tools of model/sample.py: 14,400 + 18,900 + 26,000 + 7,200 + 21,600 + 9,600 + 8,400 + 11,000 + 6,000
        # + 10,800
        assert reader.value("stack.cost").amount == 133_900
        # Seats less active: 8 + 4 + 9 + 4 + 2 + 4 + 13 + 2 + 5 + 21
        assert reader.value("stack.unused_seats").amount == 72
        assert (reader.value("stack.fresh_sources").amount, reader.value("stack.fresh_sources").sample) == (90.0, 10)


def test_an_undisturbed_company_raises_nothing(workspace: Workspace) -> None:
    sample(workspace, frozenset())
    with reading(workspace) as reader:
        assert {row["state"] for row in reader.report("stack.freshness").rows} == {"fresh"}
        assert reader.report("stack.overlap").rows == []
        assert badge(reader) is None
        assert all(row["covered"] for row in reader.report("stack.capabilities").rows)


def test_without_any_tool_there_is_no_figure(workspace: Workspace) -> None:
    with reading(workspace) as reader:
        values = [reader.value(f"stack.{name}") for name in ("cost", "fresh_sources", "unused_seats")]
    assert [(value.amount, value.sample) for value in values] == [(None, 0)] * 3


def test_a_tool_is_entered_changed_and_retired(workspace: Workspace, people: dict[str, Actor]) -> None:
    with workspace.books.change() as book:
        added = actions.add_tool(book, "Track well", "delivery", people["bob"], cost=100.0)
        assert added.id == "track-well"
        actions.change_tool(book, added.id, people["bob"], cost=120.0, owner="ada")
        actions.change_tool(book, added.id, people["bob"], cost=120.0)
        actions.retire_tool(book, added.id, people["bob"])
        with pytest.raises(Conflict, match="retired"):
            actions.change_tool(book, added.id, people["bob"], cost=1.0)
        actions.bring_back_tool(book, added.id, people["bob"])
        log = book.all(select(LogEntry).where(LogEntry.ref == "tool:track-well"))
    assert [entry.verb for entry in log] == ["tool.added", "tool.changed", "tool.retired", "tool.brought_back"]
    assert log[1].details["before"] == {"cost": 100.0, "owner": ""}


@pytest.mark.parametrize(
    ("fields", "said"), [({"title": " "}, "title"), ({"cost": -1.0}, "negative"), ({"colour": 1}, "colour")]
)
def test_a_tool_that_cannot_be_is_refused(workspace: Workspace, fields: dict[str, Any], said: str) -> None:
    with workspace.books.change() as book, pytest.raises(BadInput, match=said):
        actions.add_tool(book, **({"title": "T", "capability": "c"} | fields), actor=SYSTEM)


def test_a_viewer_changes_nothing(workspace: Workspace, people: dict[str, Actor]) -> None:
    with workspace.books.change() as book:
        actions.add_tool(book, "T", "docs", people["bob"], id="t")
        for act in (
            lambda: actions.add_tool(book, "U", "docs", people["carol"]),
            lambda: actions.change_tool(book, "t", people["carol"], cost=1.0),
            lambda: actions.retire_tool(book, "t", people["carol"]),
        ):
            with pytest.raises(NotAllowed):
                act()
