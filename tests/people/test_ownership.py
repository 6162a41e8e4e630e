"""Ownership: standing by rule, gaps in the report, and decisions that outweigh imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from callsheet.base.errors import BadInput, Conflict, NotAllowed
from callsheet.base.time import cadence_period
from callsheet.metrics.reader import reading
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.people import actions
from callsheet.people.rules import Claim, absence_factor, standing
from callsheet.store.workspace import Workspace

JAN, FEB, MAR, NOW = (datetime(2026, month, 1) for month in (1, 2, 3, 6))
STANDINGS = {
    "one owner": ([Claim("ada", JAN, None)], ("owned", ("ada",), JAN, "")),
    "no claim": ([], ("none", (), None, "")),
    "ended": ([Claim("ada", JAN, MAR)], ("none", (), MAR, "ada")),
    "not yet": ([Claim("ada", datetime(2027, 1, 1), None)], ("none", (), None, "")),
    "two": ([Claim("ada", JAN, None), Claim("bo", FEB, None)], ("many", ("ada", "bo"), FEB, "")),
    "left": ([Claim("cy", JAN, None)], ("gone", ("cy",), FEB, "cy")),
    "left, and another here": ([Claim("cy", JAN, None), Claim("bo", JAN, None)], ("owned", ("bo",), JAN, "")),
    "decided here wins": ([Claim("ada", JAN, None), Claim("bo", FEB, None, True)], ("owned", ("bo",), FEB, "")),
    "decided that nobody": ([Claim("ada", JAN, None), Claim("", MAR, None, True)], ("none", (), None, "")),
}


@pytest.mark.parametrize(("claims", "told"), STANDINGS.values(), ids=STANDINGS)
def test_standing(claims: list[Claim], told: tuple[Any, ...]) -> None:
    """By hand; cy left on 1 February."""
    found = standing(claims, NOW, {"cy": FEB})
    assert (found.state, found.owners, found.since, found.last_owner) == told


FACTORS = {"nobody": ({}, None), "alone": ({"a": 9}, 1), "even": (dict.fromkeys("abcd", 5), 2),
           "one makes half": ({"a": 4, "b": 2, "c": 2}, 1), "just under half": ({"a": 4, "b": 3, "c": 2}, 2)}  # fmt: skip


@pytest.mark.parametrize(("made", "factor"), FACTORS.values(), ids=FACTORS)
def test_absence_factor(made: dict[str, int], factor: int | None) -> None:
    """Half of the contributions is enough; counted by hand."""
    assert absence_factor(made) == factor


def test_gaps(owned: Workspace) -> None:
    """a is owned; b, c and d are not, each for its own reason; e is retired. One of four: 25%."""
    with reading(owned) as reader:
        rows = {row["title"]: row for row in reader.report("people.unowned").rows}
        share, load = reader.value("people.owned_share"), reader.value("people.load")
        single = {row["name"]: row["owners"] for row in reader.report("people.single_owner").rows}
    assert {title: row["state"] for title, row in rows.items()} == {"B": "none", "C": "many", "D": "gone"}
    assert (rows["B"]["since_at"], rows["B"]["last_owner"]) == (datetime(2026, 3, 1), "Bo")
    assert (share.amount, share.sample) == (25, 4)
    assert (load.amount, load.sample, load.left_out) == (1, 1, 3)
    assert single == {"A": 1, "B": 0, "D": 1}


def test_unknown_is_not_unowned(workspace: Workspace) -> None:
    """Components of which no tool says who owns them are left out, not called orphans."""
    with workspace.facts.batch("test", "rows") as batch:
        batch.merge("components", [{"component_id": "x", "name": "X", "active": None}])
    with reading(workspace) as reader:
        share = reader.value("people.owned_share")
        assert reader.report("people.unowned").rows == []
    assert (share.amount, share.left_out) == (None, 1)


def test_decisions_here_outweigh_imports(owned: Workspace, people: dict[str, Actor]) -> None:
    """bob gives c to bo, then ends it; each shows at once."""
    ref = Ref("component", "c")
    with owned.books.change() as book:
        actions.assign_owner(book, ref, "accountable", "bo", people["bob"])
        with pytest.raises(Conflict):
            actions.assign_owner(book, ref, "accountable", "bo", people["bob"])
    assert state_of(owned, "component:c") == ("owned", ["bo"])
    with owned.books.change() as book:
        actions.assign_owner(book, ref, "accountable", "ada", people["bob"])
    assert state_of(owned, "component:c") == ("owned", ["ada"])
    with owned.books.change() as book:
        actions.end_ownership(book, ref, "accountable", "ada", people["bob"])
    assert state_of(owned, "component:c") == ("none", [])


def state_of(workspace: Workspace, ref: str) -> tuple[str, list[str]]:
    """State and owners of an object."""
    with reading(workspace) as reader:
        row = next(row for row in reader.report("people.ownership").rows if row["ref"] == ref)
    return row["state"], row["owners"]


def test_who_may_assign(owned: Workspace, people: dict[str, Actor]) -> None:
    """Viewers may not; an unknown role and an empty name are refused."""
    ref = Ref("component", "c")
    with owned.books.change() as book:
        with pytest.raises(NotAllowed):
            actions.assign_owner(book, ref, "accountable", "bo", people["carol"])
        with pytest.raises(BadInput):
            actions.assign_owner(book, ref, "king", "bo", people["bob"])
        with pytest.raises(BadInput):
            actions.assign_owner(book, ref, "accountable", "", people["bob"])


def test_the_story(sample: Workspace, calm: Workspace) -> None:
    """With the story the billing API alone has no owner, for ten days; without it nothing is unowned."""
    with reading(sample) as reader:
        gaps = reader.report("people.unowned").rows
        weekly = reader.value("people.owned_share", cadence_period("weekly", sample.now()))
    assert [(row["ref"], row["state"], row["last_owner"]) for row in gaps] == [
        ("component:billing-api", "none", "Petra Vonholt")
    ]
    assert gaps[0]["since_at"] == datetime(2026, 11, 12, 10)
    assert weekly.amount is not None
    assert 95 < weekly.amount < 100
    with reading(calm) as reader:
        assert reader.report("people.unowned").rows == []
        assert reader.value("people.owned_share").amount == 100


def test_absence_by_repository(workspace: Workspace) -> None:
    """Merges, commits older than a year and commits without an author do not count."""
    now = workspace.now()
    row = {"repo": "web", "committed_at": now.replace(microsecond=0), "parents": 1}
    authors = ["a", "a", "b", "c", None]
    commits = [row | {"commit_id": str(n), "author": author} for n, author in enumerate(authors)]
    commits += [row | {"commit_id": "m", "author": "z", "parents": 2},
                row | {"commit_id": "o", "author": "z", "committed_at": datetime(2020, 1, 1)}]  # fmt: skip
    with workspace.facts.batch("test", "rows") as batch:
        batch.merge("commits", commits)
    with reading(workspace) as reader:
        found = reader.report("people.absence_factor")
    assert [(one["repo"], one["absence_factor"], one["contributors"], one["top_share"]) for one in found.rows] == [
        ("web", 1, 3, 50.0)
    ]
    assert (found.sample, found.left_out) == (4, 1)


def test_the_roadmap_says_who_owns_what_nobody_else_does(workspace: Workspace, people: dict[str, Actor]) -> None:
    """An initiative's owner on the roadmap counts until an owner is decided; one that is done needs none."""
    from callsheet.roadmap.records import Initiative

    made = {"open": ("now", "ada"), "lost": ("next", ""), "over": ("done", "")}
    with workspace.books.change() as book:
        for key, (stage, owner) in made.items():
            book.add(Initiative(id=key, title=key.title(), stage=stage, owner=owner, created_at=datetime(2026, 1, 1)))
    with reading(workspace) as reader:
        rows = {row["ref"]: (row["title"], row["state"]) for row in reader.report("people.ownership").rows}
    assert rows == {"initiative:open": ("Open", "owned"), "initiative:lost": ("Lost", "none")}
    with workspace.books.change() as book:
        actions.assign_owner(book, Ref("initiative", "open"), "accountable", "bo", people["bob"])
    assert state_of(workspace, "initiative:open") == ("owned", ["bo"])
