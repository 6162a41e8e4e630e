"""The browser snippet in a page of somebody else: what it sends, what it keeps, and whom it leaves alone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.clients.serving import Listening, listening

QUERY = "/books?utm_source=mail&utm_campaign=spring"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Listening]:
    """An empty workspace, served; no other origin is answered but the shop's, by the test."""
    with listening(tmp_path) as found:
        yield found


@contextmanager
def elsewhere(body: str) -> Iterator[str]:
    """Serve one page at another origin of this machine (a browser lets no public page load from here)."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Pages) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_address[1]}"
        site.shutdown()


@contextmanager
def shop(chrome: Browser, server: Listening, before: str = "") -> Iterator[Page]:
    """Open the page of a shop with the snippet in it."""
    script = f'<script src="{server.url}/callsheet.js" data-key="{server.key}"></script>'
    with elsewhere(f"<title>Shop</title>{script}") as origin, chrome.new_context() as context:
        context.add_init_script(before)
        page = context.new_page()
        page.goto(origin + QUERY)
        yield page


def events(server: Listening) -> list[dict[str, Any]]:
    """Return the events that came in, their properties read."""
    return [row | {"properties": json.loads(row["properties"])} for row in server.rows()]


def test_a_visit_is_followed_without_a_cookie(chrome: Browser, server: Listening) -> None:
    with shop(chrome, server) as page:
        page.evaluate("callsheet.track('Book Opened', { pages: 3 })")
        page.evaluate("callsheet.identify(7, { plan: 'pro' })")
        page.evaluate("callsheet.group('acme')")
        with page.expect_response("**/v1/batch") as answer:
            page.evaluate("callsheet.flush()")
        assert answer.value.status == 200
        assert page.context.cookies() == []
    found = {row["event"]: row for row in events(server)}
    assert set(found) == {"$pageview", "Book Opened", "$identify", "$groupidentify"}
    assert {row["person_id"] for row in found.values()} == {"7"}
    assert found["Book Opened"]["properties"]["pages"] == 3
    seen = found["$pageview"]["properties"]
    assert (seen["$pathname"], seen["$title"]) == ("/books", "Shop")
    assert (seen["utm_source"], seen["utm_campaign"], seen["$lib"]) == ("mail", "spring", "callsheet.js")
    assert found["$groupidentify"]["account_id"] == "acme"


def test_what_waits_is_sent_when_the_page_is_left(chrome: Browser, server: Listening) -> None:
    with shop(chrome, server) as page:
        page.evaluate("callsheet.track('Last')")
        page.goto("about:blank")
        until = time.monotonic() + 60
        while not events(server) and time.monotonic() < until:
            page.wait_for_timeout(50)
    assert [row["event"] for row in events(server)] == ["$pageview", "Last"]


def test_a_reset_begins_another_person(chrome: Browser, server: Listening) -> None:
    with shop(chrome, server) as page:
        page.evaluate("callsheet.identify('ann'); callsheet.reset(); callsheet.track('Later')")
        with page.expect_response("**/v1/batch"):
            page.evaluate("callsheet.flush()")
    persons = {row["event"]: row["person_id"] for row in events(server)}
    assert persons["$identify"] == "ann"
    assert persons["Later"] not in ("ann", "")


def test_trouble_of_the_server_loses_and_doubles_nothing(chrome: Browser, server: Listening) -> None:
    with shop(chrome, server) as page:
        server.trouble.append((503, True))
        with page.expect_response("**/v1/batch"):
            page.evaluate("callsheet.flush()")
        with page.expect_response(lambda answer: answer.status == 200 and "/v1/batch" in answer.url):
            page.evaluate("callsheet.track('Again')")
    assert sorted(row["event"] for row in events(server)) == ["$pageview", "Again"]


def test_who_asks_not_to_be_tracked_is_not(chrome: Browser, server: Listening) -> None:
    asked = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
    with shop(chrome, server, asked) as page:
        page.evaluate("callsheet.track('Opened'); callsheet.flush()")
        page.wait_for_timeout(300)
        assert page.evaluate("localStorage.length") == 0
    assert events(server) == []
