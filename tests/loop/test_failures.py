"""A consequence that fails is seen, and can be tried again."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.base.errors import BadInput
from callsheet.findings.lifecycle import current, refresh
from callsheet.loop import reactions
from callsheet.loop.consequences import Happened
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.store.workspace import Workspace


def test_a_failure_is_a_finding_until_it_is_carried_out(
    workspace: Workspace, clients: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, done = [True], []

    def tell_someone(happened: Happened) -> None:
        if broken[0]:
            raise BadInput("no such address")
        done.append(happened.entry.ref)

    monkeypatch.setattr(reactions, "ON", {"release.published": [tell_someone]})
    with workspace.books.change() as book:
        book.log("release.published", Ref("release", "1"), SYSTEM)
    while reactions.react(workspace):
        pass
    refresh(workspace)
    with workspace.books.read() as book:
        found = [row for row in current(book) if row.detector == "failed_consequence"]
    assert found[0].sentence == "Tell someone, after release.published: no such address"

    assert clients.carol.post("/api/consequences/retries").status_code == 403
    assert clients.bob.post("/api/consequences/retries").json() == {"tried": 1, "failed": 1}
    broken[0] = False
    assert clients.bob.post("/api/consequences/retries").json() == {"tried": 1, "failed": 0}
    assert done == ["release:1"]
    refresh(workspace)
    with workspace.books.read() as book:
        assert "failed_consequence" not in [row.detector for row in current(book)]
