"""Routes of the stack: tools, sources and their syncs, imports and their undo."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from starlette.datastructures import UploadFile

from callsheet.base.errors import BadInput, NotAllowed, NotFound
from callsheet.http.context import WORKSPACE_ACTOR, Context, Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.metrics.facts import Facts
from callsheet.metrics.reader import Reader
from callsheet.model.link import Ref
from callsheet.stack import actions, imports, inventory, sync
from callsheet.stack.files.recognise import kinds
from callsheet.stack.landing import counted, totals
from callsheet.stack.records import Tool
from callsheet.stack.shapes import (
    CountsOut,
    ImportOut,
    ImportRow,
    MappedColumn,
    RetryIn,
    RowError,
    SourceOut,
    SyncOut,
    ToolChange,
    ToolIn,
    ToolOut,
)
from callsheet.store.permissions import require
from callsheet.store.schema import TABLES
from callsheet.store.warehouse import BatchInfo

router = APIRouter(prefix="/api", tags=["stack"])
_FORM = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_PATH = {
    "type": "object", "required": ["path"],
    "properties": {
        "path": {"type": "string"}, "as": {"type": "string", "nullable": True}, "mapping": {}, "dry_run": {"type": "boolean"},
    },
}  # fmt: skip
_BODY = {"requestBody": {"required": True, "content": {
    "multipart/form-data": {"schema": _FORM}, "application/json": {"schema": _PATH},
}}}  # fmt: skip


@router.post("/imports", response_model=ImportOut, openapi_extra=_BODY)
async def import_file(
    ctx: Ctx, request: Request, dry_run: bool = False, kind: str = Query("", alias="as"), mapping: str = ""
) -> Any:
    """Import an uploaded file (form field `file`), or, for commands of this machine, the file at `path` (JSON).

    `dry_run` makes the full pass and lands nothing. `as` names a known export or a fact table, `mapping` is JSON or
    TOML: `{field: recipe}`, one map, or a list of maps.
    """
    require(ctx.actor, "import", Ref("import", "new"))
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        _check_size(ctx, request)
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise BadInput("The form has no file.", "Send the file as the form field file.")
            return await run_in_threadpool(_uploaded, ctx, file, kind, mapping, dry_run)
    return await run_in_threadpool(_local, ctx, await request.body(), kind, mapping, dry_run)


def _check_size(ctx: Context, request: Request) -> None:
    limit = ctx.ws.config.store.upload_limit_mb
    given = request.headers.get("content-length", "")
    if not given.isdigit() or int(given) > limit * 1_000_000:
        raise BadInput(
            f"The upload is larger than {limit:,} MB, or does not say how large it is.",
            "Import it on this machine with callsheet import, or raise [store] upload_limit_mb.",
        )


@contextmanager
def _kept(ctx: Context, file: UploadFile) -> Iterator[Path]:
    """Write an upload to a file of its own for as long as it is needed."""
    folder = ctx.ws.state / "uploads"
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as kept:
        shutil.copyfileobj(file.file, kept, 1 << 20)
        kept.flush()
        yield Path(kept.name)


def _uploaded(ctx: Context, file: UploadFile, kind: str, mapping: str, dry_run: bool) -> ImportOut:
    name = Path(file.filename or "upload").name
    with _kept(ctx, file) as path:
        return _import(ctx, path, name, kind, mapping, dry_run)


def _local(ctx: Context, body: bytes, kind: str, mapping: str, dry_run: bool) -> ImportOut:
    try:
        given = json.loads(body or b"{}")
    except ValueError as why:
        raise BadInput(f"The request is not JSON: {why}.", "Send a form with a file, or JSON with a path.") from why
    if not isinstance(given, dict) or not isinstance(given.get("path"), str):
        raise BadInput("The request names no file.", "Send a form with a file, or JSON with a path.")
    if ctx.actor != WORKSPACE_ACTOR:  # the whole of it: a member may be called Workspace
        raise NotAllowed("Only commands on this machine may import by path.", "Upload the file instead.")
    path = Path(given["path"])
    again = given.get("mapping")
    return _import(
        ctx,
        path,
        path.name,
        str(given.get("as") or kind),
        again if again else mapping,
        bool(given.get("dry_run", dry_run)),
    )


def _import(ctx: Context, path: Path, name: str, kind: str, mapping: Any, dry_run: bool) -> ImportOut:
    given = _mapping(mapping)
    done = imports.run(ctx.ws, path, ctx.actor, name=name, kind=kind, mapping=given, dry_run=dry_run)
    if not dry_run:
        with ctx.change() as book:
            actions.log_import(book, done, ctx.actor)
    return _outcome(done)


def _mapping(given: Any) -> Any:
    """Return a mapping written as JSON or TOML; None for none."""
    if not isinstance(given, str):
        return given or None
    if not given.strip():
        return None
    try:
        found = (
            json.loads(given)
            if given.lstrip()[:1] in "{[" and "=" not in given.splitlines()[0]
            else tomllib.loads(given)
        )
    except (ValueError, tomllib.TOMLDecodeError) as why:
        raise BadInput(f"The mapping is neither JSON nor TOML: {why}.", 'Write for example title = "Summary".') from why
    return found["map"] if isinstance(found, dict) and "map" in found else found


def _outcome(done: imports.Outcome) -> ImportOut:
    table = str(done.maps[0].get("table", "")) if done.maps else ""
    return ImportOut(
        id=None if done.dry_run else done.info.id, file=done.file, kind=done.kind, recognised=done.recognised or None,
        kinds=kinds(), fields=list(TABLES[table].columns) if table in TABLES else [], mapping=_pairs(done), maps=done.maps,
        counts=CountsOut(**counted(done.info, done.landed)), preview=done.landed.preview,
        errors=[RowError(**row) for row in done.landed.errors], warnings=[RowError(**row) for row in done.landed.warnings],
        warned=done.landed.warned, notes=done.notes, dry_run=done.dry_run,
    )  # fmt: skip


def _pairs(done: imports.Outcome) -> list[MappedColumn]:
    """Return each column of the file with the field of the first map that it becomes."""
    fields: dict[str, str] = {}
    for field, entry in (done.maps[0] if done.maps else {}).items():
        given = entry.get("column", entry.get("template")) if isinstance(entry, dict) else entry
        if not isinstance(given, str) or field == "table":
            continue
        for name in [given, *(name for name in done.columns if "{" + name + "}" in given)]:
            fields.setdefault(name, field)
    return [MappedColumn(column=name, field=fields.get(name)) for name in done.columns]


@router.get("/imports", response_model=Page[ImportRow])
def list_imports(ctx: Ctx, paged: Paged) -> Any:
    """Return imports and syncs that brought something, newest first."""
    rows = [_row(info) for info in ctx.ws.facts.batches() if _telling(info)]
    return paged.of(rows, lambda row: f"{row.file} {row.kind} {row.source} {row.id} {row.state}")


def _telling(info: BatchInfo) -> bool:
    return info.kind != "sync-failure" and not (info.kind == "sync" and not info.details.get("rows"))


def _row(info: BatchInfo, full: bool = False) -> ImportRow:
    details = info.details
    found = totals(info)
    counts = CountsOut(rows=int(details.get("rows", info.total("rows"))), quarantined=info.quarantined, **found)
    row = ImportRow(
        id=info.id, file=info.file or info.source, kind=info.kind, source=info.source, actor=info.actor, state=info.state,
        imported_at=info.landed_at, counts=counts, warned=int(details.get("warned", 0)), retry_of=details.get("retry_of"),
    )  # fmt: skip
    if full:
        row.tables = {
            table: CountsOut(**{what: getattr(each, what) for what in ("rows", *found)})
            for table, each in info.counts.items()
        }
        row.warnings = [RowError(**warning) for warning in details.get("warnings", [])]
        row.notes, row.maps = details.get("notes", []), details.get("maps", [])
    return row


@router.get("/imports/{import_id}", response_model=ImportRow)
def one_import(ctx: Ctx, import_id: str) -> Any:
    """Return one import with its counts by table and its warnings."""
    return _row(ctx.ws.facts.batches(import_id)[0], full=True)


@router.delete("/imports/{import_id}", response_model=ImportRow)
def undo_import(ctx: Ctx, import_id: str) -> Any:
    """Take an import back; what it replaced is restored."""
    require(ctx.actor, "undo_import", Ref("import", import_id))
    ctx.ws.facts.undo(import_id)
    info = ctx.ws.facts.batches(import_id)[0]
    with ctx.change() as book:
        actions.log_undo(book, info, ctx.actor)
    return _row(info)


@router.get("/imports/{import_id}/quarantine", response_model=Page[RowError])
def quarantine(ctx: Ctx, import_id: str, paged: Paged) -> Any:
    """Return the rows that an import set aside and no retry has brought in since."""
    ctx.ws.facts.batches(import_id)
    with ctx.read() as book:
        rows = imports.pending(ctx.ws, book, import_id)
    return paged.of([RowError(**row) for row in rows], lambda row: f"{row.line} {row.error} {row.raw}")


@router.post("/imports/{import_id}/retry", response_model=ImportOut)
def retry_import(ctx: Ctx, import_id: str, asked: RetryIn) -> Any:
    """Try rows that were set aside again, with a corrected mapping or corrected texts; what comes in can be undone."""
    require(ctx.actor, "import", Ref("import", import_id))
    with ctx.ws.facts.landing(), ctx.change() as book:
        corrected = {row.line: row.raw for row in asked.rows} or None
        given = _mapping(asked.mapping)
        done = imports.retry(
            ctx.ws, book, import_id, ctx.actor, mapping=given, corrected=corrected, dry_run=asked.dry_run
        )
        if not asked.dry_run:
            actions.log_import(book, done, ctx.actor)
    return _outcome(done)


@router.get("/sources", response_model=Page[SourceOut])
def list_sources(ctx: Ctx, paged: Paged) -> Any:
    """Return the sources of callsheet.toml with their freshness."""
    rows = [SourceOut(**row) for row in inventory.sources(_facts(ctx.reader))]
    return paged.of(rows, lambda row: f"{row.name} {row.kind} {row.path} {row.state}")


@router.get("/sources/{name}", response_model=SourceOut)
def one_source(ctx: Ctx, name: str) -> Any:
    """Return a source with its newest syncs."""
    rows = {row["name"]: row for row in inventory.sources(_facts(ctx.reader))}
    if name not in rows:
        raise NotFound(f"There is no source {name!r} in callsheet.toml.", f"Sources: {', '.join(rows) or 'none yet'}.")
    found = SourceOut(**rows[name])
    found.imports = [_row(info) for info in ctx.ws.facts.batches() if info.source == name and _telling(info)][:20]
    return found


@router.post("/sources/{name}/syncs", response_model=SyncOut)
def sync_source(ctx: Ctx, name: str, wait: bool = False, full: bool = False) -> Any:
    """Bring in what is new from a source: as a job where jobs run (`wait` does it at once), else in the request."""
    require(ctx.actor, "sync", Ref("source", name))
    ctx.ws.config.source(name)
    if ctx.services.jobs is not None and not wait and not full:
        return SyncOut(name=name, job_id=_start(ctx, name))
    done = sync.run_source(ctx.ws, name, actor=ctx.actor, full=full)
    ctx.services.wake()
    return SyncOut(
        name=name, import_id=done["import"], counts=CountsOut(**done["counts"]), notes=done["notes"],
        errors=[RowError(**row) for row in done["errors"]], warnings=[RowError(**row) for row in done["warnings"]],
    )  # fmt: skip


def _start(ctx: Context, name: str) -> str:
    """Queue a sync in the actor's name; a second click joins the one that has not landed anything yet."""
    landed = next((info.id for info in ctx.ws.facts.batches() if info.source == name), "first")
    jobs, told = ctx.services.jobs, {"source": name, "actor": asdict(ctx.actor)}
    joined = str(jobs.start("sync", key=f"{name}:{landed}", **told))
    under_way = jobs.status(joined).state in ("queued", "running")
    return joined if under_way else str(jobs.start("sync", **told))


