"""Imports, sources and tools over HTTP, by role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import Source
from callsheet.http.records import Member
from callsheet.store.workspace import Workspace
from tests.conftest import Clients
from tests.stack.conftest import Repository, Write

CSV = "item_id,title,created_at\na,A,2025-01-01\nb,B,never\n"


def upload(client: Any, text: str = CSV, name: str = "work.csv", **params: Any) -> Any:
    return client.post("/api/imports", files={"file": (name, text.encode())}, params=params)


def test_a_file_is_tried_imported_mended_and_undone(workspace: Workspace, clients: Clients) -> None:
    tried = upload(clients.bob, dry_run=True).json()
    assert (tried["id"], tried["kind"], tried["recognised"]) == (None, "work", "Callsheet's own table work")
    assert tried["counts"]["inserted"] == 1
    assert {"column": "title", "field": "title"} in tried["mapping"]
    assert tried["errors"][0]["line"] == 3
    assert tried["preview"][0]["item_id"] == "a"
    assert workspace.facts.batches() == []
    done = upload(clients.bob).json()
    path = f"/api/imports/{done['id']}"
    assert clients.carol.get(f"{path}/quarantine").json()["items"][0]["raw"] == "b,B,never"
    mended = clients.bob.post(f"{path}/retry", json={"rows": [{"line": 3, "raw": "b,B,2025-01-02"}]}).json()
    assert mended["counts"]["inserted"] == 1
    assert clients.carol.get(f"{path}/quarantine").json()["total"] == 0
    assert clients.bob.delete(path).status_code == 403, "undo is the owner's"
    assert clients.alice.delete(path).json()["state"] == "undone"
    assert clients.alice.delete(path).status_code == 409
    listed = clients.carol.get("/api/imports").json()["items"]
    assert [row["state"] for row in listed] == ["landed", "undone"]
    assert clients.carol.get(path).json()["tables"]["work"]["inserted"] == 1
    assert workspace.facts.counts()["work"] == 1


def test_a_mapping_may_be_json_or_toml(clients: Clients) -> None:
    text = "key,what\nx,Title\n"
    given = '{"table": "work", "item_id": "key", "title": "what"}'
    assert upload(clients.bob, text, mapping=given, dry_run=True).json()["preview"][0]["title"] == "Title"
    written = 'table = "work"\nitem_id = "key"\ntitle = "what"'
    assert upload(clients.bob, text, mapping=written, dry_run=True).json()["preview"][0]["title"] == "Title"
    flat = upload(clients.bob, text, mapping='{"item_id": "key", "title": "what"}', dry_run=True, **{"as": "work"})
    assert flat.json()["preview"][0] == {"item_id": "x", "title": "Title"}
    assert "neither JSON nor TOML" in upload(clients.bob, text, mapping="title: what").json()["message"]


@pytest.mark.parametrize(("text", "said"), [("", "empty"), ("a,b\n1,2\n", "not recognised")])
def test_a_bad_file_says_what_to_do(clients: Clients, text: str, said: str) -> None:
    answer = upload(clients.bob, text)
    assert answer.status_code == 422
    assert said in answer.json()["message"]
    assert answer.json()["mend"]


def test_viewers_and_strangers_import_nothing(clients: Clients) -> None:
    assert upload(clients.carol).status_code == 403
    assert upload(clients.mallory).status_code == 401


def test_only_this_machine_may_name_a_path(workspace: Workspace, clients: Clients, write: Write) -> None:
    body = {"path": str(write("work.csv", CSV)), "dry_run": False}
    assert clients.alice.post("/api/imports", json=body).status_code == 403
    with workspace.books.change() as book:
        words = book.get(Member, "alice").password_hash
        given = {"email": "workspace@example.org", "role": "owner", "password_hash": words}
        book.add(Member(id="workspace", name="Workspace", created_at=book.now, **given))
    assert clients.workspace.post("/api/imports", json=body).status_code == 403, (
        "a member of that id is not this machine"
    )
    key = {"Authorization": f"Bearer {workspace.key}"}
    assert clients.mallory.post("/api/imports", json=body, headers=key).json()["counts"]["inserted"] == 1


def test_an_upload_over_the_limit_is_refused(workspace: Workspace, clients: Clients) -> None:
    store = replace(workspace.config.store, upload_limit_mb=0)
    workspace.config = replace(workspace.config, store=store)
    answer = upload(clients.bob)
    assert answer.status_code == 422
    assert "upload_limit_mb" in answer.json()["mend"]
    assert not list((workspace.state / "uploads").glob("*"))


def test_a_source_is_listed_synced_and_its_failure_shown(
    workspace: Workspace, clients: Clients, repository: Repository, tmp_path: Path
) -> None:
    repository.commit("One")
    sources = (Source("git", "git", path=str(repository.path)), Source("gone", "file", path="gone.csv"))
    workspace.config = replace(workspace.config, sources=sources, folder=tmp_path)
    assert [row["state"] for row in clients.carol.get("/api/sources").json()["items"]] == ["never", "never"]
    assert clients.carol.post("/api/sources/git/syncs").status_code == 403
    done = clients.bob.post("/api/sources/git/syncs").json()
    assert done["counts"]["rows"] == 1
    failed = clients.bob.post("/api/sources/gone/syncs")
    assert (failed.status_code, "no file" in failed.json()["message"]) == (404, True)
    listed = {row["name"]: row for row in clients.carol.get("/api/sources").json()["items"]}
    assert (listed["git"]["state"], listed["git"]["rows"]) == ("fresh", 1.0)
    assert listed["gone"]["state"] == "failed"
    assert "no file" in listed["gone"]["error"]
    assert clients.carol.get("/api/sources/git").json()["imports"][0]["counts"]["rows"] == 1
    assert clients.carol.get("/api/sources/nope").status_code == 404
    assert clients.alice.delete(f"/api/imports/{done['import']}").status_code == 200
    assert clients.bob.post("/api/sources/git/syncs").json()["counts"]["rows"] == 1, "an undone sync is read again"


def test_tools_over_http(clients: Clients) -> None:
    made = clients.bob.post("/api/stack/tools", json={"title": "Trackwell", "capability": "delivery", "cost": 900})
    assert made.status_code == 201
    changed = clients.bob.patch(
        "/api/stack/tools/trackwell", json={"owner": "ada", "renewal_at": "2027-01-31T00:00:00Z"}
    )
    assert changed.json()["notice_at"] == "2027-01-01T00:00:00"
    assert clients.carol.get("/api/stack/tools", params={"q": "track"}).json()["total"] == 1
    assert clients.carol.get("/api/search", params={"q": "trackwell"}).status_code == 200
    assert clients.carol.post("/api/stack/tools/trackwell/retirement").status_code == 403
    assert clients.bob.post("/api/stack/tools/trackwell/retirement").status_code == 204
    assert clients.carol.get("/api/stack/tools").json()["total"] == 0
    assert clients.bob.delete("/api/stack/tools/trackwell/retirement").json()["title"] == "Trackwell"
    assert clients.bob.post("/api/stack/tools", json={"title": "T", "capability": "x", "cost": -1}).status_code == 422
