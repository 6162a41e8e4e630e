"""Teams and products of the project file, brought into the workspace when the file changes."""

from __future__ import annotations

from typing import Any

from callsheet.base.ids import stable_id
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.people.records import Team
from callsheet.store.book import Book, CursorRow
from callsheet.store.workspace import Workspace

CURSOR = "project-file"


def apply_project(workspace: Workspace) -> bool:
    """Make the file's teams known, and give its people and components their team and product.

    Only when teams or products are not those of the last time; whether something was done. A team that is
    no longer named stays, since work refers to it.
    """
    teams, products = workspace.config.teams, workspace.config.products
    digest = stable_id(repr(teams), repr(products))
    with workspace.books.read() as book:
        row = book.find(CursorRow, CURSOR)
    if (row is None and not teams and not products) or (row is not None and row.value == digest):
        return False
    with workspace.facts.batch("callsheet.toml", "project", actor=SYSTEM.id) as batch:
        people = [{"person_id": one, "team": team["id"]} for team in teams for one in team.get("members", [])]
        batch.merge("persons", people)
        batch.merge("components", _components(teams, "team"))
    with workspace.facts.batch("callsheet.toml", "project", actor=SYSTEM.id) as batch:
        batch.merge("components", _components(products, "product"))
    with workspace.books.change(workspace.now()) as book:
        for team in teams:
            _keep(book, team)
        book.session.merge(CursorRow(name=CURSOR, value=digest))
        book.log("project.applied", Ref("workspace", "project"), SYSTEM, teams=len(teams), products=len(products))
    return True


def _components(entries: tuple[dict[str, Any], ...], column: str) -> list[dict[str, Any]]:
    return [{"component_id": one, column: entry["id"]} for entry in entries for one in entry.get("components", [])]


def _keep(book: Book, team: dict[str, Any]) -> None:
    row = book.find(Team, team["id"]) or book.add(Team(id=team["id"], title=team["id"], lead="", product=""))
    row.title = team.get("title") or team["id"]
    row.lead, row.product = team.get("lead", row.lead), team.get("product", row.product)
