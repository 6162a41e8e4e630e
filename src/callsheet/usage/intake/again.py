"""Trying refused events again, after a rule, a limit or a source was changed."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callsheet.base.errors import NotFound
from callsheet.base.time import utc_now
from callsheet.model.intake import Taken
from callsheet.store.refused import mark_retried
from callsheet.store.workspace import Workspace
from callsheet.usage.intake.known import Known
from callsheet.usage.wire.decoding import decoded
from callsheet.usage.wire.gathering import From, Gathering
from callsheet.usage.wire.protocols import again
from callsheet.usage.wire.turned import Turned

MOST = 5_000
"""Events tried in one go, the oldest first."""
WAIT = 120.0


@dataclass(slots=True)
class Tried:
    """What a second try gave: events taken (a rule may set some of them aside), and still refused. `left` were not
    tried yet."""

    tried: int = 0
    taken: int = 0
    refused: int = 0
    left: int = 0


def try_again(
    workspace: Workspace, known: Known, ids: list[str] | None = None, source: str = "", code: str = ""
) -> Tried:
    """Take refused events as if they came now, with the moment at which they did come; `ids` None means all.

    What is taken is marked in the end. A try that was cut off can be repeated: an event without an id of its own is
    known by that of its refusal.
    """
    known.refresh()
    rows, left = _waiting(workspace, ids, source, code)
    if ids and not rows:
        raise NotFound("None of these events waits for a second try.", "GET /api/usage/refused shows those that do.")
    done = Tried(left=left)
    put: list[tuple[str, Future[Taken]]] = []
    taken = []
    for row in rows:
        done.tried += 1
        live = known.by_id(row["source"])
        gathering = _once_more(row, live.origin) if live is not None and live.state == "active" else None
        if gathering is None or gathering.refusals:
            done.refused += 1
            continue
        put.append((row["refused_id"], workspace.stream.put(gathering.parcel)))
    for refused_id, future in put:
        future.result(WAIT)
        taken.append(refused_id)
    if taken:
        mark_retried(workspace.facts, taken, utc_now())
    done.taken = len(taken)
    return done


def _waiting(workspace: Workspace, ids: list[str] | None, source: str, code: str) -> tuple[list[dict[str, Any]], int]:
    table = workspace.facts.tables()["refused"]
    table = table.filter(table.retried_at.isnull())
    if ids is not None:
        table = table.filter(table.refused_id.isin(ids)) if ids else table.filter(False)
    if source:
        table = table.filter(table.source == source)
    if code:
        table = table.filter(table.code == code)
    total = int(workspace.facts.run(table.count().name("n").as_table()).column("n")[0].as_py())
    rows = workspace.facts.run(table.order_by("received_at", "refused_id"), MOST).to_pylist()
    return rows, max(0, total - len(rows))


def _once_more(row: dict[str, Any], origin: From) -> Gathering | None:
    """Return the event gathered anew; None when what was kept of it is no event."""
    received: datetime = row["received_at"]
    gathering = Gathering(origin, received)
    try:
        event = decoded(row["raw"].encode())
    except Turned:
        return None
    again(event, gathering, row["refused_id"])
    return gathering if gathering.seen else None
