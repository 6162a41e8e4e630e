"""Indexed histories, histories through Ibis and a plain loop over the events give the same answers."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callsheet.base.time import day_start, utc_now
from callsheet.model.history import Ask, Either, Mark, Where
from callsheet.model.intake import Merge, Parcel, Trait
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from callsheet.store.histories import Histories, base, rollup, view
from callsheet.store.histories.daily import Daily
from callsheet.store.histories.expressed import ExpressedHistories
from callsheet.store.histories.indexed import IndexedHistories
from callsheet.store.histories.rows import EPOCH, MICROSECOND, micros
from tests.store.histories import brute

ZONE = "Europe/Madrid"
SPRING = datetime(2026, 3, 28, 20)
"""The evening before the clock is set on."""
NAMES = ("opened", "saved", "it's; DROP TABLE events--", 'a"b', "ünï\U0001f600", "back\\slash")
IDS = ("p1", "p2", "anon'1", "anon-2", "007", "7")
ACCOUNTS = ("", "acme", "o'neil & co")
FIELDS = ("plan", "a.b", 'q"uote', "ü", "tab\t", "back\\slash", "n\x00l", "*", "/~")
VALUES = st.sampled_from([None, True, False, 0, 1, 1.0, 1.5, -3, "1", "team", "TEAM", "", "a\"b\\c\u2028", [1, "a"],
                          {"x": {"y": "}"}}, "2026-03-29", 10**17])  # fmt: skip
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4)
MOMENTS = st.integers(0, 40).map(lambda step: SPRING + timedelta(minutes=15) * step)
EVENT = st.tuples(st.sampled_from(NAMES), st.sampled_from(IDS), st.sampled_from(ACCOUNTS), MOMENTS, OBJECTS)
CONDITION = st.one_of(
    st.builds(
        lambda field, op, value: Where(field, op, (value,)),
        st.sampled_from([*(f"properties.{one}" for one in FIELDS), "event", "person_id", "distinct_id", "account_id",
                         "person.city", "account.plan", "source"]),
        st.sampled_from(["is", "is_not", "contains", "not_contains", "gt", "lte", "regex"]),
        st.sampled_from(["1", 1, True, "team", "p", "p1", "7", "acme", "opened", "Rome", NAMES[2], NAMES[5]]),
    ),
    st.builds(lambda field, op: Where(field, op), st.sampled_from(["properties.plan", "account_id", "person.city"]),
              st.sampled_from(["set", "not_set"])),
)  # fmt: skip
EVENTS = st.lists(st.sampled_from((*NAMES, "never")), max_size=3).map(tuple)
MARK = st.builds(Mark, EVENTS, st.lists(CONDITION, max_size=2).map(tuple))
ANY = CONDITION | st.lists(st.lists(CONDITION, max_size=2).map(tuple), min_size=1, max_size=3).map(
    lambda lists: Either(of=tuple(lists))
)
MARKS = st.lists(st.builds(Mark, EVENTS, st.lists(ANY, max_size=2).map(tuple)), min_size=1, max_size=4)
ASK = st.builds(
    Ask, MARKS.map(tuple), MOMENTS, MOMENTS, st.sampled_from(["person", "account"]),
    st.lists(ANY, max_size=1).map(tuple),
    st.sampled_from(["", "event", "properties.plan", "properties.a.b", "person_id", "distinct_id", "person.city",
                     "account.plan", "account_id"]),
    st.sampled_from(["", "plan", "properties.ü"]),
)  # fmt: skip


PHASES = [Phase.explicit, Phase.reuse, Phase.generate]


class World:
    """A warehouse and what may happen to it."""

    def __init__(self, folder: Path, most_new: int = 3) -> None:
        self.house = DuckWarehouse(None)
        self.sink = DuckSink(self.house)
        self.number = 0
        self.batches: list[str] = []
        self.over = True
        moved = lambda: (self.house.version, self.house.moved)  # noqa: E731
        self.expressed = ExpressedHistories(self.house.tables(), self.house.run, moved)
        self.small = IndexedHistories(None, self.house)
        self.large = IndexedHistories(folder, self.house, least=0, most_new=most_new, zone=ZONE)
        with self.house.batch("test", "units") as batch:
            batch.merge("persons", [{"person_id": "p1", "created_at": datetime(2026, 1, 1)}])
            batch.merge("accounts", [{"account_id": "acme", "plan": "team", "created_at": datetime(2026, 1, 2)}])

    @property
    def all(self) -> list[Histories]:
        """Histories of each kind. Those that keep nothing are asked at the end only: what was before is all one to
        them, and to translate a question takes longer than to answer it."""
        return [self.small, self.large, *([self.expressed] if self.over else [])]

    def stream(self, events: list[Any], merges: list[tuple[str, str]]) -> None:
        """Events and merges as SDKs bring them."""
        fresh = [f"s{self.number + place}" for place in range(len(events))]
        self.number += len(events)
        told = [Merge(*pair, "identify", f"m{self.number}", utc_now()) for pair in merges]
        city = [
            Trait("person", "anon'1", "city", '"Rome"', utc_now()),
            Trait("person", "p2", "city", '"Oslo"', utc_now()),
        ]
        self.sink.store([
            Parcel("web", utc_now(), fresh, [micros(one[3]) for one in events], [one[0] for one in events],
                   [one[1] for one in events], [one[2] for one in events], [""] * len(events),
                   [json.dumps(one[4]) for one in events], merges=told, traits=city)
        ])  # fmt: skip

    def bring(self, events: list[Any]) -> None:
        """An import, which may replace what an earlier one brought."""
        rows = [
            {"event_id": f"i{number % 9}", "event": one[0], "person_id": one[1] if number % 5 else None,
             "distinct_id": "p2" if number % 7 == 1 else None, "account_id": one[2] or None, "occurred_at": one[3],
             "properties": json.dumps(one[4], ensure_ascii=False) if number % 4 else "no JSON"}
            for number, one in enumerate(events, self.number)
        ]  # fmt: skip
        self.number += len(events)
        with self.house.batch("csv", "events") as batch:
            batch.merge("events", rows)
        self.batches.append(batch.info.id)

    def take_back(self, which: int) -> None:
        """The undo of an import."""
        if self.batches:
            self.house.undo(self.batches.pop(which % len(self.batches)))

    def part(self, which: int) -> None:
        """The undo of a merge."""
        with self.house.change() as cursor:
            known = cursor.execute("SELECT merge_id FROM merges WHERE undone_at IS NULL ORDER BY 1").fetchall()
            if known:
                self.sink.people.undo(cursor, str(known[which % len(known)][0]), "me", utc_now())

    def delete(self, who: str) -> None:
        """All rows of a person are gone."""
        with self.house.change() as cursor:
            cursor.execute("DELETE FROM events WHERE person_id = ?", [who])
        self.house.grow()

    def rows(self) -> list[dict[str, Any]]:
        """The events as they are."""
        return list(self.house.run(self.house.tables()["events"]).to_pylist())

    def known(self, unit: str) -> dict[str, datetime]:
        """When units came into being, where it is written."""
        told = self.house.run(self.house.tables()[f"{unit}s"]).to_pylist()
        return {one[f"{unit}_id"]: one["created_at"] for one in told if one["created_at"]}

    def people(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Traits by unit."""
        found: dict[tuple[str, str], dict[str, Any]] = {("account", "acme"): {"plan": "team"}}
        whose = {
            one["distinct_id"]: one["person_id"]
            for one in self.house.run(self.house.tables()["person_ids"]).to_pylist()
        }
        told = self.house.run(self.house.tables()["traits"].order_by(["since_at", "seq"])).to_pylist()
        for one in told:
            found[one["unit"], whose.get(one["unit_id"], one["unit_id"])] = {one["name"]: json.loads(one["value"])}
        return found

    def close(self) -> None:
        """Stop everything."""
        self.large.close()
        self.house.close()


