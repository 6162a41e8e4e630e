"""A person's own data: given out in full; removed everywhere, with proof, and not taken in again."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.model.actor import SYSTEM
from callsheet.model.erasing import Terms
from callsheet.store import erase_files
from callsheet.store import workspace as workspaces
from callsheet.store.workspace import Workspace
from tests.conftest import Clients
from tests.usage.streamed import Streamed

DEVICE, USER, MAIL = "device-55aa-77", "annette-ost", "annette.ost@example.org"
WORDS = Terms((DEVICE, USER), (MAIL,))
REASON = {"reason": "Asked by letter on 20 November", "confirm": USER}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on the disk, as a server has it."""
    (tmp_path / "callsheet.toml").write_text('[workspace]\nas_of = "2026-11-22T16:00:00Z"\n')
    workspaces.create(tmp_path)
    from callsheet.store.book import Base, Books, sqlite_url

    books = Books(sqlite_url(tmp_path / ".callsheet" / "book.sqlite"))
    from callsheet.store.engines.duck import DuckWarehouse

    with books.change() as book:
        Base.metadata.create_all(book.session.connection())
    config = Config(workspace=WorkspaceSettings(as_of="2026-11-22T16:00:00Z"), folder=tmp_path)
    opened = Workspace(tmp_path, config, DuckWarehouse(tmp_path / ".callsheet" / "warehouse.duckdb"), books)
    yield opened
    opened.close()


@pytest.fixture
def filled(workspace: Workspace, clients: Clients) -> Streamed:
    """Somebody in every place that a person can be in, and somebody else beside."""
    web = Streamed(workspace)
    web.did(DEVICE, "visited", 1, path=f"/u/{USER}")
    web.did(USER, "signed_up", 2, account="acme")
    web.did("ben-the-other", "invited", 3, account="acme", guest=USER, by="ben-the-other")
    web.merged(DEVICE, USER, hour=2)
    web.told("person", USER, 2, email=MAIL, name="Annette")
    web.refused(json.dumps({"userId": USER, "event": ""}))
    web.refused(json.dumps({"userId": "ben-the-other", "event": ""}))
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("persons", [{"person_id": USER, "name": "Annette Ost", "email": MAIL}])
        batch.merge(
            "feedback", [{"feedback_id": "f1", "person_id": USER, "body": f"Write to {MAIL}.", "title": "Export"}]
        )
        batch.merge("exposures", [{"experiment": "x", "unit_id": USER, "arm": "a"}])
        batch.raw("row", [(1, f"{USER},Annette Ost,{MAIL}"), (2, "ben-the-other,Ben,ben@example.org")])
        batch.quarantine(3, f"{USER};broken", "too few cells")
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("persons", [{"person_id": USER, "name": "A. Ost"}])
    assert (
        clients.alice.post("/api/usage/cohorts", json={"name": "Beta", "ids": [USER, "ben-the-other"]}).status_code
        == 201
    )
    with workspace.books.change() as book:
        from callsheet.people.records import Delivery

        book.add(Delivery(
            id="d1", key="d1", ref="release:1", person_id=USER, email=MAIL, subject="News", state="sent",
            created_at=datetime(2026, 11, 20), body_text="Dear Annette",
        ))  # fmt: skip
        book.log("person.noted", _ref(), SYSTEM, about=USER)
    (workspace.state / "outbox").mkdir()
    (workspace.state / "outbox" / "m1.eml").write_text(f"To: {MAIL}\n\nhello")
    (workspace.state / "landing").mkdir(exist_ok=True)
    (workspace.state / "landing" / "aa.gz").write_bytes(gzip.compress(f"id\n{USER}\nben-the-other\n".encode()))
    return web


def _ref() -> Any:
    from callsheet.model.link import Ref

    return Ref("person", USER)


