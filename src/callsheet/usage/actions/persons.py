"""What people decide about persons: which ids are one, and which are not."""

from __future__ import annotations

from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store import persons
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.store.workspace import Workspace


def merge_persons(book: Book, workspace: Workspace, one: str, other: str, actor: Actor) -> str:
    """Make two ids one person; returns the merge's id."""
    require(actor, "merge_persons", Ref("person", one))
    made = persons.merge(workspace, one.strip(), other.strip(), book.now)
    whole = persons.people_of(workspace).person_of(one.strip())
    book.log("person.merged", Ref("person", whole), actor, merge=made, ids=[one.strip(), other.strip()])
    return made


def undo_merge(book: Book, workspace: Workspace, merge_id: str, actor: Actor) -> list[str]:
    """Take a merge back as if it had never been; returns the ids whose person changed."""
    require(actor, "merge_persons", Ref("person", merge_id))
    people = persons.people_of(workspace)
    whole = people.person_of(people.ends_of(merge_id)[1])
    moved = sorted(persons.undo(workspace, merge_id, actor.id, book.now))
    book.log("person.split", Ref("person", whole), actor, merge=merge_id, ids=moved)
    return moved
