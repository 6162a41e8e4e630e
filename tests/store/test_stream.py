"""The stream: every event accounted for, each at most once, nothing of a failed group, and settling exactly once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.config import parse
from callsheet.base.errors import Busy, ConfigError, StorageFailed
from callsheet.base.time import utc_now
from callsheet.model.intake import Merge, Parcel, Refused, Taken, Trait
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from callsheet.store.stream import Stream
from callsheet.store.workspace import Workspace

NOON = datetime(2026, 11, 22, 12)
MOMENT = 1_795_000_000_000_000


def parcel(*ids: str, source: str = "web", received_at: datetime | None = None, **more: Any) -> Parcel:
    count = len(ids)
    who = more.pop("who", [f"anon-{one}" for one in ids])
    return Parcel(
        source, received_at or utc_now(), list(ids), [MOMENT + n for n in range(count)], ["opened"] * count, who,
        [""] * count, [""] * count, ["{}"] * count, **more,
    )  # fmt: skip


def ask(house: Any, statement: str) -> list[tuple[Any, ...]]:
    with house._cursor() as cursor:
        return list(cursor.execute(statement).fetchall())


def ids(house: Any) -> list[str]:
    return [str(one) for (one,) in ask(house, "SELECT event_id FROM events ORDER BY seq")]


def counts(house: Any) -> Counter[tuple[str, datetime, str]]:
    """The account by source, hour and outcome, and that it balances."""
    rows = ask(house, "SELECT source, hour, outcome, sum(amount)::BIGINT FROM intake_counts GROUP BY ALL")
    found = Counter({(source, hour, outcome): amount for source, hour, outcome, amount in rows})
    for source, hour in {(source, hour) for source, hour, _ in found}:
        parts = {what: amount for (one, when, what), amount in found.items() if (one, when) == (source, hour)}
        assert parts.pop("received", 0) == sum(parts.values())
    return found


@pytest.fixture
def house() -> DuckWarehouse:
    return DuckWarehouse(None)


@pytest.fixture
def stream(house: DuckWarehouse) -> Iterator[Stream]:
    opened = Stream(DuckSink(house), pause=0.01)
    yield opened
    opened.close()


def test_what_is_acknowledged_is_there_with_every_column(stream: Stream, house: DuckWarehouse) -> None:
    given = parcel("e1", "e2", received_at=NOON)
    given.account_id[0], given.session_id[1], given.properties[0] = "acme", "s-1", '{"a":"é\\u0000"}'
    assert stream.put(given).result(10) == Taken(2, 0, 0)
    columns = "event_id, event, distinct_id, person_id, account_id, session_id, properties, received_at, source, batch"
    assert ask(house, f"SELECT {columns}, seq FROM events ORDER BY seq") == [
        ("e1", "opened", "anon-e1", "anon-e1", "acme", None, '{"a":"é\\u0000"}', NOON, "web", "stream", 1),
        ("e2", "opened", "anon-e2", "anon-e2", None, "s-1", "{}", NOON, "web", "stream", 2),
    ]
    moments = ask(house, "SELECT epoch_us(occurred_at) FROM events ORDER BY seq")
    assert moments == [(MOMENT,), (MOMENT + 1,)]


def test_an_event_that_comes_again_is_counted_and_not_stored(stream: Stream, house: DuckWarehouse) -> None:
    taken = [stream.put(parcel(*names, received_at=NOON)).result(10) for names in ("aab", "bc", "", "abc")]
    assert taken == [Taken(2, 1, 0), Taken(1, 1, 0), Taken(0, 0, 0), Taken(0, 3, 0)]
    assert ids(house) == ["a", "b", "c"]
    assert counts(house) == {("web", NOON, "received"): 8, ("web", NOON, "stored"): 3, ("web", NOON, "duplicate"): 5}


ONE = st.tuples(
    st.lists(st.integers(0, 25).map(str), max_size=8), st.sampled_from(["web", "app"]), st.integers(0, 3),
    st.dictionaries(st.sampled_from(["blocked:r1", "sampled:r2"]), st.integers(1, 5)), st.integers(0, 1),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(groups=st.lists(st.lists(ONE, min_size=1, max_size=5), min_size=1, max_size=5))
def test_every_event_is_accounted_for_and_each_is_there_once(groups: Any) -> None:
    """Oracle: the ids in the order they came, each the first time; the account added up by hand."""
    house = DuckWarehouse(None)
    sink, stored, expected = DuckSink(house), list[str](), Counter[tuple[str, datetime, str]]()
    for group in groups:
        parcels = []
        for names, source, refused, aside, hours in group:
            hour = NOON + timedelta(hours=hours)
            parcels.append(parcel(*names, source=source, received_at=hour + timedelta(minutes=7), set_aside=aside))
            parcels[-1].refused = [Refused("raw", "no_user", "Nobody did it.")] * refused
            new = [name for place, name in enumerate(names) if name not in stored and name not in names[:place]]
            stored += new
            expected[source, hour, "received"] += len(names) + refused + sum(aside.values())
            expected[source, hour, "stored"] += len(new)
            expected[source, hour, "duplicate"] += len(names) - len(new)
            expected[source, hour, "refused:no_user"] += refused
            expected.update({(source, hour, what): amount for what, amount in aside.items()})
        sink.store(parcels)
    assert ids(house) == stored
    assert counts(house) == +expected
    house.close()


def test_refused_events_are_kept_even_when_they_are_no_text(stream: Stream, house: DuckWarehouse) -> None:
    given = parcel(
        "e1", refused=[Refused("\ud800 raw\x00", "bad_text", "It is no text."), Refused("b", "no_user", "-")]
    )
    assert stream.put(given).result(10) == Taken(1, 0, 2)
    rows = ask(house, "SELECT source, code, reason, raw, retried_at FROM refused ORDER BY refused_id")
    assert rows == [("web", "bad_text", "It is no text.", "? raw\x00", None), ("web", "no_user", "-", "b", None)]
    assert len(set(ask(house, "SELECT refused_id FROM refused"))) == 2


def test_what_a_repeated_event_says_is_not_said_twice(stream: Stream, house: DuckWarehouse) -> None:
    def said(*names: str) -> Parcel:
        traits = [Trait("person", "ann", "plan", f'"{name}"', NOON, event_id=name) for name in names]
        return parcel(*names, traits=traits, merges=[Merge("anon", "ann", "identify", names[0], NOON)])

    for names in (("e1", "e2"), ("e1", "e2"), ("e2", "e3"), ("e4", "e4")):
        stream.put(said(*names)).result(10)
    found = [value for (value,) in ask(house, "SELECT value FROM traits ORDER BY seq")]
    assert found == ['"e1"', '"e2"', '"e3"', '"e4"']
    assert ask(house, "SELECT from_id, into_id, event_id, source FROM merges") == [("anon", "ann", "e1", "web")]


def test_events_of_merged_ids_get_their_person(stream: Stream, house: DuckWarehouse) -> None:
    stream.put(parcel("e1", who=["anon"])).result(10)
    stream.put(parcel("e2", who=["ann"], merges=[Merge("anon", "ann", "identify", "e2", NOON)])).result(10)
    stream.put(parcel("e3", "e4", who=["anon", "bob"])).result(10)
    stream.settle()
    rows = ask(house, "SELECT event_id, distinct_id, person_id FROM events ORDER BY event_id")
    assert rows == [("e1", "anon", "ann"), ("e2", "ann", "ann"), ("e3", "anon", "ann"), ("e4", "bob", "bob")]


def test_a_parcel_that_no_column_holds_takes_no_other_down(house: DuckWarehouse) -> None:
    bad = parcel("bad")
    bad.event[0] = "\ud800"
    late = parcel("late")
    late.moment[0] = 2**70
    stream = Stream(DuckSink(house))
    with house._write:  # so that all of them are waiting when the next group is taken
        futures = [stream.put(one) for one in (parcel("e0"), bad, parcel("e1"), late, parcel("e2"))]
        time.sleep(0.2)
    results = [future.exception(10) for future in futures]
    assert [type(one) for one in results] == [type(None), UnicodeEncodeError, type(None), OverflowError, type(None)]
    assert sorted(ids(house)) == ["e0", "e1", "e2"]
    short = parcel("e3")
    short.event = []
    with pytest.raises(ValueError, match="different lengths"):
        stream.put(short)
    stream.close()


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next transaction fails at its last statement."""
    from callsheet.store.engines import duck_stream

    left, insert = ["once"], duck_stream._insert

    def fail(cursor: Any, statement: str, given: Any) -> None:
        insert(cursor, statement, given)
        if left and "intake_counts" in statement:
            left.clear()
            raise StorageFailed("The disk is full.")

    monkeypatch.setattr(duck_stream, "_insert", fail)


