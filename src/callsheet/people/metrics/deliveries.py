"""What was sent to whom."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, Value, metric, report
from callsheet.people.records import Delivery


@metric(
    "people.deliveries",
    title="Messages sent",
    unit="messages",
    better="none",
    source="Count of messages that a channel accepted",
)
def deliveries(facts: Facts, period: Period) -> Value:
    """Messages sent in the period. Failed, bounced and held ones that were made in it are left out.

    None when nothing was ever told.
    """
    begun = facts.book.count(select(Delivery.id).where(Delivery.created_at < period.until))
    sent = _query(period, Delivery.sent_at)
    rows = [ledger_row(one) for one in facts.book.all(sent)]
    stuck = select(func.count()).select_from(Delivery).where(
        Delivery.created_at >= period.since, Delivery.created_at < period.until,
        Delivery.state.in_(("failed", "bounced", "held")),
    )  # fmt: skip
    left = int(facts.book.session.scalar(stuck) or 0)
    number = len(rows) if begun else None
    return facts.value(number, sample=len(rows), left_out=left, why="failed, bounced or held", rows=rows)


@report(
    "people.deliveries",
    title="Deliveries",
    source="The ledger of what was told to whom",
    columns=(
        Column("created_at", "Made", unit="time"),
        Column("name", "To"),
        Column("subject", "Subject"),
        Column("ref", "About", ref="any"),
        Column("channel", "By"),
        Column("state", "State"),
        Column("reason", "Why"),
        Column("sent_at", "Sent", unit="time"),
        Column("read_at", "Read", unit="time"),
    ),
)
def delivery_ledger(facts: Facts, period: Period) -> Report:
    """Messages made in the period, newest first."""
    rows = [ledger_row(one) for one in facts.book.all(_query(period, Delivery.created_at))]
    return facts.report(rows)


def _query(period: Period, column: Any) -> Any:
    return select(Delivery).where(column >= period.since, column < period.until).order_by(column.desc(), Delivery.id)


def ledger_row(one: Delivery) -> dict[str, Any]:
    """Return a delivery as a row of the ledger; its text is left out."""
    return {
        "delivery": one.id, "created_at": one.created_at, "name": one.name or one.email or one.target,
        "person_id": one.person_id, "account_id": one.account_id, "subject": one.subject, "ref": one.ref,
        "channel": one.channel, "state": one.state, "reason": one.error or one.reason, "sent_at": one.sent_at,
        "read_at": one.read_at, "tries": one.tries,
    }  # fmt: skip
