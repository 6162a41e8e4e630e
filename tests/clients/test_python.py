"""The clients of PyPI, unchanged, against a running server."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import segment.analytics.client as segment
from posthog import Posthog
from posthog.capture_mode import CaptureMode

from tests.clients.serving import Listening

THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def failures() -> list[Any]:
    """What clients say went wrong; nothing unless the test expects it."""
    return []


def _segment(server: Listening, failures: list[Any], **settings: Any) -> segment.Client:
    return segment.Client(
        server.key, host=server.url, upload_interval=0.05, on_error=lambda why, _: failures.append(why), **settings
    )


@pytest.mark.parametrize("gzip", [False, True])
def test_every_call_of_segments_client(server: Listening, failures: list[Any], gzip: bool) -> None:
    client = _segment(server, failures, gzip=gzip)
    client.identify("ann", {"plan": "pro"}, anonymous_id="anon-1")
    client.track("ann", "Opened", {"pages": 3}, timestamp=THEN)
    client.page(anonymous_id="anon-1", name="Home")
    client.screen("ann", name="Start")
    client.group("ann", "acme", {"plan": "business"})
    client.alias("ann-before", "ann")
    client.shutdown()
    assert failures == []
    rows = {row["event"]: row for row in server.rows()}
    assert set(rows) == {"$identify", "Opened", "$pageview", "$screen", "$groupidentify", "$create_alias"}
    assert {row["person_id"] for row in rows.values()} == {"ann"}
    assert abs((rows["Opened"]["occurred_at"] - THEN.replace(tzinfo=None)).total_seconds()) < 60
    assert json.loads(rows["Opened"]["properties"])["$lib"] == "analytics-python"
    assert rows["$groupidentify"]["account_id"] == "acme"


def _posthog(server: Listening, failures: list[Any], **settings: Any) -> Posthog:
    return Posthog(
        server.key, host=server.url, flush_interval=0.05, on_error=lambda why, _: failures.append(why),
        disable_geoip=True, **settings,
    )  # fmt: skip


@pytest.mark.parametrize("mode", list(CaptureMode))
@pytest.mark.parametrize("gzip", [False, True])
def test_every_call_of_posthogs_client(server: Listening, failures: list[Any], mode: CaptureMode, gzip: bool) -> None:
    client = _posthog(server, failures, gzip=gzip, capture_mode=mode, capture_compression="gzip" if gzip else "deflate")
    client.capture("seen", distinct_id="anon-1")
    client.set(distinct_id="ann", properties={"plan": "pro"})
    client.set_once(distinct_id="ann", properties={"first": "mail"})
    client.capture("opened", distinct_id="ann", properties={"pages": 3}, groups={"company": "acme"}, timestamp=THEN)
    client.group_identify("company", "acme", {"plan": "business"}, distinct_id="ann")
    client.alias("anon-1", "ann")
    client.shutdown()
    assert failures == []
    rows = {row["event"]: row for row in server.rows()}
    assert set(rows) >= {"seen", "$set", "opened", "$groupidentify", "$create_alias"}
    assert len(server.rows()) == 6
    assert len({row["person_id"] for row in rows.values()}) == 1
    assert rows["opened"]["account_id"] == "acme"
    assert abs((rows["opened"]["occurred_at"] - THEN.replace(tzinfo=None)).total_seconds()) < 60
    told = {(one["unit"], one["unit_id"], one["name"], one["value"], one["once"]) for one in server.table("traits")}
    assert told >= {
        ("person", "ann", "plan", '"pro"', False), ("person", "ann", "first", '"mail"', True),
        ("account", "acme", "plan", '"business"', False),
    }  # fmt: skip
    assert {json.loads(row["properties"])["$lib"] for row in rows.values()} == {"posthog-python"}


@pytest.mark.parametrize("mode", list(CaptureMode))
def test_a_group_described_by_a_server_is_nobodys_activity(
    server: Listening, failures: list[Any], mode: CaptureMode
) -> None:
    """posthog-python makes an id up for each; they would be persons who were active once."""
    client = _posthog(server, failures, capture_mode=mode)
    client.capture("opened", distinct_id="ann")
    for name in ("acme", "globex"):
        client.group_identify("company", name, {"plan": "business"})
    client.shutdown()
    assert failures == []
    rows = server.rows()
    assert sorted((row["event"], row["person_id"], row["account_id"]) for row in rows if row["person_id"]) == [
        ("opened", "ann", None)
    ]
    assert [row["account_id"] for row in rows if row["event"] == "$groupidentify"] == [None, None]
    assert {row["unit_id"] for row in server.table("traits") if row["name"] == "plan"} == {"acme", "globex"}
    asked = {"kind": "trends", "series": [{"math": "unique"}], "span": {"last": 2}}
    headers = {"Authorization": f"Bearer {server.workspace.key}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=20) as http:
        found = http.post("/api/usage/answers", json=asked).json()["answer"]
        persons = http.get("/api/usage/persons").json()
    assert (found["lines"][0]["total"], found["left_out"]) == (1, 2)
    assert [one["person_id"] for one in persons["items"]] == ["ann"]


def test_alias_joins_in_both_directions(server: Listening, failures: list[Any]) -> None:
    """posthog-python calls the earlier id the event's own, Segment the new one: it is one person either way."""
    client = _posthog(server, failures)
    client.capture("one", distinct_id="a-before")
    client.capture("two", distinct_id="a")
    client.alias("a-before", "a")
    client.shutdown()
    other = _segment(server, failures)
    other.track("b-before", "one")
    other.track("b", "two")
    other.alias("b-before", "b")
    other.shutdown()
    persons: dict[str, set[str]] = {}
    for row in server.rows():
        persons.setdefault(row["distinct_id"][0], set()).add(row["person_id"])
    assert failures == []
    assert all(len(found) == 1 for found in persons.values()), persons
    assert len(persons) == 2


def test_trouble_loses_and_doubles_nothing_of_segments_client(server: Listening, failures: list[Any]) -> None:
    server.trouble.extend([(503, False), (500, True)])
    client = _segment(server, failures, upload_size=10, max_retries=4)
    for place in range(25):
        client.track("ann", "Opened", {"place": place})
    client.shutdown()
    assert failures == []
    assert sorted(json.loads(row["properties"])["place"] for row in server.rows()) == list(range(25))
    assert server.outcomes()["duplicate"] >= 5


@pytest.mark.parametrize("mode", list(CaptureMode))
def test_trouble_loses_and_doubles_nothing_of_posthogs_client(
    server: Listening, failures: list[Any], mode: CaptureMode
) -> None:
    server.trouble.extend([(503, False), (500, True)])
    client = _posthog(server, failures, flush_at=10, capture_mode=mode)
    for place in range(25):
        client.capture("opened", distinct_id="ann", properties={"place": place})
    client.shutdown()
    assert failures == []
    assert sorted(json.loads(row["properties"])["place"] for row in server.rows()) == list(range(25))
    assert server.outcomes()["duplicate"] >= 5


def test_version_1_tells_the_client_what_was_dropped(server: Listening, failures: list[Any]) -> None:
    client = _posthog(server, failures, capture_mode=CaptureMode.V1)
    client.capture("opened", distinct_id="ann")
    client.capture("opened" * 100, distinct_id="ann")
    client.shutdown()
    assert len(server.rows()) == 1
    assert [one.drops[0][1] for one in failures] == ["event_name_too_long"]
