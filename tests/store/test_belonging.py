"""The account of events whose clients say only once to which account a person belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pytest

from callsheet.model.intake import Parcel
from callsheet.store import belonging as module
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from tests.store.test_stream import MOMENT, NOON, ask, house

__all__ = ["house"]


def said(*rows: tuple[str, str], follow: bool = True, begin: int = 0, late: int = 0) -> Parcel:
    """Return a parcel of events as (whose, account); `begin` numbers the first."""
    count = len(rows)
    return Parcel(
        "web", NOON, [f"e{begin + number:04}" for number in range(count)],
        [MOMENT + 1_000_000 * (begin + number - late) for number in range(count)], ["opened"] * count,
        [whom for whom, _ in rows], [account for _, account in rows], [""] * count, ["{}"] * count,
        follows=list(range(count)) if follow else [],
    )  # fmt: skip


def accounts(house: DuckWarehouse) -> list[str | None]:
    return [one for (one,) in ask(house, "SELECT account_id FROM events ORDER BY event_id")]


def test_events_are_of_the_account_that_their_person_was_last_seen_with(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink.store([said(("ann", ""), ("ann", "acme"), ("ann", ""), ("ben", "")), said(("ann", ""), begin=4)])
    sink.store([said(("ann", "beta"), ("ann", ""), ("ben", "acme"), ("ben", ""), begin=5)])
    assert accounts(house) == [None, "acme", "acme", None, "acme", "beta", "beta", "acme", "acme"]


def test_others_keep_none_and_change_nothing(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink.store([said(("ann", "acme")), said(("ann", ""), ("ann", "beta"), follow=False, begin=1)])
    sink.store([said(("ann", ""), begin=3), said(("", ""), ("", "gamma"), ("", ""), begin=4)])
    assert accounts(house) == ["acme", None, "beta", "acme", None, "gamma", None]


def test_a_late_event_does_not_move_a_person_back(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink.store([said(("ann", "acme"), begin=1)])
    sink.store([said(("ann", "before"), ("ann", ""), begin=2, late=100)])
    assert accounts(house) == ["acme", "before", "acme"]


@pytest.mark.parametrize("seen_by", ["stream", "another source"])
def test_the_next_process_knows_it_too(house: DuckWarehouse, seen_by: str) -> None:
    first = DuckSink(house)
    first.store([said(("ann", "acme"), follow=seen_by == "stream")])
    first.settle()
    DuckSink(house).store([said(("ann", ""), ("ben", ""), begin=1)])
    assert accounts(house) == ["acme", "acme", None]


def test_so_does_one_that_begins_before_what_came_is_settled(house: DuckWarehouse) -> None:
    first = DuckSink(house)
    first.store([said(("ann", "acme"), ("ben", "acme"), begin=1)])
    first.settle()
    first.store([said(("ann", "beta"), begin=3), said(("ben", "before"), begin=4, late=100)])
    DuckSink(house).store([said(("ann", ""), ("ben", ""), begin=5)])
    assert accounts(house)[-2:] == ["beta", "acme"]


@pytest.mark.parametrize("restarted", [False, True])
def test_many_ids_are_known_and_the_newest_counts(
    house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch, restarted: bool
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    sink = DuckSink(house)
    for number, whom in enumerate("abcdefga"):
        sink.store([said((whom, f"account-{number}"), begin=number)])
    sink.store([said(("b", "before"), begin=8, late=100)])
    sink.settle()
    sink = DuckSink(house) if restarted else sink
    sink.store([said(*[(whom, "") for whom in "abcdefgh"], begin=9)])
    assert accounts(house)[9:] == ["account-7", *[f"account-{number}" for number in range(1, 7)], None]


def test_what_was_never_committed_is_not_known(house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = DuckSink(house)
    sink.store([said(("ann", "acme"))])
    sink.settle()

    def broken(*_: Any) -> None:
        raise duckdb.Error("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("callsheet.store.engines.duck_stream._insert", broken)
        with pytest.raises(duckdb.Error):
            sink.store([said(("ann", "beta"), begin=1)])
    sink.store([said(("ann", ""), begin=2)])
    assert accounts(house) == ["acme", "acme"]


def test_the_places_stay_right_where_a_deleted_persons_events_are_taken_out(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    with sink.changing() as cursor:
        sink.deleted.add(cursor, ["gone"], NOON + timedelta(days=1))
    given = said(("gone", ""), ("ann", "acme"), ("ann", ""), ("ann", ""))
    given.follows = [0, 1, 3]
    sink.store([given])
    assert accounts(house) == ["acme", None, "acme"]


def test_what_an_import_said_counts_until_it_is_undone(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink.store([said(("ben", "beta"), ("ann", ""))])
    row = {"event_id": "i1", "occurred_at": NOON, "event": "opened", "person_id": "ann", "account_id": "acme"}
    with house.batch("crm", "import") as batch:
        batch.merge("events", [row])
    sink.settle()
    sink.store([said(("ann", ""), ("ben", ""), begin=2)])
    house.undo(batch.info.id)
    sink.settle()
    sink.store([said(("cem", ""), ("ben", ""), begin=4)])
    assert accounts(house) == ["beta", None, "acme", "beta", None, "beta"]


def test_a_person_is_not_of_the_account_of_an_import_that_was_undone(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    row = {"event_id": "i1", "occurred_at": NOON, "event": "opened", "person_id": "ann", "account_id": "acme"}
    with house.batch("crm", "import") as batch:
        batch.merge("events", [row])
    sink.settle()
    sink.store([said(("ben", ""))])  # everybody is known now
    house.undo(batch.info.id)
    sink.settle()
    sink.store([said(("ann", ""), begin=1)])
    assert accounts(house) == [None, None]
