"""The files of histories: made, followed, damaged, cut off, replaced while others read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callsheet.model.history import Ask, Mark, Where
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.histories import building, keeping, ordering
from callsheet.store.histories.indexed import IndexedHistories
from tests.store.histories import brute

START = datetime(2026, 3, 1)
EVER = (datetime(2000, 1, 1), datetime(2100, 1, 1))


def bring(house: DuckWarehouse, count: int, first: int = 0, **more: Any) -> str:
    """Land events: person n % 7, account n % 3 (none for 0), one an hour."""
    rows = [
        {"event_id": f"e{n}", "event": f"step {n % 4}", "person_id": f"p{n % 7}", "occurred_at": START + timedelta(hours=n),
         "account_id": f"a{n % 3}" if n % 3 else None, "properties": json.dumps({"n": n, "even": n % 2 == 0}) } | more
        for n in range(first, first + count)
    ]  # fmt: skip
    with house.batch("test", "events") as batch:
        batch.merge("events", rows)
    return str(batch.info.id)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DuckWarehouse]:
    opened = DuckWarehouse(tmp_path / "warehouse.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def open_them(house: DuckWarehouse, tmp_path: Path) -> Iterator[Callable[[], IndexedHistories]]:
    """Open histories over the same folder, as a process that begins anew does."""
    opened: list[IndexedHistories] = []

    def one() -> IndexedHistories:
        opened.append(IndexedHistories(tmp_path / "histories", house, least=5, most_new=5))
        return opened[-1]

    yield one
    for histories in opened:
        histories.close()


def same(histories: IndexedHistories, house: DuckWarehouse) -> None:
    """Check against the plain loop."""
    rows = house.run(house.tables()["events"]).to_pylist()
    for unit in ("person", "account"):
        ask = Ask(
            (Mark(("step 1", "step 2")), Mark((), (Where("properties.even", "is", (True,)),))), *EVER, unit, value="n"
        )
        found = histories.read(ask)
        assert (brute.lines(found), found.left_out) == brute.read(rows, ask, {})


def folders(path: Path) -> list[str]:
    return sorted(one.name for one in (path / "histories").glob("*"))


def test_a_base_is_made_and_found_again(house: DuckWarehouse, tmp_path: Path, open_them: Any) -> None:
    bring(house, 40)
    first = open_them()
    same(first, house)
    assert folders(tmp_path) == ["1"]
    first.close()
    made = (tmp_path / "histories" / "1" / "meta.json").stat().st_mtime_ns
    again = open_them()
    same(again, house)
    assert (tmp_path / "histories" / "1" / "meta.json").stat().st_mtime_ns == made
    bring(house, 3, 40)
    same(again, house)
    assert folders(tmp_path) == ["1"]


def test_units_keep_their_codes_when_the_base_is_made_anew(
    house: DuckWarehouse, tmp_path: Path, open_them: Any
) -> None:
    bring(house, 40)
    histories = open_them()
    codes = dict(zip(histories.read(Ask((Mark(),), *EVER)).unit.tolist(), range(40), strict=False))
    names = histories.read(Ask((Mark(),), *EVER)).names(codes)
    bring(house, 30, 40, person_id="a new one")
    same(histories, house)
    histories.settle()
    same(histories, house)
    assert folders(tmp_path) == ["2"]
    after = histories.read(Ask((Mark(),), *EVER))
    assert after.names(codes) == names


def damage(path: Path, name: str) -> None:
    file = path / "histories" / "1" / name
    held = bytearray(file.read_bytes())
    held[-3] ^= 0xFF
    file.write_bytes(held)


@pytest.mark.parametrize("name", ["key.npy", "moment.npy", "ids.bin", "meta.json"])
def test_a_damaged_file_is_noticed_and_all_is_made_anew(
    house: DuckWarehouse, tmp_path: Path, open_them: Any, name: str
) -> None:
    bring(house, 40)
    open_them().read(Ask((Mark(),), *EVER))
    damage(tmp_path, name)
    same(open_them(), house)


def test_a_missing_file_is_noticed(house: DuckWarehouse, tmp_path: Path, open_them: Any) -> None:
    bring(house, 40)
    open_them().read(Ask((Mark(),), *EVER))
    (tmp_path / "histories" / "1" / "postings.npy").unlink()
    same(open_them(), house)


def test_files_of_other_events_are_not_used(house: DuckWarehouse, tmp_path: Path, open_them: Any) -> None:
    """A warehouse that was restored has other events under the same numbers."""
    bring(house, 40)
    open_them().read(Ask((Mark(),), *EVER))
    with house.change() as cursor:
        cursor.execute("UPDATE events SET occurred_at = occurred_at + INTERVAL 1 DAY WHERE seq = 7")
    same(open_them(), house)


def test_an_undo_that_changes_rows_under_their_numbers(house: DuckWarehouse, open_them: Any) -> None:
    """The later import did not bring the account: what it inherited goes with the first import."""
    first = bring(house, 20)
    later = [{"event_id": f"e{n}", "event": "step 1", "person_id": "p1", "occurred_at": START} for n in range(10)]
    with house.batch("test", "events") as batch:
        batch.merge("events", later)
    histories = open_them()
    same(histories, house)
    ask = Ask((Mark(),), *EVER, "account")
    assert len(histories.read(ask)) == 13
    house.undo(first)
    same(histories, house)
    assert (len(histories.read(ask)), histories.read(ask).left_out) == (0, 10)


CUT_OFF = """
import os, sys
from pathlib import Path
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.histories import base, building
from callsheet.store.histories.indexed import IndexedHistories
folder = Path(sys.argv[1])
place = getattr(building.Build, sys.argv[2])
def cut(*given): os._exit(9)
setattr(building.Build, sys.argv[2], cut)
IndexedHistories(folder / "histories", DuckWarehouse(folder / "warehouse.duckdb"), least=5, most_new=5).events()
"""


@pytest.mark.integration
@pytest.mark.parametrize("place", ["_by_account", "_publish"])
def test_a_build_that_is_cut_off_leaves_nothing_wrong(tmp_path: Path, place: str) -> None:
    house = DuckWarehouse(tmp_path / "warehouse.duckdb")
    bring(house, 40)
    house.close()
    ended = subprocess.run([sys.executable, "-c", CUT_OFF, str(tmp_path), place], env=os.environ, check=False)
    assert ended.returncode == 9
    assert [one.partition("-")[0] for one in folders(tmp_path)] == ["building"]
    house = DuckWarehouse(tmp_path / "warehouse.duckdb")
    histories = IndexedHistories(tmp_path / "histories", house, least=5, most_new=5)
    same(histories, house)
    assert folders(tmp_path) == ["1"]
    histories.close()
    house.close()


def test_a_build_that_fails_leaves_the_present_one(
    house: DuckWarehouse, tmp_path: Path, open_them: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(house, 40)
    histories = open_them()
    same(histories, house)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building.Build, "_columns", full)
    bring(house, 30, 40)
    same(histories, house)
    histories.settle()
    same(histories, house)
    assert "1" in folders(tmp_path)


def test_reading_while_a_base_is_replaced(house: DuckWarehouse, open_them: Any) -> None:
    """Every answer is one of a moment: as many rows as were there before or after one of the imports."""
    bring(house, 60)
    histories = open_them()
    sizes = {60 + 20 * n for n in range(9)}
    seen: list[int] = []
    failed: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        try:
            while not done.is_set():
                found = histories.read(Ask((Mark(),), *EVER, label="event"))
                brute.lines(found)
                seen.append(len(found))
        except BaseException as why:
            failed.append(why)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(8):
        bring(house, 20, 60 + 20 * n)
        histories.events()
    histories.settle()
    done.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert set(seen) <= sizes
    same(histories, house)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Bases built beside stop when all rows are read, and go on when told: (one has got there, go on)."""
    there, go_on, order = threading.Event(), threading.Event(), building.Build._order

    def hold(build: building.Build, *given: Any) -> Any:
        if threading.current_thread().name == "histories-build":
            there.set()
            assert go_on.wait(20)
        return order(build, *given)

    monkeypatch.setattr(building.Build, "_order", hold)
    yield there, go_on
    go_on.set()


