"""Rules over HTTP: tried before they hold, counted while they do, and put in order."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import Clients

RULE: dict[str, Any] = {"event": "signed_*", "action": "drop_property", "target": "email", "reason": "No addresses"}


def key(client: TestClient) -> str:
    return str(client.post("/api/usage/event-sources", json={"name": "Web"}).json()["write_key"])


def send(client: TestClient, write_key: str, *events: dict[str, Any]) -> None:
    batch = [{"type": "track", "userId": "ann", "messageId": f"number-{id(one)}-{place}", **one}
             for place, one in enumerate(events)]  # fmt: skip
    assert client.post("/v1/batch", json={"batch": batch, "writeKey": write_key}).status_code in (200, 400)


SIGNED: dict[str, Any] = {"event": "signed_in", "properties": {"email": "ann@example.org", "plan": "pro"}}
OTHER: dict[str, Any] = {"event": "opened", "properties": {"email": "ann@example.org"}}
TRIED: dict[str, Any] = {
    "drop": ({}, 1, 0, {"plan": "pro"}, "signed_in"),
    "hash of nothing": ({"action": "hash_property", "target": "phone"}, 0, 0, None, None),
    "rename": ({"action": "rename", "argument": "entered", "target": ""}, 1, 0, SIGNED["properties"], "entered"),
    "set": ({"action": "set_property", "target": "x", "argument": [1]}, 1, 0, {**SIGNED["properties"], "x": [1]},
            "signed_in"),
    "block": ({"action": "block"}, 1, 1, SIGNED["properties"], "signed_in"),
    "sample of all": ({"action": "sample", "share": 1}, 0, 0, None, None),
    "sample of none": ({"action": "sample", "share": 0}, 1, 1, SIGNED["properties"], "signed_in"),
    "a condition": ({"property": "plan", "op": "is", "value": "free"}, 0, 0, None, None),
    "no reason yet": ({"reason": ""}, 1, 0, {"plan": "pro"}, "signed_in"),
}  # fmt: skip


@pytest.mark.parametrize("case", TRIED)
def test_a_rule_is_tried_on_what_came_last(client: TestClient, case: str) -> None:
    changes, touched, kept_out, after, name = TRIED[case]
    send(client, key(client), SIGNED, OTHER)
    told = client.post("/api/usage/event-rules/preview", json={**RULE, **changes}).json()
    assert (told["looked_at"], told["touched"], told["kept_out"]) == (2, touched, kept_out)
    if after is not None:
        (one,) = told["examples"]
        kept = {key: value for key, value in one["properties_after"].items() if not key.startswith("$")}
        assert (kept, one["event_after"]) == (after, name)
        assert {**one["properties"], **SIGNED["properties"]} == one["properties"], "what is stored stays as it is"
    assert client.get("/api/usage/event-rules").json()["total"] == 0


def test_a_rule_that_cannot_be_made_cannot_be_tried(client: TestClient) -> None:
    refused = client.post("/api/usage/event-rules/preview", json={**RULE, "target": ""})
    assert (refused.status_code, "needs a target" in refused.json()["message"]) == (422, True)


def test_it_is_counted_how_many_events_a_rule_touched(client: TestClient) -> None:
    write_key = key(client)
    client.post("/api/usage/event-rules", json=RULE)
    client.post("/api/usage/event-rules", json={"event": "opened", "action": "block", "reason": "Noise"})
    send(client, write_key, SIGNED, OTHER, {"event": "signed_out", "properties": {}})
    drop, block = client.get("/api/usage/event-rules").json()["items"]
    assert (drop["touched"], drop["set_aside"]) == (1, 0)
    assert (block["touched"], block["set_aside"]) == (1, 1)


def test_rules_are_put_in_order(clients: Clients) -> None:
    ids = [clients.alice.post("/api/usage/event-rules", json={**RULE, "event": one}).json()["id"] for one in "abc"]
    order = [ids[2], ids[0]]
    assert clients.alice.put("/api/usage/event-rules/order", json={"ids": order}).status_code == 204
    assert [one["event"] for one in clients.alice.get("/api/usage/event-rules").json()["items"]] == ["c", "a", "b"]
    for wrong in ([*order, ids[0]], ["rule_x"]):
        assert clients.alice.put("/api/usage/event-rules/order", json={"ids": wrong}).status_code == 422
    assert clients.bob.put("/api/usage/event-rules/order", json={"ids": order}).status_code == 403


def test_refused_events_by_reason_as_a_file_and_tried_again_by_reason(client: TestClient) -> None:
    write_key = key(client)
    client.post("/api/usage/event-sources/web/pause", json={"reason": "Moving"})
    send(client, write_key, SIGNED, OTHER)
    client.delete("/api/usage/event-sources/web/pause")
    send(client, write_key, {"event": "", "properties": {}}, {"event": "=cmd()", "userId": ""})
    told = client.get("/api/usage/refused/reasons").json()
    assert next((one["code"], one["amount"], one["waiting"]) for one in told) == ("paused", 2, 2)
    assert sum(one["amount"] for one in told) == 4
    lines = client.get("/api/usage/refused/csv?code=paused").text.splitlines()
    assert (len(lines), lines[0].split(",")[:4]) == (3, ["refused_id", "source", "received_at", "code"])
    done = client.post("/api/usage/refused/retries", json={"code": "paused"}).json()
    assert (done["tried"], done["taken"]) == (2, 2)
    assert next((one["amount"], one["waiting"]) for one in client.get("/api/usage/refused/reasons").json()) == (2, 0)
