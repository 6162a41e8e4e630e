"""Hostile and broken input, sent to a running server and asked for again: a correct answer or a clear error, soon."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pyarrow as pa
import pytest

from tests.clients.serving import Listening, listening

pytestmark = pytest.mark.integration
PATIENCE = 25
"""Seconds within which anything here is answered, on a busy machine too; nothing needs a second on an idle one."""


class Sender:
    """Sends events and asks questions. Every test uses event names of its own, so that one server serves all."""

    def __init__(self, server: Listening) -> None:
        self.server = server
        self.http = httpx2.Client(base_url=server.url, timeout=PATIENCE)
        self.owner = {"Authorization": f"Bearer {server.workspace.key}"}

    def capture(self, *events: dict[str, Any]) -> httpx2.Response:
        """Send events in PostHog's words."""
        return self.raw("/batch/", json.dumps({"api_key": self.server.key, "batch": events}).encode())

    def raw(self, path: str, body: bytes, **options: Any) -> httpx2.Response:
        """Send a body as it is."""
        return self.http.post(path, content=body, **options)

    def asked(self, question: dict[str, Any] | bytes) -> httpx2.Response:
        """Ask, after all that was sent has been settled."""
        self.server.workspace.stream.settle()
        body = question if isinstance(question, bytes) else json.dumps(question).encode()
        headers = {**self.owner, "Content-Type": "application/json"}
        return self.http.post("/api/usage/answers", content=body, headers=headers)

    def answer(self, **question: Any) -> dict[str, Any]:
        """Return the answer to a question of the last days."""
        got = self.asked({"span": {"last": 3}, **question})
        assert got.status_code == 200, got.text
        found: dict[str, Any] = got.json()["answer"]
        return found

    def total(self, event: str, **series: Any) -> float | None:
        """Return the total of a trend of one event."""
        found: float | None = self.answer(kind="trends", series=[{"events": [event], **series}])["lines"][0]["total"]
        return found

    def rows(self, event: str) -> list[dict[str, Any]]:
        """Return the events of a name, with their properties read."""
        found = [row for row in self.server.rows() if row["event"] == event]
        return [row | {"properties": json.loads(row["properties"])} for row in found]

    def refused(self) -> list[tuple[str, int]]:
        """Return code and length of the text of all refusals that a person sees, newest first."""
        page = self.http.get("/api/usage/refused", params={"size": 50}, headers=self.owner).json()
        return [(one["code"], len(one["raw"])) for one in page["items"]]


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    with listening(tmp_path_factory.mktemp("bad")) as server:
        found = Sender(server)
        with found.http:
            yield found


def test_ten_thousand_properties(sender: Sender) -> None:
    many = {f"property {number}": number for number in range(10_000)}
    assert sender.capture({"event": "wide", "distinct_id": "ann", "properties": many}).json() == {"status": 1}
    assert sender.total("wide", math="sum", property="property 9999") == 9999
    found = sender.answer(kind="trends", series=[{"events": ["wide"]}], breakdown={"by": "properties.property 7"})
    assert [(line["group"], line["total"]) for line in found["lines"]] == [("7", 1)]
    listed = sender.http.get("/api/usage/schema", headers=sender.owner)
    assert listed.status_code == 200
    assert len(listed.content) < 2_000_000, "nobody is sent ten thousand names at once"


def test_five_megabytes(sender: Sender) -> None:
    event = {"event": "heavy", "distinct_id": "ann", "properties": {"text": "x" * 100_000}}
    assert sender.capture(*[event] * 50).status_code == 200
    assert sender.total("heavy") == 50
    told = sender.capture({**event, "properties": {"text": "x" * 5_000_000}})
    assert (told.status_code, told.json()["code"]) == (400, "too_large")
    assert sender.refused()[0] == ("too_large", 8_000), "of a long one the beginning is shown"
    track = {"writeKey": sender.server.key, "batch": [{"type": "track", "userId": "ann", "event": "heavy"}] * 60_000}
    told = sender.raw("/v1/batch", json.dumps(track).encode())
    assert (told.status_code, "500 KB" in told.json()["message"]) == (400, True)
    assert sender.total("heavy") == 50


