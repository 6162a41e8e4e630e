"""What follows from the stream: each row settled exactly once, and versions that grow as seldom as they should."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from callsheet.model.intake import Trait
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from callsheet.store.stream import Stream
from tests.store.test_stream import NOON, ask, counts, house, parcel

__all__ = ["house"]


def toy(name: str, follows: str = "events") -> Any:
    """A settler that adds up in a table how many rows it was given."""

    def settle(cursor: Any, since: int, until: int) -> None:
        cursor.execute("CREATE TABLE IF NOT EXISTS toy (name VARCHAR, rows BIGINT)")
        found = cursor.execute(f"SELECT count(*) FROM {follows} WHERE seq > ? AND seq <= ?", [since, until]).fetchall()
        cursor.execute("INSERT INTO toy VALUES (?, ?)", [name, found[0][0]])
        if FAILING:
            raise ValueError(FAILING.pop())

    return SimpleNamespace(__name__=f"callsheet.store.settlers.{name}", settle=settle, FOLLOWS=follows)


FAILING: list[str] = []


def test_settlers_get_every_row_once_and_a_failure_is_taken_back(house: DuckWarehouse) -> None:
    sink = DuckSink(house)
    sink._settling._modules = [toy("a"), toy("t", "traits")]
    sink.store([parcel("e1", "e2", traits=[Trait("person", "ann", "plan", "1", NOON)])])
    FAILING.append("the settler breaks")
    with pytest.raises(ValueError, match="breaks"):
        sink.settle()
    sink.settle()
    sink.store([parcel("e3")])
    for _ in range(3):
        sink.settle()
    another = DuckSink(house)
    another._settling._modules = [toy("a"), toy("t", "traits")]
    another.settle()
    assert ask(house, "SELECT name, sum(rows)::BIGINT FROM toy GROUP BY 1 ORDER BY 1") == [("a", 3), ("t", 1)]


def test_the_version_grows_once_a_minute_and_moved_with_each_settling(
    house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("callsheet.store.stream.time.monotonic", lambda: now[0])
    stream = Stream(DuckSink(house))
    seen = []
    for number in range(8):
        now[0] += 20
        stream.sink.store([parcel(f"e{number}")])
        stream._carefully()
        seen.append((house.version, house.moved - house.version))
    assert [version for version, _ in seen] == [1, 1, 1, 2, 2, 2, 3, 3]
    assert [moved for _, moved in seen] == list(range(1, 9))
    stream._carefully()
    assert house.moved - house.version == 8, "nothing new, nothing moved"
    stream.settle()
    assert house.version == 4, "who asks for it by hand sees it at once"


def test_the_account_is_added_up_now_and_then(house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callsheet.store.engines.duck_settle._COMPACT_FROM", 10)
    sink = DuckSink(house)
    for number in range(12):
        sink.store([parcel(f"e{number}", "e0", received_at=NOON)])
    sink.settle()
    assert len(ask(house, "SELECT * FROM intake_counts")) == 3
    assert counts(house) == {("web", NOON, "received"): 24, ("web", NOON, "stored"): 12, ("web", NOON, "duplicate"): 12}
