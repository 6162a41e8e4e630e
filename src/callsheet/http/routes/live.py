"""Search, jobs, and the stream of what changes."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from callsheet.base.errors import NotFound
from callsheet.http.context import Ctx, Hit, Services, still_in
from callsheet.store.jobs import JobStatus

router = APIRouter(prefix="/api", tags=["live"])
PULSE = 1.0


class Hits(BaseModel):
    """What the search found."""

    items: list[Hit]


@router.get("/search", response_model=Hits)
def search(ctx: Ctx, q: Annotated[str, Query(max_length=200)] = "") -> Hits:
    """Find objects by their words; the palette's source."""
    words = q.strip()
    if len(words) < 2:
        return Hits(items=[])
    found = [hit for look in ctx.services.searches for hit in look(ctx.reader, words)]
    found.sort(key=lambda hit: (not hit.title.lower().startswith(words.lower()), len(hit.title)))
    return Hits(items=found[:30])


@router.get("/jobs")
def jobs(ctx: Ctx) -> list[dict[str, Any]]:
    """Return the latest jobs."""
    return [asdict(status) for status in ctx.services.jobs.list()] if ctx.services.jobs else []


@router.get("/jobs/{job_id}")
def job(ctx: Ctx, job_id: str) -> dict[str, Any]:
    """Return how a job is going."""
    if ctx.services.jobs is None:
        raise NotFound(f"There is no job {job_id}.", "Jobs run while a server serves the workspace.")
    return asdict(ctx.services.jobs.status(job_id))


@router.get("/stream")
async def stream(ctx: Ctx, request: Request) -> StreamingResponse:
    """Send events as they happen: `changed` (facts or decisions), `job` (progress)."""
    seen: dict[str, Any] = {"version": _told_before(request)}
    first = await asyncio.to_thread(_news, ctx.services, seen)  # what changes after this answer began is told
    lines = _events(ctx.services, request, seen, first)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _told_before(request: Request) -> tuple[int, int] | None:
    """Return what a browser that comes back was told last: what changed meanwhile is told then."""
    told = re.fullmatch(r"(\d{1,18})\.(\d{1,18})", request.headers.get("Last-Event-ID", ""))
    return (int(told[1]), int(told[2])) if told else None


async def _events(
    services: Services, request: Request, seen: dict[str, Any], news: list[dict[str, Any]]
) -> AsyncIterator[str]:
    yield "retry: 3000\n" + _line(seen)
    while True:
        for event in news:
            yield f"data: {json.dumps(event, default=str)}\n" + _line(seen)
        await asyncio.sleep(PULSE)
        if await request.is_disconnected() or not await asyncio.to_thread(still_in, services, request):
            return
        news = await asyncio.to_thread(_news, services, seen)


def _line(seen: dict[str, Any]) -> str:
    facts, decisions = seen["version"]
    return f"id: {facts}.{decisions}\n\n"


def _news(services: Services, seen: dict[str, Any]) -> list[dict[str, Any]]:
    events = []
    version = (services.workspace.facts.version, services.workspace.books.version)
    if seen.get("version") not in (None, version):
        events.append({"type": "changed", "facts": version[0], "decisions": version[1]})
    seen["version"] = version
    for status in _jobs_now(services):
        told = asdict(status)
        if seen.get(status.id) != told:
            seen[status.id] = told
            events.append({"type": "job", **told})
    return events


def _jobs_now(services: Services) -> list[JobStatus]:
    """Return the latest jobs, asked for once a pulse whatever the number of streams: it takes a query for each job."""
    if services.jobs is None:
        return []
    moment, kept = time.monotonic(), services.workspace.cache.get("jobs")
    if kept is None or moment - kept[0] >= PULSE:
        kept = services.workspace.cache["jobs"] = (moment, services.jobs.list())
    return kept[1]  # type: ignore[no-any-return]
