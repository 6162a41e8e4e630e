"""The session of an event is a field like any other, wherever the event came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from callsheet.base.config import EventsSettings
from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.elsewhere import Elsewhere
from callsheet.store.workspace import Workspace
from tests.usage.streamed import moment
from tests.usage.wire.sending import rows, send

FIELDS = ("session_id", "properties.$session_id")


def test_segments_session_is_a_property_too() -> None:
    event = {"type": "track", "userId": "ann", "event": "Opened", "context": {"sessionId": 17}}
    done, _ = send("/v1/batch", {"batch": [event, {**event, "properties": {"$session_id": "own"}}]})
    assert [(row["session_id"], row["properties"]["$session_id"]) for row in rows(done)] == [("17", 17), ("17", "own")]


@pytest.mark.parametrize("field", FIELDS)
def test_sessions_of_a_file_can_be_asked_for(
    workspace: Workspace, client: TestClient, tmp_path: Path, field: str
) -> None:
    file = tmp_path / "events.csv"
    lines = [f"u{n},opened,ann,{moment(n).isoformat()},{session}" for n, session in enumerate(["s1", "s1", "s2", ""])]
    file.write_text("\n".join(["uuid,event,distinct_id,timestamp,session_id", *lines]), encoding="utf-8")
    imports.run(workspace, file, SYSTEM, kind="events")
    workspace.stream.settle()
    table = workspace.facts.tables()["events"]
    found = workspace.facts.run(table.order_by("event_id")).to_pylist()
    assert [row["session_id"] for row in found] == ["s1", "s1", "s2", None]
    assert json.loads(found[0]["properties"]) == {"$session_id": "s1"}

    def asked(**question: Any) -> Any:
        body = {"kind": "trends", "span": {"since": "2026-11-09", "until": "2026-11-11"}, **question}
        got = client.post("/api/usage/answers", json=body)
        assert got.status_code == 200, got.text
        return got.json()["answer"]

    shown = asked(series=[{"events": ["opened"]}], breakdown={"by": field})
    assert {(line["group"], line["total"]) for line in shown["lines"]} >= {("s1", 2), ("s2", 1)}
    only = asked(series=[{"events": ["opened"], "where": [{"field": field, "values": ["s1"]}]}])
    assert only["lines"][0]["total"] == 2
    long = asked(series=[{"events": ["opened"], "where": [{"field": "session.duration", "op": "gt", "values": [0]}]}])
    assert long["lines"][0]["total"] == 2, "both of s1"
    by_events = asked(series=[{"events": ["opened"]}], breakdown={"by": "session.events"})
    assert {(line["group"], line["total"]) for line in by_events["lines"]} == {("2", 2), ("1", 1), ("", 1)}
    sessions = asked(kind="sessions", by=field)
    assert sessions["sample"] == 3, "s1, s2, and a row of its own"


def test_sessions_of_a_table_elsewhere_can_be_asked_for(tmp_path: Path) -> None:
    table = pa.table({
        "ts": [moment(n) for n in range(3)], "name": ["opened"] * 3, "who": ["ann"] * 3, "visit": ["v1", "v1", None],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "there.parquet")
    names = {"occurred_at": "ts", "event": "name", "person_id": "who", "session_id": "visit"}
    settings = EventsSettings(engine="duckdb", path=str(tmp_path / "there.parquet"), map=names)
    house = Elsewhere(DuckWarehouse(None), settings)
    events = house.tables()["events"]
    found = house.run(events.order_by("occurred_at").select("session_id", "properties.$session_id")).to_pydict()
    assert found == {"session_id": ["v1", "v1", None], "properties.$session_id": ["v1", "v1", None]}
    house.close()
