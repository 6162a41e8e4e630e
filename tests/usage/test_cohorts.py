"""Cohorts: who satisfies a condition, checked by hand and against brute force; lists; routes by role."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput, UnknownName
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace
from callsheet.usage.metrics.cohorts import sizes
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.cohort_shapes import Described
from tests.conftest import Clients
from tests.usage.conftest import pinned
from tests.usage.streamed import Streamed

NOON = datetime(2026, 11, 22, 12)


@dataclass(frozen=True)
class Row:
    """An event: who, so many days before today, what, and its property n."""

    person: str
    ago: int
    event: str
    n: int | None = None
    account: str = ""
    hour: int = 0


def land(workspace: Workspace, rows: list[Row]) -> None:
    """Bring events in; the order of the list breaks ties of time."""
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", [
            {
                "event_id": f"e{place}", "occurred_at": NOON - timedelta(days=row.ago) + timedelta(hours=row.hour),
                "event": row.event, "person_id": row.person, "account_id": row.account or None,
                "properties": json.dumps({} if row.n is None else {"n": row.n}),
            }
            for place, row in enumerate(rows)
        ])  # fmt: skip


def members(workspace: Workspace, condition: dict[str, Any], unit: str = "person") -> set[str]:
    """The ids of those who satisfy a condition."""
    with reading(workspace) as reader:
        described = Described.model_validate({"unit": unit, "condition": condition})
        return set(Asking(reader).described(described))


HISTORY = [
    Row("ann", 0, "buy", 1, "acme"), Row("ann", 6, "buy", 2, "acme"), Row("ann", 7, "look", 1, "acme"),
    Row("ben", 7, "buy", 5, "acme"), Row("ben", 30, "look", None, "bolt"),
    Row("cid", 1, "look", 3, "bolt"), Row("cid", 1, "look", 3, "bolt", 1), Row("cid", 1, "look", 4, "bolt", 2),
]  # fmt: skip
DID = {"kind": "did"}
KNOWN: dict[str, tuple[dict[str, Any], set[str]]] = {
    "did at all": ({**DID, "events": ["buy"]}, {"ann", "ben"}),
    "today and the six days before are the last 7 days": ({**DID, "events": ["buy"], "days": 7}, {"ann"}),
    "at least twice": ({**DID, "events": ["buy"], "times": 2}, {"ann"}),
    "at most once is not never": ({**DID, "events": ["buy"], "times": 1, "compare": "at_most"}, {"ben"}),
    "at most never": ({**DID, "events": ["buy"], "times": 0, "compare": "at_most"}, {"cid"}),
    "exactly never is did not": ({**DID, "events": ["buy"], "times": 0, "compare": "exactly"}, {"cid"}),
    "did not lately, but before": (
        {"kind": "all", "of": [
            {**DID, "events": ["buy"]}, {**DID, "events": ["buy"], "days": 7, "times": 0, "compare": "exactly"}
        ]}, {"ben"},
    ),
    "with a condition on a property": (
        {**DID, "events": ["look"], "where": [{"field": "properties.n", "op": "gte", "values": [3]}], "times": 3}, {"cid"},
    ),
    "since a moment": ({**DID, "events": ["buy"], "since": "2026-11-16T12:00:01Z"}, {"ann"}),
    "until a moment": ({**DID, "events": ["buy"], "until": "2026-11-16T12:00:00Z"}, {"ben"}),
    "for the first time in the last 7 days": ({"kind": "did_first", "events": ["buy"], "days": 7}, {"ann"}),
    "stopped": ({"kind": "stopped", "events": ["buy"], "days": 14, "recent": 7}, {"ben"}),
    "restarted": ({"kind": "restarted", "events": ["buy"], "days": 5, "recent": 2}, {"ann"}),
    "three times on one of the last 30 days": (
        {"kind": "regularly", "events": ["look"], "times": 3, "periods": 30, "least": 1}, {"cid"},
    ),
    "a sequence since a moment": (
        {"kind": "sequence", "steps": [{"events": ["look"]}, {"events": ["buy"]}], "since": "2026-11-15T12:00:01Z"}, set(),
    ),
    "a sequence before anything": (
        {"kind": "sequence", "steps": [{"events": ["look"]}, {"events": ["buy"]}], "until": "2026-01-01"}, set(),
    ),
    "a sequence until a day": (
        {"kind": "sequence", "steps": [{"events": ["look"]}, {"events": ["buy"]}], "within_days": 30, "until": "-7d"}, {"ben"},
    ),
    "any event": ({**DID, "days": 2}, {"ann", "cid"}),
    "not, among those who ever did anything": ({"kind": "not", "one": {**DID, "events": ["look"]}}, set()),
    "first seen in the last 8 days": ({"kind": "first_seen", "span": {"last": 8}}, {"ann", "cid"}),
    "first seen between two days": (
        {"kind": "first_seen", "span": {"since": "2026-10-01", "until": "2026-10-31"}}, {"ben"},
    ),
    "look, then buy within the window": (
        {"kind": "sequence", "steps": [{"events": ["look"]}, {"events": ["buy"]}], "within_days": 7}, {"ann"},
    ),
    "the window is counted from the first step": (
        {"kind": "sequence", "steps": [{"events": ["look"]}, {"events": ["buy"]}], "within_days": 23}, {"ann", "ben"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_who_satisfies_a_condition(workspace: Workspace, case: str) -> None:
    condition, expected = KNOWN[case]
    land(workspace, HISTORY)
    assert members(workspace, condition) == expected


def test_conditions_on_accounts(workspace: Workspace) -> None:
    land(workspace, HISTORY)
    assert members(workspace, {**DID, "events": ["buy"], "times": 3}, "account") == {"acme"}
    assert members(workspace, {"kind": "not", "one": {**DID, "events": ["buy"]}}, "account") == {"bolt"}


def test_traits_are_as_they_are_now(workspace: Workspace) -> None:
    land(workspace, HISTORY)
    with workspace.facts.batch("test", "who") as batch:
        batch.merge("accounts", [{"account_id": "acme", "plan": "pro"}, {"account_id": "bolt", "plan": "free"}])
        batch.merge("persons", [{"person_id": "ann", "role": "lead"}])
    assert members(workspace, {"kind": "trait", "field": "person.role", "values": ["lead"]}) == {"ann"}
    assert members(workspace, {"kind": "trait", "field": "account.plan", "values": ["free"]}, "account") == {"bolt"}
    assert members(workspace, {"kind": "trait", "field": "person.role", "op": "not_set"}) == {"ben", "cid"}


PEOPLE, EVENTS = ("ann", "ben", "cid", "dan"), ("buy", "look", "leave")
ROWS = st.lists(
    st.builds(Row, st.sampled_from(PEOPLE), st.integers(0, 12), st.sampled_from(EVENTS), st.integers(0, 3)), max_size=25
)
WHERE: st.SearchStrategy[list[Any]] = st.just([]) | st.builds(
    lambda n: [{"field": "properties.n", "op": "gte", "values": [n]}], st.integers(0, 3)
)
LEAVES = st.one_of(
    st.fixed_dictionaries({
        "kind": st.just("did"), "events": st.lists(st.sampled_from(EVENTS), max_size=2, unique=True), "where": WHERE,
        "compare": st.sampled_from(["at_least", "at_most", "exactly"]), "times": st.integers(0, 3),
        "days": st.none() | st.integers(1, 12),
    }),
    st.fixed_dictionaries({"kind": st.just("first_seen"), "span": st.builds(lambda n: {"last": n}, st.integers(1, 13))}),
    st.fixed_dictionaries({"kind": st.just("trait"), "field": st.just("properties.n"), "values": st.tuples(st.integers(0, 3))}),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(lambda kind, of: {"kind": kind, "of": of}, st.sampled_from(["all", "any"]),
                            st.lists(inner, min_size=1, max_size=3))
    | st.builds(lambda one: {"kind": "not", "one": one}, inner),
    max_leaves=5,
)  # fmt: skip


def holds(one: dict[str, Any], own: list[Row]) -> bool:
    """The reference: whether somebody with these rows satisfies a condition, said in the plainest way."""
    if one["kind"] in ("all", "any"):
        return (all if one["kind"] == "all" else any)(holds(part, own) for part in one["of"])
    if one["kind"] == "not":
        return not holds(one["one"], own)
    if one["kind"] == "trait":
        return any(row.n == one["values"][0] for row in own)
    if one["kind"] == "first_seen":
        return max(row.ago for row in own) < int(one["span"]["last"])
    least = one["where"][0]["values"][0] if one["where"] else 0
    did = [
        row for row in own
        if (not one["events"] or row.event in one["events"]) and (row.n or 0) >= least
        and (one["days"] is None or row.ago < one["days"])
    ]  # fmt: skip
    times = int(one["times"])
    at_most = min(times, 1) <= len(did) <= times
    return {"at_least": len(did) >= times, "at_most": at_most, "exactly": len(did) == times}[one["compare"]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, condition=CONDITIONS)
def test_conditions_agree_with_brute_force(tmp_path: Path, rows: list[Row], condition: dict[str, Any]) -> None:
    workspace = pinned(tmp_path)
    try:
        land(workspace, rows)
        expected = {
            who for who in {row.person for row in rows} if holds(condition, [r for r in rows if r.person == who])
        }
        assert members(workspace, condition) == expected
    finally:
        workspace.close()


def test_a_described_cohort_over_http(clients: Clients, workspace: Workspace) -> None:
    land(workspace, HISTORY)
    buyers = {"kind": "did", "events": ["buy"]}
    assert clients.carol.post("/api/usage/cohorts/sizes", json={"condition": buyers}).json() == {"size": 2}
    made = clients.bob.post("/api/usage/cohorts", json={"name": "Buyers", "condition": buyers})
    assert (made.status_code, made.json()["kind"], made.json()["size"]) == (201, "dynamic", None)
    assert clients.carol.get("/api/usage/cohorts/buyers").json()["size"] == 2
    page = clients.carol.get("/api/usage/cohorts/buyers/members", params={"sort": "-unit_id"}).json()
    assert [one["unit_id"] for one in page["items"]] == ["ben", "ann"]
    lookers = {"kind": "all", "of": [{"kind": "in", "cohort": "buyers"}, {"kind": "did", "events": ["buy"], "days": 7}]}
    clients.bob.post("/api/usage/cohorts", json={"name": "Recent buyers", "condition": lookers})
    assert clients.carol.get("/api/usage/cohorts/recent-buyers").json()["size"] == 1
    cycle = clients.bob.patch(
        "/api/usage/cohorts/buyers", json={"condition": {"kind": "in", "cohort": "recent-buyers"}}
    )
    assert (cycle.status_code, "rest on itself" in cycle.json()["message"]) == (422, True)
    hidden = {"condition": {"kind": "trait", "field": "cohort", "values": ["recent-buyers"]}}
    assert clients.bob.patch("/api/usage/cohorts/buyers", json=hidden).status_code == 422
    unknown = clients.bob.patch("/api/usage/cohorts/buyers", json={"condition": {"kind": "in", "cohort": "nobody"}})
    assert unknown.status_code == 422
    assert clients.carol.post("/api/usage/cohorts", json={"name": "x", "ids": ["a"]}).status_code == 403
    assert clients.mallory.get("/api/usage/cohorts").status_code == 401


def test_a_listed_cohort_from_ids_a_csv_and_a_cell(client: TestClient, workspace: Workspace) -> None:
    land(workspace, HISTORY)
    made = client.post("/api/usage/cohorts", json={"name": "Some", "ids": ["ann", " ann ", "ben", ""]}).json()
    assert (made["kind"], made["size"]) == ("static", 2)
    assert client.post("/api/usage/cohorts/some/members", json={"ids": ["ben", "cid"]}).json() == {"added": 1}
    assert client.delete("/api/usage/cohorts/some/members/ann").status_code == 204
    assert client.delete("/api/usage/cohorts/some/members/ann").status_code == 404
    assert client.get("/api/usage/cohorts").json()["items"][0]["size"] == 2
    text = "name,Person_ID\nAnn,ann\nBen,ben\n"
    assert client.post("/api/usage/cohorts", json={"name": "File", "csv": text}).json()["size"] == 2
    assert client.post("/api/usage/cohorts", json={"name": "Bare", "csv": "ann\nben\ncid\n"}).json()["size"] == 3
    question = {"kind": "trends", "series": [{"events": ["buy"]}], "span": {"since": "2026-11-22"}}
    of = {"question": question, "cell": {"bucket": 0}}
    cell = client.post("/api/usage/cohorts", json={"name": "Cell", "of": of}).json()
    assert (cell["size"], cell["unit"], cell["origin"]) == (1, "person", "an answer")
    both = client.post("/api/usage/cohorts", json={"name": "Both", "csv": "a", "ids": ["b"]})
    assert (both.status_code, "not several" in both.json()["message"]) == (422, True)


def test_a_cohort_filters_any_question(client: TestClient, workspace: Workspace) -> None:
    land(workspace, HISTORY)
    client.post("/api/usage/cohorts", json={"name": "Ann", "ids": ["ann"]})
    client.post("/api/usage/cohorts", json={"name": "Bolt", "unit": "account", "ids": ["bolt"]})

    def total(cohort: str, op: str = "is") -> float:
        where = [{"field": "cohort", "op": op, "values": [cohort]}]
        question = {"kind": "trends", "series": [{}], "span": {"last": 60}, "where": where}
        answer = client.post("/api/usage/answers", json=question)
        return float(answer.json()["answer"]["lines"][0]["total"]) if answer.status_code == 200 else -answer.status_code

    assert (total("ann"), total("ann", "is_not"), total("bolt")) == (3, 5, 4)
    assert (total("nobody"), total("ann", "contains")) == (-404, -422)
    client.post("/api/usage/cohorts/ann/members", json={"ids": ["ben"]})
    assert total("ann") == 5, "an answer is not kept beyond a change of the cohort"


def test_a_condition_has_its_limits(client: TestClient) -> None:
    deep: dict[str, Any] = {"kind": "did"}
    for _ in range(20):
        deep = {"kind": "not", "one": deep}
    answer = client.post("/api/usage/cohorts/sizes", json={"condition": deep})
    assert (answer.status_code, "inside one another" in answer.json()["message"]) == (422, True)
    text = '{"kind":"not","one":' * 3000 + '{"kind":"did"}' + "}" * 3000
    raw = client.post(
        "/api/usage/cohorts/sizes", content=f'{{"condition":{text}}}', headers={"content-type": "application/json"}
    )
    assert raw.status_code in (400, 422)
    several = {"kind": "trait", "field": "any", "values": ["x"]}
    assert client.post("/api/usage/cohorts/sizes", json={"condition": several}).status_code == 422


def test_the_size_of_a_cohort_over_time(workspace: Workspace) -> None:
    """Buyers ever: ben since the 15th, ann since the 16th. Buyers of the last 7 days come and go."""
    land(workspace, HISTORY)
    from callsheet.model.actor import SYSTEM
    from callsheet.usage.actions.cohorts import add_cohort

    with workspace.books.change(workspace.now()) as book:
        add_cohort(book, "Ever", SYSTEM, condition={"kind": "did", "events": ["buy"]})
        add_cohort(book, "Lately", SYSTEM, condition={"kind": "did", "events": ["buy"], "days": 7})
        add_cohort(book, "List", SYSTEM, ids=["ann", "ben"])
    with reading(workspace) as reader:
        found = {key: [one.size for one in sizes(Asking(reader), key, 3)] for key in ("ever", "lately", "list")}
    assert found == {"ever": [0, 1, 2], "lately": [0, 1, 1], "list": [0, 0, 2]}


def test_a_cohort_that_came_to_rest_on_itself_is_an_error_and_no_endless_walk(workspace: Workspace) -> None:
    from callsheet.model.actor import SYSTEM
    from callsheet.usage.actions.cohorts import add_cohort
    from callsheet.usage.records import Cohort

    land(workspace, HISTORY)
    with workspace.books.change() as book:
        add_cohort(book, "A", SYSTEM, condition={"kind": "did"})
        add_cohort(book, "B", SYSTEM, condition={"kind": "in", "cohort": "a"})
        book.update(Cohort, "a", condition={"kind": "in", "cohort": "b"})
    with reading(workspace) as reader:
        with pytest.raises(BadInput, match="rests on itself"):
            Asking(reader).cohort("a")
        with pytest.raises(UnknownName):
            Asking(reader).cohort("nothing")


def test_a_list_follows_persons_who_are_merged_and_split(client: TestClient, workspace: Workspace) -> None:
    web = Streamed(workspace)
    web.did("phone")
    web.did("ann", hour=1)
    client.post("/api/usage/cohorts", json={"name": "Some", "ids": ["phone"]})
    where = [{"field": "cohort", "values": ["some"]}]
    asked = {"kind": "trends", "series": [{}], "span": {"last": 60}, "where": where}

    def total() -> float:
        return float(client.post("/api/usage/answers", json=asked).json()["answer"]["lines"][0]["total"])

    assert total() == 1
    merge = web.merged("phone", "ann", hour=2)
    assert total() == 2
    assert [one["unit_id"] for one in client.get("/api/usage/cohorts/some/members").json()["items"]] == ["ann"]
    assert client.delete(f"/api/usage/merges/{merge}").status_code < 300
    assert total() == 1
