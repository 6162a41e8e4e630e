"""Sync a source: fetch, keep the raw pages, parse, merge in one batch, remember how far it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callsheet.base.config import Source
from callsheet.base.errors import CallsheetError, SourceFailed
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.link import Ref
from callsheet.stack import landing
from callsheet.stack.connector import Connector, Setting, connector_for, tool_of
from callsheet.stack.imports import landing_of
from callsheet.stack.landing import Landed, counted, land
from callsheet.store.warehouse import Batch, BatchInfo
from callsheet.store.workspace import Workspace

Progress = Callable[..., None]


def run_source(
    workspace: Workspace, name: str, progress: Progress | None = None, actor: Actor = SYSTEM, *, full: bool = False
) -> dict[str, Any]:
    """Sync the source called `name`; `full` reads everything again. Answers its counts.

    A failure lands nothing but the fact of it, is logged, and is raised as SourceFailed or what it was.
    """
    source = workspace.config.source(name)
    kind = connector_for(source)
    with workspace.books.read() as book:
        cursor = "" if full else landing.cursor(book, name)
    setting = Setting(
        source,
        workspace.config.folder or workspace.folder,
        workspace.config.zone,
        workspace.now(),
        landing_of(workspace),
    )
    landed = Landed()
    try:
        info, cursor = _land(workspace, kind(setting), source, cursor, landed, actor, progress)
    except Exception as why:
        error = why if isinstance(why, CallsheetError) else SourceFailed(f"{name} failed: {type(why).__name__}: {why}")
        _failed(workspace, source, error, actor)
        raise error from (None if error is why else why)
    counts = counted(info, landed)
    with workspace.books.change(workspace.now()) as book:
        landing.remember(book, name, cursor)
        told = counts | {"import": info.id, "kind": source.kind, "warned": landed.warned}
        book.log("source.synced", Ref("source", name), actor, **told)
        if landed.rows:
            book.log("import.finished", Ref("import", info.id), actor, file=source.path or name, counts=counts)
    return {"name": name, "import": info.id, "counts": counts, "warnings": landed.warnings, "errors": landed.errors,
            "notes": landed.details.get("notes", [])}  # fmt: skip


def _land(
    workspace: Workspace, reader: Connector, source: Source, cursor: str, landed: Landed, actor: Actor,
    progress: Progress | None,
) -> tuple[BatchInfo, str]:  # fmt: skip
    with workspace.facts.batch(source.name, "sync", file=source.path, actor=actor.id) as batch:
        for fetched in reader.fetch(cursor):
            land(
                batch,
                fetched.pages,
                reader.parse,
                landed,
                progress and (lambda rows: progress(rows, None, source.name)),
            )
            cursor = fetched.cursor
        landed.take(batch, reader.finish())
        _freshness(batch, source, workspace, landed)
        batch.info.details |= landed.details | {
            "connector": source.kind, "rows": landed.rows, "warned": landed.warned, "warnings": landed.warnings,
        }  # fmt: skip
        return batch.info, cursor


def _freshness(batch: Batch, source: Source, workspace: Workspace, landed: Landed) -> None:
    now, words = workspace.now(), "; ".join(landed.details.get("notes", []))
    batch.merge("tool_facts", [
        {"tool": tool_of(source), "occurred_at": now, "fact": "synced", "amount": 1.0, "words": words},
        {"tool": tool_of(source), "occurred_at": now, "fact": "rows", "amount": float(landed.rows), "words": ""},
    ])  # fmt: skip


def _failed(workspace: Workspace, source: Source, why: CallsheetError, actor: Actor) -> None:
    words = f"{why} {why.mend}"
    with workspace.facts.batch(source.name, "sync-failure", actor=actor.id) as batch:
        row = {"tool": tool_of(source), "occurred_at": workspace.now(), "fact": "failed", "amount": 1.0, "words": words}
        batch.merge("tool_facts", [row])
    with workspace.books.change(workspace.now()) as book:
        book.log("source.failed", Ref("source", source.name), actor, error=str(why), mend=why.mend)
