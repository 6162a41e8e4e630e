"""The schema over HTTP: what was seen, what is said of it, and that reports and detectors read the same."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from callsheet.findings.detectors.tracking_broken import tracking_broken
from callsheet.metrics.reader import reading
from callsheet.model.intake import Parcel
from callsheet.store.settlers import schema
from callsheet.store.workspace import Workspace
from tests.conftest import Clients

NOW = datetime(2026, 11, 22, 16)
EPOCH = datetime(1970, 1, 1)
HARD = (
    ".",
    "..",
    "a/../b",
    "event",
    "a/b",
    "a.b?c=d#e",
    "'; DROP TABLE events; --",
    'x"y',
    "naïve ☃ 𝔘",
    "two words",
    "100%",
    "schema",
)


def sent(workspace: Workspace, rows: list[tuple[str, float, dict[str, Any]]], source: str = "web") -> None:
    """Store events (name, days before NOW, properties)."""
    made = Parcel(source, NOW)
    for number, (name, back, properties) in enumerate(rows):
        made.event_id.append(f"{source}-{name}-{back}-{number}")
        made.moment.append((NOW - timedelta(days=back) - EPOCH) // timedelta(microseconds=1))
        made.event.append(name)
        made.distinct_id.append("ann")
        made.account_id.append("")
        made.session_id.append("")
        made.properties.append(json.dumps(properties))
    workspace.stream.put(made).result(20)
    workspace.stream.settle()


def course(name: str, make: Any) -> list[tuple[str, float, dict[str, Any]]]:
    """Twelve events on each of the last 50 days; `make(days back)` gives their properties."""
    return [(name, back + hour / 24, make(back)) for back in range(50) for hour in range(1, 13)]


def test_what_was_seen_is_listed(workspace: Workspace, client: TestClient) -> None:
    sent(workspace, [("opened", 0, {"pages": 3, "who": {"x": 1}, "$lib": "py"}), ("opened", 1, {"pages": "three"})])
    sent(workspace, [("opened", 2, {}), ("closed", 3, {})], "app")
    page = client.get("/api/usage/schema").json()
    assert [(one["event"], one["amount"], one["sources"]) for one in page["items"]] == [
        ("opened", 3, ["app", "web"]), ("closed", 1, ["app"]),
    ]  # fmt: skip
    assert (page["behind"], page["unlisted"], page["planned"]) == (0, 0, False)
    assert [one["properties"] for one in page["items"]] == [3, 0]
    assert page["items"][0]["days"][-3:] == [1, 1, 1]
    assert [one["event"] for one in client.get("/api/usage/schema?source=web").json()["items"]] == ["opened"]
    detail = client.get("/api/usage/schema/event?name=opened").json()
    told = {one["property"]: one for one in detail["properties"]}
    assert list(told) == ["pages", "who", "$lib"], "the client's own come last"
    assert {one["type"]: (one["amount"], one["example"]) for one in told["pages"]["types"]} == {
        "number": (1, "3"), "string": (1, '"three"'),
    }  # fmt: skip
    assert told["who"]["types"][0]["example"] == '{"x": 1}'
    assert told["pages"]["share"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", HARD)
def test_any_name_can_be_looked_at_and_described(workspace: Workspace, client: TestClient, name: str) -> None:
    sent(workspace, [(name, 0, {name: 1, "\x00": 2})])
    address = f"/api/usage/schema/event?name={quote(name, safe='')}"
    detail = client.get(address).json()
    assert detail["event"]["event"] == name
    assert {one["property"] for one in detail["properties"]} == {name, "\x00"}
    told = client.patch(address, json={"property": name, "description": "Said", "type": "number"}).json()
    assert next(one for one in told["properties"] if one["property"] == name)["description"] == "Said"
    refused = client.patch(address, json={"property": "\x00", "description": "No"})
    assert (refused.status_code, "NUL" in refused.json()["message"]) == (422, True)


def test_an_event_can_be_planned_before_it_is_seen(workspace: Workspace, client: TestClient) -> None:
    assert client.get("/api/usage/schema/event?name=paid").status_code == 404
    client.patch(
        "/api/usage/schema/event?name=paid", json={"state": "expected", "owner": "ada", "description": "Money came in"}
    )
    sent(workspace, course("odd", lambda _: {}))
    page = client.get("/api/usage/schema").json()
    told = {one["event"]: [drift["problem"] for drift in one["drift"]] for one in page["items"]}
    assert told == {"odd": ["unexpected"], "paid": ["missing"]}
    assert (page["planned"], page["drifting"]) == (True, 2)
    client.patch("/api/usage/schema/event?name=odd", json={"state": "hidden"})
    assert [one["event"] for one in client.get("/api/usage/schema").json()["items"]] == ["paid"]
    assert [one["event"] for one in client.get("/api/usage/schema?state=hidden").json()["items"]] == ["odd"]


def test_what_is_said_is_kept_with_who_said_it(workspace: Workspace, clients: Clients) -> None:
    clients.bob.patch("/api/usage/schema/event?name=paid", json={"description": "Money"})
    clients.bob.patch("/api/usage/schema/event?name=paid", json={"description": "Money"})
    log = clients.alice.get("/api/audit?q=event.described").json()["items"]
    assert [one["ref"] for one in log if one["verb"] == "event.described"] == ["event:paid"]
    assert clients.carol.patch("/api/usage/schema/event?name=paid", json={"owner": "x"}).status_code == 403
    assert clients.bob.patch("/api/usage/schema/event?name=paid", json={"type": "number"}).status_code == 422


FLIPS = course("flips", lambda back: {"p": back if back % 2 else str(back)})
CHANGED = course("changed", lambda back: {"p": str(back) if back < 4 else back})
VANISHED = course("lost", lambda back: {"p": 1} if back > 3 else {"q": 1})


def test_drift_is_the_same_in_the_list_the_report_and_the_findings(workspace: Workspace, client: TestClient) -> None:
    sent(workspace, [*FLIPS, *CHANGED, *VANISHED, *course("fine", lambda _: {"p": 1})])
    page = client.get("/api/usage/schema?drifting=true").json()
    told = {
        (one["event"], drift["property"], drift["problem"], drift["bad"]) for one in page["items"]
        for drift in one["drift"]
    }  # fmt: skip
    bad = {
        ("flips", "p", "type changed", True), ("changed", "p", "type changed", True),
        ("lost", "p", "property vanished", True),
    }  # fmt: skip
    assert told == bad | {("lost", "q", "new property", False)}
    with reading(workspace) as reader:
        rows = reader.report("usage.tracking").rows
        signals = {signal.subject for signal in tracking_broken(reader)}
    assert {(row["event"], row["property"], row["problem"], True) for row in rows if row["problem"]} == bad
    assert signals == {"event:flips:type changed", "event:changed:type changed", "event:lost:property vanished"}
    detail = client.get("/api/usage/schema/event?name=flips").json()["properties"][0]
    assert detail["turns"] >= 27


def test_while_rows_are_still_counted_nothing_is_said_to_have_changed(
    workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callsheet.store.engines.duck_settle.SLICES", -1)
    monkeypatch.setattr(schema, "AT_ONCE", 2)
    sent(workspace, VANISHED)
    page = client.get("/api/usage/schema").json()
    assert 500 < page["behind"] < len(VANISHED)
    assert page["drifting"] == 0
    with reading(workspace) as reader:
        rows = reader.report("usage.tracking").rows
    assert "property vanished" in {row["problem"] for row in rows}, "the report asks samples instead"


def test_a_person_taken_out_takes_the_examples_along(workspace: Workspace, client: TestClient) -> None:
    sent(workspace, [("opened", 0, {"mail": "ann@example.org"})])
    with workspace.facts.change() as cursor:  # type: ignore[attr-defined]
        cursor.execute("DELETE FROM events")
    assert "ann@example.org" not in client.get("/api/usage/schema/event?name=opened").text
