"""The same answers over the warehouse as over the list the events were made from."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from callsheet.store.workspace import Workspace
from callsheet.usage.questions import kinds
from tests.usage.questions.made import Event, desk

ZONE = "Europe/Madrid"
SPAN = {"since": "2026-03-10", "until": "2026-04-10"}
PRO = [{"field": "properties.plan", "values": ["pro"]}]
USE, BUY = {"events": ["use"]}, {"events": ["buy"]}
ASKED: dict[str, dict[str, Any]] = {
    "counts, units and sums": {
        "kind": "trends", "compare": "previous", "formulas": ["A / B"], "show_series": True,
        "series": [USE, USE | {"math": "unique"}, USE | {"math": "sum", "property": "amount"}],
    },
    "first times and trailing months": {
        "kind": "trends", "interval": "week",
        "series": [{"math": "first_time"}, {"math": "monthly_active"}, {"where": PRO, "math": "first_ever"}],
    },
    "a breakdown of accounts": {
        "kind": "trends", "unit": "account", "breakdown": {"by": "properties.plan", "limit": 1},
        "series": [{"math": "unique"}, {"math": "median", "property": "amount"}],
    },
    "hours": {"kind": "trends", "interval": "hour", "series": [{}], "span": {"since": "2026-03-29", "until": "2026-03-29"}},
    "minutes beside the day before": {
        "kind": "trends", "interval": "minute", "series": [{"math": "unique"}], "compare": "previous",
        "span": {"since": "2026-03-29T00:00", "until": "2026-03-30T06:00"},
    },
    "an exact span beside the one before": {
        "kind": "trends", "interval": "week", "series": [USE, USE | {"math": "unique"}], "compare": "previous",
        "span": {"since": "2026-03-18T07:30", "until": "2026-03-31T12:00", "exact": True},
    },
    "accounts and people": {
        "kind": "trends", "series": [{"math": "unique_accounts"}, {"math": "unique_people"}],
        "formulas": ["Each = B / A"], "show_series": True,
    },
    "ranges beside a field, without the rest": {
        "kind": "trends", "series": [USE],
        "breakdown": {
            "by": "properties.plan", "also": ["properties.amount"], "also_bins": [2], "limit": 3, "largest_only": True,
        },
    },
    "weekly retention": {"kind": "retention", "interval": "week", "start": USE, "back": BUY},
    "first retention": {"kind": "retention", "mode": "first_time", "start": USE, "back": USE, "periods": 20},
    "rolling retention": {"kind": "retention", "basis": "rolling", "start": USE | {"where": PRO}, "back": BUY},
    "a broken retention": {"kind": "retention", "start": USE, "back": USE, "breakdown": {"by": "properties.plan"}},
    "a rolling retention, broken": {
        "kind": "retention", "basis": "rolling", "start": USE, "back": BUY, "breakdown": {"by": "properties.plan"},
    },
    "several fields": {
        "kind": "trends", "series": [USE | {"math": "per_unit_max"}], "compare": "1w",
        "breakdown": {"by": "properties.plan", "also": ["properties.amount", "properties.none"]},
    },
    "ranges": {"kind": "trends", "series": [USE, BUY], "breakdown": {"by": "properties.amount", "bins": 3}},
    "sessions by several fields": {"kind": "sessions", "breakdown": {"by": "properties.plan", "also": ["properties.amount"]}},
    "a funnel by several fields": {
        "kind": "funnel", "steps": [USE, BUY], "breakdown": {"by": "properties.plan", "also": ["properties.amount"]},
    },
    "lifecycle": {"kind": "lifecycle"},
    "rhythm": {"kind": "rhythm", "series": USE, "counted": "units", "where": PRO},
    "lifecycle of accounts": {"kind": "lifecycle", "unit": "account", "interval": "week"},
    "stickiness": {"kind": "stickiness", "series": [USE, BUY | {"where": PRO}]},
}  # fmt: skip


def some(count: int) -> list[Event]:
    """Events of twelve persons around the change of clocks, the same each time."""
    draw = random.Random(4)
    found = []
    for n in range(count):
        properties: dict[str, Any] = {}
        if draw.random() < 0.7:
            properties["plan"] = draw.choice(("free", "pro", "team"))
        if draw.random() < 0.5:
            properties["amount"] = draw.randint(-3, 9)
        when = datetime(2026, 3, 1) + timedelta(hours=draw.randint(0, 24 * 45), seconds=n)
        account = draw.choice(("", "x", "y"))
        found.append(Event(f"p{draw.randint(0, 11):02}", when, draw.choice(("use", "buy")), properties, account))
    return found


@pytest.mark.parametrize("case", ASKED)
def test_the_same_over_the_warehouse(workspace: Workspace, case: str) -> None:
    events = some(300)
    rows = [
        {"event_id": f"e{n:03}", "occurred_at": one.when, "event": one.event, "person_id": one.who,
         "account_id": one.account or None, "properties": json.dumps(one.properties)}
        for n, one in enumerate(events)
    ]  # fmt: skip
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", rows)
    question = kinds.parse({"span": SPAN} | ASKED[case])
    at = desk(events, ZONE)
    found = kinds.answer(question, replace(at, histories=workspace.histories))
    assert found.sample > 0
    assert found == kinds.answer(question, at)
