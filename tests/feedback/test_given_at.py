"""When feedback was given, as a person says it: with its offset, or in the workspace's own time."""

from __future__ import annotations

from typing import Any

import pytest

SAID = {
    "with an offset": ("2026-03-05T10:00:00+02:00", "2026-03-05T08:00:00"),
    "in UTC": ("2026-03-05T10:00:00Z", "2026-03-05T10:00:00"),
    "across midnight": ("2026-03-05T01:00:00+02:00", "2026-03-04T23:00:00"),
}


@pytest.mark.parametrize(("said", "kept"), SAID.values(), ids=SAID)
def test_the_offset_counts(clients: Any, said: str, kept: str) -> None:
    made = clients.bob.post("/api/feedback/items", json={"title": "Dark mode", "body": "Please.", "given_at": said})
    assert made.status_code == 201, made.text
    assert made.json()["given_at"] == kept
