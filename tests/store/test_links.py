"""Links of both stores are read together, from memory or asked for, and never stale."""

from __future__ import annotations

import pytest

from callsheet.model.actor import SYSTEM
from callsheet.model.link import Link, Ref
from callsheet.store import links as module
from callsheet.store.links import Links
from callsheet.store.workspace import Workspace

A, B, C = Ref("request", "a"), Ref("initiative", "b"), Ref("release", "c")


def told(workspace: Workspace, ref: Ref) -> set[tuple[str, str, str]]:
    with workspace.books.read() as book:
        found = Links(workspace.facts, book).touching([ref])
    return {(str(link.from_ref), link.kind, str(link.to_ref)) for link in found}


def land(workspace: Workspace, *rows: tuple[Ref, str, Ref]) -> str:
    with workspace.facts.batch("test", "links") as batch:
        batch.merge("links", [{"from_ref": str(one), "kind": kind, "to_ref": str(two)} for one, kind, two in rows])
    return batch.info.id


@pytest.mark.parametrize("most", [50_000, 0])
def test_both_stores_and_both_ends(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(module, "MOST", most)
    land(workspace, (B, "ships_in", C))
    with workspace.books.change() as book:
        book.link(Link(A, "answered_by", B), SYSTEM)
    both = {("request:a", "answered_by", "initiative:b"), ("initiative:b", "ships_in", "release:c")}
    assert told(workspace, B) == both
    assert told(workspace, C) == {("initiative:b", "ships_in", "release:c")}
    assert told(workspace, Ref("release", "none")) == set()


def test_what_lands_or_is_undone_is_seen_at_once(workspace: Workspace) -> None:
    assert told(workspace, C) == set()
    batch = land(workspace, (B, "ships_in", C))
    assert len(told(workspace, C)) == 1
    workspace.facts.undo(batch)
    assert told(workspace, C) == set()


def test_a_link_in_both_stores_is_one(workspace: Workspace) -> None:
    land(workspace, (B, "ships_in", C))
    with workspace.books.change() as book:
        book.link(Link(B, "ships_in", C), SYSTEM)
    assert len(told(workspace, C)) == 1
