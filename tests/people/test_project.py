"""Teams and products of the project file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callsheet.base.config import parse
from callsheet.people.records import Team
from callsheet.people.sync import apply_project
from callsheet.store.workspace import Workspace

FILE: dict[str, Any] = {
    "team": [{"id": "data", "title": "Data", "lead": "ada", "members": ["ada", "bruno"], "components": ["importer"]}],
    "product": [{"id": "north", "title": "North", "components": ["importer"]}],
}


def given(workspace: Workspace, file: dict[str, Any]) -> Workspace:
    found = parse(file)
    workspace.config = replace(workspace.config, teams=found.teams, products=found.products)
    return workspace


def test_people_and_components_get_their_team_and_product(workspace: Workspace) -> None:
    assert apply_project(given(workspace, FILE))
    tables, run = workspace.facts.tables(), workspace.facts.run
    people = run(tables["persons"].order_by("person_id")).to_pylist()
    assert [(row["person_id"], row["team"]) for row in people] == [("ada", "data"), ("bruno", "data")]
    part = run(tables["components"]).to_pylist()[0]
    assert (part["component_id"], part["team"], part["product"]) == ("importer", "data", "north")
    with workspace.books.read() as book:
        assert book.get(Team, "data").lead == "ada"


def test_the_same_file_does_nothing_and_a_changed_one_does(workspace: Workspace) -> None:
    assert apply_project(given(workspace, FILE))
    version = workspace.facts.version
    assert not apply_project(workspace)
    assert workspace.facts.version == version
    changed: dict[str, Any] = {"team": [{"id": "data", "title": "Data and search"}]}
    assert apply_project(given(workspace, changed))
    with workspace.books.read() as book:
        row = book.get(Team, "data")
    assert (row.title, row.lead) == ("Data and search", "ada")


def test_no_teams_at_all_lands_nothing(workspace: Workspace) -> None:
    assert not apply_project(workspace)
    assert workspace.facts.batches() == []
