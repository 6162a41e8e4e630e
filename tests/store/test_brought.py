"""Events of files merge persons and tell traits as those of the stream do, and take both back with them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from callsheet.model.history import Ask, Mark
from callsheet.model.identity import merge_key
from callsheet.model.intake import Merge
from callsheet.store.persons import people_of, undo
from callsheet.store.workspace import Workspace
from tests.usage.streamed import DAY, Streamed, moment


def landed(workspace: Workspace, *rows: dict[str, Any]) -> str:
    """Import events and settle them; the batch's id. `hour` counts from DAY, `properties` become JSON."""
    given = [
        {
            "event_id": row.get("id") or f"file-{row['event']}-{row['who']}-{row.get('hour', 0)}", "event": row["event"],
            "occurred_at": moment(row.get("hour", 0)), "person_id": row["who"], "distinct_id": row["who"],
            "account_id": row.get("account"), "properties": json.dumps(row.get("properties", {})),
        }
        for row in rows
    ]  # fmt: skip
    with workspace.facts.batch("history", "import") as batch:
        batch.merge("events", given)
    workspace.stream.settle()
    return batch.info.id


def identified(anonymous: str, who: str, hour: float = 0, **more: Any) -> dict[str, Any]:
    return {"event": "$identify", "who": who, "hour": hour, "properties": {"$anon_distinct_id": anonymous, **more}}


def persons(workspace: Workspace, table: str = "events") -> dict[str, str]:
    """Return event -> person."""
    workspace.stream.settle()
    rows = workspace.facts.run(workspace.facts.tables()[table]).to_pylist()
    return {row["event"]: row["person_id"] for row in rows if not row["event"].startswith("$")}


TELL: dict[str, dict[str, Any]] = {
    "identify": identified("anon", "ann"),
    "identify of a table of Segment's": {"event": "$identify", "who": "ann", "properties": {"anonymousId": "anon"}},
    "alias": {"event": "$create_alias", "who": "ann", "properties": {"alias": "anon"}},
    "alias the other way": {"event": "$create_alias", "who": "anon", "properties": {"alias": "ann"}},
    "alias of a table of Segment's": {"event": "$create_alias", "who": "ann", "properties": {"previousId": "anon"}},
}


@pytest.mark.parametrize("case", TELL)
def test_a_files_merge_holds_for_files_and_stream_and_goes_with_its_file(workspace: Workspace, case: str) -> None:
    Streamed(workspace).did("anon", "streamed")
    before = landed(workspace, {"event": "imported", "who": "anon"})
    told = landed(workspace, TELL[case])
    assert len(set(persons(workspace).values())) == 1
    assert people_of(workspace).person_of("ann") == people_of(workspace).person_of("anon")
    Streamed(workspace).did("anon", "later")
    assert len(set(persons(workspace).values())) == 1
    workspace.facts.undo(told)
    assert set(persons(workspace).values()) == {"anon"}
    workspace.facts.undo(before)
    assert set(persons(workspace)) == {"streamed", "later"}


@pytest.mark.parametrize("how", ["file first", "stream first"])
def test_what_the_stream_says_as_well_stays_when_the_file_goes(workspace: Workspace, how: str) -> None:
    web = Streamed(workspace)

    def streamed() -> None:
        web.did("ann", "$identify", 5, **{"$anon_distinct_id": "anon"})
        web.merged("anon", "ann", hour=5)

    if how == "stream first":
        streamed()
    told = landed(workspace, identified("anon", "ann", 1))
    if how == "file first":
        streamed()
    web.did("anon", "seen")
    assert persons(workspace) == {"seen": "ann"}
    workspace.facts.undo(told)
    assert persons(workspace) == {"seen": "ann"}
    [row] = workspace.facts.run(workspace.facts.tables()["merges"]).to_pylist()
    assert (row["merged_at"], row["source"]) == (moment(5), "web")


def test_a_files_merge_that_somebody_has_undone_stays_undone(workspace: Workspace) -> None:
    told = landed(workspace, identified("anon", "ann"), {"event": "seen", "who": "anon"})
    key = merge_key(Merge("anon", "ann", "identify", "", DAY))
    undo(workspace, key, "alice", DAY + timedelta(days=1))
    assert persons(workspace) == {"seen": "anon"}
    workspace.facts.undo(told)
    landed(workspace, identified("anon", "ann"), {"event": "seen", "who": "anon"})
    assert persons(workspace) == {"seen": "anon"}


def test_a_file_again_with_another_user_moves_the_merge(workspace: Workspace) -> None:
    landed(workspace, {**identified("anon", "ann"), "id": "e1"}, {"event": "seen", "who": "anon"})
    assert persons(workspace) == {"seen": "ann"}
    landed(workspace, {**identified("anon", "bob"), "id": "e1"})
    assert persons(workspace) == {"seen": "bob"}


def traits(workspace: Workspace) -> set[tuple[str, str, str, str, datetime, bool]]:
    rows = workspace.facts.run(workspace.facts.tables()["traits"]).to_pylist()
    return {tuple(row[name] for name in ("unit", "unit_id", "name", "value", "since_at", "once")) for row in rows}


