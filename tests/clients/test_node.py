"""The clients of npm, unchanged, against a running server: what they send, and that trouble loses and doubles nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.clients.serving import Listening

Node = Callable[..., str]
THEN = datetime(2026, 1, 2, 3, 4, 5)


def test_every_call_of_segments_client(server: Listening, node: Node) -> None:
    node("segment.mjs")
    rows = {row["event"]: row for row in server.rows()}
    assert set(rows) == {"$identify", "Opened", "$pageview", "$screen", "$groupidentify", "$create_alias"}
    assert {row["person_id"] for row in rows.values()} == {"ann"}
    assert abs((rows["Opened"]["occurred_at"] - THEN).total_seconds()) < 60
    assert json.loads(rows["Opened"]["properties"])["pages"] == 3
    assert rows["$groupidentify"]["account_id"] == "acme"
    assert {(one["from_id"], one["into_id"], one["how"]) for one in server.table("merges")} == {
        ("anon-1", "ann", "identify"), ("ann-before", "ann", "alias"),
    }  # fmt: skip
    assert {(one["unit"], one["unit_id"], one["value"]) for one in server.table("traits")} == {
        ("person", "ann", '"pro"'), ("account", "acme", '"business"'),
    }  # fmt: skip


def test_every_call_of_posthogs_client(server: Listening, node: Node) -> None:
    node("posthog.mjs")
    rows = {row["event"]: row for row in server.rows()}
    assert set(rows) == {"seen", "$identify", "opened", "$groupidentify", "$create_alias"}
    assert {row["person_id"] for row in rows.values()} == {"ann"}
    assert rows["opened"]["account_id"] == "acme"
    assert abs((rows["opened"]["occurred_at"] - THEN).total_seconds()) < 60
    told = {(one["unit"], one["unit_id"], one["name"], one["value"], one["once"]) for one in server.table("traits")}
    assert told >= {
        ("person", "ann", "plan", '"pro"', False), ("person", "ann", "first", '"mail"', True),
        ("account", "acme", "plan", '"business"', False),
    }  # fmt: skip


def test_a_group_described_by_a_server_is_nobodys_activity(server: Listening, node: Node) -> None:
    """posthog-node makes up `$company_acme` for it."""
    node("posthog.mjs", calls="group")
    [row] = server.rows()
    assert (row["event"], row["person_id"], row["distinct_id"], row["account_id"]) == (
        "$groupidentify", None, None, None,
    )  # fmt: skip
    assert json.loads(row["properties"])["$sent_distinct_id"] == "$company_acme"
    assert server.table("person_ids") == []


@pytest.mark.parametrize("script", ["segment.mjs", "posthog.mjs"])
def test_trouble_loses_and_doubles_nothing(server: Listening, node: Node, script: str) -> None:
    """First a server that takes nothing, then one that takes the events but whose answer is lost."""
    server.trouble.extend([(503, False), (500, True)])
    told = node(script, calls="track", count=25)
    places = [json.loads(row["properties"])["place"] for row in server.rows()]
    assert sorted(places) == list(range(25)), told
    assert server.outcomes()["duplicate"] >= 5
    assert {500, 503} <= set(server.answers)


def test_plain_bodies_of_posthogs_client(server: Listening, node: Node) -> None:
    node("posthog.mjs", calls="track", count=3, disableCompression=True)
    assert len(server.rows()) == 3


def test_a_wrong_key_is_told_to_the_client(server: Listening, node: Node) -> None:
    server.key = "wrong"
    told = node("posthog.mjs", calls="track")
    assert "401" in told or 401 in server.answers
    assert server.rows() == []
