"""Alerts: what they say of series made by hand, over HTTP, as a finding, and to those who subscribed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.findings.lifecycle import refresh
from callsheet.findings.records import Finding
from callsheet.loop.reactions import react
from callsheet.metrics.reader import reading
from callsheet.people.records import Delivery
from callsheet.store.workspace import Workspace
from callsheet.usage.questions.alerts import HISTORY, Watched, judged
from callsheet.usage.questions.common import Bucket
from callsheet.usage.questions.trends import Answer, Line
from tests.conftest import Clients

DAILY = {"kind": "trends", "series": [{"events": ["sign_up"]}], "interval": "day"}
TODAY = datetime(2026, 11, 22)


def series(amounts: Sequence[float | None], partial: bool = True, known_since: str = "") -> Answer:
    """An answer with one line; its last interval is under way."""
    first = TODAY - timedelta(days=len(amounts) - 1)
    days = [f"{first + timedelta(days=place):%Y-%m-%d}" for place in range(len(amounts))]
    buckets = [Bucket(since=day, label=day[5:], partial=partial and day == days[-1]) for day in days]
    line = Line(series="A", label="sign-ups", amounts=list(amounts), total=None)
    return Answer(
        kind="trends", unit="person", since=first, until=TODAY, buckets=buckets, lines=[line], known_since=known_since
    )


def says(rule: dict[str, Any], amounts: Sequence[float | None], **more: Any) -> list[str]:
    """The states of the last intervals that are over."""
    found = judged(series(amounts, **more), Watched.model_validate({"rule": rule}), "day", counts=True)
    return [one.state for one in found]


KNOWN: dict[str, tuple[dict[str, Any], list[float | None], list[str]]] = {
    "below the bound": ({"kind": "threshold", "bound": 5}, [6, 5, 4, 0], ["ok", "ok", "firing"]),
    "above the bound": ({"kind": "threshold", "bound": 5, "direction": "above"}, [6, 5, 0], ["firing", "ok"]),
    "a fall of more than a fifth": (
        {"kind": "threshold", "of": "change", "bound": -0.2}, [10, 8, 6.3, 0], ["no_data", "ok", "firing"]
    ),
    "after nothing there is no change": (
        {"kind": "threshold", "of": "change", "bound": 1, "direction": "above"}, [0, 9, 0], ["no_data", "no_data"]
    ),
    "no amount is no zero": ({"kind": "threshold", "bound": 5}, [None, 9, 0], ["no_data", "ok"]),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_what_a_rule_says(case: str) -> None:
    rule, amounts, expected = KNOWN[case]
    assert says(rule, amounts) == expected, "the last interval is under way and never judged"


def test_an_anomaly_is_judged_by_the_same_weekday() -> None:
    """Weekdays of 100 and week-ends of 10 for six weeks; then a Saturday of 10 (as ever) and a Sunday of 100."""
    weeks: list[float | None] = [100.0, 100, 100, 100, 100, 10, 10] * 6
    found = says({"kind": "anomaly"}, [*weeks, 100, 100, 100, 100, 100, 10, 100, 0])
    assert found[-2:] == ["ok", "firing"]
    assert says({"kind": "anomaly", "direction": "below"}, [*weeks, 100, 100, 100, 100, 100, 10, 100, 0])[-1] == "ok"


def test_an_anomaly_needs_four_weeks() -> None:
    assert set(says({"kind": "anomaly"}, [100.0] * 28 + [0, 0])) == {"no_data", "firing"}
    assert set(says({"kind": "anomaly"}, [100.0] * 27 + [0, 0])) == {"no_data"}
    before = says(
        {"kind": "anomaly"}, [0.0] * 7 + [100.0] * 28 + [0, 0], known_since=f"{TODAY - timedelta(days=22):%Y-%m-%d}"
    )
    assert before[-1] == "no_data", "what lies before the first event is unknown, not zero"


def test_only_the_last_intervals_are_shown() -> None:
    assert len(says({"kind": "threshold", "bound": 0}, [1.0] * 100)) == HISTORY


def land(workspace: Workspace, counts: Sequence[int]) -> None:
    """So many sign-ups a day, the last number being today's."""
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", [
            {
                "event_id": f"s{ago}-{place}", "event": "sign_up", "person_id": f"p{ago}-{place}",
                "occurred_at": TODAY - timedelta(days=ago) + timedelta(hours=9, seconds=place),
            }
            for ago, count in enumerate(reversed(counts)) for place in range(count)
        ])  # fmt: skip


