"""Accounts over time: what traits and imports said, and what the account was at a moment."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from callsheet.store.workspace import Workspace
from tests.usage.streamed import Streamed


def test_an_account_as_of_a_moment(workspace: Workspace, client: TestClient) -> None:
    web = Streamed(workspace)
    web.told("account", "acme", 1, name="Acme", plan="Free")
    web.told("account", "acme", 5, plan="Pro", mrr=100)
    web.told("account", "acme", 3, plan="Trial")
    page = client.get("/api/usage/accounts/acme", params={"as_of": "2026-11-10T04:00:00Z"})
    found: dict[str, Any] = page.json()
    assert found["then"] == {"name": "Acme", "plan": "Trial", "segment": None, "revenue": None, "owner": None}
    plans = [(one["value"], one["since_at"][11:13]) for one in found["course"] if one["name"] == "plan"]
    assert plans == [("Free", "01"), ("Trial", "03"), ("Pro", "05")]
    assert [one["value"] for one in found["course"] if one["name"] == "revenue"] == [1200.0]


def test_an_import_wins_from_its_landing_on(workspace: Workspace, client: TestClient) -> None:
    web = Streamed(workspace)
    web.told("account", "acme", 1, name="acme", plan="Free")
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("accounts", [{"account_id": "acme", "plan": "Enterprise"}])
    web.told("account", "acme", 2, plan="Pro")
    found = client.get("/api/usage/accounts/acme").json()
    last = [one for one in found["course"] if one["name"] == "plan"][-1]
    assert (last["value"], last["source"], found["account"]["plan"]) == ("Enterprise", "crm", "Enterprise")
    assert found["then"] is None
