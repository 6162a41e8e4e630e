"""Asking over HTTP: answers, who is behind them, charts, tables, how long answers are kept, and taking a question back."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.base.config import UsageSettings
from callsheet.http.routes.readings import neutral
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace
from callsheet.usage.questions import kinds, trends
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.cohort_shapes import Described
from tests.conftest import Clients
from tests.usage.conftest import Happened

TREND: dict[str, Any] = {
    "kind": "trends",
    "series": [{"events": ["did"], "math": "unique"}],
    "span": {"since": "2026-11-20"},
}


@pytest.fixture
def known(workspace: Workspace, happened: Happened) -> None:
    """Two people on the 20th, one on the 21st; who they are."""
    happened("2026-11-20 10:00 ann@acme", "2026-11-20 11:00 ben@acme", "2026-11-21 10:00 ben@acme")
    with workspace.facts.batch("test", "who") as batch:
        batch.merge("accounts", [{"account_id": "acme", "name": "Acme", "segment": "large"}])
        batch.merge("persons", [{"person_id": "ann", "account_id": "acme", "name": "Ann", "email": "ann@acme.example"}])


@pytest.mark.usefixtures("known")
def test_an_answer_comes_with_its_table(clients: Clients) -> None:
    found = clients.carol.post("/api/usage/answers", params={"ask_id": "mine"}, json=TREND).json()
    assert (found["ask_id"], found["kind"], found["has_chart"]) == ("mine", "trends", True)
    assert found["answer"]["lines"][0]["amounts"] == [2, 1, 0]
    assert [bucket["partial"] for bucket in found["answer"]["buckets"]] == [False, False, True]
    assert [row["line0"] for row in found["table"]["rows"]] == [2, 1, 0, 2], "the last row is the total"
    assert clients.mallory.post("/api/usage/answers", json=TREND).status_code == 401


@pytest.mark.usefixtures("known")
def test_people_behind_a_cell_have_names_where_they_are_known(client: TestClient) -> None:
    asked = {"question": TREND, "cell": {"bucket": 0}}
    page = client.post("/api/usage/answers/people", json=asked).json()
    assert page["total"] == 2
    assert {one["unit_id"]: (one["name"], one["account"], one["segment"]) for one in page["items"]} == {
        "ann": ("Ann", "Acme", "large"), "ben": (None, None, None),
    }  # fmt: skip
    assert client.post("/api/usage/answers/people", params={"q": "acme.example"}, json=asked).json()["total"] == 1
    small = client.post("/api/usage/answers/people", params={"size": 1, "page": 2}, json=asked).json()
    assert (small["total"], len(small["items"])) == (2, 1)
    accounts = {"question": {**TREND, "unit": "account"}, "cell": {"bucket": 0}}
    shown = client.post("/api/usage/answers/people", json=accounts).json()["items"]
    assert [(one["unit_id"], one["name"]) for one in shown] == [("acme", "Acme")]
    wrong = client.post("/api/usage/answers/people", json={"question": TREND, "cell": {"bucket": "soon"}})
    assert (wrong.status_code, wrong.json()["message"].startswith("cell.bucket:")) == (422, True)


@pytest.mark.usefixtures("known")
def test_charts_and_csv(client: TestClient) -> None:
    drawn = client.post("/api/usage/answers/chart", json=TREND).json()
    assert drawn["callsheet"]["empty"] is False
    png = client.post("/api/usage/answers/chart", params={"format": "png", "theme": "dark"}, json=TREND)
    assert png.content[:4] == b"\x89PNG"
    said = {"format": "png", "title": "Who opens boards", "line": "by day", "foot": "n = 3 events"}
    told = client.post("/api/usage/answers/chart", params=said, json=TREND)
    sizes = [
        (int.from_bytes(one[16:20], "big"), int.from_bytes(one[20:24], "big")) for one in (png.content, told.content)
    ]
    assert sizes == [(1440, 480), (1536, 738)], (
        "24 + 25 + 19 + 14 above 240 pixels and 6 + 17 + 24 below, drawn doubly fine"
    )
    text = client.post("/api/usage/answers/csv", json=TREND)
    assert text.headers["content-disposition"] == 'attachment; filename="trends.csv"'
    assert len(text.text.strip().splitlines()) == 5


def test_a_file_names_its_lines_as_text_and_marks_what_is_not_over(client: TestClient, happened: Happened) -> None:
    happened("2026-11-21 10:00 ann@acme =1+1", "2026-11-22 10:00 ann@acme total")
    by = {**TREND, "span": {"since": "2026-11-21"}, "breakdown": {"by": "feature"}}
    text = client.post("/api/usage/answers/csv", json=by).text
    assert text.splitlines() == [
        "interval,'=1+1,total,partial", "2026-11-21,1.0,0.0,False", "2026-11-22,0.0,1.0,True", "total,1.0,1.0,False",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"kind": "trends", "series": []}, "trends.series"),
        ({"kind": "trends", "series": [{"evnts": ["x"]}]}, "trends.series.0.evnts"),
        ({"kind": "trends", "series": [{}], "span": {"last": 0}}, "trends.span.last"),
        ({"kind": "funnel", "steps": [{}]}, "funnel"),
        ({}, "kind"),
    ],
)
def test_a_wrong_question_names_its_field(client: TestClient, question: dict[str, Any], field: str) -> None:
    answer = client.post("/api/usage/answers", json=question)
    assert answer.status_code == 422
    assert field in answer.json()["message"]
    assert answer.json()["mend"]


def test_a_moment_told_from_now_is_kept_for_a_minute(
    client: TestClient, workspace: Workspace, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened("2026-11-22 09:30 ann")
    asked = {"kind": "trends", "series": [{}], "span": {"since": "-1h", "exact": True}}
    counted = []
    for minute in (10, 40):
        monkeypatch.setattr(Workspace, "now", lambda _, minute=minute: datetime(2026, 11, 22, 10, minute))
        counted.append(client.post("/api/usage/answers", json=asked).json()["answer"]["lines"][0]["total"])
    assert counted == [1, 0]


RECENT = {"kind": "did", "where": [{"field": "properties.due", "op": "after", "values": ["-1h"]}]}
OF_A_COHORT: dict[str, dict[str, Any]] = {
    "a condition": {"where": [{"field": "cohort", "values": ["recent"]}]},
    "a cohort of a cohort": {"where": [{"field": "cohort", "values": ["outer"]}]},
    "a breakdown": {"breakdown": {"by": "cohort", "cohorts": ["recent"]}},
}


@pytest.mark.parametrize("more", OF_A_COHORT.values(), ids=OF_A_COHORT)
def test_an_answer_on_a_cohort_of_the_last_hour_is_kept_for_a_minute(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    with workspace.facts.batch("test", "events") as batch:
        told = {"event": "did", "person_id": "ann", "properties": '{"due": "2026-11-22T09:30:00Z"}'}
        batch.merge("events", [{"event_id": "e", "occurred_at": datetime(2026, 11, 22, 9, 30), **told}])
    for name, condition in (("Recent", RECENT), ("Outer", {"kind": "in", "cohort": "recent"})):
        assert client.post("/api/usage/cohorts", json={"name": name, "condition": condition}).status_code == 201
    asked = {"kind": "trends", "series": [{}], "span": {"since": "2026-11-22"}} | more
    counted = []
    for minute in (10, 10, 40, 41):
        monkeypatch.setattr(Workspace, "now", lambda _, minute=minute: datetime(2026, 11, 22, 10, minute))
        lines = client.post("/api/usage/answers", json=asked).json()["answer"]["lines"]
        counted.append(sum(line["total"] for line in lines))
    assert counted == [1, 1, 0, 0]


TREND_OF_ALL: dict[str, Any] = {"kind": "trends", "series": [{}]}
LATELY = {"field": "properties.due", "op": "after", "values": ["-7d"]}
TO_THE_MINUTE: dict[str, tuple[dict[str, Any], bool]] = {
    "plain": ({}, False),
    "an exact span up to now": ({"span": {"since": "2026-11-01", "exact": True}}, True),
    "an exact span told from now": ({"span": {"since": "-7d", "until": "-1d", "exact": True}}, True),
    "an exact span of days": ({"span": {"since": "-7dStart", "until": "-1dEnd", "exact": True}}, False),
    "a span of whole intervals": ({"span": {"since": "-7d"}}, False),
    "minutes": ({"interval": "minute", "span": {"last": 30}}, True),
    "a moment from now in a group of a series": (
        {"series": [{"where": [{"field": "any", "of": [LATELY, {"field": "event", "values": ["x"]}]}]}]}, True,
    ),
    "the beginning of a day": ({"where": [LATELY | {"values": ["-7dStart"]}]}, False),
    "a text that looks like it": ({"where": [LATELY | {"op": "is"}]}, False),
}  # fmt: skip


@pytest.mark.parametrize(("more", "wanted"), TO_THE_MINUTE.values(), ids=TO_THE_MINUTE)
def test_a_question_says_whether_it_rests_on_the_minute(more: dict[str, Any], wanted: bool) -> None:
    assert kinds.parse(TREND_OF_ALL | more).to_the_minute is wanted


def test_a_cohort_says_whether_it_rests_on_the_minute() -> None:
    trait = {"kind": "trait", "field": "person.due", "op": "before", "values": ["-1h"]}
    told = {"kind": "all", "of": [{"kind": "not", "one": trait}]}
    assert Described.model_validate({"condition": told}).to_the_minute
    assert not Described.model_validate({"condition": trait | {"values": ["dStart"]}}).to_the_minute


@pytest.mark.usefixtures("happened")
def test_an_answer_is_kept_no_longer_than_an_hour_of_the_local_clock(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Kolkata a day begins at half past six in the evening of UTC."""
    monkeypatch.setattr(type(workspace.config), "zone", property(lambda _: "Asia/Kolkata"))
    question = kinds.parse(TREND_OF_ALL | {"span": {"last": 1}})
    found = []
    for minute in (10, 40):
        monkeypatch.setattr(Workspace, "now", lambda _, minute=minute: datetime(2026, 11, 22, 18, minute))
        with reading(workspace) as reader:
            found.append(Asking(reader).answer(question).since)
    assert found == [datetime(2026, 11, 21, 18, 30), datetime(2026, 11, 22, 18, 30)]


