"""What an event says of its person, by the rules of PostHog's ingestion."""

from __future__ import annotations

from typing import Any

import pytest

from tests.usage.wire.sending import UUID, rows, send

EVENT = {"event": "opened", "distinct_id": "ann", "uuid": UUID + "01"}
Said = list[tuple[str, str, bool]]

SAID: dict[str, tuple[dict[str, Any], Said]] = {
    "once, set and taken away, in this order": (
        {"properties": {"$unset": ["c"], "$set_once": {"b": 2}, "$set": {"a": 1}}},
        [("a", "1", False), ("b", "2", True), ("c", "null", False)],
    ),
    "beside and within the properties, beside counts": (
        {"$set": {"a": 1, "b": 2}, "properties": {"$set": {"a": 9, "c": 3}}},
        [("a", "1", False), ("c", "3", False), ("b", "2", False)],
    ),
    "beside, where within is nothing": (
        {"$set_once": {"a": 1}, "properties": {"$set_once": None}}, [("a", "1", True)],
    ),
    "what is taken away may be named by an object": (
        {"properties": {"$unset": {"a": 1, "b": ""}}}, [("a", "null", False), ("b", "null", False)],
    ),
    "values of every kind": (
        {"properties": {"$set": {"a": None, "b": [1, {"c": 2}], "d": True}}},
        [("a", "null", False), ("b", '[1,{"c":2}]', False), ("d", "true", False)],
    ),
    "nothing, where no profile is wanted": (
        {"properties": {"$process_person_profile": False, "$set": {"a": 1}, "$set_once": {"b": 1}, "$unset": ["c"]}}, [],
    ),
    "no objects": ({"properties": {"$set": "a", "$set_once": [1], "$unset": "b"}}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_of_a_person(case: str) -> None:
    given, wanted = SAID[case]
    done, answer = send("/capture/", {**EVENT, **given})
    assert answer.status == 200
    assert [(one.name, one.value, one.once) for one in done.parcel.traits] == wanted
    assert {(one.unit, one.unit_id) for one in done.parcel.traits} <= {("person", "ann")}


def test_an_event_without_a_profile_is_stored_as_it_was_sent() -> None:
    properties = {"$process_person_profile": False, "$set": {"a": 1}}
    done, _ = send("/capture/", {**EVENT, "properties": properties})
    assert (done.parcel.distinct_id, rows(done)[0]["properties"]) == (["ann"], properties)


def test_a_set_event_is_an_event_of_its_own() -> None:
    done, _ = send("/capture/", {**EVENT, "event": "$set", "$set": {"plan": "pro"}})
    assert done.parcel.event == ["$set"]
    assert [one.value for one in done.parcel.traits] == ['"pro"']


@pytest.mark.parametrize("placeholder", [
    "", "   ", "null", "undefined", '"undefined"', "[object Object]", '"[object Object]"', "'guest'", "NaN", "None", "0",
    "false", "Anonymous", "anonymous-user", "system", "00000000-0000-0000-0000-000000000000",
])  # fmt: skip
@pytest.mark.parametrize("event", ["$identify", "$create_alias", "$merge_dangerously"])
def test_placeholders_are_not_merged_and_their_events_are_kept(placeholder: str, event: str) -> None:
    """That the store refuses what is warned of here, tests/model/test_identity.py tests."""
    name = "$anon_distinct_id" if event == "$identify" else "alias"
    given = {"event": event, "distinct_id": "ann", "uuid": UUID + "01", "properties": {name: placeholder}}
    done, answer = send("/batch/", {"batch": [given]})
    assert (answer.status, len(done.parcel)) == (200, 1)
    assert not done.parcel.merges or done.warnings
    whom = {"event": event, "distinct_id": placeholder, "uuid": UUID + "02", "properties": {name: "ann"}}
    done, _ = send("/batch/", {"batch": [whom, EVENT]})
    assert not done.parcel.merges or done.warnings
