"""The schema registry against a count by hand over all rows, whatever names and types there are."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.model.intake import Parcel
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from callsheet.store.removed import note_removed
from callsheet.store.settlers import schema

NOON = datetime(2026, 11, 10, 12)
EPOCH = datetime(1970, 1, 1)
HARD = ("a", "a.b", "a'; DROP TABLE events; --", 'x"y', "\x00", "a\x00b", "naïve ☃ 𝔘", "", " ", "$lib", "]}")
NAMES = st.sampled_from(HARD)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.just([]), st.just({}),
    st.lists(st.integers(), max_size=2), st.dictionaries(NAMES, st.integers(), max_size=2),
)  # fmt: skip
EVENTS = st.tuples(NAMES, st.integers(0, 100), st.dictionaries(NAMES, VALUES, max_size=4))


def parcel(rows: list[tuple[str, int, dict[str, Any]]], source: str, start: int) -> Parcel:
    """Events (name, day after NOON, properties)."""
    made = Parcel(source, NOON)
    for number, (name, day, properties) in enumerate(rows, start):
        made.event_id.append(f"e{number}")
        made.moment.append((NOON + timedelta(days=day, seconds=number) - EPOCH) // timedelta(microseconds=1))
        made.event.append(name)
        made.distinct_id.append("ann")
        made.account_id.append("")
        made.session_id.append("")
        made.properties.append(json.dumps(properties))
    return made


def kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return {int: "number", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def table(house: DuckWarehouse, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = house.run(house.tables()[name]).to_pylist()
    return rows


def by_hand(house: DuckWarehouse) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
    """Count all rows one by one."""
    events: dict[Any, list[Any]] = defaultdict(list)
    properties: dict[Any, list[Any]] = defaultdict(list)
    days: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for row in table(house, "events"):
        name, moment = row["event"], row["occurred_at"]
        day = datetime(moment.year, moment.month, moment.day)
        events[name, row["source"] or ""].append(moment)
        days[name][day, "", ""] += 1
        for key, value in json.loads(row["properties"] or "{}").items():
            properties[name, key, kind(value)].append((moment, row["seq"]))
            days[name][day, key, kind(value)] += 1
    kept = {
        (name, key, type_, day): amount
        for name, found in days.items()
        for newest in [sorted({day for day, _, _ in found})[-schema.MOST_DAYS :]]
        for (day, key, type_), amount in found.items()
        if day in newest
    }
    return (
        {key: (min(found), max(found), len(found)) for key, found in events.items()},
        {
            key: (min(found)[0], max(found)[0], len(found), max(seq for _, seq in found))
            for key, found in properties.items()
        },
        kept,
    )


def registry(house: DuckWarehouse) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
    """The same, as it was kept."""
    return (
        {
            (row["event"], row["source"]): (row["first_seen"], row["last_seen"], row["amount"])
            for row in table(house, "seen_events")
        },
        {
            (row["event"], row["property"], row["type"]):
            (row["first_seen"], row["last_seen"], row["amount"], row["example"])
            for row in table(house, "seen_properties")
        },
        {
            (row["event"], row["property"], row["type"], row["day"]): row["amount"]
            for row in table(house, "seen_days")
        },
    )  # fmt: skip


def check(house: DuckWarehouse) -> None:
    seen, hand = registry(house), by_hand(house)
    assert seen[0] == hand[0]
    assert seen[1] == hand[1]
    assert seen[2] == hand[2]


@pytest.fixture
def house() -> Iterator[DuckWarehouse]:
    opened = DuckWarehouse(None)
    yield opened
    opened.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(EVENTS, min_size=1, max_size=8), max_size=4), st.integers(1, 5))
def test_what_is_kept_equals_a_count_by_hand(batches: list[list[Any]], at_once: int) -> None:
    house = DuckWarehouse(None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "AT_ONCE", at_once)
        sink, number = DuckSink(house), 0
        for place, rows in enumerate(batches):
            sink.store([parcel(rows, f"s{place % 2}", number)])
            number += len(rows)
            sink.settle()
        while sink.behind:
            sink.settle()
        check(house)
    house.close()


def test_old_days_go_and_a_late_row_of_one_changes_nothing(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    rows: list[Any] = [("a", day, {"p": day}) for day in range(100)]
    for number, row in enumerate([*rows, ("a", 3, {"p": "late"})]):
        sink.store([parcel([row], "web", number)])
    sink.settle()
    check(house)
    assert len({row["day"] for row in table(house, "seen_days")}) == schema.MOST_DAYS


def test_imports_are_counted_and_taking_one_back_counts_anew(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink.store([parcel([("a", 0, {"p": 1})], "web", 0)])
    given = [
        {"event_id": f"i{number}", "occurred_at": NOON, "event": "a", "properties": text, "person_id": "bob"}
        for number, text in enumerate(('{"p": "x"}', None, "no JSON", "[1]", '{"\\ud800": 1}', '{"a":' * 2000))
    ]
    with house.batch("file", "events") as batch:
        batch.merge("events", given)
    sink.settle()
    assert {(row["source"], row["amount"]) for row in table(house, "seen_events")} == {("web", 1), ("file", 6)}
    assert {(row["property"], row["type"]) for row in table(house, "seen_properties")} == {
        ("p", "number"), ("p", "string"),
    }  # fmt: skip
    house.undo(batch.info.id)
    sink.settle()
    check(house)
    assert {row["type"] for row in table(house, "seen_properties")} == {"number"}


def test_a_person_who_is_deleted_leaves_no_name_behind(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink.store([parcel([("a", 0, {"ann@example.org": 1})], "web", 0)])
    sink.settle()
    with house.change() as cursor:
        cursor.execute("DELETE FROM events")
        note_removed(cursor, "events")
    sink.settle()
    assert registry(house) == ({}, {}, {})


def test_bounds_are_told(house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MOST_EVENTS", 3)
    sink = DuckSink(house)
    wide = {f"p{number}": number for number in range(10_000)}
    sink.store([parcel([("wide", 0, wide), ("wide", 0, {"p1": 1})], "web", 0)])
    sink.store([parcel([(f"e{number}", 0, {"q": 1}) for number in range(7)], "web", 10)])
    sink.settle()
    rows = {row["event"]: row for row in table(house, "seen_events")}
    assert len(rows) == 3
    assert rows["wide"]["amount"] == 2
    assert rows["wide"]["cut"] == 1, "one row had properties beyond the bound"
    kept = [row["property"] for row in table(house, "seen_properties") if row["event"] == "wide"]
    assert kept[:2] == ["p0", "p1"]
    assert len(kept) == schema.MOST_PROPERTIES
    state = {row["name"]: row["value"] for row in table(house, "stream_state")}
    assert state[schema.UNLISTED] == "5"


def test_properties_of_all_events_have_a_bound_too(house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MOST_IN_ALL", 4)
    sink = DuckSink(house)
    sink.store([parcel([(f"e{number}", 0, {"p": 1, f"q{number}": 1}) for number in range(5)], "web", 0)])
    sink.settle()
    sink.store([parcel([("e0", 0, {"p": 1, "new": 1})], "web", 10)])
    sink.settle()
    assert len(table(house, "seen_properties")) == 4
    assert sum(row["cut"] for row in table(house, "seen_events")) == 4


def test_a_file_goes_on_where_it_was_left(tmp_path: Path) -> None:
    house = DuckWarehouse(tmp_path / "w.duckdb")
    sink = DuckSink(house)
    sink.store([parcel([("a", 0, {"p": 1})], "web", 0)])
    sink.settle()
    sink.store([parcel([("a", 1, {"p": True})], "web", 1)])
    house.close()
    house = DuckWarehouse(tmp_path / "w.duckdb")
    DuckSink(house).settle()
    check(house)
    house.close()
