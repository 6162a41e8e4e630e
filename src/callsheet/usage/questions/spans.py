"""The span of a question that shows no intervals."""

from __future__ import annotations

from callsheet.base.errors import BadInput
from callsheet.usage.questions.buckets import Buckets, buckets, buckets_of, known
from callsheet.usage.questions.common import Asked, Desk


def span_of(asked: Asked, desk: Desk) -> Buckets:
    """Return the span by days where it names its beginning, so that it is not widened to whole weeks or months.

    Spans of too many days, and those of hours or of so many last intervals, are taken by the question's interval.
    """
    if asked.interval == "hour" or not asked.span.since:
        return buckets_of(asked, desk)
    try:
        return buckets(known(asked, desk), "day", desk.zone, desk.now)
    except BadInput:
        return buckets_of(asked, desk)
