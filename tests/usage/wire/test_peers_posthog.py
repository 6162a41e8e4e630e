"""What PostHog's own capture is tested for, asked of ours in our words: where keys and ids stand, empty and mixed
requests, and version 1's verdict on each event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.model.intake import Merge
from callsheet.usage.wire.calls import Call
from callsheet.usage.wire.protocols import POSTHOG, POSTHOG_V1
from callsheet.usage.wire.turned import Turned
from tests.usage.wire.sending import NOW, UUID, codes, rows, send

EVENT = {"event": "opened", "distinct_id": "ann", "uuid": UUID + "01"}
V1 = "/i/v1/analytics/events"

KEYS: dict[str, tuple[Any, str]] = {
    "of the batch": ({"api_key": "k1", "batch": [EVENT]}, "k1"),
    "of the batch, before that of its events": ({"token": "k1", "batch": [{**EVENT, "token": "k2"}]}, "k1"),
    "of a single event": ({**EVENT, "$token": "k1"}, "k1"),
    "in its properties": ({**EVENT, "properties": {"token": "k1"}}, "k1"),
    "of a list, all the same": ([{**EVENT, "api_key": "k1"}, {**EVENT, "properties": {"token": "k1"}}], "k1"),
    "of the twentieth event": ([*[EVENT] * 19, {**EVENT, "api_key": "k1"}], "k1"),
    "with blanks and a line end around it": ({"api_key": "  k1\r\n", "batch": [EVENT]}, "k1"),
    "nothing but blanks": ({"api_key": " \n", "batch": [EVENT]}, ""),
    "no text": ({"api_key": 7, "batch": [EVENT]}, ""),
    "none": ([EVENT], ""),
}


@pytest.mark.parametrize("case", KEYS)
def test_the_key_is_found_wherever_clients_put_it(case: str) -> None:
    document, wanted = KEYS[case]
    assert POSTHOG.key(Call("/batch"), document) == wanted


def test_events_with_different_keys_are_nobodys() -> None:
    with pytest.raises(Turned) as why:
        POSTHOG.key(Call("/e"), [{**EVENT, "token": "k1"}, {**EVENT, "token": "k2"}])
    assert why.value.status == 401


def test_version_1_takes_a_bearer_in_any_case_and_no_key_of_the_body() -> None:
    for scheme in ("Bearer ", "bearer   ", "BEARER "):
        assert POSTHOG_V1.key(Call(V1, headers={"authorization": f"{scheme}k1 "}), {"api_key": "k2"}) == "k1"
    assert POSTHOG_V1.key(Call(V1), {"api_key": "k2"}) == ""


@pytest.mark.parametrize("path", ["/batch/", "/capture/", "/e/", "/i/v0/e/", V1])
def test_a_request_without_any_event_is_an_error(path: str) -> None:
    done, answer = send(path, {"api_key": "key", "batch": []})
    assert (answer.status, done.seen) == (400, 0)
    assert "empty_batch" in answer.body.decode()


WHOM: dict[str, tuple[dict[str, Any], str]] = {
    "under its other name": ({"$distinct_id": "ann"}, "ann"),
    "the plain name comes first": ({"distinct_id": "ann", "$distinct_id": "ben"}, "ann"),
    "beside the properties before within": ({"distinct_id": 23, "properties": {"distinct_id": "ann"}}, "23"),
    "a fraction": ({"distinct_id": 23.4}, "23.4"),
    "a list": ({"distinct_id": ["b", "a"]}, '["b","a"]'),
    "an object, by its names": ({"distinct_id": {"b": 1, "a": {"d": 2, "c": 3}}}, '{"a":{"c":3,"d":2},"b":1}'),
    "blanks around it stay": ({"distinct_id": " ann "}, " ann "),
    "200 letters of three bytes": ({"distinct_id": "€" * 200}, "€" * 200),
    "201 of them": ({"distinct_id": "€" * 201}, "€" * 200),
}


@pytest.mark.parametrize("case", WHOM)
def test_ids_of_every_kind_name_somebody(case: str) -> None:
    given, wanted = WHOM[case]
    done, answer = send("/capture/", {"event": "opened", **given})
    assert (answer.status, done.parcel.distinct_id) == (200, [wanted])


def test_an_id_that_is_merged_is_cut_as_it_is_in_its_events() -> None:
    long = "x" * 300
    batch = [
        {**EVENT, "distinct_id": long},
        {"event": "$identify", "distinct_id": "ann", "uuid": UUID + "02", "properties": {"$anon_distinct_id": long}},
        {"event": "$create_alias", "distinct_id": "ann", "uuid": UUID + "03", "properties": {"alias": long}},
    ]
    done, _ = send("/batch/", {"batch": batch})
    assert {merge.from_id for merge in done.parcel.merges} == {done.parcel.distinct_id[0]} == {"x" * 200}


def test_merge_dangerously_is_a_merge() -> None:
    given = {"event": "$merge_dangerously", "distinct_id": "ann", "uuid": UUID + "01", "properties": {"alias": 42}}
    done, _ = send("/capture/", given)
    assert done.parcel.merges == [Merge("42", "ann", "alias", UUID + "01", NOW)]


def test_a_flag_for_a_move_of_history_keeps_the_moments_of_its_events() -> None:
    event = {**EVENT, "timestamp": "2019-02-03T04:05:06Z"}
    done, answer = send("/batch/", {"historical_migration": True, "batch": [event, {**event, "uuid": UUID + "02"}]})
    assert (answer.status, len(done.parcel)) == (200, 2)
    assert set(done.parcel.moment) == {1_549_166_706_000_000}


VERDICTS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "a plain event": ({}, "ok", None),
    "blanks around the ids": ({"uuid": f"  {UUID}01 ", "distinct_id": " ann "}, "ok", None),
    "no name": ({"event": ""}, "drop", "missing_event_name"),
    "a name of 500 letters": ({"event": "x" * 500}, "drop", "event_name_too_long"),
    "nobody": ({"distinct_id": "  "}, "drop", "missing_distinct_id"),
    "an id of 201 letters": ({"distinct_id": "x" * 201}, "drop", "distinct_id_too_large"),
    "properties that are a list": ({"properties": [1]}, "drop", "malformed_event_properties"),
    "an option that is no truth": ({"options": {"cookieless_mode": "perhaps"}}, "drop", "invalid_options"),
    "options that are a list": ({"options": [1]}, "drop", "invalid_options"),
    "an option nobody knows": ({"options": {"colour": [1]}}, "ok", None),
    "options that are null": ({"options": {"cookieless_mode": None}}, "ok", None),
    "a date that is none": ({"timestamp": "soon"}, "warning", "invalid_event_timestamp"),
    "a placeholder": ({"distinct_id": "Anonymous"}, "warning", "placeholder_distinct_id"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_version_1_says_what_became_of_an_event_and_takes_the_others(case: str) -> None:
    given, result, details = VERDICTS[case]
    done, answer = send(V1, {"batch": [{**EVENT, **given}, {**EVENT, "uuid": UUID + "02"}]})
    told = json.loads(answer.body)["results"]
    assert (answer.status, told[UUID + "02"]) == (200, {"result": "ok"})
    assert (told[UUID + "01"]["result"], told[UUID + "01"].get("details")) == (result, details)
    assert len(codes(done)) == (result == "drop")
    assert len(done.parcel) == 1 + (result != "drop")
    assert result == "drop" or done.parcel.distinct_id[0] == given.get("distinct_id", "ann").strip()


def test_version_1_answers_when_all_were_dropped_and_for_events_without_an_id() -> None:
    done, answer = send(V1, {"batch": [{**EVENT, "event": ""}, {"event": "opened", "distinct_id": "ann"}, 7]})
    told = json.loads(answer.body)["results"]
    assert [one["result"] for one in told.values()] == ["drop", "ok"]
    assert set(told) == {UUID + "01", done.parcel.event_id[0]}
    assert codes(done) == ["no_event", "bad_event"]
    _, answer = send(V1, {"batch": [{**EVENT, "event": ""}]})
    assert answer.status == 200


def test_version_1_puts_options_session_and_library_into_the_properties() -> None:
    event = {
        **EVENT, "session_id": "s1", "window_id": "w1", "properties": {"$lib": "made up", "columns": 3},
        "options": {
            "disable_skew_correction": "TRUE", "process_person_profile": 0, "cookieless_mode": 1, "product_tour_id": 12,
        },
    }  # fmt: skip
    headers = {"posthog-sdk-info": " posthog/for-a/frame / 2.3.4 "}
    done, _ = send(V1, {"batch": [event]}, headers=headers)
    assert rows(done)[0]["properties"] == {
        "columns": 3, "$session_id": "s1", "$window_id": "w1", "$ignore_sent_at": True, "$cookieless_mode": True,
        "$process_person_profile": False, "$product_tour_id": "12", "$lib": "posthog/for-a/frame",
        "$lib_version": "2.3.4",
    }  # fmt: skip


@pytest.mark.parametrize("told", ["", "posthog", "/1.0", "posthog/", "x" * 201 + "/1"])
def test_version_1_makes_no_library_of_a_header_that_names_none(told: str) -> None:
    done, _ = send(V1, {"batch": [{**EVENT, "properties": {"$lib": "own"}}]}, headers={"posthog-sdk-info": told})
    assert rows(done)[0]["properties"] == {"$lib": "own"}
