"""Years of events from files: who is known by a distinct id, properties as JSON and as columns of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callsheet.base.config import Source
from callsheet.base.errors import BadInput, NotFound
from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.stack.files.recipe import recipe
from callsheet.stack.sync import run_source
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


def test_a_table_of_posthog_is_read_by_the_ids_that_its_clients_send(workspace: Workspace, write: Write) -> None:
    """Its `person_id` is a number of its own; clients that go on sending know nothing of it."""
    text = CSV.replace("distinct_id", "distinct_id,person_id").replace("ann", "ann,0195-a").replace("bob", "bob,0195-b")
    rows = brought(workspace, write("events.csv", text))
    assert [(row["person_id"], row["distinct_id"]) for row in rows] == [("ann", "ann"), ("bob", "bob")]
    assert rows[0]["properties"]["person_id"] == "0195-a"


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


def synced(workspace: Workspace, path: str, given: dict[str, Any]) -> dict[str, Any]:
    """Sync files of a pattern by a mapping."""
    source = Source("history", "file", path, map=given)
    workspace.config = replace(workspace.config, sources=(source,))
    return run_source(workspace, "history")


def test_files_of_a_pattern_are_one_source(workspace: Workspace, write: Write, tmp_path: Path) -> None:
    line = '{{"user": "{}", "page": "Home", "ts": {}}}\n'
    write("2020-01-02.jsonl", line.format("bob", 1577923200000) + line.format("eve", '"soon"') + "{broken\n")
    write("2020-01-01.jsonl", line.format("ann", 1577836800000) + line.format("ann", 1577836801000))
    given = {"table": "events", "event_id": "e{:line}", "event": "page", "person_id": "user", "occurred_at": "ts"}
    told = synced(workspace, str(tmp_path / "2020-*.jsonl"), given)
    assert told["counts"] | {"unchanged": 0} == {
        "rows": 5, "inserted": 3, "updated": 0, "unchanged": 0, "duplicates": 0, "quarantined": 2,
    }  # fmt: skip
    assert [(one["line"], one["error"].split(":")[0]) for one in told["errors"]] == [
        (4, "2020-01-02.jsonl, line 2"), (5, "2020-01-02.jsonl, line 3"),
    ]  # fmt: skip
    events = workspace.facts.tables()["events"]
    found = workspace.facts.run(events.order_by("event_id").select("event_id", "person_id")).to_pylist()
    assert [(row["event_id"], row["person_id"]) for row in found] == [("e1", "ann"), ("e2", "ann"), ("e3", "bob")]
    assert run_source(workspace, "history")["counts"]["rows"] == 0
    write("2020-01-03.jsonl", line.format("eve", 1578009600000))
    assert run_source(workspace, "history")["counts"]["inserted"] == 1
    with pytest.raises(NotFound, match="no file"):
        synced(workspace, str(tmp_path / "2021-*.jsonl"), given)


def test_cells_parted_by_blanks_and_fields_that_are_needed(workspace: Workspace, write: Write, tmp_path: Path) -> None:
    write(
        "sales.txt", " customer  day cds  dollars \n 0001 19970101  1   11.77\n 0001 19970101  2\n 0002 19970102 x 5\n"
    )
    given = {"table": "measures", "series": "=cds", "item": "{customer}/{:line}", "measured_at": "day", "amount": "cds"}
    told = synced(workspace, str(tmp_path / "sales.txt"), given)
    assert (told["counts"]["inserted"], told["counts"]["quarantined"]) == (1, 2)
    write("gaps.csv", "day,item,n\n2020-01-01,a,1\n2020-01-02,a,\n")
    given = {"table": "measures", "series": "=n", "item": "item", "measured_at": "day", "amount": "n"}
    told = synced(workspace, str(tmp_path / "gaps.csv"), given | {"required": ["amount"]})
    assert told["errors"][0]["error"].startswith("amount (column n is empty): measures cannot do without it")
    with pytest.raises(BadInput, match="requires unit but gives none"):
        synced(workspace, str(tmp_path / "gaps.csv"), given | {"required": ["unit"]})
