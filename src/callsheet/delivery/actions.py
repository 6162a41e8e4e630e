"""What people decide in delivery: to keep a forecast, or to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import new_id
from callsheet.delivery.records import Forecast
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require

KINDS = ("when", "how many")


def may_keep(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may keep forecasts; the route asks before it computes one."""
    require(actor, "keep_forecast", Ref("workspace", "forecasts"))


def keep_forecast(
    book: Book, subject: str, kind: str, dates: Mapping[int, date], actor: Actor, *, left: int,
    made_at: datetime | None = None,
) -> Forecast:  # fmt: skip
    """Keep a forecast as given: `dates` by percentile (50, 85, 95), for an initiative or a team.

    `left` is the number of items it is about. The log says who relied on it.
    """
    may_keep(actor)
    ref = Ref.parse(subject)
    if ref.kind not in ("initiative", "team") or kind not in KINDS:
        raise BadInput(
            f"A forecast of kind {kind!r} for {subject} cannot be kept.",
            f"Name an initiative or a team, and one of: {', '.join(KINDS)}.",
        )
    if left < 1:
        raise BadInput("There is nothing left to forecast.", "Keep a forecast for 1 item or more.")
    missing = [str(p) for p in (50, 85, 95) if p not in dates]
    if missing:
        raise BadInput(f"The dates for {', '.join(missing)}% are missing.", "Give the 50, 85 and 95% dates.")
    if not dates[50] <= dates[85] <= dates[95]:
        raise BadInput("The dates are out of order.", "The 50% date comes first, the 95% date last.")
    kept = book.add(
        Forecast(
            id=new_id("fc"), made_at=made_at or book.now, made_by=actor.id, subject=subject, kind=kind,
            p50=dates[50], p85=dates[85], p95=dates[95], items=left, withdrawn_at=None,
        )
    )  # fmt: skip
    book.log("forecast.kept", ref, actor, forecast=kept.id, kind=kind, p85=dates[85].isoformat(), items=left)
    return kept


def withdraw_forecast(book: Book, forecast_id: str, actor: Actor) -> Forecast:
    """Take a kept forecast back: it stays in the list, and is scored no more."""
    require(actor, "withdraw_forecast", Ref("workspace", "forecasts"))
    kept = book.get(Forecast, forecast_id)
    if kept.withdrawn_at is not None:
        raise Conflict("This forecast was taken back already.")
    book.update(Forecast, forecast_id, withdrawn_at=book.now)
    book.log("forecast.withdrawn", Ref.parse(kept.subject), actor, forecast=forecast_id)
    return kept
