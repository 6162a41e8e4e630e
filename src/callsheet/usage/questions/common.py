"""What all questions share: spans, intervals, conditions, breakdowns, and the desk that answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from callsheet.base.relative import moves_by_the_minute
from callsheet.metrics import Facts
from callsheet.model.history import OPS
from callsheet.store.histories import Histories

Interval: TypeAlias = Literal["minute", "hour", "day", "week", "month"]
Unit: TypeAlias = Literal["person", "account"]
Name: TypeAlias = Annotated[str, Field(max_length=400)]
FieldName: TypeAlias = Annotated[Name, AfterValidator(lambda given: ALIASES.get(given, given))]
ALIASES = {"session_id": "properties.$session_id"}
"""Fields that may be asked for by another name."""
MOST_SERIES = 30
MOST_DEEP = 8
TOGETHER = ("any", "all")
MARGIN = timedelta(days=3)
"""How far beyond a span sessions are looked at that have rows in it."""
DATED = ("before", "after", "on")
"""Operators whose value is a moment."""


class Strict(BaseModel):
    """Part of a question: unknown keys are refused, so that a typing error never changes the answer silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def to_the_minute(self) -> bool:
        """Whether the answer is another one within the hour, though nothing has happened: something in the question is
        told from now, or ends now."""
        return any(_to_the_minute(getattr(self, name)) for name in type(self).model_fields)


def _to_the_minute(part: object) -> bool:
    if isinstance(part, tuple | list):
        return any(map(_to_the_minute, part))
    return isinstance(part, Strict) and part.to_the_minute


def dated_from_now(op: str, values: Iterable[object]) -> bool:
    """Whether a condition compares with a moment that moves by the minute."""
    return op in DATED and any(isinstance(one, str) and moves_by_the_minute(one) for one in values)


class WhereIn(Strict):
    """A condition; see `model.history.Where`. `field` may also be `cohort`, with cohort ids as values and `is` or
    `is_not`; `session.<what>` (duration, events, pageviews, bounced, began, ended, entry, exit) of the session with the
    row's `$session_id`; or `any` or `all`, for conditions in `of` of which one suffices or all have to hold. Moments may
    be told from now (`-7d`, `mStart`)."""

    field: FieldName
    op: Literal[OPS] = "is"  # type: ignore[valid-type]
    values: tuple[str | float | bool, ...] = Field(default=(), max_length=1000)
    of: tuple[WhereIn, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        together = self.field in TOGETHER
        if together != bool(self.of) or (together and (self.values or self.op != "is")):
            raise ValueError("any and all take conditions in `of`, neither op nor values; other fields take no `of`")
        if self.deep > MOST_DEEP:
            raise ValueError(f"conditions stand more than {MOST_DEEP} deep inside one another")
        return self

    @property
    def deep(self) -> int:
        """How deep conditions stand inside one another."""
        return 1 + max((one.deep for one in self.of), default=0)

    @property
    def to_the_minute(self) -> bool:
        """Whether a moment that it names is told from now."""
        return dated_from_now(self.op, self.values) or any(one.to_the_minute for one in self.of)

    def leaves(self) -> Iterator[WhereIn]:
        """Yield the plain conditions."""
        for one in self.of:
            yield from one.leaves()
        if not self.of:
            yield self


class Series(Strict):
    """Events with conditions: a series of a trend or a step of a funnel. No event named: every event."""

    events: tuple[Name, ...] = Field(default=(), max_length=100)
    where: tuple[WhereIn, ...] = Field(default=(), max_length=50)
    label: Name = ""


class Span(Strict):
    """Which time: `since` and `until` are local days or moments (`until` as a day includes that day); or the last
    `last` intervals up to now, of which the one under way is marked as not over. `since` may be `all`: from the first
    event on; both may be told from now (`-7d`, `-1mStart`, `-1dEnd`). Weeks begin on `week`. Spans are widened to
    whole intervals; with `exact`, what happened before `since` or after `until` is not counted in them."""

    since: str = ""
    until: str = ""
    last: int | None = Field(default=None, ge=1, le=5000)
    week: Literal["monday", "sunday"] = "monday"
    exact: bool = False

    @property
    def to_the_minute(self) -> bool:
        """Whether it begins or ends at a minute of now."""
        told = moves_by_the_minute(self.since) or moves_by_the_minute(self.until)
        return self.exact and (not self.until or told)


class Clean(Strict):
    """What of a name is replaced by what: every part that fits `pattern` (RE2), by `by` (which may hold `\\1`)."""

    pattern: Name = Field(min_length=1)
    by: Name = ""


class Breakdown(Strict):
    """One line for each value of a field. The `limit` most frequent are shown, the rest together as `other`; rows
    that have no value, or an empty text, stand under `none`.

    `also` names up to two more fields: a line for each combination ("pro :: Spain"). `bins` divides the numbers of `by`
    into so many ranges of equal width instead, `also_bins` those of the fields in `also` (0: not). `clean` replaces
    parts of values by patterns, one after the other: those that are called the same then stand together (`[/?#]+$` by
    nothing takes addresses without their last slash). With `by` = `cohort`, there is a line for each of the `cohorts`,
    whoever is in several standing in each; `all` is everybody. With `largest_only` what is beyond the limit is not shown.
    """

    by: FieldName
    also: tuple[FieldName, ...] = Field(default=(), max_length=2)
    bins: int = Field(default=0, ge=0, le=50)
    also_bins: tuple[Annotated[int, Field(ge=0, le=50)], ...] = Field(default=(), max_length=2)
    clean: tuple[Clean, ...] = Field(default=(), max_length=30)
    cohorts: tuple[Name, ...] = Field(default=(), max_length=20)
    limit: int = Field(default=8, ge=1, le=250)
    largest_only: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.by == "cohort") != bool(self.cohorts):
            raise ValueError("a breakdown by cohort names them in cohorts, and no other does")
        if self.also and self.cohorts:
            raise ValueError("cohorts stand by themselves; leave out also")
        if len(self.also_bins) > len(self.also):
            raise ValueError("also_bins has a number for each field in also, no more")
        if self.clean and (self.ranged or self.cohorts):
            raise ValueError("ranges and cohorts have no names to clean; leave out clean")
        return self

    @property
    def every_bins(self) -> tuple[int, ...]:
        """Into how many ranges the numbers of each field are divided, `by` first (0: they are not)."""
        return (self.bins, *self.also_bins, 0, 0)[: 1 + len(self.also)]

    @property
    def ranged(self) -> bool:
        """Whether numbers are divided into ranges."""
        return bool(self.bins or any(self.also_bins))