def test_a_group_that_failed_can_be_sent_again(
    stream: Stream, house: DuckWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream.put(parcel("e0")).result(10)
    failing(monkeypatch)
    merge = Merge("anon", "ann", "identify", "e1", NOON)
    sent = parcel("e1", "e2", who=["anon", "ann"], merges=[merge])
    assert isinstance(stream.put(sent).exception(10), StorageFailed)
    assert ids(house) == ["e0"]
    assert ask(house, "SELECT count(*) FROM merges") == [(0,)]
    stream.put(parcel("e3", who=["anon"])).result(10)
    assert ask(house, "SELECT person_id FROM events WHERE event_id = 'e3'") == [("anon",)], "who nobody has merged"
    assert stream.put(sent).result(10) == Taken(2, 0, 0)
    counts(house)


def test_a_commit_that_failed_and_took_place_all_the_same_is_found_out(house: DuckWarehouse) -> None:
    """The engine says that a commit failed; after it opens its file anew, the group is there."""
    sink = DuckSink(house)
    sink.store([parcel("e0")])
    change = house.change

    class Failing:
        def __enter__(self) -> Any:
            self.block = change()
            return self.block.__enter__()

        def __exit__(self, *why: Any) -> None:
            self.block.__exit__(*why)
            house.change = change  # type: ignore[method-assign]
            raise StorageFailed("The warehouse file cannot be used.")

    house.change = Failing  # type: ignore[method-assign, assignment]
    with pytest.raises(StorageFailed):
        sink.store([parcel("e1", "e2")])
    assert sink.store([parcel("e1", "e2", "e3")]) == [Taken(1, 2, 0)]
    assert ids(house) == ["e0", "e1", "e2", "e3"]


def test_too_much_that_waits_is_refused_with_the_time_to_wait(house: DuckWarehouse) -> None:
    stream = Stream(DuckSink(house), most_waiting=2000)
    with house._write:
        stream.put(parcel("taken"))  # it counts as waiting until it is stored, whoever has it by now
        futures = [stream.put(parcel(f"e{number}")) for number in range(3)]
        with pytest.raises(Busy) as raised:
            stream.put(parcel("e3"))
        assert raised.value.status == 503
        assert 1 <= raised.value.wait <= 60
    assert sum(future.result(10).stored for future in futures) == len(ids(house)) - 1 == 3
    large = parcel(*(f"large-{n}" for n in range(100)))
    assert stream.put(large).result(10).stored == 100, "one parcel alone is taken, however large"
    stream.close()
    with pytest.raises(Busy):
        stream.put(parcel("after"))


def test_closing_stores_and_settles_what_was_handed_over(house: DuckWarehouse) -> None:
    stream = Stream(DuckSink(house))
    with house._write:
        futures = [stream.put(parcel(f"e{n}", who=["anon"])) for n in range(50)]
        futures.append(stream.put(parcel("m", merges=[Merge("anon", "ann", "identify", "m", NOON)])))
    stream.close()
    assert all(future.done() for future in futures)
    assert ask(house, "SELECT DISTINCT person_id FROM events WHERE distinct_id = 'anon'") == [("ann",)]


def test_a_batch_that_waits_for_its_source_holds_no_event_up(stream: Stream, house: DuckWarehouse) -> None:
    with house.batch("import", "file") as batch:
        batch.merge("events", [{"event_id": "imported", "event": "opened", "person_id": "ann"}])
        batch.raw("line", [(1, "x")])
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: stream.put(parcel("e1")).result(10)).result(10).stored == 1
        assert ids(house) == ["e1"]
    assert ids(house) == ["e1", "imported"], "numbers grow in the order of commits"
    assert ask(house, "SELECT count(*) FROM landing") == [(1,)]
    batch_id = house.batches()[0].id
    house.undo(batch_id)
    assert ids(house) == ["e1"]
    assert ask(house, "SELECT value FROM stream_state WHERE name = 'removed:events'") == [("1",)]


