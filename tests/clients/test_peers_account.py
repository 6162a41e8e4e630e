"""Which account uses this: Segment's client for Python, which says `group` once, against a running server."""

from __future__ import annotations

import segment.analytics as analytics

from tests.clients.serving import Listening


def test_what_a_user_does_after_a_group_call_is_of_that_account(server: Listening) -> None:
    client = analytics.Client(server.key, host=server.url, sync_mode=True)
    client.track("ann", "Signed up")
    client.group("ann", "acme", {"plan": "business"})
    client.track("ann", "Board created")
    client.track("ann", "Board shared", context={"groupId": "beta"})
    client.track("ann", "Board opened")
    client.track("ann", "Help read", context={"groupId": None})
    client.track("ben", "Board opened")
    found = [(row["event"], row["person_id"], row["account_id"]) for row in server.rows()]
    assert found == [
        ("Signed up", "ann", None), ("$groupidentify", "ann", "acme"), ("Board created", "ann", "acme"),
        ("Board shared", "ann", "beta"), ("Board opened", "ann", "beta"), ("Help read", "ann", None),
        ("Board opened", "ben", None),
    ]  # fmt: skip
