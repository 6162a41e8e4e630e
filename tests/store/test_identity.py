"""Persons in the warehouse: events follow merges and their undoing; facts follow traits, and imports win."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.base.errors import Conflict, NotFound
from callsheet.model.identity import Graph, merge_key
from callsheet.model.intake import Merge, Parcel, Trait
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from tests.model.test_identity import edge

DAY = datetime(2026, 11, 1)
RUNS = itertools.count()


class House:
    """A warehouse with a stream, and short ways to put something in and to look."""

    def __init__(self) -> None:
        self.facts = DuckWarehouse(None)
        self.sink = DuckSink(self.facts)
        self._number = 0

    def happened(self, *ids: str, account: str = "", hour: int = 0) -> None:
        parcel = self.parcel()
        for one in ids:
            self._number += 1
            parcel.event_id.append(f"event-number-{self._number:08d}")
            parcel.moment.append(int((DAY + timedelta(hours=hour) - datetime(1970, 1, 1)).total_seconds() * 1e6))
            parcel.event.append("did")
            parcel.distinct_id.append(one)
            parcel.account_id.append(account)
            parcel.session_id.append("")
            parcel.properties.append("{}")
        self.sink.store([parcel])

    def merged(self, from_id: str, into_id: str, how: str = "identify", hour: int = 0) -> str:
        one = Merge(from_id, into_id, how, f"e-{from_id}-{into_id}-{hour}", DAY + timedelta(hours=hour))
        parcel = self.parcel()
        parcel.merges.append(one)
        self.sink.store([parcel])
        return merge_key(one)

    def told(self, unit: str, unit_id: str, hour: int, once: bool = False, **values: Any) -> None:
        parcel = self.parcel()
        for name, value in values.items():
            self._number += 1
            moment = DAY + timedelta(hours=hour)
            parcel.traits.append(Trait(unit, unit_id, name, json.dumps(value), moment, once, f"t{self._number}"))
        self.sink.store([parcel])

    def imported(self, table: str, *rows: dict[str, Any]) -> str:
        with self.facts.batch("crm", "import") as batch:
            batch.merge(table, list(rows))
        return batch.info.id

    def parcel(self) -> Parcel:
        return Parcel("web", DAY)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        self.sink.settle()
        with self.facts.change() as cursor:
            return list(cursor.execute(query).fetchall())

    def persons(self) -> dict[str, str]:
        """Distinct id -> person, as events and as the rollup of ids say."""
        found = self.rows("SELECT DISTINCT distinct_id, person_id FROM events")
        rolled = self.rows("SELECT distinct_id, person_id FROM person_ids WHERE events > 0")
        assert sorted(found) == sorted(rolled)
        return dict(found)

    def undo(self, merge_id: str) -> set[str]:
        with self.facts.change() as cursor:
            return self.sink.people.undo(cursor, merge_id, "alice", DAY)

    def reopened(self) -> None:
        """As after a restart: what was in memory is gone."""
        self.sink = DuckSink(self.facts)


@pytest.fixture
def house() -> Any:
    made = House()
    yield made
    made.facts.close()


def test_events_before_and_after_a_merge_are_of_one_person(house: House) -> None:
    house.happened("anon", "ann", "ben")
    house.merged("anon", "ann")
    house.happened("anon")
    assert house.persons() == {"anon": "ann", "ann": "ann", "ben": "ben"}


def test_undoing_splits_and_outlasts_a_restart(house: House) -> None:
    house.happened("anon", "ann", "phone")
    first, second = house.merged("anon", "ann"), house.merged("phone", "ann", hour=1)
    assert set(house.persons().values()) == {"ann"}
    assert house.sink.people.without(first) == {"anon": "anon"}
    assert house.undo(first) == {"anon"}
    house.reopened()
    assert house.persons() == {"anon": "anon", "ann": "ann", "phone": "ann"}
    house.merged("anon", "ann", hour=5)
    assert house.persons()["anon"] == "anon", "repeated by the SDK, it stays undone"
    with pytest.raises(Conflict):
        house.undo(first)
    with pytest.raises(NotFound):
        house.undo("mrg_none")
    house.undo(second)
    assert house.persons()["phone"] == "phone"


def test_what_was_committed_but_not_settled_is_settled_by_the_next_process(house: House) -> None:
    house.happened("anon", "ann")
    house.sink.settle()
    house.merged("anon", "ann")
    house.reopened()
    assert house.persons() == {"anon": "ann", "ann": "ann"}


def test_whose_an_id_is_can_be_asked_first_of_all(house: House) -> None:
    """As a cohort that lists persons does, in a process that has not written anything yet."""
    house.merged("anon", "ann")
    house.reopened()
    assert house.sink.people.person_of("anon") == "ann"


def test_a_transaction_that_fails_changes_nobody(house: House) -> None:
    house.happened("anon", "ann")
    bad = house.parcel()
    bad.merges.append(Merge("anon", "ann", "identify", "\ud800", DAY))
    with pytest.raises(ValueError, match="surrogate"):
        house.sink.store([bad])
    assert house.persons() == {"anon": "anon", "ann": "ann"}


def test_imported_events_follow_merges_and_their_undoing(house: House) -> None:
    row = {"event_id": "i1", "occurred_at": DAY, "event": "did", "person_id": "old"}
    first = house.merged("old", "new")
    house.imported("events", row, {**row, "event_id": "i2", "person_id": "other"})
    assert house.rows("SELECT event_id, person_id FROM events ORDER BY 1") == [("i1", "new"), ("i2", "other")]
    house.imported("events", {**row, "event": "did it"})
    assert house.rows("SELECT event, person_id FROM events WHERE event_id = 'i1'") == [("did it", "new")]
    house.undo(first)
    assert house.rows("SELECT person_id FROM events WHERE event_id = 'i1'") == [("old",)]


BOTH = {"occurred_at": DAY, "event": "did", "person_id": "ann", "distinct_id": "tablet", "properties": '{"a": 1}'}
"""A table of theirs may have a device and a person in each row: it knows of each whose it is."""


def test_whom_a_file_names_beside_an_id_stays_after_a_process_that_ended_early(house: House) -> None:
    house.imported("events", BOTH | {"event_id": "i1"})
    house.happened("anon")
    house.sink.settle()
    house.merged("anon", "bob")
    house.reopened()
    assert house.rows("SELECT distinct_id, person_id FROM events ORDER BY 1") == [("ann", "ann"), ("anon", "bob")]


def test_merges_of_whom_a_file_names_move_its_rows_and_those_of_the_id_beside_do_not(house: House) -> None:
    rows = [BOTH | {"event_id": "i1"}, BOTH | {"event_id": "i2", "person_id": "bob", "properties": "no JSON"}]
    whose = "SELECT event_id, person_id FROM events WHERE event_id LIKE 'i%' ORDER BY 1"
    house.imported("events", *rows)
    house.happened("tablet")
    merges = [house.merged("tablet", "carol"), house.merged("ann", "anna")]
    assert house.rows(whose) == [("i1", "anna"), ("i2", "bob")]
    assert house.persons() == {"ann": "anna", "bob": "bob", "tablet": "carol"}
    again = house.imported("events", *rows)
    assert house.facts.batches(again)[0].counts["events"].unchanged == 2
    with house.facts.change() as cursor:
        for merge_id in merges:
            house.sink.people.undo(cursor, merge_id, "alice", DAY)
    assert house.rows(whose) == [("i1", "ann"), ("i2", "bob")]
    told = house.rows("SELECT properties FROM events WHERE event_id LIKE 'i%' ORDER BY event_id")
    assert [json.loads(one) for (one,) in told] == [
        {"a": 1, "$sent_distinct_id": "tablet"}, {"$sent_distinct_id": "tablet"},
    ]  # fmt: skip


def test_what_a_file_and_its_merges_say_alike_is_left_to_the_merges(house: House) -> None:
    """So that undoing the merge parts them, as it does where clients send the same."""
    said = {"event": "$identify", "distinct_id": "ann", "properties": '{"$anon_distinct_id": "tablet"}'}
    house.imported("events", BOTH | {"event_id": "i1"}, BOTH | said | {"event_id": "i2"})
    assert house.persons() == {"ann": "ann", "tablet": "ann"}
    with house.facts.change() as cursor:
        [(merge_id,)] = cursor.execute("SELECT merge_id FROM merges").fetchall()
        house.sink.people.undo(cursor, merge_id, "alice", DAY)
    assert house.persons() == {"ann": "ann", "tablet": "tablet"}
    house.imported("events", BOTH | {"event_id": "i3"})
    assert house.persons() == {"ann": "ann", "tablet": "tablet"}


def test_of_a_shared_browser_each_row_is_of_whom_the_file_names(house: House) -> None:
    """The identify of the second is refused: what it says of the browser moves nothing of theirs to the first."""
    rows = [BOTH | {"event_id": f"seen-{who}", "person_id": who} for who in ("ann", "bob")]
    said = {"event": "$identify", "properties": '{"$anon_distinct_id": "tablet"}'}
    rows += [BOTH | said | {"event_id": who, "person_id": who, "distinct_id": who} for who in ("ann", "bob")]
    for _ in range(2):
        again = house.imported("events", *rows)
        found = house.rows("SELECT event_id, person_id FROM events WHERE event_id LIKE 'seen%' ORDER BY 1")
        assert found == [("seen-ann", "ann"), ("seen-bob", "bob")]
    assert house.facts.batches(again)[0].counts["events"].unchanged == 4


def test_a_file_again_says_nothing_new_whichever_merges_came_since(house: House) -> None:
    """Before, a merge that says the same of the two was unknown; after, it moved on."""
    told = BOTH | {"event": "$identify", "properties": '{"$anon_distinct_id": "tablet"}'}
    house.imported("events", BOTH | {"event_id": "i1"})
    house.merged("tablet", "ann")
    house.imported("events", told | {"event_id": "i2"})
    house.happened("zoe")
    house.merged("ann", "zoe")
    found = house.rows("SELECT event_id, person_id, distinct_id, properties FROM events ORDER BY 1")
    assert len({person for _, person, _, _ in found}) == 1
    again = house.imported("events", BOTH | {"event_id": "i1"}, told | {"event_id": "i2"})
    assert house.facts.batches(again)[0].counts["events"].unchanged == 2
    assert house.rows("SELECT event_id, person_id, distinct_id, properties FROM events ORDER BY 1") == found


def test_a_file_again_after_a_merge_says_nothing_new_unless_it_names_somebody_else(house: House) -> None:
    row = {"event_id": "i1", "occurred_at": DAY, "event": "did", "person_id": "anon"}
    house.imported("events", row)
    key = house.merged("anon", "ann")
    person = "SELECT distinct_id, person_id FROM events"
    assert house.rows(person) == [("anon", "ann")]

    def again(**given: Any) -> tuple[int, int]:
        counts = house.facts.batches(house.imported("events", row | given))[0].counts["events"]
        return counts.updated, counts.unchanged

    assert again() == (0, 1), "named as it came"
    assert again(person_id="ann") == (0, 1), "named as it is called now"
    assert (again(event="did it"), house.rows(person)) == ((1, 0), [("anon", "ann")])
    house.undo(key)
    assert house.rows(person) == [("anon", "anon")]
    assert (again(person_id="bob"), house.rows(person)) == ((1, 0), [(None, "bob")])


def test_the_rollup_of_ids_follows_an_import_that_is_taken_back(house: House) -> None:
    house.happened("ann", hour=2)
    row = {"event_id": "i1", "occurred_at": DAY, "event": "did", "person_id": "ann"}
    batch = house.imported("events", row, {**row, "event_id": "i2", "person_id": "ben"})
    seen = "SELECT distinct_id, events, hour(first_at) FROM person_ids ORDER BY 1"
    assert house.rows(seen) == [("ann", 2, 0), ("ben", 1, 0)]
    house.facts.undo(batch)
    house.happened("ann", hour=3)
    assert house.rows(seen) == [("ann", 2, 2)]


STEPS = st.lists(
    st.tuples(st.sampled_from(["see", "join", "undo", "settle", "restart"]), st.integers(0, 5), st.integers(0, 5)),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_events_are_of_the_persons_that_the_merges_make(house: House, steps: list[tuple[str, int, int]]) -> None:
    """Whatever is done in which order: what is settled equals what the merges that stand say. All examples live in
    one warehouse, each with ids of its own."""
    own = f"{next(RUNS)}-"
    known: dict[str, tuple[int, int]] = {}
    undone: set[str] = set()
    for what, one, other in steps:
        if what == "see":
            house.happened(f"{own}{one}")
        elif what == "join" and one != other:
            known[house.merged(f"{own}{one}", f"{own}{other}", hour=one)] = (one, other)
        elif what == "undo" and (left := sorted(known.keys() - undone)):
            house.sink.settle()
            house.undo(left[one % len(left)])
            undone.add(left[one % len(left)])
        elif what == "settle":
            house.sink.settle()
        else:
            house.reopened()
    plain = Graph()
    for key, (one, other) in known.items():
        if key not in undone:
            plain.add(edge(Merge(f"{own}{one}", f"{own}{other}", "identify", "", DAY + timedelta(hours=one))))
    seen = {one: person for one, person in house.persons().items() if one.startswith(own)}
    assert seen == {one: plain.person_of(one) for one in seen}


def person(house: House, key: str) -> Any:
    found = house.rows(f"SELECT name, email, account_id FROM persons WHERE person_id = '{key}'")
    return found[0] if found else None


def test_traits_of_all_ids_of_a_person_make_its_facts(house: House) -> None:
    house.happened("anon", "ann", account="acme")
    house.told("person", "anon", 1, name="Visitor")
    assert person(house, "anon") == ("Visitor", None, "acme")
    first = house.merged("anon", "ann", hour=2)
    house.told("person", "ann", 3, email="ann@example.org")
    assert person(house, "ann") == ("Visitor", "ann@example.org", "acme")
    assert person(house, "anon") is None
    house.undo(first)
    assert person(house, "ann") == (None, "ann@example.org", "acme")
    assert person(house, "anon") == ("Visitor", None, "acme")


SAID = {
    "the last in time counts": ([(1, False, "Free"), (3, False, "Pro")], "Pro"),
    "late news does not overwrite newer": ([(3, False, "Pro"), (1, False, "Free")], "Pro"),
    "once keeps what is there": ([(1, False, "Free"), (3, True, "Pro")], "Free"),
    "once keeps the earliest": ([(3, True, "Pro"), (1, True, "Free")], "Free"),
    "a set after a once counts": ([(1, True, "Free"), (3, False, "Pro")], "Pro"),
    "taken back": ([(1, False, "Free"), (3, False, None)], None),
    "once counts again after it was taken back": ([(1, True, "Free"), (2, False, None), (3, True, "Pro")], "Pro"),
    "once before it was taken back does not": ([(2, False, None), (1, True, "Free")], None),
    "once after that, the earliest": ([(1, False, None), (4, True, "Pro"), (3, True, "Free")], "Free"),
    "set again after it was taken back": ([(1, True, "Free"), (2, False, None), (3, False, "Pro")], "Pro"),
}


@pytest.mark.parametrize(("said", "plan"), SAID.values(), ids=SAID)
def test_the_value_of_a_trait(house: House, said: list[Any], plan: str | None) -> None:
    """Semantics of $set and $set_once, by the time of the events."""
    house.told("account", "acme", 0, name="Acme")
    for hour, once, value in said:
        house.told("account", "acme", hour, once, plan=value)
    assert house.rows("SELECT name, plan FROM accounts") == [("Acme", plan)]


ACCOUNT = "SELECT name, plan, segment, revenue, batch = 'stream' FROM accounts"


def test_imports_win_and_traits_fill_what_they_leave_empty(house: House) -> None:
    house.told("account", "acme", 1, name="acme inc", plan="Free", mrr=100)
    assert house.rows(ACCOUNT) == [("acme inc", "Free", None, 1200.0, True)]
    crm = house.imported("accounts", {"account_id": "acme", "plan": "Pro", "segment": None})
    assert house.rows(ACCOUNT) == [("acme inc", "Pro", None, 1200.0, False)]
    house.told("account", "acme", 2, name="Acme", plan="Basic", segment="small", mrr=200)
    assert house.rows(ACCOUNT) == [("Acme", "Pro", "small", 2400.0, False)]
    house.told("account", "acme", 3, segment="middle")
    assert house.rows(ACCOUNT) == [("Acme", "Pro", "middle", 2400.0, False)]
    house.imported("accounts", {"account_id": "acme", "churned_at": None, "owner": "bob"})
    house.told("account", "acme", 3, segment="between", owner="carol")
    assert house.rows("SELECT segment, owner FROM accounts") == [("between", "bob")]
    house.imported("accounts", {"account_id": "acme", "segment": "enterprise"})
    house.told("account", "acme", 4, segment="large")
    assert house.rows(ACCOUNT) == [("Acme", "Pro", "enterprise", 2400.0, False)]
    house.facts.undo(crm)
    assert house.rows(ACCOUNT)[0][1:3] == ("Basic", "enterprise")


def test_a_row_that_an_undo_removes_comes_back_from_traits(house: House) -> None:
    crm = house.imported("accounts", {"account_id": "acme", "name": "Acme GmbH"})
    house.told("account", "acme", 1, name="acme", plan="Free")
    assert house.rows(ACCOUNT) == [("Acme GmbH", "Free", None, None, False)]
    house.facts.undo(crm)
    assert house.rows(ACCOUNT) == [("acme", "Free", None, None, True)]


def test_an_import_of_an_id_that_was_merged_speaks_for_the_person(house: House) -> None:
    house.happened("u1", "u2")
    house.imported("persons", {"person_id": "u1", "name": "Ann of the CRM"})
    house.told("person", "u2", 1, name="ann", email="ann@example.org")
    house.merged("u1", "u2", "alias", 2)
    assert person(house, "u2") == ("Ann of the CRM", "ann@example.org", None)
