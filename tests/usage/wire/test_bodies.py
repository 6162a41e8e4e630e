"""Bodies that are odd, damaged or hostile, and the short way that plain events take."""

from __future__ import annotations

import gzip
import json
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.usage.wire import gathering as module
from callsheet.usage.wire.decoding import decoded, deeper
from callsheet.usage.wire.turned import Turned
from callsheet.usage.wire.unpacking import unpacked
from tests.usage.wire.sending import UUID, codes, rows, send

ODD: dict[str, tuple[bytes, Any]] = {
    "a lone surrogate": (rb'"a\ud800b"', "a\ufffdb"),
    "a pair of surrogates": (rb'"\ud83d\ude00"', "😀"),
    "NUL": (rb'"a\u0000b"', "a\ufffdb"),
    "NaN is no number": (b"NaN", None),
    "infinity is none either": (b"-Infinity", None),
    "beyond any float": (b"1e400", None),
    "thirty digits": (b"1" * 30, int("1" * 30)),
    "five thousand digits": (b"1" * 5000, None),
    "of a name that stands twice, the last": (b'{"a":1,"a":2}', {"a": 2}),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_values_land_as_json_that_every_reader_takes(case: str) -> None:
    raw, wanted = ODD[case]
    body = b'{"event":"opened","distinct_id":"ann","properties":{"p":' + raw + b"}}"
    done, answer = send("/capture/", body)
    assert answer.status == 200
    assert rows(done)[0]["properties"] == {"p": wanted}
    text = done.parcel.properties[0]
    with duckdb.connect() as engine:
        assert engine.execute(
            "SELECT json_valid(?), json_extract_string(?, '$.p') IS NULL", [text, text]
        ).fetchall() == [(True, wanted is None)]


def test_ten_thousand_properties_are_taken() -> None:
    properties = {f"property {number}": number for number in range(10_000)}
    done, _ = send("/capture/", {"event": "opened", "distinct_id": "ann", "properties": properties})
    assert rows(done)[0]["properties"] == properties


def test_a_bomb_is_stopped_where_it_is_too_large() -> None:
    bomb = gzip.compress(b" " * 30_000_000)
    with pytest.raises(Turned) as why:
        unpacked(bomb)
    assert (why.value.status, why.value.code) == (413, "too_large")


DAMAGED = {
    "gzip cut short": gzip.compress(b"{}")[:-6],
    "no gzip": b"\x1f\x8bnonsense",
    "no deflate": b"\x78\x9cnonsense",
    "no zstd": b"\x28\xb5\x2f\xfd rest",
}


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED)
def test_damaged_packing_is_said(body: bytes) -> None:
    with pytest.raises(Turned) as why:
        unpacked(body)
    assert (why.value.status, why.value.code) == (400, "bad_encoding")


def test_depth_is_counted_in_levels() -> None:
    nested: Any = 1
    for _ in range(100):
        nested = {"a": nested}
    assert not deeper(nested)
    assert deeper([nested])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["opened", "$identify", "$groupidentify", "", " ", "x" * 401, None, 5])
PROPERTIES = st.dictionaries(
    st.sampled_from(["a", "$set", "$groups", "$session_id", "token", "distinct_id", "$ignore_sent_at", "alias"]),
    VALUES,
    max_size=4,
)
TIMES = st.sampled_from([
    "2026-11-22T11:00:00Z", "2026-11-22T11:00:00", "odd", "1960-01-01T00:00:00Z", None, 5, "9999-12-31T23:59:59-23:00",
])  # fmt: skip
EVENTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "event": NAMES, "distinct_id": st.sampled_from(["ann", "", " ", "x" * 201, "x" * 1001, None, 7]),
    "uuid": st.sampled_from([UUID + "01", "1", "", None, "u" * 201, 3]), "timestamp": TIMES,
    "properties": PROPERTIES | st.none() | st.just([]),
})  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(EVENTS, max_size=4), st.sampled_from([None, "2026-11-22T12:00:05Z", "odd"]))
def test_the_short_way_gives_what_the_long_one_does(events: list[dict[str, Any]], sent: str | None) -> None:
    body = json.dumps({"batch": events, "sent_at": sent})
    short, answer = send("/batch/", body.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.Gathering, "quick", lambda *_: False)
        long, wanted = send("/batch/", body.encode())
    assert answer == wanted
    assert codes(short) == codes(long)
    assert short.seen == long.seen == len(events)
    for name in ("moment", "event", "distinct_id", "account_id", "session_id", "properties", "merges", "traits"):
        if name not in ("merges", "traits"):
            assert getattr(short.parcel, name) == getattr(long.parcel, name)
        else:
            assert len(getattr(short.parcel, name)) == len(getattr(long.parcel, name))


JUNK = (
    st.binary(max_size=60) | st.text(max_size=40).map(str.encode) | VALUES.map(lambda value: json.dumps(value).encode())
)


@settings(max_examples=100, deadline=None)
@given(
    JUNK, st.sampled_from(["/v1/track", "/v1/batch", "/e/", "/batch/", "/i/v1/analytics/events", "/webhook/events/web"])
)
def test_no_body_breaks_a_protocol(body: bytes, path: str) -> None:
    _, answer = send(path, body)
    assert answer.status in (200, 400, 413, 415)
    json.loads(answer.body)


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_plain_json_is_read_as_it_is(value: Any) -> None:
    assert decoded(json.dumps(value).replace("\\u0000", "?").encode()) == json.loads(
        json.dumps(value).replace("\\u0000", "?")
    )
