"""Persons over HTTP: found by any id, their timeline in pages, merges made, refused and undone."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.base.errors import Conflict
from callsheet.store.workspace import Workspace
from callsheet.usage.questions.asking import Asking
from tests.conftest import Clients
from tests.usage.streamed import Streamed


@pytest.fixture
def web(workspace: Workspace) -> Streamed:
    return Streamed(workspace)


def names(client: TestClient, **query: Any) -> list[str]:
    return [one["person_id"] for one in client.get("/api/usage/persons", params=query).json()["items"]]


def test_people_are_listed_the_last_active_first(web: Streamed, client: TestClient) -> None:
    for who, hour in (("ann", 1), ("ben", 3), ("cid", 2)):
        web.did(who, hour=hour, account="acme")
    web.told("person", "ann", 4, name="Ann Ost", email="ann@example.org")
    assert names(client) == ["ben", "cid", "ann"]
    assert names(client, sort="name") == ["ann", "ben", "cid"], "those without a name stand last"
    assert names(client, sort="-person_id", size=2, page=2) == ["ann"]
    assert names(client, q="ost EXAMPLE") == ["ann"]
    found = client.get("/api/usage/persons", params={"q": "ann"}).json()["items"][0]
    assert (found["name"], found["account_id"], found["events"], found["ids"]) == ("Ann Ost", "acme", 1, 1)


def test_people_known_by_imports_are_listed_and_colleagues_are_not(
    web: Streamed, client: TestClient, workspace: Workspace
) -> None:
    web.did("ann")
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("persons", [{"person_id": "dan", "name": "Dan"}, {"person_id": "eve", "team": "core"}])
        batch.merge("persons", [{"person_id": "phone", "name": "Ann at the phone"}])
    web.merged("phone", "ann")
    assert names(client) == ["ann", "dan"]
    assert client.get("/api/usage/persons").json()["items"][0]["name"] == "Ann at the phone"


def test_a_person_is_found_by_any_id(web: Streamed, client: TestClient, workspace: Workspace) -> None:
    web.did("anon", "visited", hour=1)
    web.did("ann", "signed_up", hour=2, account="acme")
    web.merged("anon", "ann", hour=2)
    web.told("person", "ann", 2, plan="Free", email="ann@example.org")
    web.told("person", "ann", 5, plan="Pro")
    web.told("person", "ann", 6, plan="Pro")
    web.told("account", "acme", 2, name="Acme")
    for key in ("ann", "anon"):
        page = client.get(f"/api/usage/persons/{key}").json()
        assert (page["person"]["person_id"], page["account_name"], page["events"]) == ("ann", "Acme", 2)
        assert [one["distinct_id"] for one in page["ids"]] == ["anon", "ann"]
        plan = {"name": "plan", "value": "Pro", "since_at": "2026-11-10T05:00:00", "source": "web"}
        assert plan in page["traits"], "since it was first said, not since it was last repeated"
        assert [one["how"] for one in page["merges"]] == ["identify"]
    assert names(client, q="anon") == ["ann"]
    assert names(client, q="acm") == ["ann"]
    assert client.get("/api/usage/persons").json()["items"][0]["account_name"] == "Acme"
    assert client.get("/api/usage/persons/nobody").status_code == 404


def test_a_person_stands_on_the_lists_of_all_ids(web: Streamed, client: TestClient) -> None:
    web.did("anon")
    web.merged("anon", "ann")
    active = {"kind": "did", "days": 30, "times": 1}
    for cohort in (
        {"name": "Beta", "ids": ["anon"]}, {"name": "Active", "condition": active},
        {"name": "Busy", "condition": active | {"times": 9}}, {"name": "Customers", "unit": "account", "ids": ["ann"]},
    ):  # fmt: skip
        assert client.post("/api/usage/cohorts", json=cohort).status_code == 201
    assert [one["name"] for one in client.get("/api/usage/persons/anon/cohorts").json()] == ["Active", "Beta"]
    assert client.get("/api/usage/persons/nobody/cohorts").json() == []


def test_a_list_that_cannot_be_answered_takes_no_other_away(
    web: Streamed, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.did("ann")
    for cohort in ({"name": "Beta", "ids": ["ann"]}, {"name": "Hard", "ids": ["ann"]}):
        assert client.post("/api/usage/cohorts", json=cohort).status_code == 201
    answered = Asking.cohort

    def hard(self: Asking, cohort_id: str) -> tuple[str, ...]:
        if cohort_id == "hard":
            raise Conflict("Events arrive faster than they can be read.", "Ask again.")
        return answered(self, cohort_id)

    monkeypatch.setattr(Asking, "cohort", hard)
    assert [one["name"] for one in client.get("/api/usage/persons/ann/cohorts").json()] == ["Beta"]


def test_a_split_tells_the_events_that_leave_though_the_rest_gets_another_name(
    web: Streamed, client: TestClient
) -> None:
    """a was seen first and names all three; without b's merge a and c stay one, called c: only b's events leave."""
    for who, hour, times in (("c", 1, 1), ("a", 2, 3), ("b", 3, 2)):
        for _ in range(times):
            web.did(who, hour=hour)
    first = client.post("/api/usage/merges", json={"one": "a", "other": "b"}).json()
    second = client.post("/api/usage/merges", json={"one": "a", "other": "c"}).json()
    assert (first["into_id"], second["into_id"]) == ("a", "c")
    told = client.get(f"/api/usage/merges/{first['merge_id']}/split").json()
    assert [(one["person_id"], one["ids"], one["events"]) for one in told["persons"]] == [
        ("b", ["b"], 2), ("c", ["a", "c"], 4),
    ]  # fmt: skip
    assert told["events"] == 2


def test_a_timeline_in_pages_loses_nothing(web: Streamed, client: TestClient) -> None:
    for hour in (1, 2, 2, 2, 2, 3, 4):
        web.did("a/b", hour=hour)
    seen, query = [], {"size": 2}
    for _ in range(9):
        page = client.get("/api/usage/persons/a%2Fb/timeline", params=query).json()
        seen += [one["event_id"] for one in page["items"]]
        if page["before"] is None:
            break
        query["before"] = page["before"]
    assert len(seen) == len(set(seen)) == 7


def test_merging_by_hand_and_undoing_it(web: Streamed, client: TestClient, workspace: Workspace) -> None:
    web.did("b-first", hour=1)
    web.did("a-later", hour=2)
    made = client.post("/api/usage/merges", json={"one": "a-later", "other": "b-first"})
    assert made.status_code == 201
    assert (made.json()["into_id"], made.json()["how"]) == ("b-first", "manual"), "called by the one seen first"
    assert names(client) == ["b-first"]
    assert client.post("/api/usage/merges", json={"one": "a-later", "other": "b-first"}).status_code == 409
    assert client.post("/api/usage/merges", json={"one": "null", "other": "b-first"}).status_code == 422
    told = client.get(f"/api/usage/merges/{made.json()['merge_id']}/split").json()
    assert [(one["person_id"], one["ids"], one["events"]) for one in told["persons"]] == [
        ("a-later", ["a-later"], 1), ("b-first", ["b-first"], 1),
    ]  # fmt: skip
    assert told["events"] == 1
    assert client.delete(f"/api/usage/merges/{made.json()['merge_id']}").status_code == 204
    assert names(client) == ["a-later", "b-first"]
    assert client.delete(f"/api/usage/merges/{made.json()['merge_id']}").status_code == 409
    with workspace.books.read() as book:
        from callsheet.store.book import LogEntry

        assert [row.verb for row in book.session.query(LogEntry).filter(LogEntry.verb.like("person.%"))] == [
            "person.merged", "person.split",
        ]  # fmt: skip


def test_a_refused_merge_is_seen_and_can_be_taken_by_hand(web: Streamed, client: TestClient) -> None:
    for who in ("shared", "ann", "ben"):
        web.did(who)
    web.merged("shared", "ann", hour=1)
    web.merged("shared", "ben", hour=2)
    refused = client.get("/api/usage/merges", params={"state": "refused"}).json()["items"]
    assert [(one["from_id"], one["into_id"], one["refused"]) for one in refused] == [
        ("shared", "ben", "both_identified")
    ]
    assert "alias" in refused[0]["why"]
    assert client.get("/api/usage/merges", params={"state": "taken"}).json()["total"] == 1
    assert client.post("/api/usage/merges", json={"one": "shared", "other": "ben"}).status_code == 201
    assert names(client) == ["ann"]


def test_nothing_splits_while_other_merges_hold(web: Streamed, client: TestClient) -> None:
    for who in ("a", "b", "c"):
        web.did(who)
    web.merged("a", "b", "alias")
    web.merged("b", "c", "alias", 1)
    third = web.merged("c", "a", "alias", 2)
    told = client.get(f"/api/usage/merges/{third}/split").json()
    assert (len(told["persons"]), told["events"], told["reports"]) == (1, 0, 0)


def test_viewers_read_and_do_not_merge(web: Streamed, clients: Clients) -> None:
    web.did("ann")
    web.did("ben")
    made = web.merged("ann", "ben")
    assert clients.carol.get("/api/usage/persons").status_code == 200
    assert clients.carol.get(f"/api/usage/merges/{made}/split").status_code == 200
    assert clients.carol.delete(f"/api/usage/merges/{made}").status_code == 403
    assert clients.carol.post("/api/usage/merges", json={"one": "x", "other": "y"}).status_code == 403
    assert clients.mallory.get("/api/usage/persons").status_code == 401
