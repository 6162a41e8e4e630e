"""Nothing that was sent vanishes: what cannot be taken is kept under its source, without its key, and counted."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from callsheet.base.errors import Busy, ConfigError
from callsheet.model.intake import Parcel
from tests.clients.serving import Listening

TRACK = {"type": "track", "userId": "ann", "event": "Opened"}
CAPTURE = {"distinct_id": "ann", "event": "opened"}


@pytest.fixture
def http(server: Listening) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


def owner(server: Listening) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.workspace.key}"}


def waited(server: Listening, outcome: str) -> dict[str, int]:
    """Return what became of everything, as soon as the outcome is among it."""
    until = time.monotonic() + 10
    while outcome not in (found := server.outcomes()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


LARGE: dict[str, tuple[str, dict[str, Any], int]] = {
    "an event above 32 KB": ("/v1/track", {**TRACK, "properties": {"a": "x" * 33_000}}, 1),
    "a batch above 500 KB": ("/v1/batch", {"batch": [{**TRACK, "properties": {"a": "x" * 30_000}}] * 18}, 18),
    "properties above 1 MB": ("/batch/", {"batch": [{**CAPTURE, "properties": {"a": "x" * 1_100_000}}]}, 1),
}


@pytest.mark.parametrize("where", ["first", "last"])
@pytest.mark.parametrize("case", LARGE)
def test_what_is_too_large_is_kept_event_by_event(
    server: Listening, http: httpx2.Client, case: str, where: str
) -> None:
    path, body, events = LARGE[case]
    key = {"writeKey": server.key, "api_key": server.key}
    answer = http.post(path, json={**key, **body} if where == "first" else {**body, **key})
    assert (answer.status_code, answer.json()["code"]) == (400, "too_large")
    assert server.outcomes() == {"received": events, "refused:too_large": events}
    kept = server.table("refused")
    assert {(row["source"], row["code"]) for row in kept} == {("web", "too_large")}
    assert not any(server.key in row["raw"] for row in kept)


def test_events_of_a_batch_above_500_kb_can_be_tried_again_one_by_one(server: Listening, http: httpx2.Client) -> None:
    events = [{**TRACK, "messageId": f"one-of-many-messages-{n}", "properties": {"a": "x" * 30_000}} for n in range(18)]
    body = {"batch": events, "writeKey": server.key, "context": {"groupId": "acme"}}
    assert http.post("/v1/batch", json=body).status_code == 400
    tried = http.post("/api/usage/refused/retries", json={}, headers=owner(server)).json()
    assert (tried["tried"], tried["taken"]) == (18, 18)
    assert {(row["event"], row["account_id"]) for row in server.rows()} == {("Opened", "acme")}
    assert len(server.rows()) == 18


CUT = json.dumps({"api_key": "KEY", "batch": [CAPTURE] * 3})
UNREAD: dict[str, tuple[bytes, int, str]] = {
    "cut off": (CUT[:-20].encode(), 400, "bad_json"),
    "packed and cut off": (gzip.compress(CUT.encode(), mtime=0)[:-8], 400, "bad_encoding"),
    "packed and damaged at its end": (gzip.compress(CUT.encode(), mtime=0)[:-8] + b"\0" * 8, 400, "bad_encoding"),
    "no list": (b'{"api_key": "KEY", "batch": 7}', 400, "invalid_payload"),
    "not UTF-8": (b'{"api_key": "KEY", "batch": "\xff"}', 400, "bad_json"),
    "nested too deep": (b'{"api_key": "KEY", "batch": ' + b"[" * 50_000, 400, "too_deep"),
    "above 20 MB": (b'{"api_key": "KEY", "batch": [' + b" " * (21 * 2**20), 413, "too_large"),
    "above 20 MB when unpacked": (
        gzip.compress(b'{"api_key": "KEY", "batch": [' + b" " * (21 * 2**20), mtime=0), 413, "too_large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREAD)
def test_an_unreadable_body_is_kept_by_the_key_that_stands_in_it(
    server: Listening, http: httpx2.Client, case: str
) -> None:
    body, status, code = UNREAD[case]
    if body.startswith(b"\x1f\x8b"):
        text = gzip.compress(CUT.replace("KEY", server.key).encode(), mtime=0)
        large = gzip.compress(b'{"api_key": "%s", "batch": [' % server.key.encode() + b" " * (21 * 2**20), mtime=0)
        body = large if status == 413 else text[:-8] + body[len(gzip.compress(CUT.encode(), mtime=0)) - 8 :]
    answer = http.post("/batch/", content=body.replace(b"KEY", server.key.encode()))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    [refused] = http.get("/api/usage/refused", headers=owner(server)).json()["items"]
    assert (refused["code"], refused["source"]) == (code, "web")
    assert '"api_key": "(write key)"' in refused["raw"]
    assert server.outcomes() == {"received": 1, f"refused:{code}": 1}


def test_a_body_that_names_no_source_is_counted_only(server: Listening, http: httpx2.Client) -> None:
    assert http.post("/batch/", content=b'{"api_key": "wk_of_nobody", "batch": [').status_code == 400
    assert server.outcomes() == {}
    told = http.get("/api/usage/intake", headers=owner(server)).json()
    assert told["turned_away"] == {"": {"bad_json": 1}}


def test_events_with_different_keys_are_counted_under_no_source(server: Listening, http: httpx2.Client) -> None:
    events = [{**CAPTURE, "api_key": server.key}, {**CAPTURE, "api_key": "another"}]
    assert http.post("/e/", json=events).status_code == 401
    assert (server.outcomes(), server.rows()) == ({}, [])
    told = http.get("/api/usage/intake", headers=owner(server)).json()
    assert told["turned_away"] == {"": {"several_api_keys": 1}}


def test_no_key_is_kept_nor_shown(server: Listening, http: httpx2.Client) -> None:
    """Whoever may look at refused events must not be able to send in the source's name."""
    other = {"writeKey": "another service's key", "batch": [{**TRACK, "userId": None, "note": f"key {server.key}"}]}
    http.post("/v1/batch", json=other, auth=(server.key, ""))
    text = json.dumps({"text": json.dumps({"writeKey": "a key in a text"})})
    http.post("/v1/track", content=text[:-1], auth=(server.key, ""))
    http.post("/webhook/events/web", json=[f"{server.key} is no event"], headers={"X-Callsheet-Key": server.key})
    seen = http.get("/api/usage/refused", headers=owner(server)).text
    seen += http.get("/api/usage/refused/csv", headers=owner(server)).text
    seen += json.dumps(server.table("refused"), default=str)
    assert len(server.table("refused")) == 3
    assert all(key not in seen for key in (server.key, "another service", "a key in a text"))
    assert seen.count("(write key)") >= 9