@router.get("/stack/tools", response_model=Page[ToolOut])
def list_tools(ctx: Ctx, paged: Paged) -> Any:
    """Return the tools in use, the dearest first."""
    rows = [ToolOut(**row) for row in inventory.tools(_facts(ctx.reader))]
    return paged.of(rows, lambda row: f"{row.title} {row.capability} {row.owner or ''} {row.data_held}")


@router.get("/stack/tools/{tool_id}", response_model=ToolOut)
def one_tool(ctx: Ctx, tool_id: str) -> Any:
    """Return a tool in use."""
    for row in inventory.tools(_facts(ctx.reader)):
        if row["id"] == tool_id:
            return ToolOut(**row)
    raise NotFound(f"There is no tool {tool_id} in use.")


@router.post("/stack/tools", response_model=ToolOut, status_code=201)
def add_tool(ctx: Ctx, tool: ToolIn) -> Any:
    """Enter a tool."""
    with ctx.change() as book:
        added = actions.add_tool(book, actor=ctx.actor, **_plain(tool.model_dump()))
    return one_tool(ctx, added.id)


@router.patch("/stack/tools/{tool_id}", response_model=ToolOut)
def change_tool(ctx: Ctx, tool_id: str, change: ToolChange) -> Any:
    """Change what is entered about a tool."""
    with ctx.change() as book:
        actions.change_tool(book, tool_id, ctx.actor, **_plain(change.model_dump(exclude_unset=True)))
    return one_tool(ctx, tool_id)


