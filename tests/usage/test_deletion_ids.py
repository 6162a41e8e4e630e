"""Removing a person whose id is a number or short, and mail addresses however they are written."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.model.erasing import Terms, names_person
from callsheet.store.persons import sink_of
from callsheet.store.workspace import Workspace
from tests.usage.streamed import Streamed
from tests.usage.test_deletion import workspace  # noqa: F401 - the fixture: a workspace on the disk

NUMBER, MAIL = "48213377", "ann.ost@example.org"
OTHER = {
    "user_id": NUMBER, "order": 482133770, "guest_mail": "Ann.Ost@Example.org",
    "url": "https://a.example/u/48213377?mail=ann.ost%40example.org&n=%0Aann.ost%40example.org",
    "count": 48213377,
}  # fmt: skip


def removed(client: TestClient, person: str) -> dict[str, Any]:
    asked = client.request("DELETE", f"/api/usage/persons/{person}", json={"reason": "A letter", "confirm": person})
    assert asked.status_code == 202, asked.json()
    return dict(client.get(f"/api/usage/deletions/{asked.json()['id']}").json())


def held(ws: Workspace, *words: str) -> list[str]:
    """Tables of the warehouse, rows of the log and files in which one of the words stands, in any letter case."""
    found = []
    with sink_of(ws).changing() as cursor:
        for (name,) in cursor.execute("SELECT table_name FROM information_schema.tables").fetchall():
            rows = cursor.execute(f'SELECT x::VARCHAR FROM "{name}" x').fetchall()
            found += [f"{name}: {row}" for (row,) in rows if any(word.lower() in row.lower() for word in words)]
    ws.stream.close()
    ws.facts.close()
    for path in sorted(path for path in ws.folder.rglob("*") if path.is_file()):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += [path.name] * any(word.lower().encode() in data.lower() for word in words)
    return found


def fill(workspace: Workspace) -> None:  # noqa: F811
    """Put the person wherever somebody with such an id can be, and others beside."""
    web = Streamed(workspace)
    web.did(NUMBER, "signed_up", 2, account="acme")
    web.did("ben-the-other", "invited", 3, account="acme", **OTHER)
    web.told("person", NUMBER, 2, email=MAIL)
    web.told("person", "ben-the-other", 2, invited_by=48213377)
    web.refused(json.dumps({"userId": "ben", "event": "", "properties": {"invited_by": NUMBER}}))
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("persons", [{"person_id": NUMBER, "name": "Annette Ost"}])
        batch.merge("feedback", [{"feedback_id": "f1", "person_id": NUMBER, "body": "Mail ANN.OST@EXAMPLE.ORG"}])
        batch.merge("work", [{"item_id": "48213377", "kind": "bug", "title": f"Asked by {NUMBER}."}])
        batch.raw("row", [(1, f"{NUMBER},Annette Ost,+34 666 111"), (2, "ben,Ben,482133770")])
        batch.quarantine(3, f"{NUMBER};Annette Ost;broken", "too few cells")
    (workspace.state / "landing").mkdir(exist_ok=True)
    raw = f"id,name,phone\n{NUMBER},Annette Ost,+34 666 111\nben,Ben,\n"
    (workspace.state / "landing" / "aa.gz").write_bytes(gzip.compress(raw.encode()))


def test_a_number_and_addresses_in_any_writing_go_everywhere(workspace: Workspace, client: TestClient) -> None:  # noqa: F811
    fill(workspace)
    asked = {"kind": "trends", "series": [{"where": [{"field": "person_id", "values": [NUMBER]}]}]}
    assert client.post(f"/api/usage/persons/{NUMBER}/export").status_code == 200
    assert client.post("/api/usage/reports", json={"name": "One", "question": asked}).status_code == 201
    assert client.post("/api/usage/merges", json={"one": NUMBER, "other": "dev-ann-77x"}).status_code == 201

    proof = removed(client, NUMBER)
    told = ["perhaps: events.properties: 1 rows"]
    assert (proof["state"], proof["left"], proof["searched"]["found"]) == ("left", told, 0), proof
    places = {place["place"]: (place["before"], place["after"]) for place in proof["places"]}
    expected = ("landing", "quarantine", "refused", "events of others", "work", "book log", "book saved_report")
    assert {name: places.get(name) for name in expected} == {
        **dict.fromkeys(expected, (1, 0)), "book log": places["book log"]
    }  # fmt: skip
    others = client.get("/api/usage/persons/ben-the-other/timeline").json()["items"][0]["properties"]
    assert others == {
        "user_id": "[removed]", "count": 48213377, "order": 482133770, "guest_mail": "[removed]",
        "url": "https://a.example/u/[removed]?mail=[removed]&n=%0A[removed]",
    }  # fmt: skip
    question = client.get("/api/usage/reports/one").json()["question"]
    assert question["series"][0]["where"][0]["values"] == ["[removed]"]
    rows = workspace.facts.run(workspace.facts.tables()["work"]).to_pylist()
    assert [(row["item_id"], row["title"]) for row in rows] == [("48213377", "Asked by [removed].")]
    log = client.get("/api/audit").json()["items"]
    assert not [entry for entry in log if NUMBER in json.dumps(entry)]
    left = held(workspace, "annette", "ann.ost", "ann.ost%40", "dev-ann-77x", f'"{NUMBER}"', f"{NUMBER},", f":{NUMBER}")
    assert [one.split(":")[0] for one in left] == ["work"], "the issue of that number, which is nobody"


AMOUNTS: dict[str, Any] = {
    "price": 100000, "total": "100000", "n": [100000, 1], "range": "100000 - 200000", "by_price": {"100000": 2},
    "cart": '{"price": 100000}', "ratio": 0.1,
}  # fmt: skip
NAMING: dict[str, Any] = {
    "owner_id": 100000, "user": {"id": "100000", "n": 1}, "user_ids": [3, 100000], "to": "https://a.example/u/100000",
    "note": "seen by 100000", "item": '{"userId": 100000}', "refs": ["person:100000"],
}  # fmt: skip


def fill_amounts(workspace: Workspace) -> None:  # noqa: F811
    """Put a person called by a round number beside others who paid as much."""
    web = Streamed(workspace)
    web.did("100000", "paid", 2, price=5)
    web.did("ben-the-other", "paid", 3, **AMOUNTS)
    web.did("ben-the-other", "paid", 4, **NAMING)
    web.told("person", "ben-the-other", 4, spent=100000, invited_by="100000")
    web.refused(json.dumps({"userId": "ben", "event": "", "properties": {"price": 100000}}))
    web.refused(json.dumps({"userId": "100000", "event": "", "properties": {"price": 5}}))
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("feedback", [{"feedback_id": "f1", "title": "100000", "body": "Ask 100000."}])
        batch.raw("row", [(1, "100000,Ann"), (2, "ben,100000")])
        batch.quarantine(3, "ben;100000;broken", "too few cells")
    (workspace.state / "landing").mkdir(exist_ok=True)
    for name, raw in {"aa": "user,n\n100000,1\nben,100000\n", "bb": "7,x\n100000,y\n8,100000\n"}.items():
        (workspace.state / "landing" / f"{name}.gz").write_bytes(gzip.compress(raw.encode()))
    (workspace.folder / "prices.csv").write_text("item,price\nA,100000\n")


def test_equal_amounts_of_others_stay_and_are_told(workspace: Workspace, client: TestClient) -> None:  # noqa: F811
    """The prices of others are the same before and after: a number is no person by itself."""
    fill_amounts(workspace)
    size = {"kind": "trends", "series": [{"where": [{"field": "properties.price", "values": ["100000"]}]}]}
    assert client.post("/api/usage/reports", json={"name": "Dear", "question": size}).status_code == 201

    proof = removed(client, "100000")
    assert (proof["state"], proof["error"], proof["searched"]["found"]) == ("left", "", 0)
    rows = ("events.properties", "refused.raw", "landing.raw", "quarantine.raw", "feedback.title", "traits.value")
    files = (".callsheet/landing/aa.gz", ".callsheet/landing/bb.gz", "prices.csv")
    told = [*(f"{name}: 1 rows" for name in (*rows, "book saved_report")), *files]
    assert sorted(proof["left"]) == sorted(f"perhaps: {one}" for one in told)
    places = {place["place"]: (place["before"], place["after"]) for place in proof["places"]}
    once = ("events", "events of others", "refused", "landing", "feedback", "traits")
    assert {name: places.get(name) for name in once} == dict.fromkeys(once, (1, 0))
    assert not {"quarantine", "book saved_report"} & set(places)

    naming, amounts = client.get("/api/usage/persons/ben-the-other/timeline").json()["items"]
    assert amounts["properties"] == AMOUNTS
    assert naming["properties"] == {
        "owner_id": "[removed]", "user": {"id": "[removed]", "n": 1}, "user_ids": [3, "[removed]"],
        "to": "https://a.example/u/[removed]", "note": "seen by [removed]", "item": '{"userId": "[removed]"}',
        "refs": ["person:[removed]"],
    }  # fmt: skip
    with sink_of(workspace).changing() as cursor:
        said = cursor.execute("SELECT name, value FROM traits ORDER BY name").fetchall()
    assert said == [("invited_by", '"[removed]"'), ("spent", "100000")]
    landed = {name: gzip.decompress((workspace.state / "landing" / f"{name}.gz").read_bytes()) for name in ("aa", "bb")}
    assert landed == {"aa": b"user,n\nben,100000\n", "bb": b"7,x\n8,100000\n"}
    assert client.get("/api/usage/reports/dear").json()["question"]["series"][0]["where"][0]["values"] == ["100000"]
    assert client.post(f"/api/usage/deletions/{proof['id']}/tries").status_code == 409


def test_what_cannot_be_taken_out_is_told_and_does_not_fail_for_ever(
    workspace: Workspace,  # noqa: F811
    client: TestClient,
) -> None:
    Streamed(workspace).did("7", "signed_up", 2)
    broken = '{"userId": "7", and so on'
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("feedback", [{"feedback_id": "f1", "body": broken}])
    proof = removed(client, "7")
    assert (proof["state"], proof["error"], proof["left"]) == ("left", "", ["perhaps: feedback.body: 1 rows"])
    rows = workspace.facts.run(workspace.facts.tables()["feedback"]).to_pylist()
    assert [row["body"] for row in rows] == [broken]


def test_a_short_id_goes_where_a_field_means_a_person_and_the_rest_is_told(
    workspace: Workspace,  # noqa: F811
    client: TestClient,
) -> None:
    web = Streamed(workspace)
    web.did("7", "signed_up", 2, account="acme")
    web.did("ben-the-other", "invited", 3, account="acme", invitedBy="7", user_ids=[3, 7], amount=7)
    (workspace.state / "landing").mkdir(exist_ok=True)
    (workspace.state / "landing" / "aa.gz").write_bytes(gzip.compress(b"user,name,n\n7,Ann,1\nben,Ben,7\n"))
    (workspace.state / "landing" / "bb.gz").write_bytes(gzip.compress(b"id,email,n\n7,a@x.org,1\n8,b@x.org,2\n"))
    asked = {"kind": "trends", "series": [{"where": [{"field": "person_id", "values": ["7"]}]}]}
    client.post("/api/usage/reports", json={"name": "One", "question": asked})
    client.post("/api/usage/persons/7/export")
    proof = removed(client, "7")
    assert proof["state"] == "left"
    assert proof["left"] == ["perhaps: events.properties: 1 rows", "perhaps: .callsheet/landing/aa.gz"]
    others = client.get("/api/usage/persons/ben-the-other/timeline").json()["items"][0]["properties"]
    assert others == {"invitedBy": "[removed]", "user_ids": [3, "[removed]"], "amount": 7}
    assert gzip.decompress((workspace.state / "landing" / "aa.gz").read_bytes()) == b"user,name,n\nben,Ben,7\n"
    assert gzip.decompress((workspace.state / "landing" / "bb.gz").read_bytes()) == b"id,email,n\n8,b@x.org,2\n"
    assert "7" not in client.get("/api/usage/reports/one").json()["question"]["series"][0]["where"][0]["values"]
    assert not [entry for entry in client.get("/api/audit").json()["items"] if entry["ref"] == "person:7"]
    assert client.post(f"/api/usage/deletions/{proof['id']}/tries").status_code == 409


def test_a_file_of_ones_own_that_names_the_person_is_told(workspace: Workspace, client: TestClient) -> None:  # noqa: F811
    web = Streamed(workspace)
    web.did(NUMBER, "signed_up", 2)
    web.told("person", NUMBER, 2, email=MAIL)
    notes = workspace.folder / "notes.txt"
    notes.write_text("Call Ann.OST@example.org\n")
    proof = removed(client, NUMBER)
    assert (proof["state"], proof["left"]) == ("left", ["notes.txt"])
    notes.unlink()
    assert client.post(f"/api/usage/deletions/{proof['id']}/tries").status_code == 202
    again = client.get(f"/api/usage/deletions/{proof['id']}").json()
    assert (again["state"], again["left"]) == ("done", [])


NAMED = {
    "a field": (f'{{"userId": {NUMBER}}}', True),
    "a field within": (f'{{"user":{{"n":1,"id":"{NUMBER}"}}}}', True),
    "part of a longer number": ("148213377 and 482133770", False),
    "decimals": ("0.48213377 and 48213377.5", False),
    "other letter case": ("ANN.OST@example.ORG", True),
    "in a URL": ("?a=1&mail%3Dann.ost%40example.org", True),
    "after an escape of JSON": (r'{"t":"mail\nann.ost@example.org"}', True),
    "an address of which it is the end": ("joann.ost@example.org", False),
    "a short id in a ref": ("person:7", True),
    "a short id alone": ("7", False),
    "a short id in a sentence": ("7 items for user 7", False),
}


@pytest.mark.parametrize(("text", "named"), NAMED.values(), ids=NAMED)
def test_who_is_named(text: str, named: bool) -> None:
    terms = Terms((NUMBER, "7"), (MAIL,))
    assert terms.in_text(text) == named
    assert terms.in_bytes(text.encode()) == named
    assert terms.in_text(terms.redacted(text)) is False


WRITTEN = {
    "a cell beside words": (f"{NUMBER},Annette", "[removed],Annette"),
    "the end of a sentence": (f"by {NUMBER}.", "by [removed]."),
    "alone": (NUMBER, NUMBER),
    "among amounts": (f"{NUMBER}; 5", f"{NUMBER}; 5"),
    "no JSON": (f"[bug] of {NUMBER}", "[bug] of [removed]"),
}


@pytest.mark.parametrize(("text", "after"), WRITTEN.values(), ids=WRITTEN)
def test_a_number_is_a_person_in_what_somebody_wrote(text: str, after: str) -> None:
    terms = Terms((NUMBER,))
    assert terms.redacted(text) == after
    assert terms.in_text(text), "a reason with it is asked for anew"
    assert (terms.in_bytes(text.encode()), terms.alike_in(text.encode())) == (False, True)


def test_fields_for_persons_are_told_from_others() -> None:
    assert all(map(names_person, ("userId", "user_id", "invited_by", "properties.author", "$user_id", "who")))
    assert not any(map(names_person, ("amount", "order_id", "account_id", "paid", "version", "id")))
