"""Alerts: what they say of series made by hand, over HTTP, as a finding, and to those who subscribed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from callsheet.findings.lifecycle import refresh
from callsheet.findings.records import Finding
from callsheet.loop.reactions import react
from callsheet.metrics.reader import reading
from callsheet.people.records import Delivery
from callsheet.store.workspace import Workspace
from callsheet.usage.questions.alerts import HISTORY, Watched, by_clock, judged
from callsheet.usage.questions.buckets import buckets
from callsheet.usage.questions.common import Bucket, Span
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


def test_nothing_for_weeks_is_said_and_not_called_ok() -> None:
    """40 a day for eight weeks, then nothing: an alarm as long as there are four weeks to compare with, then words."""
    rule = Watched.model_validate({"rule": {"kind": "anomaly"}})
    found = judged(series([40.0] * 56 + [0.0] * 36), rule, "day", counts=True)
    assert found[-1].why == "nothing was counted for 5 weeks; before that, the same weekday: 2 known, 4 are needed"
    assert [one.state for one in found] == ["firing"] * 16 + ["no_data"] * 14


def test_an_anomaly_follows_growth() -> None:
    """10% more every week, without noise: a day that falls by 80% is found, one that grows on is not."""
    days: list[float | None] = [50 * 1.1 ** (day / 7) for day in range(80)]
    assert says({"kind": "anomaly"}, [*days, 50 * 1.1 ** (80 / 7), 0])[-1] == "ok"
    assert says({"kind": "anomaly"}, [*days, 0.2 * 50 * 1.1 ** (80 / 7), 0])[-1] == "firing"


def test_hours_are_compared_by_the_local_clock() -> None:
    """Madrid, 25 October 2026: the clock shows 2 to 3 twice, and everything depends on what it shows. No hour of the
    days after is odd; by places, each would be compared with the hour beside it."""
    asked = Span(since="2026-09-01", until="2026-10-28T12:00")
    hours = buckets(asked, "hour", "Europe/Madrid", datetime(2026, 10, 28, 11)).named()
    by_hour = {7: 5.0, 8: 60.0, 9: 120.0, 12: 100.0, 17: 60.0, 18: 10.0}
    amounts: list[float | None] = [by_hour.get(int(one.since[11:13]), 30.0) for one in hours]
    line = Line(series="A", label="", amounts=amounts, total=None)
    found = series([1]).model_copy(update={"buckets": hours, "lines": [line]})
    told = judged(found, Watched.model_validate({"rule": {"kind": "anomaly"}}), "hour", counts=True)
    assert {one.state for one in told} == {"ok"}
    assert all(one.expected == pytest.approx(one.amount) for one in told)


def test_an_hour_that_the_clock_left_out_or_showed_twice_has_no_amount() -> None:
    walls = ["2026-10-18T02:00:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-11-01T02:00:00"]
    table = by_clock([5.0, 1.0, 2.0, 7.0], walls, 3, 168, 3)
    assert (table.shape, table[1][0]) == ((3, 168), 5.0)
    assert int(np.isfinite(table).sum()) == 1


def test_weeks_begin_as_in_the_question(client: TestClient, workspace: Workspace) -> None:
    land(workspace, [3] * 70)
    weekly = {**DAILY, "interval": "week", "span": {"last": 8, "week": "sunday"}}
    rule = {"kind": "threshold", "bound": 2}
    told = client.post("/api/usage/alerts/history", json={"question": weekly, "watched": {"rule": rule}}).json()
    assert (told[-1]["since"], told[-1]["amount"]) == ("2026-11-15", 21)


@pytest.mark.parametrize("others", [9, 260], ids=["gone", "beyond the values that are shown"])
def test_a_group_that_vanishes_is_an_alarm(client: TestClient, workspace: Workspace, others: int) -> None:
    """`small` is in one row a day until 40 days ago, and in one of yesterday; others are in two rows a day each."""
    small = [*range(40, 60), *([1] if others > 250 else [])]
    rows = [("small", ago, 0) for ago in small]
    rows += [(f"p{name}", ago, place) for name in range(others) for ago in (1, 2) for place in (0, 1)]
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", [
            {
                "event_id": f"{plan}-{ago}-{place}", "event": "pay", "person_id": "ann",
                "occurred_at": TODAY - timedelta(days=ago), "properties": f'{{"plan": "{plan}"}}',
            }
            for plan, ago, place in rows
        ])  # fmt: skip
    question = {"kind": "trends", "series": [{"events": ["pay"]}], "breakdown": {"by": "properties.plan"}}
    told = {}
    for math in ("count", "mean"):
        one = {"events": ["pay"], "math": math} | ({"property": "amount"} if math == "mean" else {})
        watched = {"group": "small", "rule": {"kind": "threshold", "bound": 5}}
        asked = {"question": {**question, "series": [one]}, "watched": watched}
        told[math] = client.post("/api/usage/alerts/history", json=asked).json()
    assert [(one["state"], one["amount"]) for one in told["count"][-2:]] == [
        ("firing", 0), ("firing", 1 if others > 250 else 0)
    ]  # fmt: skip
    assert {one["state"] for one in told["mean"]} == {"no_data"}, "a mean of nothing is not 0"


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
    assert listed[0]["words"] == "Sign-ups fell to 3 (21 Nov), expected 5.9 to 42.5."
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


def test_formulas_and_late_series_are_watched_as_lines_call_them(client: TestClient, workspace: Workspace) -> None:
    """A formula is called by its text without the spaces around it, the 28th series AB."""
    land(workspace, [4, 6, 0])
    rule = {"kind": "threshold", "bound": 1}
    several = {**DAILY, "series": [*DAILY["series"]] * 28}
    for asked, watched in (
        ({**DAILY, "formulas": [" Half = A / 2 "]}, " Half = A / 2 "),
        ({**DAILY, "formulas": [" Half = A / 2 "]}, "Half = A / 2"), (several, "AB"),
    ):  # fmt: skip
        given_ = {"question": asked, "watched": {"series": watched, "rule": rule}}
        seen = client.post("/api/usage/alerts/history", json=given_).json()
        assert [one["amount"] for one in seen][-2:] == ([4, 6] if watched == "AB" else [2, 3]), watched


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
        ("alert:sign-ups", "open", "Sign-ups fell to 3 (21 Nov), expected 5.9 to 42.5.")
    ]
    assert sent == [("carol@example.org", "Sign-ups fell to 3 (21 Nov), expected 5.9 to 42.5")]
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
