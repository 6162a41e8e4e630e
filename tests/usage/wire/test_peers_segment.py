"""Segment's tracking API, by its public description: whose an event is, which account, when it happened, keys."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from callsheet.usage.wire import moments
from callsheet.usage.wire.calls import Call
from callsheet.usage.wire.protocols import SEGMENT, again
from tests.usage.wire.sending import codes, rows, send

TRACK = {"type": "track", "event": "Opened", "messageId": "m" * 20}

WHOM: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "a user": ({"userId": "ann"}, "ann", None),
    "only a device": ({"anonymousId": "anon"}, "anon", None),
    "both: the user": ({"userId": "ann", "anonymousId": "anon"}, "ann", "anon"),
    "an empty user and a device": ({"userId": "", "anonymousId": "anon"}, "anon", None),
    "null and a device": ({"userId": None, "anonymousId": "anon"}, "anon", None),
    "a number": ({"userId": 97980}, "97980", None),
    "zero": ({"userId": 0}, "0", None),
}


@pytest.mark.parametrize("case", WHOM)
def test_whose_an_event_is(case: str) -> None:
    given, whom, device = WHOM[case]
    done, answer = send("/v1/batch", {"batch": [{**TRACK, **given}]})
    assert (answer.status, done.parcel.distinct_id) == (200, [whom])
    assert rows(done)[0]["properties"].get("$anonymous_id") == device


@pytest.mark.parametrize(("given", "code"), [
    ({}, "no_user"), ({"userId": "", "anonymousId": None}, "no_user"), ({"userId": True}, "bad_id"),
    ({"userId": {"id": 1}}, "bad_id"), ({"userId": "ann", "properties": [1]}, "bad_properties"),
    ({"userId": "ann", "type": "import"}, "bad_type"), ({"userId": "ann", "event": None}, "no_event"),
])  # fmt: skip
def test_what_names_nobody_or_nothing_is_refused_alone(given: dict[str, Any], code: str) -> None:
    good = {**TRACK, "userId": "ben", "messageId": "n" * 20}
    done, answer = send("/v1/batch", {"batch": [{**TRACK, **given}, good]})
    assert (answer.status, codes(done), done.parcel.distinct_id) == (200, [code], ["ben"])


WHEN: dict[str, tuple[dict[str, Any], str]] = {
    "timestamp = received - (sentAt - originalTimestamp)": (
        {"originalTimestamp": "2026-11-22T14:59:00Z", "sentAt": "2026-11-22T15:00:00Z"}, "2026-11-22T11:59:00",
    ),
    "a server's timestamp is set right by sentAt as well": (
        {"timestamp": "2026-11-22T14:59:00Z", "sentAt": "2026-11-22T15:00:00Z"}, "2026-11-22T11:59:00",
    ),
    "what Segment passes on is right already": (
        {
            "originalTimestamp": "2026-11-01T14:59:00Z", "sentAt": "2026-11-01T15:00:00Z",
            "receivedAt": "2026-11-01T10:00:00Z", "timestamp": "2026-11-01T09:59:00Z",
        },
        "2026-11-01T09:59:00",
    ),
    "without sentAt as it is": ({"timestamp": "2026-11-22T11:59:00Z"}, "2026-11-22T11:59:00"),
    "no time: the receipt": ({"sentAt": "2026-11-22T15:00:00Z"}, "2026-11-22T12:00:00"),
}  # fmt: skip


@pytest.mark.parametrize("case", WHEN)
def test_when_it_happened(case: str) -> None:
    given, wanted = WHEN[case]
    done, _ = send("/v1/track", {**TRACK, "userId": "ann", **given})
    assert moments.to(done.parcel.moment[0]).isoformat() == wanted


FOLLOWS: dict[str, tuple[dict[str, Any], str, bool]] = {
    "an event that names no account follows its person": ({}, "", True),
    "one that names its account tells it": ({"context": {"groupId": "acme"}}, "acme", True),
    "null says that there is none": ({"context": {"groupId": None}}, "", False),
    "so does an empty text": ({"context": {"groupId": ""}}, "", False),
    "a group call tells it": ({"type": "group", "groupId": 5}, "5", True),
}


@pytest.mark.parametrize("case", FOLLOWS)
def test_which_account(case: str) -> None:
    given, account, follows = FOLLOWS[case]
    done, _ = send("/v1/batch", {"batch": [7, {**TRACK, "userId": "ben"}, {**TRACK, "userId": "ann", **given}]})
    assert done.parcel.account_id == ["", account]
    assert done.parcel.follows == [0, *([1] if follows else [])]
    once_more, _ = send("/v1/batch", {"batch": []})
    again({**TRACK, "userId": "ann", **given}, once_more, "known")
    assert once_more.parcel.follows == ([0] if follows else [])


def test_the_batchs_context_may_say_that_there_is_no_account() -> None:
    done, _ = send("/v1/batch", {"context": {"groupId": None}, "batch": [{**TRACK, "userId": "ann"}]})
    assert done.parcel.follows == []


def test_posthogs_events_follow_nobody() -> None:
    done, _ = send("/batch/", {"batch": [{"event": "opened", "distinct_id": "ann"}]})
    assert done.parcel.follows == []


def test_what_is_for_others_is_left_and_the_context_stays() -> None:
    """`integrations` steers what Segment passes on; traits in the context are not news of the person."""
    given = {
        **TRACK, "userId": "ann", "integrations": {"All": False}, "properties": {"a": 1},
        "context": {"traits": {"plan": "pro"}, "ip": "192.0.2.7", "groupId": "acme", "sessionId": 7},
    }  # fmt: skip
    done, _ = send("/v1/track", given)
    properties = rows(done)[0]["properties"]
    assert (properties["a"], properties["$ip"], properties["$context"]) == (1, "192.0.2.7", {"traits": {"plan": "pro"}})
    assert "integrations" not in properties
    assert (done.parcel.account_id, done.parcel.session_id, done.parcel.traits) == (["acme"], ["7"], [])


TRAITS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "of the call": ({"traits": {"plan": "pro"}}, {"plan": "pro"}),
    "of its context, as RudderStack sends them": ({"context": {"traits": {"plan": "pro"}}}, {"plan": "pro"}),
    "of the call before those of its context": (
        {"traits": {"plan": "pro"}, "context": {"traits": {"plan": "free", "age": 7}}}, {"plan": "pro"},
    ),
    "null, and none in the context": ({"traits": None, "context": {"traits": [1]}}, {}),
}  # fmt: skip


@pytest.mark.parametrize("case", TRAITS)
def test_the_traits_of_an_identify_call(case: str) -> None:
    given, wanted = TRAITS[case]
    done, answer = send("/v1/identify", {"userId": "ann", "messageId": "m" * 20, **given})
    assert answer.status == 200
    assert {one.name: json.loads(one.value) for one in done.parcel.traits} == wanted


def basic(text: str) -> dict[str, str]:
    """Return the header of Basic authentication."""
    return {"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


KEYS: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    "Basic with an empty password": (basic("k1:"), {}, "k1"),
    "Basic without a colon": (basic("k1"), {}, "k1"),
    "Basic with any password": (basic("k1:secret"), {}, "k1"),
    "Basic, its scheme in small letters": ({"authorization": "basic azE6"}, {}, "k1"),
    "of the body": ({}, {"writeKey": "k1"}, "k1"),
    "of the header before the body's": (basic("k1:"), {"writeKey": "k2"}, "k1"),
    "a header that cannot be read, and the body's": ({"authorization": "Basic §§"}, {"writeKey": "k2"}, "k2"),
    "none": ({}, {}, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", KEYS)
def test_the_key(case: str) -> None:
    headers, document, wanted = KEYS[case]
    assert SEGMENT.key(Call("/v1/track", headers=headers), document) == wanted