def test_deep_nesting(sender: Sender) -> None:
    def nested(levels: int) -> dict[str, Any]:
        return json.loads('{"a":' * levels + "1" + "}" * levels)  # type: ignore[no-any-return]

    assert sender.capture({"event": "deep", "distinct_id": "ann", "properties": nested(99)}).status_code == 200
    told = sender.capture({"event": "deep", "distinct_id": "ann", "properties": nested(101)})
    assert (told.status_code, told.json()["code"]) == (400, "too_deep")
    body = b'{"api_key":"%s","batch":' % sender.server.key.encode() + b"[" * 500_000 + b"]" * 500_000 + b"}"
    assert sender.raw("/batch/", body).status_code in (400, 401), "so deep that not even the key can be read"
    assert sender.total("deep") == 1
    asked = sender.asked(b'{"kind":' + b"[" * 500_000)
    assert (asked.status_code, bool(asked.json()["mend"])) == (400, True)


def test_nul_and_lone_surrogates(sender: Sender) -> None:
    event = rb'{"event":"nul\u0000\ud800","distinct_id":"a\udfff","properties":{"\ud800p":"\u0000"}}'
    body = b'{"api_key":"%s","batch":[' + event + b"]}"
    assert sender.raw("/batch/", body % sender.server.key.encode()).status_code == 200
    [row] = sender.rows("nul\ufffd\ufffd")
    assert (row["person_id"], row["properties"]) == ("a\ufffd", {"\ufffdp": "\ufffd"})
    assert sender.total("nul\ufffd\ufffd") == 1
    asked = sender.asked(b'{"kind":"trends","series":[{"events":["nul\\u0000\\ud800"],"label":"\\ud800"}]}')
    assert asked.status_code in (200, 422)
    json.loads(asked.content)
    person = sender.http.get("/api/usage/persons/a%EF%BF%BD", headers=sender.owner)
    assert person.status_code == 200


def test_ids_of_ten_kilobytes(sender: Sender) -> None:
    long = "x" * 10_000
    told = sender.capture({"event": "long", "distinct_id": long})
    assert (told.status_code, told.json()["code"]) == (400, "long_id")
    event = {"event": "long", "distinct_id": "ann", "uuid": long}
    assert [sender.capture(event).status_code for _ in range(3)] == [200] * 3
    assert sender.total("long") == 1, "known again by its long id"
    named = sender.capture({"event": long, "distinct_id": "ann"})
    assert (named.status_code, named.json()["code"]) == (400, "long_name")
    assert sender.http.get(f"/api/usage/persons/{long}", headers=sender.owner).status_code == 404
    track = {"writeKey": sender.server.key, "userId": long, "event": "long"}
    assert sender.raw("/v1/track", json.dumps(track).encode()).status_code == 400


TIMES = {
    "negative": -1, "very negative": -1e18, "year -1": "-0001-01-01T00:00:00Z", "year 0": "0000-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:59:59.999999Z", "beyond the last day": "9999-12-31T23:59:59-23:59",
    "beyond any number": 10**40, "infinite when scaled": 1e308,
    "before computers": "1900-01-01T00:00:00Z", "words": "last week", "a list": [2026],
}  # fmt: skip


@pytest.mark.parametrize("case", TIMES)
def test_moments_that_cannot_be(sender: Sender, case: str) -> None:
    began = datetime(1970, 1, 1) + timedelta(seconds=time.time() - 5)
    name = f"time {case}"
    assert sender.capture({"event": name, "distinct_id": "ann", "timestamp": TIMES[case]}).status_code == 200
    [row] = sender.rows(name)
    assert began <= row["occurred_at"] <= began + timedelta(seconds=PATIENCE)
    assert json.loads(row["properties"]["$sent_timestamp"] if isinstance(TIMES[case], list) else "[2026]") == [2026]
    assert "$sent_timestamp" in row["properties"], "what the client said is kept"
    assert sender.total(name) == 1


def test_clocks_that_cannot_be(sender: Sender) -> None:
    """A sender's clock or offset beyond all bounds spoils nothing: the moment of receipt counts."""
    sent = {"event": "odd clock", "distinct_id": "ann", "timestamp": "2026-01-01T00:00:00Z"}
    assert sender.capture({**sent, "sent_at": 1e308}).status_code == 200
    assert sender.capture({"event": "odd clock", "distinct_id": "ann", "offset": 1e308}).status_code == 200
    assert sender.total("odd clock") in (1.0, 2.0)