@router.post("/stack/tools/{tool_id}/retirement", status_code=204)
def retire_tool(ctx: Ctx, tool_id: str) -> Response:
    """Take a tool out of use."""
    with ctx.change() as book:
        actions.retire_tool(book, tool_id, ctx.actor)
    return Response(status_code=204)


@router.delete("/stack/tools/{tool_id}/retirement", response_model=ToolOut)
def bring_back_tool(ctx: Ctx, tool_id: str) -> Any:
    """Bring a retired tool back."""
    with ctx.change() as book:
        actions.bring_back_tool(book, tool_id, ctx.actor)
    return one_tool(ctx, tool_id)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    moment = given.get("renewal_at")
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        given["renewal_at"] = moment.astimezone(UTC).replace(tzinfo=None)
    return given


def _facts(reader: Reader) -> Facts:
    return Facts(reader.workspace, reader, {})


def search(reader: Reader, words: str) -> list[Hit]:
    """Return tools whose title or capability holds all the words."""
    wanted = words.lower().split()
    tools = reader.book.all(select(Tool).where(Tool.retired_at.is_(None)))
    found = [tool for tool in tools if all(word in f"{tool.title} {tool.capability}".lower() for word in wanted)]
    return [Hit(f"tool:{tool.id}", tool.title, "tool", f"/stack?tool={tool.id}", tool.capability) for tool in found[:8]]


def badge(reader: Reader) -> str | None:
    """Return `1 stale` while a source is stale or failed."""
    rows = reader.report("stack.freshness").rows
    stale = sum(row["state"] in ("stale", "failed") for row in rows)
    return f"{stale} stale" if stale else None
