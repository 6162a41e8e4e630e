"""Bodies damaged, packed and made up in every way: each is answered as its protocol does, each event is accounted for."""

from __future__ import annotations

import base64
import gzip
import json
import time
import zlib
from collections.abc import Callable
from typing import Any

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients.serving import Listening

PATHS = (
    "/v1/track",
    "/v1/batch",
    "/v1/group",
    "/batch/",
    "/capture",
    "/e/",
    "/i/v1/analytics/events",
    "/webhook/events/web",
)
STATUS = {"/v1/": {200, 400, 401}}
ODD = {
    "wide": json.dumps({f"p{place}": place for place in range(10_000)}), "deep": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "deep lists": "[" * 10_000 + "]" * 10_000, "99 deep": '{"a":' * 97 + "1" + "}" * 97, "torn": r'"\ud800x\udfff\u0000"',
    "long": f'"{"x" * 10_000}"', "year 9999": '"9999-12-31T23:59:59.999999Z"', "negative": "-1", "huge": "1e400", "NaN": "NaN",
    "twice": '{"a": 1, "a": 2}',
}  # fmt: skip
"""JSON by a word that stands for it."""
VALUE: st.SearchStrategy[Any] = st.sampled_from(
    [*ODD, "ann", "opened", "$identify", "$groupidentify", "identify", "group", "", None, True, 7, 1.5, []]
)
FIELDS = (
    "type", "event", "userId", "anonymousId", "distinct_id", "uuid", "messageId", "timestamp", "properties", "context",
    "traits", "groupId", "sentAt", "sent_at", "offset", "$set",
)  # fmt: skip
INNER = st.dictionaries(st.sampled_from(["$set", "$groups", "$group_key", "a"]), VALUE)
EVENT = st.builds(
    lambda odd: {"type": "track", "event": "opened", "userId": "ann", "distinct_id": "ann", **odd},
    st.dictionaries(st.sampled_from(FIELDS), VALUE | INNER, max_size=4),
)
DAMAGE: dict[str, Callable[[bytes, int], bytes]] = {
    "none": lambda body, _: body,
    "packed": lambda body, _: gzip.compress(body),
    "packed and cut off": lambda body, seed: gzip.compress(body)[: 2 + seed % 60],
    "packed and damaged": lambda body, seed: _flipped(gzip.compress(body), 10 + seed),
    "packed garbage": lambda body, seed: b"\x1f\x8b" + body[seed % 9 :],
    "packed twice": lambda body, _: gzip.compress(gzip.compress(body)),
    "deflated": lambda body, _: zlib.compress(body),
    "cut off": lambda body, seed: body[: seed % (len(body) + 1)],
    "damaged": lambda body, seed: _flipped(body, seed),
    "a form": lambda body, _: b"data=" + base64.b64encode(body),
}  # fmt: skip


def _flipped(body: bytes, seed: int) -> bytes:
    place = seed % len(body)
    return body[:place] + bytes([body[place] ^ (1 + seed % 255)]) + body[place + 1 :]


def written(value: Any) -> bytes:
    """Return JSON in which the words of ODD are what they stand for."""
    text = json.dumps(value)
    for word, meant in ODD.items():
        text = text.replace(f'"{word}"', meant)
    return text.encode()


def test_whatever_is_sent_is_answered_and_accounted_for(server: Listening) -> None:
    with httpx2.Client(base_url=server.url, timeout=30) as http:

        @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.sampled_from(PATHS), st.lists(EVENT | VALUE, max_size=3), st.sampled_from(sorted(DAMAGE)),
            st.integers(0, 10_000), st.booleans(), st.booleans(),
        )  # fmt: skip
        def ask(path: str, events: list[Any], damage: str, seed: int, whole: bool, header: bool) -> None:
            one = events[0] if events and isinstance(events[0], dict) else {}
            given = {"batch": events} if whole else one
            body = DAMAGE[damage](written({**given, "api_key": server.key, "writeKey": server.key}), seed)
            headers = {"Authorization": f"Bearer {server.key}"} if header else {}
            answer = http.post(path, content=body, headers=headers)
            assert answer.status_code in STATUS.get(path[:4], {200, 400, 401, 413}), answer.text
            told = answer.json()
            assert ("success" in told) == path.startswith("/v1/")

        ask()
        assert http.get("/api/health").status_code == 200
    time.sleep(0.5)
    found = server.outcomes()
    assert found.pop("received") == sum(found.values()) > 0
    assert found["stored"] == len(server.rows()) > 0
    refused = server.table("refused")
    assert len(refused) == sum(amount for name, amount in found.items() if name.startswith("refused"))
    assert not any(server.key in row["raw"] for row in refused)