def test_traits_of_files_are_told_with_their_own_time(workspace: Workspace) -> None:
    text = json.dumps({"plan": "as text"})
    told = landed(
        workspace,
        {"event": "$identify", "who": "ann", "hour": 1, "properties": {"$set": {"name": "Ann", 'a"b': [1]}}},
        {"event": "opened", "who": "ann", "hour": 2, "properties": {"$set_once": {"first": True}, "$set": "no object"}},
        {"event": "$groupidentify", "who": "ann", "hour": 3, "account": "acme", "properties": {"$group_set": text}},
        {"event": "$groupidentify", "who": "ann", "hour": 4, "properties": {
            "$group_key": "acme", "$group_set": {"plan": "pro", "mrr": 10}, "$set": {},
        }},
    )  # fmt: skip
    assert traits(workspace) == {
        ("person", "ann", "name", '"Ann"', moment(1), False), ("person", "ann", 'a"b', "[1]", moment(1), False),
        ("person", "ann", "first", "true", moment(2), True),
        ("account", "acme", "plan", '"as text"', moment(3), False), ("account", "acme", "plan", '"pro"', moment(4), False),
        ("account", "acme", "mrr", "10", moment(4), False),
    }  # fmt: skip

    def accounts() -> list[tuple[str, str, float]]:
        rows = workspace.facts.run(workspace.facts.tables()["accounts"]).to_pylist()
        return [(row["account_id"], row["plan"], row["revenue"]) for row in rows]

    assert accounts() == [("acme", "pro", 120.0)]
    landed(workspace, {"event": "seen", "who": "bob"})
    assert len(traits(workspace)) == 6, "another file tells nothing twice"
    workspace.facts.undo(told)
    workspace.stream.settle()
    assert (traits(workspace), accounts()) == (set(), [])
    assert workspace.facts.run(workspace.facts.tables()["persons"]).num_rows == 0


def test_traits_of_files_are_taken_away_as_well(workspace: Workspace) -> None:
    landed(
        workspace,
        {"event": "opened", "who": "ann", "hour": 1, "properties": {"$set": {"plan": "pro", "role": "lead"}}},
        {"event": "opened", "who": "ann", "hour": 2, "properties": {"$unset": ["plan", 7], "$set_once": {"plan": "x"}}},
        {"event": "opened", "who": "ann", "hour": 3, "properties": {"$unset": {"role": ""}}},
        {"event": "opened", "who": "bob", "hour": 3, "properties": {
            "$process_person_profile": False, "$set": {"plan": "pro"}, "$unset": ["plan"],
        }},
    )  # fmt: skip
    assert traits(workspace) == {
        ("person", "ann", "plan", '"pro"', moment(1), False), ("person", "ann", "role", '"lead"', moment(1), False),
        ("person", "ann", "plan", '"x"', moment(2), True), ("person", "ann", "plan", "null", moment(2), False),
        ("person", "ann", "7", "null", moment(2), False), ("person", "ann", "role", "null", moment(3), False),
    }  # fmt: skip


def test_null_in_a_file_takes_a_trait_away(workspace: Workspace) -> None:
    """As it does in what clients send."""
    landed(
        workspace,
        {"event": "$identify", "who": "ann", "hour": 1, "properties": {"$set": {"role": "lead"}}},
        {"event": "$groupidentify", "who": "ann", "hour": 1, "account": "acme", "properties": {"$group_set": {"plan": "pro"}}},
        {"event": "$groupidentify", "who": "ann", "hour": 2, "account": "acme", "properties": {"$group_set": {"plan": None}}},
        {"event": "$identify", "who": "ann", "hour": 2, "properties": {"$set": {"role": None}}},
    )  # fmt: skip
    assert {(name, value) for _, _, name, value, since, _ in traits(workspace) if since == moment(2)} == {
        ("plan", "null"), ("role", "null"),
    }  # fmt: skip
    assert workspace.histories.values("account.plan") == workspace.histories.values("person.role") == []
    assert workspace.facts.run(workspace.facts.tables()["accounts"]).num_rows == 0


def test_a_deleted_person_is_not_brought_back_by_a_file(workspace: Workspace) -> None:
    from callsheet.store.persons import sink_of

    sink = sink_of(workspace)
    with sink.changing() as cursor:
        sink.deleted.add(cursor, ["gone"], DAY)
    landed(
        workspace, identified("gone", "ann"), {"event": "$identify", "who": "gone", "properties": {"$set": {"a": 1}}}
    )
    assert workspace.facts.run(workspace.facts.tables()["merges"]).num_rows == 0
    assert traits(workspace) == set()


def test_a_deleted_person_beside_another_id_is_not_brought_back_either(workspace: Workspace) -> None:
    from callsheet.store.persons import sink_of

    sink = sink_of(workspace)
    with sink.changing() as cursor:
        sink.deleted.add(cursor, ["gone"], DAY)
    row = {"event": "seen", "occurred_at": DAY, "distinct_id": "tablet", "properties": "{}"}
    with workspace.facts.batch("history", "import") as batch:
        batch.merge("events", [row | {"event_id": f"e-{who}", "person_id": who} for who in ("gone", "ann")])
    assert persons(workspace) == {"seen": "ann"}


def test_an_id_of_a_deleted_person_does_not_come_back_beside_another(workspace: Workspace) -> None:
    """Somebody else uses a device of theirs: the row stays, and the id among its properties goes."""
    from callsheet.store.persons import sink_of

    with sink_of(workspace).changing() as cursor:
        sink_of(workspace).deleted.add(cursor, ["device-of-gone"], DAY)
    row = {"event": "seen", "occurred_at": DAY, "person_id": "ann", "properties": '{"a": 1}'}
    asked = Ask((Mark(),), DAY - timedelta(days=1), DAY + timedelta(days=1), label="properties.$sent_distinct_id")
    with workspace.facts.batch("history", "import") as batch:
        batch.merge("events", [row | {"event_id": one, "distinct_id": one} for one in ("device-of-gone", "tablet")])
    assert len(workspace.histories.read(asked)) == 2
    assert persons(workspace) == {"seen": "ann"}
    assert sorted(workspace.histories.read(asked).labels) == ["[removed]", "tablet"]
    told = workspace.facts.run(workspace.facts.tables()["events"]).column("properties").to_pylist()
    assert not any("device-of-gone" in one for one in told)
