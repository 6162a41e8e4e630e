"""What units (people or accounts) did, as arrays: what a walk reads, and how it is asked for.

A *unit* is a person or an account. Its code is a number from 0 up, the same in every answer of one store of
histories. Moments are microseconds since 1970-01-01, UTC. Days are numbers of local days since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.uint32]
Moments: TypeAlias = NDArray[np.int64]
Days: TypeAlias = NDArray[np.int32]
Marks: TypeAlias = NDArray[np.uint64]
Labels: TypeAlias = NDArray[np.int32]
Amounts: TypeAlias = NDArray[np.float64]

MOST_MARKS = 64
UNITS = ("person", "account")
OPS = (
    "is", "is_not", "contains", "not_contains", "regex", "not_regex", "gt", "gte", "lt", "lte", "between",
    "not_between", "set", "not_set", "before", "after", "on", "version_gt", "version_gte", "version_lt", "version_lte",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a row.

    `field` is `event`, `person_id`, `distinct_id`, `account_id`, `feature`, `source`, `product`,
    `properties.<name>`, `person.<trait>` or `account.<trait>` (traits as they are now). `op` is one of OPS. `is`
    and `is_not` take any number of values, `contains`, `regex` and what they deny one or more (of which any fits, or
    none), `between` and `not_between` two, `set` and `not_set` none, the others one. Text is
    compared by code points, `contains` without regard to case; numbers are compared as numbers when both sides are
    numbers (also numbers written as text), else as text; only numbers are more or less than a number. Fields of names
    and ids (the plain ones, `properties.$session_id`) are texts: 7 is not 007. true and false equal the texts `true` and
    `false`. A day is a stretch of time: `on` it lies inside, `after` it behind its end; a second value of these and of
    `before` is the zone of its clock, for values that say which is theirs. Of versions (`2.10.1`) the numbers are
    compared one after another, whatever stands around them.
    A missing property satisfies only `is_not`, `not_contains`, `not_regex` and `not_set`.
    """

    field: str
    op: str = "is"
    values: tuple[str | float | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Either(Where):
    """A condition that is satisfied where all conditions of at least one of these lists are; they are plain ones."""

    field: str = ""
    op: str = "either"
    of: tuple[tuple[Where, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A series of a trend or a step of a funnel: rows of any of these events (none named: of every event) that
    satisfy all conditions."""

    events: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Which rows are wanted: those in `[since, until)` that carry at least one of `marks` and satisfy `where`.

    `label` names a field to break down by, `value` a property to sum; both may be empty. Rows without the unit
    (an event without an account) are counted in `left_out`, not returned. At most MOST_MARKS marks.
    """

    marks: tuple[Mark, ...]
    since: datetime
    until: datetime
    unit: str = "person"
    where: tuple[Where, ...] = ()
    label: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Rows sorted by unit, then moment, then order of arrival.

    `marks` has bit k set where the row carries mark k of the ask. `label` is a place in `labels`, -1 where the row
    has none (None when no label was asked for). `value` is NaN where the row has no number. `size` is the number
    of codes there are: every code is below it. `names(codes)` gives the ids of units. `second` tells the values of
    another field apart, -1 where the row has none; questions read it where they need one.
    """

    unit: Codes
    moment: Moments
    marks: Marks
    names: Callable[[Iterable[int]], list[str]]
    size: int
    label: Labels | None = None
    labels: tuple[str, ...] = ()
    value: Amounts | None = None
    left_out: int = 0
    second: Labels | None = None

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, slots=True)
class Activity:
    """On which local days units did what one mark says: rows sorted by unit, then day; `count` events each."""

    unit: Codes
    day: Days
    count: NDArray[np.uint32]
    names: Callable[[Iterable[int]], list[str]]
    size: int
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of somebody's timeline."""

    event_id: str
    moment: datetime
    event: str
    distinct_id: str = ""
    person_id: str = ""
    account_id: str = ""
    source: str = ""
    properties: dict[str, object] = field(default_factory=dict)
