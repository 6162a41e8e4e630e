"""Who is who after what clients sent, from the wire to the warehouse: the stories that PostHog's ingestion is tested
for, told in our words. `a` was never signed in; whoever an identify names is."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from tests.store.test_stream import ask, house
from tests.usage.wire.sending import UUID, send

__all__ = ["house"]
Step: TypeAlias = tuple[str, str, str]
Story: TypeAlias = tuple[list[Step], list[set[str]]]
NAMES = {"is": ("$identify", "$anon_distinct_id"), "alias": ("$create_alias", "alias"),
         "force": ("$merge_dangerously", "alias")}  # fmt: skip

STORIES: dict[str, Story] = {
    "a visitor signs in": ([("a", "did", ""), ("ann", "is", "a")], [{"a", "ann"}]),
    "a visitor who did nothing before": ([("ann", "is", "a"), ("ann", "did", ""), ("a", "did", "")], [{"a", "ann"}]),
    "a user who was active before signs in on another device": (
        [("a", "did", ""), ("ann", "did", ""), ("ann", "is", "a"), ("a2", "did", ""), ("ann", "is", "a2")],
        [{"a", "a2", "ann"}],
    ),
    "the same id twice": ([("a", "is", "a"), ("a", "did", "")], [{"a"}]),
    "two people at one browser, and back": (
        [("a", "did", ""), ("ann", "is", "a"), ("ann", "did", ""), ("b", "did", ""), ("ben", "is", "b"), ("ann", "is", "ben")],
        [{"a", "ann"}, {"b", "ben"}],
    ),
    "nobody was anybody before": (
        [("ann", "is", "a"), ("b", "did", ""), ("ben", "is", "b"), ("ann", "is", "ben"), ("a", "did", "")],
        [{"a", "ann"}, {"b", "ben"}],
    ),
    "an identified user in the place of the visitor": (
        [("ann", "is", "a"), ("ben", "is", "ann"), ("a", "did", "")], [{"a", "ann"}, {"ben"}],
    ),
    "a user is known to be identified though the merge was refused": (
        [("ann", "is", "a"), ("ben", "is", "ann"), ("cem", "is", "ben"), ("cem", "did", "")], [{"ann"}, {"ben"}, {"cem"}],
    ),
    "alias of strangers": ([("b", "alias", "a"), ("a", "did", "")], [{"a", "b"}]),
    "alias of two visitors": ([("a", "did", ""), ("b", "did", ""), ("a", "alias", "b")], [{"a", "b"}]),
    "alias of a user to a visitor": ([("ann", "is", "a"), ("b", "did", ""), ("b", "alias", "ann")], [{"ann", "b"}]),
    "alias of a visitor to a user": ([("ann", "is", "a"), ("b", "did", ""), ("ann", "alias", "b")], [{"ann", "b"}]),
    "alias of two identified users": (
        [("ann", "is", "a"), ("ann", "did", ""), ("ben", "is", "ann"), ("ann", "alias", "ben")], [{"ann", "ben"}],
    ),
    "alias again": ([("ann", "alias", "a"), ("ann", "alias", "a"), ("ann", "alias", "b"), ("b", "did", "")], [{"ann", "b"}]),
    "forced": ([("ann", "is", "a"), ("ben", "is", "b"), ("ann", "force", "ben")], [{"ann", "ben"}]),
    "a placeholder in place of the visitor": (
        [("ann", "is", "null"), ("ben", "is", "null"), ("null", "did", "")], [{"ann"}, {"ben"}, {"null"}],
    ),
    "a placeholder in place of the user": (
        [("a", "did", ""), ("None", "is", "a"), ("[object Object]", "is", "a"), ("system", "alias", "a")],
        [{"a"}, {"None"}, {"[object Object]"}, {"system"}],
    ),
    "NaN is no name, Nan is": (
        [("a", "did", ""), ("NaN", "is", "a"), ("Nan", "is", "a")], [{"a", "Nan"}, {"NaN"}],
    ),
}  # fmt: skip


def sent(steps: list[Step]) -> list[dict[str, Any]]:
    """Return a story as PostHog's events, a minute apart."""
    events = []
    for number, (whom, what, other) in enumerate(steps):
        event, field = NAMES.get(what, ("did", ""))
        events.append({
            "event": event, "distinct_id": whom, "uuid": f"{UUID}{number:02}", "timestamp": f"2026-11-01T10:{number:02}:00Z",
            "properties": {field: other} if field else {},
        })  # fmt: skip
    return events


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one, the last first"])
@pytest.mark.parametrize("case", STORIES)
def test_who_is_who(house: DuckWarehouse, case: str, together: bool) -> None:
    steps, wanted = STORIES[case]
    events, sink = sent(steps), DuckSink(house)
    for batch in [events] if together else [[event] for event in reversed(events)]:
        sink.store([send("/batch/", {"batch": batch})[0].parcel])
        sink.settle()
    persons: dict[str, set[str]] = {}
    for distinct_id, person_id in ask(house, "SELECT DISTINCT distinct_id, person_id FROM events"):
        persons.setdefault(person_id, set()).add(distinct_id)
    active = {whom for whom, _, _ in steps}
    assert sorted(map(sorted, persons.values())) == sorted(sorted(one & active) for one in wanted if one & active)


def test_a_name_in_a_persons_place_keeps_their_traits(house: DuckWarehouse) -> None:
    """Of the ids of a person, what was set last counts, whichever id it was said of."""
    sink = DuckSink(house)
    batch = sent([("a", "did", ""), ("ann", "did", ""), ("ann", "is", "a")])
    batch[0]["properties"] = {"$set": {"name": "Visitor", "role": "guest"}}
    batch[1]["properties"] = {"$set": {"name": "Ann"}}
    batch[2]["properties"] |= {"$set": {"email": "ann@example.org"}, "$set_once": {"name": "Once", "segment": "small"}}
    sink.store([send("/batch/", {"batch": batch})[0].parcel])
    sink.settle()
    found = ask(house, "SELECT person_id, name, role, email, segment FROM persons")
    assert found == [("ann", "Ann", "guest", "ann@example.org", "small")]