def test_an_answer_that_rests_on_no_minute_is_kept_for_the_hour(
    workspace: Workspace, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened("2026-11-22 09:30 ann")
    question = kinds.parse({"kind": "trends", "series": [{}], "span": {"since": "2026-11-22"}})
    found = []
    for minute in (10, 40):
        monkeypatch.setattr(Workspace, "now", lambda _, minute=minute: datetime(2026, 11, 22, 10, minute))
        with reading(workspace) as reader:
            found.append(Asking(reader).answer(question))
    assert found[0] is found[1]


@pytest.mark.usefixtures("known")
def test_an_answer_is_kept_until_an_event_arrives(
    client: TestClient, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    plain = kinds.answer
    monkeypatch.setattr(kinds, "answer", lambda *given: asked.append("") or plain(*given))  # type: ignore[func-returns-value]
    first = client.post("/api/usage/answers", json=TREND).json()
    assert client.post("/api/usage/answers", json=TREND).json()["answer"] == first["answer"]
    assert len(asked) == 1
    happened("2026-11-22 10:00 cid")
    assert client.post("/api/usage/answers", json=TREND).json()["answer"]["lines"][0]["amounts"] == [2, 1, 1]
    assert len(asked) == 2


def test_a_question_that_takes_too_long_is_answered_with_what_to_do(
    workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    workspace.config = replace(workspace.config, usage=UsageSettings(answer_seconds=0))
    monkeypatch.setattr(kinds, "answer", lambda *_: released.wait(60))
    began = time.monotonic()
    answer = client.post("/api/usage/answers", json=TREND)
    released.set()
    assert (answer.status_code, answer.json()["error"]) == (422, "too_much")
    assert "shorter span" in answer.json()["mend"]
    assert time.monotonic() - began < 30, "nobody waits for a step of the work that does not end"


def test_a_question_is_taken_back_by_who_asked_it(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def slow(_: Any, desk: Any) -> None:
        begun.set()
        while True:
            desk.cancelled()
            time.sleep(0.01)

    monkeypatch.setattr(kinds, "answer", slow)
    answers: list[Any] = []
    client, other = clients.carol, clients.bob
    asker = threading.Thread(
        target=lambda: answers.append(client.post("/api/usage/answers", params={"ask_id": "slow"}, json=TREND))
    )
    asker.start()
    assert begun.wait(10)
    assert other.delete("/api/usage/answers/slow").status_code == 404, "not their own"
    twin = TestClient(clients.app, cookies=client.cookies, headers={"X-CSRF-Token": client.headers["X-CSRF-Token"]})
    assert twin.delete("/api/usage/answers/slow").status_code == 204
    asker.join(10)
    assert (answers[0].status_code, answers[0].json()["error"]) == (409, "stopped")
    assert twin.delete("/api/usage/answers/slow").status_code == 404


def test_as_many_months_as_may_be_asked_for_are_answered_at_once(client: TestClient) -> None:
    asked = {"kind": "trends", "interval": "month", "span": {"last": 5000}, "series": [{}]}
    found = client.post("/api/usage/answers", json=asked)
    assert (found.status_code, len(found.json()["answer"]["buckets"])) == (200, 5000)


def test_an_answer_of_too_many_amounts_is_refused_before_the_work(
    client: TestClient, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened("2026-11-21 10:00 ann", "2026-11-22 10:00 ben")
    monkeypatch.setattr(trends, "MOST_AMOUNTS", 59)
    asked = {"kind": "trends", "span": {"last": 30}, "series": [{}]}
    assert client.post("/api/usage/answers", json=asked).status_code == 200
    found = client.post("/api/usage/answers", json=asked | {"compare": "previous"})
    assert (found.status_code, "60 amounts, 59 is the most" in found.json()["message"]) == (422, True)


CELLS = {
    "a formula": ("=1+1", True), "after a space": (" =1+1", True), "after a line break": ("\n=1", True),
    "after a sign nobody sees": ("\u200b=1", True), "full-width": ("\uff1d1+1", True), "a minus sign": ("\u22121", True),
    "a tab": ("\tx", True), "words": ("a=1", False), "a space": (" a", False), "nothing": ("", False),
}  # fmt: skip


@pytest.mark.parametrize(("cell", "neutralised"), CELLS.values(), ids=CELLS)
def test_cells_that_a_spreadsheet_would_take_for_formulas(cell: str, neutralised: bool) -> None:
    assert neutral(cell) == (f"'{cell}" if neutralised else cell)


def test_numbers_stay_as_they_are() -> None:
    assert (neutral(-1.5), neutral(None)) == (-1.5, None)


TOO_LARGE: dict[str, dict[str, Any]] = {
    "a sum": {"series": [{"math": "sum", "property": "paid"}]},
    "a mean": {"series": [{"math": "mean", "property": "paid"}]},
}


@pytest.mark.parametrize("more", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_beyond_a_float_is_no_amount(client: TestClient, workspace: Workspace, more: dict[str, Any]) -> None:
    told = {"event": "did", "person_id": "ann", "properties": '{"paid": 1e308}'}
    with workspace.facts.batch("test", "events") as batch:
        batch.merge(
            "events", [{"event_id": f"e{i}", "occurred_at": datetime(2026, 11, 21, 9)} | told for i in range(2)]
        )
    asked = {"kind": "trends", "span": {"since": "2026-11-21", "until": "2026-11-21"}, **more}
    assert client.post("/api/usage/answers/csv", json=asked).text.splitlines()[1:] == [
        "2026-11-21,,False", "total,,False",
    ]  # fmt: skip
    assert client.post("/api/usage/answers/chart", json=asked).status_code == 200


def test_ranges_of_numbers_as_large_as_a_float_holds(client: TestClient, workspace: Workspace) -> None:
    told = [{"event_id": f"e{i}", "properties": f'{{"paid": {one}}}'} for i, one in enumerate(("-1e308", "1e308", 5))]
    with workspace.facts.batch("test", "events") as batch:
        batch.merge("events", [
            {"event": "did", "person_id": "ann", "occurred_at": datetime(2026, 11, 21, 9)} | one for one in told
        ])  # fmt: skip
    asked = {"kind": "trends", "series": [{}], "breakdown": {"by": "properties.paid", "bins": 4}}
    lines = client.post("/api/usage/answers", json=asked).json()["answer"]["lines"]
    assert [line["total"] for line in lines] == [1, 1, 1]
