"""Events in the address of a GET, to a running server: `?data=` of PostHog, and Segment's tracking pixel."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.clients.serving import Listening


@pytest.fixture
def http(server: Listening) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


def packed(value: Any, compressed: bool = False) -> str:
    """Return a value as JSON in base64."""
    body = json.dumps(value).encode()
    return base64.b64encode(gzip.compress(body) if compressed else body).decode()


@pytest.mark.parametrize("path", ["/e/", "/capture", "/batch/", "/i/v0/e/"])
@pytest.mark.parametrize("form", ["plain", "base64", "gzip"])
def test_posthogs_data_in_the_address(server: Listening, http: httpx2.Client, path: str, form: str) -> None:
    event = {"api_key": server.key, "event": "opened ?>~", "distinct_id": "ann", "uuid": f"{path}{form}".rjust(30, "u")}
    data = json.dumps(event) if form == "plain" else packed(event, form == "gzip")
    answer = http.get(path, params={"data": data, "ip": "1", "ver": "1.2.3"})
    assert (answer.status_code, answer.json()) == (200, {"status": 1})
    assert answer.headers["cache-control"] == "no-store"
    assert [(row["event"], row["distinct_id"]) for row in server.rows()] == [("opened ?>~", "ann")]


def test_a_get_without_data_is_still_no_way_to_send(http: httpx2.Client) -> None:
    assert http.get("/e/", params={"ip": "1"}).status_code == 405
    assert http.get("/v1/track", params={"data": "e30="}).status_code == 405


PIXELS: dict[str, tuple[dict[str, Any], str]] = {
    "identify": ({"traits": {"plan": "pro"}}, "$identify"), "group": ({"groupId": "acme"}, "$groupidentify"),
    "alias": ({"previousId": "old"}, "$create_alias"), "page": ({"name": "Home"}, "$pageview"),
    "screen": ({"name": "Home"}, "$screen"), "track": ({"event": "Email Opened"}, "Email Opened"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PIXELS)
def test_the_pixel_takes_every_type_and_gives_a_picture(server: Listening, http: httpx2.Client, kind: str) -> None:
    given, name = PIXELS[kind]
    told = {"writeKey": server.key, "userId": "ann", **given}
    answer = http.get(f"/v1/pixel/{kind}", params={"data": packed(told).rstrip("=")})
    assert (answer.status_code, answer.headers["content-type"], answer.content[:6]) == (200, "image/gif", b"GIF89a")
    assert [(row["event"], row["distinct_id"]) for row in server.rows()] == [(name, "ann")]


def test_the_pixel_takes_its_fields_as_parameters(server: Listening, http: httpx2.Client) -> None:
    fields = {
        "writeKey": server.key, "userId": "ann", "event": "Email Opened", "properties.subject": "News of May",
        "properties.sent.by": "mail", "context.groupId": "acme",
    }  # fmt: skip
    http.get("/v1/pixel/track", params=fields)
    (row,) = server.rows()
    assert (row["event"], row["account_id"]) == ("Email Opened", "acme")
    assert json.loads(row["properties"]) == {"subject": "News of May", "sent": {"by": "mail"}}


def test_a_pixel_that_tells_of_nobody_is_a_picture_and_kept_as_refused(server: Listening, http: httpx2.Client) -> None:
    wrong = {
        "no user": {"writeKey": server.key, "event": "Opened"},
        "a wrong key": {"writeKey": "no", "event": "Opened"},
    }
    for told in wrong.values():
        answer = http.get("/v1/pixel/track", params={"data": packed(told)})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    assert http.get("/v1/pixel/track").status_code == 200
    assert server.rows() == []
    assert [row["code"] for row in server.table("refused")] == ["no_user"]