def given(rule: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Sign-ups", "question": DAILY, "watched": {"series": "A", "rule": rule}}


def test_an_alert_over_http(clients: Clients, workspace: Workspace) -> None:
    land(workspace, [20] * 42 + [3, 1])
    assert clients.carol.post("/api/usage/alerts", json=given({"kind": "anomaly"})).status_code == 403
    preview = {"question": DAILY, "watched": {"rule": {"kind": "anomaly"}}}
    seen = clients.carol.post("/api/usage/alerts/history", json=preview).json()
    assert (seen[-1]["since"], seen[-1]["state"], seen[-1]["amount"], seen[-1]["expected"]) == (
        "2026-11-21",
        "firing",
        3,
        20,
    )
    assert clients.bob.post("/api/usage/alerts", json=given({"kind": "anomaly"})).status_code == 201
    listed = clients.carol.get("/api/usage/alerts").json()["items"]
    assert [(one["id"], one["state"], one["firing_since"]) for one in listed] == [("sign-ups", "firing", "2026-11-21")]
    assert listed[0]["words"] == "Sign-ups fell to 3 (21 Nov), expected 4.3 to 35.7."
    page = clients.carol.get("/api/usage/alerts/sign-ups").json()
    assert len(page["history"]) == HISTORY
    drawn = clients.carol.get("/api/usage/alerts/sign-ups/chart").json()
    assert [one["id"] for one in drawn["series"]] == ["Sign-ups", "_Sign-ups:low", "_Sign-ups:band"]
    changed = clients.bob.patch(
        "/api/usage/alerts/sign-ups", json={"watched": {"rule": {"kind": "threshold", "bound": 2}}}
    )
    assert changed.json()["watched"]["rule"]["bound"] == 2
    assert clients.carol.get("/api/usage/alerts", params={"state": "firing"}).json()["total"] == 0
    assert clients.bob.delete("/api/usage/alerts/sign-ups").status_code == 200
    assert clients.carol.get("/api/usage/alerts").json()["total"] == 0
    assert clients.bob.post("/api/usage/alerts/sign-ups/restoration").status_code == 200


def test_only_a_line_that_there_is_can_be_watched(client: TestClient) -> None:
    rule = {"kind": "threshold", "bound": 2}
    wrong = (
        {**given(rule), "watched": {"series": "B", "rule": rule}}, {**given(rule), "watched": {"group": "x", "rule": rule}},
        {**given(rule), "question": {"kind": "lifecycle"}},
        {**given(rule), "watched": {"rule": {"kind": "anomaly", "seasons": 3}}},
    )  # fmt: skip
    for one in wrong:
        assert client.post("/api/usage/alerts", json=one).status_code == 422


def test_a_firing_alert_is_a_finding_until_it_is_snoozed_or_over(clients: Clients, workspace: Workspace) -> None:
    land(workspace, [20] * 42 + [3, 1])
    clients.bob.post("/api/usage/alerts", json=given({"kind": "anomaly"}))
    told = {"topic": "alert:sign-ups", "channel": "mail"}
    assert clients.carol.post("/api/people/subscriptions", json=told).status_code in (200, 201)
    refresh(workspace)
    while react(workspace):
        pass
    with workspace.books.read() as book:
        found = [one for one in book.session.query(Finding) if one.detector == "usage_alert"]
        sent = [(one.email, one.subject) for one in book.session.query(Delivery)]
    assert [(one.subject, one.state, one.sentence) for one in found] == [
        ("alert:sign-ups", "open", "Sign-ups fell to 3 (21 Nov), expected 4.3 to 35.7.")
    ]
    assert sent == [("carol@example.org", "Sign-ups fell to 3 (21 Nov), expected 4.3 to 35.7")]
    until = (workspace.now() + timedelta(days=1)).isoformat()
    assert clients.bob.post("/api/usage/alerts/sign-ups/snooze", json={"until": until}).status_code == 200
    assert refresh(workspace)["resolved"] >= 1
    assert clients.bob.delete("/api/usage/alerts/sign-ups/snooze").json()["snoozed_until"] is None
    assert clients.bob.post("/api/usage/alerts/sign-ups/snooze", json={"until": "2020-01-01"}).status_code == 422


def test_an_alert_that_cannot_be_judged_says_why(workspace: Workspace, client: TestClient) -> None:
    land(workspace, [20] * 5)
    client.post("/api/usage/alerts", json=given({"kind": "anomaly"}))
    with reading(workspace) as reader:
        row = reader.report("usage.alerts").rows[0]
    assert (row["state"], row["words"]) == ("no_data", "the same weekday: 0 known, 4 are needed")
