"""What questions can be made of: known are the events that came, and who did them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from callsheet.model.actor import SYSTEM
from callsheet.store.workspace import Workspace
from callsheet.usage.actions import add_feature
from tests.conftest import Clients

PROPERTIES = ({"plan": "pro", "seats": 3}, {"plan": "pro", "$set": {"hidden": 1}}, {"plan": "free"}, None)


@pytest.fixture
def known(workspace: Workspace) -> None:
    """Four events; three have properties, and one more has what is no JSON object."""
    begin = datetime(2026, 11, 20, 10)
    texts = [None if one is None else json.dumps(one) for one in PROPERTIES] + ["[1]"]
    rows = [
        {"event_id": f"e{i}", "occurred_at": begin + timedelta(hours=i), "event": "paid" if i < 3 else "opened",
         "person_id": "ann", "account_id": "acme", "properties": text}
        for i, text in enumerate(texts)
    ]  # fmt: skip
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", rows)
        batch.merge("accounts", [{"account_id": "acme", "name": "Acme", "segment": "large"}])
    with workspace.books.change() as book:
        add_feature(book, "Paying", SYSTEM, line="Money", events=["paid"])


@pytest.mark.usefixtures("known")
def test_events_features_and_fields_are_told(clients: Clients) -> None:
    found = clients.carol.get("/api/usage/vocabulary").json()
    assert found["events"] == [
        {"name": "paid", "amount": 3, "feature": "paying"}, {"name": "opened", "amount": 2, "feature": ""},
    ]  # fmt: skip
    assert [(one["name"], one["events"], one["released"]) for one in found["features"]] == [("Paying", ["paid"], False)]
    seen = {one["field"]: one["seen"] for one in found["fields"] if one["of"] == "event"}
    assert seen == {"properties.plan": 3, "properties.seats": 1}, "traits sent with an event are no properties"
    traits = {one["field"] for one in found["fields"] if one["of"] in ("person", "account")}
    assert {"person.role", "account.segment", "account.plan"} <= traits
    assert not {"account.account_id", "person.batch"} & traits
    assert clients.mallory.get("/api/usage/vocabulary").status_code == 401


@pytest.mark.usefixtures("known")
def test_values_are_told_most_frequent_first_and_searched(client: TestClient) -> None:
    def values(field: str, q: str = "") -> list[str]:
        found: list[str] = client.get("/api/usage/vocabulary/values", params={"field": field, "q": q}).json()
        return found

    assert values("properties.plan") == ["pro", "free"]
    assert values("properties.plan", "FR") == ["free"]
    assert values("account.segment") == ["large"]
    assert values("event") == ["paid", "opened"]
    wrong = client.get("/api/usage/vocabulary/values", params={"field": "nothing"})
    assert (wrong.status_code, "no field 'nothing'" in wrong.json()["message"]) == (422, True)


def test_what_is_told_of_sessions_where_events_have_them(client: TestClient, workspace: Workspace) -> None:
    row = {"event_id": "s", "occurred_at": datetime(2026, 11, 20), "event": "paid", "person_id": "ann"}
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", [row | {"properties": '{"$session_id": "one"}'}])
    found = {one["field"] for one in client.get("/api/usage/vocabulary").json()["fields"]}
    assert {"session.duration", "session.entry"} <= found
    told = client.get("/api/usage/vocabulary/values", params={"field": "session.duration"})
    assert (told.status_code, told.json()) == (200, [])


def test_there_may_be_nothing_to_ask_about(client: TestClient) -> None:
    found = client.get("/api/usage/vocabulary").json()
    assert (found["events"], found["features"]) == ([], [])
    assert not [one for one in found["fields"] if one["of"] == "event"]
