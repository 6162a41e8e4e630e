"""What came in last, with which the live tail begins."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from callsheet.store.workspace import Workspace
from tests.usage.streamed import Streamed


def newest(client: TestClient, **query: Any) -> list[tuple[str, str]]:
    rows = client.get("/api/usage/tail/newest", params=query).json()
    return [(row["state"], row["event"] or row["code"]) for row in rows]


def test_the_tail_begins_with_what_came_in_last(client: TestClient, workspace: Workspace) -> None:
    web, app = Streamed(workspace), Streamed(workspace, "app")
    web.did("ann", "opened", hour=1, plan="pro")
    app.did("ben", "closed", hour=2)
    web.did("ben", "opened_again", hour=3)
    web.refused('{"distinct_id": "cat"}')
    with workspace.facts.batch("history", "events") as batch:
        batch.merge("events", [{"event_id": "old", "event": "imported", "person_id": "ann"}])
    stored = [("stored", "opened_again"), ("stored", "closed"), ("stored", "opened")]
    assert newest(client) == [*stored, ("refused", "no_event")], "what was imported did not come in"
    assert newest(client, size=2) == stored[:2]
    assert newest(client, source="app") == stored[1:2]
    assert newest(client, event="OPENED") == [stored[0], stored[2]]
    assert newest(client, person="ben") == stored[:2]
    assert newest(client, person="cat") == [("refused", "no_event")]
    row = client.get("/api/usage/tail/newest", params={"event": "opened", "person": "ann"}).json()[0]
    assert (row["source"], row["distinct_id"], row["properties"]) == ("web", "ann", {"plan": "pro"})
