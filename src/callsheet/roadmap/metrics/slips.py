"""How often and how far promises moved, and statuses went backwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from callsheet.base.text import count, short_day
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.roadmap.metrics.plans import initiatives, promise_changes
from callsheet.roadmap.rules import direction, moved_days
from callsheet.store.book import LogEntry

TURNS = {"back": "went back", "dropped": "was dropped"}


@report(
    "roadmap.slips",
    title="Slips",
    source="Callsheet: promised dates that moved here, and changes of status in the tool the roadmap comes from",
    columns=(
        Column("title", "Initiative", href="/roadmap/initiatives/{initiative}"),
        Column("changed_at", "When", unit="date"),
        Column("before", "Before"),
        Column("after", "After"),
        Column("words", "What happened"),
        Column("reason", "Reason"),
        Column("actor", "Who"),
    ),
    scopes=("team", "product"),
)
def slips(facts: Facts, period: Period) -> Report:
    """Every promised date that moved or was withdrawn in the period, and every status that went back or was
    dropped, newest first.

    The first promise of an initiative and steps forward are no slips; they are counted as left out.
    """
    known = {row.id: row.title for row in initiatives(facts)}
    rows = _promises(facts, period, known) + _moves(facts, period, known)
    from_tools, steps = _transitions(facts, period)
    rows += from_tools
    made = sum(row["turn"] == "made" for row in rows)
    rows = sorted((row for row in rows if row["turn"] != "made"), key=lambda row: row["changed_at"], reverse=True)
    total = len(rows) + made + steps
    return facts.report(rows, sample=total, left_out=made + steps, why="first promises and steps forward")


def _promises(facts: Facts, period: Period, known: dict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for key, changes in promise_changes(facts).items():
        for change in changes:
            if key not in known or not period.since <= change.changed_at < period.until:
                continue
            days = moved_days(change.before_at, change.after_at)
            turn = (
                "made"
                if change.before_at is None
                else "withdrawn"
                if days is None
                else "later"
                if days > 0
                else "earlier"
            )
            words = "withdrawn" if days is None else f"{count(abs(days), 'day')} {turn}"
            rows.append({
                "initiative": key, "title": known[key], "kind": "promise", "turn": turn,
                "changed_at": change.changed_at, "before": short_day(change.before_at),
                "after": short_day(change.after_at), "days": days, "words": words, "reason": change.reason,
                "actor": change.actor,
            })  # fmt: skip
    return rows


def _moves(facts: Facts, period: Period, known: dict[str, str]) -> list[dict[str, Any]]:
    query = select(LogEntry).where(
        LogEntry.verb == "initiative.moved", LogEntry.done_at >= period.since, LogEntry.done_at < period.until
    )
    rows = []
    for entry in facts.book.all(query):
        key, before, after = entry.ref.partition(":")[2], entry.details["before"], entry.details["stage"]
        turn = direction(before, after)
        if key in known and turn in TURNS:
            rows.append(_status(key, known[key], entry.done_at, before, after, turn, entry.actor_name))
    return rows


def _transitions(facts: Facts, period: Period) -> tuple[list[dict[str, Any]], int]:
    """Slips of imported initiatives, and the number of their changes that are none."""
    work, steps = facts.work, facts.transitions
    work = work.filter(work.kind == "initiative").select("item_id", "title")
    joined = steps.filter(period.holds(steps.occurred_at)).join(work, "item_id")
    adopted = {row.source_ref: row.id for row in initiatives(facts) if row.source_ref}
    rows, others = [], 0
    for row in facts.records(joined):
        turn = direction(row["from_state"], row["to_state"], row["from_category"], row["to_category"])
        if turn not in TURNS:
            others += 1
            continue
        key = adopted.get(f"work:{row['item_id']}", row["item_id"])
        rows.append(
            _status(key, row["title"], row["occurred_at"], row["from_state"], row["to_state"], turn, row["actor"])
        )
    return rows, others


def _status(key: str, title: str, moment: Any, before: str, after: str, turn: str, actor: str | None) -> dict[str, Any]:
    return {
        "initiative": key, "title": title, "kind": "status", "turn": turn, "changed_at": moment, "before": before,
        "after": after, "days": None, "words": TURNS[turn], "reason": "", "actor": actor or "",
    }  # fmt: skip
