"""What people decide about the stack, and the log of what came in. Permission first, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import slug_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.stack.imports import Outcome
from callsheet.stack.landing import counted, forget
from callsheet.stack.records import Tool
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.store.warehouse import BatchInfo

FIELDS = ("title", "capability", "owner", "backup", "cost", "currency", "renewal_at", "notice_days", "seats",
          "data_held", "connector")  # fmt: skip


def add_tool(book: Book, title: str, capability: str, actor: Actor, *, id: str = "", **fields: Any) -> Tool:
    """Enter a tool into the inventory."""
    require(actor, "add_tool", Ref("tool", title.strip() or "new"))
    _check(title=title, capability=capability, **fields)
    key = id or slug_id(title, lambda taken: book.exists(Tool, taken))
    tool = book.add(
        Tool(id=key, title=title.strip(), capability=capability.strip(), added_at=book.now, **_known(fields))
    )
    book.log("tool.added", Ref("tool", key), actor, title=tool.title, capability=tool.capability)
    return tool


def change_tool(book: Book, tool_id: str, actor: Actor, **changes: Any) -> Tool:
    """Change what is entered about a tool; what stays the same is not logged."""
    require(actor, "change_tool", Ref("tool", tool_id))
    tool = _in_use(book, tool_id)
    _check(**changes)
    new = {name: value for name, value in _known(changes).items() if getattr(tool, name) != value}
    if new:
        before = {name: getattr(tool, name) for name in new}
        book.update(Tool, tool_id, **new)
        book.log("tool.changed", Ref("tool", tool_id), actor, before=before, after=new)
    return tool


def retire_tool(book: Book, tool_id: str, actor: Actor) -> Tool:
    """Take a tool out of use; its history stays."""
    require(actor, "retire_tool", Ref("tool", tool_id))
    tool = _in_use(book, tool_id)
    book.update(Tool, tool_id, retired_at=book.now)
    book.log("tool.retired", Ref("tool", tool_id), actor, title=tool.title)
    return tool


def bring_back_tool(book: Book, tool_id: str, actor: Actor) -> Tool:
    """Undo a retirement."""
    require(actor, "retire_tool", Ref("tool", tool_id))
    tool = book.get(Tool, tool_id)
    if tool.retired_at is None:
        raise Conflict(f"{tool.title} is in use.", "There is nothing to bring back.")
    book.update(Tool, tool_id, retired_at=None)
    book.log("tool.brought_back", Ref("tool", tool_id), actor, title=tool.title)
    return tool


def log_import(book: Book, outcome: Outcome, actor: Actor) -> None:
    """Write down that an import came in."""
    counts = counted(outcome.info, outcome.landed)
    book.log(
        "import.finished", Ref("import", outcome.info.id), actor, file=outcome.file, kind=outcome.kind, counts=counts
    )


def log_undo(book: Book, info: BatchInfo, actor: Actor) -> None:
    """Write down that an import was taken back; a source's next sync reads it again from its beginning."""
    if info.kind == "sync":
        forget(book, info.source)
    book.log("import.undone", Ref("import", info.id), actor, file=info.file, kind=info.kind)


def _in_use(book: Book, tool_id: str) -> Tool:
    tool = book.get(Tool, tool_id)
    if tool.retired_at is not None:
        raise Conflict(f"{tool.title} was retired.", "Bring it back first.")
    return tool


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise BadInput(f"A tool has no {', '.join(sorted(unknown))}.", f"It has: {', '.join(FIELDS)}.")
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _check(**given: Any) -> None:
    for name in ("title", "capability"):
        if name in given and not str(given[name] or "").strip():
            raise BadInput(f"A tool needs a {name}.", "Name it.")
    for name in ("cost", "seats", "notice_days"):
        if given.get(name) is not None and given[name] < 0:
            raise BadInput(f"The {name.replace('_', ' ')} of a tool cannot be negative.")
    renewal = given.get("renewal_at")
    if isinstance(renewal, datetime) and renewal.tzinfo is not None:
        raise BadInput("A renewal is a plain UTC date.")
