"""The life of a finding: open, acknowledged, snoozed, dismissed with a reason, resolved by itself."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from sqlalchemy import select

from callsheet.base.errors import BadInput, CallsheetError
from callsheet.base.ids import stable_id
from callsheet.findings.model import SEVERITIES, Signal, runnable
from callsheet.findings.records import Finding
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.store.workspace import Workspace

log = logging.getLogger("callsheet.findings")
LIVE = ("open", "acknowledged", "snoozed")
_ONE_AT_A_TIME = threading.Lock()
"""Of two runs at once, the one that looked first could write last, and resolve what the other had just opened."""


def detect(workspace: Workspace) -> tuple[dict[str, list[Signal]], dict[str, str]]:
    """Run every detector. Returns signals by detector, and for those that failed, why."""
    signals: dict[str, list[Signal]] = {}
    failed: dict[str, str] = {}
    with reading(workspace) as reader:
        for one in runnable(reader):
            try:
                signals[one.name] = list(one.detect(reader))
            except CallsheetError as why:
                failed[one.name] = str(why)
                log.warning("detector %s: %s", one.name, why)
            except Exception as why:  # a broken one, such as a plug-in's, must not stop the others
                failed[one.name] = f"{type(why).__name__}: {why}"
                log.exception("detector %s is broken", one.name)
    return signals, failed


def refresh(workspace: Workspace) -> dict[str, int]:
    """Run the detectors and write what is new, what still holds and what went away.

    What was dismissed stays so when it goes away and comes back; what was snoozed sleeps on until its time.
    A detector that failed leaves its findings as they are. Returns how many were opened, kept, resolved.
    """
    with _ONE_AT_A_TIME:
        signals, _ = detect(workspace)
        return _written(workspace, signals)


def _written(workspace: Workspace, signals: dict[str, list[Signal]]) -> dict[str, int]:
    counts = {"opened": 0, "kept": 0, "resolved": 0}
    with workspace.books.change(workspace.now()) as book:
        known = {row.id: row for row in book.all(select(Finding).where(Finding.detector.in_(list(signals))))}
        stated = _stated(signals)
        for key, (name, signal) in stated.items():
            counts["kept" if _state(book, key, name, signal, known.get(key)) else "opened"] += 1
        for key, row in known.items():
            if key not in stated and row.state not in ("resolved", "dismissed"):
                row.state, row.resolved_at = "resolved", book.now
                book.log("finding.resolved", Ref("finding", key), SYSTEM, title=row.title)
                counts["resolved"] += 1
    return counts


def _stated(signals: dict[str, list[Signal]]) -> dict[str, tuple[str, Signal]]:
    """Signals with their detector, by the id of their finding; of two on one subject the first counts."""
    stated: dict[str, tuple[str, Signal]] = {}
    for name, found in signals.items():
        for signal in found:
            stated.setdefault(stable_id(name, signal.subject), (name, signal))
    return stated


def _state(book: Book, key: str, name: str, signal: Signal, row: Finding | None) -> bool:
    """Write one signal down; True when its finding was live already."""
    told = {
        "severity": signal.severity, "pill": signal.pill, "title": signal.title, "sentence": signal.sentence,
        "clause": signal.clause, "owner": signal.owner, "team": signal.team, "weight": signal.weight,
        "decide": signal.decide, "evidence": signal.plain()["evidence"], "answers": signal.plain()["answers"],
        "facts": signal.facts, "since": signal.since,
    }  # fmt: skip
    if row is None:
        first = {"state": "open", "first_seen": book.now, "last_seen": book.now}
        book.add(Finding(id=key, detector=name, subject=signal.subject, **first, **told))
        book.log("finding.opened", Ref("finding", key), SYSTEM, title=signal.title, subject=signal.subject)
        return False
    worse = SEVERITIES.index(signal.severity) < SEVERITIES.index(row.severity)
    if row.state == "dismissed" and not worse:
        del told["severity"]  # worse is worse than when it was dismissed, not than at the last look
    for field, value in told.items():
        if getattr(row, field) != value:
            setattr(row, field, value)
    asleep = row.snoozed_until is not None and row.snoozed_until > book.now
    if row.state == "resolved" and asleep:
        row.state, row.resolved_at, row.last_seen = "snoozed", None, book.now
        book.log("finding.snoozed", Ref("finding", key), SYSTEM, title=signal.title, why="back")
        return True
    woken = row.state == "snoozed" and not asleep
    if row.state == "resolved" or woken or (worse and row.state == "dismissed"):
        why = "woken" if woken else "worse" if worse and row.state == "dismissed" else "back"
        row.state, row.resolved_at, row.snoozed_until = "open", None, None
        row.last_seen = book.now
        book.log("finding.reopened", Ref("finding", key), SYSTEM, title=signal.title, subject=signal.subject, why=why)
        return False
    row.last_seen = book.now
    return True


def acknowledge(book: Book, finding_id: str, actor: Actor) -> Finding:
    """Say that somebody looks after it."""
    return _answer(book, finding_id, actor, "acknowledged")


def snooze(book: Book, finding_id: str, until: datetime, reason: str, actor: Actor) -> Finding:
    """Put it aside until a moment; it comes back by itself."""
    require(actor, "answer", Ref("finding", finding_id))
    if until <= book.now:
        raise BadInput("The moment to snooze until has passed.", "Choose a later one.")
    return _answer(book, finding_id, actor, "snoozed", reason=reason, until=until)


def dismiss(book: Book, finding_id: str, reason: str, actor: Actor) -> Finding:
    """Say that it is not worth acting on, and why; it comes back only when it grows worse."""
    require(actor, "answer", Ref("finding", finding_id))
    if not reason.strip():
        raise BadInput("Dismissing a finding needs a reason.", "Say in a few words why it does not matter.")
    return _answer(book, finding_id, actor, "dismissed", reason=reason)


def reopen(book: Book, finding_id: str, actor: Actor) -> Finding:
    """Take an answer back."""
    return _answer(book, finding_id, actor, "open")


def _answer(
    book: Book, finding_id: str, actor: Actor, state: str, reason: str = "", until: datetime | None = None
) -> Finding:
    require(actor, "answer", Ref("finding", finding_id))
    row = book.get(Finding, finding_id)
    if row.state == "resolved":
        raise BadInput("This finding has resolved by itself.", "Nothing needs to be done.")
    row.state, row.reason, row.answered_by, row.answered_at = state, reason, actor.id, book.now
    row.snoozed_until = until
    verb = "finding.reopened" if state == "open" else f"finding.{state}"
    book.log(verb, Ref("finding", finding_id), actor, reason=reason)
    return row


def current(book: Book, *states: str) -> list[Finding]:
    """Return findings in these states (default: open and acknowledged), the gravest first."""
    found = book.all(select(Finding).where(Finding.state.in_(states or ("open", "acknowledged"))))
    return sorted(found, key=lambda row: (SEVERITIES.index(row.severity), -row.weight, row.title))