def test_requests_that_come_too_often_are_counted_though_not_kept(server: Listening, http: httpx2.Client) -> None:
    http.patch("/api/usage/event-sources/web", json={"rate": 2}, headers=owner(server))
    batch = {"writeKey": server.key, "batch": [TRACK] * 10}
    assert [http.post("/v1/batch", json=batch).status_code for _ in range(4)] == [200, 429, 429, 429]
    assert http.post("/capture", json={**CAPTURE, "api_key": server.key}).status_code == 429
    assert http.post("/v1/batch", content=b'{"writeKey": "%s", ' % server.key.encode()).status_code == 429
    waited(server, "refused:rate_limited")
    until = time.monotonic() + 10
    while (found := server.outcomes()).get("received") != 42 and time.monotonic() < until:
        time.sleep(0.05)
    assert found == {"received": 42, "stored": 10, "refused:rate_limited": 32}
    assert server.table("refused") == []
    day = http.get("/api/usage/event-sources/web", headers=owner(server)).json()["day"]
    assert (day["received"], day["refused"], day["outcomes"]) == (42, 32, {"refused:rate_limited": 32})


FAULTS: dict[str, tuple[Any, bool]] = {
    "stored, and slow to say so": (TimeoutError(), True),
    "perhaps stored": (ConfigError("The disk is full."), True),
    "not stored": (ConfigError("The disk is full."), False),
    "too busy": (Busy("Too much is waiting.", 1), False),
}


@pytest.mark.parametrize("case", FAULTS)
def test_sent_again_after_a_503_nothing_without_an_id_counts_twice(
    server: Listening, http: httpx2.Client, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    why, stored = FAULTS[case]
    stream, real = server.workspace.stream, server.workspace.stream.put

    def failing(parcel: Parcel) -> Any:
        if stored:
            real(parcel).result(20)
        raise why

    body = {"api_key": server.key, "batch": [CAPTURE, CAPTURE, {**CAPTURE, "event": "closed"}]}
    plain = json.dumps(body).encode()
    packed = gzip.compress(plain)
    monkeypatch.setattr(stream, "put", failing)
    assert http.post("/batch/", content=packed).status_code == 503
    monkeypatch.setattr(stream, "put", real)
    assert http.post("/batch/", content=plain).status_code == 200
    assert sorted(row["event"] for row in server.rows()) == ["closed", "opened", "opened"]
    assert http.post("/batch/", content=plain).status_code == 200
    assert len(server.rows()) == 6, "what is sent after it was taken is something else"


def test_a_products_source_gives_its_events_the_product(server: Listening, http: httpx2.Client) -> None:
    http.patch("/api/usage/event-sources/web", json={"product": "boards"}, headers=owner(server))
    made = http.post("/api/usage/event-sources", json={"name": "Other"}, headers=owner(server)).json()
    for key in (server.key, made["write_key"]):
        assert http.post("/v1/track", json=TRACK, auth=(key, "")).status_code == 200
    assert [row["product"] for row in server.rows()] == ["boards", None]


def test_base64_that_holds_a_key_is_not_kept_as_it_came(server: Listening, http: httpx2.Client) -> None:
    """A form whose JSON is broken is kept as text, its key masked, not as base64 that anybody can read."""
    text = base64.b64encode(f'{{"api_key":"{server.key}","batch":['.encode())
    assert http.post("/e/", content=b"data=" + text.replace(b"+", b"%2B")).status_code == 400
    [row] = server.table("refused")
    assert row["raw"] == '{"api_key":"(write key)","batch":['
