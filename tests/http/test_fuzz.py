"""No question makes the server break: every address that reads, asked with odd values everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.metrics.registry import METRICS, REPORTS
from callsheet.store.workspace import Workspace, in_memory
from tests.conftest import Clients
from tests.http.schema import Operation, operations

ODD = [
    "", " ", "x" * 5000, "\x00", "a\x00b", "🎬\u202e", "é", "\ud7ff", "-1", "0", "1e309", "NaN", "9" * 30, "true", "null",
    "' OR '1'='1", "'; DROP TABLE work; --", "%", "_", "\\", "../../etc/passwd", "{{7*7}}", "<script>", "2026-02-30",
    "2026-11-22", "1900-01-01", "2200-12-31", "0001-01-01", "9999-12-31T23:59:59Z", "1e5", "-title", "title", "item_id",
    "initiative:x", "nothing:x", ":", "a:b:c", "csv", "svg", "weekly", "[]", "a\r\nSet-Cookie: b=c",
]  # fmt: skip
VALUES = st.sampled_from(ODD) | st.text(max_size=40)
BLIND = {"GET /api/stream", "GET /api/usage/tail"}  # endless
COMMON = ("page", "size", "sort", "q", "since", "until", "team", "product", "segment", "cadence", "format")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: Any) -> Iterator[tuple[TestClient, list[Operation]]]:
    """A client with the workspace's own key, and everything that can be read."""
    workspace: Workspace = in_memory(tmp_path_factory.mktemp("fuzz"))
    app = Clients(workspace).app
    client = TestClient(app, raise_server_exceptions=False, headers={"Authorization": f"Bearer {workspace.key}"})
    reads = [one for one in operations(app.openapi()) if one.method == "GET" and one.name not in BLIND]
    yield client, reads
    workspace.close()


def queries(one: Operation) -> list[str]:
    """The parameters it names, and those that others name."""
    return sorted({each["name"] for each in one.parameters if each["in"] == "query"} | set(COMMON))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_query_breaks_an_address(asked: Any, data: st.DataObject) -> None:
    client, reads = asked
    one = data.draw(st.sampled_from(reads), label="operation")
    query = data.draw(st.dictionaries(st.sampled_from(queries(one)), VALUES, max_size=4), label="query")
    place = data.draw(VALUES.filter(lambda text: text not in ("", ".", "..")), label="place")
    answer = client.get(quoted(one.address(place)), params={name: utf8(value) for name, value in query.items()})
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.headers["content-type"].startswith("application/json"):
        assert answer.json()["mend"]


@pytest.mark.parametrize("name", ["page", "size", "sort", "q", "since", "until", "team"])
def test_no_odd_value_breaks_a_list_or_a_figure(asked: Any, name: str) -> None:
    client, _ = asked
    """The report is one that takes a team and asks little."""
    metric, report = sorted(METRICS)[0], "delivery.throughput_weeks"
    for address in ("/api/members", "/api/audit", f"/api/metrics/{metric}/rows", f"/api/reports/{report}"):
        for value in ODD:
            answer = client.get(address, params={name: utf8(value)})
            assert answer.status_code < 500, (address, value, answer.text)


def utf8(text: str) -> bytes:
    """The text as it may stand in an address."""
    return text.encode("utf-8", "surrogatepass")


def quoted(address: str) -> str:
    """The address with everything odd in it percent-encoded."""
    from urllib.parse import quote

    return quote(address.encode("utf-8", "surrogatepass"), safe="/:")


def test_every_metric_and_report_answers_for_an_empty_workspace(asked: Any) -> None:
    """No data is an answer: an amount of null or rows of none, for every cadence."""
    client, _ = asked
    for name in METRICS:
        for cadence in ("daily", "weekly", "monthly"):
            answer = client.get(f"/api/metrics/{name}", params={"cadence": cadence, "series": "false"})
            assert answer.status_code == 200, (name, answer.text)
    for name, spec in REPORTS.items():
        answer = client.get(f"/api/reports/{name}")
        assert answer.status_code in (200, 404, 422), (name, answer.text)
        chart = client.get(f"/api/reports/{name}/chart")
        assert chart.status_code == (404 if spec.chart is None else chart.status_code), name
        assert chart.status_code < 500, (name, chart.text)
