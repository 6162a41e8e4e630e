"""Sessions: visits, how long they are, how much happens in them, and how many are over at once.

A session ends where nothing follows for `gap` minutes, or holds the rows that share a value of `by`.
It belongs to the interval in which it begins, and to the value of the breakdown that its first event has.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from callsheet.usage.questions import common
from callsheet.usage.questions.common import Asked, Bucket, Name, Series, Strict


class Question(Asked):
    """How many sessions there were, and of what kind. `series` says which events count (all, if none is named).

    `gap` is in minutes: a pause that long begins a new session. `by` names a field that holds a session's id, such
    as `properties.$session_id`; rows without one are parted by `gap`.
    """

    kind: Literal["sessions"] = "sessions"
    series: Series = Series()
    gap: int = Field(default=30, ge=1, le=1440)
    by: Name = ""


class Figures(BaseModel):
    """Sessions of one group. Lengths are seconds from the first to the last event, 0 for a single event.

    A session of a single event is a bounce; `bounce_share` is 0 to 1, with its Wilson interval (95%).
    """

    sessions: int = 0
    units: int = 0
    events: int = 0
    per_unit: float | None = None
    events_mean: float | None = None
    events_median: float | None = None
    length_mean: float | None = None
    length_median: float | None = None
    length_p75: float | None = None
    length_p90: float | None = None
    length_p95: float | None = None
    bounces: int = 0
    bounce_share: float | None = None
    bounce_interval: tuple[float, float] | None = None


class Point(Bucket):
    """The sessions that began in one interval."""

    figures: Figures


class Line(BaseModel):
    """One value of the breakdown (label "" without one): all of it, and by interval."""

    label: str
    total: Figures
    points: list[Point]


class SessionsAnswer(common.Answer):
    """`lines`, and those of the previous period if compared."""

    kind: str = "sessions"
    lines: list[Line] = Field(default_factory=list)
    before_since: str = ""
    before_until: str = ""
    before: list[Line] = Field(default_factory=list)


class Cell(Strict):
    """Whose sessions: those of a line (`label`, None: all), of an interval (`bucket`, the `since` of a point), and
    of one kind (`bounced`, None: both)."""

    label: str | None = None
    bucket: str = ""
    bounced: bool | None = None
    before: bool = False
