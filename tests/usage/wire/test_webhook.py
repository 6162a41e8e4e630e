"""Events of any sender: forms, mappings, signatures."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from callsheet.usage.wire import moments
from callsheet.usage.wire.webhook import signed
from tests.usage.wire.sending import codes, rows, send

PATH = "/webhook/events/web"


def test_the_usual_names_are_found_and_the_rest_are_properties() -> None:
    given = {"type": "invoice.paid", "user_id": 7, "time": "2026-11-22T10:00:00Z", "id": "evt_1", "total": 9.5}
    [row] = rows(send(PATH, given)[0])
    assert row == {
        "event_id": "web:evt_1", "moment": moments.read("2026-11-22T10:00:00Z"), "event": "invoice.paid",
        "distinct_id": "7", "account_id": "", "session_id": "", "properties": {"total": 9.5},
    }  # fmt: skip


def test_a_mapping_says_where_things_stand() -> None:
    mapping = {"event": "=Order paid", "distinct_id": "buyer.email", "properties": "order", "account_id": "buyer.firm"}
    given = {"buyer": {"email": "ann@example.org", "firm": "acme"}, "order": {"total": 3}, "kind": "x"}
    [row] = rows(send(PATH, given, mapping=mapping)[0])
    assert (row["event"], row["distinct_id"], row["account_id"]) == ("Order paid", "ann@example.org", "acme")
    assert row["properties"] == {"total": 3}


@pytest.mark.parametrize("body", [
    b'[{"event":"a","user_id":"u"},{"event":"b","user_id":"u"}]',
    b'{"event":"a","user_id":"u"}\n\n{"event":"b","user_id":"u"}\n',
])  # fmt: skip
def test_lists_and_lines(body: bytes) -> None:
    done, answer = send(PATH, body)
    assert done.parcel.event == ["a", "b"]
    assert json.loads(answer.body) == {"taken": 2, "refused": []}


def test_a_bad_line_is_refused_alone() -> None:
    done, answer = send(PATH, b'{"event":"a","user_id":"u"}\nnope\n{"event":"b"}')
    assert (answer.status, codes(done)) == (200, ["bad_event", "no_user"])
    assert done.parcel.refused[0].raw == "nope"


NOW = 1_800_000_000.0
GOOD = hmac.new(b"key", b"1800000000.body", hashlib.sha256).hexdigest()
SIGNATURES = {
    "right": ("key", "1800000000", f"sha256={GOOD}", b"body", True),
    "without its prefix": ("key", "1800000000", GOOD, b"body", True),
    "of another key": ("other", "1800000000", GOOD, b"body", False),
    "of another body": ("key", "1800000000", GOOD, b"bodyx", False),
    "too old": ("key", "1799999000", hmac.new(b"key", b"1799999000.body", hashlib.sha256).hexdigest(), b"body", False),
    "no moment": ("key", "now", GOOD, b"body", False),
    "no text of a signature": ("key", "1800000000", "é", b"body", False),
}


@pytest.mark.parametrize("case", SIGNATURES)
def test_signatures(case: str) -> None:
    key, stamp, given, body, holds = SIGNATURES[case]
    assert signed(key, stamp, given, body, NOW) is holds
