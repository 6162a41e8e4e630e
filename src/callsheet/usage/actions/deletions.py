"""Removing a person everywhere on their request, with proof."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from callsheet.base.errors import BadInput, CallsheetError, Conflict
from callsheet.base.ids import new_id
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.erasing import Terms
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.erase_book import compact
from callsheet.store.erasing import Proof, counted, erase, terms_of
from callsheet.store.permissions import require
from callsheet.store.persons import sink_of
from callsheet.store.workspace import Workspace
from callsheet.usage.metrics.persons import known
from callsheet.usage.records import PersonDeletion


def ask_deletion(
    book: Book, workspace: Workspace, person_id: str, actor: Actor, reason: str, confirm: str
) -> PersonDeletion:
    """Write down that a person is to be removed. `confirm` repeats the id. The log names them by a hash."""
    require(actor, "delete_person", Ref("person", person_id))
    if not reason.strip():
        raise BadInput("Deleting a person needs a reason.", "Say who asked for it and when; it is kept.")
    if confirm != person_id:
        raise BadInput("The confirmation is not the id of the person.", "Write the id exactly as it is shown.")
    known(workspace, person_id)
    terms = terms_of(workspace, person_id)
    if terms.in_text(reason):
        raise BadInput("The reason names the person.", "It is kept as proof: write it without ids and addresses.")
    hashes = [sink_of(workspace).deleted.hash_of(one) for one in terms.ids]
    row = PersonDeletion(
        id=new_id("del"), state="asked", subject=_sealed(terms), hashes=hashes,
        reason=reason.strip(), asked_by=actor.id, asked_at=book.now, places=[], searched={}, left=[],
    )  # fmt: skip
    book.add(row)
    book.log("deletion.asked", Ref("person", hashes[0][:16]), actor, deletion=row.id, reason=row.reason)
    return row


def try_again(book: Book, deletion_id: str, actor: Actor) -> PersonDeletion:
    """Take up a deletion that broke off, or that left something."""
    require(actor, "delete_person", Ref("person", deletion_id))
    row = book.get(PersonDeletion, deletion_id)
    if not row.subject:
        raise Conflict("This person has been deleted already.")
    return book.update(PersonDeletion, deletion_id, state="asked", error="")


def carry_out(workspace: Workspace, deletion_id: str, progress: Callable[[int, int, str], None]) -> None:
    """Remove the person and keep the proof; then nothing here names them any more. May be done again when it was cut
    off: what was counted at the beginning is kept."""
    with workspace.books.change(workspace.now()) as book:
        row = book.update(PersonDeletion, deletion_id, state="running", error="")
    if not row.subject:
        return
    terms = _opened(row.subject)
    if not row.places:
        places = [
            {"place": name, "before": number, "after": number} for name, number in counted(workspace, terms).items()
        ]
        with workspace.books.change(workspace.now()) as book:
            row = book.update(PersonDeletion, deletion_id, places=places)
    try:
        proof = erase(workspace, terms, workspace.now(), progress)
    except (CallsheetError, OSError) as why:
        with workspace.books.change(workspace.now()) as book:
            book.update(PersonDeletion, deletion_id, state="failed", error=str(why))
        raise
    _keep(workspace, row, proof)


def _keep(workspace: Workspace, row: PersonDeletion, proof: Proof) -> None:
    before = {place["place"]: place["before"] for place in row.places}
    places = [
        {"place": name.replace("old_", "replaced "), "before": before.get(name, 0), "after": proof.after.get(name, 0)}
        for name in {**before, **proof.after}
        if before.get(name) or proof.after.get(name)
    ]
    left, state, error = [*proof.own, *proof.left, *(f"perhaps: {one}" for one in proof.alike)], "done", ""
    if any(place["after"] for place in places):
        state, error = "failed", "Some rows came in meanwhile, or could not be changed. Try again."
    elif proof.own:
        state, error = "failed", "A file of Callsheet's still names the person. Try again."
    elif proof.left:
        state, error = "left", "Files of your own name the person: change or remove them, then try again."
    elif proof.alike:
        state = "left"
    removed = state == "done" or (state == "left" and not error)
    with workspace.books.change(workspace.now()) as book:
        book.update(
            PersonDeletion, row.id, state=state, done_at=book.now, places=places, left=left, error=error,
            searched={"files": proof.files, "bytes": proof.size, "found": len(proof.own) + len(proof.left)},
            **({"subject": {}} if removed else {}),
        )  # fmt: skip
        if state in ("done", "left"):
            rows = sum(place["before"] for place in places)
            book.log("person.deleted", Ref("person", row.hashes[0][:16]), SYSTEM, deletion=row.id, rows=rows)
    compact(workspace.books)


def _sealed(terms: Terms) -> dict[str, str]:
    """Write terms in a way in which a search of the files does not find them; they are dropped when all is done."""
    told = json.dumps({"ids": terms.ids, "addresses": terms.addresses})
    return {"sealed": base64.b64encode(told.encode()).decode()}


def _opened(subject: dict[str, str]) -> Terms:
    told = json.loads(base64.b64decode(subject["sealed"]))
    return Terms(tuple(told["ids"]), tuple(told["addresses"]))
