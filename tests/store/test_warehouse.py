"""Merging by natural key, and undo."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

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


ROWS = st.lists(
    st.fixed_dictionaries({"item_id": st.sampled_from("abcd"), "title": st.sampled_from(["x", "y", None])}), max_size=5
)


@settings(max_examples=25, deadline=None)
@given(batches=st.lists(ROWS, min_size=1, max_size=4), undone=st.data())
def test_undo_in_any_order_takes_back_just_that_import(batches: list[list[dict[str, Any]]], undone: Any) -> None:
    """Oracle: a stack of versions a key; an import that repeats the top adds none, undo removes its own."""
    house = DuckWarehouse(None)
    stacks: dict[str, list[tuple[int, str | None]]] = {}
    landed = []
    for number, rows in enumerate(batches):
        landed.append(land(house, rows))
        for key, title in {row["item_id"]: row["title"] for row in rows}.items():
            stack = stacks.setdefault(key, [])
            if not stack or stack[-1][1] != title:
                stack.append((number, title))
    for number in undone.draw(st.lists(st.sampled_from(range(len(batches))), unique=True)):
        house.undo(landed[number].id)
        stacks = {key: [version for version in stack if version[0] != number] for key, stack in stacks.items()}
    assert dict(work(house)) == {key: stack[-1][1] for key, stack in stacks.items() if stack}
    house.close()


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
