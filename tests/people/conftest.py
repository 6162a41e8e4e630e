"""A few people and things, and the people part of the sample company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from callsheet.model.sample import STORIES
from callsheet.people import demo
from callsheet.store.workspace import Workspace
from tests.sampled import made


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """With the stories: the billing API has lost its owner."""
    workspace = made(tmp_path_factory.mktemp("sample"), demo, STORIES)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Without stories: everything has an owner."""
    workspace = made(tmp_path_factory.mktemp("calm"), demo, frozenset())
    yield workspace
    workspace.close()


@pytest.fixture
def owned(workspace: Workspace) -> Workspace:
    """Components a (ada), b (nobody since 1 March, before bo), c (ada and bo), d (cy, who left); e is retired."""
    claims = [
        ("a", "ada", None),
        ("b", "bo", datetime(2026, 3, 1)),
        ("c", "ada", None),
        ("c", "bo", None),
        ("d", "cy", None),
    ]
    with workspace.facts.batch("test", "rows") as batch:
        batch.merge("persons", [
            {"person_id": key, "name": key.title(), "team": "data", "role": "Engineer", "left_at": left}
            for key, left in (("ada", None), ("bo", None), ("cy", datetime(2026, 2, 1)))
        ])  # fmt: skip
        batch.merge("components", [
            {"component_id": key, "name": key.upper(), "team": "data", "active": key != "e"} for key in "abcde"
        ])  # fmt: skip
        batch.merge("ownership", [
            {"object_ref": f"component:{key}", "role": "accountable", "person_id": person, "until_at": until,
             "since_at": datetime(2026, 1, 1)}
            for key, person, until in claims
        ])  # fmt: skip
    return workspace