def files(workspace: Workspace) -> list[str]:
    """Files that hold one of the words, byte by byte."""
    found = []
    for path in sorted(workspace.folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes() if path.suffix != ".gz" else gzip.decompress(path.read_bytes())
            if any(word.encode() in data for word in (DEVICE, USER, MAIL)):
                found.append(path.name)
    return found


def test_everything_of_a_person_is_given_out(filled: Streamed, client: TestClient) -> None:
    answer = client.post(f"/api/usage/persons/{DEVICE}/export")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    rows = {
        name: [json.loads(line) for line in archive.read(name).decode().splitlines()]
        for name in archive.namelist() if name.endswith(".jsonl")
    }  # fmt: skip
    held = {name.removesuffix(".jsonl"): len(found) for name, found in rows.items() if found}
    assert held == {
        "events": 2, "persons": 1, "old_persons": 2, "merges": 1, "traits": 2, "person_ids": 2, "exposures": 1,
        "refused": 1, "landing": 1, "quarantine": 1, "feedback": 1, "book_cohort_member": 1, "book_delivery": 1,
    }  # fmt: skip
    assert [row["event"] for row in rows["events.jsonl"]] == ["visited", "signed_up"]
    assert rows["events.jsonl"][0]["properties"] == {"path": f"/u/{USER}"}
    assert json.loads(archive.read("person.json")) == {"ids": [USER, DEVICE], "addresses": [MAIL]}
    assert "ben-the-other" not in archive.read("events.jsonl").decode()


def test_a_person_is_removed_everywhere(filled: Streamed, workspace: Workspace, client: TestClient) -> None:
    held = set(files(workspace))
    assert {"m1.eml", "aa.gz"} < held
    assert {"warehouse.duckdb", "warehouse.duckdb.wal"} & held
    assert {"book.sqlite", "book.sqlite-wal"} & held
    asked = client.request("DELETE", f"/api/usage/persons/{USER}", json=REASON)
    assert asked.status_code == 202, asked.json()
    proof = client.get(f"/api/usage/deletions/{asked.json()['id']}").json()
    assert (proof["state"], proof["left"], proof["error"]) == ("done", [], "")
    assert proof["searched"]["found"] == 0
    assert proof["searched"]["files"] > 5
    places = {place["place"]: place["before"] for place in proof["places"]}
    assert not [place for place in proof["places"] if place["after"]]
    expected = {
        "events": 2, "merges": 1, "refused": 1, "landing": 1, "quarantine": 1, "exposures": 1, "events of others": 1,
        "book delivery": 1, "book cohort_member": 1,
    }  # fmt: skip
    assert {name: places[name] for name in expected} == expected
    workspace.stream.close()
    workspace.facts.close()
    assert files(workspace) == []
    assert len(proof["hashes"][0]) == 64


def test_what_others_did_stays(filled: Streamed, workspace: Workspace, client: TestClient) -> None:
    client.request("DELETE", f"/api/usage/persons/{USER}", json=REASON)
    page = client.get("/api/usage/persons/ben-the-other/timeline").json()["items"]
    assert page[0]["properties"] == {"guest": "[removed]", "by": "ben-the-other"}
    assert [one["person_id"] for one in client.get("/api/usage/persons").json()["items"]] == ["ben-the-other"]
    feedback = workspace.facts.run(workspace.facts.tables()["feedback"]).to_pylist()
    assert [(row["person_id"], row["body"]) for row in feedback] == [(None, "Write to [removed].")]
    assert gzip.decompress((workspace.state / "landing" / "aa.gz").read_bytes()) == b"id\nben-the-other\n"
    assert client.get(f"/api/usage/persons/{USER}").status_code == 404
    web = Streamed(workspace)
    web.did("ben-the-other", hour=9)
    assert len(client.get("/api/usage/persons/ben-the-other/timeline").json()["items"]) == 2


def test_a_deleted_person_does_not_come_back(filled: Streamed, workspace: Workspace, client: TestClient) -> None:
    client.request("DELETE", f"/api/usage/persons/{USER}", json=REASON)
    taken = filled.did(DEVICE, "visited", 20)
    assert (taken.stored, taken.refused) == (0, 1)
    filled.merged(DEVICE, "another", hour=21)
    filled.told("person", USER, 21, email=MAIL)
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("persons", [{"person_id": USER, "name": "A. Ost"}, {"person_id": "carla"}])
        batch.merge(
            "events", [{"event_id": "i1", "occurred_at": datetime(2026, 11, 9), "event": "x", "person_id": USER}]
        )
    workspace.stream.settle()
    assert [one["person_id"] for one in client.get("/api/usage/persons").json()["items"]] == ["ben-the-other", "carla"]
    tables = workspace.facts.tables()
    counts = workspace.facts.run(
        tables["intake_counts"].filter(tables["intake_counts"].outcome == "refused:deleted_person")
    )
    assert sum(counts["amount"].to_pylist()) == 1
    refused = workspace.facts.run(tables["refused"].filter(tables["refused"].code == "deleted_person")).to_pylist()
    assert [row["raw"] for row in refused] == [""]


WRONG = {
    "no reason": ({"reason": " ", "confirm": USER}, 422),
    "not confirmed": ({"reason": "asked", "confirm": "annette"}, 422),
    "a reason that names the person": ({"reason": f"{MAIL} asked", "confirm": USER}, 422),
}


@pytest.mark.parametrize(("body", "status"), WRONG.values(), ids=WRONG)
def test_a_removal_that_is_not_carried_out(filled: Streamed, client: TestClient, body: Any, status: int) -> None:
    assert client.request("DELETE", f"/api/usage/persons/{USER}", json=body).status_code == status
    assert client.get(f"/api/usage/persons/{USER}").status_code == 200


def test_only_owners_remove_and_nobody_unknown_or_at_home(
    filled: Streamed, workspace: Workspace, clients: Clients
) -> None:
    assert clients.bob.request("DELETE", f"/api/usage/persons/{USER}", json=REASON).status_code == 403
    assert clients.bob.get("/api/usage/deletions").status_code == 403
    nobody = {"reason": "asked", "confirm": "nobody"}
    assert clients.alice.request("DELETE", "/api/usage/persons/nobody", json=nobody).status_code == 404
    with workspace.facts.batch("hr", "import") as batch:
        batch.merge("persons", [{"person_id": "colleague", "team": "core"}])
    ours = {"reason": "asked", "confirm": "colleague"}
    assert clients.alice.request("DELETE", "/api/usage/persons/colleague", json=ours).status_code == 409


def test_a_removal_that_was_cut_off_is_taken_up(
    filled: Streamed, workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(erase_files, "erase", full)
        with pytest.raises(OSError, match="no space"):
            client.request("DELETE", f"/api/usage/persons/{USER}", json=REASON)
    broken = client.get("/api/usage/deletions").json()["items"][0]
    assert (broken["state"], broken["error"]) == ("failed", "no space left")
    again = client.post(f"/api/usage/deletions/{broken['id']}/tries")
    assert again.status_code == 202
    proof = client.get(f"/api/usage/deletions/{broken['id']}").json()
    assert (proof["state"], proof["left"]) == ("done", [])
    assert {place["place"]: place["before"] for place in proof["places"]}["events"] == 2
    assert client.post(f"/api/usage/deletions/{broken['id']}/tries").status_code == 409


NAMED = {
    "the whole word": ("by annette-ost.", True),
    "another id": ("by annette-ost-2 and xannette-ost", False),
    "as JSON": ('{"who":"annette-ost"}', True),
    "a short id in a field": ('{"userId":"7","n":1}', True),
    "a number that is none": ('{"amount":"7"}', False),
    "a mail at the end": ("write to annette.ost@example.org.", True),
}


@pytest.mark.parametrize(("text", "named"), NAMED.values(), ids=NAMED)
def test_who_is_named(text: str, named: bool) -> None:
    terms = Terms((USER, "7"), (MAIL,))
    assert terms.in_text(text) == named
    assert terms.in_bytes(text.encode()) == named
