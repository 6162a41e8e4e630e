"""Years of events from files: who is known by a distinct id, properties as JSON and as columns of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callsheet.base.errors import BadInput
from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.stack.files.recipe import recipe
from callsheet.store.workspace import Workspace
from tests.stack.conftest import Write

CSV = (
    "uuid,event,distinct_id,timestamp,properties,plan,seats\n"
    'u1,opened,ann,2019-02-03T04:05:06Z,"{""pages"": 3, ""plan"": ""old""}",pro,4\n'
    "u2,closed,bob,2019-02-04T04:05:06Z,not json,,\n"
)


def brought(workspace: Workspace, path: Path, **options: Any) -> list[dict[str, Any]]:
    """Import a file as events and return them, their properties read."""
    imports.run(workspace, path, SYSTEM, kind="events", **options)
    table = workspace.facts.tables()["events"]
    rows = workspace.facts.run(table.order_by("occurred_at")).to_pylist()
    return [row | {"properties": json.loads(row["properties"])} for row in rows]


def test_a_csv_of_years_ago(workspace: Workspace, write: Write) -> None:
    rows = brought(workspace, write("events.csv", CSV))
    assert [(row["event_id"], row["event"], row["distinct_id"], row["person_id"]) for row in rows] == [
        ("u1", "opened", "ann", "ann"), ("u2", "closed", "bob", "bob"),
    ]  # fmt: skip
    assert rows[0]["occurred_at"].year == 2019
    assert [row["properties"] for row in rows] == [
        {"pages": 3, "plan": "pro", "seats": "4"}, {"properties": "not json"},
    ]  # fmt: skip


def test_parquet_keeps_types_and_objects(workspace: Workspace, tmp_path: Path) -> None:
    table = pa.table({
        "uuid": ["u1"], "event": ["opened"], "distinct_id": ["ann"], "timestamp": pa.array([1549166706000], pa.timestamp("ms")),
        "properties": ['{"pages": 3}'], "seats": [4], "share": [0.5], "paid": [True], "nothing": pa.array([None], pa.string()),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "events.parquet")
    [row] = brought(workspace, tmp_path / "events.parquet")
    assert row["properties"] == {"pages": 3, "seats": 4, "share": 0.5, "paid": True}
    assert row["occurred_at"].isoformat() == "2019-02-03T04:05:06"


def test_json_lines_with_nested_properties(workspace: Workspace, write: Write) -> None:
    line = {"uuid": "u1", "event": "opened", "distinct_id": "ann", "timestamp": "2019-02-03T04:05:06Z",
            "properties": {"pages": 3, "$os": "Linux"}, "library": "js"}  # fmt: skip
    [row] = brought(workspace, write("events.jsonl", json.dumps(line) + "\n" + json.dumps({**line, "uuid": "u1"})))
    assert row["properties"] == {"pages": 3, "$os": "Linux", "library": "js"}


def test_the_same_file_again_brings_nothing(workspace: Workspace, write: Write) -> None:
    assert brought(workspace, write("a.csv", CSV)) == brought(workspace, write("a.csv", CSV))


def test_a_mapping_may_name_what_is_packed(workspace: Workspace, write: Write) -> None:
    given = {
        "event_id": "uuid", "event": "event", "occurred_at": "timestamp", "person_id": "distinct_id",
        "properties": {"pack": ["seats"]},
    }  # fmt: skip
    rows = brought(workspace, write("events.csv", CSV), mapping=given)
    assert [row["properties"] for row in rows] == [{"seats": "4"}, {}]
    with pytest.raises(BadInput, match="one of column, template, value or pack"):
        recipe("properties", {"pack": ["a"], "column": "b"}, str)
