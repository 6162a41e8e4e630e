"""What a shared link shows to anybody who has it: one report or one board, to read only.

Nobody behind a number is shown, and nothing else of the workspace: a report whose lines are persons, or customers that
nobody named to be shown, is left out (see `strangers`), mail addresses among values are hidden, and charts are without
the notes of the team and the names of releases and experiments.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from callsheet.base.errors import CallsheetError, Conflict, NotFound, TooManyTries
from callsheet.http.context import services_of
from callsheet.http.routes.readings import Theme, drawn
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.usage.actions.reports import shared
from callsheet.usage.api.answers import Answered, Height, Width, answered, in_turn
from callsheet.usage.api.strangers import check, discreet, for_strangers, masked
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.common import Asked
from callsheet.usage.questions.limits import STRANGERS, Ask
from callsheet.usage.questions.turns import Group
from callsheet.usage.records import Board, SavedReport, Share

public = APIRouter(prefix="/shared", tags=["usage"])
A_MINUTE = 120
"""Requests that one address may make for shared pages in a minute. Behind a proxy that is not trusted to forward
addresses, everybody has its address (docs/settings.md says more)."""
MOST_OF_A_LINK, MOST_OF_AN_ADDRESS = 16, 32
"""Requests of one link, and of one address, that may wait for an answer or be under way at once."""
_MOST_ADDRESSES = 10_000
_LOG = logging.getLogger(__name__)
_UNSEEN = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class SharedTile(BaseModel):
    """A report with its answer, or a text. `error` says why there is no answer."""

    kind: Literal["report", "text"]
    size: str
    name: str = ""
    line: str = ""
    text: str = ""
    answered: Answered | None = None
    error: str = ""


class SharedPage(BaseModel):
    """What a link leads to. A shared report is one tile."""

    kind: Literal["report", "board"]
    name: str
    line: str
    workspace: str
    expires_at: datetime
    tiles: list[SharedTile]


class Rate:
    """Counts requests of each address by the minute; knows the latest addresses only."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def check(self, address: str) -> None:
        """Count a request; TooManyTries when there were too many in this minute."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            begun, count = self._seen.pop(address, (minute, 0))
            count = count + 1 if begun == minute else 1
            self._seen[address] = (minute, count)
            if len(self._seen) > _MOST_ADDRESSES:
                self._seen.popitem(last=False)
        if count > self._most:
            raise TooManyTries("This page was asked for too often in the last minute.")


RATE = Rate(A_MINUTE)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _groups(request: Request, token: str) -> tuple[Group, ...]:
    """Links take turns, and so do the addresses of one link."""
    return Group(f"link {token}", MOST_OF_A_LINK), Group(f"address {_address(request)}", MOST_OF_AN_ADDRESS)


def _admitted(request: Request, token: str) -> None:
    """Look a link up before anything waits: whoever has none takes no place among those who wait for an answer."""
    RATE.check(_address(request))
    workspace = services_of(request).workspace
    with workspace.books.read(workspace.now()) as book:
        _found(book, token)


@public.get("/{token}", response_model=SharedPage, dependencies=[Depends(_admitted)])
async def shared_page(request: Request, token: str) -> Response:
    """Return what a shared link leads to."""

    def work(_: Ask, asking: Asking) -> str:
        share, row = _found(asking.reader.book, token)
        return _as_shown(_page(asking, share, row), share.fields)

    workspace = services_of(request).workspace
    text = await in_turn(workspace, request, "shared", work, asks=STRANGERS, groups=_groups(request, token))
    return Response(text, media_type="application/json", headers=_UNSEEN)


@public.get("/{token}/chart", dependencies=[Depends(_admitted)])
async def shared_chart(
    request: Request, token: str, tile: Annotated[int, Query(ge=0, le=1000)] = 0,
    format: Literal["json", "svg", "png"] = "json", theme: Theme = "light", width: Width = 720, height: Height = 300,
) -> Any:  # fmt: skip
    """Return the chart of one tile of what a shared link leads to."""

    def work(_: Ask, asking: Asking) -> Any:
        share, row = _found(asking.reader.book, token)
        report = dict(enumerate(one for one, _ in _tiles(asking, row))).get(tile)
        if not isinstance(report, SavedReport) or report.archived_at is not None:
            raise NotFound("There is no such chart on this page.")
        question = _told(asking, report, share.fields)
        return drawn(masked(kinds.chart(question, asking.answer(question))), format, theme, width, height)

    workspace = services_of(request).workspace
    found = await in_turn(workspace, request, "shared", work, asks=STRANGERS, groups=_groups(request, token))
    answer = found if isinstance(found, Response) else JSONResponse(found)
    answer.headers.update(_UNSEEN)
    return answer


def _told(asking: Asking, report: SavedReport, fields: list[str]) -> Asked:
    """Return the question of a report; Conflict when its answer would show what strangers may not see."""
    question = kinds.parse(report.question)
    check(question, fields)
    return for_strangers(asking, question)


def _found(book: Book, token: str) -> tuple[Share, SavedReport | Board]:
    share = shared(book, token)
    ref = Ref.parse(share.ref)
    kind: type[SavedReport] | type[Board] = SavedReport if ref.kind == "report" else Board
    row = book.find(kind, ref.id)
    if row is None or row.archived_at is not None:
        raise NotFound("What this link led to was deleted.", "Ask whoever gave it to you.")
    return share, row


def _tiles(asking: Asking, row: SavedReport | Board) -> list[tuple[SavedReport | str, str]]:
    """Return the reports or texts of a page, each with its size."""
    if isinstance(row, SavedReport):
        return [(row, "full")]
    book = asking.reader.book
    return [
        (one["text"] if one["kind"] == "text" else book.get(SavedReport, one["report"]), one["size"])
        for one in row.tiles
    ]


def _page(asking: Asking, share: Share, row: SavedReport | Board) -> SharedPage:
    return SharedPage(
        kind="report" if isinstance(row, SavedReport) else "board", name=row.name, line=row.line,
        workspace=asking.workspace.config.workspace.name, expires_at=share.expires_at,
        tiles=[_tile(asking, one, size, share.fields) for one, size in _tiles(asking, row)],
    )  # fmt: skip


def _as_shown(page: SharedPage, fields: list[str]) -> str:
    """Return a page as JSON, its answers without mail addresses and what is not told of; what people wrote themselves
    stays."""
    shown = page.model_dump(mode="json")
    tiles = [tile | {"answered": masked(discreet(tile["answered"], fields))} for tile in shown["tiles"]]
    return json.dumps(shown | {"tiles": tiles})


def _tile(asking: Asking, one: SavedReport | str, size: str, fields: list[str]) -> SharedTile:
    if isinstance(one, str):
        return SharedTile(kind="text", size=size, text=one)
    tile = SharedTile(kind="report", size=size, name=one.name, line=one.line)
    if one.archived_at is not None:
        return tile.model_copy(update={"error": "This report was deleted."})
    try:
        found = answered(asking, _told(asking, one, fields))
        return tile.model_copy(update={"answered": found})
    except Conflict as why:
        return tile.model_copy(update={"error": str(why)})
    except CallsheetError as why:
        asking.cancelled()  # what ends the whole page is no matter of one tile
        _LOG.info("report %s of a shared page: %s", one.id, why)
        return tile.model_copy(update={"error": "This report has no answer at the moment."})
