"""Segment's calls: what each becomes, and what each violation is answered.

Expected names and rules: Segment's HTTP API reference (calls, identities, 32 KB an event, 500 KB a batch).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.model.intake import Merge, Trait
from callsheet.usage.wire import moments
from tests.usage.wire.sending import NOW, codes, rows, send

BASE = {"messageId": "message-0000-0000-0000-0001", "userId": "ann"}


def test_a_track_call_is_an_event() -> None:
    done, answer = send("/v1/track", {**BASE, "event": "Report Opened", "properties": {"pages": 3}})
    assert (answer.status, answer.body) == (200, b'{"success":true}')
    assert rows(done) == [{
        "event_id": "message-0000-0000-0000-0001", "moment": moments.of(NOW), "event": "Report Opened",
        "distinct_id": "ann", "account_id": "", "session_id": "", "properties": {"pages": 3},
    }]  # fmt: skip


CALLS: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "a page": ("page", {"name": "Home", "properties": {"url": "/"}}, "$pageview", {"name": "Home", "url": "/"}),
    "a screen": ("screen", {"name": "Start", "category": "Main"}, "$screen", {"name": "Start", "category": "Main"}),
    "a group": (
        "group", {"groupId": "acme", "traits": {"plan": "pro"}}, "$groupidentify",
        {"$group_type": "account", "$group_key": "acme", "$group_set": {"plan": "pro"}},
    ),
    "an identify": ("identify", {"traits": {"age": 3}}, "$identify", {"$set": {"age": 3}}),
    "an alias": ("alias", {"previousId": "old"}, "$create_alias", {"alias": "old"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_special_calls_get_the_names_of_posthog(case: str) -> None:
    kind, given, name, properties = CALLS[case]
    done, answer = send(f"/v1/{kind}", {**BASE, **given})
    assert answer.status == 200
    assert [(row["event"], row["properties"]) for row in rows(done)] == [(name, properties)]


@pytest.mark.parametrize("case", CALLS)
def test_the_script_for_browsers_uses_first_letters(case: str) -> None:
    kind, given, name, _ = CALLS[case]
    done, _ = send(f"/v1/{kind[0]}", {**BASE, **given})
    assert done.parcel.event == [name]


def test_identify_with_both_ids_and_alias_merge() -> None:
    batch = [
        {**BASE, "type": "identify", "anonymousId": "anon-1", "messageId": "i" * 20},
        {**BASE, "type": "alias", "previousId": "anon-2", "messageId": "a" * 20},
    ]
    done, _ = send("/v1/batch", {"batch": batch})
    assert done.parcel.merges == [
        Merge("anon-1", "ann", "identify", "i" * 20, NOW), Merge("anon-2", "ann", "alias", "a" * 20, NOW),
    ]  # fmt: skip


def test_a_group_gives_the_account_its_traits_and_context_gives_events_theirs() -> None:
    batch = [
        {**BASE, "type": "group", "groupId": "acme", "traits": {"plan": "pro"}, "messageId": "g" * 20},
        {**BASE, "type": "track", "event": "Opened", "context": {"groupId": "acme"}, "messageId": "t" * 20},
    ]
    done, _ = send("/v1/batch", {"batch": batch})
    assert done.parcel.account_id == ["acme", "acme"]
    assert done.parcel.traits == [Trait("account", "acme", "plan", '"pro"', NOW, False, "g" * 20)]


def test_the_context_becomes_properties_and_the_events_own_win() -> None:
    context = {
        "ip": "192.0.2.1", "userAgent": "Test", "page": {"path": "/a", "url": "https://example.org/a", "odd": 1},
        "campaign": {"name": "spring", "source": "mail"}, "library": {"name": "lib", "version": "2"}, "other": [1],
    }  # fmt: skip
    given = {**BASE, "event": "Opened", "context": context, "properties": {"$pathname": "own"}}
    [row] = rows(send("/v1/track", given)[0])
    assert row["properties"] == {
        "$pathname": "own", "$ip": "192.0.2.1", "$user_agent": "Test", "$current_url": "https://example.org/a",
        "utm_campaign": "spring", "utm_source": "mail", "$lib": "lib", "$lib_version": "2",
        "$context": {"page": {"odd": 1}, "other": [1]},
    }  # fmt: skip


def test_the_context_of_a_batch_stands_below_that_of_each_event() -> None:
    batch = [{**BASE, "type": "track", "event": "Opened", "context": {"locale": "es"}}]
    done, _ = send("/v1/batch", {"batch": batch, "context": {"locale": "en", "ip": "192.0.2.7"}})
    assert rows(done)[0]["properties"] == {"$locale": "es", "$ip": "192.0.2.7"}


TIMES = {
    "the clock is ten minutes ahead": ("2026-11-22T12:09:00Z", "2026-11-22T12:10:00Z", "2026-11-22T11:59:00"),
    "a zone counts": ("2026-11-22T13:00:00+02:00", None, "2026-11-22T11:00:00"),
    "without a zone it is UTC": ("2026-11-22T11:00:00", None, "2026-11-22T11:00:00"),
    "years late": ("2019-02-03T04:05:06Z", None, "2019-02-03T04:05:06"),
    "23 hours ahead are kept": ("2026-11-23T11:00:00Z", None, "2026-11-23T11:00:00"),
}


@pytest.mark.parametrize("case", TIMES)
def test_moments_are_set_right_by_the_clock_that_sent_them(case: str) -> None:
    timestamp, sent, wanted = TIMES[case]
    given = {"type": "track", "event": "Opened", **BASE, "timestamp": timestamp}
    done, _ = send("/v1/batch", {"batch": [given], "sentAt": sent})
    assert moments.to(done.parcel.moment[0]).isoformat() == wanted
    assert "$sent_timestamp" not in rows(done)[0]["properties"]


@pytest.mark.parametrize(
    "odd", ["yesterday", "1969-12-31T23:59:59Z", "9999-12-31T00:00:00Z", -5, "2026-11-24T00:00:00Z", [1]]
)
def test_moments_that_cannot_be_are_those_of_receipt(odd: Any) -> None:
    done, answer = send("/v1/track", {**BASE, "event": "Opened", "timestamp": odd})
    assert answer.status == 200
    assert done.parcel.moment == [moments.of(NOW)]
    told = odd if isinstance(odd, str) else json.dumps(odd)
    assert rows(done)[0]["properties"]["$sent_timestamp"] == told


WRONG: dict[str, tuple[str, Any, int, str]] = {
    "no JSON": ("track", b"{nope", 400, "bad_json"),
    "nothing": ("track", b"", 400, "bad_json"),
    "no object": ("track", [1], 400, "bad_json"),
    "not UTF-8": ("track", b'{"userId":"\xff"}', 400, "bad_json"),
    "nested without end": ("track", b'{"a":' * 5_000, 400, "too_deep"),
    "a batch that is no list": ("batch", {"batch": {}}, 400, "bad_batch"),
    "neither id": ("track", {"event": "Opened"}, 400, "no_user"),
    "both ids null": ("track", {"event": "Opened", "userId": None, "anonymousId": None}, 400, "no_user"),
    "both ids empty": ("track", {"event": "Opened", "userId": "", "anonymousId": ""}, 400, "no_user"),
    "an object as id": ("track", {"event": "Opened", "userId": {"a": 1}}, 400, "bad_id"),
    "an id of 10 kB": ("track", {"event": "Opened", "userId": "u" * 10_000}, 400, "long_id"),
    "no event": ("track", {"userId": "ann"}, 400, "no_event"),
    "an event that is no text": ("track", {"userId": "ann", "event": 7}, 400, "no_event"),
    "a name of 401 letters": ("track", {"userId": "ann", "event": "e" * 401}, 400, "long_name"),
    "no groupId": ("group", {"userId": "ann"}, 400, "no_group"),
    "no previousId": ("alias", {"userId": "ann"}, 400, "no_previous"),
    "properties that are none": ("track", {"userId": "ann", "event": "Opened", "properties": [1]}, 400, "bad_properties"),
    "an event above 32 KB": ("track", {**BASE, "event": "Opened", "properties": {"a": "x" * 33_000}}, 400, "too_large"),
    "a batch above 500 KB": ("batch", {"batch": [], "filler": "x" * 513_000}, 400, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_violations_get_the_answer_of_the_protocol(case: str) -> None:
    path, given, status, code = WRONG[case]
    done, answer = send(f"/v1/{path}", given)
    told = json.loads(answer.body)
    assert (answer.status, told["success"], told["code"]) == (status, False, code)
    assert told["message"]
    assert len(done.parcel) == 0


def test_a_bad_event_of_a_batch_is_refused_alone() -> None:
    batch = [{**BASE, "type": "track", "event": "Opened"}, {"type": "track", "event": "Lost"}, {"type": "odd"}, 7]
    done, answer = send("/v1/batch", {"batch": batch, "writeKey": "key"})
    assert answer.status == 200
    assert codes(done) == ["no_user", "bad_type", "bad_event"]
    assert [row["event"] for row in rows(done)] == ["Opened"]
    assert json.loads(done.parcel.refused[0].raw)["event"] == "Lost"
    assert done.seen == 4


def test_an_event_above_32_kb_in_a_batch_is_answered_400_and_loses_no_other() -> None:
    batch = [{**BASE, "type": "track", "event": "Opened", "properties": {"a": "x" * size}} for size in (33_000, 31_000)]
    done, answer = send("/v1/batch", {"batch": batch})
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "too_large")
    assert (codes(done), len(done.parcel)) == (["too_large"], 1)


def test_numbers_are_ids_and_a_missing_message_id_is_made() -> None:
    done, _ = send("/v1/batch", {"batch": [{"type": "track", "event": "Opened", "userId": 7}] * 2})
    assert done.parcel.distinct_id == ["7", "7"]
    assert len(set(done.parcel.event_id)) == 2
