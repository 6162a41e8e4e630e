"""Asking questions about usage over HTTP: answers, who is behind them, their charts and tables."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from callsheet.base.errors import Stopped
from callsheet.charts.framed import Words
from callsheet.http.context import Ctx
from callsheet.http.pages import Page, Paged
from callsheet.http.routes.readings import Theme, as_csv, drawn, neutral
from callsheet.metrics import Column
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace
from callsheet.usage.api.units import Behind, behind
from callsheet.usage.metrics.annotations import chart_with_notes
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.common import Asked, Table
from callsheet.usage.questions.kinds import AnyAnswer, AnyQuestion
from callsheet.usage.questions.limits import ASKS, Ask, Asks
from callsheet.usage.questions.turns import Group

router = APIRouter(prefix="/api/usage/answers", tags=["usage"])
T = TypeVar("T")
_NUMBERED = re.compile(r"(line|column)\d+")
"""Keys of columns that are numbered, one for each line of an answer or column of a grid."""
PULSE = 0.1
"""Seconds between looks at whether the asker is still there."""
AskId = Annotated[str, Query(max_length=80, description="An id of your own, so that the question can be taken back")]
Width = Annotated[int, Query(ge=200, le=2400)]
TALLEST = 1600
Height = Annotated[int, Query(ge=120, le=TALLEST)]
Text = Annotated[str, Query(max_length=1000)]


class Answered(BaseModel):
    """An answer with its table. `milliseconds` is how long it took, 0 for one that was kept."""

    ask_id: str
    kind: str
    answer: AnyAnswer
    table: Table
    has_chart: bool
    milliseconds: int


class PeopleIn(BaseModel):
    """A question, and the cell of its answer that is meant."""

    question: AnyQuestion
    cell: dict[str, Any] = Field(default_factory=dict)


@router.post("", response_model=Answered)
async def ask(ctx: Ctx, request: Request, question: AnyQuestion, ask_id: AskId = "") -> Response:
    """Answer a question about usage."""

    def work(asked: Ask, asking: Asking) -> Response:
        return Response(answered(asking, question, asked.id).model_dump_json(), media_type="application/json")

    return await in_turn(ctx.ws, request, ctx.actor.id, work, ask_id)


@router.post("/people")
async def people(ctx: Ctx, request: Request, given: PeopleIn, paged: Paged, ask_id: AskId = "") -> Page[Behind]:
    """Return the persons or accounts behind one cell of an answer."""

    def work(_: Ask, asking: Asking) -> Page[Behind]:
        found = asking.people(given.question, given.cell)
        return behind(asking.reader, found.unit, found.ids, paged, found.times)

    return await in_turn(ctx.ws, request, ctx.actor.id, work, ask_id)


@router.post("/chart")
async def chart(
    ctx: Ctx, request: Request, question: AnyQuestion, format: Literal["json", "svg", "png"] = "json",
    theme: Theme = "light", width: Width = 720, height: Height | None = None,
    scope: Annotated[str, Query(max_length=200)] = "", title: Text = "", line: Text = "", foot: Text = "",
) -> Any:  # fmt: skip
    """Return the chart of an answer, with the notes of its days. `scope` is the ref of the saved report it is of.

    Without a height the chart is as high as its rows ask for. `title` and `line` stand above a PNG, `foot` below it.
    """
    words = Words(title, line, foot)

    def work(_: Ask, asking: Asking) -> Any:
        option = chart_with_notes(asking, question, scope)
        tall = height or min(TALLEST, option["callsheet"]["height"])
        return drawn(option, format, theme, width, tall, words)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.post("/csv", response_class=Response)
async def csv(ctx: Ctx, request: Request, question: AnyQuestion) -> Response:
    """Return the table of an answer as a CSV file."""

    def work(_: Ask, asking: Asking) -> Response:
        names, rows = plainly(kinds.table(question, asking.answer(question)))
        return as_csv(kinds.kind_of(question), tuple(Column(name, name) for name in names), rows)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.delete("/{ask_id}", status_code=204)
def cancel(ctx: Ctx, ask_id: str) -> None:
    """Take back a question of one's own that has not been answered yet."""
    ASKS.stop(ask_id, ctx.actor.id)


def answered(asking: Asking, question: Asked, ask_id: str = "") -> Answered:
    """Return an answer as the API gives it."""
    began = time.monotonic()
    found = asking.answer(question)
    drawn_empty = kinds.chart(question, found).get("callsheet", {}).get("empty", False)
    return Answered.model_construct(
        ask_id=ask_id, kind=kinds.kind_of(question), answer=found, table=kinds.table(question, found),
        has_chart=not drawn_empty, milliseconds=round(1000 * (time.monotonic() - began)),
    )  # fmt: skip


def plainly(table: Table) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the headings and rows of a table for a file: lines and columns go by their names, which may be any text
    that was sent. Rows of intervals that are not over say so, and those with cells that are not, which."""
    names = {one.key: str(neutral(one.label)) if _NUMBERED.fullmatch(one.key) else one.key for one in table.columns}
    rows = [
        row | {"open": ", ".join(names[key] for key in row["open"])} if "open" in row else row for row in table.rows
    ]
    names |= {key: key for key in ("partial", "open") if any(key in row for row in rows)}
    taken = Counter(names.values())
    names = {key: name if taken[name] == 1 else f"{name} ({key})" for key, name in names.items()}
    return list(names.values()), [{name: row.get(key) for key, name in names.items()} for row in rows]


async def in_turn(
    workspace: Workspace, request: Request, actor: str, work: Callable[[Ask, Asking], T], ask_id: str = "",
    asks: Asks = ASKS, groups: tuple[Group, ...] = (),
) -> T:  # fmt: skip
    """Do the work of a question in its turn, within the limits; it is taken back when the asker goes away.

    Waiting for the turn counts: nobody waits longer than a question may take.
    """

    def inside(one: Ask) -> T:
        with reading(workspace) as reader:
            return work(one, Asking(reader, one.check))

    running = asks.run(inside, actor, workspace.config.usage, ask_id, groups)
    future = asyncio.ensure_future(asyncio.wrap_future(running.future))
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        while not (await asyncio.wait({future}, timeout=PULSE))[0]:
            if await request.is_disconnected():
                raise Stopped("Whoever asked has gone.")
            running.ask.check()
        return future.result()
    finally:
        running.give_up()
