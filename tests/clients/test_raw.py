"""Requests as they come over the wire, and what a running server answers: methods, keys, limits, sources, rules."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import threading
import time
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.model.actor import SYSTEM
from callsheet.usage.actions import event_sources as actions
from tests.clients.serving import Listening

TRACK = {"userId": "ann", "event": "Opened"}
CAPTURE = {"distinct_id": "ann", "event": "opened"}
V1 = "/i/v1/analytics/events"


@pytest.fixture
def http(server: Listening) -> Any:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


def owner(server: Listening) -> dict[str, str]:
    """Return the headers of an owner of the workspace."""
    return {"Authorization": f"Bearer {server.workspace.key}"}


KEYS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "in the body": ("/v1/track", {**TRACK, "writeKey": "KEY"}, {}),
    "Basic": ("/v1/track", TRACK, {"auth": ("KEY", "")}),
    "Basic before the body": ("/v1/track", {**TRACK, "writeKey": "wrong"}, {"auth": ("KEY", "")}),
    "api_key": ("/batch/", {"api_key": "KEY", "batch": [CAPTURE]}, {}),
    "token": ("/e/", {**CAPTURE, "token": "KEY"}, {}),
    "of an event": ("/e", [{**CAPTURE, "properties": {"token": "KEY"}}], {}),
    "$token": ("/capture", {**CAPTURE, "properties": {"$token": "KEY"}}, {}),
    "in the address": ("/i/v0/e/?api_key=KEY", CAPTURE, {}),
    "a bearer's": (V1, {"batch": [{**CAPTURE, "uuid": "u"}]}, {"headers": {"Authorization": "Bearer KEY"}}),
    "of a webhook": ("/webhook/events/web?key=KEY", CAPTURE, {}),
    "of a webhook's header": ("/webhook/events/web", CAPTURE, {"headers": {"X-Callsheet-Key": "KEY"}}),
}


@pytest.mark.parametrize("case", KEYS)
def test_the_key_may_stand_where_clients_put_it(server: Listening, http: httpx2.Client, case: str) -> None:
    path, body, extra = KEYS[case]
    answer = _with_key(http, path, body, extra, server.key)
    assert answer.status_code == 200, answer.text
    assert len(server.rows()) == 1
    assert _with_key(http, path, body, extra, "nobody").status_code == 401
    assert len(server.rows()) == 1


def _with_key(http: httpx2.Client, path: str, body: Any, extra: dict[str, Any], key: str) -> httpx2.Response:
    where, sent, options = json.loads(json.dumps([path, body, extra]).replace("KEY", key))
    basic = httpx2.BasicAuth(*options["auth"]) if "auth" in options else httpx2.USE_CLIENT_DEFAULT
    return http.post(where, json=sent, auth=basic, headers=options.get("headers"))


FORMS = {
    "/v1/track": {"success", "code", "message"}, "/batch/": {"type", "code", "detail", "attr"},
    V1: {"error", "error_description"}, "/webhook/events/web": {"error", "message", "mend"},
}  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_each_protocol_is_answered_in_its_own_form(server: Listening, http: httpx2.Client, path: str) -> None:
    headers = {"Authorization": f"Bearer {server.key}"}
    large = 400 if path == "/v1/track" else 413  # Segment knows no other; PostHog's clients send less after a 413
    answers = {
        "no key": (401, http.post(path, content=b'{"batch":[]}')),
        "a wrong key": (401, http.post(path, content=b'{"batch":[]}', headers={"Authorization": "Bearer no"})),
        "no JSON": (400, http.post(path, content=b"{", headers=headers)),
        "GET": (405, http.get(path)), "PUT": (405, http.put(path, content=b"{}")),
        "21 MB": (large, http.post(path, content=b" " * (21 * 2**20), headers=headers)),
        "a bomb": (large, http.post(path, content=gzip.compress(b" " * (25 * 2**20)), headers=headers)),
        "zstd": (400, http.post(path, content=b"\x28\xb5\x2f\xfd", headers=headers)),
    }  # fmt: skip
    wrong = {name: (got.status_code, got.text) for name, (status, got) in answers.items() if got.status_code != status}
    assert not wrong
    assert {name: set(got.json()) for name, (_, got) in answers.items()} == dict.fromkeys(answers, FORMS[path])
    assert answers["GET"][1].headers["allow"] == "POST, OPTIONS"
    head = http.head(path)
    assert (head.status_code, head.content) == (405, b"")


def test_pages_elsewhere_may_send(http: httpx2.Client) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "content-type, x-own"}
    answer = http.options("/v1/batch", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "content-type, x-own"
    assert http.post("/v1/batch", content=b"{").headers["access-control-allow-origin"] == "*"
    script = http.get("/callsheet.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(script.content) < 4096
    assert "http" not in script.text


def test_a_beacon_is_plain_text(server: Listening, http: httpx2.Client) -> None:
    body = json.dumps({"writeKey": server.key, "batch": [{**TRACK, "type": "track"}]})
    assert http.post("/v1/batch", content=body, headers={"Content-Type": "text/plain;charset=UTF-8"}).status_code == 200
    assert len(server.rows()) == 1


def test_the_same_ids_count_once_in_a_request_and_over_requests(server: Listening, http: httpx2.Client) -> None:
    event = {**TRACK, "type": "track", "messageId": "one"}
    for _ in range(3):
        http.post("/v1/batch", json={"writeKey": server.key, "batch": [event, event]})
    assert len(server.rows()) == 1
    assert server.outcomes() == {"received": 6, "stored": 1, "duplicate": 5}


def test_a_body_that_cannot_be_read_is_kept_where_the_key_is_known(server: Listening, http: httpx2.Client) -> None:
    assert http.post("/v1/track", content=b"{nope", auth=(server.key, "")).status_code == 400
    [refused] = http.get("/api/usage/refused", headers=owner(server)).json()["items"]
    assert (refused["code"], refused["raw"], refused["source"]) == ("bad_json", "{nope", "web")


def test_too_many_events_a_second_are_asked_to_wait(server: Listening, http: httpx2.Client) -> None:
    http.patch("/api/usage/event-sources/web", json={"rate": 2}, headers=owner(server))
    batch = {"writeKey": server.key, "batch": [{**TRACK, "type": "track"}] * 10}
    assert http.post("/v1/batch", json=batch).status_code == 200
    answer = http.post("/v1/batch", json=batch)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert len(server.rows()) == 10
    source = http.get("/api/usage/event-sources/web", headers=owner(server)).json()
    assert (source["turned_away"], source["day"]["stored"]) == ({"rate_limited": 1}, 10)


def test_after_a_rotation_both_keys_are_taken_for_a_while(server: Listening, http: httpx2.Client) -> None:
    def sent(key: str) -> int:
        return http.post("/v1/track", json={**TRACK, "writeKey": key}).status_code

    old = server.key
    made = http.post("/api/usage/event-sources/web/key", json={"overlap_hours": 1}, headers=owner(server)).json()
    assert (sent(old), sent(made["write_key"])) == (200, 200)
    newest = http.post("/api/usage/event-sources/web/key", json={"overlap_hours": 0}, headers=owner(server)).json()
    assert [sent(key) for key in (old, made["write_key"], newest["write_key"])] == [401, 401, 200]


def test_what_a_paused_source_sends_waits_for_a_second_try(server: Listening, http: httpx2.Client) -> None:
    http.post("/api/usage/event-sources/web/pause", json={"reason": "too loud"}, headers=owner(server))
    batch = [{**CAPTURE, "uuid": "a"}, {"event": "opened"}, {**CAPTURE, "event": "closed"}]
    answer = http.post("/batch/", json={"api_key": server.key, "batch": batch})
    assert (answer.status_code, answer.json()["code"]) == (400, "paused")
    assert server.outcomes() == {"received": 3, "refused:paused": 2, "refused:no_user": 1}
    retry: dict[str, Any] = {"headers": owner(server), "json": {}}
    assert http.post("/api/usage/refused/retries", **retry).json() == {"tried": 3, "taken": 0, "refused": 3, "left": 0}
    http.delete("/api/usage/event-sources/web/pause", headers=owner(server))
    assert http.post("/api/usage/refused/retries", **retry).json() == {"tried": 3, "taken": 2, "refused": 1, "left": 0}
    assert sorted(row["event"] for row in server.rows()) == ["closed", "opened"]
    left = http.get("/api/usage/refused", params={"retried": False}, headers=owner(server)).json()
    assert (left["total"], left["items"][0]["code"]) == (1, "no_user")
    assert http.post("/api/usage/refused/retries", **retry).json()["taken"] == 0


def test_rules_hold_at_once_and_their_work_is_counted(server: Listening, http: httpx2.Client) -> None:
    def send(name: str) -> None:
        assert http.post("/v1/track", json={**TRACK, "event": name, "writeKey": server.key}).status_code == 200

    rule = {"event": "debug *", "action": "block", "reason": "Noise of our own tests"}
    made = http.post("/api/usage/event-rules", json=rule, headers=owner(server)).json()
    send("debug one")
    send("opened")
    assert server.outcomes() == {"received": 2, "stored": 1, f"blocked:{made['id']}": 1}
    assert http.get("/api/usage/event-rules", headers=owner(server)).json()["items"][0]["set_aside"] == 1
    http.patch(f"/api/usage/event-rules/{made['id']}", json={"enabled": False}, headers=owner(server))
    send("debug two")
    assert len(server.rows()) == 2
    told = http.get("/api/usage/intake", headers=owner(server)).json()
    assert {name: told["total"][name] for name in ("received", "stored", "set_aside")} == {
        "received": 3, "stored": 2, "set_aside": 1,
    }  # fmt: skip
    poor = http.post("/api/usage/event-rules", json={"action": "block"}, headers=owner(server))
    assert (poor.status_code, poor.json()["error"]) == (422, "bad_input")


def test_a_webhook_may_be_signed(server: Listening, http: httpx2.Client) -> None:
    body, stamp = json.dumps(CAPTURE).encode(), str(int(time.time()))
    digest = hmac.new(server.key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Callsheet-Timestamp": stamp, "X-Callsheet-Signature": f"sha256={digest}"}
    assert http.post("/webhook/events/web", content=body, headers=headers).json() == {"taken": 1, "refused": []}
    assert http.post("/webhook/events/web", content=body + b" ", headers=headers).status_code == 401
    with server.workspace.books.change() as book:
        other = actions.add_source(book, "Other", SYSTEM).write_key
    assert http.post(f"/webhook/events/web?key={other}", content=body).status_code == 401


def test_who_watches_sees_events_and_refusals_as_they_come(server: Listening, http: httpx2.Client) -> None:
    told: list[dict[str, Any]] = []
    ready = threading.Event()

    def watch() -> None:
        with (
            httpx2.Client(base_url=server.url, timeout=20, headers=owner(server)) as own,
            own.stream("GET", "/api/usage/tail") as answer,
        ):
            for line in answer.iter_lines():
                ready.set()
                if line.startswith("data: "):
                    told.append(json.loads(line.removeprefix("data: ")))
                if len(told) == 2:
                    return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    assert ready.wait(10)
    batch = [{**TRACK, "type": "track"}, {"type": "track", "event": "Lost"}]
    http.post("/v1/batch", json={"writeKey": server.key, "batch": batch})
    watcher.join(10)
    assert [(one["state"], one.get("event"), one.get("code")) for one in told] == [
        ("stored", "Opened", None), ("refused", None, "no_user"),
    ]  # fmt: skip


def test_other_addresses_are_passed_on(server: Listening, http: httpx2.Client) -> None:
    assert http.get("/api/health").status_code == 200
    assert http.post("/v1/unknown", json={}).status_code in (404, 405)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=6,
)  # fmt: skip
EVENT = st.dictionaries(
    st.sampled_from([
        "type", "event", "userId", "anonymousId", "distinct_id", "uuid", "messageId", "timestamp", "properties",
        "context", "traits", "groupId", "previousId", "sent_at", "offset", "$set", "options",
    ]),
    VALUES | st.sampled_from(["track", "identify", "group", "opened", "$identify", "ann", {"$set": {"a": 1}}]),
    max_size=7,
)  # fmt: skip

GOOD = st.sampled_from([
    {"type": "track", "event": "opened", "userId": "ann", "distinct_id": "ann"},
    {"type": "identify", "event": "$identify", "userId": "ann", "anonymousId": "anon", "distinct_id": "ann"},
])  # fmt: skip
NEARLY = st.builds(lambda good, odd: {**good, **odd}, GOOD, EVENT)


def test_whatever_is_sent_nothing_breaks_and_every_event_is_accounted_for(
    server: Listening, http: httpx2.Client
) -> None:
    sent = [0]

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(GOOD | NEARLY | EVENT | VALUES, max_size=4),
        st.sampled_from(["/v1/batch", "/batch/", V1]),
        st.booleans(),
    )
    def ask(batch: list[Any], path: str, packed: bool) -> None:
        body = json.dumps({"batch": batch, "api_key": server.key}).encode()
        headers = {"Authorization": f"Bearer {server.key}"}
        answer = http.post(path, content=gzip.compress(body) if packed else body, headers=headers)
        assert answer.status_code in (200, 400), answer.text
        sent[0] += len(batch)

    ask()
    found = server.outcomes()
    assert found.pop("received") == sum(found.values()) == sent[0]
    assert found["stored"] == len(server.rows())
    assert len(server.table("refused")) == sum(count for name, count in found.items() if name.startswith("refused"))