def test_a_batch_sent_again_and_at_once(sender: Sender) -> None:
    batch = [{"event": "twice", "distinct_id": f"p{n}", "uuid": f"00000000-0000-4000-8000-{n:012d}"} for n in range(50)]
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(sender.capture(*batch).status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert (sender.total("twice"), sender.total("twice", math="unique")) == (50, 50)


def test_a_property_that_changes_its_type_every_day(sender: Sender) -> None:
    values: list[Any] = [3, "4", "five", True, [6], {"n": 7}, None, 8.5, "", "NaN", 1e308, "1e400"]
    now = time.time()
    sender.capture(*[
        {"event": "fickle", "distinct_id": f"p{n}", "timestamp": int(1000 * (now - 86_400 * n)), "properties": {"n": one}}
        for n, one in enumerate(values)
    ])  # fmt: skip

    def of(**series: Any) -> Any:
        found = sender.answer(kind="trends", span={"last": 20}, series=[{"events": ["fickle"], **series}])
        return found["lines"][0]["total"]

    assert of() == len(values)
    assert of(math="max", property="n") == 1e308
    assert of(math="min", property="n") == 3
    assert of(where=[{"field": "properties.n", "op": "lt", "values": [10]}], math="sum", property="n") == 3 + 4 + 8.5
    assert of(where=[{"field": "properties.n", "values": [True]}]) == 1
    assert of(where=[{"field": "properties.n", "op": "not_set"}]) == 1
    shown = sender.answer(
        kind="trends", span={"last": 20}, series=[{"events": ["fickle"]}], breakdown={"by": "properties.n", "limit": 50}
    )
    assert sum(line["total"] for line in shown["lines"]) == len(values), "each row stands under one value"
    assert {line["group"] for line in shown["lines"]} >= {"3", "4", "five", "true", "[6]", '{"n":7}'}


SQL = (
    "'; DROP TABLE events; --", '" OR 1=1 --', "%' UNION SELECT * FROM persons --", "\\'; DELETE FROM events --", "$1",
    "{event}", "a'||(SELECT version())||'b", "`events`", "event; ATTACH '/etc/passwd'",
)  # fmt: skip


@pytest.mark.parametrize("name", SQL)
def test_sql_is_only_a_name(sender: Sender, name: str) -> None:
    before = len(sender.server.rows())
    sender.capture({"event": name, "distinct_id": name, "properties": {name: name, "$groups": {"company": name}}})
    assert len(sender.server.rows()) == before + 1
    where = [{"field": f"properties.{name}", "values": [name]}, {"field": "person_id", "values": [name]}]
    found = sender.answer(
        kind="trends", series=[{"events": [name], "where": where}], breakdown={"by": f"properties.{name}"}
    )
    assert [(line["group"], line["total"]) for line in found["lines"]] == [(name, 1)]
    steps = [{"events": [name]}, {"events": [name], "where": [{"field": "account_id", "values": [name]}]}]
    assert sender.answer(kind="funnel", unit="account", steps=steps)["lines"][0]["steps"][0]["count"] == 1
    question = {"kind": "trends", "series": [{"events": [name]}], "span": {"last": 3}}
    page = sender.http.post(
        "/api/usage/answers/people", json={"question": question, "cell": {}}, headers=sender.owner
    ).json()
    assert [one["unit_id"] for one in page["items"]] == [name]


def test_a_funnel_of_thirty_steps_over_a_hundred_thousand_rows(sender: Sender) -> None:
    """1,000 people, 100 events each: `step 1` to `step 30` over and over, every person one step shorter than the last.

    Person n never does the steps after n modulo 30, so that 1,000 / 30 people, rounded, get to each step and no further.
    """
    people, each = 1000, 100
    start = datetime(1970, 1, 1) + timedelta(seconds=int(time.time()) - 2 * 86_400)
    numbers = range(people * each)
    steps = [f"step {1 + n % each % (1 + n // each % 30)}" for n in numbers]
    table = pa.table({
        "event_id": [f"long-{n}" for n in numbers], "event": steps, "person_id": [f"q{n // each}" for n in numbers],
        "occurred_at": pa.array([start + timedelta(seconds=n % each) for n in numbers], pa.timestamp("us")),
    })  # fmt: skip
    with sender.server.workspace.facts.batch("test", "events") as batch:
        batch.merge("events", table)
    asked: dict[str, Any] = {"kind": "funnel", "steps": [{"events": [f"step {n}"]} for n in range(1, 31)]}
    began = time.monotonic()
    counts = [step["count"] for step in sender.answer(**asked)["lines"][0]["steps"]]
    assert counts == [sum(n % 30 + 1 >= step for n in range(people)) for step in range(1, 31)]
    assert time.monotonic() - began < PATIENCE
    for order in ("strict", "unordered"):
        assert sender.answer(**asked, order=order)["lines"][0]["steps"][0]["count"] == 1000
    too_long = sender.asked(asked | {"steps": [{"events": ["step 1"]}] * 31})
    assert too_long.status_code == 422
    same = sender.answer(kind="funnel", steps=[{"events": ["step 1"]}] * 30)["lines"][0]["steps"]
    assert [step["count"] for step in same][-1] == sum(100 // (n % 30 + 1) >= 30 for n in range(people))


FUNNEL = {"kind": "funnel", "steps": [{"events": ["a"]}, {"events": ["b"]}]}
TREND = {"kind": "trends", "series": [{"events": ["a"]}]}
RETAINED = {"kind": "retention", "start": {"events": ["a"]}, "back": {"events": ["a"]}}
WRONG: dict[str, dict[str, Any]] = {
    "a window of 0": FUNNEL | {"window": {"value": 0}},
    "a window before": FUNNEL | {"window": {"value": -5}},
    "a window of ages": FUNNEL | {"window": {"value": 10**12, "unit": "month"}},
    "an exclusion of nothing": FUNNEL | {"exclusions": [{"events": ["x"], "from_step": 2, "to_step": 1}]},
    "no intervals": TREND | {"span": {"last": 0}},
    "a million": TREND | {"span": {"last": 10**6}},
    "all hours there are": TREND | {"span": {"since": "0001-01-01", "until": "9999-12-31"}, "interval": "hour"},
    "backwards": TREND | {"span": {"since": "2026-02-01", "until": "2026-01-01"}},
    "a day there is not": TREND | {"span": {"since": "2026-02-30"}},
    "beyond the calendar": TREND | {"span": {"since": "9998-01-01"}},
    "a field there is not": TREND | {"where": [{"field": "1=1; --", "values": ["x"]}]},
    "a pattern that is none": TREND | {"where": [{"field": "event", "op": "regex", "values": ["("]}]},
    "two values for one": TREND | {"where": [{"field": "event", "op": "gt", "values": [1, 2]}]},
    "a formula of parentheses": TREND | {"formulas": ["(" * 199 + "A" + ")" * 199]},
    "a formula that calls": TREND | {"formulas": ["__import__('os').system('true')"]},
    "a cohort there is not": TREND | {"where": [{"field": "cohort", "values": ["nobody"]}]},
    "a grid of ages": RETAINED | {"span": {"last": 5000}, "periods": 90},
    "brackets of 0": RETAINED | {"brackets": [0]},
    "a gap of 0": {"kind": "sessions", "gap": 0},
    "paths of one step": {"kind": "paths", "steps": 1},
    "a kind there is not": {"kind": "sql", "sql": "select 1"},
    "a name of a megabyte": {"kind": "trends", "series": [{"events": ["x" * 10**6]}]},
    "a million events": {"kind": "trends", "series": [{"events": ["x"] * 10**6}]},
    "most above least": {"kind": "stickiness", "series": [{}], "least": 3, "most": 2},
    "a feature there is not": {"kind": "adoption", "feature": "'; --"},
}


@pytest.mark.parametrize("case", WRONG)
def test_questions_that_cannot_be_answered_say_why(sender: Sender, case: str) -> None:
    began = time.monotonic()
    got = sender.asked(WRONG[case])
    assert got.status_code in (404, 422), got.text
    told = got.json()
    assert told["message"], "what happened"
    assert told["mend"], "what to do"
    assert len(got.content) < 5000, "an error does not give back a megabyte"
    assert time.monotonic() - began < PATIENCE


def test_odd_questions_that_can_be_answered(sender: Sender) -> None:
    sender.capture({"event": "odd", "distinct_id": "ann", "properties": {"text": "a" * 50_000 + "!"}})
    bomb = [{"field": "properties.text", "op": "regex", "values": ["^(a+)+$"]}]
    assert sender.total("odd", where=bomb) == 0, "a pattern of exponential time elsewhere"
    assert sender.total("odd", where=[{"field": "properties.text", "op": "contains", "values": ["A!"]}]) == 1
    assert sender.total("odd", where=[{"field": "properties.text", "values": []}]) == 0, "one of none"
    same = {"kind": "funnel", "steps": [{"events": ["odd"]}, {"events": ["odd"]}]}
    assert [one["count"] for one in sender.answer(**same)["lines"][0]["steps"]] == [1, 0], "one event is one step"
    found = sender.answer(kind="trends", series=[{"events": ["odd"]}], formulas=["A / 0", "A - A", "1e308 * 1e308 * A"])
    assert [line["total"] for line in found["lines"]] == [None, 0, None]
    future = sender.answer(
        kind="trends", series=[{"events": ["odd"]}], span={"since": "2150-01-01", "until": "2150-01-05"}
    )
    assert future["lines"][0]["total"] == 0
    nobody = sender.answer(kind="trends", series=[{"events": ["never sent"], "math": "mean", "property": "x"}])
    assert nobody["lines"][0]["total"] is None, "no data is not 0"