def test_a_property_asked_for_while_a_base_is_built(
    house: DuckWarehouse, open_them: Any, held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new base does not have it, which is not to say that all its rows lack it."""
    monkeypatch.setattr(keeping, "MOST_PROPERTIES", 0)
    bring(house, 40)
    histories, (there, go_on) = open_them(), held
    histories.events()
    bring(house, 30, 40)
    histories.events()
    assert there.wait(20)
    same(histories, house)
    go_on.set()
    histories.settle()
    same(histories, house)


def test_rows_that_change_while_a_base_is_built(
    house: DuckWarehouse, tmp_path: Path, open_them: Any, held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The undo lets all begin anew; what was built from rows as they were before must not take the place of that."""
    first = bring(house, 40)
    bring(house, 10, account_id="a7")
    with house.batch("test", "events") as batch:  # inherits the accounts, and loses them with the first import
        batch.merge("events", [
            {"event_id": f"e{n}", "event": "step 1", "person_id": "p1", "occurred_at": START} for n in range(20, 30)
        ])  # fmt: skip
    histories, (there, go_on) = open_them(), held
    same(histories, house)
    bring(house, 30, 40)
    histories.events()
    assert there.wait(20)
    house.undo(first)
    take, exchange, built = histories._keeper._take, histories._keeper._exchange, threading.Event()

    def late(base: Any) -> None:
        """What was built beside is there just before what is new takes its place."""
        go_on.set()
        assert built.wait(20)
        take(base)

    def told(base: Any) -> None:
        built.set()
        exchange(base)

    monkeypatch.setattr(histories._keeper, "_take", late)
    monkeypatch.setattr(histories._keeper, "_exchange", told)
    same(histories, house)
    histories.settle()
    same(histories, house)
    monkeypatch.undo()
    same(open_them(), house)


def test_beginnings_are_not_taken_for_those_of_rows_that_came_meanwhile(
    house: DuckWarehouse, open_them: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(house, 4)
    histories = open_them()
    view = histories._keeper.view

    def overtaken() -> Any:
        found = view()
        bring(house, 1, 100, person_id="late")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(histories._keeper, "view", overtaken)
        assert len(histories.created()) == 5, "four people, and code 0"
    assert len(histories.created()) == histories.read(Ask((Mark(),), *EVER)).size == 6


def test_nobody_deleted_is_named_in_a_file(house: DuckWarehouse, tmp_path: Path, open_them: Any) -> None:
    bring(house, 40, person_id="somebody private", properties='{"mail": "private@example.org"}')
    bring(house, 40, 40)
    histories = open_them()
    histories.values("properties.mail")
    with house.change() as cursor:
        cursor.execute("DELETE FROM events WHERE person_id = 'somebody private'")
    house.grow()
    histories.forget()
    histories.settle()
    same(histories, house)
    held = b"".join(file.read_bytes() for file in (tmp_path / "histories").rglob("*") if file.is_file())
    assert b"private" not in held
    assert b"p3" in held


def test_an_event_of_ten_thousand_properties(house: DuckWarehouse, open_them: Any) -> None:
    wide = json.dumps({f"property {n}": n for n in range(10_000)})
    bring(house, 12)
    bring(house, 2, 100, properties=wide)
    histories = open_them()
    for name, value in (("property 9999", 9999), ("n", 5)):
        found = histories.read(Ask((Mark((), (Where(f"properties.{name}", "is", (value,)),)),), *EVER))
        assert len(found) == (2 if value == 9999 else 1)


def test_more_rows_than_are_sorted_at_once(
    house: DuckWarehouse, open_them: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "AT_ONCE", 16)
    bring(house, 100)
    same(open_them(), house)


def test_what_is_prepared_need_not_be_made(house: DuckWarehouse, tmp_path: Path, open_them: Any) -> None:
    bring(house, 40)
    histories = open_them()
    histories.prepare()
    for thread in threading.enumerate():
        if thread.name == "histories-prepare":
            thread.join()
    assert folders(tmp_path) == ["1"]
    same(histories, house)


def test_nothing_at_all(open_them: Any) -> None:
    histories = open_them()
    assert len(histories.read(Ask((Mark(),), *EVER, "account", label="event", value="n"))) == 0
    assert len(histories.activity(Mark(), *EVER, "UTC")) == 0
    assert histories.events() == []
    assert histories.timeline("person", "p1") == []
    assert histories.values("properties.n") == []
