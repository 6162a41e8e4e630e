"""Sending the call sheet to those who subscribed, once for each span that has ended."""

from __future__ import annotations

from datetime import timedelta

from callsheet.base.time import CADENCES, cadence_period, local_date, previous
from callsheet.loop.telling import subscribers, tell_people
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.sheet import render
from callsheet.sheet.compose import compose
from callsheet.store.book import CursorRow
from callsheet.store.workspace import Workspace

HOUR = timedelta(hours=7)
"""Local time of day from which the sheet of the span before is sent."""


def send_due(workspace: Workspace) -> int:
    """Queue the sheets that are due: from 07:00 of the day after a day, week or month has ended.

    Each span is sent once, also when the server was down at seven; a span that ended before the first start
    is not sent. The daily sheet rests on days off. Returns how many deliveries were queued.
    """
    return sum(_send(workspace, cadence) for cadence in CADENCES)


def _send(workspace: Workspace, cadence: str) -> int:
    now, zone = workspace.now(), workspace.config.zone
    running = cadence_period(cadence, now, zone)
    if cadence == "daily" and workspace.config.calendar.off(local_date(now, zone)):
        return 0
    if now < running.since + HOUR:
        return 0
    span = previous(running, cadence, zone).since.isoformat()
    cursor = f"sheet:{cadence}"
    with workspace.books.read() as book:
        row, people = book.find(CursorRow, cursor), subscribers(book, cursor)
    if row is not None and row.value >= span:
        return 0
    if row is None or not people:
        _note(workspace, cursor, span)
        return 0
    with reading(workspace) as reader:
        sheet, base = compose(reader, cadence, ended=True), workspace.config.workspace.base_url
        text, html = render.text(sheet), render.html(sheet, base)
    with workspace.books.change(now) as book:
        queued = tell_people(
            book, Ref("workspace", f"sheet-{cadence}"), people, subject=f"{sheet.workspace}: {sheet.headline}", text=text,
            html=html, key=f"sheet:{cadence}:{span}", actor=SYSTEM,
        )  # fmt: skip
        book.update(CursorRow, cursor, value=span)
    return queued


def _note(workspace: Workspace, cursor: str, span: str) -> None:
    with workspace.books.change() as book:
        row = book.find(CursorRow, cursor)
        if row is None:
            book.add(CursorRow(name=cursor, value=span))
        else:
            row.value = span