STEP = st.one_of(
    st.tuples(st.just("stream"), st.lists(EVENT, max_size=6),
              st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=2)),
    st.tuples(st.just("bring"), st.lists(EVENT, min_size=1, max_size=5)),
    st.tuples(st.just("take_back"), st.integers(0, 5)),
    st.tuples(st.just("part"), st.integers(0, 5)),
    st.tuples(st.just("delete"), st.sampled_from(IDS)),
)  # fmt: skip


def play(steps: list[Any], check: Callable[[World], None]) -> None:
    """Let it all happen, and check after every step."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            for left, (name, *given_) in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
                world.over = not left
                getattr(world, name)(*given_)
                world.sink.settle()
                world.large.events()
                world.large.settle()
                check(world)
        finally:
            world.close()


def check_read(world: World, asks: list[Ask]) -> None:
    """All histories give the rows of a loop over the events, at once and piece by piece."""
    rows, people = world.rows(), world.people()
    for ask in asks:
        expected, left_out = brute.read(rows, ask, people)
        for histories in world.all:
            found = histories.read(ask)
            assert brute.lines(found) == expected
            assert found.left_out == left_out
            pieces = histories.walked(ask, lambda piece: (brute.lines(piece), piece.left_out, set(piece.unit)))
            assert sorted((line for piece in pieces for line in piece[0]), key=lambda one: one[0]) == expected
            assert sum(piece[1] for piece in pieces) == left_out
            assert sum(len(piece[2]) for piece in pieces) == len({line[0] for line in expected})


@given(st.lists(STEP, min_size=1, max_size=5), st.lists(ASK, min_size=1, max_size=3))
@settings(max_examples=14, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
def test_read(steps: list[Any], asks: list[Ask]) -> None:
    play(steps, lambda world: check_read(world, asks))


@given(st.lists(STEP, min_size=2, max_size=5), st.lists(ASK, min_size=1, max_size=3))
@settings(max_examples=14, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
def test_read_in_pieces_of_one_unit_that_are_let_go_of(steps: list[Any], asks: list[Ask]) -> None:
    """As with many millions of rows: pieces begin with every unit, side by side, and files leave memory in between."""
    with (
        patch.object(base, "CHUNK", 1), patch.object(base, "LARGE", 0), patch.object(base, "MOST_RESIDENT", 0),
        patch.object(view, "_AT_ONCE", 1),
    ):  # fmt: skip
        play(steps, lambda world: check_read(world, asks))


@given(st.lists(STEP, min_size=1, max_size=6), MARK, st.sampled_from(["person", "account"]), st.integers(0, 2))
@settings(max_examples=16, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
def test_activity(steps: list[Any], mark: Mark, unit: str, length: int) -> None:
    """Also without conditions, so that the rollup is asked, piece by piece; and in a zone that it is not made for."""
    asks = [(one, zone) for one in (mark, Mark(mark.events), Mark()) for zone in (ZONE, "Asia/Kolkata")]

    def check(world: World) -> None:
        rows, people = world.rows(), world.people()
        for one, zone in asks:
            since = day_start(SPRING.date(), zone)
            until = day_start(SPRING.date() + timedelta(days=length), zone)
            expected, left_out = brute.activity(rows, one, since, until, zone, unit, (), people)
            for histories in world.all:
                found = histories.activity(one, since, until, zone, unit)
                assert brute.days(found) == expected
                assert found.left_out == left_out
                pieces = histories.days_walked(one, since, until, zone, lambda piece: piece, unit)
                assert dict(itertools.chain.from_iterable(brute.days(piece).items() for piece in pieces)) == expected
                assert sum(map(len, pieces)) == len(expected), "no unit is in two"
                assert sum(piece.left_out for piece in pieces) == left_out
                one_for_all = histories.activity(one, since, until, zone, unit, together=True)
                assert dict(zip(one_for_all.day.tolist(), one_for_all.count.tolist(), strict=True)) == _a_day(expected)
                assert one_for_all.left_out == left_out
            rolled = Daily(world.large._drawing(Ask((one,), since, until, unit)), zone).rollup
            has_base = bool(world.large._keeper.view().base.rolled)  # one of no rows has them too
            assert (rolled is not None) == (has_base and zone == ZONE and not _of_properties(one))

    with patch.object(rollup, "PIECE", 2):
        play(steps, check)


def test_activity_with_conditions_of_which_one_suffices(tmp_path: Path) -> None:
    """p1 opened with a plan of 1 and saved; p2 did so with another plan: either event, or the plan."""
    world = World(tmp_path)
    try:
        told = (("opened", "p1", 1), ("saved", "p1", 2), ("opened", "p2", 2), ("opened", "p2", 1), ("never", "p2", 2))
        world.stream([(event, who, "acme", SPRING, {"plan": plan}) for event, who, plan in told], [])
        saved, plan = Where("event", "is", ("saved",)), Where("properties.plan", "is", (1,))
        mark = Mark(where=(Either(of=((saved,), (plan, Where("event", "is", ("opened",))))),))
        until = SPRING + timedelta(days=2)
        for histories in world.all:
            found = histories.activity(mark, day_start(SPRING.date(), ZONE), until, ZONE)
            assert dict(zip(histories.read(Ask((mark,), EPOCH, until)).names(found.unit), found.count, strict=True)) == {
                "p1": 2, "p2": 1,
            }  # fmt: skip
            assert histories.activity(mark, EPOCH, until, ZONE, together=True).count.tolist() == [3]
    finally:
        world.close()


def test_the_rollup_follows_what_comes_moves_and_goes(tmp_path: Path) -> None:
    """One base, made at the beginning; after that late events, a merge, its undo, an undone import, a deletion."""
    world = World(tmp_path, most_new=1000)
    days = [SPRING + timedelta(hours=5 * step) for step in range(12)]
    many: list[Any] = [
        (NAMES[step % 2], IDS[step % 5], ACCOUNTS[step % 3], days[step % 12], {}) for step in range(1200)
    ]
    since, until = day_start(SPRING.date(), ZONE), day_start(SPRING.date() + timedelta(days=3), ZONE)

    def check() -> None:
        world.sink.settle()
        base = world.large._keeper.view().base
        assert (len(base), base.folder) == (1200, tmp_path / "1")
        for unit in ("person", "account"):
            for mark in (Mark(), Mark(NAMES[:1]), Mark(NAMES[:3])):
                expected = brute.activity(world.rows(), mark, since, until, ZONE, unit, (), {})
                daily = Daily(world.large._drawing(Ask((mark,), since, until, unit)), ZONE)
                assert daily.rollup is not None
                found = daily.whole()
                assert (brute.days(found), found.left_out) == expected
                found = world.large.activity(mark, since, until, ZONE, unit, together=True)
                assert dict(zip(found.day.tolist(), found.count.tolist(), strict=True)) == _a_day(expected[0])
                assert found.left_out == expected[1]

    try:
        world.stream(many, [])
        check()
        world.stream([(NAMES[0], "p1", "acme", days[0], {}), (NAMES[4], "new", "", days[1], {})], [])
        check()
        world.stream([], [("anon'1", "p1")])
        check()
        world.bring([(NAMES[1], "p2", "acme", days[2], {})] * 4)
        check()
        world.part(0)
        check()
        world.take_back(0)
        check()
        world.delete("p2")
        check()
    finally:
        world.close()


def test_a_property_asked_for_before_the_undo_of_an_import_can_be_asked_for_after_it(tmp_path: Path) -> None:
    """The undo of an import that changed rows lets all that is kept begin anew, fields that were added included."""
    world = World(tmp_path)
    ask = Ask((Mark((), (Where("properties.plan", "is", ("team",)),)),), EPOCH, datetime(2100, 1, 1))
    event = ("opened", "p1", "", SPRING, {"plan": "team"})
    try:
        world.bring([event] * 9)
        check_read(world, [ask])
        world.bring([event] * 9)  # under the same numbers
        check_read(world, [ask])
        world.take_back(1)
        check_read(world, [ask])
    finally:
        world.close()


def _a_day(counts: dict[tuple[str, date], int]) -> dict[int, int]:
    """Rows a day, by number of the day."""
    found: dict[int, int] = {}
    for (_, day), count in counts.items():
        found[day.toordinal() - 719163] = found.get(day.toordinal() - 719163, 0) + count
    return found


def _of_properties(mark: Mark) -> bool:
    return any(one.field != "event" for one in mark.where)


@given(st.lists(STEP, min_size=1, max_size=5), st.sampled_from(["person", "account"]))
@settings(max_examples=14, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
def test_the_rest(steps: list[Any], unit: str) -> None:
    def check(world: World) -> None:
        rows = [one for one in world.rows() if one["occurred_at"]]
        for histories in world.all:
            _check_created(histories, rows, unit, world.known(unit))
            _check_timelines(histories, rows, unit)
            counts = {name: sum(1 for one in rows if one["event"] == name) for name in NAMES}
            assert dict(histories.events()) == {name: count for name, count in counts.items() if count}
            assert set(histories.values("account_id")) == {one["account_id"] for one in rows if one["account_id"]}
            told = {brute.label_text(brute.value_of(one, "properties.plan", {})) for one in rows} - {None}
            assert set(histories.values("properties.plan")) == told

    play(steps, check)


def _check_created(histories: Histories, rows: list[dict[str, Any]], unit: str, known: dict[str, datetime]) -> None:
    found = histories.created(unit)
    ask = Ask((Mark(),), datetime(2000, 1, 1), datetime(2100, 1, 1), unit)
    history = histories.read(ask)
    assert history.size == len(found)
    for code, name in zip(history.unit.tolist(), history.names(history.unit.tolist()), strict=True):
        first = min(one["occurred_at"] for one in rows if one[f"{unit}_id"] == name)
        assert EPOCH + int(found[code]) * MICROSECOND == known.get(name, first)


def _check_timelines(histories: Histories, rows: list[dict[str, Any]], unit: str) -> None:
    for name in {one[f"{unit}_id"] for one in rows if one[f"{unit}_id"]}:
        own = [one for one in rows if one[f"{unit}_id"] == name]
        own.sort(key=lambda one: (one["occurred_at"], one["seq"]), reverse=True)
        assert [one.event_id for one in histories.timeline(unit, name)] == [one["event_id"] for one in own]
        newest = histories.timeline(unit, name, own[0]["occurred_at"], limit=2)
        before = [one["event_id"] for one in own if one["occurred_at"] < own[0]["occurred_at"]]
        assert [one.event_id for one in newest] == before[:2]
    assert histories.timeline(unit, "nobody") == []