def test_readers_see_whole_groups_while_events_come_in(stream: Stream, house: DuckWarehouse) -> None:
    """Each parcel has ten events: a reader never counts a part of one."""
    stop, seen = threading.Event(), list[int]()

    def read() -> None:
        table = house.tables()["events"]
        while not stop.is_set():
            seen.append(house.run(table.count()).column(0)[0].as_py())

    reader = threading.Thread(target=read)
    reader.start()
    number, end = 0, time.monotonic() + 20
    while len(set(seen)) < 5 and time.monotonic() < end:
        number += 1
        stream.put(parcel(*(f"{number}-{n}" for n in range(10))))
        time.sleep(0.001)
    stop.set()
    reader.join()
    assert len(set(seen)) >= 5
    assert all(count % 10 == 0 for count in seen)
    assert seen == sorted(seen)


def test_many_threads_lose_and_repeat_nothing(stream: Stream, house: DuckWarehouse) -> None:
    def send(thread: int) -> int:
        names = [str((thread * 10 + n) % 40) for n in range(40)]  # every event is sent by all four threads
        return sum(stream.put(parcel(name)).result(20).stored for name in names)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(4))) == 40
    assert sorted(ids(house)) == sorted(map(str, range(40)))
    assert sum(amount for (_, _, what), amount in counts(house).items() if what == "duplicate") == 120


