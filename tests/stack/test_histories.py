"""Files of what accounts and people were over time: traits with their own moments, nobody's activity, undone as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.base.errors import BadInput
from callsheet.model.actor import SYSTEM
from callsheet.stack import imports
from callsheet.stack.files.recognise import propose
from callsheet.store.workspace import Workspace
from tests.stack.conftest import Write

ACCOUNTS = (
    "account,since,Plan,MRR,segment,owner\n"
    "acme,2025-01-01,Free,,smb,ada\n"
    "acme,2025-06-01,Pro,100,smb,ada\n"
    "acme,2026-02-01,,150,enterprise,bo\n"
    "globex,2025-03-01,Pro,80,smb,\n"
)
PEOPLE = "user id,valid from,role,segment\nann,2025-01-01,designer,smb\nann,2026-01-01,lead,enterprise\n"


def test_an_account_as_it_was(workspace: Workspace, client: TestClient, write: Write) -> None:
    made = imports.run(workspace, write("plans.csv", ACCOUNTS), SYSTEM)
    workspace.stream.settle()

    def then(moment: str) -> Any:
        found = client.get("/api/usage/accounts/acme", params={"as_of": moment}).json()["then"]
        return [found[name] for name in ("plan", "revenue", "segment", "owner")]

    assert then("2025-02-01T00:00:00Z") == ["Free", None, "smb", "ada"]
    assert then("2025-07-01T00:00:00Z") == ["Pro", 1200.0, "smb", "ada"]
    assert then("2026-03-01T00:00:00Z") == ["Pro", 1800.0, "enterprise", "bo"]
    page = client.get("/api/usage/accounts/acme").json()
    assert (page["account"]["plan"], page["account"]["revenue"]) == ("Pro", 1800.0)
    assert {one["source"] for one in page["course"]} == {"plans.csv"}
    workspace.facts.undo(made.info.id)
    workspace.stream.settle()
    assert workspace.facts.run(workspace.facts.tables()["accounts"]).num_rows == 0


def test_a_file_again_tells_nothing_twice_and_a_corrected_one_counts(
    workspace: Workspace, client: TestClient, write: Write
) -> None:
    for text in (ACCOUNTS, ACCOUNTS, ACCOUNTS.replace("Pro,100", "Team,100")):
        imports.run(workspace, write("plans.csv", text), SYSTEM)
    workspace.stream.settle()
    course = client.get("/api/usage/accounts/acme").json()["course"]
    assert [one["value"] for one in course if one["name"] == "plan"] == ["Free", "Team"]


def test_a_person_over_time_is_not_active_by_it(workspace: Workspace, client: TestClient, write: Write) -> None:
    imports.run(workspace, write("people.csv", PEOPLE), SYSTEM)
    imports.run(
        workspace, write("events.csv", "uuid,event,distinct_id,timestamp\nu1,opened,ann,2025-03-01T00:00:00Z\n"), SYSTEM,
        kind="events",
    )  # fmt: skip
    workspace.stream.settle()
    person = client.get("/api/usage/persons/ann").json()
    assert (person["events"], person["person"]["role"], person["person"]["segment"]) == (1, "lead", "enterprise")
    rows = workspace.facts.run(workspace.facts.tables()["events"]).to_pylist()
    assert sorted((row["event"], row["person_id"], row["account_id"]) for row in rows if row["person_id"]) == [
        ("opened", "ann", None)
    ]


KNOWN = {
    "accounts by a since": ("account,since,plan", "", "account_history"),
    "accounts asked for, by a date": ("company,date,anything", "account_history", "account_history"),
    "people by valid from": ("email,valid_from,role", "", "person_history"),
    "accounts as they are": ("account,plan,created", "", "accounts"),
    "events that have a since": ("event,user,time,since,plan", "", "events"),
}


@pytest.mark.parametrize("case", KNOWN)
def test_a_history_is_recognised_by_its_columns(case: str) -> None:
    columns, kind, wanted = KNOWN[case]
    assert propose(columns.split(","), kind).kind == wanted


def test_what_lacks_is_named() -> None:
    with pytest.raises(BadInput, match="looks like a moment and a trait; its columns are account") as found:
        propose(["account"], "account_history")
    assert "plan, owner" in found.value.mend


def test_a_row_without_a_moment_is_set_aside(workspace: Workspace, write: Write) -> None:
    made = imports.run(workspace, write("plans.csv", ACCOUNTS + "initech,soon,Pro,1,,\ninitech,,Pro,1,,\n"), SYSTEM)
    assert (made.info.counts["events"].inserted, made.info.quarantined) == (4, 2)
