"""PostHog's capture: forms of bodies, ids, identities, groups, and version 1's answer for each event.

Rules as PostHog's capture and ingestion have them: ids are cut at 200 characters, `$anon_distinct_id` and `alias`
merge, `offset` counts back from the receipt, an answer other than 200 makes clients send again.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any
from urllib.parse import quote

import pytest

from callsheet.model.intake import Merge, Trait
from callsheet.usage.wire import moments
from tests.usage.wire.sending import NOW, UUID, codes, rows, send

EVENT = {"event": "opened", "distinct_id": "ann", "uuid": UUID + "01"}
BODY = json.dumps({"api_key": "key", "batch": [EVENT]}).encode()

FORMS: dict[str, tuple[str, bytes]] = {
    "a batch": ("/batch/", BODY),
    "one event": ("/capture/", json.dumps({**EVENT, "api_key": "key"}).encode()),
    "a list": ("/e/", json.dumps([EVENT]).encode()),
    "gzip, whatever the headers say": ("/i/v0/e/", gzip.compress(BODY)),
    "two members of gzip": ("/e/", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])),
    "deflate": ("/e/", zlib.compress(BODY)),
    "a form with base64": ("/e/", b"data=" + quote(base64.b64encode(BODY)).encode() + b"&ip=1"),
    "a form with JSON": ("/e/", b"data=" + quote(BODY.decode()).encode()),
    "base64 alone": ("/e/", base64.b64encode(BODY)),
    "base64 of gzip": ("/e/", b"data=" + quote(base64.b64encode(gzip.compress(BODY))).encode()),
    "data in JSON": ("/e/", json.dumps({"data": base64.b64encode(BODY).decode()}).encode()),
    "with a byte order mark": ("/e/", b"\xef\xbb\xbf" + BODY),
}


@pytest.mark.parametrize("case", FORMS)
def test_every_form_of_a_body_is_read(case: str) -> None:
    path, body = FORMS[case]
    done, answer = send(path, body)
    assert (answer.status, answer.body) == (200, b'{"status":1}')
    assert [(row["event"], row["distinct_id"], row["event_id"]) for row in rows(done)] == [
        ("opened", "ann", UUID + "01")
    ]


WHOM: dict[str, tuple[dict[str, Any], str]] = {
    "at the top": ({"distinct_id": "ann"}, "ann"),
    "in the properties": ({"distinct_id": None, "properties": {"distinct_id": "ann"}}, "ann"),
    "a number": ({"distinct_id": 42}, "42"),
    "a truth value": ({"distinct_id": True}, "true"),
    "an object": ({"distinct_id": {"a": 1}}, '{"a":1}'),
    "NUL inside": ({"distinct_id": "a\0b"}, "a\ufffdb"),
    "222 letters are cut at 200": ({"distinct_id": "x" * 222}, "x" * 200),
}


@pytest.mark.parametrize("case", WHOM)
def test_ids_become_text(case: str) -> None:
    given, wanted = WHOM[case]
    done, _ = send("/capture/", {"event": "opened", **given})
    assert done.parcel.distinct_id == [wanted]
    assert "distinct_id" not in rows(done)[0]["properties"]


def test_an_id_that_was_cut_is_kept_whole_in_a_property() -> None:
    done, _ = send("/capture/", {"event": "opened", "distinct_id": "x" * 222})
    assert rows(done)[0]["properties"]["$sent_distinct_id"] == "x" * 222


WRONG: dict[str, tuple[Any, str]] = {
    "no distinct_id": ({"event": "opened"}, "no_user"),
    "null": ({"event": "opened", "distinct_id": None}, "no_user"),
    "empty": ({"event": "opened", "distinct_id": ""}, "no_user"),
    "blank": ({"event": "opened", "distinct_id": "  "}, "no_user"),
    "10 kB": ({"event": "opened", "distinct_id": "x" * 10_000}, "long_id"),
    "no name": ({"distinct_id": "ann"}, "no_event"),
    "properties that are a list": ({"event": "opened", "distinct_id": "ann", "properties": [1]}, "bad_properties"),
    "nested 150 deep": (
        {"event": "opened", "distinct_id": "ann", "properties": {"a": json.loads("[" * 150 + "]" * 150)}}, "too_deep",
    ),
    "properties above 1 MB": (
        {"event": "opened", "distinct_id": "ann", "properties": {"a": "x" * 1_100_000}}, "too_large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_taken_is_refused_and_visible(case: str) -> None:
    given, code = WRONG[case]
    done, answer = send("/capture/", given)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, code)
    assert (codes(done), len(done.parcel), done.seen) == ([code], 0, 1)
    done, answer = send("/batch/", {"batch": [given, EVENT]})
    assert (answer.status, codes(done), len(done.parcel)) == (200, [code], 1)


def test_identify_and_alias_merge_and_keep_the_event() -> None:
    batch = [
        {"event": "$identify", "distinct_id": "ann", "uuid": UUID + "01", "properties": {"$anon_distinct_id": "anon"}},
        {"event": "$create_alias", "distinct_id": "ann", "uuid": UUID + "02", "properties": {"alias": "other"}},
        {"event": "$identify", "distinct_id": "ann", "uuid": UUID + "03", "properties": {"$anon_distinct_id": "ann"}},
    ]
    done, _ = send("/batch/", {"batch": batch})
    assert done.parcel.merges == [
        Merge("anon", "ann", "identify", UUID + "01", NOW), Merge("other", "ann", "alias", UUID + "02", NOW),
    ]  # fmt: skip
    assert len(done.parcel) == 3


def test_traits_come_from_the_event_and_its_properties() -> None:
    given = {**EVENT, "$set": {"plan": "pro"}, "properties": {"$set_once": {"first": 1}, "$unset": ["old"]}}
    done, _ = send("/capture/", given)
    assert done.parcel.traits == [
        Trait("person", "ann", "plan", '"pro"', NOW, False, UUID + "01"),
        Trait("person", "ann", "first", "1", NOW, True, UUID + "01"),
        Trait("person", "ann", "old", "null", NOW, False, UUID + "01"),
    ]


GROUPS: dict[str, tuple[Any, str]] = {
    "a company comes first": ({"project": "p", "company": "c"}, "c"),
    "else the first": ({"project": "p", "team": "t"}, "p"),
    "numbers": ({"company": 5}, "5"),
    "none": ({}, ""),
    "no object": ("acme", ""),
}


@pytest.mark.parametrize("case", GROUPS)
def test_the_account_is_one_of_the_groups(case: str) -> None:
    groups, wanted = GROUPS[case]
    done, _ = send("/capture/", {**EVENT, "properties": {"$groups": groups}})
    assert done.parcel.account_id == [wanted]


def test_groupidentify_gives_an_account_its_traits() -> None:
    properties = {"$group_type": "company", "$group_key": "acme", "$group_set": {"plan": "pro"}}
    done, _ = send("/capture/", {**EVENT, "event": "$groupidentify", "properties": properties})
    assert done.parcel.account_id == ["acme"]
    assert done.parcel.traits == [Trait("account", "acme", "plan", '"pro"', NOW, False, UUID + "01")]


NOBODYS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "posthog-node's": ("$company_acme", {}, True),
    "posthog-python's": ("0190f3a4-1111-7000-8000-000000000000", {}, True),
    "said to be nobody's": ("server", {"$process_person_profile": False}, True),
    "somebody's": ("ann", {}, False),
    "a browser's, before somebody signs in": ("0190f3a4-1111-7000-8000-000000000000", {"$device_id": "d"}, False),
    "a name that only looks like it": ("$company_other", {}, False),
}


@pytest.mark.parametrize("case", NOBODYS)
def test_what_only_describes_a_group_is_nobodys(case: str) -> None:
    whom, extra, nobodys = NOBODYS[case]
    properties = {"$group_type": "company", "$group_key": "acme", "$group_set": {"plan": "pro"}, **extra}
    properties["$set"] = {"made": "up"}
    done, answer = send(
        "/batch/", {"batch": [{"event": "$groupidentify", "distinct_id": whom, "properties": properties}]}
    )
    assert answer.status == 200
    assert done.parcel.distinct_id == ["" if nobodys else whom]
    assert rows(done)[0]["properties"].get("$sent_distinct_id") == (whom if nobodys else None)
    assert {(one.unit, one.unit_id) for one in done.parcel.traits} == {
        ("account", "acme"), *([] if nobodys else [("person", whom)]),
    }  # fmt: skip
    used, _ = send("/batch/", {"batch": [{"event": "opened", "distinct_id": whom, "properties": properties}]})
    assert used.parcel.distinct_id == [whom], "any other event is theirs"


TIMES: dict[str, tuple[dict[str, Any], str]] = {
    "the clock is an hour behind": (
        {"timestamp": "2026-11-22T10:59:00Z", "sent_at": "2026-11-22T11:00:00Z"}, "2026-11-22T11:59:00",
    ),
    "no correction where it is asked for": (
        {"timestamp": "2026-11-22T10:59:00Z", "sent_at": "2026-11-22T11:00:00Z", "properties": {"$ignore_sent_at": True}},
        "2026-11-22T10:59:00",
    ),
    "an offset in milliseconds": ({"offset": 1500}, "2026-11-22T11:59:58.500000"),
    "nothing: the receipt": ({}, "2026-11-22T12:00:00"),
}  # fmt: skip


@pytest.mark.parametrize("case", TIMES)
def test_moments(case: str) -> None:
    given, wanted = TIMES[case]
    done, _ = send("/capture/", {**EVENT, **given})
    assert moments.to(done.parcel.moment[0]).isoformat() == wanted


def test_the_clock_of_posthog_js_stands_in_the_address() -> None:
    sent = str(moments.of(NOW) // 1000 - 3_600_000)
    done, _ = send("/e/", {**EVENT, "timestamp": "2026-11-22T10:59:00Z"}, query={"_": sent})
    assert done.parcel.moment == [moments.of(NOW) - 60_000_000]


def test_short_ids_count_within_their_source_and_long_ones_by_their_hash() -> None:
    done, _ = send("/batch/", {"batch": [{**EVENT, "uuid": key} for key in ("7", "u" * 300, UUID + "01")]})
    short, long, usual = done.parcel.event_id
    assert (short, len(long), usual) == ("web:7", 64, UUID + "01")


def test_session_and_key_are_taken_out_of_the_properties() -> None:
    properties = {"$session_id": "s1", "token": "key", "$token": "of another kind"}
    done, _ = send("/capture/", {**EVENT, "properties": properties})
    assert done.parcel.session_id == ["s1"]
    assert rows(done)[0]["properties"] == {"$session_id": "s1", "$token": "of another kind"}


V1 = "/i/v1/analytics/events"


def test_version_1_answers_for_each_event() -> None:
    batch = [
        {**EVENT, "uuid": "ok", "session_id": "s1", "options": {"disable_skew_correction": True}},
        {**EVENT, "uuid": "dropped", "distinct_id": ""},
        {"event": "$identify", "distinct_id": "ann", "uuid": "warned", "properties": {"$anon_distinct_id": "guest"}},
        {**EVENT, "uuid": "odd", "properties": 7},
    ]
    headers = {"authorization": "Bearer key", "posthog-sdk-info": "posthog-python/7.9"}
    done, answer = send(V1, {"batch": batch}, headers=headers)
    told = json.loads(answer.body)["results"]
    assert {key: one["result"] for key, one in told.items()} == {
        "ok": "ok", "dropped": "drop", "warned": "warning", "odd": "drop",
    }  # fmt: skip
    assert told["dropped"]["details"] == "missing_distinct_id"
    assert done.parcel.session_id == ["s1", ""]
    assert rows(done)[0]["properties"]["$lib"] == "posthog-python"


def test_version_1_corrects_by_the_clock_of_the_header() -> None:
    headers = {"posthog-request-timestamp": "2026-11-22T11:00:00Z"}
    event = {**EVENT, "timestamp": "2026-11-22T10:59:00Z"}
    done, _ = send(V1, {"batch": [event]}, headers=headers)
    assert done.parcel.moment == [moments.of(NOW) - 60_000_000]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"batch":{}}', b"7", b"{"])
def test_version_1_turns_away_what_is_no_batch(body: bytes) -> None:
    _, answer = send(V1, body)
    assert answer.status == 400
    assert set(json.loads(answer.body)) == {"error", "error_description"}