def test_known_ids_outlive_the_process_for_the_span(tmp_path: Path) -> None:
    path, now = tmp_path / "warehouse.duckdb", utc_now()
    house = DuckWarehouse(path)
    sent = [parcel("old", received_at=now - timedelta(hours=60)), parcel("late", received_at=now - timedelta(hours=47))]
    DuckSink(house).store([*sent, parcel("new", received_at=now)])
    house.close()
    house = DuckWarehouse(path)
    taken = DuckSink(house).store([parcel("late", "new", "other")])
    assert taken == [Taken(1, 2, 0)]
    house.close()


def test_what_an_import_brought_lately_is_known(tmp_path: Path) -> None:
    house = DuckWarehouse(tmp_path / "warehouse.duckdb")
    sink = DuckSink(house)
    assert sink.store([parcel("streamed")]) == [Taken(1, 0, 0)]
    for number in range(2):
        rows = [{"event_id": f"lately-{number}", "event": "opened", "occurred_at": utc_now()}]
        with house.batch("import", "file") as batch:
            batch.merge("events", rows)
        assert sink.store([parcel(f"lately-{number}", f"new-{number}", "streamed")]) == [Taken(1, 2, 0)]
    assert DuckSink(house).store([parcel("lately-0", "lately-1", "new-1", "fresh")]) == [Taken(1, 3, 0)]
    assert sorted(ids(house)) == ["fresh", "lately-0", "lately-1", "new-0", "new-1", "streamed"]
    house.close()


def test_a_workspace_from_before_gets_its_events_numbered(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as old:
        old.execute(
            "CREATE TABLE events (event_id VARCHAR, occurred_at TIMESTAMP, event VARCHAR, person_id VARCHAR, account_id"
            " VARCHAR, feature VARCHAR, product VARCHAR, properties VARCHAR, source VARCHAR, batch VARCHAR)"
        )
        old.execute("CREATE TABLE old_events AS SELECT *, '' AS replaced_by FROM events")
        old.execute(
            "INSERT INTO events (event_id, person_id, batch) SELECT 'e' || i, 'ann', 'imp_1' FROM range(3) r(i)"
        )
    for _ in range(2):
        house = DuckWarehouse(path)
        assert ask(house, "SELECT event_id, seq FROM events ORDER BY seq") == [("e0", 1), ("e1", 2), ("e2", 3)]
        house.close()
    house = DuckWarehouse(path)
    DuckSink(house).store([parcel("streamed")])
    with house.batch("import", "file") as batch:
        batch.merge("events", [{"event_id": "e0", "event": "changed"}, {"event_id": "fresh", "event": "x"}])
    assert ids(house) == ["e1", "e2", "streamed", "e0", "fresh"], "what is replaced gets a new number"
    house.close()


def test_the_span_is_a_day_at_least() -> None:
    assert parse({"usage": {"dedupe_hours": 24}}).usage.dedupe_hours == 24
    with pytest.raises(ConfigError, match="dedupe_hours is 23"):
        parse({"usage": {"dedupe_hours": 23}})


def test_a_workspace_opens_its_stream_when_it_is_needed(workspace: Workspace) -> None:
    assert workspace._stream is None
    assert workspace.stream is workspace.stream
    assert workspace.stream.put(parcel("e1")).result(10).stored == 1
    workspace.stream.settle()
    assert workspace.facts.counts()["events"] == 1
