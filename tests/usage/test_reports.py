"""Saved reports, boards and shared links: by role, and through their whole life."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.store.workspace import Workspace
from callsheet.usage.api import shared
from callsheet.usage.questions.limits import MOST_WAITING, STRANGERS, Ask
from callsheet.usage.questions.turns import Group
from callsheet.usage.records import Share
from tests.conftest import Clients
from tests.usage.conftest import Happened
from tests.usage.streamed import Streamed

TREND = {"kind": "trends", "series": [{"events": ["did"]}], "span": {"last": 7}}


@pytest.fixture(autouse=True)
def _fresh_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "RATE", shared.Rate(shared.A_MINUTE))


def test_a_saved_report_is_changed_copied_deleted_and_brought_back(clients: Clients) -> None:
    made = clients.bob.post("/api/usage/reports", json={"name": " Daily use ", "question": TREND})
    assert made.status_code == 201
    assert (made.json()["id"], made.json()["name"], made.json()["kind"]) == ("daily-use", "Daily use", "trends")
    assert made.json()["question"] == TREND
    changed = clients.bob.patch("/api/usage/reports/daily-use", json={"line": "Who does it"}).json()
    assert (changed["line"], changed["question"]) == ("Who does it", TREND)
    copy = clients.bob.post("/api/usage/reports/daily-use/copies").json()
    assert (copy["id"], copy["name"]) == ("daily-use-copy", "Daily use (copy)")
    assert clients.bob.delete("/api/usage/reports/daily-use").status_code == 200
    listed = clients.carol.get("/api/usage/reports").json()
    assert [one["id"] for one in listed["items"]] == ["daily-use-copy"]
    assert clients.carol.get("/api/usage/reports?archived=true").json()["items"][0]["id"] == "daily-use"
    assert clients.bob.patch("/api/usage/reports/daily-use", json={"line": "x"}).status_code == 409
    assert clients.bob.post("/api/usage/reports/daily-use/restoration").status_code == 200
    assert clients.carol.get("/api/usage/reports", params={"q": "daily", "sort": "-name"}).json()["total"] == 2


def test_a_question_that_cannot_be_asked_is_not_kept(client: TestClient) -> None:
    answer = client.post("/api/usage/reports", json={"name": "x", "question": {"kind": "trends", "series": []}})
    assert answer.status_code == 422
    assert "question.trends.series" in answer.json()["message"]
    unknown = client.post("/api/usage/reports", json={"name": "x", "question": {"kind": "horoscope"}})
    assert unknown.status_code == 422
    assert "'trends'" in unknown.json()["mend"]
    assert client.post("/api/usage/reports", json={"name": "  ", "question": TREND}).status_code == 422


def test_a_board_holds_reports_and_texts(client: TestClient) -> None:
    client.post("/api/usage/reports", json={"name": "Use", "question": TREND})
    tiles = [{"kind": "text", "text": "# Hello"}, {"kind": "report", "report": "use", "size": "wide"}]
    made = client.post("/api/usage/boards", json={"name": "Start", "tiles": tiles}).json()
    assert [(one["kind"], one["size"]) for one in made["tiles"]] == [("text", "small"), ("report", "wide")]
    missing = client.patch("/api/usage/boards/start", json={"tiles": [{"report": "nothing"}]})
    assert (missing.status_code, "Save the report first." in missing.json()["mend"]) == (422, True)
    assert client.patch("/api/usage/boards/start", json={"tiles": tiles[:1]}).json()["tiles"] == made["tiles"][:1]
    assert client.delete("/api/usage/boards/start").status_code == 200
    assert client.post("/api/usage/boards/start/restoration").json()["archived_at"] is None


def test_viewers_read_and_strangers_do_not(clients: Clients) -> None:
    clients.bob.post("/api/usage/reports", json={"name": "Use", "question": TREND})
    for method, path, body in (
        ("post", "reports", {"name": "x", "question": TREND}), ("patch", "reports/use", {"line": "x"}),
        ("delete", "reports/use", None), ("post", "reports/use/share", {}), ("post", "boards", {"name": "x"}),
    ):  # fmt: skip
        assert clients.carol.request(method, f"/api/usage/{path}", json=body).status_code == 403
        assert clients.mallory.request(method, f"/api/usage/{path}", json=body).status_code == 401
    assert clients.carol.get("/api/usage/reports/use").status_code == 200
    assert clients.mallory.get("/api/usage/reports/use").status_code == 401


def test_the_palette_finds_what_was_kept(client: TestClient) -> None:
    client.post("/api/usage/reports", json={"name": "Weekly use", "question": TREND})
    client.post("/api/usage/boards", json={"name": "Weekly board"})
    hits = client.get("/api/search", params={"q": "weekly"}).json()["items"]
    assert {(hit["ref"], hit["href"]) for hit in hits} >= {
        ("report:weekly-use", "/explore/reports/weekly-use"), ("board:weekly-board", "/explore/boards/weekly-board"),
    }  # fmt: skip


def test_a_link_shows_one_report_to_anybody_and_nothing_else(clients: Clients, happened: Happened) -> None:
    happened("2026-11-21 10:00 ann@acme", "2026-11-21 11:00 ben@acme")
    clients.bob.post("/api/usage/reports", json={"name": "Use", "question": TREND})
    told = clients.bob.post("/api/usage/reports/use/share", json={"days": 7}).json()
    assert told["url"].endswith(f"/s/{told['token']}")
    page = clients.mallory.get(f"/shared/{told['token']}")
    assert page.headers["cache-control"] == "no-store"
    shown = page.json()
    assert (shown["kind"], shown["name"], len(shown["tiles"])) == ("report", "Use", 1)
    assert shown["tiles"][0]["answered"]["answer"]["lines"][0]["total"] == 2
    assert "ann" not in page.text
    chart = clients.mallory.get(f"/shared/{told['token']}/chart", params={"format": "svg"})
    assert chart.headers["content-type"].startswith("image/svg+xml")
    assert clients.mallory.get(f"/shared/{told['token']}/chart", params={"tile": 1}).status_code == 404
    assert clients.mallory.get("/shared/guess").status_code == 404
    again = clients.bob.post("/api/usage/reports/use/share", json={}).json()
    assert clients.mallory.get(f"/shared/{told['token']}").status_code == 404, "a new link ends the one before"
    assert clients.bob.delete("/api/usage/reports/use/share").status_code == 204
    assert clients.mallory.get(f"/shared/{again['token']}").status_code == 404
    assert clients.bob.delete("/api/usage/reports/use/share").status_code == 404


def test_a_shared_board_shows_its_tiles_and_what_became_of_them(clients: Clients, happened: Happened) -> None:
    happened("2026-11-21 10:00 ann")
    for name in ("Use", "Old"):
        clients.bob.post("/api/usage/reports", json={"name": name, "question": TREND})
    tiles = [{"kind": "text", "text": "Hi"}, {"report": "use"}, {"report": "old"}]
    clients.bob.post("/api/usage/boards", json={"name": "All", "tiles": tiles})
    clients.bob.delete("/api/usage/reports/old")
    token = clients.bob.post("/api/usage/boards/all/share", json={}).json()["token"]
    shown = clients.mallory.get(f"/shared/{token}").json()["tiles"]
    assert shown[0]["text"] == "Hi"
    assert shown[1]["answered"]["answer"]["lines"][0]["total"] == 1
    assert (shown[2]["answered"], shown[2]["error"]) == (None, "This report was deleted.")
    clients.bob.delete("/api/usage/boards/all")
    assert clients.mallory.get(f"/shared/{token}").status_code == 404


def test_a_link_ends_by_itself_and_only_its_hash_is_kept(clients: Clients, workspace: Workspace) -> None:
    clients.bob.post("/api/usage/reports", json={"name": "Use", "question": TREND})
    token = clients.bob.post("/api/usage/reports/use/share", json={"days": 1}).json()["token"]
    assert clients.carol.get("/api/usage/reports/use").json()["shared_until"] == "2026-11-23T16:00:00"
    with workspace.books.change(workspace.now()) as book:
        row = book.session.query(Share).one()
        assert token not in row.token_hash
        row.expires_at = workspace.now() - timedelta(seconds=1)
    assert clients.mallory.get(f"/shared/{token}").status_code == 404


def test_a_shared_page_can_be_asked_for_so_often_in_a_minute(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "RATE", shared.Rate(3))
    answers = [clients.mallory.get("/shared/guess").status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]


def test_strangers_wait_for_one_another_and_no_member_waits_for_them(clients: Clients, happened: Happened) -> None:
    clients.bob.post("/api/usage/reports", json={"name": "Use", "question": TREND})
    token = clients.bob.post("/api/usage/reports/use/share", json={}).json()["token"]
    limits, goes_on = clients.services.workspace.config.usage, threading.Event()
    try:
        waiting = [STRANGERS.run(lambda _: goes_on.wait(30), "shared", limits) for _ in range(MOST_WAITING)]
        assert clients.mallory.get(f"/shared/{token}").status_code == 429
        assert clients.carol.post("/api/usage/answers", json=TREND).status_code == 200
    finally:
        goes_on.set()
    assert all(one.future.result(30) for one in waiting)
    assert clients.mallory.get(f"/shared/{token}").status_code == 200


def test_who_has_one_link_keeps_no_reader_of_another_waiting(
    clients: Clients, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "MOST_OF_A_LINK", 3)
    tokens = []
    for name in ("Use", "Other"):
        clients.bob.post("/api/usage/reports", json={"name": name, "question": TREND})
        tokens.append(clients.bob.post(f"/api/usage/reports/{name.lower()}/share", json={}).json()["token"])
    limits, goes_on = clients.services.workspace.config.usage, threading.Event()
    order: list[str] = []

    def flood(_: Ask) -> bool:
        order.append("flood")
        return goes_on.wait(30)

    def tile(*_: object) -> shared.SharedTile:
        order.append("other")
        return shared.SharedTile(kind="text", size="")

    try:
        of_one = (Group(f"link {tokens[0]}", 3),)
        waiting = [STRANGERS.run(flood, "shared", limits, "", of_one) for _ in range(3)]
        assert clients.mallory.get(f"/shared/{tokens[0]}").status_code == 429
        monkeypatch.setattr(shared, "_tile", tile)
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(clients.mallory.get, f"/shared/{tokens[1]}")
            while len(STRANGERS.under_way()) < 4:
                time.sleep(0.01)
            goes_on.set()
            assert other.result(30).status_code == 200
    finally:
        goes_on.set()
    assert all(one.future.result(30) for one in waiting)
    assert order == ["flood", "other", "flood", "flood"]


def test_whoever_has_no_link_takes_no_place_among_those_who_wait(clients: Clients, workspace: Workspace) -> None:
    links = {}
    for name in ("Use", "Old", "Gone", "Over"):
        clients.bob.post("/api/usage/reports", json={"name": name, "question": TREND})
        links[name] = clients.bob.post(f"/api/usage/reports/{name.lower()}/share", json={"days": 2}).json()["token"]
    clients.bob.delete("/api/usage/reports/old/share")
    clients.bob.delete("/api/usage/reports/gone")
    with workspace.books.change(workspace.now()) as book:
        book.session.query(Share).filter(Share.ref == "report:over").one().expires_at = workspace.now()
    limits, goes_on = clients.services.workspace.config.usage, threading.Event()
    try:
        waiting = [STRANGERS.run(lambda _: goes_on.wait(30), "shared", limits) for _ in range(MOST_WAITING)]
        paths = [f"/shared/{one}{end}" for one in ("guess", *links.values()) for end in ("", "/chart")]
        found = [clients.mallory.get(path).status_code for path in paths]
        assert found == [404, 404, 429, 429, *[404] * 6], "only a link that leads somewhere finds the queue full"
    finally:
        goes_on.set()
    assert all(one.future.result(30) for one in waiting)


def test_a_shared_page_names_no_person_and_tells_no_notes(clients: Clients, happened: Happened) -> None:
    happened("2026-11-16 10:00 ann@acme", "2026-11-22 10:00 ann@acme")
    clients.bob.post("/api/usage/annotations", json={"text": "Secret plan", "day": "2026-11-20"})
    questions = {"plain": TREND, "people": TREND | {"breakdown": {"by": "person_id"}}}
    tokens = {}
    for name, question in questions.items():
        clients.bob.post("/api/usage/reports", json={"name": name, "question": question})
        tokens[name] = clients.bob.post(f"/api/usage/reports/{name}/share", json={}).json()["token"]
    inside = clients.bob.post("/api/usage/answers/chart", json=TREND)
    outside = clients.mallory.get(f"/shared/{tokens['plain']}/chart")
    assert ("Secret plan" in inside.text, "Secret plan" in outside.text) == (True, False)
    assert outside.headers["cache-control"] == "no-store"
    shown = clients.mallory.get(f"/shared/{tokens['people']}")
    assert (shown.json()["tiles"][0]["answered"], "ann" in shown.text) == (None, False)
    assert "names persons" in shown.json()["tiles"][0]["error"]
    assert clients.mallory.get(f"/shared/{tokens['people']}/chart").status_code == 409


LATELY = TREND | {"span": {"last": 60}}
HAD = {"email": "ann@x.org", "user_id": "ann", "plan": "pro", "$pathname": "/u/ann@x.org", "$current_url": "/p/ann/b"}
FIELDS = {
    "an address": "properties.email", "an id": "properties.user_id", "a trait": "person.phone", "a name": "person.username",
    "a customer": "account_id", "any property": "properties.plan", "the name of a customer": "account.name",
}  # fmt: skip


def shared_as(clients: Clients, name: str, question: dict[str, Any], **given: Any) -> tuple[Any, Any]:
    """A shared page and its chart, as a stranger gets them."""
    report = clients.bob.post("/api/usage/reports", json={"name": name, "question": question})
    assert report.status_code == 201, report.text
    made = clients.bob.post(f"/api/usage/reports/{report.json()['id']}/share", json=given)
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    return clients.mallory.get(f"/shared/{token}"), clients.mallory.get(f"/shared/{token}/chart")


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_a_link_shows_no_field_that_may_name_somebody(clients: Clients, workspace: Workspace, field: str) -> None:
    web = Streamed(workspace)
    web.did("ann", "did", 2, account="acme-inc", **HAD)
    web.told("person", "ann", 2, phone="+3466611", username="annlee", email="ann@x.org")
    page, chart = shared_as(clients, "Use", LATELY | {"breakdown": {"by": field}})
    assert page.json()["tiles"][0]["answered"] is None
    assert not [word for word in ("ann@x.org", "annlee", "+3466611", "acme-inc") if word in page.text + chart.text]
    assert chart.status_code == 409


def test_a_customer_is_shown_where_the_sharer_says_so_and_a_person_never(
    clients: Clients, workspace: Workspace
) -> None:
    Streamed(workspace).did("ann", "did", 2, account="acme-inc", plan="ask ann@x.org", email="ann@x.org")
    page, _ = shared_as(clients, "Use", LATELY | {"breakdown": {"by": "account_id"}}, fields=["account_id"])
    assert page.json()["tiles"][0]["answered"]["answer"]["lines"][0]["group"] == "acme-inc"
    plans, chart = shared_as(
        clients, "Plans", LATELY | {"breakdown": {"by": "properties.plan"}}, fields=["properties.plan"]
    )
    assert plans.json()["tiles"][0]["answered"]["answer"]["lines"][0]["group"] == "ask •••"
    assert "ann@x.org" not in chart.text
    for field in ("person_id", "person.name", "person.address.city", "properties.email", "properties.invited_by"):
        refused = clients.bob.post("/api/usage/reports/use/share", json={"fields": [field]})
        assert (refused.status_code, field in refused.json()["message"]) == (422, True)


def test_whoever_shares_is_told_what_a_link_hides(clients: Clients) -> None:
    made = {}
    for name, by in (("Who", "person.name"), ("Top", "account.name"), ("Plans", "account.plan")):
        question = LATELY | {"breakdown": {"by": by, "also": ["account.revenue"]}}
        made[name] = clients.bob.post("/api/usage/reports", json={"name": name, "question": question}).json()["id"]
    tiles = [{"report": key} for key in (*made.values(), made["Top"])]
    board = clients.bob.post("/api/usage/boards", json={"name": "All", "tiles": tiles}).json()["id"]
    asked = clients.carol.get(f"/api/usage/boards/{board}/share").json()
    assert (asked["expires_at"], asked["made_by"]) == (None, "")
    assert [(one["field"], one["reports"], one["personal"], one["shown"]) for one in asked["fields"]] == [
        ("person.name", ["Who"], True, False),
        ("account.revenue", ["Who", "Top", "Plans"], False, False),
        ("account.name", ["Top"], False, False),
    ]
    shared = clients.bob.post(f"/api/usage/reports/{made['Top']}/share", json={"fields": ["account.name"], "days": 7})
    asked = clients.bob.get(f"/api/usage/reports/{made['Top']}/share").json()
    assert (asked["expires_at"], asked["made_by"]) == (shared.json()["expires_at"], "bob")
    assert [(one["field"], one["shown"]) for one in asked["fields"]] == [
        ("account.name", True), ("account.revenue", False)
    ]  # fmt: skip
    clients.bob.delete(f"/api/usage/reports/{made['Top']}/share")
    assert clients.bob.get(f"/api/usage/reports/{made['Top']}/share").json()["expires_at"] is None
    clients.bob.delete(f"/api/usage/reports/{made['Who']}")
    fields = clients.bob.get(f"/api/usage/boards/{board}/share").json()["fields"]
    assert "person.name" not in [one["field"] for one in fields], "a deleted report shows nothing"


def test_paths_of_a_link_are_without_addresses_and_ids(clients: Clients, workspace: Workspace) -> None:
    web = Streamed(workspace)
    web.did("ann-lee", "$pageview", 2, **{"$pathname": "/u/ann@x.org"})
    web.did("ann-lee", "$pageview", 3, **{"$pathname": "/u/ben-k/ann-lee"})
    web.did("ben-k", "$pageview", 3, **{"$pathname": "/u/ann%40x.org/prices"})
    page, chart = shared_as(clients, "Ways", {"kind": "paths", "span": {"last": 60}})
    assert not [word for word in ("ann@x.org", "ann%40x", "ann-lee", "ben-k") if word in page.text + chart.text]
    assert chart.status_code == 200
    names = {node["name"] for node in page.json()["tiles"][0]["answered"]["answer"]["nodes"]}
    assert {"/u/•••", "/u/•••/•••", "/u/•••/prices"} >= names - {""}
    assert names


WITHIN = {
    "with an ending": ("/u/u-1001.json", "/u/•••.json"),
    "in brackets": ("/user(u-1001)|x", "/user(•••)|x"),
    "joined to a word": ("/user-u-1001", "/user-•••"),
    "joined by underscores": ("/user_u-1001_x", "/user_•••_x"),
    "percent-encoded": ("/u/u%2D1001", "/u/•••"),
    "after an encoded sign": ("/x%2Fu-1001", "/x%2F•••"),
    "of several words": ("/u/auth0|ada/edit", "/u/•••/edit"),
    "with a sign before": ("/u/$odd", "/u/•••"),
    "the longest": ("/u-1001-b", "/•••"),
    "beside what no text holds": ("/u%00'%2Fu-1001", "/u%00'%2F•••"),
    "a short one as a word": ("/team-7/7.json", "/team-•••/•••.json"),
    "none: a short one in a name": ("step_7_done", "step_7_done"),
    "none: part of a word": ("/u/u-10012/xu-1001", "/u/u-10012/xu-1001"),
}


def test_ids_on_paths_are_hidden_whatever_they_are_joined_to(clients: Clients, workspace: Workspace) -> None:
    web = Streamed(workspace)
    for i, who in enumerate(("u-1001", "u-1001-b", "auth0|ada", "$odd", "7")):
        web.did(who, "came", i)
    for i, (path, _) in enumerate(WITHIN.values()):
        web.did("a-visitor", "$pageview", 10 + i, **{"$pathname": path})
    page, chart = shared_as(clients, "Ways", {"kind": "paths", "span": {"last": 60}, "events": ["$pageview"]})
    assert chart.status_code == 200
    names = {node["name"] for node in page.json()["tiles"][0]["answered"]["answer"]["nodes"]}
    assert names == {shown for _, shown in WITHIN.values()}


def test_names_of_events_of_a_link_are_without_ids(clients: Clients, workspace: Workspace) -> None:
    web = Streamed(workspace)
    for i, event in enumerate(("signed_up", "user u-1001 came", "mail ann@x.org")):
        web.did("u-1001", event, i)
    step = {"events": ["user u-1001 came"]}
    asked = {
        "Split": LATELY | {"series": [{}], "breakdown": {"by": "event"}},
        "Named": LATELY | {"series": [step, {"events": ["signed_up"], "label": "all but u-1001"}]},
        "Formulas": LATELY | {"series": [step], "formulas": ["all of u-1001 = A", "2 * A"]},
        "Steps": {"kind": "funnel", "span": {"last": 60}, "steps": [{"events": ["signed_up"]}, step]},
    }
    shown = {}
    for name, question in asked.items():
        page, chart = shared_as(clients, name, question)
        assert chart.status_code == 200
        assert not [word for word in ("u-1001", "ann@x.org") if word in page.text + chart.text], name
        shown[name] = page.json()["tiles"][0]["answered"]["answer"]
    assert {line["group"] for line in shown["Split"]["lines"]} == {"signed_up", "user ••• came", "mail •••"}
    assert [line["label"] for line in shown["Named"]["lines"]] == ["user ••• came", "all but •••"]
    assert [line["total"] for line in shown["Named"]["lines"]] == [1, 1]
    assert [line["label"] for line in shown["Formulas"]["lines"]] == ["all of •••", "2 * A"]


def test_a_stranger_is_not_told_why_there_is_no_answer(clients: Clients) -> None:
    asked = LATELY | {"where": [{"field": "cohort", "values": ["vip-x"]}]}
    page, _ = shared_as(clients, "Use", asked)
    assert page.json()["tiles"][0]["error"] == "This report has no answer at the moment."
    assert "vip-x" not in page.text
