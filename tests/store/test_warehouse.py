"""Merging by natural key, and undo."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput, Conflict, NotFound
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.warehouse import Batch


def land(house: DuckWarehouse, rows: list[dict[str, Any]], table: str = "work") -> Any:
    with house.batch("test", table) as batch:
        batch.merge(table, rows)
    return batch.info


def work(house: DuckWarehouse) -> list[tuple[str, str | None]]:
    table = house.tables()["work"]
    return [(row["item_id"], row["title"]) for row in house.run(table.order_by("item_id")).to_pylist()]


@pytest.fixture
def house() -> DuckWarehouse:
    return DuckWarehouse(None)


def test_the_same_rows_again_change_nothing(house: DuckWarehouse) -> None:
    rows: list[dict[str, Any]] = [{"item_id": "a", "title": "A"}, {"item_id": "b", "title": None}]
    land(house, rows)
    counts = land(house, rows).counts["work"]
    assert (counts.inserted, counts.updated, counts.unchanged) == (0, 0, 2)


def test_the_last_of_two_rows_with_one_key_wins_and_is_counted(house: DuckWarehouse) -> None:
    info = land(house, [{"item_id": "a", "title": "first"}, {"item_id": "a", "title": "last"}])
    assert work(house) == [("a", "last")]
    assert info.counts["work"].duplicates == 1


def test_a_column_that_is_not_given_keeps_its_value(house: DuckWarehouse) -> None:
    land(house, [{"item_id": "a", "title": "A", "done_at": datetime(2025, 1, 1)}])
    land(house, [{"item_id": "a", "title": "B"}])
    row = house.run(house.tables()["work"]).to_pylist()[0]
    assert (row["title"], row["done_at"]) == ("B", datetime(2025, 1, 1))


def test_an_error_lands_nothing(house: DuckWarehouse) -> None:
    def fail(batch: Batch) -> None:
        batch.merge("work", [{"item_id": "a"}])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), house.batch("test", "work") as batch:
        fail(batch)
    assert work(house) == []
    assert house.batches() == []


def test_an_unknown_column_is_named(house: DuckWarehouse) -> None:
    with pytest.raises(BadInput, match="colour"):
        land(house, [{"item_id": "a", "colour": "red"}])


def test_a_row_without_its_key_is_refused(house: DuckWarehouse) -> None:
    with pytest.raises(BadInput, match="item_id"):
        land(house, [{"title": "A"}])


def test_undo_twice_is_a_conflict(house: DuckWarehouse) -> None:
    info = land(house, [{"item_id": "a"}])
    house.undo(info.id)
    with pytest.raises(Conflict):
        house.undo(info.id)
    with pytest.raises(NotFound):
        house.undo("imp_nothing")


def test_what_a_later_import_inherited_goes_with_the_undone_one(house: DuckWarehouse) -> None:
    """A brings the title, B a wrong one, C only the state. Without B the title is A's again, and the state C's."""
    land(house, [{"item_id": "a", "title": "right"}])
    wrong = land(house, [{"item_id": "a", "title": "wrong"}])
    land(house, [{"item_id": "a", "state": "open"}])
    land(house, [{"item_id": "a", "team": "data"}])
    house.undo(wrong.id)
    row = house.run(house.tables()["work"]).to_pylist()[0]
    assert (row["title"], row["state"], row["team"]) == ("right", "open", "data")


def test_what_only_the_undone_import_knew_is_gone(house: DuckWarehouse) -> None:
    first = land(house, [{"item_id": "a", "title": "wrong", "url": "x"}])
    land(house, [{"item_id": "a", "state": "open"}])
    house.undo(first.id)
    row = house.run(house.tables()["work"]).to_pylist()[0]
    assert (row["title"], row["url"], row["state"]) == (None, None, "open")


VALUES = st.sampled_from(["x", "y", None])
COLUMNS = st.sampled_from([("title",), ("state",), ("title", "state")])


@st.composite
def imports(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of one import: all bring the same columns."""
    columns = draw(COLUMNS)
    keys = draw(st.lists(st.sampled_from("abcd"), max_size=4))
    return [{"item_id": key} | {column: draw(VALUES) for column in columns} for key in keys]


def folded(versions: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    row: dict[str, Any] = {"title": None, "state": None}
    for _, brought in versions:
        row |= brought
    return row


@settings(max_examples=30, deadline=None)
@given(batches=st.lists(imports(), min_size=1, max_size=4), undone=st.data())
def test_undo_in_any_order_takes_back_just_that_import(batches: list[list[dict[str, Any]]], undone: Any) -> None:
    """Oracle: the versions of a key, each with the columns it brought, folded in order.

    An import that repeats what is there adds no version; undo removes its own.
    """
    house = DuckWarehouse(None)
    stacks: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    landed = []
    for number, rows in enumerate(batches):
        landed.append(land(house, rows))
        for key, row in {row["item_id"]: row for row in rows}.items():
            brought = {column: value for column, value in row.items() if column != "item_id"}
            stack = stacks.setdefault(key, [])
            if not stack or folded(stack) | brought != folded(stack):
                stack.append((number, brought))
    for number in undone.draw(st.lists(st.sampled_from(range(len(batches))), unique=True)):
        house.undo(landed[number].id)
        stacks = {key: [version for version in stack if version[0] != number] for key, stack in stacks.items()}
    table = house.run(house.tables()["work"]).to_pylist()
    found = {row["item_id"]: {"title": row["title"], "state": row["state"]} for row in table}
    assert found == {key: folded(stack) for key, stack in stacks.items() if stack}
    house.close()


def test_a_file_that_the_engine_has_shortened_opens_again(tmp_path: Path) -> None:
    """Undoing a large import frees blocks, and the engine cuts free blocks off the end of the file."""
    path = tmp_path / "warehouse.duckdb"
    for _ in range(3):
        house = DuckWarehouse(path)
        info = land(house, [{"item_id": str(number), "title": f"title {number}" * 9} for number in range(30_000)])
        house.close()
        house = DuckWarehouse(path)
        house.undo(info.id)
        house.close()
    DuckWarehouse(path).close()


def test_of_two_who_undo_at_once_one_is_told(house: DuckWarehouse) -> None:
    batch, waiting = land(house, [{"item_id": "a", "title": "A"}]).id, threading.Barrier(3)

    def undo() -> str:
        waiting.wait(5)
        try:
            return house.undo(batch).state
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        with house._write:
            both = [pool.submit(undo) for _ in range(2)]
            waiting.wait(5)
            threading.Event().wait(0.2)  # so that both have come as far as they can
        assert sorted(one.result(5) for one in both) == ["conflict", "undone"]


def test_events_of_one_moment_stay_in_the_order_of_their_file() -> None:
    """Paths and ties go by it; more rows than the engine reads in one piece, half of them with two ids."""
    with closing(DuckWarehouse(None)) as house:
        size = 300_000
        ids = [f"e{place * 7919 % size}" for place in range(size)]
        rows = {
            "event_id": ids, "occurred_at": [datetime(2026, 11, 1)] * size, "event": ["did"] * size,
            "person_id": ["ann"] * size, "distinct_id": ["ann", "tablet"] * (size // 2),
        }  # fmt: skip
        with house.batch("files", "import") as batch:
            batch.merge("events", pa.table(rows))
        events = house.tables()["events"]
        assert house.run(events.order_by("seq").select("event_id"))["event_id"].to_pylist() == ids
        with house.batch("files", "import") as batch:
            batch.merge("events", pa.table(rows | {"event": ["did again"] * size}))
        assert house.run(events.order_by("seq").select("event_id"))["event_id"].to_pylist() == ids
