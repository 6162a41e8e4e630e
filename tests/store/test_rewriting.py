"""The warehouse's file is exchanged while others read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from callsheet.base.errors import Busy
from callsheet.store.engines import duck
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_gate import Gate


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DuckWarehouse]:
    opened = DuckWarehouse(tmp_path / "facts.duckdb")
    with opened.batch("test", "work") as batch:
        batch.merge("work", pa.table({"item_id": ["a", "b"], "title": ["One", "Two"]}))
    yield opened
    opened.close()


def test_readers_wait_for_the_exchange_and_none_fails(house: DuckWarehouse) -> None:
    found: list[object] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                found.append(house.counts()["work"])
            except Exception as why:
                found.append(why)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        house.rewrite()
    over.set()
    for thread in threads:
        thread.join()
    assert len(found) > 20
    assert set(found) == {2}


def test_who_reads_for_too_long_is_told_to_try_again(house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "_PATIENCE", 0.1)
    with pytest.raises(Busy, match="written anew"), house.reading() as cursor:  # noqa: PT012 - raised on the way out
        exchange = threading.Thread(target=house.rewrite)
        exchange.start()
        exchange.join()
        cursor.execute("SELECT count(*) FROM work")
    assert house.counts()["work"] == 2, "the file that took the place of the old one stays open"


def test_who_uses_it_already_may_use_it_again_while_another_waits_to_be_alone() -> None:
    gate, done = Gate(), []
    waits = threading.Event()

    def exchange() -> None:
        waits.set()
        with gate.alone(10) as all_done:
            done.append(all_done)

    with gate.use():
        thread = threading.Thread(target=exchange)
        thread.start()
        waits.wait()
        with gate.use():
            assert not done
    thread.join()
    assert done == [True]