class Asked(Strict):
    """What every kind of question has. `compare`: with the period before (`previous`), or with the same number of
    intervals so many days, weeks, months or years earlier (`7d`, `1w`, `1m`, `1y`). By hours and minutes, the period
    before is at the same time of an earlier day. Only trends count by minutes."""

    unit: Unit = "person"
    span: Span = Span(last=30)
    interval: Interval = "day"
    where: tuple[WhereIn, ...] = Field(default=(), max_length=50)
    breakdown: Breakdown | None = None
    compare: Annotated[str, Field(pattern=r"^(previous|[1-9][0-9]{0,3}[dwmy])?$")] = ""
    whole_spans: ClassVar[bool] = False
    by_minutes: ClassVar[bool] = False

    @property
    def to_the_minute(self) -> bool:
        """Whether the answer is another one within the hour, as minutes that are over, and what is told from now."""
        return self.interval == "minute" or super().to_the_minute

    @model_validator(mode="after")
    def _can_be_exact(self) -> Self:
        if self.span.exact and (self.whole_spans or not self.span.since):
            raise ValueError("an exact span has a since, and this kind may count by whole intervals only")
        if self.interval == "minute" and not self.by_minutes:
            raise ValueError("only trends count by minutes; take an interval of an hour")
        return self


class Bucket(BaseModel):
    """One interval: its first local day (or moment, for hours) and whether it is not over yet. `offset` (`+02:00`) is
    given for hours that the local clock shows twice."""

    since: str
    label: str
    partial: bool = False
    offset: str = ""


class Answer(BaseModel):
    """What every answer has: rows counted, rows that could not be, and words on what to keep in mind."""

    kind: str
    unit: Unit
    since: datetime
    until: datetime
    sample: int = 0
    left_out: int = 0
    left_out_why: str = ""
    notes: list[str] = Field(default_factory=list)


class Column(BaseModel):
    """A column of a table; `unit` as in docs/house.md."""

    key: str
    label: str
    unit: str = ""


class Table(BaseModel):
    """An answer as rows."""

    columns: list[Column]
    rows: list[dict[str, Any]]


def plural(unit: str) -> str:
    """Return the word for units of a kind."""
    return "accounts" if unit == "account" else "people"


def without(unit: str, left_out: int) -> str:
    """Return the words for rows that were left out because they name no unit; "" for none."""
    return f"without {'an account' if unit == 'account' else 'a person'}" if left_out else ""


@dataclass(frozen=True, slots=True)
class Units:
    """Who is behind a cell: ids of units, in a stable order; `times`, where it is told, how many rows of each."""

    unit: str
    ids: list[str]
    times: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are answered: the histories, the clock, the zone, and who is in which cohort.

    `cohort(id)` gives the ids of those in it, persons or accounts as `cohort_unit(id)` says; UnknownName when there is
    none. `cohort_name(id)` is what people call it. `cancelled()` is asked between
    steps of the work, and raises when the asker has gone or time is up. `facts` is there for questions that read
    more than histories: the catalogue, accounts, links. `around` is where sessions are looked for that rows may belong
    to; None: everywhere.
    """

    histories: Histories
    now: datetime
    zone: str
    cohort: Callable[[str], tuple[str, ...]]
    cancelled: Callable[[], None] = lambda: None
    cache: dict[Any, Any] = field(default_factory=dict)
    facts: Facts | None = None
    cohort_name: Callable[[str], str] = lambda key: key
    cohort_unit: Callable[[str], str] = lambda _: "person"
    around: tuple[datetime, datetime] | None = None

    def near(self, since: datetime, until: datetime) -> Desk:
        """Return the desk for rows of `[since, until)`: of sessions beyond, three days are looked at."""
        return replace(self, around=(since - MARGIN, until + MARGIN))
